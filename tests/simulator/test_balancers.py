"""Octavia's rules, with the bodies that a real one sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.making import OTHER, Somebody, octavia, somebody
from tfclean.simulator import Faulty, Plan

LB = "load-balancer"


def front() -> tuple[Somebody, str, dict[str, str]]:
    me = somebody()
    net, subnet = me.network()
    pool = {"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "healthmonitor": {"type": "HTTP", "delay": 5, "timeout": 3}}
    pool["members"] = [{"address": "10.1.0.7", "protocol_port": 80, "subnet_id": subnet}]
    policy = {"action": "REJECT", "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/x"}]}
    listener = {"name": "l", "protocol": "HTTP", "protocol_port": 80, "default_pool": pool, "l7policies": [policy]}
    lb = me.balancer(subnet, listeners=[listener])
    ids = {
        "network": net,
        "subnet": subnet,
        "listener": me.list(LB, "/lbaas/listeners")[0]["id"],
    }
    ids["pool"] = me.list(LB, "/lbaas/pools")[0]["id"]
    ids["member"] = me.list(LB, f"/lbaas/pools/{ids['pool']}/members")[0]["id"]
    ids["monitor"] = me.list(LB, "/lbaas/healthmonitors")[0]["id"]
    ids["policy"] = me.list(LB, "/lbaas/l7policies")[0]["id"]
    ids["rule"] = me.list(LB, f"/lbaas/l7policies/{ids['policy']}/rules")[0]["id"]
    return me, lb, ids


def test_the_vip_port_is_there_at_once_and_octavias_own_port_later() -> None:
    me = somebody()
    net, subnet = me.network()
    lb = me.make(LB, "/lbaas/loadbalancers", "loadbalancer", name="x", vip_subnet_id=subnet)
    assert lb["provisioning_status"] == "PENDING_CREATE"
    (vip,) = me.list("network", "/ports")
    assert (vip["id"], vip["device_owner"], vip["device_id"]) == (lb["vip_port_id"], "Octavia", f"lb-{lb['id']}")
    me.world.settle()
    own = [p for p in me.list("network", "/ports", network_id=net) if p["id"] != vip["id"]]
    assert [(p["name"][:16], p["project_id"]) for p in own] == [("octavia-lb-vrrp-", me.world.service_project)]
    assert me.one(LB, f"/lbaas/loadbalancers/{lb['id']}")["provisioning_status"] == "ACTIVE"
    assert me.delete("network", f"/ports/{own[0]['id']}").status == 403


def test_a_vip_port_is_deleted_without_a_word() -> None:
    me, lb, _ = front()
    assert me.delete("network", f"/ports/{me.one(LB, f'/lbaas/loadbalancers/{lb}')['vip_port_id']}").status == 204


def test_a_balancer_with_children_goes_with_cascade_only_and_takes_all_its_ports() -> None:
    me, lb, ids = front()
    text = f"Validation failure: Cannot delete Load Balancer {lb} - it has children"
    assert octavia(me.delete(LB, f"/lbaas/loadbalancers/{lb}")) == (400, text)
    assert me.delete(LB, f"/lbaas/loadbalancers/{lb}", cascade="true").status == 204
    assert me.one(LB, f"/lbaas/loadbalancers/{lb}")["provisioning_status"] == "PENDING_DELETE"
    again = octavia(me.delete(LB, f"/lbaas/loadbalancers/{lb}", cascade="true"))
    assert again == (409, f"Invalid state PENDING_DELETE of loadbalancer resource {lb}")
    me.world.settle()
    assert octavia(me.delete(LB, f"/lbaas/loadbalancers/{lb}")) == (404, f"Load Balancer {lb} not found.")
    assert me.list("network", "/ports", network_id=ids["network"]) == []


PATHS = ("listeners/{listener}", "pools/{pool}", "healthmonitors/{monitor}", "pools/{pool}/members/{member}")


@pytest.mark.parametrize("path", [*PATHS, "l7policies/{policy}", "l7policies/{policy}/rules/{rule}"])
def test_while_one_part_changes_every_part_is_immutable(path: str) -> None:
    me, lb, ids = front()
    me.send(LB, "PUT", f"/lbaas/listeners/{ids['listener']}", {"listener": {"name": "changed"}})
    refused = octavia(me.delete(LB, "/lbaas/" + path.format(**ids)))
    assert refused == (409, f"Load Balancer {lb} is immutable and cannot be updated.")
    busy = octavia(me.delete(LB, f"/lbaas/loadbalancers/{lb}", cascade="true"))
    assert busy == (409, f"Invalid state PENDING_UPDATE of loadbalancer resource {lb}")
    me.world.settle()
    assert me.delete(LB, "/lbaas/" + path.format(**ids)).status == 204
    me.world.settle()
    assert me.ask(LB, "GET", "/lbaas/" + path.format(**ids)).status == 404
    assert me.one(LB, f"/lbaas/loadbalancers/{lb}")["provisioning_status"] == "ACTIVE"


def test_a_pool_to_which_a_policy_redirects_is_in_use() -> None:
    me, lb, ids = front()
    fields: dict[str, Any] = {"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}
    spare = me.make(LB, "/lbaas/pools", "pool", **fields)["id"]
    me.world.settle()
    fields = {"listener_id": ids["listener"], "action": "REDIRECT_TO_POOL", "redirect_pool_id": spare}
    policy = me.make(LB, "/lbaas/l7policies", "l7policy", **fields)["id"]
    me.world.settle()
    assert octavia(me.delete(LB, f"/lbaas/pools/{spare}")) == (409, f"Pool {spare} is in use by L7 policy {policy}")


def test_others_may_not_and_quotas_are_not_for_users() -> None:
    me, lb, _ = front()
    no = (403, "Policy does not allow this request to be performed.")
    assert octavia(Somebody(me.world, OTHER).delete(LB, f"/lbaas/loadbalancers/{lb}")) == no
    assert octavia(me.delete(LB, f"/lbaas/quotas/{me.world.project}")) == no
    assert Somebody(me.world, OTHER).list(LB, "/lbaas/loadbalancers") == []


def test_a_port_that_somebody_made_outlives_its_balancer() -> None:
    me = somebody()
    net, _ = me.network()
    port = me.port(net)
    lb = me.make(LB, "/lbaas/loadbalancers", "loadbalancer", name="x", vip_port_id=port)["id"]
    me.world.settle()
    me.delete(LB, f"/lbaas/loadbalancers/{lb}")
    me.world.settle()
    assert me.one("network", f"/ports/{port}")["device_owner"] == ""


def test_a_pools_members_are_replaced_in_one_call() -> None:
    me, lb, ids = front()
    body = {"members": [{"address": "10.1.0.8", "protocol_port": 80}, {"address": "10.1.0.9", "protocol_port": 80, "weight": 5}]}
    assert me.ask(LB, "PUT", f"/lbaas/pools/{ids['pool']}/members", body).status == 202
    assert me.one(LB, f"/lbaas/loadbalancers/{lb}")["provisioning_status"] == "PENDING_UPDATE"
    me.world.settle()
    members = me.list(LB, f"/lbaas/pools/{ids['pool']}/members")
    assert {(m["address"], m["weight"], m["provisioning_status"]) for m in members} == {
        ("10.1.0.8", 1, "ACTIVE"),
        ("10.1.0.9", 5, "ACTIVE"),
    }


def test_a_change_that_is_stuck_keeps_the_balancer_immutable() -> None:
    me, lb, ids = front()
    Faulty(me.world, Plan(stuck_ids=frozenset({ids["listener"]})))
    me.send(LB, "PUT", f"/lbaas/listeners/{ids['listener']}", {"listener": {"name": "changed"}})
    me.world.advance(3600)
    assert me.one(LB, f"/lbaas/loadbalancers/{lb}")["provisioning_status"] == "PENDING_UPDATE"
