"""Readings of any number of files in, one `Footprint` out; in whatever order they come, it is the same.

1. Per lineage, the state with the highest serial is the present. Backups, states inside plans and states with a lower serial are older:
   they only add ids. ``errored.tfstate`` wins over a state of the same serial, for it could not be written there.
2. A state without lineage (versions 1 and 2 have none) is another present, if it shares no object with one that has a lineage or a higher
   serial. ``show -json`` tells none either: it is the present only if there is no other state at all.
3. A completed destroy cancels what logs, backups and older states say of the same type and id, never what the present state says. Ids that
   are names can come back: a create that is known to have ended later stands.
4. What only a numbered backup knows was let go by ``state rm``: its owner may have wanted it to stay.
5. Creates are told once, and only if nothing tells what came of them (`creates`).
6. What a run that ended well has made stands in the state that it wrote. Where the present state was read whole, of the traces that
   `tfclean run` kept of it only what it destroyed or let go of counts: else what its owner let go of later would still look like
   a leftover.
7. What a configuration declares completes what the others say, and never contradicts it (`declared`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tfclean.model import Claim, Footprint, Gap, GapKind, SourceKind, Tense, Variable
from tfclean.terraform.creates import settle
from tfclean.terraform.declared import join, told_apart
from tfclean.terraform.horizon import horizon
from tfclean.terraform.log_scan import is_ours
from tfclean.terraform.log_story import LogReading
from tfclean.terraform.reading import Reading

_STATES = (SourceKind.ERRORED_STATE, SourceKind.STATE)
_NUMBERED = re.compile(r"\.(\d+)\.backup$")
_CANCELLED = frozenset({Tense.RECORDED, Tense.TAINTED, Tense.DEPOSED, Tense.CREATED})
_ELSEWHERE = frozenset({GapKind.REMOTE, GapKind.STATE_LOST})
_LOST = frozenset({GapKind.STATE_LOST, GapKind.ENCRYPTED, GapKind.UNREADABLE})


def unite(readings: Iterable[Reading], variables: Mapping[str, Variable] | None = None) -> Footprint:
    """Unite everything that was read.

    Args:
        readings: one for each file, or member of a plan file; their order does not matter.
        variables: what was given on the command line; stronger than what the traces say.

    Returns:
        The footprint; `Claim.present` is decided here, whatever the readers said.
    """
    ordered = _ordered(readings)
    if _is_complete(ordered, _present(ordered)):
        ordered = [quiet for quiet in map(_quiet, ordered) if quiet is not None]
    present = _present(ordered)
    claims, declared = told_apart(
        _placed(claim, reading, at in present) for at, reading in enumerate(ordered) for claim in reading.claims if is_ours(claim.type)
    )
    logs = [reading for reading in ordered if isinstance(reading, LogReading) and reading.applied]
    settled = settle(claims, _plan_times(ordered))
    logged = bool(logs) and _about_the_plan(logs, claims)
    kept = join(_let_go(_cancel(settled), ordered), declared, logged=logged)
    unfinished = {c.type for c in kept if c.tense is Tense.IN_FLIGHT or (c.tense is Tense.PLANNED and not logged)}
    told: dict[str, Variable] = {}
    for reading in ordered:
        told.update(reading.variables)
    return Footprint(
        claims=tuple(kept),
        gaps=_gaps(ordered, present),
        sources=tuple(dict.fromkeys(reading.source for reading in ordered)),
        horizon=horizon(ordered, unfinished),
        variables={**told, **(variables or {})},
        locks=tuple(dict.fromkeys(lock for reading in ordered for lock in reading.locks)),
        lineages={r.lineage: r.serial or 0 for at, r in enumerate(ordered) if at in present and r.lineage},
        complete=_is_complete(ordered, present),
        logged=logged,
    )


def _is_complete(ordered: Sequence[Reading], present: frozenset[int]) -> bool:
    return bool(present) and all(ordered[at].whole for at in present) and not _lost(ordered, present)


def _quiet(reading: Reading) -> Reading | None:
    """Leave of a run that ended well what it destroyed or let go of; None if that is nothing."""
    if not reading.settled:
        return reading
    gone = tuple(claim for claim in reading.claims if claim.tense in (Tense.DESTROYED, Tense.FORGOTTEN))
    return Reading(reading.source, gone) if gone else None


def _ordered(readings: Iterable[Reading]) -> list[Reading]:
    """Sort readings, each once: a file may be named and found as well."""

    def key(reading: Reading) -> tuple[str, str, str, int, str, int]:
        source = reading.source
        return source.kind.value, source.path, source.place, reading.serial or -1, reading.lineage or "", len(reading.claims)

    once: dict[tuple[str, str, str, int, str, int], Reading] = {}
    for reading in readings:
        once.setdefault(key(reading), reading)
    return [once[k] for k in sorted(once)]


def _present(ordered: Sequence[Reading]) -> frozenset[int]:
    """Give the places of the readings that are the present of their lineage."""
    states = [at for at, reading in enumerate(ordered) if reading.is_state and reading.source.kind in _STATES]
    best: dict[str, int] = {}
    for at in states:
        lineage = ordered[at].lineage
        if lineage and (lineage not in best or _rank(ordered[at]) > _rank(ordered[best[lineage]])):
            best[lineage] = at
    present = [*best.values(), *_nameless(ordered, states)]
    if present:
        return frozenset(present)
    if states:
        # An empty or encrypted state is the present one, and nothing else can stand for it.
        return frozenset()
    return frozenset(at for at, reading in enumerate(ordered) if reading.source.kind is SourceKind.STATE_JSON)


def _nameless(ordered: Sequence[Reading], states: Sequence[int]) -> Iterator[int]:
    """Give the states without lineage that are no older form of another one."""
    known = {(c.type, c.id) for at in states if ordered[at].lineage for c in ordered[at].claims if c.id}
    named = any(ordered[at].lineage for at in states)
    for at in sorted((at for at in states if not ordered[at].lineage), key=lambda at: (_rank(ordered[at]), -at), reverse=True):
        held = {(c.type, c.id) for c in ordered[at].claims if c.id and c.tense is not Tense.REFERENCED}
        if (held or (ordered[at].whole and not named)) and known.isdisjoint(held):
            known |= held
            yield at


def _rank(reading: Reading) -> tuple[int, bool, bool]:
    return reading.serial if reading.serial is not None else -1, reading.whole, reading.source.kind is SourceKind.ERRORED_STATE


def _placed(claim: Claim, reading: Reading, present: bool) -> Claim:
    lineage = claim.lineage or reading.lineage or None
    return claim if (claim.present, claim.lineage) == (present, lineage) else replace(claim, present=present, lineage=lineage)


def _plan_times(ordered: Iterable[Reading]) -> dict[str, datetime | None]:
    return {r.source.path: r.first for r in ordered if r.source.kind in (SourceKind.PLAN_FILE, SourceKind.PLAN_JSON) and r.first}


def _about_the_plan(logs: Iterable[LogReading], claims: Iterable[Claim]) -> bool:
    """Tell whether logs of applies are of the run that was planned; a log of another run says nothing about what this one started."""
    planned = {claim.address for claim in claims if claim.tense is Tense.PLANNED and claim.source.kind is not SourceKind.LOG_JSON}
    started = {claim.address for log in logs for claim in log.claims if claim.tense in (Tense.CREATED, Tense.IN_FLIGHT, Tense.DESTROYED)}
    return not planned or bool(planned & started) or any(c.tense is Tense.PLANNED for log in logs for c in log.claims)


def _cancel(claims: Sequence[Claim]) -> list[Claim]:
    """Take out what a completed destroy has made untrue."""
    gone: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        if claim.tense is Tense.DESTROYED and claim.id:
            known = gone.get((claim.type, claim.id))
            if known is None or (claim.ended and (known.ended is None or claim.ended > known.ended)):
                gone[claim.type, claim.id] = claim
    back = {
        (claim.type, claim.id)
        for claim in claims
        if claim.tense is Tense.CREATED and claim.id and _came_after(claim, gone.get((claim.type, claim.id)))
    }

    def stands(claim: Claim) -> bool:
        key = (claim.type, claim.id or "")
        if claim.tense is Tense.DESTROYED:
            return key not in back
        return claim.tense not in _CANCELLED or claim.present or key not in gone or key in back

    return [claim for claim in claims if stands(claim)]


def _came_after(created: Claim, destroyed: Claim | None) -> bool:
    return bool(destroyed and created.ended and destroyed.ended and created.ended > destroyed.ended)


def _let_go(claims: Sequence[Claim], ordered: Iterable[Reading]) -> list[Claim]:
    """Mark what ``state rm`` let go of: it stands in the backup which that command made, and in nothing newer."""
    serials = {reading.source: reading.serial or -1 for reading in ordered if reading.is_state}
    backups = {source.path: found for source in serials if (found := _NUMBERED.search(source.path))}
    if not backups:
        return list(claims)
    numbered = {source.path: serial for source, serial in serials.items() if source.path in backups}
    last = max(int(found[1]) for found in backups.values())
    newest: dict[tuple[str, str | None], float] = {}
    for claim in claims:
        if claim.tense in _CANCELLED and claim.source.path not in numbered:
            # A log tells of no state; what it saw made is newer than a backup only if the backup's own time says so.
            later = claim.tense is Tense.CREATED and claim.ended is not None and claim.ended.timestamp() > last
            serial = float("inf") if claim.present or later else serials.get(claim.source, -1)
            newest[claim.type, claim.id] = max(serial, newest.get((claim.type, claim.id), -1))

    def marked(claim: Claim) -> Claim:
        serial = numbered.get(claim.source.path)
        alone = serial is not None and claim.tense in _CANCELLED and newest.get((claim.type, claim.id), -1) <= serial
        return replace(claim, tense=Tense.FORGOTTEN) if alone else claim

    return [marked(claim) for claim in claims]


def _gaps(ordered: Sequence[Reading], present: frozenset[int]) -> tuple[Gap, ...]:
    """Give what is not known, without what another file has told after all."""
    lineages = {ordered[at].lineage: ordered[at].serial or 0 for at in present if ordered[at].whole}
    out: dict[Gap, None] = {}
    for reading in ordered:
        for gap in reading.gaps:
            # an `errored.tfstate` is what the backend never got, and stands for it
            if gap.kind in _ELSEWHERE and reading.source.kind is SourceKind.POINTER and gap.subject == reading.source.path and present:
                continue
            if gap.kind is GapKind.ENCRYPTED and reading.lineage in lineages and lineages[reading.lineage] >= (reading.serial or 0):
                continue
            out[gap] = None
    return tuple(out)


def _lost(ordered: Sequence[Reading], present: frozenset[int]) -> bool:
    """Tell whether a state that would have been the present could not be read."""
    lineages = {ordered[at].lineage: ordered[at].serial or 0 for at in present if ordered[at].whole}
    return any(
        reading.source.kind in _STATES
        and not reading.whole
        and any(gap.kind in _LOST for gap in reading.gaps)
        and not (reading.lineage in lineages and lineages[reading.lineage] >= (reading.serial or 0))
        for reading in ordered
        if reading.is_state
    )
