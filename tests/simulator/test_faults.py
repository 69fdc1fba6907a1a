"""Faults: what breaks breaks as planned, the same way each time, and ends when it should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.making import Somebody, somebody
from tfclean.simulator import Dropped, Faulty, Plan, Request, Response, cluster


def faulty(**plan: Any) -> tuple[Somebody, Faulty]:
    me = somebody()
    return me, Faulty(me.world, Plan(**plan))


def ask(faults: Faulty, method: str, path: str, body: Any = None, service: str = "network") -> Response:
    world = faults.world
    return faults.request(Request(service, method, path, body=body, project=world.project, user=world.user))


def test_without_faults_it_is_the_world() -> None:
    _, faults = faulty()
    assert ask(faults, "GET", "/networks").status == 200
    assert faults.injected == []


@pytest.mark.parametrize(("fault", "status"), [("throttled", 429), ("expired", 401)])
def test_a_call_is_refused_before_it_is_done(fault: str, status: int) -> None:
    me, faults = faulty(**{fault: 1.0})
    answer = ask(faults, "POST", "/networks", {"network": {"name": "x"}})
    assert (answer.status, me.world.audit) == (status, [])
    assert answer.headers.get("Retry-After") == ("2" if status == 429 else None)


def test_a_broken_service_answers_all_of_the_500s_and_does_nothing() -> None:
    me, faults = faulty(broken=1.0)
    statuses = {ask(faults, "POST", "/networks", {"network": {"name": "x"}}).status for _ in range(40)}
    assert (statuses, me.world.audit) == ({500, 502, 503, 504}, [])


def test_a_lost_answer_is_of_a_call_that_was_done_or_was_not() -> None:
    for name, done in (("lost_done", True), ("lost_undone", False)):
        me, faults = faulty(**{name: 1.0})
        with pytest.raises(Dropped) as lost:
            ask(faults, "POST", "/networks", {"network": {"name": "x"}})
        assert lost.value.done is done
        assert bool(me.world.audit) is done


def test_answers_take_their_time() -> None:
    _, faults = faulty(latency=5.0)
    assert 0 < ask(faults, "GET", "/networks").seconds <= 5


def test_what_is_denied_stays_denied_by_kind() -> None:
    me, faults = faulty(denied=frozenset({("network", "/routers")}), until=0.0)
    net, subnet = me.network()
    router = me.router(subnet)
    answer = ask(faults, "DELETE", f"/routers/{router}")
    assert (answer.status, answer.body["NeutronError"]["message"]) == (403, "rule:delete_router is disallowed by policy")
    assert ask(faults, "DELETE", f"/networks/{net}").status == 409


def test_faults_end_when_they_should_and_what_was_stuck_goes_on() -> None:
    me, faults = faulty(stuck=1.0, until=100.0)
    server = me.server()
    ask(faults, "DELETE", f"/servers/{server}", service="compute")
    me.world.advance(90)
    assert server in me.world.tables["server"]
    me.world.advance(11)
    assert server not in me.world.tables["server"]
    assert faults.over()


def test_some_deletions_are_slow_fail_or_never_end() -> None:
    me, _ = faulty(slow=1.0, slowness=10.0)
    volume = me.volume()
    me.delete("block-storage", f"/volumes/{volume}")
    me.world.advance(me.world.pace.volume * 9)
    assert volume in me.world.tables["volume"]
    me.world.settle()
    assert volume not in me.world.tables["volume"]
    me = somebody()
    volume, server = me.volume(), me.server()
    Faulty(me.world, Plan(failing=1.0, stuck_ids=frozenset({server})))
    me.delete("block-storage", f"/volumes/{volume}")
    me.delete("compute", f"/servers/{server}")
    me.world.settle()
    assert me.world.tables["volume"][volume]["status"] == "error_deleting"
    assert me.world.tables["server"][server]["OS-EXT-STS:task_state"] == "deleting"


def test_lists_lag_behind_what_was_done() -> None:
    me, faults = faulty(lag=5.0)
    me.world.advance(10)
    net, _ = me.network()
    assert net not in {n["id"] for n in ask(faults, "GET", "/networks").body["networks"]}
    me.world.advance(6)
    assert net in {n["id"] for n in ask(faults, "GET", "/networks").body["networks"]}
    me.delete("network", f"/networks/{net}")
    assert net in {n["id"] for n in ask(faults, "GET", "/networks").body["networks"]}
    assert me.ask("network", "GET", f"/networks/{net}").status == 404


def test_somebody_else_takes_changes_and_adds_only_what_the_plan_names() -> None:
    me = somebody()
    made = cluster(me, "c", 3)
    me.world.settle()
    first = len(me.world.audit)
    meddled = {k: tuple(made.ids[k]) for k in ("network", "floatingip", "security_group")}
    faults = Faulty(me.world, Plan(seed=3, meddling=1.0, meddled=meddled))
    for _ in range(40):
        ask(faults, "GET", "/networks")
    changes = me.world.audit[first:]
    assert {c.actor.project for c in changes} == {faults.stranger}
    assert {c.action for c in changes} == {"created", "changed", "deleted"}
    allowed = {i for ids in meddled.values() for i in ids}
    gone = {c.id for c in changes if c.kind != "port" and c.action == "deleted"}
    assert gone
    assert gone <= allowed


def test_the_same_seed_breaks_the_same_way() -> None:
    def run() -> list[tuple[int, str]]:
        _, faults = faulty(seed=11, throttled=0.1, broken=0.1, lost_done=0.1, lost_undone=0.1, failing=0.2)
        for number in range(100):
            try:
                ask(faults, "POST", "/networks", {"network": {"name": str(number)}})
            except Dropped:
                continue
        return faults.injected

    assert run() == run()
    assert {name for _, name in run()} == {"throttled", "broken", "lost_done", "lost_undone"}
