"""The janitor's judgement, by age and without evidence.

In: an inventory, a frozen clock, wishes. Out: a `Judgement` in which what goes is a zombie, and a `Sweep` that tells the groups.

A group goes whole or not at all: only if nothing in it is young, kept, shared, protected or somebody else's, nothing young is tied to
it, and everything that hangs on it goes too. What has no date takes that of its group, or of those who use it; only a group without
any date is as old as its first look, and stays without one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tfclean.estate.ages import Ages
from tfclean.estate.grouping import GOES_ALONG, Groups, group
from tfclean.kinds.registry import KINDS
from tfclean.model import (
    Confidence,
    Edge,
    EdgeType,
    Evidence,
    Finding,
    GapKind,
    Group,
    Judgement,
    Key,
    Resource,
    Sweep,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the old groups are meant; all of them if nothing is said.

    Attributes:
        names: patterns: every name that people gave in a group must match one as a whole. What outlives its users goes only by them.
        tags: a tag, or ``key=value`` of metadata, that something in the group has.
        everything: what outlives its users goes too, whatever it is called.
    """

    names: tuple[re.Pattern[str], ...] = ()
    tags: frozenset[str] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class _Stay:
    because: str
    blockers: tuple[Key, ...] = ()


def sweep(ages: Ages, choice: Choice | None = None) -> Judgement:
    """Judge every object by its age, and by that of all that it hangs together with.

    Args:
        ages: what is live, what is kept, and the clock.
        choice: which groups are meant.

    Returns:
        A finding for each live object, the ties, and the groups in `Judgement.sweep`. If something could not be listed, nothing goes:
        it may be young, and hang on anything.
    """
    groups = group(ages.inventory)
    return _Sweeping(replace(ages, seen=_needed(ages, groups)), groups, choice or Choice()).judgement()


def _needed(ages: Ages, groups: Groups) -> dict[Key, datetime]:
    """Give the first looks that count: not those that make something young only because nobody had looked before.

    What has no date by its kind is dated by its group, or by those who use it. What should have one and has none stays by itself, unless
    a look has seen that it is old.
    """
    resources = ages.inventory.resources
    dated = {groups.of[key] for key, r in resources.items() if r.created_at and not KINDS[r.kind].implied(r)}
    dated.update(groups.of[edge.target] for edge in groups.crossing)

    def counts(key: Key, first: datetime) -> bool:
        needed = first < ages.clock.before if KINDS[key.kind].created else groups.of[key] not in dated
        return needed or ages.lately(resources[key])

    return {key: first for key, first in ages.seen.items() if key in resources and counts(key, first)}


@dataclass(slots=True)
class _Sweeping:
    ages: Ages
    groups: Groups
    choice: Choice
    stays: dict[Key, _Stay] = field(default_factory=dict)
    parts: frozenset[Key] = frozenset()
    made: frozenset[Key] = frozenset()
    hanging: dict[Key, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    using: dict[Key, list[Edge]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        edges = self.groups.edges
        self.parts = frozenset(e.source for e in edges if e.type in GOES_ALONG)
        follow = (e.target for e in edges if e.type is EdgeType.HOLDS and e.source.kind in KINDS[e.target.kind].follows)
        # A port that Nova made for a server has no name.
        nameless = (key for key in follow if not self.ages.inventory.resources[key].name)
        self.made = frozenset((*nameless, *(e.source for e in edges if e.type is EdgeType.IMPLIED_BY)))
        for edge in self.groups.crossing:
            self.using[self.groups.of[edge.source]].append(edge)
            self.hanging[self.groups.of[edge.target]].append(edge)

    def judgement(self) -> Judgement:
        inventory, clock = self.ages.inventory, self.ages.clock
        self._settle()
        told = sorted((self._told(name) for name in self.groups.members), key=lambda g: (not g.goes, g.oldest is None, g.oldest, g.title))
        undated = frozenset(k for g in told if g.goes for k in g.members if inventory.resources[k].created_at is None)
        names = {key: resource.name for key, resource in inventory.resources.items() if resource.name}
        return Judgement(
            findings={key: self._finding(resource) for key, resource in inventory.resources.items()},
            edges=self.groups.edges,
            gaps=inventory.gaps,
            inventory=inventory,
            sweep=Sweep(tuple(told), clock.moment, clock.before, clock.older_than, undated, names),
        )

    def _settle(self) -> None:
        """Find what stays by itself, and then what stays because of that, until nothing more does."""
        unlisted = [gap.subject for gap in self.ages.inventory.gaps if gap.kind is GapKind.NOT_LISTED]
        for name in self.groups.members:
            members = [self.ages.inventory.resources[key] for key in self.groups.members[name]]
            stay = self._by_member(members) or self._by_nature(name, members) or self._by_neighbour(name)
            stay = stay or self._by_date(name, members) or self._by_choice(members)
            if unlisted and stay is None:
                stay = _Stay(f"{unlisted[0]} could not be listed: something young may hang on it")
            if stay is not None:
                self.stays[name] = stay
        waiting = sorted(self.stays)
        while waiting:
            for edge in self.using[waiting.pop()]:
                name = self.groups.of[edge.target]
                if name not in self.stays:
                    self.stays[name] = _Stay(
                        f"{self._called(edge.source)} {edge.reason} {self._called(edge.target)}, and stays", (edge.source,)
                    )
                    waiting.append(name)

    def _by_member(self, members: Sequence[Resource]) -> _Stay | None:
        fixed = [(r, why) for r in members if (why := self.ages.fixed(r))]
        young = sorted((made, r.key) for r in members if self.ages.young(r) and (made := self.ages.made(r)))
        if fixed:
            # What is part of another member says less than that one.
            resource, why = min(fixed, key=lambda pair: (pair[0].key in self.parts, pair[0].key))
            return _Stay(f"{self._called(resource.key)}: {why}", tuple(r.key for r, _ in fixed))
        if young:
            newest = young[-1][1]
            why = self.ages.objection(self.ages.inventory.resources[newest])
            return _Stay(f"{self._called(newest)} is young: {why}", tuple(key for _, key in reversed(young)))
        doubtful = [(r, why) for r in members if (why := self.ages.objection(r))]
        return _Stay(f"{self._called(doubtful[0][0].key)}: {doubtful[0][1]}", tuple(r.key for r, _ in doubtful)) if doubtful else None

    def _by_neighbour(self, name: Key) -> _Stay | None:
        """Find something young that is tied to a group."""
        ties = [(e.source, e.target) for e in self.hanging[name]] + [(e.target, e.source) for e in self.using[name]]
        for there, here in ties:
            if self.ages.young(self.ages.inventory.resources[there]):
                return _Stay(f"{self._called(there)} is young and tied to {self._called(here)}", (there,))
        return None

    def _by_date(self, name: Key, members: Sequence[Resource]) -> _Stay | None:
        # What hangs on it goes before it, or it stays: so that is what dates it.
        if self.hanging[name] or any(self.ages.made(r) for r in members):
            return None
        return _Stay("nothing tells when it was made: --two-looks notes when it was first seen")

    def _by_nature(self, name: Key, members: Sequence[Resource]) -> _Stay | None:
        lasting = name in self.groups.common and any(KINDS[r.kind].lasting for r in members)
        if self.choice.names or self.choice.everything or not lasting:
            return None
        users = len({self.groups.of[e.source] for e in self.hanging[name]})
        why = "nothing uses it, and it may be meant to last"
        if users:
            why = "it was not made with what uses it" if users == 1 else f"{users} groups have it in common"
        return _Stay(f"{why}; it goes by --name only")

    def _by_choice(self, members: Sequence[Resource]) -> _Stay | None:
        if self.choice.names:
            named = [r for r in members if self._named(r)]
            other = next((r for r in named if not any(p.fullmatch(r.name) for p in self.choice.names)), None)
            if other is not None or not named:
                return _Stay(f"--name does not match {self._called(other.key)}" if other else "it has no name for --name to match")
        if self.choice.tags and not any(self.choice.tags.intersection(_tags(r)) for r in members):
            return _Stay("nothing of it has such a tag")
        return None

    def _named(self, resource: Resource) -> bool:
        """Tell whether people gave an object its name, and it is no part of another one."""
        kind = KINDS[resource.kind]
        return (
            kind.title == "name" and bool(resource.name) and not kind.tie and resource.key not in self.parts and not kind.implied(resource)
        )

    def _told(self, name: Key) -> Group:
        resources = self.ages.inventory.resources
        members = [resources[key] for key in self.groups.members[name]]
        dates = [made for r in members if (made := self.ages.made(r))]
        stay = self.stays.get(name)
        common = name in self.groups.common
        why = "all of it is old" if dates else "all that uses it is old"
        return Group(
            members=tuple(r.key for r in members),
            title=min(members, key=self._standing_for).key,
            goes=stay is None,
            because=stay.because if stay else f"{why}, and nothing that stays is tied to it",
            blockers=stay.blockers if stay else (),
            oldest=min(dates, default=None),
            newest=max(dates, default=None),
            common=common,
        )

    def _standing_for(self, resource: Resource) -> tuple[bool, bool, bool, datetime | None, Key]:
        """Order the members of a group by how well they stand for it: the first one made of those that have a name."""
        made = self.ages.made(resource)
        key = resource.key
        last = datetime.max.replace(tzinfo=self.ages.clock.moment.tzinfo)
        return key in self.parts or KINDS[key.kind].tie, not self._named(resource), KINDS[key.kind].common, made or last, key

    def _finding(self, resource: Resource) -> Finding:
        key, kind = resource.key, KINDS[resource.kind]
        stay = self.stays.get(self.groups.of[key])
        flags = frozenset({"tie"} if kind.tie else ())
        if stay is not None:
            fixed = self.ages.fixed(resource)
            return Finding(
                kind=kind.name,
                id=resource.id,
                name=resource.name,
                verdict=Verdict.PROTECTED if fixed else Verdict.FOREIGN,
                evidence=(Evidence(stay.because),),
                flags=flags,
                keep=fixed,
                resource=resource,
            )
        made = self.ages.made(resource)
        when = "it has no date of its own"
        if made is not None:
            when = f"it was {'made' if resource.created_at else 'first seen'} {self.ages.ago(made)}"
        return Finding(
            kind=kind.name,
            id=resource.id,
            name=resource.name,
            verdict=Verdict.IMPLICIT if self._implicit(resource) else Verdict.ZOMBIE,
            confidence=Confidence.CERTAIN,
            evidence=(Evidence(f"{when}, and all that it hangs together with is old"),),
            flags=flags,
            resource=resource,
        )

    def _implicit(self, resource: Resource) -> bool:
        """Tell whether OpenStack made an object by itself, or it is a mere tie."""
        kind = KINDS[resource.kind]
        return kind.tie or bool(kind.implied(resource)) or resource.key in self.made

    def _called(self, key: Key) -> str:
        name = self.ages.inventory.resources[key].name
        return f"{KINDS[key.kind].noun} {name or key.id}"


def _tags(resource: Resource) -> Iterator[str]:
    """Give tags, and metadata as ``key=value``."""
    for field_ in KINDS[resource.kind].keep_words:
        value = resource.attributes.get(field_)
        if isinstance(value, Mapping):
            yield from (f"{key}={item}" for key, item in value.items())
        elif isinstance(value, list | tuple):
            yield from map(str, value)
