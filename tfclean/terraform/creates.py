"""Claims of all sources in, the same with every create told once out: planned, in flight or created, and none that is accounted for.

A create is accounted for when something tells what came of it: the state that was written afterwards, a log that shows it as complete, or a
later log that refreshed or destroyed its object. What stood at the same address before (a replace destroys it) accounts for nothing, nor
does what the state of another job says of the same address in its own copy of the module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tfclean.model import Claim, SourceKind, Tense

_LOGS = (SourceKind.LOG_TEXT, SourceKind.LOG_JSON)
_CURRENT = (Tense.RECORDED, Tense.TAINTED)
_EXISTED = (Tense.RECORDED, Tense.TAINTED, Tense.DEPOSED, Tense.DESTROYED)
_SHAPES = (SourceKind.PLAN_JSON, SourceKind.PLAN_FILE, SourceKind.LOG_TEXT, SourceKind.LOG_JSON)
"""Where attributes of a create are told best, first; lists of blocks lose their empty members in rendered plans."""


def settle(claims: Sequence[Claim], planned_at: Mapping[str, datetime | None]) -> list[Claim]:
    """Take out creates that are accounted for or told elsewhere, and give attributes to those that lack them.

    Args:
        claims: of all sources, `present` already decided.
        planned_at: when the plan of a file was made, by path.

    Returns:
        The claims in the same order.
    """
    return _Creates(claims, planned_at).settled()


class _Creates:
    def __init__(self, claims: Sequence[Claim], planned_at: Mapping[str, datetime | None]) -> None:
        self._claims = claims
        self._planned_at = planned_at
        self._known: dict[str, list[Claim]] = defaultdict(list)
        self._pending: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.tense in (Tense.PLANNED, Tense.IN_FLIGHT):
                self._pending[claim.address].append(claim)
            elif claim.tense in _EXISTED or claim.tense is Tense.CREATED:
                self._known[claim.address].append(claim)
        self._runs = _runs(claims)
        self._foreign = _foreign(claims)
        self._created = {(claim.type, claim.id) for claim in claims if claim.tense is Tense.CREATED}

    def settled(self) -> list[Claim]:
        shapes = {address: _shape(pending) for address, pending in self._pending.items()}
        kept: dict[int, Claim] = {}
        for address, pending in self._pending.items():
            for claim in self._open(address, pending):
                kept[id(claim)] = _shaped(claim, shapes[address])
        out: list[Claim] = []
        for claim in self._claims:
            if claim.tense in (Tense.PLANNED, Tense.IN_FLIGHT):
                if id(claim) in kept:
                    out.append(kept[id(claim)])
            elif claim.tense is Tense.CREATED:
                out.append(_shaped(claim, shapes.get(claim.address)))
            else:
                out.append(claim)
        return out

    def _open(self, address: str, pending: Sequence[Claim]) -> list[Claim]:
        """Give the creates of one address of which nobody knows what came."""
        known = self._known.get(address, [])
        paths = {claim.source.path for claim in pending}
        replaced = {claim.id for claim in known if claim.tense in _EXISTED and claim.source.path in paths}
        later = [claim for claim in known if claim.id not in replaced]
        started = [claim for claim in pending if claim.tense is Tense.IN_FLIGHT]
        flying = self._once([claim for claim in started if not self._explains_start(claim, later)], known)
        if started:
            return flying
        planned = [claim for claim in pending if not any(self._explains_plan(claim, other) for other in later)]
        return [min(planned, key=_rank)] if planned else []

    def _explains_start(self, claim: Claim, later: Iterable[Claim]) -> bool:
        for other in later:
            if other.source.kind is SourceKind.BACKUP or (other.type, other.id) in self._created:
                # A backup is older than the run; an id that a log shows as created came of that create.
                continue
            if other.tense not in (*_CURRENT, Tense.DESTROYED):
                continue
            if other.source.kind in (SourceKind.PLAN_FILE, SourceKind.PLAN_JSON):
                continue
            if other.lineage in self._foreign.get(claim.source.path, ()):
                continue
            if not claim.candidates or other.id in claim.candidates:
                return True
        return False

    def _explains_plan(self, claim: Claim, other: Claim) -> bool:
        made = self._planned_at.get(claim.source.path)
        if (made and other.ended and other.ended < made) or other.lineage in self._foreign.get(claim.source.path, ()):
            return False
        if other.present or other.tense is Tense.CREATED:
            return True
        return other.source.kind in _LOGS and other.tense in (*_CURRENT, Tense.DESTROYED)

    def _once(self, flying: Sequence[Claim], known: Sequence[Claim]) -> list[Claim]:
        """Tell creates once that several logs of the same run show, and not at all if one of those shows the end."""
        if len({claim.source.path for claim in flying}) < 2 and not any(c.tense is Tense.CREATED for c in known):
            return list(flying)
        by_run: dict[str, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
        for claim in flying:
            by_run[self._runs.get(claim.source.path, claim.source.path)][claim.source.path].append(claim)
        out: list[Claim] = []
        for run, logs in by_run.items():
            ends = Counter(
                c.source.path for c in known if c.tense in (Tense.CREATED, Tense.DESTROYED) and self._runs.get(c.source.path) == run
            )
            # Each log shows all creates of the run up to where it ends; the one that shows most ends knows best.
            best = max(sorted(logs), key=lambda path: (ends[path], len(logs[path])))
            most = max(ends.values(), default=0)
            if ends[best] < most:
                continue
            out += logs[best]
        return out


def _runs(claims: Iterable[Claim]) -> dict[str, str]:
    """Group logs of the same run, such as what CI kept and what ``tee`` wrote: they show the same ids as created."""
    run: dict[str, str] = {}
    seen: dict[tuple[str, str | None], str] = {}
    for claim in claims:
        if claim.tense not in (Tense.CREATED, Tense.DESTROYED) or claim.source.kind not in _LOGS or claim.id is None:
            continue
        path = claim.source.path
        mine = run.setdefault(path, path)
        other = seen.setdefault((claim.type, claim.id), path)
        theirs = run[other]
        if mine != theirs:
            first = min(mine, theirs)
            run = {p: first if r in (mine, theirs) else r for p, r in run.items()}
    return run


def _foreign(claims: Iterable[Claim]) -> dict[str, frozenset[str]]:
    """Tell which lineages are of other jobs than a log: they share no id with it, and another does, or they contradict what it has made."""
    lineages: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    told: dict[str, set[str]] = defaultdict(set)
    made: dict[str, dict[str, str]] = defaultdict(dict)
    for claim in claims:
        if claim.id is None or claim.tense is Tense.REFERENCED:
            continue
        if claim.source.kind in _LOGS:
            told[claim.source.path].add(claim.id)
            if claim.tense is Tense.CREATED:
                made[claim.source.path][claim.address] = claim.id
        elif claim.lineage:
            lineages[claim.lineage][claim.address].add(claim.id)
    out: dict[str, frozenset[str]] = {}
    for path, ids in told.items():
        own = {lineage for lineage, held in lineages.items() if any(not ids.isdisjoint(these) for these in held.values())}
        against = {lineage for lineage, held in lineages.items() if any(address in held for address in made[path])}
        out[path] = frozenset((lineages.keys() if own else against) - own)
    return out


def _rank(claim: Claim) -> tuple[bool, int, str, str]:
    kind = claim.source.kind
    return not claim.attributes, _SHAPES.index(kind) if kind in _SHAPES else len(_SHAPES), claim.source.path, claim.source.place


def _shape(pending: Iterable[Claim]) -> Claim | None:
    told = [claim for claim in pending if claim.attributes or claim.unknown]
    return min(told, key=_rank) if told else None


def _shaped(claim: Claim, shape: Claim | None) -> Claim:
    if shape is None or claim.attributes or claim.unknown:
        return claim
    return replace(claim, attributes=shape.attributes, sensitive=shape.sensitive, unknown=shape.unknown)
