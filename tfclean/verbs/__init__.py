"""The library: paths and clouds in, typed results out. Nothing is printed, and every guard is inside.

Heavy things (openstacksdk, networkx, HCL) are imported by the verb that needs them, not by ``import tfclean``.

A cloud is given as the name of an entry in clouds.yaml, as a mapping of openstacksdk's options (``{"cloud": "x", "region_name": "y"}``),
as a connection that `connect` returned, or not at all: then the environment (``OS_*``) decides.
"""
# ruff: noqa: PLC0415 - see the second line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Unpack

from tfclean.errors import Refused
from tfclean.model import Finding, Inventory, Judgement, Plan, Result
from tfclean.verbs.adopting import adopt
from tfclean.verbs.asking import basis, connect, entered, listed, live, others, policy, read, refuse_locked
from tfclean.verbs.carrying import carry_out, take_up
from tfclean.verbs.checkup import doctor
from tfclean.verbs.files import load_inventory, load_journal, load_plan
from tfclean.verbs.finding import find
from tfclean.verbs.launching import run
from tfclean.verbs.loop import Watched, watching
from tfclean.verbs.options import (
    ApplyOptions,
    DestroyOptions,
    DiffOptions,
    EvidenceOptions,
    LimitOptions,
    LookOptions,
    Paths,
    PlanOptions,
    PolicyOptions,
    ResumeOptions,
    RunOptions,
    StrPath,
    SweepOptions,
    SweepPlanOptions,
)
from tfclean.verbs.sweeping import plan_sweep, sweep

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Cloud

OFFLINE = "from_inventory"
"""Name of the option by which a plan says that no cloud was asked when it was made."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one object, within everything that was found.

    Attributes:
        finding: the object: verdict, confidence, evidence, drift.
        judgement: all that was found; its ``edges`` tell what holds the object and what it holds.
        plan: what would be deleted by the same options, and what is kept with the reason.
    """

    finding: Finding
    judgement: Judgement
    plan: Plan


def inventory(*, cloud: str | Mapping[str, Any] | Cloud | None = None, **options: Unpack[LookOptions]) -> Inventory:
    """List what is live.

    Args:
        cloud: where to look.
        **options: see `LookOptions`.

    Raises:
        CloudError: the cloud cannot be asked. A service that fails is a gap of the inventory and no error.
    """
    return live(cloud, None, options)


def diff(
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    inventory: Inventory | StrPath | None = None,
    **options: Unpack[DiffOptions],
) -> Judgement:
    """Judge what is live by what Terraform's traces say.

    Args:
        paths: as for `read`.
        cloud: where to look.
        inventory: an inventory, or the file that holds one, to be used instead of a cloud.
        **options: see `EvidenceOptions` and `LookOptions`.

    Raises:
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        InputError: a file cannot be read.
        CloudError: the cloud cannot be asked.
    """
    return basis(paths, options).judge(live(cloud, inventory, options))


def plan(
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    inventory: Inventory | StrPath | None = None,
    **options: Unpack[PlanOptions],
) -> Plan:
    """Plan the deletion of what is the job's. A plan that was made from `inventory` can be read, and never applied.

    Args:
        paths: as for `read`.
        cloud: where to look.
        inventory: an inventory, or the file that holds one, to be used instead of a cloud.
        **options: see `EvidenceOptions` and `PolicyOptions`.

    Raises:
        Refused: a lock is held, or a limit is exceeded.
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        InputError: a file cannot be read.
        CloudError: the cloud cannot be asked.
    """
    from tfclean.cleanup.plan import make_plan

    allowed = policy(options)
    found = basis(paths, options)
    refuse_locked(found.footprint, ignore_lock=options.get("ignore_lock", False))
    made = make_plan(found.judge(live(cloud, inventory, options)), options=allowed)
    return made if inventory is None else replace(made, options={**made.options, OFFLINE: True})


def destroy(
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    **options: Unpack[DestroyOptions],
) -> Result:
    """Delete exactly what is the job's, in an order that works, and prove the end.

    Args:
        paths: as for `read`.
        cloud: where to delete.
        **options: see `EvidenceOptions`, `PolicyOptions` and `RunOptions`. Without ``approve`` nothing is deleted.

    Raises:
        Refused: a guard, a lock, a limit, or no approval; nothing was deleted.
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        InputError: a file cannot be read.
        CloudError: the cloud cannot be asked.
        JournalError: the journal cannot be written.
    """
    from tfclean.cleanup.plan import make_plan

    allowed = policy(options)
    found = basis(paths, options)
    refuse_locked(found.footprint, ignore_lock=options.get("ignore_lock", False))
    connection, seen = entered(cloud, options)
    made = make_plan(found.judge(seen), options=allowed)
    # Judged again at the end by the same evidence: that is the proof.
    return carry_out(made, connection, options, proof=found.judge, seen=seen)


def apply(
    plan: Plan | StrPath,
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    **options: Unpack[ApplyOptions],
) -> Result:
    """Carry out exactly `plan`; every guard is asked again against the live cloud.

    Args:
        plan: a plan, or the file that holds one.
        cloud: where to delete.
        **options: see `ApplyOptions`. Without ``approve`` nothing is deleted.

    Raises:
        Refused: the plan is stale, was made from a file, or was not approved; nothing was deleted.
        InputError: the file is no plan, or a trace of another job cannot be read whole.
        CloudError: the cloud cannot be asked.
        JournalError: the journal cannot be written.
    """
    made = plan if isinstance(plan, Plan) else load_plan(plan)
    if made.options.get(OFFLINE):
        raise Refused("the plan was made from an inventory file and not from a cloud: it is for reading only; plan again with the cloud")
    # What makes no sense, or cannot be read, is said before any cloud is asked.
    policy(options)
    protect = listed(options.get("protect", ()))
    others(protect)
    return carry_out(made, connect(cloud), options, proof=None, protect=protect)


def resume(
    path: StrPath,
    paths: Paths = (),
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    undo: bool = False,
    **options: Unpack[ResumeOptions],
) -> Result:
    """Go on with a run that was interrupted or killed, or go back; no step is added to what was approved then.

    Args:
        path: the journal that it left.
        paths: evidence by which the end is judged, as for `read`; without any, it is proven for the plan's objects only.
        cloud: where it was deleting.
        undo: go back instead: tie again what the run untied, the last one first, as far as both ends are still there. The plan
            that is shown and approved is then that of what is to be taken back.
        **options: see `EvidenceOptions`, `LimitOptions` and `RunOptions`; ``journal`` is given already.

    Raises:
        JournalError: the journal is not ours, or is torn.
        Refused: the connection is for another project, another run is using the journal, a lock is held, or no approval was given.
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        InputError: a file cannot be read.
        CloudError: the cloud cannot be asked.
    """
    return take_up(path, paths, cloud, options, undo=undo)


def explain(
    subject: str,
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    inventory: Inventory | StrPath | None = None,
    **options: Unpack[PlanOptions],
) -> Explanation:
    """Tell why one object is, or is not, the job's, and what would happen to it.

    Args:
        subject: an id, the start of one, a Terraform address, or a name.
        paths: as for `read`.
        cloud: where to look.
        inventory: an inventory, or the file that holds one, to be used instead of a cloud.
        **options: see `EvidenceOptions` and `PolicyOptions`.

    Raises:
        InputError: nothing is meant by `subject`, or several objects are.
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        CloudError: the cloud cannot be asked.
    """
    return explanations([subject], paths, cloud=cloud, inventory=inventory, **options)[0]


def explanations(
    subjects: Sequence[str],
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    inventory: Inventory | StrPath | None = None,
    **options: Unpack[PlanOptions],
) -> tuple[Explanation, ...]:
    """Tell the same of several objects, within one look at the cloud; all else is as in `explain`.

    Returns:
        One explanation for each object, in the order of `subjects`; an object that is meant twice is told once.
    """
    from tfclean.cleanup.plan import make_plan

    judgement = basis(paths, options).judge(live(cloud, inventory, options))
    findings = {finding.key: finding for finding in (find(judgement, subject) for subject in subjects)}
    # A limit is no reason not to explain.
    unlimited = replace(policy(options), max_deletions=None, max_share=None)
    made = make_plan(judgement, options=unlimited)
    return tuple(Explanation(finding, judgement, made) for finding in findings.values())


__all__ = [
    "OFFLINE",
    "ApplyOptions",
    "DestroyOptions",
    "DiffOptions",
    "EvidenceOptions",
    "Explanation",
    "LimitOptions",
    "LookOptions",
    "PlanOptions",
    "PolicyOptions",
    "ResumeOptions",
    "RunOptions",
    "SweepOptions",
    "SweepPlanOptions",
    "Watched",
    "adopt",
    "apply",
    "connect",
    "destroy",
    "diff",
    "doctor",
    "explain",
    "explanations",
    "find",
    "inventory",
    "load_inventory",
    "load_journal",
    "load_plan",
    "plan",
    "plan_sweep",
    "read",
    "resume",
    "run",
    "sweep",
    "watching",
]
