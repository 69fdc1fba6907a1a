"""What counts as a difference, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance import normal
from tests.conformance.comparing import Difference, Known, differences, table, unexplained

ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def record(**fields: Any) -> dict[str, Any]:
    return {"call": "network GET /networks", "status": 200, **fields}


def test_equal_records_do_not_differ() -> None:
    assert differences("s", [record(rows=[{"id": "<net 1>"}])], [record(rows=[{"id": "<net 1>"}])]) == []


def test_a_field_that_one_side_lacks_is_a_difference() -> None:
    (found,) = differences("s", [record(rows=[{"id": "a", "mtu": 1500}])], [record(rows=[{"id": "a"}])])
    assert (found.where, found.real, found.simulated) == ("rows.mtu", 1500, "(absent)")


def test_another_status_hides_what_follows_from_it() -> None:
    found = differences("s", [record(rows=[])], [record(status=409, error="InUse", refusal={"in_use": True})])
    assert [d.where for d in found] == ["error", "status"]


def test_a_call_that_one_side_never_came_to_is_a_difference() -> None:
    assert differences("s", [record(), record()], [record()])


def test_a_known_difference_covers_its_call_and_its_story_alone_and_one_that_fits_nothing_is_told() -> None:
    difference = Difference("ports.making", "3 network GET /ports", "rows.status", "DOWN", "ACTIVE")
    known = Known(r"rows\.status", "no agents", "network GET", "ports.making")
    assert unexplained([difference], [known]) == ([], [known][1:])
    for other in (Known("rows", "x"), Known(r"rows\.status", "x", "compute"), Known(r"rows\.status", "x", "", "ports.deleting")):
        assert unexplained([difference], [other]) == ([difference], [other])


def test_the_table_names_story_call_and_both_values() -> None:
    text = table([Difference("ports.making", "3 network GET /ports", "rows.status", "DOWN", "ACTIVE")])
    assert text.split("\n") == ["", "ports.making", "  3 network GET /ports", "    rows.status: lab 'DOWN' | simulator 'ACTIVE'"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"/networks/{ONE}", "/networks/<net>"),
        (TWO, "<id>"),
        ("2026-11-23T05:00:01Z", "<time>"),
        ("2026-11-23T05:00:01.000000", "<time>"),
        ("10.1.0.7", "<address>"),
        ("10.1.0.0/24", "10.1.0.0/24"),
        ("fd00:1::f816:3eff:fe8b:3463", "<address>"),
        ("fa:16:3e:00:11:22", "<mac>"),
        ("http://127.0.0.1:8774/images/1", "<url>/images/1"),
        ("http://openstack.invalid/compute/images/1", "<url>/images/1"),
        (["b", "a"], ["a", "b"]),
    ],
)
def test_what_differs_between_any_two_runs_is_replaced(value: Any, expected: Any) -> None:
    assert normal.plain(value, {ONE: "<net>"}) == expected


@pytest.mark.parametrize(
    ("service", "path", "kind", "listed"),
    [
        ("network", "/networks", "network.network", True),
        ("network", f"/networks/{ONE}", "network.network", False),
        ("compute", "/servers/detail", "compute.server", True),
        ("load-balancer", f"/lbaas/pools/{ONE}/members/{TWO}", "load_balancer.member", False),
    ],
)
def test_an_answer_is_read_as_the_kind_of_its_path(service: str, path: str, kind: str, listed: bool) -> None:
    found = normal.kind_of(service, path)
    assert found is not None
    assert (found[0].name, found[1]) == (kind, listed)


def test_of_a_revision_counts_whether_it_has_grown() -> None:
    found = normal.kind_of("network", "/networks")
    assert found is not None
    seen: dict[str, int] = {}
    read = [normal.read(found[0], {"id": ONE, "revision_number": n}, {}, seen)["revision_number"] for n in (4, 4, 6)]
    assert read == ["<first>", "<same>", "<grown>"]


def test_a_refusal_is_compared_as_the_product_understands_it() -> None:
    body = f'{{"NeutronError": {{"type": "RouterInUse", "message": "Router {ONE} has ports still attached: {TWO}", "detail": ""}}}}'
    meant = normal.refusal("network", "DELETE", f"/routers/{ONE}", 409, body, {TWO: "<leg 1>"})
    assert meant["in_use"]
    assert meant["blockers"] == ["network.router_interface <leg 1>"]
