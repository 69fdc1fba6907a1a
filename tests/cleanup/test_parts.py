"""Small parts: looks, pressure, identity, guards, limits."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from queue import SimpleQueue

import pytest

from tests.cleanup.world import PROJECT, USER
from tfclean.cleanup.guards import forbidden, holders_of, unseen_holders
from tfclean.cleanup.identity import call_fields, difference, identity, path_of
from tfclean.cleanup.looks import GAP, LONGEST, PATIENCE, SHARE, SHORTEST, Book
from tfclean.cleanup.machine import RealMachine
from tfclean.cleanup.options import Options
from tfclean.cleanup.pressure import Pressure
from tfclean.errors import UsageError
from tfclean.kinds.registry import KINDS
from tfclean.model import Gap, GapKind, Inventory, Resource

MADE = datetime(2026, 1, 1, tzinfo=UTC)
PORT = Resource("network.port", "1", "p", PROJECT, MADE, "ACTIVE", 3, {"network_id": "n", "device_id": "s", "security_groups": ["g", "h"]})


def changed(**attributes: object) -> Resource:
    return replace(PORT, attributes={**PORT.attributes, **attributes})


def test_an_object_is_what_it_was_though_ties_of_it_vanished() -> None:
    seen = identity(PORT)
    assert difference(seen, PORT) == ""
    assert difference(seen, changed(security_groups=["h"])) == ""
    assert difference(seen, changed(device_id="")) == ""
    assert difference(seen, replace(PORT, revision=9, status="DOWN")) == ""


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(PORT, owner="x"), "owner"),
        (replace(PORT, created_at=None), "another time"),
        (replace(PORT, name="q"), "renamed"),
        (changed(device_id="t"), "plugged into t"),
        (changed(security_groups=["g", "i"]), "tied to something else"),
    ],
)
def test_an_object_that_became_another_one_is_told(now: Resource, words: str) -> None:
    assert words in difference(identity(PORT), now)


def test_calls_get_the_fields_that_their_templates_name() -> None:
    leg = replace(
        PORT, kind="network.router_interface", attributes={"device_id": "r", "fixed_ips": [{"subnet_id": "s", "ip_address": "a"}]}
    )
    kind = KINDS[leg.kind]
    assert call_fields(kind, leg) == {"device_id": "r", "subnet_id": "s"}
    assert kind.delete is not None
    assert path_of(kind.delete, {"device_id": "r"}) == "/routers/r/remove_router_interface"


def test_guards_go_by_owner_declaration_marker_and_wish() -> None:
    def why(resource: Resource, *keep: str) -> str:
        return forbidden(resource, project=PROJECT, user=USER, options=Options(keep=keep))

    assert why(PORT) == ""
    assert "belongs to project" in why(replace(PORT, owner="x"))
    assert "does not say" in why(replace(PORT, owner=""))
    assert "default" in why(replace(PORT, kind="network.security_group", name="default"))
    assert "keep" in why(changed(tags=["tfclean:keep"]))
    assert "asked to keep" in why(PORT, "p")
    assert why(Resource("compute.keypair", "k", "k")) == ""


def test_a_connection_without_a_project_deletes_nothing_that_has_an_owner() -> None:
    assert "nobody" in forbidden(PORT, project="", user="", options=Options())


def test_kinds_that_could_hold_are_known_from_declarations() -> None:
    assert {"network.port", "network.router_interface", "load_balancer.load_balancer"} <= holders_of("network.subnet")
    assert "compute.server" in holders_of("network.port")
    assert "network.security_group_rule" in holders_of("network.security_group")
    assert "load_balancer.listener" in holders_of("load_balancer.load_balancer")


def test_a_service_that_the_cloud_lacks_holds_nothing() -> None:
    listed = frozenset(k for k in KINDS if not k.startswith("load_balancer"))
    inventory = Inventory(listed=listed)
    assert "load balancers" in unseen_holders("network.subnet", inventory)
    for subject in ("load-balancer", "load_balancer.load_balancer"):
        assert not unseen_holders("network.subnet", replace(inventory, gaps=(Gap(GapKind.NO_SERVICE, subject, ""),)))
    assert unseen_holders("network.subnet", replace(inventory, gaps=(Gap(GapKind.NOT_LISTED, "load-balancer", ""),)))


@pytest.mark.parametrize("options", [{"max_deletions": -1}, {"max_share": 1.5}])
def test_limits_that_make_no_sense_are_usage_errors(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Options(**options)  # type: ignore[arg-type]


def test_the_inventory_is_the_first_look() -> None:
    book = Book.of(Inventory({PORT.key: PORT}, frozenset({"network.port"})), 100.0)
    assert book.seen("network.port", 100.0) == {"1": PORT}
    assert book.seen("network.port", 100.1) is None
    assert book.seen("network.subnet") is None


def test_wishes_for_a_list_gather_and_its_interval_grows_while_nothing_changes() -> None:
    book = Book()
    book.want("network.port", 10.0)
    book.want("network.port", 11.0)
    assert book.due(9.0) == []
    assert book.due(10.0) == ["network.port"]
    assert book.pending()
    book.want("network.port", 10.0)
    assert book.due(10.05) == []
    book.listed("network.port", (PORT,), "", 10.1)
    assert book.due(10.0 + GAP) == ["network.port"]
    intervals = []
    for n in range(60):
        book.listed("network.port", (PORT,), "", 10.01 + GAP + n)
        intervals.append(book.next_poll("network.port", 0.0) - book._shelf("network.port").last)
    assert intervals == sorted(intervals)
    assert intervals[0] > SHORTEST
    assert intervals[-1] == LONGEST
    book.listed("network.port", (), "", 100.0)
    assert book._shelf("network.port").interval == SHORTEST


def test_a_slow_list_is_asked_for_less_often_so_that_looking_does_not_slow_down_what_is_looked_at() -> None:
    book = Book()
    book.want("network.port", 10.0)
    assert book.due(10.0) == ["network.port"]
    book.listed("network.port", (PORT,), "", 12.0)
    book.want("network.port", 12.0)
    assert book.due(10.0 + 2.0 * SHARE - 0.1) == []
    assert book.due(10.0 + 2.0 * SHARE) == ["network.port"]


def test_a_list_that_keeps_failing_is_given_up() -> None:
    book = Book()
    book.listed("network.port", (), "500", 10.0)
    assert book.given_up("network.port", 10.0 + PATIENCE - 1) == ""
    assert book.given_up("network.port", 10.0 + PATIENCE) == "500"
    book.listed("network.port", (), "", 10.0 + PATIENCE)
    assert book.given_up("network.port", 10.0 + 2 * PATIENCE) == ""


def test_overload_halves_once_for_each_burst_and_success_grows_slowly_back() -> None:
    pressure = Pressure(bound=8, allowed=8)
    for _ in range(5):
        pressure.overloaded(10.0, started=9.0, pause=2.0)
    assert pressure.allowed == 4
    assert not pressure.free(11.0)
    assert pressure.free(12.0)
    pressure.overloaded(13.0, started=12.0, pause=0.0)
    pressure.overloaded(15.0, started=14.0, pause=0.0)
    pressure.overloaded(17.0, started=16.0, pause=0.0)
    assert pressure.allowed == 1
    for _ in range(500):
        pressure.succeeded()
    assert pressure.allowed == 8


def test_the_real_clock_wakes_for_an_answer_and_at_its_time() -> None:
    machine = RealMachine()
    assert abs(machine.now() - time.time()) < 5
    inbox: SimpleQueue[int] = SimpleQueue()
    began = time.monotonic()
    assert machine.wait(inbox, machine.now() + 0.01) is None
    assert machine.wait(inbox, machine.now() + 3600) is None, "it looks for an interrupt now and then"
    threading.Timer(0.01, inbox.put, [7]).start()
    assert machine.wait(inbox, machine.now() + 3600) == 7
    assert time.monotonic() - began < 2
    with machine.pool(2) as pool:
        assert pool.submit(lambda: 3).result() == 3
