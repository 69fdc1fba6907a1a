"""Recorded row -> the call that makes its like. Ids in the calls are still the recorded ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .recording import Recorded, Recording, Row

# Nothing is made before what is of a lower rank and named in its row.
RANK = {
    "router": 0,
    "network": 1,
    "subnet": 2,
    "router_interface": 3,
    "secgroup": 3,
    "keypair": 3,
    "servergroup": 3,
    "volume": 3,
    "floatingip": 3,
    "secgroup_rule": 4,
    "loadbalancer": 4,
    "port": 5,
    "server": 6,
    "association": 7,
    "attachment": 8,
}
RULE = ("direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_group_id", "remote_ip_prefix")


@dataclass(frozen=True)
class Call:
    """One request: the attribute of the connection, method, path, body."""

    service: str
    path: str
    body: Row
    method: str = "POST"
    microversion: str | None = None


def _pick(row: Row, *keys: str) -> Row:
    return {k: row[k] for k in keys if row.get(k) is not None}


def _subnet(o: Recorded, _: Recording) -> Call:
    keys = ("network_id", "name", "description", "cidr", "ip_version", "gateway_ip", "enable_dhcp", "allocation_pools", "dns_nameservers")
    return Call("network", "/subnets", {"subnet": _pick(o.row, *keys, "host_routes")})


def _router(o: Recorded, _: Recording) -> Call:
    body = _pick(o.row, "name", "description", "admin_state_up")
    if o.row["external_gateway_info"]:
        body["external_gateway_info"] = {"network_id": o.row["external_gateway_info"]["network_id"]}
    return Call("network", "/routers", {"router": body})


def _port(o: Recorded, _: Recording) -> Call:
    body = _pick(o.row, "network_id", "name", "description", "admin_state_up", "security_groups", "mac_address")
    body |= {k: o.row[k] for k in ("fixed_ips", "allowed_address_pairs") if o.row[k]}
    return Call("network", "/ports", {"port": body})


def _interface(o: Recorded, _: Recording) -> Call:
    body = {"subnet_id": o.row["fixed_ips"][0]["subnet_id"]}
    return Call("network", f"/routers/{o.row['device_id']}/add_router_interface", body, method="PUT")


def _association(o: Recorded, _: Recording) -> Call:
    return Call("network", f"/floatingips/{o.row['id']}", {"floatingip": _pick(o.row, "port_id")}, method="PUT")


def _server(o: Recorded, recording: Recording) -> Call:
    ports = sorted((p for p in recording.of("port") if p.row["device_id"] == o.id), key=lambda p: p.created)
    groups = [g.id for g in recording.of("servergroup") if o.id in g.row["members"]]
    body = _pick(o.row, "name", "key_name", "metadata")
    body |= {"imageRef": o.row["image"]["id"], "flavorRef": o.row["flavor"]["original_name"], "networks": [{"port": p.id} for p in ports]}
    hints = {"os:scheduler_hints": {"group": groups[0]}} if groups else {}
    return Call("compute", "/servers", {"server": body, **hints})


def _attachment(o: Recorded, _: Recording) -> Call:
    return Call("compute", f"/servers/{o.row['server_id']}/os-volume_attachments", {"volumeAttachment": {"volumeId": o.row["volume_id"]}})


def _balancer(o: Recorded, recording: Recording) -> Call:
    """A balancer with all that it holds, in one call: half a minute less than one after the other."""
    body = _pick(o.row, "name", "description", "admin_state_up", "vip_subnet_id", "vip_address")
    listeners = [x.row for x in recording.of("listener") if x.row["loadbalancers"][0]["id"] == o.id]
    pools = {p.id: _pool(p, recording) for p in recording.of("pool")}
    keys = ("name", "description", "protocol", "protocol_port", "connection_limit", "admin_state_up")
    body["listeners"] = [
        {**_pick(row, *keys), **({"default_pool": pools[row["default_pool_id"]]} if row["default_pool_id"] else {})} for row in listeners
    ]
    return Call("load_balancer", "/lbaas/loadbalancers", {"loadbalancer": body})


def _pool(pool: Recorded, recording: Recording) -> Row:
    body = _pick(pool.row, "name", "description", "protocol", "lb_algorithm", "admin_state_up")
    members = [m.row for m in recording.of("member") if m.row["pool_id"] == pool.id]
    body["members"] = [_pick(m, "name", "address", "protocol_port", "subnet_id", "weight", "admin_state_up") for m in members]
    monitors = [m.row for m in recording.of("healthmonitor") if m.row["pools"][0]["id"] == pool.id]
    if monitors:
        body["healthmonitor"] = _pick(monitors[0], "name", "type", "delay", "timeout", "max_retries", "max_retries_down", "admin_state_up")
    return body


def _plain(service: str, path: str, key: str, *fields: str, microversion: str | None = None) -> Callable[[Recorded, Recording], Call]:
    def call(o: Recorded, _: Recording) -> Call:
        return Call(service, path, {key: _pick(o.row, *fields)}, microversion=microversion)

    return call


MAKE: dict[str, Callable[[Recorded, Recording], Call]] = {
    "router": _router,
    "network": _plain("network", "/networks", "network", "name", "description", "admin_state_up", "port_security_enabled"),
    "subnet": _subnet,
    "router_interface": _interface,
    "secgroup": _plain("network", "/security-groups", "security_group", "name", "description", "stateful"),
    "secgroup_rule": _plain("network", "/security-group-rules", "security_group_rule", "security_group_id", "description", *RULE),
    "keypair": _plain("compute", "/os-keypairs", "keypair", "name", "public_key"),
    "servergroup": _plain("compute", "/os-server-groups", "server_group", "name", "policy", microversion="2.64"),
    "volume": _plain("block_storage", "/volumes", "volume", "name", "size", "description", "metadata"),
    "floatingip": _plain("network", "/floatingips", "floatingip", "floating_network_id", "description"),
    "loadbalancer": _balancer,
    "port": _port,
    "server": _server,
    "association": _association,
    "attachment": _attachment,
}


def rule_key(row: Row) -> tuple[Any, ...]:
    """What makes two rules of one group the same rule."""
    return tuple(row[k] for k in RULE)
