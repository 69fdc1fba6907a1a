"""Nova: servers, what is plugged into them, server groups, keypairs."""

from __future__ import annotations

from typing import Any

from tests.conformance.places import ADMIN, OTHER
from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.telling import Teller

NOVA = "compute"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRbVGdoFzRW5o6rVNSqy3zW1ZkSYMkiiCQgGfV8sSbP job"


def server(t: Teller, *networks: dict[str, str], name: str = "s", **fields: Any) -> str:
    """Make a server and wait until it runs."""
    body = {"name": name, "imageRef": t["cirros"], "flavorRef": t["m1.tiny"], "networks": list(networks) or "none", **fields}
    made = str(t.make(NOVA, "/servers", "server", **body)["id"])
    t.wait(NOVA, f"/servers/{made}", "status", "ACTIVE", "ERROR")
    return made


def delete(t: Teller, id_: str) -> None:
    """Delete a server and wait until it is gone."""
    t.ask(NOVA, "DELETE", f"/servers/{id_}")
    t.wait_gone(NOVA, f"/servers/{id_}")


def a_server(t: Teller) -> None:
    net, subnet = network(t)
    mine = port(t, net, name="mine")["id"]
    made = server(t, {"port": mine}, {"uuid": net}, metadata={"k": "v"})
    one = f"/servers/{made}"
    t.ask(NOVA, "GET", "/servers?name=s")
    t.ask(NOVA, "GET", "/servers/detail?name=s&status=ACTIVE")
    t.ask(NOVA, "GET", "/servers/detail?status=ERROR")
    t.ask(NOVA, "GET", one, micro="2.1")
    t.ask(NET, "GET", f"/ports?device_id={made}")
    t.ask(NOVA, "GET", f"{one}/os-interface")
    t.ask(NET, "DELETE", f"/ports/{mine}")
    t.ask(NET, "DELETE", f"/subnets/{subnet}")
    t.ask(NET, "DELETE", f"/networks/{net}")
    t.ask(NOVA, "PUT", one, {"server": {"name": "new", "description": "text"}})
    t.ask(NOVA, "PUT", one, {"server": {"no_such_field": 1}})
    t.ask(NOVA, "GET", one, who=OTHER)
    t.ask(NOVA, "DELETE", one, who=OTHER)
    t.ask(NOVA, "POST", f"{one}/action", {"os-start": None})
    t.ask(NOVA, "POST", f"{one}/action", {"no-such-action": None})
    t.ask(NOVA, "POST", f"{one}/action", {"os-resetState": {"state": "error"}})
    delete(t, made)
    t.ask(NOVA, "DELETE", one)
    t.ask(NET, "GET", f"/ports?network_id={net}")


def creating(t: Teller) -> None:
    net, _ = network(t)
    busy = port(t, net, device_id="something", device_owner="somebody")["id"]
    good = {"name": "s", "imageRef": t["cirros"], "flavorRef": t["m1.tiny"], "networks": "none"}
    for wrong in (
        {"flavorRef": NOBODY},
        {"flavorRef": "99"},
        {"imageRef": NOBODY},
        {"imageRef": "no uuid"},
        {"imageRef": ""},
        {"networks": [{"uuid": NOBODY}]},
        {"networks": [{"port": NOBODY}]},
        {"networks": [{"port": busy}]},
        {"networks": [{"uuid": net, "fixed_ip": "10.77.0.1"}]},
        {"key_name": "nothing"},
        {"security_groups": [{"name": "nothing"}], "networks": [{"uuid": net}]},
        {"availability_zone": "nowhere"},
        {"no_such_field": 1},
        {"name": ""},
        {"networks": "wrong"},
        {"metadata": {"k": 1}},
    ):
        t.ask(NOVA, "POST", "/servers", {"server": {**good, **wrong}})
    t.ask(NOVA, "POST", "/servers", {"server": {k: v for k, v in good.items() if k != "networks"}})
    t.ask(NOVA, "POST", "/servers", {"server": {k: v for k, v in good.items() if k != "flavorRef"}})
    t.ask(NOVA, "POST", "/servers", {"server": good, "os:scheduler_hints": {"group": NOBODY}})
    t.ask(NOVA, "POST", "/servers", {})
    disk = {"uuid": NOBODY, "source_type": "volume", "destination_type": "volume", "boot_index": 0}
    t.ask(NOVA, "POST", "/servers", {"server": {**good, "imageRef": "", "block_device_mapping_v2": [disk]}})
    t.ask(NOVA, "POST", "/servers", {"server": {**good, "networks": [{"uuid": t["public"]}]}})


def a_locked_server(t: Teller) -> None:
    net, _ = network(t)
    made = server(t, {"uuid": net})
    one = f"/servers/{made}"
    held = t.ask(NET, "GET", f"/ports?device_id={made}", quiet=True).body["ports"][0]["id"]
    t.ask(NOVA, "POST", f"{one}/action", {"lock": None})
    t.ask(NOVA, "GET", one)
    t.ask(NOVA, "DELETE", one)
    t.ask(NOVA, "POST", f"{one}/action", {"forceDelete": None})
    t.ask(NOVA, "DELETE", f"{one}/os-interface/{held}")
    t.ask(NOVA, "POST", f"{one}/os-interface", {"interfaceAttachment": {"net_id": net}})
    t.ask(NOVA, "POST", f"{one}/action", {"os-stop": None})
    t.ask(NOVA, "POST", f"{one}/action", {"unlock": None})
    delete(t, made)


def powering(t: Teller) -> None:
    made = server(t)
    one = f"/servers/{made}"
    t.ask(NOVA, "POST", f"{one}/action", {"os-stop": None})
    t.wait(NOVA, one, "status", "SHUTOFF")
    t.ask(NOVA, "POST", f"{one}/action", {"os-stop": None})
    t.ask(NOVA, "POST", f"{one}/action", {"os-start": None})
    t.wait(NOVA, one, "status", "ACTIVE")
    t.ask(NOVA, "POST", f"{one}/action", {"os-resetState": {"state": "error"}}, who=ADMIN)
    t.wait(NOVA, one, "status", "ERROR")
    t.ask(NOVA, "POST", f"{one}/action", {"forceDelete": None})
    t.wait_gone(NOVA, one)


def interfaces(t: Teller) -> None:
    net, _ = network(t)
    made = server(t)
    path = f"/servers/{made}/os-interface"
    mine, second = port(t, net)["id"], port(t, net)["id"]
    t.ask(NOVA, "POST", path, {"interfaceAttachment": {"port_id": mine}})
    t.wait_list(NOVA, path, lambda rows: len(rows) == 1)
    t.ask(NET, "GET", f"/ports/{mine}")
    t.ask(NOVA, "POST", path, {"interfaceAttachment": {"port_id": mine}})
    t.ask(NOVA, "POST", path, {"interfaceAttachment": {"port_id": NOBODY}})
    t.ask(NOVA, "POST", path, {"interfaceAttachment": {"net_id": NOBODY}})
    t.ask(NOVA, "DELETE", f"{path}/{second}")
    t.ask(NOVA, "DELETE", f"{path}/{NOBODY}")
    t.ask(NOVA, "GET", f"{path}/{mine}")
    t.ask(NOVA, "DELETE", f"{path}/{mine}")
    t.wait_list(NOVA, path, lambda rows: not rows)
    t.ask(NET, "GET", f"/ports/{mine}")
    t.ask(NOVA, "POST", path, {"interfaceAttachment": {"net_id": net}})
    (row,) = t.wait_list(NOVA, path, lambda rows: len(rows) == 1)
    t.name(row["port_id"], "nova's port")
    t.ask(NOVA, "DELETE", f"{path}/{row['port_id']}")
    t.wait_list(NOVA, path, lambda rows: not rows)
    t.ask(NET, "GET", f"/ports/{row['port_id']}")
    delete(t, made)


def server_groups(t: Teller) -> None:
    groups = "/os-server-groups"
    made = t.make(NOVA, groups, "server_group", name="sg", policy="soft-anti-affinity")["id"]
    t.ask(NOVA, "GET", f"{groups}/{made}")
    t.ask(NOVA, "GET", f"{groups}/{made}", micro="2.1")
    t.ask(NOVA, "GET", groups)
    t.ask(NOVA, "POST", groups, {"server_group": {"name": "wrong", "policy": "nothing"}})
    t.ask(NOVA, "POST", groups, {"server_group": {"name": "wrong"}})
    body = {"name": "s", "imageRef": t["cirros"], "flavorRef": t["m1.tiny"], "networks": "none"}
    member = t.ask(NOVA, "POST", "/servers", {"server": body, "os:scheduler_hints": {"group": made}}).row()["id"]
    t.wait(NOVA, f"/servers/{member}", "status", "ACTIVE", "ERROR")
    t.ask(NOVA, "GET", f"{groups}/{made}")
    t.ask(NOVA, "GET", f"{groups}/{made}", who=OTHER)
    t.ask(NOVA, "DELETE", f"{groups}/{made}", who=OTHER)
    t.ask(NOVA, "DELETE", f"{groups}/{made}")
    t.ask(NOVA, "DELETE", f"{groups}/{made}")
    t.ask(NOVA, "DELETE", f"{groups}/{NOBODY}")
    delete(t, member)


def keypairs(t: Teller) -> None:
    pairs = "/os-keypairs"
    t.ask(NOVA, "POST", pairs, {"keypair": {"name": "key", "public_key": KEY}})
    t.ask(NOVA, "POST", pairs, {"keypair": {"name": "key", "public_key": KEY}})
    t.ask(NOVA, "POST", pairs, {"keypair": {"name": "nonsense", "public_key": "nonsense"}})
    t.ask(NOVA, "POST", pairs, {"keypair": {"name": "made"}})
    t.ask(NOVA, "POST", pairs, {"keypair": {}})
    t.ask(NOVA, "GET", pairs)
    t.ask(NOVA, "GET", f"{pairs}/key")
    t.ask(NOVA, "GET", f"{pairs}/key", who=OTHER)
    made = server(t, key_name="key")
    t.ask(NOVA, "DELETE", f"{pairs}/key")
    t.ask(NOVA, "GET", f"/servers/{made}")
    t.ask(NOVA, "GET", f"{pairs}/key")
    t.ask(NOVA, "DELETE", f"{pairs}/key")
    t.ask(NOVA, "DELETE", f"{pairs}/key", who=OTHER)
    delete(t, made)


def what_is_not_there(t: Teller) -> None:
    for path in ("", "/os-interface", "/os-volume_attachments", "/tags", "/metadata", "/os-instance-actions"):
        t.ask(NOVA, "GET", f"/servers/{NOBODY}{path}")
    t.ask(NOVA, "DELETE", f"/servers/{NOBODY}")
    t.ask(NOVA, "DELETE", "/servers/not-an-id")
    t.ask(NOVA, "DELETE", f"/servers/{NOBODY}/os-volume_attachments/{NOBODY}")
    t.ask(NOVA, "POST", f"/servers/{NOBODY}/action", {"forceDelete": None})
    t.ask(NOVA, "GET", "/nothings")
    t.ask(NOVA, "GET", f"/flavors/{NOBODY}")
    t.ask(NOVA, "GET", "/flavors/nothing")
    t.ask(NOVA, "GET", "/servers", micro="2.999")
    t.ask(NOVA, "GET", "/servers", micro="banana")


def around(t: Teller) -> None:
    for path in ("/flavors/detail", "/os-availability-zone", "/limits", f"/os-quota-sets/{t['project']}", "/extensions"):
        t.ask(NOVA, "GET", path)
    t.ask(NOVA, "GET", f"/os-quota-sets/{t['project']}/detail")
    t.ask(NOVA, "GET", f"/os-quota-sets/{t['project']}/defaults")
    t.ask(NOVA, "GET", f"/os-quota-sets/{t['other project']}")
    t.ask(NOVA, "GET", "/servers/detail?all_tenants=1")
    t.ask(NOVA, "GET", f"/servers/detail?all_tenants=1&project_id={t['project']}", who=ADMIN)
    t.ask(NOVA, "GET", "/servers/detail?no_such_field=1")
    t.ask(NOVA, "GET", "/os-hypervisors")
    t.ask(NOVA, "GET", "/os-hypervisors/detail")
    t.ask(NOVA, "GET", "/os-availability-zone/detail")
    t.ask(NOVA, "GET", f"/os-simple-tenant-usage/{t['project']}")
    t.ask(NOVA, "GET", f"/os-simple-tenant-usage/{t['other project']}")
    t.ask(NOVA, "GET", "/os-services")
    t.ask(NOVA, "GET", "/os-aggregates")


def tags_and_metadata(t: Teller) -> None:
    made = server(t)
    one = f"/servers/{made}"
    t.ask(NOVA, "PUT", f"{one}/tags", {"tags": ["a", "b"]})
    t.ask(NOVA, "GET", f"{one}/tags")
    t.ask(NOVA, "PUT", f"{one}/tags/c")
    t.ask(NOVA, "PUT", f"{one}/tags/c")
    t.ask(NOVA, "GET", f"{one}/tags/c")
    t.ask(NOVA, "DELETE", f"{one}/tags/c")
    t.ask(NOVA, "DELETE", f"{one}/tags/c")
    t.ask(NOVA, "GET", "/servers/detail?tags=a")
    t.ask(NOVA, "GET", "/servers/detail?tags=x")
    t.ask(NOVA, "DELETE", f"{one}/tags")
    t.ask(NOVA, "POST", f"{one}/metadata", {"metadata": {"k": "v"}})
    t.ask(NOVA, "PUT", f"{one}/metadata", {"metadata": {"l": "w"}})
    t.ask(NOVA, "GET", f"{one}/metadata")
    t.ask(NOVA, "GET", f"{one}/metadata/l")
    t.ask(NOVA, "DELETE", f"{one}/metadata/l")
    t.ask(NOVA, "DELETE", f"{one}/metadata/l")
    delete(t, made)


STORIES = (
    *(a_server, creating, a_locked_server, powering, interfaces, server_groups, keypairs, what_is_not_there, around, tags_and_metadata),
)
