"""Rules of the engine, one by one, against the OpenStack in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.cleanup.jobs import whole_job
from tests.cleanup.machine import START
from tests.cleanup.world import Answer, Crash, Look, World, neutron, nova
from tfclean.cleanup.engine import Engine
from tfclean.cleanup.inquiring import wait_for
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.messages import Done, SleepUntil, Tick
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import resume
from tfclean.cleanup.runner import run
from tfclean.errors import CloudError, Unreachable
from tfclean.kinds.base import Call
from tfclean.model import Action, Confidence, Event, Gap, GapKind, Identity, Key, Outcome, OutcomeKind, Plan, Result, Step


def plan_of(world: World) -> Plan:
    return make_plan(world.judge(world.inventory()))


def destroy(world: World, plan: Plan | None = None, **more: Any) -> Result:
    return run(plan or plan_of(world), world, proof=world.judge, machine=world.machine, **more)


def behave(world: World, method: str, other: Callable[..., Any]) -> None:
    """Have this world alone do something else when it is asked for `method`."""
    assert callable(getattr(world, method))
    setattr(world, method, other)


def end_of(result: Result, id_: str) -> Outcome:
    return next(o for o in result.outcomes if o.target.id == id_)


def answering(world: World, path: str, answer: Answer, until: float = float("inf"), times: int = 10**6) -> list[float]:
    """Let requests to `path` be answered by `answer` instead; gives the times at which they were."""
    perform, asked = world._carry_out, []

    def instead(call: Call, where: str, *rest: Any) -> Answer:
        if where == path and world.machine.now() < until and len(asked) < times:
            asked.append(world.machine.now())
            return answer
        return perform(call, where, *rest)

    behave(world, "_carry_out", instead)
    return asked


def test_a_refusal_that_names_nobody_and_passes_within_the_lag_is_no_end() -> None:
    world = World()
    _, sub = world.network("job")
    asked = answering(world, f"/subnets/{sub}", neutron(409, "SubnetInUse", "One or more ports have an IP allocation"), until=START + 4)
    result = destroy(world)
    assert (result.exit_code, world.left()) == (0, set())
    assert 1 < len(asked) < 10
    assert result.refusals == len(asked)


def test_a_refusal_that_names_nobody_ends_after_the_lag() -> None:
    world = World()
    _, sub = world.network("job")
    asked = answering(world, f"/subnets/{sub}", neutron(409, "SubnetInUse", "One or more ports have an IP allocation"))
    result = destroy(world)
    assert end_of(result, sub).outcome is OutcomeKind.BLOCKED
    assert 10 <= asked[-1] - asked[0] < 20


def test_a_balancer_in_another_change_is_given_its_own_patience() -> None:
    world = World()
    net, sub = world.network("job")
    lb = world.balancer("lb", net, sub)
    asked = answering(
        world, f"/lbaas/loadbalancers/{lb}", Answer(409, "Invalid state PENDING_UPDATE of loadbalancer resource"), until=START + 60
    )
    assert destroy(world).exit_code == 0
    assert len(asked) > 5


def test_a_404_is_gone_only_when_a_look_agrees() -> None:
    world = World()
    backup = world.add("block_storage.backup", name="b", volume_id="v")
    body = '{"itemNotFound": {"code": 404, "message": "Service cinder-backup could not be found."}}'
    answering(world, f"/backups/{backup}", Answer(404, body))
    result = destroy(world)
    assert end_of(result, backup).outcome is OutcomeKind.BLOCKED
    assert "no backup service" in end_of(result, backup).because
    assert (result.exit_code, result.refusals) == (1, 0)
    assert len(world.requests) == 2


@pytest.mark.parametrize(
    ("kind", "path", "answer", "because"),
    [
        ("compute.server", "/servers/{}", nova(409, "Instance x is locked"), "the server is locked; unlock it first"),
        ("image.image", "/images/{}", Answer(403, '{"message": "Image x is protected and cannot be deleted."}'), "the image is protected"),
    ],
)
def test_a_refusal_that_only_a_person_can_lift_is_final_at_once(kind: str, path: str, answer: Answer, because: str) -> None:
    world = World()
    id_ = world.add(kind, name="x")
    asked = answering(world, path.format(id_), answer)
    result = destroy(world)
    assert (end_of(result, id_).outcome, end_of(result, id_).because) == (OutcomeKind.BLOCKED, because)
    assert (len(asked), result.refusals) == (1, 1)


def test_an_amphora_port_that_another_balancer_may_need_blocks_by_that_balancers_name() -> None:
    world = World()
    net, sub = world.network("job")
    other = world.add("network.subnet", name="theirs", network_id=net, cidr="10.99.0.0/24", ours=False)
    world.balancer("ours", net, sub)
    theirs = world.balancer("theirs", net, other, ours=False)
    port = next(p for p in world.tables["network.port"].values() if p["name"].endswith(f"vrrp-{theirs}"))
    port["fixed_ips"].append({"subnet_id": sub, "ip_address": "10.0.0.77"})
    result = destroy(world)
    ours = end_of(result, sub)
    assert (ours.outcome, ours.blockers) == (OutcomeKind.BLOCKED, (Key("load_balancer.load_balancer", theirs),))
    assert "load balancer theirs" in ours.because
    assert end_of(result, port["id"]).blockers == ours.blockers
    assert (result.exit_code, OutcomeKind.FAILED in {o.outcome for o in result.outcomes}) == (1, False)
    assert result.seconds < 60
    assert theirs in world.tables["load_balancer.load_balancer"]


def test_a_port_that_became_a_routers_leg_during_the_run_is_not_gone() -> None:
    world = World()
    net, sub = world.network("job")
    port = world.port("p", net, sub)
    world.server("s", (port,))
    router = world.add("network.router", name="theirs", ours=False)
    row = world.tables["network.port"][port]
    gone = world._server_gone

    def taken(of: dict[str, object]) -> None:
        gone(of)
        row.update(device_owner="network:router_interface", device_id=router)

    behave(world, "_server_gone", taken)
    result = destroy(world)
    assert end_of(result, port).outcome is OutcomeKind.KEPT
    assert end_of(result, port).because == "not what the plan saw: it is a router interface now"
    assert end_of(result, sub).outcome is OutcomeKind.SKIPPED
    assert port in world.tables["network.port"]


def test_an_object_that_somebody_else_deleted_is_already_gone() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    del world.tables["network.floating_ip"][ids["ip"]]
    result = destroy(world, plan)
    assert end_of(result, ids["ip"]).outcome is OutcomeKind.ALREADY_GONE
    assert result.exit_code == 0


def test_a_blocker_that_no_kind_of_ours_shows_is_named_by_the_services_word() -> None:
    world = World()
    _, sub = world.network("job")
    service = "0b7b9e94-0cfa-40bf-a801-bcf681da412d"
    answering(world, f"/subnets/{sub}", neutron(409, "SubnetInUseByVPNService", f"Subnet {sub} is used by VPNService {service}"))
    result = destroy(world)
    assert end_of(result, sub).blockers == (Key("network.vpn_service", service),)
    assert service in end_of(result, sub).because


def test_a_blocker_within_the_plan_is_waited_for() -> None:
    world = World()
    net, _ = world.network("job")
    server = world.server("slow", ())
    asked = answering(world, f"/networks/{net}", neutron(409, "Conflict", f"network is used by {server}"), until=START + 2)
    world.delay = 30.0
    result = destroy(world)
    assert (result.exit_code, len(asked)) == (0, 1)


def test_an_amphora_port_made_after_the_plan_is_awaited_as_a_part() -> None:
    world = World()
    net, sub = world.network("job")
    lb = world.balancer("lb", net, sub)
    plan = plan_of(world)
    world.add("network.port", ours=False, name=f"octavia-lb-vrrp-2-{lb}", network_id=net, fixed_ips=[{"subnet_id": sub, "ip_address": "1"}],
              device_owner="compute:nova", device_id="amphora", project_id="o" * 32, security_groups=[])  # fmt: skip
    result = destroy(world, plan)
    assert (result.exit_code, result.refusals) == (0, 0)
    assert any("vrrp-2" in o.name for o in result.outcomes)


def test_an_amphora_port_that_outlives_its_balancer_holds_the_subnet_and_is_named() -> None:
    world = World()
    net, sub = world.network("job")
    lb = world.balancer("lb", net, sub)
    port = next(p for p in world.tables["network.port"].values() if "vrrp" in p["name"])
    port["outlives"] = True
    result = destroy(world)
    assert end_of(result, port["id"]).outcome is OutcomeKind.FAILED
    assert end_of(result, sub).outcome is OutcomeKind.SKIPPED
    assert lb not in world.tables["load_balancer.load_balancer"]


def test_pools_of_ours_in_a_foreign_balancer_go_one_at_a_time() -> None:
    world = World()
    net, sub = world.network("theirs", ours=False)
    lb = world.balancer("theirs", net, sub, ours=False)
    pools = [world.add("load_balancer.pool", name=f"p{n}", loadbalancers=[{"id": lb}], members=[]) for n in range(3)]
    world.add("load_balancer.member", name="m", pool_id=pools[0])
    result = destroy(world)
    assert (result.exit_code, world.left(), world.refused()) == (0, set(), [])
    assert lb in world.tables["load_balancer.load_balancer"]


def test_a_locked_server_is_told_and_not_unlocked() -> None:
    world = World()
    server = world.server("s", (), locked=True)
    result = destroy(world)
    assert (end_of(result, server).because, world.requests) == ("it is locked: it goes only if it is asked for by name (--also)", [])
    assert (result.exit_code, [k.target.id for k in result.leftovers]) == (1, [server])


def test_a_server_that_is_locked_after_the_plan_is_not_unlocked() -> None:
    world = World()
    server = world.server("s", ())
    plan = plan_of(world)
    world.tables["compute.server"][server]["locked"] = True
    assert end_of(destroy(world, plan), server).because == "not what the plan saw: it is locked"
    world.tables["compute.server"][server]["locked"] = False
    answering(world, f"/servers/{server}", nova(409, f"Instance {server} is locked"))
    assert end_of(destroy(world, plan), server).because == "the server is locked; unlock it first"


def test_retry_after_is_obeyed() -> None:
    world = World()
    net, _ = world.network("job")
    asked = answering(world, f"/networks/{net}", Answer(429, "", retry_after=7.0), times=1)
    told: list[Event] = []
    assert destroy(world, on_event=told.append).exit_code == 0
    again = [e.time.timestamp() for e in told if e.type == "intent" and e.target == Key("network.network", net)]
    assert again[1] - asked[0] >= 7.0


def test_a_service_that_never_recovers_ends_the_step() -> None:
    world = World()
    net, _ = world.network("job")
    answering(world, f"/networks/{net}", Answer(503, ""))
    result = destroy(world)
    assert end_of(result, net).outcome is OutcomeKind.FAILED
    assert "503, 8 times" in end_of(result, net).because


def test_a_token_that_is_no_longer_accepted_ends_the_step() -> None:
    world = World()
    net, _ = world.network("job")
    answering(world, f"/networks/{net}", Answer(401, ""))
    assert "token" in end_of(destroy(world), net).because


def test_a_kind_that_can_no_longer_be_listed_ends_the_steps_that_need_a_look() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    world.after(1.0, lambda: world.broken.add("network.subnet"))
    result = destroy(world, plan)
    assert "cannot be listed" in end_of(result, ids["sub"]).because
    assert result.exit_code == 3


def test_a_cloud_that_cannot_be_asked_in_between_is_asked_again() -> None:
    world = World()
    ids = whole_job(world)
    look, count = world.look, [0]

    def sometimes(kind: str) -> Look:
        count[0] += 1
        if count[0] > 100 and count[0] % 2:
            raise Unreachable("nobody answers")
        return look(kind)

    plan = plan_of(world)
    inventory = world.inventory
    behave(world, "inventory", lambda: _with(world, look, inventory))
    behave(world, "look", sometimes)
    assert destroy(world, plan).exit_code == 0
    assert ids["net"] not in world.tables["network.network"]


def _with(world: World, look: Callable[[str], Look], inventory: Callable[[], object]) -> object:
    now = world.look
    behave(world, "look", look)
    try:
        return inventory()
    finally:
        behave(world, "look", now)


def test_a_call_that_could_not_be_sent_is_a_lost_answer() -> None:
    world = World()
    world.network("job")
    perform, failed = world.perform, []

    def sometimes(call: Call, fields: dict[str, object], revision: int | None) -> Answer:
        if not failed:
            failed.append(call)
            raise CloudError("no route")
        return perform(call, fields, revision)

    world.perform = sometimes  # type: ignore[method-assign, assignment]
    assert destroy(world).exit_code == 0
    assert failed


def test_a_defect_in_a_thread_is_raised_where_the_caller_is() -> None:
    world = World()
    world.network("job")
    world.perform = lambda *_: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(ZeroDivisionError):
        destroy(world)


def test_the_end_can_be_proven_without_evidence_for_the_plans_objects_only() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    result = run(plan, world, machine=world.machine)
    assert (result.exit_code, result.proven) == (0, True)
    other = World()
    ids = whole_job(other)
    other.tables["compute.server"][ids["server"]]["locked"] = True
    result = run(plan_of(other), other, machine=other.machine)
    assert result.exit_code == 1
    assert Key("compute.server", ids["server"]) in {k.target for k in result.leftovers}


def test_a_cloud_that_cannot_be_asked_at_the_end_means_not_proven() -> None:
    world = World()
    net, _ = world.network("job")
    inventory = world.inventory
    plan = plan_of(world)

    def gone() -> object:
        if net not in world.tables["network.network"]:
            raise Unreachable("nobody answers")
        return inventory()

    world.inventory = gone  # type: ignore[method-assign, assignment]
    result = destroy(world, plan)
    assert (result.exit_code, result.proven) == (3, False)


class Level:
    """Asked to stop twice."""

    level = 2

    def __init__(self, world: World) -> None:
        self.world = world

    def is_set(self) -> bool:
        return bool(self.world.requests)


def test_two_interrupts_await_nothing() -> None:
    world = World()
    whole_job(world)
    result = destroy(world, interrupt=Level(world))
    assert result.exit_code == 130
    assert len(world.requests) == 1


def test_all_or_none_awaits_what_is_changing_before_anything_begins() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["load_balancer.load_balancer"][ids["lb"]]["provisioning_status"] = "PENDING_CREATE"
    plan = plan_of(world)
    first: list[float] = []
    world.fault = lambda *_: first.append(world.machine.now()) or ""  # type: ignore[func-returns-value]
    world.after(20.0, lambda: world.tables["load_balancer.load_balancer"][ids["lb"]].update(provisioning_status="ACTIVE"))
    result = destroy(world, plan, options=Options(all_or_none=True))
    assert result.exit_code == 0
    assert first[0] >= START + 10


def test_all_or_none_ends_when_something_never_settles() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["load_balancer.load_balancer"][ids["lb"]]["provisioning_status"] = "PENDING_CREATE"
    result = destroy(world, options=Options(all_or_none=True))
    assert (result.exit_code, world.requests) == (1, [])
    assert end_of(result, ids["lb"]).outcome is OutcomeKind.FAILED


def late_stranger(world: World) -> dict[str, str]:
    ids = whole_job(world)
    world.after(1.0, lambda: world.port("late", ids["net"], ids["sub"], ours=False))
    return ids


def test_an_undo_whose_answer_was_lost_is_not_made_twice() -> None:
    world = World()
    ids = late_stranger(world)
    world.fault = lambda _m, path, n: "lost after" if path.endswith("add_router_interface") else ""
    calls = [0]

    def once(_method: str, path: str, _number: int) -> str:
        if path.endswith("add_router_interface"):
            calls[0] += 1
            return "lost after" if calls[0] == 1 else ""
        return ""

    world.fault = once
    result = destroy(world)
    assert [o.outcome for o in result.undone] == [OutcomeKind.DELETED]
    legs = [r for r in world.look("network.router_interface").resources if r.attributes["device_id"] == ids["router"]]
    assert len(legs) == 1


def test_an_undo_that_fails_is_told() -> None:
    world = World()
    late_stranger(world)
    world.fault = lambda _m, path, _n: "403" if path.endswith("add_router_interface") else ""
    result = destroy(world)
    assert [o.outcome for o in result.undone] == [OutcomeKind.FAILED]
    assert "403" in result.undone[0].because


def test_a_run_killed_during_its_undo_is_resumed_without_a_second_leg(tmp_path: object) -> None:
    for fault in ("crash", "crash after"):
        world = World()
        ids = late_stranger(world)
        world.fault = lambda _m, path, _n, fault=fault: fault if path.endswith("add_router_interface") else ""
        with Journal.create(str(tmp_path), name=f"{fault}.jsonl") as journal, pytest.raises(Crash):
            destroy(world, journal=journal)
        world.fault = lambda *_: ""
        result = resume(journal.path, world, proof=world.judge, machine=world.machine)
        assert result.exit_code == 1
        legs = [r for r in world.look("network.router_interface").resources if r.attributes["device_id"] == ids["router"]]
        assert len(legs) == 1


def test_a_trunk_that_was_enabled_and_cannot_go_is_disabled_again() -> None:
    world = World()
    ids = whole_job(world)
    world.fault = lambda m, path, _n: "403" if (m, path) == ("DELETE", f"/trunks/{ids['trunk']}") else ""
    result = destroy(world)
    assert world.tables["network.trunk"][ids["trunk"]]["admin_state_up"] is False
    assert [o.target.id for o in result.undone] == [ids["trunk"]]


def step(id_: str, *needs: str) -> Step:
    keys = tuple(Key("network.security_group", n) for n in needs)
    return Step(Action.DELETE, Key("network.security_group", id_), id_, "", Confidence.CERTAIN, Identity(owner="p"), needs=keys)


def test_a_need_that_closes_a_cycle_blocks_all_of_it_by_name() -> None:
    world = World()
    plan = Plan((step("a"), step("b", "a"), step("c", "b"), step("d")))
    engine = Engine(plan, project="p")
    state = engine.state
    wait_for(state, state.works[Key("network.security_group", "a")], Key("network.security_group", "c"), START)
    ends = {k.id: w.outcome for k, w in state.works.items()}
    assert ends["d"] is None
    for id_ in "abc":
        found = ends[id_]
        assert found is not None
        assert found.outcome is OutcomeKind.BLOCKED
        assert "cycle" in found.because
    assert world.requests == []


def test_a_plan_whose_steps_wait_for_each_other_ends() -> None:
    world = World()
    plan = Plan((step("a", "b"), step("b", "a")))
    commands = Engine(plan, project="p").start(world.inventory(), START, START)
    done = next(c for c in commands if isinstance(c, Done))
    assert {o.outcome for o in done.outcomes} == {OutcomeKind.BLOCKED}


def test_the_engine_says_when_it_wants_to_be_woken() -> None:
    world = World()
    world.network("job")
    engine = Engine(plan_of(world), project=world.project)
    engine.start(world.inventory(), START, START)
    commands = engine.handle(Tick(START + 0.01))
    assert not any(isinstance(c, Done) for c in commands)
    assert all(c.time > START for c in commands if isinstance(c, SleepUntil))


def test_a_gap_of_a_look_is_a_failed_list() -> None:
    gap = Gap(GapKind.NOT_LISTED, "network.subnet", "500")
    assert Look("network.subnet", (), gap).gap is gap


def test_volumes_refused_for_one_of_six_reasons_find_their_snapshot() -> None:
    world = World()
    volume = world.add("block_storage.volume", name="v")
    plan = plan_of(world)
    answering(world, f"/volumes/{volume}", nova(400, "Invalid volume: Volume status must be available"), times=1)

    def snapped(*_: object) -> str:
        if not world.tables["block_storage.snapshot"]:
            world.add("block_storage.snapshot", name="theirs", volume_id=volume, ours=False)
        return ""

    world.fault = snapped
    result = destroy(world, plan)
    assert end_of(result, volume).outcome is OutcomeKind.BLOCKED
    assert "snapshot theirs" in end_of(result, volume).because


def test_a_volume_that_still_shows_its_attachment_when_the_server_is_gone_is_awaited() -> None:
    world = World()
    server = world.server("s", ())
    volume = world.add("block_storage.volume", name="v")
    world.attach(server, volume)
    row = world.tables["block_storage.volume"][volume]
    gone = world._server_gone

    def slowly(of: dict[str, object]) -> None:
        shown = dict(row)
        gone(of)
        row.update(shown)
        world.after(4.0, lambda: row.update(attachments=[], status="available"))

    world._server_gone = slowly  # type: ignore[method-assign]
    result = destroy(world)
    assert (result.exit_code, world.refused()) == (0, [])


def test_a_keep_marker_on_a_part_keeps_the_whole() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    rule = next(r for r in world.tables["network.security_group_rule"].values() if r["security_group_id"] == ids["workers"])
    rule["description"] = "do-not-delete"
    result = destroy(world, plan)
    assert end_of(result, ids["workers"]).outcome is OutcomeKind.KEPT
    assert ids["workers"] in world.tables["network.security_group"]


def test_time_that_runs_out_during_the_proof_is_no_proof() -> None:
    world = World()
    world.network("job")
    result = destroy(world, timeout=10.0, proof_pause=20.0)
    assert (result.exit_code, result.proven) == (5, False)


def test_a_vip_port_that_octavia_left_behind_is_deleted_as_a_part_of_its_balancer() -> None:
    world = World()
    net, sub = world.network("job")
    world.balancer("lb", net, sub)
    port = next(p for p in world.tables["network.port"].values() if p["device_owner"] == "Octavia")
    port["outlives"] = True
    result = destroy(world)
    assert (result.exit_code, world.left(), world.refused()) == (0, set(), [])
    assert 30 <= result.seconds < 60


def test_an_inquiry_that_finds_nobody_is_followed_by_another_try_and_the_end_by_its_undo() -> None:
    world = World()
    router = world.add("network.router", name="shared", ours=False)
    net, sub = world.network("job")
    port = world.port("node", net, sub)
    leg = world.interface(router, net, sub)
    asked = answering(world, f"/ports/{port}", neutron(403, "PolicyNotAuthorized", "rule:delete_port is disallowed by policy"))
    result = destroy(world)
    assert len(asked) > 1
    assert (end_of(result, port).outcome, end_of(result, port).because[:14]) == (OutcomeKind.BLOCKED, "not permitted ")
    assert [o.target.id for o in result.undone] == ([leg] if end_of(result, leg).outcome is OutcomeKind.DELETED else [])
    assert any(p["device_id"] == router for p in world.tables["network.port"].values())


def test_an_address_that_stays_without_its_port_does_not_hold_the_router() -> None:
    world = World()
    router = world.add("network.router", name="job")
    external = world.add("network.network", name="public", ours=False, **{"router:external": True})
    net, sub = world.network("job")
    world.interface(router, net, sub)
    port = world.port("node", net, sub)
    row = {"floating_network_id": external, "floating_ip_address": "203.0.113.7", "port_id": port, "router_id": router}
    world.add("network.floating_ip", ours=False, **row)
    result = destroy(world)
    assert (result.exit_code, world.left(), result.refusals) == (0, set(), 0)


def test_a_deletion_that_nova_gave_up_is_asked_for_again_and_not_for_ever() -> None:
    world = World()
    server = world.server("node", ())
    row = world.tables["compute.server"][server]
    accepted = answering(world, f"/servers/{server}", Answer(204), times=1)
    row["status"] = "ERROR"
    assert (destroy(world).exit_code, len(accepted), world.left()) == (0, 1, set())
    other = World()
    server = other.server("node", ())
    other.tables["compute.server"][server]["status"] = "ERROR"
    asked = answering(other, f"/servers/{server}", Answer(204))
    result = destroy(other)
    assert (len(asked), end_of(result, server).because) == (3, "its deletion ended in ERROR, 3 times")


def test_what_openstack_could_not_delete_before_is_tried_once_and_told_with_its_status() -> None:
    world = World()
    volume = world.add("block_storage.volume", name="data", size=1, status="error_deleting")
    asked = answering(
        world, f"/volumes/{volume}", Answer(400, '{"badRequest": {"code": 400, "message": "Invalid volume: must be available"}}')
    )
    result = destroy(world)
    assert len(asked) == 1
    assert end_of(result, volume).because.endswith("its status is error_deleting")
