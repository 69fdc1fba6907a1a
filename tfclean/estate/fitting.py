"""Why a live object cannot be what a create made, in words; and how much speaks for it if it can.

In: a create, an object, and what is known of the objects around it. Out: an `Objection`, or none; a weight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from tfclean.estate.creates import Create
from tfclean.estate.graph import Estate
from tfclean.estate.standing import Standing
from tfclean.estate.timing import Times, along
from tfclean.kinds.base import values
from tfclean.kinds.drift import live_value
from tfclean.kinds.registry import KINDS, SIBLINGS
from tfclean.kinds.terraform_types import compare
from tfclean.model import OWNING, Edge, EdgeType, Key, Pattern, Resource

_NAMING = (EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.BREAKS, EdgeType.USES, EdgeType.WARNS)


class Ground(IntEnum):
    """What speaks against a candidate, the one that was nearest to being taken first."""

    SURROUNDINGS = 0
    TIME = 1
    ATTRIBUTE = 2


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an object cannot be what a create made.

    Attributes:
        ground: of what sort it is.
        text: in words, read as "not OBJECT: TEXT".
    """

    ground: Ground
    text: str


class Fitting:
    """Holds creates against live objects.

    Args:
        estate: live objects and their ties.
        standing: what is known of them by now.
        times: when the run can have made objects.

    Attributes:
        compared: how many creates were held against an object, attribute by attribute; what was compared once is known.
    """

    def __init__(self, estate: Estate, standing: Standing, times: Times) -> None:
        self.estate = estate
        self.standing = standing
        self.times = times
        self.compared = 0
        self._told: dict[tuple[str, str, Key], str] = {}
        self._at: dict[str, set[Key]] = defaultdict(set)
        for key, claims in standing.claims.items():
            for claim in claims:
                if claim.tense in OWNING:
                    self._at[claim.address].add(key)

    def objection(self, create: Create, resource: Resource) -> Objection | None:
        """Say what of `resource` itself contradicts `create`: its attributes, its date, or what it names."""
        which = (create.claim.type, create.likeness, resource.key)
        if which not in self._told:
            self.compared += 1
            self._told[which] = self._other_attribute(create, resource)
        attribute = self._told[which]
        if attribute:
            return Objection(Ground.ATTRIBUTE, attribute)
        time = along(resource, create.born) if create.born else self.times.objection(resource, create.claim)
        if time:
            return Objection(Ground.TIME, time)
        elsewhere = self._other_whole(create, resource) if create.beside else self._other_end(create, resource)
        return Objection(Ground.SURROUNDINGS, elsewhere) if elsewhere else None

    def contradiction(self, resource: Resource, candidates: Collection[Key] = ()) -> str:
        """Say on what `resource` hangs that is neither the job's nor used by it nor everybody's; empty if on nothing of that sort.

        Args:
            resource: the object.
            candidates: what creates may have made as well, and so cannot be called foreign.
        """
        key = resource.key
        ties = [e.source for e in self.estate.into(key, EdgeType.PART_OF, EdgeType.HOLDS) if KINDS[e.source.kind].tie]
        for edge in (e for k in (key, *ties) for e in self._hanging(k)):
            # What was made for it, or goes with it, says nothing; where that is, does.
            own = key.kind in KINDS[edge.target.kind].follows or any(e.target == key for e in self._made_for(edge.target))
            for end in self._hanging(edge.target) if own else (edge,):
                if end.target != key and end.target not in candidates and self._foreign(end.target):
                    through = f"with {self._called(end.source)}, which" if own else "it"
                    return f"{through} {end.reason} {self._called(end.target)}, which is not the job's"
        return ""

    def _hanging(self, key: Key) -> Iterator[Edge]:
        return self.estate.out(key, EdgeType.PART_OF, EdgeType.HOLDS, EdgeType.BREAKS)

    def _made_for(self, key: Key) -> Iterator[Edge]:
        return self.estate.out(key, EdgeType.IMPLIED_BY)

    def weight(self, create: Create, resource: Resource) -> int:
        """Give how much of `resource` the create would explain: its diagnostic, its name, and what it names of the job's."""
        named = create.name and create.calls(resource)
        parts = len(create.name.literals) if isinstance(create.name, Pattern) else 0
        return (
            1
            + 1000 * (resource.id in create.claim.candidates)
            + (100 if named and not parts else 10 * parts if named else 0)
            + min(9, len(self.ours_beside(resource)))
        )

    def ours_beside(self, resource: Resource) -> list[Key]:
        """Give what `resource` names of the job's."""
        return [e.target for e in self.estate.out(resource.key, *_NAMING) if self.standing.ours(e.target)]

    def _foreign(self, key: Key) -> bool:
        if key in self.standing.outside:
            return True
        if self.standing.of(key) or key in self.standing.used or self._used_along(key):
            return False
        return not KINDS[key.kind].guard(self.estate.resource(key))

    def _used_along(self, key: Key) -> bool:
        """Tell whether something was there before the run, inside of what the run uses: a shared network's subnet is used with it."""
        made = self.estate.resource(key).created_at
        if made is None or not self.times.older(made):
            return False
        inside = [c for c in KINDS[key.kind].containers if c.when is None and not c.orphan_of]
        return any((ends := self.estate.reached(key, c)) and all(end in self.standing.used for end in ends) for c in inside)

    def _other_attribute(self, create: Create, resource: Resource) -> str:
        given = create.claim.attributes
        vague = {name for name, value in given.items() if _vague(value)}
        plain = {name: value for name, value in given.items() if name not in vague} if vague else given
        for drift in compare(create.type, plain, resource):
            return f"its {drift.attribute} is {_shown(drift.after)}, and that create would have given it {_shown(drift.before)}"
        for rule in create.type.drift if vague else ():
            shown, after = live_value(rule, resource.attributes)
            if rule.attribute in vague and rule.attribute not in create.type.secret and shown and not suits(given[rule.attribute], after):
                return f"its {rule.attribute} is {_shown(after)}, and that create would have given it {_shown(given[rule.attribute])}"
        return ""

    def _other_end(self, create: Create, resource: Resource) -> str:
        """Say which object of a kind `resource` names although the create names another one of it: by id, by name, or by address."""
        ends: dict[str, list[Key]] = defaultdict(list)
        for edge in self.estate.out(resource.key, *_NAMING):
            for kind in SIBLINGS.get(edge.target.kind, (edge.target.kind,)):
                ends[kind].append(edge.target)
        if not ends:
            return ""
        for path, kind, by in create.type.references:
            for value in values(create.claim.attributes, path) if ends[kind] else ():
                wanted = self._named(kind, str(value).strip(), by)
                if wanted and not wanted.intersection(ends[kind]):
                    return self._instead(resource, ends[kind][0], f"names {self._called(min(wanted))}")
        for _, address in create.claim.refers:
            wanted = self._at.get(address, set())
            for kind in sorted({key.kind for key in wanted}):
                if ends[kind] and not wanted.intersection(ends[kind]):
                    return self._instead(resource, ends[kind][0], f"names {address}")
        return ""

    def _other_whole(self, create: Create, resource: Resource) -> str:
        """Say in what `resource` is, or whose id it bears, that is not what the create made, although it would have been made for that."""
        maker = KINDS[resource.kind].made_for(resource)
        if maker and maker.id != create.claim.id and (create.claim.id or not self.standing.of(maker)):
            return f"it bears the id of another {KINDS[maker.kind].noun}"
        ties = [e.source for e in self.estate.into(resource.key, EdgeType.HOLDS) if KINDS[e.source.kind].tie]
        for edge in (e for tie in ties for e in self.estate.out(tie, EdgeType.PART_OF)):
            claims = [c for c in self.standing.claims.get(edge.target, ()) if c.tense in OWNING]
            if claims and all(c.id != create.claim.id for c in claims):
                return f"it is in {self._called(edge.target)}, which is {claims[0].address}"
        return ""

    def _instead(self, resource: Resource, end: Key, otherwise: str) -> str:
        reason = next((e.reason for e in self.estate.out(resource.key, *_NAMING) if e.target == end and e.reason), "names")
        return f"it {reason} {self._called(end)}, and that create {otherwise}"

    def _named(self, kind: str, value: str, by: str) -> set[Key]:
        """Give what is live of what a reference names; empty if that cannot be said."""
        if by == "id":
            return {key for name in SIBLINGS.get(kind, (kind,)) if (key := Key(name, value)) in self.estate.inventory.resources}
        if by in ("name", "id-or-name"):
            return {r.key for r in self.estate.inventory.of(kind) if value in (r.name, r.id)}
        return set()

    def _called(self, key: Key) -> str:
        return f"{KINDS[key.kind].noun} {self.estate.resource(key).name or key.id}"


def suits(before: Any, after: Any) -> bool:
    """Tell whether a live value can be what a configuration says, some of whose texts are known in part only."""
    if isinstance(before, Pattern):
        return before.matches("" if after is None else str(after))
    if isinstance(before, Mapping):
        return all(suits(value, after.get(name) if isinstance(after, Mapping) else None) for name, value in before.items())
    if isinstance(before, list | tuple):
        return all(any(suits(item, other) for other in _several(after)) for item in before)
    return before is None or before == "" or str(before).lower() == ("" if after is None else str(after).lower())


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _vague(value: Any) -> bool:
    return any(isinstance(text, Pattern) for text in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return f'"{value}"' if isinstance(value, str | Pattern) else "nothing" if value is None else str(value)
