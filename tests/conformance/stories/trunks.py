"""Neutron: trunks."""

from __future__ import annotations

from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.telling import Teller

TRUNKS = "/trunks"


def _sub(id_: str, number: int) -> dict[str, object]:
    return {"port_id": id_, "segmentation_type": "vlan", "segmentation_id": number}


def an_enabled_trunk(t: Teller) -> None:
    net, _ = network(t)
    parent, first, second = (port(t, net)["id"] for _ in range(3))
    trunk = t.make(NET, TRUNKS, "trunk", name="trunk", port_id=parent, sub_ports=[_sub(first, 101)])["id"]
    one = f"{TRUNKS}/{trunk}"
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"/ports/{parent}")
    t.ask(NET, "GET", f"/ports/{first}")
    t.ask(NET, "GET", f"{one}/get_subports")
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": parent}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": first}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": NOBODY}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {}})
    t.ask(NET, "DELETE", f"/ports/{parent}")
    t.ask(NET, "DELETE", f"/ports/{first}")
    t.ask(NET, "PUT", f"{one}/add_subports", {"sub_ports": [_sub(second, 101)]})
    t.ask(NET, "PUT", f"{one}/add_subports", {"sub_ports": [_sub(second, 102)]})
    t.ask(NET, "PUT", f"{one}/add_subports", {"sub_ports": [_sub(second, 103)]})
    t.ask(NET, "PUT", f"{one}/add_subports", {"sub_ports": [_sub(parent, 104)]})
    t.ask(NET, "PUT", f"{one}/remove_subports", {"sub_ports": [{"port_id": second}]})
    t.ask(NET, "PUT", f"{one}/remove_subports", {"sub_ports": [{"port_id": second}]})
    t.ask(NET, "GET", f"/ports/{second}")
    t.ask(NET, "PUT", one, {"trunk": {"name": "new"}})
    t.ask(NET, "PUT", one, {"trunk": {"port_id": second}})
    t.ask(NET, "GET", one)
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)
    t.ask(NET, "GET", f"/ports/{first}")
    t.ask(NET, "DELETE", f"/ports/{first}")


def a_disabled_trunk(t: Teller) -> None:
    net, _ = network(t)
    parent, first, second = (port(t, net)["id"] for _ in range(3))
    fields = {"name": "trunk", "port_id": parent, "admin_state_up": False, "sub_ports": [_sub(first, 101)]}
    trunk = t.make(NET, TRUNKS, "trunk", **fields)["id"]
    one = f"{TRUNKS}/{trunk}"
    t.ask(NET, "DELETE", one)
    t.ask(NET, "PUT", f"{one}/remove_subports", {"sub_ports": [{"port_id": first}]})
    t.ask(NET, "PUT", f"{one}/add_subports", {"sub_ports": [_sub(second, 102)]})
    t.ask(NET, "PUT", one, {"trunk": {"admin_state_up": True}})
    t.ask(NET, "PUT", f"{one}/remove_subports", {"sub_ports": [{"port_id": first}]})
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", f"/ports/{parent}")


def ports_that_are_no_parents(t: Teller) -> None:
    net, subnet = network(t)
    router = t.make(NET, "/routers", "router", name="r")["id"]
    leg = t.ask(NET, "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet}).row()["port_id"]
    t.name(leg, "leg")
    owned = port(t, net, device_id="something", device_owner="somebody")["id"]
    parent = port(t, net)["id"]
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": parent, "sub_ports": [_sub(parent, 5)]}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": parent, "sub_ports": [_sub(leg, 5)]}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": parent, "sub_ports": [_sub(owned, 5)]}})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": owned}})


def a_plugged_trunk(t: Teller) -> None:
    net, _ = network(t)
    parent, first, second = (port(t, net)["id"] for _ in range(3))
    trunk = t.make(NET, TRUNKS, "trunk", name="trunk", port_id=parent, sub_ports=[_sub(first, 101)])["id"]
    fields = {"name": "s", "imageRef": t["cirros"], "flavorRef": t["m1.tiny"], "networks": [{"port": parent}]}
    server = t.make("compute", "/servers", "server", **fields)["id"]
    t.wait("compute", f"/servers/{server}", "status", "ACTIVE", "ERROR")
    t.ask(NET, "GET", f"{TRUNKS}/{trunk}")
    t.ask(NET, "GET", f"/ports/{first}")
    t.ask(NET, "DELETE", f"{TRUNKS}/{trunk}")
    t.ask(NET, "PUT", f"{TRUNKS}/{trunk}/remove_subports", {"sub_ports": [{"port_id": first}]})
    t.ask(NET, "POST", TRUNKS, {"trunk": {"port_id": parent}})
    t.ask(NET, "PUT", f"{TRUNKS}/{trunk}/add_subports", {"sub_ports": [_sub(second, 102)]})
    t.ask("compute", "DELETE", f"/servers/{server}")
    t.wait_gone("compute", f"/servers/{server}")
    t.ask(NET, "GET", f"/ports/{parent}")
    t.ask(NET, "DELETE", f"{TRUNKS}/{trunk}")


STORIES = (an_enabled_trunk, a_disabled_trunk, ports_that_are_no_parents, a_plugged_trunk)
