"""What has drifted, and what is noise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recorded import FIXTURES, inventory
from tfclean.kinds import terraform_types as types
from tfclean.kinds.drift import DriftRule, differs
from tfclean.kinds.terraform_types import Role, compare, locate, of
from tfclean.model import Resource

STATES = sorted(
    file.parent.name
    for name in ("terraform.tfstate", "errored.tfstate")
    for file in FIXTURES.glob(f"*/{name}")
    if file.stat().st_size and (file.parent / "cloud.json").exists() and '"resources"' in file.read_text()
)
EMPTY = [None, "", [], {}]
SCALAR = st.none() | st.booleans() | st.integers() | st.text()
VALUE = SCALAR | st.lists(SCALAR) | st.dictionaries(st.text(), SCALAR)
PLAIN = DriftRule("x", "x")


def changes(scenario: str) -> set[tuple[str, str, str]]:
    """Compare each instance of a recorded state with the recorded lists: (address without module, key, attribute)."""
    folder = FIXTURES / scenario
    file = next(f for f in (folder / "terraform.tfstate", folder / "errored.tfstate") if f.exists())
    state = json.loads(file.read_text())
    live = inventory(scenario)
    out: set[tuple[str, str, str]] = set()
    for resource in state["resources"]:
        known = of(resource["type"])
        if resource["mode"] != "managed" or known is None or not known.looked_after:
            continue
        for instance in resource["instances"]:
            attributes = instance["attributes"]
            found = locate(live, resource["type"], attributes["id"], attributes)
            if found is not None:
                drift = compare(known, attributes, found, ties=planned_ties(scenario), dependencies=instance.get("dependencies", ()))
                out |= {(f"{resource['type']}.{resource['name']}", str(instance.get("index_key")), d.attribute) for d in drift}
    return out


def planned_ties(scenario: str) -> set[str]:
    plan = FIXTURES / scenario / "plan.json"
    wanted = {change["type"] for change in json.loads(plan.read_text())["resource_changes"]} if plan.exists() else set()
    return {name for name in wanted if (known := of(name)) and known.role is Role.TIE}


def test_there_are_states_to_compare() -> None:
    assert {"applied", "drifted", "provider-1", "wide-applied", "wide-killed", "errored"} <= set(STATES)


@pytest.mark.parametrize("scenario", [name for name in STATES if name != "drifted"])
def test_what_nobody_touched_has_not_drifted(scenario: str) -> None:
    assert changes(scenario) == set()


def test_what_was_changed_by_hand_has_drifted_and_nothing_else() -> None:
    assert changes("drifted") == {
        ("openstack_compute_instance_v2.master", "master-1", "all_metadata"),
        ("openstack_networking_port_v2.worker", "worker-2", "name"),
        ("openstack_networking_secgroup_v2.group", "worker", "description"),
    }


@given(VALUE)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert not differs(PLAIN, value, value)
    assert not differs(DriftRule("x", "x", unordered=True), value, value)


@pytest.mark.parametrize("before", EMPTY)
@pytest.mark.parametrize("after", EMPTY)
def test_all_ways_of_saying_nothing_are_the_same(before: Any, after: Any) -> None:
    assert not differs(DriftRule("x", "x", when_empty=True), before, after)


@given(st.integers() | st.booleans())
def test_numbers_and_booleans_equal_their_texts(value: int | bool) -> None:
    assert not differs(PLAIN, str(value).lower(), value)


@given(st.lists(st.text(min_size=1), min_size=1), st.randoms())
def test_order_counts_only_where_it_means_something(items: list[str], random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert not differs(DriftRule("x", "x", unordered=True), items, shuffled)
    assert differs(PLAIN, items, shuffled) == (items != shuffled)


def test_what_was_empty_counts_only_if_a_person_fills_it_in() -> None:
    assert differs(DriftRule("tags", "tags", when_empty=True), None, ["x"])
    assert not differs(DriftRule("default_pool_id", "default_pool_id"), "", "some-pool")


def test_a_zero_is_the_providers_word_for_nothing() -> None:
    for zero in (0, False, "0"):
        assert not differs(PLAIN, zero, None)
    assert differs(PLAIN, 1, None)


def test_a_pair_without_a_mac_matches_the_ports_own() -> None:
    known = of("openstack_networking_port_v2")
    assert known is not None
    live = Resource(
        "network.port", "p", attributes={"allowed_address_pairs": [{"ip_address": "10.0.0.9", "mac_address": "fa:16:3e:00:00:01"}]}
    )
    assert compare(known, {"allowed_address_pairs": [{"ip_address": "10.0.0.9", "mac_address": ""}]}, live) == ()
    (drift,) = compare(known, {"allowed_address_pairs": [{"ip_address": "10.0.0.8", "mac_address": ""}]}, live)
    assert drift.attribute == "allowed_address_pairs"


def test_an_untied_floating_ip_has_drifted_only_if_it_named_the_port_itself() -> None:
    known = of("openstack_networking_floatingip_v2")
    assert known is not None
    live = Resource("network.floating_ip", "f", attributes={"port_id": None, "fixed_ip_address": None})
    state = {"port_id": "p", "fixed_ip": "10.0.0.1"}
    own = ["module.a.openstack_networking_port_v2.x"]
    assert compare(known, state, live) == ()
    assert [d.attribute for d in compare(known, state, live, dependencies=own)] == ["port_id", "fixed_ip"]
    assert compare(known, state, live, dependencies=own, ties={"openstack_networking_floatingip_associate_v2"}) == ()


@pytest.mark.parametrize(
    ("before", "after", "drifted"), [("active", "SHUTOFF", True), ("active", "ACTIVE", False), ("active", "REBOOT", False)]
)
def test_a_servers_power_counts_when_it_rests(before: str, after: str, drifted: bool) -> None:
    known = of("openstack_compute_instance_v2")
    assert known is not None
    live = Resource("compute.server", "s", attributes={"status": after})
    assert bool(compare(known, {"power_state": before}, live)) is drifted


@pytest.mark.parametrize("name", sorted(types.types()))
@given(data=st.data())
def test_no_state_is_too_strange_to_compare(name: str, data: st.DataObject) -> None:
    known = of(name)
    assert known is not None
    if not known.drift:
        return
    rule = data.draw(st.sampled_from(known.drift))
    state = {rule.attribute.partition("[")[0].partition(".")[0]: data.draw(VALUE)}
    live = {rule.path.partition("|")[0].partition("[")[0].partition(".")[0]: data.draw(VALUE)}
    compare(known, state, Resource(known.kind or "x", "x", attributes=live))


def test_secrets_never_show_as_drift() -> None:
    for known in types.types().values():
        assert not {rule.attribute for rule in known.drift} & (known.secret | types.ALWAYS_SECRET)
