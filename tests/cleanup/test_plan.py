"""Plans from judgements of the world in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.cleanup.jobs import twin, whole_job
from tests.cleanup.world import OCTAVIA, World
from tfclean.cleanup.draft import find_cycle
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import digest, make_plan
from tfclean.errors import Refused, UsageError
from tfclean.model import Action, Confidence, Edge, EdgeType, Finding, Judgement, Kept, Key, Plan, Step, Verdict


def judged(world: World, changes: dict[Key, dict[str, Any]] | None = None, edges: Iterable[Edge] = ()) -> Judgement:
    judgement = world.judge(world.inventory())
    findings = {k: replace(f, **(changes or {}).get(k, {})) for k, f in judgement.findings.items()}
    return replace(judgement, findings=findings, edges=(*judgement.edges, *edges))


def planned(world: World, changes: dict[Key, dict[str, Any]] | None = None, edges: Iterable[Edge] = (), **options: Any) -> Plan:
    return make_plan(judged(world, changes, edges), options=Options(**options))


def step(plan: Plan, id_: str, kind: str = "") -> Step | None:
    return next((s for s in plan.steps if s.target.id == id_ and kind in s.target.kind), None)


def kept(plan: Plan, id_: str) -> Kept | None:
    return next((k for k in plan.kept if k.target.id == id_), None)


@pytest.fixture
def world() -> World:
    world = World()
    world.ids = whole_job(world)  # type: ignore[attr-defined]
    twin(world)
    return world


def ids(world: World) -> dict[str, str]:
    found: dict[str, str] = world.ids  # type: ignore[attr-defined]
    return found


def test_steps_stand_behind_what_they_need(world: World) -> None:
    plan = planned(world)
    place = {s.target: n for n, s in enumerate(plan.steps)}
    assert all(place[need] < place[s.target] for s in plan.steps for need in s.needs)
    assert len(place) == len(plan.steps)


def test_the_longest_remaining_path_stands_first(world: World) -> None:
    plan = planned(world)
    assert plan.steps[0].target in {Key("compute.server", ids(world)["server"]), Key("load_balancer.load_balancer", ids(world)["lb"])}


def test_a_balancer_whose_children_are_all_the_jobs_goes_by_cascade(world: World) -> None:
    found = step(planned(world), ids(world)["lb"])
    assert found is not None
    assert found.action is Action.CASCADE
    assert {p.kind for p in found.parts} == {f"load_balancer.{k}" for k in ("listener", "pool", "member", "health_monitor")}


def test_a_balancer_with_a_strangers_listener_stays_and_the_listener_is_named(world: World) -> None:
    stranger = world.add("load_balancer.listener", name="theirs", loadbalancers=[{"id": ids(world)["lb"]}], ours=False)
    plan = planned(world)
    reason = kept(plan, ids(world)["lb"])
    assert reason is not None
    assert stranger in reason.because
    assert reason.leftover
    assert kept(plan, ids(world)["net"]) is not None
    assert all(not s.target.kind.startswith("load_balancer") for s in plan.steps)


def test_rules_go_with_their_group_and_ports_that_serve_with_their_network(world: World) -> None:
    plan = planned(world)
    group, net = step(plan, ids(world)["workers"]), step(plan, ids(world)["net"])
    assert group is not None
    assert net is not None
    assert {p.kind for p in group.parts} == {"network.security_group_rule"}
    assert [p.kind for p in net.parts] == ["network.port"]
    assert not any(s.target.kind == "network.security_group_rule" for s in plan.steps)


def test_associations_go_with_their_floating_ip_and_attachments_with_their_server(world: World) -> None:
    plan = planned(world)
    ip, server = step(plan, ids(world)["ip"]), step(plan, ids(world)["server"])
    assert ip is not None
    assert server is not None
    assert [p.kind for p in ip.parts] == ["network.floating_ip_association"]
    assert {p.kind for p in server.parts} == {"compute.volume_attachment"}


def test_what_openstack_takes_away_is_awaited(world: World) -> None:
    plan = planned(world)
    waits = {s.target: s for s in plan.steps if s.action is Action.WAIT}
    nova = waits[Key("network.port", ids(world)["nova"])]
    assert nova.needs == (Key("compute.server", ids(world)["server"]),)
    assert nova.attributes["fallback"] == 5.0
    assert Key("block_storage.volume", ids(world)["boot"]) in waits
    balancer = Key("load_balancer.load_balancer", ids(world)["lb"])
    assert sum(s.needs == (balancer,) for s in waits.values()) == 2


def test_a_foreign_amphora_port_is_awaited_and_never_deleted(world: World) -> None:
    plan = planned(world)
    foreign = [s for s in plan.steps if s.identity.owner == OCTAVIA]
    assert [s.action for s in foreign] == [Action.WAIT]
    assert "fallback" not in foreign[0].attributes


def test_our_leg_of_a_router_that_is_only_used_is_detached_before_its_subnet(world: World) -> None:
    plan = planned(world)
    leg, subnet = step(plan, ids(world)["leg"]), step(plan, ids(world)["sub"])
    assert leg is not None
    assert subnet is not None
    assert (leg.action, leg.attributes["device_id"], leg.attributes["subnet_id"]) == (
        Action.DETACH,
        ids(world)["router"],
        ids(world)["sub"],
    )
    assert leg.target in subnet.needs
    assert step(plan, ids(world)["router"]) is None


def test_the_leg_waits_for_the_floating_ip_that_needs_the_way_through(world: World) -> None:
    leg = step(planned(world), ids(world)["leg"])
    assert leg is not None
    assert leg.needs == (Key("network.floating_ip", ids(world)["ip"]),)


def test_a_known_foreign_blocker_keeps_what_it_holds_and_all_that_needs_that_before_any_call(world: World) -> None:
    stranger = world.port("stranger", ids(world)["net"], ids(world)["sub"], ours=False)
    plan = planned(world)
    subnet, net = kept(plan, ids(world)["sub"]), kept(plan, ids(world)["net"])
    assert subnet is not None
    assert net is not None
    assert stranger in subnet.because
    assert subnet.leftover
    assert net.leftover
    assert step(plan, ids(world)["leg"]) is None, "untying the router would help nothing"
    assert step(plan, ids(world)["server"]) is not None


def test_a_group_that_a_foreign_rule_names_stays_unless_side_effects_are_allowed(world: World) -> None:
    theirs = world.add("network.security_group", name="theirs", ours=False)
    rule = world.add(
        "network.security_group_rule", security_group_id=theirs, direction="ingress", remote_group_id=ids(world)["workers"], ours=False
    )
    plan = planned(world)
    reason = kept(plan, ids(world)["workers"])
    assert reason is not None
    assert rule in reason.because
    assert step(planned(world, allow_side_effects=True), ids(world)["workers"]) is not None


def test_a_rule_of_ours_in_a_foreign_group_gets_a_step_of_its_own(world: World) -> None:
    theirs = world.add("network.security_group", name="theirs", ours=False)
    rule = world.add("network.security_group_rule", security_group_id=theirs, direction="ingress")
    found = step(planned(world), rule)
    assert found is not None
    assert found.action is Action.DELETE


def test_a_foreign_rule_in_our_group_goes_with_it_but_a_protected_one_keeps_it(world: World) -> None:
    rule = world.add("network.security_group_rule", security_group_id=ids(world)["workers"], direction="ingress", ours=False)
    group = step(planned(world), ids(world)["workers"])
    assert group is not None
    assert Key("network.security_group_rule", rule) in group.parts
    key = Key("network.security_group_rule", rule)
    reason = kept(planned(world, {key: {"verdict": Verdict.PROTECTED, "keep": "its description says so"}}), ids(world)["workers"])
    assert reason is not None
    assert "takes along" in reason.because


@pytest.mark.parametrize("part", ["rule", "association", "port", "volume"])
def test_what_somebody_asked_to_keep_keeps_what_would_take_it_along(world: World, part: str) -> None:
    rule = next(r["id"] for r in world.tables["network.security_group_rule"].values() if r["security_group_id"] == ids(world)["workers"])
    wish, whole = {
        "rule": (rule, "workers"),
        "association": (ids(world)["ip"], "named"),
        "port": (ids(world)["nova"], "server"),
        "volume": (ids(world)["boot"], "server"),
    }[part]
    plan = planned(world, keep=(wish,))
    reason = kept(plan, ids(world)[whole])
    assert reason is not None
    assert "takes along" in reason.because
    assert step(plan, ids(world)[whole]) is None


def test_a_part_that_its_owner_wants_kept_keeps_the_whole(world: World) -> None:
    key = next(k for k in judged(world).findings if k.kind == "network.security_group_rule")
    group = next(e.target for e in judged(world).edges if e.source == key and e.type is EdgeType.PART_OF)
    changes = {key: {"keep": "forgotten by its owner", "addresses": ("x.rule",)}}
    assert kept(planned(world, changes), group.id) is not None
    assert step(planned(world, changes, also=("x.rule",)), group.id) is not None


def test_parts_of_what_has_to_stay_stay_with_it(world: World) -> None:
    net, sub = world.network("other", ours=False)
    world.port("stranger", net, sub, groups=(ids(world)["workers"],), ours=False)
    plan = planned(world)
    rules = [r["id"] for r in world.tables["network.security_group_rule"].values() if r["security_group_id"] == ids(world)["workers"]]
    assert all(step(plan, r) is None and kept(plan, r) is not None for r in rules)


def test_groups_that_name_each_other_are_no_cycle(world: World) -> None:
    plan = planned(world)
    assert step(plan, ids(world)["workers"]) is not None
    assert step(plan, ids(world)["masters"]) is not None


def test_a_cycle_that_nothing_can_break_is_named_and_the_rest_goes(world: World) -> None:
    a, b = Key("network.security_group", ids(world)["workers"]), Key("network.security_group", ids(world)["masters"])
    plan = planned(world, edges=[Edge(a, b, EdgeType.HOLDS), Edge(b, a, EdgeType.HOLDS)])
    reasons = [kept(plan, a.id), kept(plan, b.id)]
    assert all(r is not None and "blocked by cycle" in r.because for r in reasons)
    assert step(plan, ids(world)["server"]) is not None


def test_a_cycle_through_a_tie_is_broken_by_untying_it(world: World) -> None:
    server = Key("compute.server", ids(world)["server"])
    data = Key("block_storage.volume", ids(world)["data"])
    # The volume is held by the attachment, which goes with the server; let the server wait for the volume.
    plan = planned(world, edges=[Edge(data, server, EdgeType.HOLDS)])
    tie = step(plan, f"{server.id}/{data.id}")
    assert tie is not None
    assert tie.action is Action.DETACH
    volume = step(plan, data.id)
    assert volume is not None
    assert volume.needs == (tie.target,)


def test_only_what_is_probable_goes_and_what_is_possible_counts_as_left(world: World) -> None:
    key = Key("network.floating_ip", ids(world)["ip"])
    changes = {key: {"verdict": Verdict.POSSIBLE, "confidence": Confidence.POSSIBLE}}
    reason = kept(planned(world, changes), key.id)
    assert reason is not None
    assert reason.leftover
    assert step(planned(world, changes, include_possible=True), key.id, "floating_ip") is not None


def test_of_more_objects_than_creates_none_is_deleted_but_those_that_are_named(world: World) -> None:
    key = Key("network.floating_ip", ids(world)["ip"])
    flags = frozenset({"ambiguous"})
    changes = {key: {"verdict": Verdict.POSSIBLE, "confidence": Confidence.POSSIBLE, "flags": flags}}
    plan = planned(world, changes, include_possible=True)
    assert step(plan, key.id, "floating_ip") is None
    left = kept(plan, key.id)
    assert left is not None
    assert left.leftover
    assert "--also" in left.because
    assert step(planned(world, changes, also=(key.id,)), key.id, "floating_ip") is not None


def test_what_its_owner_wants_kept_goes_only_when_asked_for_by_name(world: World) -> None:
    key = Key("block_storage.volume", ids(world)["data"])
    changes = {key: {"keep": "prevent_destroy", "addresses": ("x.data",)}}
    reason = kept(planned(world, changes), key.id)
    assert reason is not None
    assert (reason.because, reason.leftover) == ("prevent_destroy", False)
    assert step(planned(world, changes, also=("x.data",)), key.id) is not None


@pytest.mark.parametrize("verdict", [Verdict.USED, Verdict.PROTECTED, Verdict.FOREIGN, Verdict.UNKNOWN, Verdict.MISSING])
def test_no_name_makes_these_verdicts_go(world: World, verdict: Verdict) -> None:
    key = Key("block_storage.volume", ids(world)["data"])
    assert step(planned(world, {key: {"verdict": verdict}}, also=(key.id,)), key.id) is None


def test_keep_matches_ids_names_and_addresses(world: World) -> None:
    for pattern in (ids(world)["data"], "da.a", r"x\..*"):
        key = Key("block_storage.volume", ids(world)["data"])
        reason = kept(planned(world, {key: {"addresses": ("x.data",)}}, keep=(pattern,)), key.id)
        assert reason is not None
        assert not reason.leftover


def test_keep_that_is_no_regular_expression_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Options(keep=("(",))


def test_an_object_of_another_project_is_never_planned(world: World) -> None:
    world.tables["network.security_group"][ids(world)["masters"]]["project_id"] = "q" * 32
    reason = kept(planned(world), ids(world)["masters"])
    assert reason is not None
    assert "belongs to project" in reason.because


def test_more_than_the_limit_is_refused(world: World) -> None:
    with pytest.raises(Refused, match="at most 3"):
        planned(world, max_deletions=3)
    with pytest.raises(Refused, match="10%"):
        planned(world, max_share=0.1)
    assert planned(world, max_share=0.9).steps


def test_a_plan_says_the_same_twice_and_its_digest_tells_changes(world: World) -> None:
    first, second = planned(world), planned(world)
    assert first == second
    assert len(first.digest) == 64
    assert digest(replace(first, steps=first.steps[1:])) != first.digest
    world.add("network.security_group_rule", security_group_id=ids(world)["workers"], direction="ingress", ours=False)
    assert planned(world).digest != first.digest


def test_an_empty_judgement_gives_an_empty_plan() -> None:
    assert make_plan(Judgement({}, ())).steps == ()


def test_what_is_missing_is_no_step() -> None:
    finding = Finding("network.port", "1", "gone", Verdict.MISSING)
    assert make_plan(Judgement({finding.key: finding}, ())).steps == ()


def test_cycles_are_found_wherever_the_search_begins() -> None:
    a, b, c, d = (Key("network.port", n) for n in "abcd")
    assert set(find_cycle({d: {a}, a: {b}, b: {c}, c: {a}})) == {a, b, c}
    assert find_cycle({a: {b, c}, b: {d}, c: {d}, d: set()}) == ()


def test_nothing_is_untied_or_taken_out_for_what_stays_because_a_kind_could_not_be_listed() -> None:
    world = World()
    router = world.add("network.router", name="shared", ours=False)
    net, sub = world.network("job")
    leg = world.interface(router, net, sub)
    group = world.add("network.security_group", name="job")
    rule = world.add("network.security_group_rule", security_group_id=group, direction="ingress")
    world.broken = {"load_balancer.load_balancer"}
    plan = make_plan(world.judge(world.inventory()))
    assert {k.target.id for k in plan.kept} >= {net, sub, group}
    assert {s.target.id for s in plan.steps}.isdisjoint({leg, rule})


def test_cinders_record_of_an_attachment_goes_with_the_servers_tie_and_not_by_a_call_of_its_own() -> None:
    world = World()
    server = world.server("kept", (), ours=False)
    volume = world.add("block_storage.volume", name="data", size=1)
    world.attach(server, volume, ours=False)
    tie = Key("compute.volume_attachment", f"{server}/{volume}")
    world.job.add(tie)
    record = Key("block_storage.attachment", world.add("block_storage.attachment", id=volume, volume_id=volume, instance=server))
    plan = make_plan(world.judge(world.inventory()))
    assert record not in {s.target for s in plan.steps}
    assert next(s for s in plan.steps if s.target == tie).parts == (record,)
