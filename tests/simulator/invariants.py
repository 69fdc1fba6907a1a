"""What is true of every world at every moment."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator

from tfclean.simulator import World

# kind, field, kinds that it may name
NAMES = (
    ("subnet", "network_id", "network"),
    ("port", "network_id", "network"),
    ("security_group_rule", "security_group_id", "security_group"),
    ("security_group_rule", "remote_group_id", "security_group"),
    ("security_group_rule", "remote_address_group_id", "address_group"),
    ("floatingip", "port_id", "port"),
    ("floatingip", "router_id", "router"),
    ("floatingip", "floating_network_id", "network"),
    ("port_forwarding", "internal_port_id", "port"),
    ("port_forwarding", "_floatingip", "floatingip"),
    ("trunk", "port_id", "port"),
    ("subnet", "subnetpool_id", "subnetpool"),
    ("volume_attachment", "serverId", "server"),
    ("volume_attachment", "volumeId", "volume"),
    ("attachment", "volume_id", "volume"),
    ("snapshot", "volume_id", "volume"),
    *((part, "_balancer", "loadbalancer") for part in ("listener", "pool", "member", "healthmonitor", "l7policy", "l7rule")),
    ("listener", "default_pool_id", "pool"),
    ("member", "_pool", "pool"),
    ("healthmonitor", "_pool", "pool"),
    ("l7policy", "listener_id", "listener"),
    ("l7policy", "redirect_pool_id", "pool"),
    ("l7rule", "_l7policy", "l7policy"),
)


def broken(world: World) -> list[str]:
    """Give what is not as it should be."""
    return [*_dangling(world), *_ports(world), *_revisions(world)]


def _dangling(world: World) -> Iterator[str]:
    for kind, field, target in NAMES:
        for id_, row in world.tables[kind].items():
            if row.get(field) and row[field] not in world.tables[target]:
                yield f"{kind} {id_} names {target} {row[field]}, which is gone"


def _ports(world: World) -> Iterator[str]:
    tables = world.tables
    taken: Counter[tuple[str, str]] = Counter()
    for port in tables["port"].values():
        for fixed in port["fixed_ips"]:
            subnet = tables["subnet"].get(fixed["subnet_id"])
            if subnet is None or subnet["network_id"] != port["network_id"]:
                yield f"port {port['id']} has an address in subnet {fixed['subnet_id']}, which is not on its network"
            elif ipaddress.ip_address(fixed["ip_address"]) not in ipaddress.ip_network(subnet["cidr"]):
                yield f"port {port['id']} has an address outside its subnet"
            taken[fixed["subnet_id"], fixed["ip_address"]] += 1
        yield from (
            f"port {port['id']} is in group {g}, which is gone" for g in port["security_groups"] if g not in tables["security_group"]
        )
        if port["device_owner"] == "network:router_interface" and port["device_id"] not in tables["router"]:
            yield f"port {port['id']} is the interface of a router that is gone"
        if port["device_owner"] == "compute:nova" and "_balancer" not in port and port["device_id"] not in tables["server"]:
            yield f"port {port['id']} is in a server that is gone"
    yield from (f"two ports have {address}" for address, count in taken.items() if count > 1)


def _revisions(world: World) -> Iterator[str]:
    last: dict[tuple[str, str], int] = {}
    for change in world.audit:
        if change.after is None or "revision_number" not in change.after:
            last.pop((change.kind, change.id), None)
            continue
        number, key = change.after["revision_number"], (change.kind, change.id)
        if change.action == "changed" and change.before is not None and number <= change.before["revision_number"]:
            yield f"{key} went from revision {change.before['revision_number']} to {number}"
        if key in last and number <= last[key]:
            yield f"{key} fell back to revision {number}"
        last[key] = number
