"""Neutron: floating IPs and port forwardings."""

from __future__ import annotations

from tests.conformance.places import ADMIN, OTHER
from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.stories.routers import leg, router
from tests.conformance.telling import Teller

IPS = "/floatingips"


def associations(t: Teller) -> None:
    net, subnet = network(t)
    made = port(t, net)["id"]
    ip = t.make(NET, IPS, "floatingip", floating_network_id=t["public"])["id"]
    one = f"{IPS}/{ip}"
    t.ask(NET, "GET", one)
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": made}})
    way = router(t, subnet)
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": NOBODY}})
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": made, "fixed_ip_address": "10.77.0.1"}})
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": made}})
    t.ask(NET, "PUT", one, {"floatingip": {"description": "text"}})
    t.ask(NET, "PUT", one, {"floatingip": {"floating_network_id": NOBODY}})
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": t["public"], "port_id": made}})
    second = t.make(NET, IPS, "floatingip", floating_network_id=t["public"])["id"]
    t.ask(NET, "PUT", f"{IPS}/{second}", {"floatingip": {"port_id": made}})
    t.ask(NET, "PUT", f"{IPS}/{second}", {"floatingip": {"port_id": leg(t, way)}})
    t.ask(NET, "PUT", f"/routers/{way}/remove_router_interface", {"subnet_id": subnet})
    t.ask(NET, "PUT", f"/routers/{way}", {"router": {"external_gateway_info": {}}})
    t.ask(NET, "DELETE", f"/routers/{way}")
    t.ask(NET, "GET", f"/ports/{made}")
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": None}})
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": None}})
    t.ask(NET, "PUT", one, {"floatingip": {"port_id": made}})
    t.ask(NET, "DELETE", f"/ports/{made}")
    t.ask(NET, "GET", one)
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)


def making(t: Teller) -> None:
    net, _ = network(t)
    t.ask(NET, "POST", IPS, {"floatingip": {}})
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": NOBODY}})
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": net}})
    bare = port(t, net, fixed_ips=[])["id"]
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": t["public"], "port_id": bare}})
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": t["public"], "port_id": NOBODY}})
    t.ask(NET, "POST", IPS, {"floatingip": {"floating_network_id": t["public"], "floating_ip_address": "192.0.2.1"}})
    ip = t.make(NET, IPS, "floatingip", floating_network_id=t["public"], description="mine")
    t.ask(NET, "GET", f"{IPS}?floating_network_id={t['public']}")
    t.ask(NET, "GET", f"{IPS}?floating_ip_address={ip['floating_ip_address']}")
    t.ask(NET, "GET", f"{IPS}?port_id={NOBODY}")
    t.ask(NET, "DELETE", f"{IPS}/{ip['id']}", who=OTHER)
    ports = t.ask(NET, "GET", f"/ports?device_id={ip['id']}", who=ADMIN).body["ports"]
    t.ask(NET, "DELETE", f"/ports/{ports[0]['id']}", who=ADMIN)


def forwardings(t: Teller) -> None:
    net, subnet = network(t)
    way = router(t, subnet)
    made = port(t, net)
    ip = t.make(NET, IPS, "floatingip", floating_network_id=t["public"])["id"]
    path = f"{IPS}/{ip}/port_forwardings"
    address = made["fixed_ips"][0]["ip_address"]
    fields = {"protocol": "tcp", "internal_port": 22, "external_port": 2222, "internal_port_id": made["id"], "internal_ip_address": address}
    forwarding = t.make(NET, path, "port_forwarding", **fields)["id"]
    t.ask(NET, "GET", path)
    t.ask(NET, "GET", f"{path}/{forwarding}")
    t.ask(NET, "POST", path, {"port_forwarding": fields})
    t.ask(NET, "POST", path, {"port_forwarding": {**fields, "internal_port": 23}})
    t.ask(NET, "POST", path, {"port_forwarding": {**fields, "external_port": 99999}})
    t.ask(NET, "GET", f"{IPS}/{ip}")
    t.ask(NET, "PUT", f"{path}/{forwarding}", {"port_forwarding": {"internal_port": 80}})
    t.ask(NET, "DELETE", f"{IPS}/{ip}")
    t.ask(NET, "PUT", f"{IPS}/{ip}", {"floatingip": {"port_id": made["id"]}})
    t.ask(NET, "PUT", f"/routers/{way}/remove_router_interface", {"subnet_id": subnet})
    t.ask(NET, "PUT", f"/routers/{way}", {"router": {"external_gateway_info": {}}})
    t.ask(NET, "DELETE", f"{path}/{NOBODY}")
    t.ask(NET, "DELETE", f"{path}/{forwarding}")
    t.ask(NET, "DELETE", f"{path}/{forwarding}")
    t.ask(NET, "GET", f"{IPS}/{ip}")
    t.make(NET, path, "port_forwarding", **fields)
    t.ask(NET, "DELETE", f"/ports/{made['id']}")
    t.ask(NET, "GET", path)
    t.ask(NET, "GET", f"{IPS}/{ip}")
    other = port(t, net)["id"]
    t.ask(NET, "PUT", f"{IPS}/{ip}", {"floatingip": {"port_id": other}})
    t.ask(NET, "POST", path, {"port_forwarding": {**fields, "internal_port_id": other}})
    t.ask(NET, "DELETE", f"{IPS}/{ip}")


STORIES = (associations, making, forwardings)
