"""Plans for what real runs left."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.recorded import FIXTURES, JOBS, inventory
from tfclean import verbs
from tfclean.cleanup.documents import load_plan, plan_document
from tfclean.cleanup.plan import make_plan
from tfclean.estate.judge import judge
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Confidence, Judgement, Plan, Verdict


@cache
def judged(scenario: str) -> Judgement:
    folder = FIXTURES / scenario
    live = inventory(scenario)
    # A recording without pools has no lists of members either.
    return replace(judge(verbs.read(folder), live), inventory=replace(live, listed=frozenset(KINDS)))


@cache
def planned(scenario: str) -> Plan:
    return make_plan(judged(scenario))


@pytest.mark.parametrize("scenario", JOBS)
def test_a_plan_takes_exactly_what_is_certain_or_probable(scenario: str) -> None:
    plan, judgement = planned(scenario), judged(scenario)
    going = {k for s in plan.steps for k in (s.target, *s.parts)}
    held = {k.target for k in plan.kept}
    ours = {
        key
        for key, f in judgement.findings.items()
        if f.verdict in (Verdict.MANAGED, Verdict.DRIFTED, Verdict.ZOMBIE) and f.confidence >= Confidence.PROBABLE and not f.keep
    }
    assert ours <= going | held
    called = {s.target for s in plan.steps if s.action is not Action.WAIT}
    assert called <= ours | {k for k, f in judgement.findings.items() if f.verdict is Verdict.IMPLICIT}
    verdicts = {judgement.findings[k].verdict for k in going}
    assert not verdicts & {Verdict.PROTECTED, Verdict.USED, Verdict.FOREIGN, Verdict.POSSIBLE}


@pytest.mark.parametrize("scenario", JOBS)
def test_steps_stand_behind_what_they_need_and_survive_a_file(scenario: str) -> None:
    plan = planned(scenario)
    place = {s.target: n for n, s in enumerate(plan.steps)}
    assert all(place[need] < place[s.target] for s in plan.steps for need in s.needs)
    assert load_plan(plan_document(plan)) == plan


def test_after_a_failed_destroy_the_port_from_outside_is_the_named_blocker() -> None:
    plan = planned("destroy-failed")
    assert {s.target.kind for s in plan.steps} == {"network.network", "network.subnet"}
    assert ["outsider" in k.because for k in plan.kept if k.target.kind == "network.security_group"] == [True]
