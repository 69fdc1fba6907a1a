"""What is told of one object: the reasons, what else it could have been, what holds what, and when a destroy comes to it."""

from __future__ import annotations

import itertools
import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from tests.estate.test_scenarios import judged
from tests.making import live
from tests.recorded import JOBS
from tests.report.graph.making import estate
from tests.report.making import GROUP, NETWORK, PORT, SERVER, finding, judgement, plan, shown
from tfclean.cleanup.plan import make_plan
from tfclean.errors import InputError
from tfclean.model import Action, Confidence, EdgeType, Evidence, Kept, Key, Plan, Step, Verdict
from tfclean.report.console import explanation as console
from tfclean.report.explanation import DEPTH, Branch, gather
from tfclean.report.reasoning import ASKED, alternatives
from tfclean.verbs import find


def told(j: Any, key: Key, plan_: Plan | None = None, **look: Any) -> str:
    return shown("console", lambda r: r.explanation(j.findings[key], j, plan_ or Plan(())), **look)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_each_verdict_flag_tie_and_step_has_its_words() -> None:
    assert set(console.SENTENCES) == set(ASKED) == set(Verdict)
    assert set(console.TIES) == set(EdgeType)
    assert set(console.ENDS) == set(Action)


@pytest.mark.parametrize("type_", list(EdgeType))
def test_every_tie_can_be_told_from_both_ends(type_: EdgeType) -> None:
    j = estate([finding(SERVER, Verdict.ZOMBIE), finding(PORT, Verdict.ZOMBIE)], (SERVER, PORT, type_))
    assert "hangs on zombie port" in flat(told(j, SERVER.key))
    assert "hangs on this port" in flat(told(j, PORT.key))


@pytest.mark.parametrize("scenario", JOBS)
def test_every_object_of_every_recorded_run_is_explained_in_80_columns(scenario: str) -> None:
    j = judged(scenario)
    made = make_plan(j)
    addresses = {a for f in j.findings.values() for a in f.addresses} | {p.address for p in j.pending}
    for key, each in j.findings.items():
        text = told(j, key, made)
        # An id that is made of two is longer than the room beside its name, and is not broken.
        wide = [line.strip() for line in text.splitlines() if len(line) > 80 and len(line.split()) > 1]
        wide = [line for line in wide if line.removeprefix("create: ") not in addresses]
        assert wide == [], key
        assert all("".join(evidence.text.split()) in "".join(text.split()) for evidence in each.evidence), key
        assert ("Yes, in step" in text) == any(key == s.target or key in s.parts for s in made.steps)


@pytest.mark.parametrize("scenario", JOBS)
def test_what_it_could_have_been_is_never_what_it_is(scenario: str) -> None:
    j = judged(scenario)
    for each in j.findings.values():
        found = alternatives(each, j)
        assert each.verdict.value not in [a.verdict for a in found]
        assert all(a.because for a in found)
        assert found or each.verdict is Verdict.PROTECTED or (each.verdict is Verdict.MANAGED and each.resource is None)


def test_a_foreign_object_made_before_the_run_is_told_so() -> None:
    j = judged("twin-killed")
    foreign = [f for f in j.findings.values() if f.verdict is Verdict.FOREIGN]
    reasons = {a.verdict: a.because for f in foreign for a in alternatives(f, j)}
    assert {"managed", "used", "zombie", "possible"} == set(reasons)
    started = j.footprint.horizon.start if j.footprint.horizon else None
    assert started is not None
    old = live("compute.server", "old", "old", after=-3 * 86400.0)
    before = estate([finding(old, Verdict.FOREIGN, Confidence.NONE)])
    object.__setattr__(before, "footprint", j.footprint)
    assert "before the run began" in {a.verdict: a.because for a in alternatives(before.findings[old.key], before)}["zombie"]


def test_a_state_that_was_not_read_whole_is_no_reason_that_nothing_is_managed() -> None:
    j = judged("tofu-killed")
    zombie = next(f for f in j.findings.values() if f.verdict is Verdict.ZOMBIE)
    assert alternatives(zombie, j)[0].because == "no present state was read whole, so none says what is managed"


def test_what_holds_it_is_followed_to_what_holds_that_and_each_is_told_once() -> None:
    third, fourth = live("network.subnet", "sub"), live("network.router", "router")
    ties = (
        (SERVER, PORT, EdgeType.HOLDS),
        (PORT, third, EdgeType.HOLDS),
        (PORT, NETWORK, EdgeType.HOLDS),
        (third, NETWORK, EdgeType.HOLDS),
        (NETWORK, SERVER, EdgeType.HOLDS),
        (fourth, SERVER, EdgeType.USES),
    )
    j = estate([finding(r, Verdict.ZOMBIE) for r in (SERVER, PORT, NETWORK, third, fourth)], *ties)

    def keys(branches: tuple[Branch, ...]) -> list[Any]:
        return [(b.key, keys(b.branches)) for b in branches]

    above = gather(j.findings[NETWORK.key], j, Plan(())).above
    assert keys(above) == [(PORT.key, [(SERVER.key, [(fourth.key, [])])]), (third.key, [])]
    below = gather(j.findings[SERVER.key], j, Plan(())).below
    assert keys(below) == [(PORT.key, [(NETWORK.key, []), (third.key, [])])]


def test_a_chain_is_followed_so_far_and_no_farther() -> None:
    line = [live("network.security_group", f"g{n}") for n in range(DEPTH + 3)]
    j = estate([finding(r, Verdict.ZOMBIE) for r in line], *((a, b, EdgeType.HOLDS) for a, b in itertools.pairwise(line)))
    branches, depth = gather(j.findings[line[0].key], j, Plan(())).below, 0
    while branches:
        branches, depth = branches[0].branches, depth + 1
    assert depth == DEPTH


def test_many_objects_of_a_kind_are_counted_in_a_tree_and_listed_on_request() -> None:
    ports = [live("network.port", f"p{n}") for n in range(40)]
    j = estate(
        [finding(NETWORK, Verdict.ZOMBIE), *(finding(p, Verdict.ZOMBIE) for p in ports)], *((p, NETWORK, EdgeType.HOLDS) for p in ports)
    )
    assert "and 35 ports more (-v lists them)" in told(j, NETWORK.key)
    assert told(j, NETWORK.key, verbose=True).count("hangs on this network") == 40


def test_the_step_its_predecessors_and_its_followers_are_named_with_their_numbers() -> None:
    text = flat(told(judgement(), PORT.key, plan()))
    assert "Yes, in step 2 of 4: it is deleted, which cannot be taken back. It waits for server node-a (step 1)." in text
    assert "For it waits port node-a (step 2)." in flat(told(judgement(), SERVER.key, plan()))


def test_what_goes_with_another_is_told_with_its_step() -> None:
    rule = live("network.security_group_rule", "rule")
    j = estate([finding(GROUP, Verdict.ZOMBIE), finding(rule, Verdict.ZOMBIE)], (rule, GROUP, EdgeType.PART_OF))
    step = Step(Action.DELETE, GROUP.key, "job-group", "x", Confidence.CERTAIN, parts=(rule.key,))
    assert "Yes, in step 1 of 1: together with security group job-group" in flat(told(j, rule.key, Plan((step,))))


def test_who_is_in_the_way_is_named() -> None:
    j = judgement()
    kept = Kept(NETWORK.key, "job-net", "a port that is not the job's is on it", leftover=True, blockers=(PORT.key,))
    text = flat(told(j, NETWORK.key, Plan((), (kept,))))
    assert "No: a port that is not the job's is on it In the way: port node-a" in text
    assert "the job is not gone while it is there" in text


def test_sources_of_one_reason_stand_together() -> None:
    evidence = tuple(Evidence("the state records it", f"s{n}.tfstate") for n in range(9))
    j = estate([finding(SERVER, Verdict.MANAGED, evidence=evidence)])
    text = told(j, SERVER.key)
    assert text.count("the state records it") == 1
    assert "and 6 other sources (-v lists them)" in text
    assert "[s8.tfstate]" in told(j, SERVER.key, verbose=True)


def schema(name: str) -> Any:
    return json.loads((files("tfclean.report") / "schemas" / f"{name}.json").read_text())


@pytest.mark.parametrize("scenario", ["killed-middle", "drifted", "tofu-killed"])
def test_explanations_are_as_their_schema_says(scenario: str) -> None:
    j = judged(scenario)
    made = make_plan(j)
    validator = jsonschema.Draft202012Validator(schema("explanation"), format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema("explanation"))
    findings = list(j.findings.values())
    one = json.loads(shown("json", lambda r: r.explanations(findings[:1], j, made)))
    several = json.loads(shown("json", lambda r: r.explanations(findings, j, made)))
    validator.validate(one)
    validator.validate(several)
    assert one["document"] == "explanation"
    assert several["explanations"][0] == {name: one[name] for name in several["explanations"][0]}
    planned = [e["planned"] for e in several["explanations"] if e["planned"]]
    assert {p["steps"] for p in planned} == {len(made.steps)}
    assert {p["step"] for p in planned} == set(range(1, len(made.steps) + 1))


def test_several_objects_are_told_one_after_the_other_with_what_holds_for_all_told_once() -> None:
    j = judgement()
    text = shown("console", lambda r: r.explanations([j.findings[SERVER.key], j.findings[PORT.key]], j, plan()))
    assert text.count("Would it be deleted?") == 2
    assert text.count("Not known") == text.count("cloud ci") == 1


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("server node-a", SERVER),
        ("compute.server node-a", SERVER),
        ("port 00000002", PORT),
        ("network.port 00000002", PORT),
        ("security group job-group", GROUP),
        (f"network {NETWORK.id}", NETWORK),
    ],
)
def test_an_object_is_meant_by_its_kind_and_its_name_or_the_start_of_its_id(subject: str, expected: Any) -> None:
    assert find(judgement(), subject).key == expected.key


@pytest.mark.parametrize("subject", ["node-a", "0000", "server", "server 000", "gibberish 00000001"])
def test_what_means_several_objects_or_none_is_refused_with_a_list(subject: str) -> None:
    with pytest.raises(InputError) as error:
        find(judgement(), subject)
    if subject == "node-a":
        assert f"server {SERVER.id}" in str(error.value)
        assert f"port {PORT.id}" in str(error.value)
