"""What would have made a possible object more than that: one line for each type, and it is true."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.estate.test_attribution import flying, given
from tests.estate.test_judge import ADDRESS, finding
from tests.making import footprint, inventory, live
from tests.report.making import shown
from tfclean.estate.judge import judge
from tfclean.kinds.hints import carrier
from tfclean.kinds.terraform_types import Role, types
from tfclean.model import Claim, Confidence, Inventory, Judgement, Resource, Verdict
from tfclean.report.hints import hints

GROUP = "openstack_compute_servergroup_v2.masters"
IP = live("network.floating_ip", "f1", "10.0.0.1", description="")


def judged(claim: Claim, *resources: Resource, baseline: Inventory | None = None, **variables: str) -> Judgement:
    more: dict[str, Any] = {"variables": given(**variables)} if variables else {}
    return judge(footprint([claim], job="", **more), inventory(*resources), baseline=baseline)


def lines(judgement: Judgement) -> list[str]:
    return [hint.line for hint in hints(judgement)]


def test_an_address_without_a_name_is_told_with_the_description_that_proves_it() -> None:
    judgement = judged(flying(ADDRESS), IP, job="800001", size="large")
    first, last = hints(judgement)
    assert (first.type, first.attribute, first.line) == ("openstack_networking_floatingip_v2", "description", 'description = "${var.job}"')
    assert first.text == "1 floating IP: nothing on it says whose it is; this in openstack_networking_floatingip_v2 does:"
    assert last.line == "tfclean inventory -o json=before.json"


def test_the_hint_is_true() -> None:
    taken = judged(flying(ADDRESS, description="800001"), replace(IP, attributes={"description": "800001"}), job="800001")
    assert finding(taken, "f1").confidence is Confidence.PROBABLE
    group = live("compute.server_group", "g1", "800001-masters")
    assert finding(judged(flying(GROUP, name="800001-masters"), group, job="800001"), "g1").confidence is Confidence.PROBABLE


def test_a_name_that_every_run_gives_is_told_with_the_variable_in_it() -> None:
    judgement = judged(flying(GROUP, name="masters"), live("compute.server_group", "g1", "masters"), cluster_name="blue")
    assert lines(judgement)[0] == 'name = "${var.cluster_name}-masters"'


def test_a_run_without_variables_of_its_own_is_told_to_be_given_one() -> None:
    (first, _) = hints(judged(flying(ADDRESS), IP))
    assert first.line == 'description = "${var.cluster_name}"'
    assert "given for each run (-var cluster_name=...)" in first.text


def test_a_word_that_others_bear_is_told_to_be_replaced() -> None:
    older = live("network.network", "n0", "blue-net", after=-99_999)
    judgement = judged(flying(GROUP, name="blue-masters"), live("compute.server_group", "g1", "blue-masters"), older, cluster="blue")
    assert lines(judgement)[0] == 'name = "${var.run_id}-masters"'
    assert 'others bear "blue" of var.cluster too' in hints(judgement)[0].text


def test_against_an_inventory_from_before_none_is_recommended() -> None:
    other = live("network.floating_ip", "f2", "10.0.0.2")
    judgement = judged(flying(ADDRESS), IP, other, baseline=inventory())
    assert all(hint.attribute for hint in hints(judgement))


def test_what_is_certain_or_foreign_needs_no_hint() -> None:
    assert hints(judged(flying(ADDRESS), live("compute.server", "s1", "other"))) == ()
    only = judged(flying(ADDRESS), IP)
    assert hints(replace(only, findings={k: replace(f, verdict=Verdict.ZOMBIE) for k, f in only.findings.items()})) == ()


def test_a_name_is_written_as_a_configuration_has_it() -> None:
    name = 'a"b\\${x}'
    judgement = judged(flying(GROUP, name=name), live("compute.server_group", "g1", name))
    assert lines(judgement)[0] == 'name = "${var.cluster_name}-a\\"b\\\\$${x}"'


def test_hints_are_told_to_people_and_programs() -> None:
    judgement = judged(flying(ADDRESS), IP, job="800001")
    text = shown("console", lambda r: r.diff(judgement))
    assert "For the next run: what would have told whose they are\n" in text
    assert '\n      description = "${var.job}"\n' in text
    found = json.loads(shown("json", lambda r: r.diff(judgement)))["hints"]
    assert [(h["type"], h["line"]) for h in found] == [(h.type or None, h.line) for h in hints(judgement)]
    assert found[0]["objects"] == [{"kind": "network.floating_ip", "id": "f1"}]


@pytest.mark.parametrize("type_", [t.type for t in types().values() if t.role is Role.OWNER and t.looked_after and not t.removed_in])
def test_what_a_type_is_told_to_carry_is_an_attribute_that_it_has(type_: str) -> None:
    assert carrier(type_) in ("", "name", "description", "tags", "metadata")


def test_types_that_nobody_names_carry_what_they_can() -> None:
    assert carrier("openstack_networking_floatingip_v2") == "description"
    assert carrier("openstack_compute_keypair_v2") == "name"
    assert carrier("openstack_lb_loadbalancer_v2") == "name"
    assert carrier("openstack_networking_rbac_policy_v2") == ""
    assert carrier("aws_instance") == ""
