"""Objects are looked up by what a create would have given them: nothing that fits is left out, and few are compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.estate.test_judge import verdict
from tests.making import claim, footprint, inventory, live
from tfclean.estate.creates import unaccounted
from tfclean.estate.fitting import Fitting
from tfclean.estate.graph import Estate
from tfclean.estate.judge import judge
from tfclean.estate.matching import Matcher
from tfclean.estate.standing import Standing
from tfclean.kinds.drift import DriftRule, differs, exact
from tfclean.model import Claim, Footprint, Inventory, Resource, Tense, Verdict

RULE = "openstack_networking_secgroup_rule_v2"
MANY = 60
GIVEN = {"direction": "ingress", "protocol": "tcp", "security_group_id": "g1", "ethertype": "IPv4"}


def rule(n: int, port: int) -> tuple[Claim, Resource]:
    attributes = {**GIVEN, "port_range_min": port, "port_range_max": port}
    return claim(f"{RULE}.r[{n}]", Tense.PLANNED, **attributes), live("network.security_group_rule", f"r{n}", **attributes)


def world(ports: list[int]) -> tuple[Footprint, Inventory]:
    pairs = [rule(n, port) for n, port in enumerate(ports)]
    group = claim("openstack_networking_secgroup_v2.g", id_="g1", name="g")
    return (
        footprint([group, *(told for told, _ in pairs)], logged=False),
        inventory(live("network.security_group", "g1", "g"), *(made for _, made in pairs)),
    )


def compared(ports: list[int]) -> int:
    told, found = world(ports)
    return Matcher(told, Estate(found, {}), Standing(found, {})).fitting.compared


@pytest.mark.parametrize("ports", [list(range(1, MANY + 1)), [22] * MANY], ids=["each another port", "all equal"])
def test_as_many_creates_are_compared_with_as_many_objects_and_not_each_with_each(ports: list[int]) -> None:
    told, found = world(ports)
    standing = Standing(found, {})
    matcher = Matcher(told, Estate(found, {}), standing)
    creates = unaccounted(told, standing, matcher.times)
    each = Fitting(matcher.estate, standing, matcher.times)
    rules = found.of("network.security_group_rule")
    fitting = [[r for r in rules if each.objection(create, r) is None] for create in creates]
    assert [matcher.pairs[index] for index in range(MANY)] == fitting
    # Without being looked up, or remembered, it would be MANY times as many.
    assert compared(ports) == MANY


def test_what_is_looked_up_is_judged_as_ever() -> None:
    told, found = world(list(range(1, 13)))
    j = judge(told, found)
    assert {verdict(j, f"r{n}") for n in range(12)} == {Verdict.ZOMBIE}


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", " a", "A", "a", "0", "1", "true", "false", "-1", "1.0"])
    | st.floats(-2, 2)
)


@given(SCALARS | st.lists(SCALARS), SCALARS | st.lists(SCALARS), st.booleans(), st.booleans())
def test_nothing_is_left_out_that_a_comparison_lets_pass(before: Any, after: Any, fold: bool, when_empty: bool) -> None:
    given_rule = DriftRule("x", "x", fold=fold, when_empty=when_empty)
    wanted, has = exact(given_rule, before), exact(given_rule, after)
    if wanted is not None and has is not None and wanted != has:
        assert differs(given_rule, before, after)


@pytest.mark.parametrize("more", [{"parts": (("a", "b"),)}, {"among": frozenset({"a"})}, {"configured": "y"}, {"given_by": ("t",)}])
def test_what_is_compared_in_another_way_is_not_looked_up(more: dict[str, Any]) -> None:
    assert exact(DriftRule("x", "x", **more), "a") is None
