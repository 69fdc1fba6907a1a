"""A plan in, looked at again before it is carried out: what is another job's by now, or became young by what was tied to it, does not go.

Who says yes takes his time; a saved plan, or the journal of a run that was killed, may be taken up a day later.
"""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tfclean.errors import Refused
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Footprint, Inventory, Plan, Resource, Verdict
from tfclean.verbs.options import Paths

if TYPE_CHECKING:
    from tfclean.cleanup.options import Options
    from tfclean.cleanup.ports import Cloud


def looked_again(plan: Plan, connection: Cloud, allowed: Options, protect: Paths) -> tuple[Options, Inventory | None]:
    """Look again at what a plan deletes, by what was no matter of the evidence that it was made from.

    Args:
        plan: any plan.
        connection: where it is to be carried out.
        allowed: what may be deleted.
        protect: paths of other jobs' traces.

    Returns:
        What may be deleted now; and what is live, None if there was nothing to look for.

    Raises:
        Refused: something young is tied to what a sweep was to delete, or it is kept now.
        InputError: a trace of another job cannot be read whole.
        CloudError: the cloud cannot be asked.
    """
    from tfclean.estate.judge import judge
    from tfclean.verbs.asking import others

    inventory = still_old(plan, connection, allowed, protect)
    if inventory is not None or not (footprints := others(protect)):
        return allowed, inventory
    inventory = connection.inventory()
    findings = judge(Footprint(), inventory, protect=footprints).findings.values()
    outside = {finding.key: finding.keep for finding in findings if finding.verdict is Verdict.PROTECTED}
    return replace(allowed, outside=outside), inventory


def still_old(plan: Plan, connection: Cloud, allowed: Options, protect: Paths = ()) -> Inventory | None:
    """Look again whether what a sweep's plan deletes is old, with all that is tied to it now.

    Args:
        plan: any plan; one that is of no sweep is judged by other things than age.
        connection: where it is to be carried out.
        allowed: what is to be kept.
        protect: paths of jobs' traces.

    Returns:
        What is live; None if the plan is of no sweep, and nothing was asked.

    Raises:
        Refused: something young is tied to what was to go, or it is kept now.
        CloudError: the cloud cannot be asked.
    """
    from tfclean.cleanup.guards import as_swept
    from tfclean.estate.ages import Ages, Clock
    from tfclean.estate.judge import protected
    from tfclean.estate.sweep import Choice, sweep
    from tfclean.verbs.asking import others

    limits = as_swept(plan, allowed)
    if "sweep" not in plan.options or limits.before is None:
        return None
    footprints = others(protect)
    inventory = connection.inventory()
    clock = Clock(inventory.taken_at or limits.before, limits.before, timedelta())
    # What was dated then, by what used it or by a second look, is as old now.
    seen = dict.fromkeys(limits.dated, limits.before - timedelta(seconds=1))
    ages = Ages(inventory, clock, wishes(allowed), protected(footprints, inventory), seen)
    findings = sweep(ages, Choice(everything=True)).findings
    for step in plan.steps:
        finding = findings.get(step.target)
        if finding is None or finding.confidence is not Confidence.NONE or finding.resource is None:
            continue
        if finding.resource.created_at == step.identity.created_at:
            what = f"{KINDS[step.target.kind].noun} {step.name or step.target.id}"
            raise Refused(f"{what} would not be swept any more: {finding.evidence[0].text}; nothing was changed; sweep again")
    return inventory


def wishes(allowed: Options) -> Callable[[Resource], str]:
    """Give what says why somebody asked that an object stay."""
    return lambda resource: allowed.keeping.reason(KINDS[resource.kind], resource) or allowed.kept(resource)
