"""A finding, its judgement and a plan in; all that is known about that one object out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tfclean.model import CandidateGroup, Edge, Finding, Gap, Judgement, Kept, Key, PendingCreate, Plan, Step


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one object.

    Attributes:
        finding: verdict, confidence, evidence and drift.
        held_by: ties of others that must be gone before it can go, or that go with it.
        holds: ties by which it keeps others.
        names: by key, the names of all objects at the other ends.
        step: what the plan does to it; None if it does nothing to it by itself.
        goes_with: the object with which it goes, if the plan gives it no step of its own.
        kept: why the plan leaves it alone; None if it does not.
        candidates: creates that it could have come from, and the others that could too.
        pending: creates of which no trace tells what came of them, and which were held against it.
        consequences: findings that follow from this one.
        gaps: what could not be read or listed, and so might change the picture.
    """

    finding: Finding
    held_by: tuple[Edge, ...] = ()
    holds: tuple[Edge, ...] = ()
    names: dict[Key, str] = field(default_factory=dict)
    step: Step | None = None
    goes_with: Step | None = None
    kept: Kept | None = None
    candidates: tuple[CandidateGroup, ...] = ()
    pending: tuple[PendingCreate, ...] = ()
    consequences: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()


def gather(finding: Finding, judgement: Judgement, plan: Plan) -> Explanation:
    """Collect all that is known about the object of `finding`.

    Args:
        finding: the object.
        judgement: what was found.
        plan: what would be deleted.
    """
    key = finding.key
    held_by = tuple(e for e in judgement.edges if e.target == key)
    holds = tuple(e for e in judgement.edges if e.source == key)
    pending = tuple(p for p in judgement.pending if key == p.made or key in p.candidates or any(key == r.key for r in p.rejected))
    beside = {k for p in pending for k in (*p.candidates, *(r.key for r in p.rejected))}
    ends = {end for e in (*held_by, *holds) for end in (e.source, e.target)} | set(_others(judgement, key)) | beside
    return Explanation(
        finding=finding,
        held_by=held_by,
        holds=holds,
        names={end: judgement.findings[end].name for end in ends if end in judgement.findings},
        step=next((s for s in plan.steps if s.target == key), None),
        goes_with=next((s for s in plan.steps if key in s.parts), None),
        kept=next((k for k in plan.kept if k.target == key), None),
        candidates=tuple(g for g in judgement.candidates if key in g.resources),
        pending=pending,
        consequences=tuple(f for f in judgement.findings.values() if f.cause == key),
        gaps=judgement.gaps,
    )


def _others(judgement: Judgement, key: Key) -> Iterator[Key]:
    for group in judgement.candidates:
        if key in group.resources:
            yield from group.resources
    cause = judgement.findings[key].cause
    if cause is not None:
        yield cause
