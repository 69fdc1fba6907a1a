"""A finding and its judgement in; which other verdicts were considered, and why they do not hold, out. Pure.

A verdict is the first that applies, in the order of `Verdict`. So an object's own verdict is only half of the reason: the other half is why
none of those before it applied, and why none that is more harmless does. Told are those that a person could think of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tfclean.kinds.registry import noun
from tfclean.model import Confidence, Finding, GapKind, Judgement, SourceKind, Verdict
from tfclean.report.text import joined, many, moment, nearby, quantity

STATES = (frozenset({SourceKind.STATE, SourceKind.ERRORED_STATE}), frozenset({SourceKind.STATE_JSON}))
"""Traces that can say what Terraform manages now: the states themselves, else what was printed of them."""
SHOWN = 2
"""More files than this are counted."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What an object could have been, and why it is not that.

    Attributes:
        verdict: a verdict, or ``certain`` for what is only probable.
        because: why it does not hold, in words.
    """

    verdict: str
    because: str


def alternatives(finding: Finding, judgement: Judgement) -> tuple[Alternative, ...]:
    """Tell which other verdicts were considered for `finding`, in the order in which they were."""
    return tuple(ASKED[finding.verdict](finding, judgement))


def _of_managed(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    del judgement
    if "ignored" in finding.flags:
        yield Alternative("drifted", "what is not as the state says of it is ignored")
    elif finding.resource is not None:
        yield Alternative("drifted", "of its attributes, all that are compared are as the state says")


def _of_drifted(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    del judgement
    count = len(finding.drift)
    yield Alternative("managed", f"{quantity(count, 'attribute')} {'is' if count == 1 else 'are'} not as the state says")


def _of_missing(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    if "elsewhere" in finding.flags:
        yield Alternative("managed", "an object has its id, but in another project")
        return
    seen = len(judgement.inventory.of(finding.kind))
    yield Alternative("managed", f"its kind was listed whole ({many(finding.kind, seen)}), and none has its id")


def _of_used(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    del finding
    yield Alternative("managed", _unrecorded(judgement))
    yield Alternative("foreign", "the job's traces name it")


def _of_implicit(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    del finding
    yield Alternative("managed", _unrecorded(judgement))
    yield Alternative("zombie", "nothing has to be done about it: it goes with what it was made for")


def _of_zombie(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    yield Alternative("managed", _unrecorded(judgement))
    if finding.confidence is Confidence.PROBABLE:
        yield Alternative("certain", "no trace has its id, and nothing that is certain contains it")


def _of_possible(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    yield Alternative("managed", _unrecorded(judgement))
    candidates = [create for create in judgement.pending if finding.key in create.candidates]
    rivals = {key for create in candidates for key in create.candidates if key != finding.key}
    if rivals:
        also = many(finding.kind, len(rivals)) if {key.kind for key in rivals} == {finding.kind} else quantity(len(rivals), "object")
        yield Alternative("zombie", f"{also} beside it can have come of the same {'create' if len(candidates) == 1 else 'creates'}")
    elif not candidates:
        yield Alternative("zombie", "no trace shows that the job made it, and no create explains it")
    else:
        yield Alternative("zombie", "the create fits by circumstance only: nothing about the object is of this run alone")
    yield Alternative("foreign", "too much fits to say so")


def _of_foreign(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    yield Alternative("managed", _unrecorded(judgement))
    yield Alternative("used", "no data source names it")
    outside = _outside(finding, judgement)
    if outside:
        yield Alternative("zombie", outside)
    else:
        yield Alternative("zombie", "no trace shows that the job made it, and it lives in nothing that is the job's")
    open_ = [c for c in judgement.pending if c.kind == finding.kind]
    near = sum(any(r.key == finding.key for r in c.rejected) for c in open_)
    if near:
        yield Alternative("possible", f"{quantity(near, 'create')} came near, and {'was' if near == 1 else 'were'} rejected: see below")
    elif open_:
        count = quantity(len(open_), "create")
        yield Alternative("possible", f"{count} of a {noun(finding.kind)} without a known end, and none that could have made this one")
    else:
        yield Alternative("possible", f"no create of a {noun(finding.kind)} is without a known end")


def _of_unknown(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    gap = next((g for g in judgement.gaps if g.kind is GapKind.NOT_LISTED and g.subject == finding.kind), None)
    why = gap.reason if gap else f"{noun(finding.kind)}: not among what was listed"
    yield Alternative("managed", f"it was not seen live: {why}")
    yield Alternative("missing", "what was not listed cannot be called gone")


def _of_protected(finding: Finding, judgement: Judgement) -> Iterator[Alternative]:
    del finding, judgement
    yield from ()


ASKED: dict[Verdict, Callable[[Finding, Judgement], Iterator[Alternative]]] = {
    Verdict.PROTECTED: _of_protected,
    Verdict.MANAGED: _of_managed,
    Verdict.DRIFTED: _of_drifted,
    Verdict.MISSING: _of_missing,
    Verdict.USED: _of_used,
    Verdict.IMPLICIT: _of_implicit,
    Verdict.ZOMBIE: _of_zombie,
    Verdict.POSSIBLE: _of_possible,
    Verdict.FOREIGN: _of_foreign,
    Verdict.UNKNOWN: _of_unknown,
}


def _unrecorded(judgement: Judgement) -> str:
    """Say which states do not name it, or that there is none that could."""
    if not judgement.footprint.complete:
        return "no present state was read whole, so none says what is managed"
    sources = judgement.footprint.sources
    files = next(filter(None, ([nearby(s.path) for s in sources if s.kind in kinds] for kinds in STATES)), [])
    if not files or len(files) > SHOWN:
        return "no present state has its id"
    return f"the present state does not have its id ({joined(files)})"


def _outside(finding: Finding, judgement: Judgement) -> str:
    """Say that it was not made in the time of the run; empty if it was, or if that is not known."""
    horizon = judgement.footprint.horizon
    made = finding.resource.created_at if finding.resource else None
    if horizon is None or made is None or horizon.holds(made):
        return ""
    when = f"made {moment(made)}, "
    return when + (
        f"before the run began ({moment(horizon.start)})" if made < horizon.start else f"after the run's end ({moment(horizon.end)})"
    )
