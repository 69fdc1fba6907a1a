"""Which wanted objects can go, how, and after what. In: a choice and ties. Out: a role for each object, and what stays because of what.

An object goes by a call of its own, with another object, or it stays. Each of these depends on what the others do: so roles
are worked out again until nobody else has to stay. What has to stay never becomes free again, so that this ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tfclean.cleanup.choice import Choice
from tfclean.cleanup.options import Options
from tfclean.cleanup.ties import Ties
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Edge, Finding, Inventory, Key, Verdict


class Role(StrEnum):
    """How an object goes."""

    CALL = "call"  # by a call of its own
    CASCADE = "cascade"  # by a call that takes all its parts along
    PART = "part"  # within the call for another object
    WAIT = "wait"  # OpenStack takes it away some time after another object
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Stay:
    """Why a wanted object cannot go.

    Attributes:
        because: the reason, in words.
        blockers: who holds it.
        leftover: the job is not gone while it is there.
    """

    because: str
    blockers: tuple[Key, ...] = ()
    leftover: bool = True


@dataclass(slots=True)
class Draft:
    """Roles and needs, worked out from a choice.

    Attributes:
        findings: every finding, by key.
        choice: what is wanted and what is kept by policy.
        ties: how the objects hang together.
        options: what the caller allows.
        inventory: what it was judged against.
        stays: wanted objects that cannot go.
        alone: parts that get a call of their own to break a cycle.
        needs: by object with a step: what must be gone before, as objects with steps.
        through: by (object, need): the object because of which the need is there.
    """

    findings: Mapping[Key, Finding]
    choice: Choice
    ties: Ties
    options: Options
    inventory: Inventory = field(default_factory=Inventory)
    stays: dict[Key, Stay] = field(default_factory=dict)
    alone: set[Key] = field(default_factory=set)
    needs: dict[Key, set[Key]] = field(default_factory=dict)
    through: dict[tuple[Key, Key], Key] = field(default_factory=dict)
    _roles: dict[Key, tuple[Role, Key | None]] = field(default_factory=dict)

    def settle(self) -> None:
        """Work out roles and needs until they are consistent."""
        while True:
            self._roles.clear()
            self._work_out_needs()
            found = self._blocked() or self._in_vain() or self._without_parent()
            if found:
                self.stays.update(found)
            elif not self._break_cycle():
                return

    def role(self, key: Key) -> Role:
        """Tell how `key` goes."""
        return self._role(key)[0]

    def goes_with(self, key: Key) -> Key | None:
        """Give the object whose step makes `key` go (itself, if it has one), or None if it stays."""
        role, parent = self._role(key)
        if role is Role.STAY:
            return None
        return self.goes_with(parent) if role is Role.PART and parent is not None else key

    def steps(self) -> list[Key]:
        """Give all objects that have a step of their own."""
        return [k for k in self.findings if self.role(k) in (Role.CALL, Role.CASCADE, Role.WAIT)]

    def parts(self) -> dict[Key, list[Key]]:
        """Give what goes along, by the object that has the step."""
        out: dict[Key, list[Key]] = {}
        for key in self.findings:
            if self.role(key) is Role.PART:
                whole = self.goes_with(key)
                if whole is not None:
                    out.setdefault(whole, []).append(key)
        return out

    def _role(self, key: Key) -> tuple[Role, Key | None]:
        if key not in self._roles:
            self._roles[key] = Role.STAY, None  # ends a circle of parts, should a cloud ever show one
            self._roles[key] = self._find_role(key)
        return self._roles[key]

    def _find_role(self, key: Key) -> tuple[Role, Key | None]:
        finding = self.findings.get(key)
        if finding is None or finding.resource is None or finding.verdict is Verdict.PROTECTED or key in self.stays:
            return Role.STAY, None
        if key in self.alone:
            return Role.CALL, None
        wanted = key in self.choice.wanted
        if not wanted and self.options.kept(finding.resource, finding.addresses):
            return Role.STAY, None
        return self._role_with_others(key) or (self._own_role(finding, key) if wanted else (Role.STAY, None))

    def _role_with_others(self, key: Key) -> tuple[Role, Key | None] | None:
        for edge in self.ties.makers[key]:
            if self.goes_with(edge.target) is not None:
                # What goes in the same transaction as its maker needs no waiting for.
                return (Role.WAIT if KINDS[edge.target.kind].asynchronous else Role.PART), edge.target
        for edge in self.ties.parents[key]:
            if self._takes_along(edge.target):
                return Role.PART, edge.target
        return None

    def _takes_along(self, parent: Key) -> bool:
        role = self.role(parent)
        if role is Role.CALL:
            # Without the cascade such a parent refuses to go before its parts.
            return KINDS[parent.kind].cascade is None
        return role is not Role.STAY

    def _own_role(self, finding: Finding, key: Key) -> tuple[Role, Key | None]:
        kind = KINDS[key.kind]
        if finding.verdict is Verdict.IMPLICIT:
            holder = next((e.source for e in self.ties.holders[key] if e.source.kind in kind.follows and self.goes_with(e.source)), None)
            if holder is not None:
                return Role.WAIT, holder
            if not (kind.tie and kind.delete and (not self.ties.parents[key] or self._lets_go(key))):
                return (Role.WAIT, None) if self._awaited_router_port(key) else (Role.STAY, None)
        if kind.delete is None:
            return Role.STAY, None
        if self.ties.parents[key] and not self._may_leave_parent(finding, key):
            return Role.STAY, None
        if kind.cascade is not None and all(self._in_cascade(e.source) for e in self.ties.parts[key]):
            return Role.CASCADE, None
        return Role.CALL, None

    def _awaited_router_port(self, key: Key) -> bool:
        """Tell whether `key` is OpenStack's own, without a maker that can be seen, and in the way of something that goes."""
        implied = self.findings[key].resource
        assert implied is not None
        return bool(KINDS[key.kind].implied(implied)) and any(e.target in self.choice.wanted for e in self.ties.held[key])

    def _may_leave_parent(self, finding: Finding, key: Key) -> bool:
        """Tell whether a part may go although what it is a part of stays."""
        parents = [e.target for e in self.ties.parents[key]]
        if any(self._is_stuck(p) or (p in self.choice.wanted and self.role(p) is Role.STAY) for p in parents):
            return False  # it follows its parent's fate, which is the job's too
        if any(self.role(p) is not Role.STAY for p in parents):
            return True  # the parent waits for it
        holds_ours = any(e.target in self.choice.wanted for e in self.ties.held[key])
        return holds_ours or "stranger" not in finding.flags

    def _lets_go(self, key: Key) -> bool:
        """Tell whether what a tie is a part of is the job's and stays by the caller's wish alone: it is kept, and what it held is not."""
        wholes = [self.findings[e.target] for e in self.ties.parents[key]]
        return KINDS[key.kind].apart and all(
            f.resource is not None
            and f.confidence >= Confidence.PROBABLE
            and not f.keep
            and bool(self.options.kept(f.resource, f.addresses))
            for f in wholes
        )

    def _in_cascade(self, key: Key) -> bool:
        return key in self.choice.wanted and key not in self.stays and all(self._in_cascade(e.source) for e in self.ties.parts[key])

    def _work_out_needs(self) -> None:
        self.needs = {key: set() for key in self.steps()}
        self.through = {}
        for key in self.findings:
            whole = self.goes_with(key)
            if whole is None:
                continue
            for edge in self._before(key):
                other = self.goes_with(edge.source)
                if other is not None and other != whole:
                    self.needs[whole].add(other)
                    self.through.setdefault((whole, other), edge.source)
            if self.role(key) is Role.WAIT:
                makers = [self.goes_with(e.target) for e in self.ties.makers[key]] or [self._role(key)[1]]
                self.needs[key].update(m for m in makers if m is not None and m != key)

    def _before(self, key: Key) -> list[Edge]:
        """Give the ties to what has to be gone before `key`."""
        before = self.ties.before(key, lambda tie: self.goes_with(tie) is not None)
        if KINDS[key.kind].cascade is not None:
            before += self.ties.parts[key]
        return before

    def _blocked(self) -> dict[Key, Stay]:
        out: dict[Key, Stay] = {}
        for key in self.findings:
            whole = self.goes_with(key)
            if whole is None or self.role(whole) is Role.WAIT:
                continue
            staying = [e for e in self._before(key) if self.goes_with(e.source) is None]
            protected = [k for k in self._taken_along(key) if self._must_stay(k)]
            spoiled = [] if self.options.allow_side_effects else [e for e in self.ties.named_by[key] if self._would_suffer(e)]
            reasons = (([e.source for e in staying], "held by"), (protected, "takes along"), ([e.source for e in spoiled], "named by"))
            for others, verb in reasons:
                if others and whole not in out:
                    names = ", ".join(dict.fromkeys(self.called(k) for k in others))
                    out[whole] = Stay(f"{verb} {names}", tuple(dict.fromkeys(others)))
        return out

    def _taken_along(self, key: Key) -> list[Key]:
        """Give what goes with `key` whether it has a step or not: its parts, and what OpenStack made for it."""
        followers = [e.target for e in self.ties.held[key] if key.kind in KINDS[e.target.kind].follows]
        implicit = [k for k in followers if self.findings[k].verdict is Verdict.IMPLICIT]
        return [*(e.source for e in (*self.ties.parts[key], *self.ties.made[key])), *implicit]

    def _must_stay(self, key: Key) -> bool:
        """Tell whether somebody asked that `key` stays: then so does what would take it along."""
        finding = self.findings[key]
        kept = self.choice.kept.get(key)
        asked = finding.resource is not None and self.options.kept(finding.resource, finding.addresses)
        return finding.verdict is Verdict.PROTECTED or bool(asked) or (kept is not None and not kept.leftover)

    def _would_suffer(self, edge: Edge) -> bool:
        return self.goes_with(edge.source) is None and edge.source not in self.choice.wanted

    def _in_vain(self) -> dict[Key, Stay]:
        """Find ties whose removal would help nobody, because what they hold stays anyway."""
        needed = {need for needs in self.needs.values() for need in needs}
        out: dict[Key, Stay] = {}
        for key in self.needs:
            if KINDS[key.kind].undo is None or self.role(key) is not Role.CALL or key in needed:
                continue
            stuck = [e.target for e in self.ties.held[key] if self._is_stuck(e.target)]
            if stuck:
                out[key] = Stay(f"{self.called(stuck[0])} stays, so untying it would help nothing", tuple(stuck))
        return out

    def _is_stuck(self, key: Key) -> bool:
        """Tell whether an object is the job's, and stays all the same."""
        kept = self.choice.kept.get(key)
        return key in self.stays or (kept is not None and kept.leftover)

    def _without_parent(self) -> dict[Key, Stay]:
        """Name the reason of all wanted objects that stay without having been blocked themselves."""
        out: dict[Key, Stay] = {}
        for key, finding in self.choice.wanted.items():
            if key in self.stays or self.role(key) is not Role.STAY:
                continue
            wholes = [e.target for e in (*self.ties.parents[key], *self.ties.makers[key])]
            wholes += [e.source for e in self.ties.holders[key] if e.source.kind in KINDS[key.kind].follows]
            names = ", ".join(self.called(w) for w in wholes)
            reason = f"it goes with {names}, which stays" if wholes else "OpenStack made it and takes it away by itself"
            out[key] = Stay(reason, tuple(wholes), leftover=finding.verdict is not Verdict.IMPLICIT)
        return out

    def _break_cycle(self) -> bool:
        """Untie one cycle of needs, or let all in it stay; tell whether there was one."""
        cycle = find_cycle(self.needs)
        if not cycle:
            return False
        for here, there in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            part = self.through.get((here, there))
            if part is not None and part != there and part in self.choice.wanted and KINDS[part.kind].delete and part not in self.alone:
                self.alone.add(part)
                return True
        names = " → ".join(self.called(k) for k in (*cycle, cycle[0]))
        self.stays.update({key: Stay(f"blocked by cycle: {names}", tuple(k for k in cycle if k != key)) for key in cycle})
        return True

    def called(self, key: Key) -> str:
        """Name an object for people."""
        finding = self.findings.get(key)
        name = finding.name if finding else ""
        return f"{KINDS[key.kind].noun} {name} ({key.id})" if name and name != key.id else f"{KINDS[key.kind].noun} {key.id}"


def find_cycle(needs: Mapping[Key, set[Key]]) -> tuple[Key, ...]:
    """Give one cycle of `needs`, each object needing the next one; empty if there is none."""
    done: set[Key] = set()
    for start in needs:
        path: list[Key] = []
        on_path: set[Key] = set()
        stack = [(start, False)]
        while stack:
            key, leaving = stack.pop()
            if leaving:
                path.pop()
                on_path.discard(key)
                done.add(key)
            elif key in on_path:
                return tuple(path[path.index(key) :])
            elif key not in done:
                path.append(key)
                on_path.add(key)
                stack.append((key, True))
                stack.extend((need, False) for need in sorted(needs.get(key, ())))
    return ()
