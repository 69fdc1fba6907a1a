"""The configuration that plans hold: what refers to what, and what is asked to be kept."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.configuration import configuration
from tests.configuration import given as given_to
from tests.exhaustive import examples
from tests.recorded import FIXTURES
from tests.terraform.config.test_reader import SCENARIOS, planned
from tfclean.model import Claim, Gap, Tense
from tfclean.terraform import plan_file, plan_json
from tfclean.terraform.addresses import module_steps
from tfclean.terraform.config import reader
from tfclean.terraform.config.shown import Shown
from tfclean.terraform.read import read
from tfclean.terraform.reading import Reading

NET, SUBNET = "openstack_networking_network_v2", "openstack_networking_subnet_v2"


PLANS = [s for s in SCENARIOS if (FIXTURES / s / "plan.tfplan").exists() and s != "tofu-encrypted"]


def held(scenario: str, name: str) -> Reading:
    data = (FIXTURES / scenario / name).read_bytes()
    return plan_json.read(data, name) if name.endswith(".json") else plan_file.read(data, name)[0]


def ours(reading: Reading) -> dict[str, Claim]:
    return {address: claim for address, claim in planned(reading).items() if claim.type.startswith("openstack_")}


@pytest.mark.parametrize("scenario", PLANS)
def test_what_a_saved_plan_holds_is_evaluated_as_the_directory_that_it_was_made_in(scenario: str, tmp_path: Path) -> None:
    told = reader.read_packed(held(scenario, "plan.tfplan"))
    wanted = reader.read(configuration(scenario, tmp_path), variables=given_to(scenario))
    found = planned(told)
    made = {c.address for c in held(scenario, "plan.tfplan").claims if c.tense is Tense.PLANNED}
    assert found.keys() == planned(wanted).keys() >= {a for a in made if "openstack_" in a}
    assert {a: c.refers for a, c in found.items()} == {a: c.refers for a, c in planned(wanted).items()}
    assert not told.gaps


@pytest.mark.parametrize("scenario", PLANS)
def test_a_shown_plan_tells_of_the_same_references_or_of_fewer_and_of_no_other_instances(scenario: str) -> None:
    shown, packed = (ours(reader.read_packed(held(scenario, name))) for name in ("plan.json", "plan.tfplan"))
    assert shown.keys() == packed.keys()
    for address, claim in shown.items():
        for place, end in claim.refers:
            # Where the whole configuration tells the value itself, it needs nobody to refer to.
            exact = {other for where, other in packed[address].refers if where == place}
            assert end not in shown or not exact or end in exact, (address, place)
    assert any(claim.refers for claim in shown.values()) or not any(claim.refers for claim in packed.values())


def shown_plan(resources: list[dict[str, Any]], addresses: list[str], calls: dict[str, Any] | None = None) -> Reading:
    changes = [
        {
            "address": address,
            "mode": "managed",
            "change": {"actions": ["create"], "before": None, "after": {"name": "x"}, "after_unknown": {"id": True}},
        }
        for address in addresses
    ]
    root = {"resources": resources, "module_calls": calls or {}}
    document = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, "resource_changes": changes}
    return plan_json.read(json.dumps({**document, "configuration": {"root_module": root}}).encode(), "plan.json")


def resource(type_: str, called: str, **expressions: Any) -> dict[str, Any]:
    return {"mode": "managed", "type": type_, "name": called, "expressions": expressions}


def uses(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def test_references_go_through_modules_and_into_the_one_instance_that_is_named() -> None:
    net = {
        **resource(NET, "n", name=uses("each.key")),
        "for_each_expression": uses("var.networks"),
    }
    calls = {
        "net": {
            "module": {"resources": [net], "outputs": {"id": {"expression": uses(f'{NET}.n["a"].id', f'{NET}.n["a"]', f"{NET}.n")}}},
            "count_expression": uses("var.count"),
        }
    }
    subnet = resource(SUBNET, "s", network_id=uses("module.net[1].id", "module.net[1]", "module.net"))
    reading = shown_plan([subnet], [f'module.net[{n}].{NET}.n["{k}"]' for n in (0, 1) for k in "ab"] + [f"{SUBNET}.s"], calls)
    claims = planned(reader.read_packed(reading))
    assert len(claims) == 5
    assert claims[f"{SUBNET}.s"].refers == (("network_id", f'module.net[1].{NET}.n["a"]'),)


def test_an_expression_that_uses_a_constant_as_well_is_not_taken_for_its_value() -> None:
    reading = shown_plan([resource(NET, "n", name=uses("var.job"), mtu={"constant_value": 9000})], [f"{NET}.n"])
    claim = planned(reader.read_packed(reading))[f"{NET}.n"]
    assert (claim.attributes, claim.unknown) == ({"mtu": 9000}, {"name"})


def test_a_create_of_a_plan_is_known_by_what_its_configuration_refers_to(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes((FIXTURES / "wide-killed" / "plan.json").read_bytes())
    claims = {c.address: c for c in read([tmp_path / "plan.json"], environ={}).claims if c.tense is Tense.PLANNED}
    assert ("source_vol_id", "openstack_blockstorage_volume_v3.data") in claims["openstack_blockstorage_volume_v3.copy"].refers


def repacked(scenario: str, **changes: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(FIXTURES / scenario / "plan.tfplan") as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name, text in changes.items():
            new.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def test_what_the_configuration_of_a_plan_asks_to_be_kept_is_kept(tmp_path: Path) -> None:
    more = "removed {\n  from = openstack_compute_keypair_v2.old\n  lifecycle {\n    destroy = false\n  }\n}\n"
    (tmp_path / "p.tfplan").write_bytes(repacked("wide-killed", **{"tfconfig__m-__more.tf": more}))
    found = [c for c in read([tmp_path / "p.tfplan"], environ={}).claims if c.tense is Tense.FORGOTTEN]
    assert [c.address for c in found] == ["openstack_compute_keypair_v2.old"]


def test_what_of_it_cannot_be_read_is_a_gap_and_the_plan_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "p.tfplan").write_bytes(repacked("wide-killed", **{"tfconfig__m-__more.tf": "resource {{\n"}))
    footprint = read([tmp_path / "p.tfplan"], environ={})
    assert [gap.reason for gap in footprint.gaps if "more.tf" in gap.reason]
    assert [c for c in footprint.claims if c.tense is Tense.PLANNED]


def test_a_configuration_of_an_odd_shape_tells_nothing() -> None:
    for odd in ({}, {"root_module": []}, {"root_module": {"resources": 3, "module_calls": [], "variables": 1, "outputs": "x"}}):
        assert not planned(reader.read_packed(Reading(plan_source(), configuration=Shown(odd, "p"))))


def plan_source() -> Any:
    return shown_plan([], []).source


@given(st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(max_examples=examples(60), deadline=None)
def test_no_document_makes_it_fail(document: object) -> None:
    root = {"root_module": {"resources": [{"mode": "managed", "type": NET, "name": "n", "expressions": {"a": document, "b": [document]}}]}}
    for odd in (document, {"root_module": document}, root, {"root_module": {"module_calls": {"x": document}, "outputs": {"o": document}}}):
        reading = reader.read_packed(Reading(plan_source(), configuration=Shown(odd, "p")))
        assert all(isinstance(gap, Gap) for gap in reading.gaps)


def test_a_module_path_is_taken_apart() -> None:
    assert list(module_steps('module.a["x.y"].module.b[0].module.c')) == [
        ("", "a", "x.y"),
        ('module.a["x.y"]', "b", 0),
        ('module.a["x.y"].module.b[0]', "c", None),
    ]
    assert list(module_steps("")) == []
