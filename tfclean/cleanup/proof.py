"""The end, proven. In: fresh inventories, judged again. Out: what is left, and whether nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tfclean.cleanup.choice import is_job
from tfclean.cleanup.options import Options
from tfclean.kinds.registry import KINDS, with_named
from tfclean.model import EdgeType, Finding, Inventory, Judgement, Kept, Key, Outcome, OutcomeKind, Plan, Verdict

Judge = Callable[[Inventory], Judgement]
"""Judges a fresh inventory by the evidence of the run."""
_UNDONE = (OutcomeKind.BLOCKED, OutcomeKind.SKIPPED, OutcomeKind.FAILED)


def leftovers(judgement: Judgement, options: Options, reasons: Mapping[Key, Outcome] | None = None) -> tuple[Kept, ...]:
    """Give what is, or may be, the job's and is still there.

    What its owner asked to keep is none of it, nor what OpenStack made for that; what OpenStack made for another leftover is told by
    that one.

    Args:
        judgement: of a fresh inventory.
        options: what the caller asked to keep.
        reasons: outcomes by object, for the reason.
    """
    found: dict[Key, Finding] = {}
    wished: set[Key] = set()
    for key, finding in judgement.findings.items():
        if finding.resource is None:
            continue
        wish = options.kept(finding.resource, finding.addresses) or ("" if options.names(finding) else finding.keep)
        if wish:
            wished.add(key)
        elif is_job(finding):
            found[key] = finding
    wholes: dict[Key, list[Key]] = {}
    spared: set[Key] = set()
    for edge in judgement.edges:
        wholes.setdefault(edge.source, []).append(edge.target)
        if edge.type in (EdgeType.PART_OF, EdgeType.IMPLIED_BY) and edge.target in wished:
            spared.add(edge.source)
    out = []
    for key, finding in sorted(found.items()):
        if finding.verdict is Verdict.IMPLICIT and (key in spared or any(w in found for w in wholes.get(key, ()))):
            continue
        out.append(Kept(key, finding.name, _reason(finding, (reasons or {}).get(key)), leftover=True))
    return tuple(out)


def _reason(finding: Finding, outcome: Outcome | None) -> str:
    if outcome is not None and outcome.because:
        return outcome.because
    status = finding.resource.status if finding.resource else ""
    if status in KINDS[finding.kind].transitional:
        return f"it is still {status}"
    return finding.evidence[0].text if finding.evidence else f"it is {finding.verdict.value}"


def outlasting(plan: Plan, judgement: Judgement, outcomes: Mapping[Key, Outcome]) -> tuple[Kept, ...]:
    """Give what the plan said was, or might be, the job's, is still there, and is judged a stranger now.

    What it was judged by may have gone with the run's other objects: the clocks are compared by their dates.

    Args:
        plan: what was to be done.
        judgement: of a fresh inventory.
        outcomes: of the plan's steps, by object.
    """
    left = {kept.target: kept for kept in plan.kept if kept.leftover}
    for step in plan.steps:
        outcome = outcomes.get(step.target)
        if outcome is not None and outcome.outcome in _UNDONE:
            left[step.target] = Kept(step.target, step.name, outcome.because or "it is still there", True, outcome.blockers)
    found = judgement.findings
    return tuple(k for key, k in left.items() if key in found and found[key].verdict is Verdict.FOREIGN and not found[key].keep)


def remains(plan: Plan, inventory: Inventory, reasons: Mapping[Key, Outcome]) -> tuple[Kept, ...]:
    """Give what of a plan is still there, for callers without evidence to judge by.

    Args:
        plan: what was to be done.
        inventory: fresh.
        reasons: outcomes by object.
    """
    out: dict[Key, Kept] = {}
    inventory = with_named(inventory, (step.target for step in plan.steps))
    for step in plan.steps:
        if step.target in inventory.resources:
            outcome = reasons.get(step.target)
            out[step.target] = Kept(step.target, step.name, (outcome.because if outcome else "") or "it is still there", leftover=True)
    for kept in plan.kept:
        if kept.leftover and kept.target in inventory.resources:
            out[kept.target] = kept
    return tuple(out[k] for k in sorted(out))
