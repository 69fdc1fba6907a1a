"""Neutron: routers, their interfaces, gateways and routes."""

from __future__ import annotations

from tests.conformance.places import OTHER
from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.telling import Teller


def router(t: Teller, *subnets: str, name: str = "r", gateway: bool = True) -> str:
    """Make a router with a leg in each subnet."""
    info = {"external_gateway_info": {"network_id": t["public"]}} if gateway else {}
    made = str(t.make(NET, "/routers", "router", name=name, **info)["id"])
    for subnet in subnets:
        answer = t.ask(NET, "PUT", f"/routers/{made}/add_router_interface", {"subnet_id": subnet})
        t.name(answer.row()["port_id"], "leg")
    return made


def leg(t: Teller, made: str) -> str:
    """Give the port of a router's interface."""
    ports = t.ask(NET, "GET", f"/ports?device_id={made}&device_owner=network:router_interface", quiet=True).body["ports"]
    return str(ports[0]["id"])


def interfaces(t: Teller) -> None:
    net, subnet = network(t)
    made = router(t, subnet)
    one, held = f"/routers/{made}", leg(t, made)
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"/ports/{held}")
    t.ask(NET, "GET", f"/ports?device_id={made}")
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"subnet_id": subnet})
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"subnet_id": NOBODY})
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"port_id": NOBODY})
    t.ask(NET, "PUT", f"{one}/add_router_interface", {})
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"subnet_id": subnet, "port_id": held})
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", f"/ports/{held}")
    t.ask(NET, "DELETE", f"/subnets/{subnet}")
    t.ask(NET, "DELETE", f"/networks/{net}")
    other_net, other = network(t, "other", "10.2.0.0/24")
    remove = f"{one}/remove_router_interface"
    t.ask(NET, "PUT", remove, {"subnet_id": other})
    t.ask(NET, "PUT", remove, {"subnet_id": NOBODY})
    t.ask(NET, "PUT", remove, {"port_id": NOBODY})
    t.ask(NET, "PUT", remove, {})
    free = port(t, other_net)["id"]
    t.ask(NET, "PUT", remove, {"port_id": free})
    t.ask(NET, "PUT", remove, {"port_id": held}, who=OTHER)
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"port_id": free})
    t.ask(NET, "GET", f"/ports/{free}")
    t.ask(NET, "PUT", remove, {"port_id": free})
    t.ask(NET, "GET", f"/ports/{free}")
    t.ask(NET, "PUT", remove, {"port_id": held})
    t.ask(NET, "PUT", remove, {"port_id": held})
    t.ask(NET, "GET", one)
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)


def a_leg_of_a_busy_port(t: Teller) -> None:
    net, subnet = network(t)
    made = router(t, gateway=False)
    add = f"/routers/{made}/add_router_interface"
    busy = port(t, net, device_id="something", device_owner="somebody")["id"]
    t.ask(NET, "PUT", add, {"port_id": busy})
    t.ask(NET, "PUT", add, {"port_id": port(t, net, fixed_ips=[])["id"]})
    bare = t.make(NET, "/subnets", "subnet", network_id=net, cidr="10.5.0.0/24", ip_version=4, gateway_ip=None)["id"]
    t.ask(NET, "PUT", add, {"subnet_id": bare})
    t.ask(NET, "PUT", add, {"subnet_id": subnet})
    _, same = network(t, "same", "10.1.0.0/24")
    t.ask(NET, "PUT", add, {"subnet_id": same})
    taken = port(t, net, fixed_ips=[{"subnet_id": bare, "ip_address": "10.5.0.1"}])
    t.ask(NET, "PUT", f"/subnets/{bare}", {"subnet": {"gateway_ip": "10.5.0.1"}})
    t.ask(NET, "PUT", add, {"port_id": taken["id"]})


def gateways(t: Teller) -> None:
    _, subnet = network(t)
    made = router(t, gateway=False)
    one = f"/routers/{made}"
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": {"network_id": NOBODY}}})
    inside, _ = network(t, "inside", "10.2.0.0/24")
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": {"network_id": inside}}})
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": {"network_id": t["public"]}}})
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": {"network_id": t["public"], "enable_snat": False}}})
    t.ask(NET, "PUT", f"{one}/add_router_interface", {"subnet_id": subnet})
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": {}}})
    t.ask(NET, "PUT", one, {"router": {"external_gateway_info": None}})
    t.ask(NET, "POST", "/routers", {"router": {"external_gateway_info": {"network_id": inside}}})
    t.ask(NET, "POST", "/routers", {"router": {"name": "wrong", "distributed": True}})
    t.ask(NET, "PUT", one, {"router": {"name": "new", "admin_state_up": False}})
    t.ask(NET, "GET", one)


def routes(t: Teller) -> None:
    _, subnet = network(t)
    made = router(t, subnet)
    one = f"/routers/{made}"

    def body(*lines: tuple[str, str]) -> dict[str, object]:
        return {"router": {"routes": [{"destination": to, "nexthop": by} for to, by in lines]}}

    near = ("10.50.0.0/24", "10.1.0.9")
    t.ask(NET, "PUT", f"{one}/add_extraroutes", body(near))
    t.ask(NET, "PUT", f"{one}/add_extraroutes", body(near))
    t.ask(NET, "PUT", f"{one}/add_extraroutes", body(("10.51.0.0/24", "10.99.0.9")))
    t.ask(NET, "PUT", f"{one}/add_extraroutes", body(("nonsense", "10.1.0.9")))
    t.ask(NET, "PUT", one, body(near, ("10.52.0.0/24", "10.1.0.1")))
    t.ask(NET, "PUT", one, body(("10.52.0.0/24", "10.99.0.9")))
    t.ask(NET, "PUT", one, body(near, near))
    t.ask(NET, "GET", one)
    t.ask(NET, "PUT", f"{one}/remove_router_interface", {"subnet_id": subnet})
    t.ask(NET, "DELETE", one)
    t.ask(NET, "PUT", f"{one}/remove_extraroutes", body(("10.77.0.0/24", "10.1.0.9")))
    t.ask(NET, "PUT", f"{one}/remove_extraroutes", body(near))
    t.ask(NET, "PUT", f"{one}/remove_router_interface", {"subnet_id": subnet})
    t.ask(NET, "PUT", one, {"router": {"routes": []}})
    t.ask(NET, "DELETE", one)


STORIES = (interfaces, a_leg_of_a_busy_port, gateways, routes)
