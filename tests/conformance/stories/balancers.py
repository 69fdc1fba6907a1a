"""Octavia: balancers and their parts."""

from __future__ import annotations

from typing import Any

from tests.conformance.places import OTHER
from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.telling import Teller

LB = "load-balancer"
ALL = "/lbaas/loadbalancers"


def balancer(t: Teller, **fields: Any) -> str:
    """Make a balancer and wait until it is there."""
    made = str(t.make(LB, ALL, "loadbalancer", name="lb", **fields)["id"])
    ready(t, made)
    return made


def ready(t: Teller, id_: str) -> None:
    """Wait until a balancer can be changed."""
    t.wait(LB, f"{ALL}/{id_}", "provisioning_status", "ACTIVE", "ERROR")


def part(t: Teller, of: str, path: str, key: str, **fields: Any) -> str:
    """Make a part of a balancer and wait until that is done."""
    made = str(t.make(LB, path, key, **fields)["id"])
    ready(t, of)
    return made


def coming_and_going(t: Teller) -> None:
    _, subnet = network(t)
    made = t.make(LB, ALL, "loadbalancer", name="lb", vip_subnet_id=subnet, description="text")
    one = f"{ALL}/{made['id']}"
    t.name(made["vip_port_id"], "vip")
    t.ask(LB, "DELETE", one)
    t.ask(LB, "PUT", one, {"loadbalancer": {"name": "new"}})
    t.ask(LB, "POST", "/lbaas/listeners", {"listener": {"loadbalancer_id": made["id"], "protocol": "TCP", "protocol_port": 80}})
    ready(t, made["id"])
    t.ask(LB, "GET", f"{ALL}?project_id={t['project']}&limit=1000")
    t.ask(NET, "GET", f"/ports/{made['vip_port_id']}")
    t.ask(LB, "PUT", one, {"loadbalancer": {"name": "new"}})
    ready(t, made["id"])
    t.ask(LB, "PUT", one, {"loadbalancer": {"no_such_field": 1}})
    t.ask(LB, "PUT", one, {"loadbalancer": {"vip_subnet_id": NOBODY}})
    t.ask(LB, "GET", one, who=OTHER)
    t.ask(LB, "DELETE", one, who=OTHER)
    t.ask(LB, "GET", f"{one}/status")
    t.ask(LB, "GET", f"{one}/stats")
    t.ask(NET, "DELETE", f"/subnets/{subnet}")
    t.ask(LB, "DELETE", one)
    t.ask(LB, "DELETE", one)
    t.wait_gone(LB, one)
    t.ask(LB, "DELETE", one)
    t.ask(NET, "GET", f"/ports/{made['vip_port_id']}")


def creating(t: Teller) -> None:
    net, subnet = network(t)
    for wrong in (
        {},
        {"vip_subnet_id": NOBODY},
        {"vip_network_id": NOBODY},
        {"vip_port_id": NOBODY},
        {"vip_subnet_id": "no uuid"},
        {"vip_subnet_id": subnet, "no_such_field": 1},
        {"vip_subnet_id": subnet, "vip_address": "10.77.0.1"},
        {"vip_subnet_id": subnet, "provider": "nothing"},
        {"vip_subnet_id": subnet, "flavor_id": NOBODY},
        {"vip_subnet_id": subnet, "project_id": t["other project"]},
    ):
        t.ask(LB, "POST", ALL, {"loadbalancer": {"name": "lb", **wrong}})
    t.ask(LB, "POST", ALL, {})
    mine = port(t, net, name="mine")["id"]
    made = balancer(t, vip_port_id=mine)
    t.ask(NET, "GET", f"/ports/{mine}")
    t.ask(LB, "DELETE", f"{ALL}/{made}")
    t.wait_gone(LB, f"{ALL}/{made}")
    t.ask(NET, "GET", f"/ports/{mine}")
    by_net = balancer(t, vip_network_id=net)
    t.ask(LB, "DELETE", f"{ALL}/{by_net}")
    t.wait_gone(LB, f"{ALL}/{by_net}")


def parts(t: Teller) -> None:
    _, subnet = network(t)
    lb = balancer(t, vip_subnet_id=subnet)
    listener = part(t, lb, "/lbaas/listeners", "listener", name="l", loadbalancer_id=lb, protocol="HTTP", protocol_port=80)
    t.ask(LB, "GET", f"/lbaas/listeners/{listener}")
    pool = part(t, lb, "/lbaas/pools", "pool", name="p", listener_id=listener, protocol="HTTP", lb_algorithm="ROUND_ROBIN")
    t.ask(LB, "GET", f"/lbaas/pools/{pool}")
    spare = part(t, lb, "/lbaas/pools", "pool", name="spare", loadbalancer_id=lb, protocol="HTTP", lb_algorithm="SOURCE_IP")
    members = f"/lbaas/pools/{pool}/members"
    member = part(t, lb, members, "member", name="m", address="10.1.0.99", protocol_port=80, subnet_id=subnet)
    t.ask(LB, "GET", f"{members}/{member}")
    monitors = "/lbaas/healthmonitors"
    monitor = part(t, lb, monitors, "healthmonitor", name="h", pool_id=pool, type="HTTP", delay=5, timeout=4, max_retries=3)
    t.ask(LB, "GET", f"{monitors}/{monitor}")
    policies = "/lbaas/l7policies"
    policy = part(t, lb, policies, "l7policy", name="x", listener_id=listener, action="REDIRECT_TO_POOL", redirect_pool_id=spare)
    t.ask(LB, "GET", f"{policies}/{policy}")
    rules = f"{policies}/{policy}/rules"
    rule = part(t, lb, rules, "rule", type="PATH", compare_type="STARTS_WITH", value="/x")
    t.ask(LB, "GET", f"{rules}/{rule}")
    for path in ("/lbaas/listeners", "/lbaas/pools", members, monitors, policies, rules):
        t.ask(LB, "GET", f"{path}?limit=1000")
    t.ask(LB, "GET", f"{ALL}/{lb}")
    # what is refused
    again = {"loadbalancer_id": lb, "protocol": "HTTP", "protocol_port": 80}
    t.ask(LB, "POST", "/lbaas/listeners", {"listener": again})
    t.ask(LB, "POST", "/lbaas/listeners", {"listener": {**again, "loadbalancer_id": NOBODY}})
    t.ask(LB, "POST", "/lbaas/listeners", {"listener": {**again, "protocol": "NOTHING"}})
    t.ask(LB, "POST", "/lbaas/listeners", {"listener": {**again, "protocol_port": 81, "default_pool_id": NOBODY}})
    t.ask(LB, "POST", "/lbaas/pools", {"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}})
    t.ask(LB, "POST", "/lbaas/pools", {"pool": {"listener_id": listener, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}})
    t.ask(LB, "POST", monitors, {"healthmonitor": {"pool_id": pool, "type": "HTTP", "delay": 5, "timeout": 4, "max_retries": 3}})
    t.ask(LB, "POST", members, {"member": {"address": "10.1.0.99", "protocol_port": 80, "subnet_id": subnet}})
    t.ask(LB, "POST", members, {"member": {"address": "nonsense", "protocol_port": 80}})
    t.ask(LB, "POST", policies, {"l7policy": {"listener_id": listener, "action": "REDIRECT_TO_POOL", "redirect_pool_id": NOBODY}})
    t.ask(LB, "DELETE", f"{ALL}/{lb}")
    t.ask(LB, "DELETE", f"/lbaas/pools/{spare}")
    t.ask(LB, "DELETE", f"/lbaas/listeners/{listener}", who=OTHER)
    # while one part changes, the whole balancer does
    t.ask(LB, "PUT", f"/lbaas/listeners/{listener}", {"listener": {"name": "new"}})
    for path in (
        *(f"{ALL}/{lb}", f"{ALL}/{lb}?cascade=true", f"/lbaas/listeners/{listener}", f"/lbaas/pools/{pool}", f"{members}/{member}"),
        *(f"{monitors}/{monitor}", f"{policies}/{policy}", f"{rules}/{rule}"),
    ):
        t.ask(LB, "DELETE", path)
    ready(t, lb)
    # one after the other
    for path in (
        *(f"{rules}/{rule}", f"{policies}/{policy}", f"{monitors}/{monitor}", f"{members}/{member}", f"/lbaas/pools/{pool}"),
        f"/lbaas/listeners/{listener}",
    ):
        t.ask(LB, "DELETE", path)
        ready(t, lb)
        t.ask(LB, "DELETE", path)
    t.ask(LB, "GET", f"{ALL}/{lb}")
    t.ask(LB, "DELETE", f"{ALL}/{lb}?cascade=true")
    t.wait_gone(LB, f"{ALL}/{lb}")


def a_whole_tree(t: Teller) -> None:
    _, subnet = network(t)
    monitor = {"type": "TCP", "delay": 5, "timeout": 4, "max_retries": 3}
    pool = {"name": "p", "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN", "healthmonitor": monitor}
    pool["members"] = [{"address": "10.1.0.98", "protocol_port": 80}, {"address": "10.1.0.99", "protocol_port": 80}]
    listener = {"name": "l", "protocol": "TCP", "protocol_port": 80, "default_pool": pool}
    made = balancer(t, vip_subnet_id=subnet, listeners=[listener])
    for path in ("/lbaas/listeners", "/lbaas/pools", "/lbaas/healthmonitors"):
        t.ask(LB, "GET", path)
    t.ask(LB, "GET", f"/lbaas/listeners?loadbalancer_id={made}")
    t.ask(LB, "GET", f"{ALL}/{made}/status")
    pools = t.ask(LB, "GET", f"/lbaas/pools?loadbalancer_id={made}").body["pools"]
    t.ask(LB, "PUT", f"/lbaas/pools/{pools[0]['id']}/members", {"members": [{"address": "10.1.0.97", "protocol_port": 80}]})
    ready(t, made)
    t.ask(LB, "GET", f"/lbaas/pools/{pools[0]['id']}/members")
    t.ask(LB, "DELETE", f"/lbaas/pools/{pools[0]['id']}")
    ready(t, made)
    t.ask(LB, "GET", "/lbaas/listeners")
    t.ask(LB, "DELETE", f"{ALL}/{made}")
    t.ask(LB, "DELETE", f"{ALL}/{made}?cascade=true")
    t.wait_gone(LB, f"{ALL}/{made}")
    t.ask(LB, "GET", "/lbaas/listeners")


def without_its_port(t: Teller) -> None:
    _, subnet = network(t)
    made = t.make(LB, ALL, "loadbalancer", name="lb", vip_subnet_id=subnet)
    ready(t, made["id"])
    t.ask(NET, "DELETE", f"/ports/{made['vip_port_id']}")
    t.ask(LB, "GET", f"{ALL}/{made['id']}")
    t.ask(LB, "DELETE", f"{ALL}/{made['id']}")
    t.wait_gone(LB, f"{ALL}/{made['id']}")


def what_is_not_there(t: Teller) -> None:
    for name in ("loadbalancers", "listeners", "pools", "healthmonitors", "l7policies"):
        t.ask(LB, "GET", f"/lbaas/{name}/{NOBODY}")
        t.ask(LB, "DELETE", f"/lbaas/{name}/{NOBODY}")
        t.ask(LB, "DELETE", f"/lbaas/{name}/not-an-id")
    t.ask(LB, "GET", f"/lbaas/pools/{NOBODY}/members")
    t.ask(LB, "DELETE", f"/lbaas/pools/{NOBODY}/members/{NOBODY}")
    t.ask(LB, "GET", f"/lbaas/l7policies/{NOBODY}/rules")
    t.ask(LB, "GET", "/lbaas/nothings")
    t.ask(LB, "GET", "/lbaas/providers")
    t.ask(LB, "GET", "/lbaas/flavors")
    t.ask(LB, "GET", "/lbaas/availabilityzones")
    t.ask(LB, "GET", f"/lbaas/quotas/{t['project']}")
    t.ask(LB, "GET", f"/lbaas/quotas/{t['other project']}")
    t.ask(LB, "DELETE", f"/lbaas/quotas/{t['project']}")
    t.ask(LB, "GET", "/lbaas/amphorae")


STORIES = (coming_and_going, creating, parts, a_whole_tree, without_its_port, what_is_not_there)
