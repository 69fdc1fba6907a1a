"""What the job let go of on purpose: told as what it was, kept, and deleted only if it is asked for by name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.estate.test_judge import GROUP, NET, SERVER, finding, network, port, verdict
from tests.making import claim, footprint, inventory, live
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.estate.judge import judge
from tfclean.model import Confidence, Judgement, Tense, Verdict
from tfclean.terraform.read import read


def state(serial: int, *ids: str) -> str:
    rows: list[dict[str, Any]] = [
        {
            "mode": "managed",
            "type": "openstack_networking_network_v2",
            "name": id_,
            "provider": 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]',
            "instances": [{"schema_version": 0, "attributes": {"id": id_, "name": id_}}],
        }
        for id_ in ids
    ]
    return json.dumps({"version": 4, "terraform_version": "1.11.4", "serial": serial, "lineage": "l", "outputs": {}, "resources": rows})


def removed(folder: Path) -> Judgement:
    (folder / "terraform.tfstate").write_text(state(20, "n1"))
    (folder / "terraform.tfstate.1767225600.backup").write_text(state(19, "n1", "n2"))
    return judge(read([folder], environ={}), inventory(network("n1", "n1"), network("n2", "n2"), port("p1", network_id="n2")))


def test_what_state_rm_let_go_of_says_whose_it_was_and_is_kept(tmp_path: Path) -> None:
    j = removed(tmp_path)
    told = finding(j, "n2")
    assert (told.verdict, told.confidence) == (Verdict.ZOMBIE, Confidence.CERTAIN)
    assert told.addresses == ("openstack_networking_network_v2.n2",)
    assert "an older trace records it as openstack_networking_network_v2.n2" in told.evidence[0].text
    assert "let go of it on purpose" in told.keep
    plan = make_plan(j)
    assert [s.target.id for s in plan.steps] == ["n1"]
    assert {k.target.id for k in plan.kept} >= {"n2", "p1"}
    assert not any(k.leftover for k in plan.kept)


@pytest.mark.parametrize("name", ["n2", "openstack_networking_network_v2.n2"])
def test_it_goes_if_it_is_asked_for_by_name(name: str, tmp_path: Path) -> None:
    j = removed(tmp_path)
    plan = make_plan(j, options=Options(also=(name, "p1")))
    assert {s.target.id for s in plan.steps} == {"n1", "n2", "p1"}


def test_what_was_let_go_of_is_no_candidate_of_another_create() -> None:
    claims = [claim(NET, Tense.FORGOTTEN, id_="n1", name="ci-800001"), claim(f"{NET}2", Tense.IN_FLIGHT, name="ci-800001")]
    j = judge(footprint(claims), inventory(network()))
    assert finding(j, "n1").addresses == (NET,)
    assert not j.candidates


def test_what_lives_in_or_is_a_part_of_what_was_let_go_of_stays_with_it() -> None:
    claims = [
        claim("openstack_networking_secgroup_v2.g", Tense.FORGOTTEN, id_="g1", name="g"),
        claim(SERVER, Tense.FORGOTTEN, id_="s1", name="w"),
        claim(NET, Tense.FORGOTTEN, id_="n1", name="ci-800001"),
        claim(GROUP, id_="sg1", name="masters"),
    ]
    world = inventory(
        live("network.security_group", "g1", "g"),
        live("network.security_group_rule", "r1", security_group_id="g1", direction="ingress", protocol="tcp"),
        network(),
        live("network.subnet", "sub1", "sub", network_id="n1"),
        live("compute.server", "s1", "w"),
        live("compute.server", "s2", "by-hand"),
        port("p1", device_id="s1", device_owner="compute:nova"),
        port("p2", device_id="s2", device_owner="compute:nova"),
        live("compute.server_group", "sg1", "masters"),
    )
    plan = make_plan(judge(footprint(claims), world))
    assert [s.target.id for s in plan.steps] == ["sg1"]


def test_a_part_that_nobody_claims_of_a_group_that_is_to_be_kept_stays() -> None:
    group = replace(claim("openstack_networking_secgroup_v2.g", id_="g1", name="g"), keep="skip_destroy")
    rule = live("network.security_group_rule", "r1", security_group_id="g1", direction="ingress", protocol="tcp")
    assert not make_plan(judge(footprint([group]), inventory(live("network.security_group", "g1", "g"), rule))).steps


def test_what_was_let_go_of_and_is_in_a_present_state_again_is_managed_and_kept() -> None:
    j = judge(footprint([claim(NET, Tense.FORGOTTEN, id_="n1"), claim(NET, id_="n1", name="ci-800001")]), inventory(network()))
    assert verdict(j, "n1") is Verdict.MANAGED
    assert finding(j, "n1").keep
