"""Time, the audit, and what the world starts with."""

from __future__ import annotations

import threading

from tests.simulator.making import OTHER, Somebody, somebody
from tfclean.simulator import RealClock, Request, World, cluster


def test_time_stands_still_until_it_is_moved_and_things_happen_at_their_own_time() -> None:
    me = somebody()
    began = me.world.clock.now()
    me.make("block-storage", "/volumes", "volume", size=1)
    me.world.advance(60)
    change = me.world.audit[-1]
    assert (change.after or {})["status"] == "available"
    assert (change.time - began, me.world.clock.now() - began) == (me.world.pace.volume, 60)


def test_real_time_passes_by_itself() -> None:
    world = World(RealClock())
    before = world.clock.now()
    assert Somebody(world).network()
    assert world.clock.now() >= before


def test_times_are_cut_to_seconds_and_written_as_each_service_writes_them() -> None:
    me = somebody()
    me.world.advance(0.9)
    net, subnet = me.network()
    assert me.one("network", f"/networks/{net}")["created_at"] == "2026-12-01T00:00:00Z"
    lb = me.make("load-balancer", "/lbaas/loadbalancers", "loadbalancer", vip_subnet_id=subnet)
    assert lb["created_at"] == "2026-12-01T00:00:00"
    assert me.make("block-storage", "/volumes", "volume", size=1)["created_at"] == "2026-12-01T00:00:00.000000"


def test_every_change_tells_when_who_and_what_also_long_after_the_request() -> None:
    me = somebody()
    net, _ = me.network()
    server = me.server({"uuid": net})
    first = len(me.world.audit)
    me.delete("compute", f"/servers/{server}")
    me.world.settle()
    changes = me.world.audit[first:]
    assert {(c.actor.project, c.actor.user) for c in changes} == {(me.world.project, me.world.user)}
    assert len({c.actor.request for c in changes}) == 1
    assert [(c.kind, c.action) for c in changes] == [("server", "changed"), ("port", "deleted"), ("server", "deleted")]
    assert changes[-1].before is not None
    assert changes[-1].after is None


def test_what_the_audit_holds_is_not_changed_afterwards() -> None:
    me = somebody()
    net, _ = me.network("before")
    me.send("network", "PUT", f"/networks/{net}", {"network": {"name": "after"}})
    changed = next(c for c in me.world.audit if c.id == net and c.before and c.after and c.before["name"] != c.after["name"])
    assert ((changed.before or {})["name"], (changed.after or {})["name"]) == ("before", "after")


def test_a_cluster_of_a_hundred_nodes_is_made_and_comes_to_rest() -> None:
    me = somebody()
    made = cluster(me, "big", 100)
    me.world.settle()
    assert {me.world.tables["server"][i]["status"] for i in made.ids["server"]} == {"ACTIVE"}
    assert len({a["floating_ip_address"] for a in me.world.tables["floatingip"].values()}) == 100


def test_calls_from_many_threads_are_carried_out_one_after_the_other() -> None:
    me = somebody()
    net, _ = me.network(cidr="10.1.0.0/16")
    threads = [threading.Thread(target=lambda: [me.port(net) for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ports = me.list("network", "/ports")
    assert len({p["fixed_ips"][0]["ip_address"] for p in ports}) == len(ports) == 80


def test_a_world_starts_with_what_is_everybodys() -> None:
    me = somebody()
    assert [n["name"] for n in me.list("network", "/networks")] == ["public"]
    assert [i["name"] for i in me.list("image", "/images")] == ["cirros"]
    assert Somebody(me.world, OTHER).list("network", "/networks")[0]["router:external"]
    assert me.world.audit == []


def test_an_unknown_service_and_path_are_404() -> None:
    me = somebody()
    assert me.ask("dns", "GET", "/zones").status == 404
    for service in ("network", "compute", "block-storage", "image", "load-balancer"):
        assert me.world.request(Request(service, "GET", "/nowhere")).status == 404
