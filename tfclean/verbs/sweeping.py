"""A cloud and a limit in; what is old in it as whole groups, and a plan, out; or the plan carried out, and the end proven."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Unpack

from tfclean.errors import Refused, UsageError
from tfclean.model import Confidence, Evidence, Finding, Inventory, Judgement, Key, Plan, Result, Step, SweepPlan, Verdict
from tfclean.verbs.asking import entered, others, policy
from tfclean.verbs.carrying import carry_out
from tfclean.verbs.options import StrPath, SweepOptions, SweepPlanOptions
from tfclean.verbs.stale import wishes

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Cloud
    from tfclean.estate.sweep import Choice

OLD = timedelta(hours=4)
"""What is older is swept, if nothing else is said."""
SHORTEST = timedelta(hours=1)
"""Less than this has to be meant: most jobs that are running are younger than it, and some are older."""
SIGHTINGS = ".tfclean/sightings.json"
"""Where the command line notes what it saw, if nothing else is said."""


def plan_sweep(
    older_than: timedelta | float = OLD,
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    **options: Unpack[SweepPlanOptions],
) -> SweepPlan:
    """Plan the deletion of what is old, as whole groups of what hangs together. No evidence is needed, and none is used.

    Args:
        older_than: a group goes if all of it is older than this; a number is of seconds.
        cloud: where to look.
        **options: see `SweepPlanOptions`.

    Raises:
        UsageError: the limit, or a pattern, makes no sense.
        Refused: the limit is less than an hour, without ``force``; or too much would be deleted.
        InputError: a file to protect, or the file of sightings, is not what it should be.
        CloudError: the cloud cannot be asked.
    """
    return _prepare(older_than, cloud, options)[0]


def sweep(
    older_than: timedelta | float = OLD,
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    **options: Unpack[SweepOptions],
) -> Result:
    """Delete what is old, as whole groups of what hangs together, and prove the end by the same clock.

    Args:
        older_than: a group goes if all of it is older than this; a number is of seconds.
        cloud: where to delete.
        **options: see `SweepOptions`. Without ``approve`` nothing is deleted.

    Raises:
        UsageError: the limit, or a pattern, makes no sense.
        Refused: the limit is less than an hour, without ``force``; too much would be deleted; or no approval.
        InputError: a file to protect, or the file of sightings, is not what it should be.
        CloudError: the cloud cannot be asked.
        JournalError: the journal cannot be written.
    """
    prepared, judge, connection = _prepare(older_than, cloud, options)
    tell = options.get("on_sweep")
    if tell is not None:
        tell(prepared)
    proof = _proof(prepared.plan, judge)
    seen = prepared.judgement.inventory
    return carry_out(prepared.plan, connection, options, proof=proof, seen=seen, protect=options.get("protect", ()))


def _prepare(
    older_than: timedelta | float, cloud: str | Mapping[str, Any] | Cloud | None, options: SweepPlanOptions
) -> tuple[SweepPlan, Callable[[Inventory], Judgement], Cloud]:
    from tfclean.cleanup.plan import make_plan
    from tfclean.estate.ages import Ages, Clock
    from tfclean.estate.judge import protected
    from tfclean.estate.sweep import sweep as judge_by_age
    from tfclean.verbs.sightings import Sightings, look

    limit = _limit(older_than, force=options.get("force", False))
    allowed, choice = policy(options), _choice(options)
    footprints = others(options.get("protect", ()))
    # What makes no sense is said before any cloud is asked.
    connection, seen = entered(cloud, options)
    clock = Clock.of(seen, limit)
    path: StrPath | None = options.get("two_looks")
    looks = look(path, seen, clock.moment) if path is not None else Sightings()

    def judge(inventory: Inventory) -> Judgement:
        # By the clock of the first look: what has been made since is young, however long all this takes.
        ages = Ages(inventory, clock, wishes(allowed), protected(footprints, inventory), looks.first, looks.absent)
        return judge_by_age(ages, choice)

    judgement = judge(seen)
    assert judgement.sweep is not None
    return SweepPlan(judgement.sweep, make_plan(judgement, options=allowed), judgement), judge, connection


def _limit(older_than: timedelta | float, *, force: bool) -> timedelta:
    try:
        limit = older_than if isinstance(older_than, timedelta) else timedelta(seconds=older_than)
    except (OverflowError, ValueError):
        raise UsageError(f"{older_than} is no age: give seconds, or a timedelta.") from None
    if not timedelta(0) < limit < timedelta(days=3650):
        raise UsageError("The age must be more than nothing, and less than ten years.")
    if limit < SHORTEST and not force:
        raise Refused("younger than an hour is what most running jobs are: nothing was deleted; --force means it all the same")
    return limit


def _choice(options: SweepPlanOptions) -> Choice:
    from tfclean.estate.sweep import Choice

    patterns = []
    for text in options.get("names", ()):
        try:
            patterns.append(re.compile(text))
        except re.error as error:
            raise UsageError(f"{text!r} is no regular expression: {error}.") from None
    tags = frozenset(options.get("tags", ()))
    if "" in tags or any(not p.pattern for p in patterns):
        raise UsageError("an empty name or tag chooses nothing: leave it out.")
    return Choice(tuple(patterns), tags)


def _proof(plan: Plan, judge: Callable[[Inventory], Judgement]) -> Callable[[Inventory], Judgement]:
    """Judge again at the end; what was to go and is there still is left, though it may hang on nothing old any more."""

    def again(inventory: Inventory) -> Judgement:
        judgement = judge(inventory)
        found = dict(judgement.findings)
        for step in plan.steps:
            for key in (step.target, *step.parts):
                finding = found.get(key)
                if finding is not None and finding.confidence is Confidence.NONE and _same(finding, step, key):
                    found[key] = replace(finding, verdict=Verdict.ZOMBIE, confidence=Confidence.CERTAIN, keep="", evidence=(_THERE,))
        return replace(judgement, findings=found)

    return again


_THERE = Evidence("it was to go, and is still there")


def _same(finding: Finding, step: Step, key: Key) -> bool:
    """Tell whether it is the object of the plan, and no new one that took its name."""
    made = finding.resource.created_at if finding.resource is not None else None
    return key != step.target or made == step.identity.created_at
