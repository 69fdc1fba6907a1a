"""Recorded list answers in, a world in which those objects live out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tfclean.simulator.api import Row
from tfclean.simulator.block_storage import TENANT
from tfclean.simulator.load_balancer_parts import PARTS
from tfclean.simulator.world import World

Answers = Mapping[str, Mapping[str, Mapping[str, Any]]]
# kind → service, path of the list, key of the rows.
PLAIN = {
    "network": ("network", "/networks", "networks"),
    "subnet": ("network", "/subnets", "subnets"),
    "router": ("network", "/routers", "routers"),
    "port": ("network", "/ports", "ports"),
    "floatingip": ("network", "/floatingips", "floatingips"),
    "security_group": ("network", "/security-groups", "security_groups"),
    "trunk": ("network", "/trunks", "trunks"),
    "subnetpool": ("network", "/subnetpools", "subnetpools"),
    "address_scope": ("network", "/address-scopes", "address_scopes"),
    "address_group": ("network", "/address-groups", "address_groups"),
    "qos_policy": ("network", "/qos/policies", "policies"),
    "rbac_policy": ("network", "/rbac-policies", "rbac_policies"),
    "server": ("compute", "/servers/detail", "servers"),
    "server_group": ("compute", "/os-server-groups", "server_groups"),
    "volume": ("block-storage", "/volumes/detail", "volumes"),
    "snapshot": ("block-storage", "/snapshots/detail", "snapshots"),
    "backup": ("block-storage", "/backups/detail", "backups"),
    "image": ("image", "/images", "images"),
    "loadbalancer": ("load-balancer", "/lbaas/loadbalancers", "loadbalancers"),
    "listener": ("load-balancer", "/lbaas/listeners", "listeners"),
    "pool": ("load-balancer", "/lbaas/pools", "pools"),
    "healthmonitor": ("load-balancer", "/lbaas/healthmonitors", "healthmonitors"),
    "l7policy": ("load-balancer", "/lbaas/l7policies", "l7policies"),
}
# What the world works out from other rows.
DERIVED = frozenset(
    (
        *("subnets", "tenant_id", "port_details", "port_forwardings", "security_group_rules", "trunk_details", "ip_allocation"),
        *("addresses", "os-extended-volumes:volumes_attached", "links", "attachments", "qos_network_policy_id", "has_dependent_backups"),
        *("l7policies", "members", "healthmonitor_id", "self", "file", "schema"),
    )
)
KEPT = {"address_group": frozenset(("addresses",)), "server": frozenset(("tenant_id",)), "server_group": frozenset(("members",))}


def load(world: World, answers: Answers) -> None:
    """Empty a world and let recorded objects live in it; its project and user become those of the recording.

    Args:
        world: is emptied.
        answers: service → path → body, as recorded.
    """
    world.clear()
    rows = {kind: list(_rows(answers, *where)) for kind, where in PLAIN.items()}
    project = next((r["project_id"] for r in rows["network"] if not r["router:external"]), world.project)
    users = [r["user_id"] for kind in ("server", "volume", "server_group") for r in rows[kind] if r.get("user_id")]
    world.projects = {project: world.projects[world.project], **{k: v for k, v in world.projects.items() if k != world.project}}
    user = users[0] if users else world.user
    world.users = {user: world.users[world.user], **{k: v for k, v in world.users.items() if k != world.user}}
    world.project, world.user = project, user
    tables = world.store.tables
    for kind, those in rows.items():
        for row in those:
            kept: frozenset[str] = KEPT.get(kind, frozenset())
            tables[kind][row["id"]] = {k: v for k, v in row.items() if k not in DERIVED or k in kept}
    _network(world, answers, rows)
    _compute(world, answers, rows)
    _block_storage(world, rows)
    _balancers(world, answers, rows)
    for image in tables["image"].values():
        # What is seen without being public was lent.
        if image["visibility"] == "shared" and image["owner"] != project:
            member = {"image_id": image["id"], "member_id": project, "status": "accepted", "schema": "/v2/schemas/member"}
            tables["image_member"][f"{image['id']}/{project}"] = member | dict.fromkeys(("created_at", "updated_at"), image["created_at"])
    for image_id, row in _below(answers, "image", r"/images/([^/]+)/members", "members"):
        tables["image_member"][f"{image_id}/{row['member_id']}"] = row
    _gates(world)
    world.external = next((r["id"] for r in rows["network"] if r["router:external"]), "")
    world.audit.clear()


def _rows(answers: Answers, service: str, path: str, key: str) -> Iterator[Row]:
    yield from answers.get(service, {}).get(path, {}).get(key, ())


def _below(answers: Answers, service: str, pattern: str, key: str) -> Iterator[tuple[str, Row]]:
    for path, body in answers.get(service, {}).items():
        match = re.fullmatch(pattern, path)
        if match:
            for row in body.get(key, ()):
                yield match[1], row


def _network(world: World, answers: Answers, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    own = next((p["project_id"] for p in rows["port"] if p["name"].startswith("octavia-lb-vrrp-")), world.service_project)
    world.projects.setdefault(own, "service")
    world.service_project = own
    rules = [r for g in rows["security_group"] for r in g["security_group_rules"]]
    for rule in [*rules, *_rows(answers, "network", "/security-group-rules", "security_group_rules")]:
        tables["security_group_rule"][rule["id"]] = {k: v for k, v in rule.items() if k not in ("tenant_id", "tags", "standard_attr_id")}
    for address, row in _below(answers, "network", r"/floatingips/([^/]+)/port_forwardings", "port_forwardings"):
        tables["port_forwarding"][row["id"]] = {**row, "_floatingip": address}
    for row in rows["floatingip"]:
        for part in row.get("port_forwardings") or ():
            tables["port_forwarding"].setdefault(part["id"], {"description": "", **part, "_floatingip": row["id"]})
    for policy in rows["qos_policy"]:
        for rule in policy.get("rules", ()):
            tables["qos_rule"][rule["id"]] = rule
    for grant in tables["rbac_policy"].values():
        grant.pop("tenant_id", None)
    _ports(world, rows)


def _ports(world: World, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    for port in tables["port"].values():
        for group in port["security_groups"]:
            # Octavia's groups are of its own project: a recording shows their ids only.
            if group not in tables["security_group"]:
                world.network.governing.new_group(world.service_project, id=group, name=f"lb-{port['device_id'].removeprefix('lb-')}")
    # A recording does not say which ports Nova made: those without a name, made with their server or later.
    servers = {r["id"]: r for r in rows["server"]}
    for port in tables["port"].values():
        server = servers.get(port["device_id"])
        if server and not port["name"] and port["created_at"] >= server["created"]:
            port["_nova"] = True


def _compute(world: World, answers: Answers, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    for item in _rows(answers, "compute", "/os-keypairs", "keypairs"):
        pair = item["keypair"]
        more = {"id": len(tables["keypair"]) + 1, "user_id": world.user, "created_at": "2026-01-01T00:00:00.000000", "deleted": False}
        tables["keypair"][f"{world.user}/{pair['name']}"] = {**more, **pair}
    for each in rows["server"]:
        world.users.setdefault(each["user_id"], each["user_id"])
    for server, row in _below(answers, "compute", r"/servers/([^/]+)/os-volume_attachments", "volumeAttachments"):
        tables["volume_attachment"][row["attachment_id"]] = {**row, "id": row["attachment_id"], "serverId": server}


def _block_storage(world: World, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    ending = {
        v["id"]: v.get("delete_on_termination", False) for s in rows["server"] for v in s.get("os-extended-volumes:volumes_attached", ())
    }
    for volume in rows["volume"]:
        tables["volume"][volume["id"]]["_project"] = volume[TENANT]
        for tie in volume.get("attachments", ()):
            id_, server = tie["attachment_id"], tie.get("server_id")
            row = {"id": id_, "volume_id": volume["id"], "instance": server, "status": "attached", "attached_at": tie.get("attached_at")}
            row |= {
                "detached_at": None,
                "attach_mode": "rw",
                "connection_info": {},
                "_project": volume[TENANT],
                "_device": tie.get("device"),
            }
            tables["attachment"][id_] = row
            if server in tables["server"] and id_ not in tables["volume_attachment"]:
                made = {"id": id_, "attachment_id": id_, "bdm_uuid": world.store.uuid(), "volumeId": volume["id"], "serverId": server}
                made |= {"device": tie.get("device"), "tag": None, "delete_on_termination": ending.get(volume["id"], False)}
                tables["volume_attachment"][id_] = made
    for kind in ("snapshot", "backup"):
        for row in tables[kind].values():
            row["_project"] = world.project
            if kind == "backup":
                row.setdefault("_parent", None)


def _balancers(world: World, answers: Answers, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    for part, path in (("member", r"/lbaas/pools/([^/]+)/members"), ("l7rule", r"/lbaas/l7policies/([^/]+)/rules")):
        for parent, row in _below(answers, "load-balancer", path, PARTS[part].many):
            tables[part][row["id"]] = {**{k: v for k, v in row.items() if k != "tenant_id"}, PARTS[part].parent: parent}
    for row in rows["listener"]:
        tables["listener"][row["id"]]["_balancer"] = row["loadbalancers"][0]["id"]
    for row in rows["pool"]:
        tables["pool"][row["id"]]["_balancer"] = row["loadbalancers"][0]["id"]
        balancer = tables["loadbalancer"][row["loadbalancers"][0]["id"]]
        for number, member in enumerate(row["members"]):
            # Where nobody listed the members, the pool still names them.
            if member["id"] not in tables["member"]:
                made = world.load_balancer.new(PARTS["member"], row["project_id"], {"subnet_id": balancer["vip_subnet_id"]})
                made |= {
                    "id": member["id"],
                    "address": f"192.0.2.{number + 1}",
                    "created_at": row["created_at"],
                    "provisioning_status": "ACTIVE",
                }
                tables["member"][member["id"]] = {**made, "_pool": row["id"]}
    _parts(world, rows)
    for row in tables["loadbalancer"].values():
        vip = tables["port"].get(row["vip_port_id"])
        row["_own_vip"] = vip is None or vip["name"].startswith("octavia-lb-")
        for name in ("listeners", "pools"):
            row.pop(name, None)
        if vip:
            _own_port(world, row, vip["network_id"])


def _parts(world: World, rows: Mapping[str, list[Row]]) -> None:
    tables = world.store.tables
    for row in rows["healthmonitor"]:
        tables["healthmonitor"][row["id"]]["_pool"] = row["pools"][0]["id"]
    above = {"member": "pool", "healthmonitor": "pool", "l7policy": "listener", "l7rule": "l7policy"}
    names = {"member": "_pool", "healthmonitor": "_pool", "l7policy": "listener_id", "l7rule": "_l7policy"}
    for part, parent in above.items():
        for row in tables[part].values():
            row["_balancer"] = tables[parent][row[names[part]]]["_balancer"]


def _own_port(world: World, balancer: Row, network: str) -> None:
    taken = ("PENDING_CREATE",) if balancer["provisioning_status"] == "PENDING_CREATE" else ()
    for port in world.store.rows("port", network_id=network):
        if port["name"].startswith("octavia-lb-vrrp-") and "_balancer" not in port and not taken:
            port["_balancer"] = balancer["id"]
            return


def _gates(world: World) -> None:
    """Make the ports that a recording cannot show, because they belong to nobody: of gateways and of floating IPs."""
    addresses, tables = world.network.addresses, world.store.tables
    for router in list(tables["router"].values()):
        info = router["external_gateway_info"]
        if info and info["network_id"] in tables["network"]:
            owner = {"device_owner": "network:router_gateway", "device_id": router["id"], "project_id": ""}
            addresses.make_port(tables["network"][info["network_id"]], info["external_fixed_ips"], **owner)
    for address in list(tables["floatingip"].values()):
        network = tables["network"].get(address["floating_network_id"])
        subnet = next(iter(world.store.rows("subnet", network_id=address["floating_network_id"])), None)
        if network and subnet:
            fixed = [{"subnet_id": subnet["id"], "ip_address": address["floating_ip_address"]}]
            owner = {"device_owner": "network:floatingip", "device_id": address["id"], "project_id": ""}
            addresses.make_port(network, fixed, **owner)
