"""Long lists are read by module, and by state where there are several."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.making import STATE, claim, footprint
from tests.report.making import NODE, SERVER, finding, judgement, uuid
from tfclean.model import Finding, Judgement, Verdict
from tfclean.report.grouping import Places, grouped, module


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("openstack_networking_network_v2.x", ""),
        ("module.a.openstack_networking_network_v2.x[0]", "module.a"),
        ('module.a["x.y"].module.b[0].openstack_networking_network_v2.x["module.c.d"]', 'module.a["x.y"].module.b[0]'),
        ('module.a["] \\" ["].openstack_networking_network_v2.x', 'module.a["] \\" ["]'),
        ('openstack_networking_network_v2.x["module.a.b"]', ""),
        ("", ""),
        ("module", ""),
    ],
)
def test_the_module_of_an_address_ends_before_its_type(address: str, expected: str) -> None:
    assert module(address) == expected


def test_a_consequence_stands_where_its_cause_stands() -> None:
    found = judgement()
    tie = next(f for f in found.findings.values() if f.cause)
    assert Places(found).of(tie) == "module.compute"


def test_what_has_no_address_has_no_place_even_if_causes_lead_in_a_circle() -> None:
    one, two = (Finding("network.port", uuid(n), "", Verdict.MISSING) for n in (1, 2))
    circle = [replace(one, cause=two.key), replace(two, cause=one.key)]
    found = Judgement({f.key: f for f in circle}, ())
    assert [Places(found).of(f) for f in circle] == ["", ""]


def test_several_states_are_told_apart() -> None:
    here = claim(NODE, id_=SERVER.id)
    there = replace(claim("openstack_networking_network_v2.x", id_="n"), source=replace(STATE, path="other/terraform.tfstate"))
    own = finding(SERVER, Verdict.MANAGED, addresses=(NODE,))
    several = Judgement({own.key: own}, (), footprint=footprint([here, there]))
    assert Places(several).of(own) == "terraform.tfstate: module.compute"
    assert Places(replace(several, footprint=footprint([here]))).of(own) == "module.compute"


def test_the_heaviest_group_comes_first_and_what_has_no_place_last() -> None:
    items = ["", "", "", "a", "b", "b"]
    assert [(place, len(group)) for place, group in grouped(items, str, lambda _: 1)] == [("b", 2), ("a", 1), ("", 3)]
