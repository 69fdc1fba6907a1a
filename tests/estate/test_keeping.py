"""What is ignored, or bears a marker of one's own: no problem, protected, and what lives in it with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.estate.test_judge import NET, PORT, finding, network, port, verdict
from tests.making import claim, footprint, inventory, live
from tests.report.making import shown
from tfclean.cleanup.guards import forbidden
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.proof import leftovers
from tfclean.estate.judge import judge
from tfclean.kinds.guards import keep_marker
from tfclean.kinds.ignore import parse
from tfclean.kinds.keeping import Keeping
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Footprint, Inventory, Judgement, Verdict
from tfclean.report.problems import diff_exit_code

SERVER = "openstack_compute_instance_v2.worker"
ATTACH = "openstack_compute_volume_attach_v2.data"


def judged(rules: str, evidence: Footprint, world: Inventory, *tags: str) -> Judgement:
    return judge(evidence, world, keeping=Keeping(parse(rules, ".tfcleanignore"), tags))


def test_what_is_ignored_is_protected_with_the_line_and_still_known_to_be_the_jobs() -> None:
    j = judged("\nnetwork.network.ci-*\n", footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network()))
    found = finding(j, "n1")
    assert (found.verdict, found.keep, found.confidence) == (
        Verdict.PROTECTED,
        "ignored by .tfcleanignore, line 2",
        Confidence.CERTAIN,
    )
    assert diff_exit_code(j) == 0


@pytest.mark.parametrize("rule", ["network.network.n1", NET, "openstack_networking_network_v2.nodes"])
def test_drift_of_what_is_ignored_is_no_problem(rule: str) -> None:
    evidence, world = footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(name="renamed"))
    assert diff_exit_code(judge(evidence, world)) == 1
    assert diff_exit_code(judged(rule, evidence, world)) == 0


def test_an_attribute_that_is_ignored_is_no_drift_and_the_object_stays_the_jobs() -> None:
    evidence, world = footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(name="renamed"))
    j = judged(f"{NET}.name", evidence, world)
    found = finding(j, "n1")
    assert (found.verdict, found.drift, found.confidence) == (Verdict.MANAGED, (), Confidence.CERTAIN)
    assert found.evidence[-1].text == "its name is not as the state says, and that is ignored by .tfcleanignore, line 1"
    assert found.flags == {"ignored"}
    assert diff_exit_code(j) == 0
    assert {s.target.id for s in make_plan(j).steps} == {"n1"}


@pytest.mark.parametrize("format_", ["console", "markdown", "html"])
def test_drift_that_is_ignored_is_never_told_as_none(format_: str) -> None:
    world = inventory(network(name="renamed"))
    j = judged(f"{NET}.name", footprint([claim(NET, id_="n1", name="ci-800001")]), world)
    for write in (lambda r: r.diff(j), lambda r: r.explanation(finding(j, "n1"), j, make_plan(j))):
        text = " ".join(shown(format_, write).split())
        assert "ignored" in text
        assert "what the present state says." not in text
        assert "is as that says." not in text
        assert "all that are compared are as the state says" not in text


def test_of_two_attributes_the_one_that_is_not_ignored_is_still_drift() -> None:
    evidence = footprint([claim(NET, id_="n1", name="ci-800001", description="nodes")])
    world = inventory(network(name="renamed", description="other"))
    assert [d.attribute for d in finding(judged("", evidence, world), "n1").drift] == ["name", "description"]
    found = finding(judged("network.network.*.name", evidence, world), "n1")
    assert (found.verdict, [d.attribute for d in found.drift]) == (Verdict.DRIFTED, ["description"])


def test_what_is_missing_and_ignored_is_no_problem_nor_is_what_follows_from_it() -> None:
    evidence = footprint([claim(SERVER, id_="s1", name="w"), claim(ATTACH, id_="s1/v1", instance_id="s1", volume_id="v1")])
    world = inventory(live("block_storage.volume", "v1", "data"))
    assert diff_exit_code(judge(evidence, world)) == 1
    j = judged(SERVER, evidence, world)
    assert {f.verdict for f in j.findings.values() if f.resource is None} == {Verdict.PROTECTED}
    assert diff_exit_code(j) == 0
    assert diff_exit_code(judged("compute.volume_attachment", evidence, world)) == 1


def test_a_zombie_that_is_ignored_is_in_no_plan_and_stands_among_what_is_kept() -> None:
    evidence, world = footprint([claim(NET, id_="n1"), claim(PORT, id_="p1")]), inventory(network(), port("p1", "web"))
    plan = make_plan(judged("network.port.web", evidence, world))
    assert [k.because for k in plan.kept if k.target.id == "p1"] == ["ignored by .tfcleanignore, line 1"]
    assert "p1" not in {s.target.id for s in plan.steps}
    # A network cannot go while the port is on it.
    assert {s.target.id for s in plan.steps} == set()


def test_asking_by_name_does_not_overrule_an_ignore_file() -> None:
    evidence, world = footprint([claim(NET, id_="n1")]), inventory(network())
    assert not make_plan(judged(NET, evidence, world), options=Options(also=("n1", NET))).steps


@pytest.mark.parametrize("fields", [{}, {"tags": ["tfclean:keep"]}, {"tags": ["Eternal"]}])
def test_a_stranger_in_what_was_asked_to_stay_stays(fields: dict[str, Any]) -> None:
    rules = "" if fields else NET
    j = judged(rules, footprint([claim(NET, id_="n1")]), inventory(network(**fields), port("p1", "by hand")), "eternal")
    assert verdict(j, "n1") is Verdict.PROTECTED
    assert "which stays" in finding(j, "p1").keep
    assert not make_plan(j).steps


def test_an_engine_that_never_saw_the_judgement_asks_the_rules_again() -> None:
    options = Options(keeping=Keeping(parse(NET, ".tfcleanignore"), ("eternal",)))
    own = inventory()

    def why(options: Options, addresses: tuple[str, ...] = (), **fields: Any) -> str:
        return forbidden(network(**fields), project=own.project, user=own.user, options=options, addresses=addresses)

    assert why(options, (NET,)) == "ignored by .tfcleanignore, line 1"
    assert why(options, tags=["ETERNAL"]) == 'its tags say "ETERNAL"'
    assert why(options) == why(Options(), (NET,), tags=["eternal"]) == ""


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("tags", ["x", "Eternal"], 'its tags say "Eternal"'),
        ("tags", ["eternal-not"], ""),
        ("metadata", {"eternal": ""}, 'its metadata say "eternal"'),
        ("metadata", {"eternal": "false"}, ""),
        ("metadata", {"env": "Prod"}, 'its metadata say "env=Prod"'),
        ("metadata", {"env": "test"}, ""),
        ("tags", ["env=prod"], 'its tags say "env=prod"'),
        ("description", "an eternal thing", 'its description says "eternal"'),
        ("description", "eternally", ""),
        ("tags", ["tfclean:keep"], 'its tags say "tfclean:keep"'),
    ],
)
def test_a_keep_tag_is_a_marker_beside_the_built_in_ones(field: str, value: Any, told: str) -> None:
    kind = next(k for k in KINDS.values() if field in k.keep_words)
    attributes: dict[str, Any] = {field: value}
    resource = live(kind.name, "x", **attributes)
    assert keep_marker(kind, resource, ("eternal", "env=prod")) == told


def test_what_openstack_made_for_what_stays_by_a_wish_is_no_leftover_and_for_anything_else_it_is() -> None:
    group, rule = live("network.security_group", "g1", "nodes"), "openstack_networking_secgroup_v2.nodes"
    egress = live("network.security_group_rule", "r1", security_group_id="g1", direction="egress", ethertype="IPv4")
    vip = port("p1", "octavia-lb-lb1", device_id="lb-lb1", device_owner="Octavia")
    evidence = footprint([claim(NET, id_="n1"), claim(rule, id_="g1", name="nodes")])
    world = inventory(network(), group, egress, vip)

    def left(rules: str) -> set[str]:
        return {kept.target.id for kept in leftovers(judged(rules, evidence, world), Options())}

    assert left(rule) == {"n1", "p1"}
    assert left(NET) == {"g1"}
