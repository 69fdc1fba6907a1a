"""What is drawn and what is only counted; what is folded, and how that is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estate.test_scenarios import judged
from tests.exhaustive import examples
from tests.making import live
from tests.recorded import JOBS
from tests.report.graph.making import estate, large, outsider
from tests.report.making import GROUP, NETWORK, PORT, SERVER, finding, judgement
from tfclean.model import EdgeType, Key, Resource, Verdict
from tfclean.report.graph.building import of_judgement
from tfclean.report.graph.drawing import Drawing
from tfclean.report.graph.groups import ASIDE
from tfclean.report.graph.scope import MOST, Only, Scope, ours


def drawn(drawing: Drawing) -> set[Key]:
    return {key for node in drawing.nodes for key in node.members}


@pytest.mark.parametrize("scenario", JOBS)
def test_every_object_of_the_job_is_drawn_and_all_others_are_counted(scenario: str) -> None:
    j = judged(scenario)
    drawing = of_judgement(j, Scope())
    own = {key for key, f in j.findings.items() if ours(f)}
    assert own <= drawn(drawing)
    members = [key for node in drawing.nodes for key in node.members]
    assert len(members) == len(set(members))
    left = len(j.findings) - len(members)
    counted = [note for note in drawing.notes if note.startswith("Not the job's")]
    assert bool(counted) == bool(left)
    assert sum(int(word) for word in " ".join(counted).replace(".", " ").split() if word.isdigit()) == left


def test_what_is_not_the_jobs_is_drawn_where_it_touches_what_is() -> None:
    near, far = outsider("near"), outsider("far")
    assert near.resource is not None
    j = estate([finding(NETWORK, Verdict.MANAGED), near, far], (near.resource, NETWORK, EdgeType.HOLDS))
    drawing = of_judgement(j, Scope())
    assert drawn(drawing) == {NETWORK.key, near.key}
    assert [node.group for node in drawing.nodes if node.members == (near.key,)] == [ASIDE]
    assert drawing.notes == ("Not the job's, and not drawn: 1 server.",)
    assert drawn(of_judgement(j, Scope(only=Only.ALL))) == set(j.findings)


def test_problems_are_drawn_with_what_they_touch() -> None:
    j = judgement()
    drawing = of_judgement(j, Scope(only=Only.PROBLEMS))
    assert drawn(drawing) == set(j.findings) - {outsider_key for outsider_key, f in j.findings.items() if f.verdict is Verdict.FOREIGN}
    alone = estate([finding(PORT, Verdict.MANAGED), finding(SERVER, Verdict.ZOMBIE)])
    drawing = of_judgement(alone, Scope(only=Only.PROBLEMS))
    assert drawn(drawing) == {SERVER.key}
    assert drawing.notes == ("No problem, and not drawn: 1 port.",)


@pytest.mark.parametrize(("depth", "found"), [(0, [SERVER]), (1, [SERVER, PORT]), (2, [SERVER, PORT, NETWORK])])
def test_around_an_object_is_what_so_many_ties_lead_to(depth: int, found: list[Resource]) -> None:
    j = judgement()
    drawing = of_judgement(j, Scope(around=(SERVER.key,), depth=depth))
    assert drawn(drawing) == {r.key for r in found}
    assert f"{len(j.findings) - len(found)} objects are farther away" in " ".join(drawing.notes)


def test_a_consequence_is_tied_to_its_cause() -> None:
    cause = finding(NETWORK, Verdict.ZOMBIE)
    follower = replace(finding(GROUP, Verdict.DRIFTED), cause=cause.key)
    drawing = of_judgement(estate([cause, follower]), Scope())
    assert [(link.source, link.target, link.stroke.type) for link in drawing.links] == [(1, 0, "follows")]


def test_parts_are_folded_beyond_half_the_limit_and_counted_on_what_they_go_with() -> None:
    j = large(20)
    drawing = of_judgement(j, Scope())
    assert "Folded into what they go with: 6 rules." in drawing.notes
    groups = [node for node in drawing.nodes if node.members[0].kind == "network.security_group"]
    assert [node.lines[-1] for node in groups] == ["with 3 rules"] * 2
    assert drawn(drawing) == set(j.findings)
    whole = of_judgement(j, Scope(limit=None))
    assert len(whole.nodes) == len(j.findings)
    assert not whole.notes


def test_a_part_that_is_a_problem_of_its_own_is_never_folded_into_what_is_none() -> None:
    rule = live("network.security_group_rule", "stray")
    findings = [finding(GROUP, Verdict.MANAGED), finding(rule, Verdict.ZOMBIE), *large(30).findings.values()]
    drawing = of_judgement(estate(findings, (rule, GROUP, EdgeType.PART_OF)), Scope())
    assert any(node.members == (rule.key,) for node in drawing.nodes)


def test_a_large_estate_is_drawn_in_few_nodes_that_stand_for_all() -> None:
    j = large(6000)
    drawing = of_judgement(j, Scope())
    assert len(drawing.nodes) <= MOST
    assert drawn(drawing) == set(j.findings)
    assert {node.lines[0] for node in drawing.nodes} >= {"6000 servers", "6000 ports", "600 security groups"}
    assert any(note.startswith("Told together, being alike: 12600 objects in 3 places") for note in drawing.notes)


def test_ties_that_follow_from_others_are_left_out_and_counted() -> None:
    drawing = of_judgement(large(3), Scope())
    assert "Not drawn: 3 ties that follow from others." in drawing.notes
    assert not any(
        drawing.nodes[link.source].members[0].kind == "network.port" and drawing.nodes[link.target].members[0].id == "net"
        for link in drawing.links
    )


def test_a_circle_of_needs_is_drawn_whole() -> None:
    one, other, third = (live("network.security_group", n) for n in "abc")
    ties = ((one, other, EdgeType.HOLDS), (other, third, EdgeType.HOLDS), (third, one, EdgeType.HOLDS), (one, third, EdgeType.HOLDS))
    drawing = of_judgement(estate([finding(r, Verdict.ZOMBIE) for r in (one, other, third)], *ties), Scope())
    assert len(drawing.links) == 4


def test_objects_stand_in_their_module_and_without_an_address_where_they_hang() -> None:
    drawing = of_judgement(judged("killed-middle"), Scope())
    assert set(drawing.groups) == {"module.compute", "module.network", "module.balancer[0]", ASIDE}
    assert drawing.groups[-1] == ASIDE
    vip = next(node for node in drawing.nodes if any("octavia-lb" in line for line in node.lines))
    assert vip.group == "module.balancer[0]"


def test_without_modules_objects_stand_in_their_network() -> None:
    drawing = of_judgement(large(3), Scope())
    assert set(drawing.groups) == {"network job-net"}
    assert {node.group for node in drawing.nodes if node.members[0].kind == "compute.server"} == {"network job-net"}


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_folding_loses_no_object_and_invents_none(data: st.DataObject) -> None:
    kinds = ("network.port", "network.security_group", "network.security_group_rule", "compute.server")
    count = data.draw(st.integers(1, 14))
    resources = [live(data.draw(st.sampled_from(kinds)), f"i{n}") for n in range(count)]
    findings = [finding(r, data.draw(st.sampled_from(list(Verdict)))) for r in resources]
    pairs = data.draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.sampled_from(list(EdgeType))), max_size=30)
    )
    j = estate(findings, *((resources[a], resources[b], t) for a, b, t in pairs if a != b))
    drawing = of_judgement(j, Scope(only=Only.ALL, limit=data.draw(st.integers(1, 8))))
    members = [key for node in drawing.nodes for key in node.members]
    assert sorted(members) == sorted(j.findings)
    assert all(link.source != link.target for link in drawing.links)
    assert {node.group for node in drawing.nodes} - {""} <= set(drawing.groups)
