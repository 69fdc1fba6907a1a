"""Ties between live objects: what their fields name, and what only several objects together show.

The declared references give most edges; the functions below give those that no single field holds. Facts are those of
Neutron's and Octavia's refusals (`RouterInterfaceInUseByFloatingIP`, `RouterInterfaceInUseByRoute`, amphora ports on the VIP's subnet).
"""

from __future__ import annotations

import ipaddress
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator

from tfclean.kinds.base import values
from tfclean.kinds.disks import made_with, server_of
from tfclean.kinds.ports import balancer_of, is_vrrp, serves_router
from tfclean.kinds.registry import KINDS
from tfclean.model import Edge, EdgeType, Inventory, Key, Resource


def edges(inventory: Inventory) -> tuple[Edge, ...]:
    """Give all ties between the objects of `inventory`, each pair and type once, in a stable order."""
    found: dict[tuple[Key, Key, EdgeType], Edge] = {}
    for edge in (*_declared(inventory), *(e for relation in RELATIONS for e in relation(inventory))):
        found.setdefault((edge.source, edge.target, edge.type), edge)
    return tuple(found.values())


def _declared(inventory: Inventory) -> Iterator[Edge]:
    for resource in inventory.resources.values():
        for reference in KINDS[resource.kind].references:
            if reference.when is not None and not reference.when(resource):
                continue
            for id_ in values({"id": resource.id, **resource.attributes}, reference.path):
                target = next((k for name in reference.kinds if (k := Key(name, str(id_))) in inventory.resources), None)
                if target is None or target == resource.key:
                    continue
                pair = (target, resource.key) if reference.reverse else (resource.key, target)
                yield Edge(*pair, reference.edge, reference.reason)


def _interface_by_subnet(inventory: Inventory) -> dict[str, list[Resource]]:
    out: dict[str, list[Resource]] = defaultdict(list)
    for interface in inventory.of("network.router_interface"):
        for subnet in values(interface.attributes, "fixed_ips[].subnet_id"):
            out[subnet].append(interface)
    return out


def _associations_hold_interfaces(inventory: Inventory) -> Iterator[Edge]:
    """A floating IP into a subnet keeps the router from leaving it."""
    interfaces = _interface_by_subnet(inventory)
    for tie in inventory.of("network.floating_ip_association"):
        port = inventory.resources.get(Key("network.port", str(tie.attributes.get("port_id"))))
        for subnet in values(port.attributes, "fixed_ips[].subnet_id") if port else ():
            for interface in interfaces[subnet]:
                if interface.attributes.get("device_id") == tie.attributes.get("router_id"):
                    yield Edge(tie.key, interface.key, EdgeType.HOLDS, "needs the way through")


def _forwardings_hold_interfaces(inventory: Inventory) -> Iterator[Edge]:
    """So does a port forwarding."""
    interfaces = _interface_by_subnet(inventory)
    for forwarding in inventory.of("network.port_forwarding"):
        port = inventory.resources.get(Key("network.port", str(forwarding.attributes.get("internal_port_id"))))
        for subnet in values(port.attributes, "fixed_ips[].subnet_id") if port else ():
            for interface in interfaces[subnet]:
                yield Edge(forwarding.key, interface.key, EdgeType.HOLDS, "needs the way through")


def _routes_hold_interfaces(inventory: Inventory) -> Iterator[Edge]:
    """A route whose next hop lies in a subnet keeps the router from leaving it."""
    interfaces = _interface_by_subnet(inventory)
    for route in inventory.of("network.router_route"):
        for subnet in inventory.of("network.subnet"):
            if not _within(route.attributes.get("nexthop"), subnet.attributes.get("cidr")):
                continue
            for interface in interfaces[subnet.id]:
                if interface.attributes.get("device_id") == route.attributes.get("router_id"):
                    yield Edge(route.key, interface.key, EdgeType.HOLDS, "has its next hop behind")


def _within(address: object, cidr: object) -> bool:
    try:
        return ipaddress.ip_address(str(address)) in ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        return False


def _servers_ease_addresses(inventory: Inventory) -> Iterator[Edge]:
    """Neutron tells Nova of every change of a server's floating IP, and Nova then asks for all of the server's ports again."""
    for tie in inventory.of("network.floating_ip_association"):
        port = inventory.resources.get(Key("network.port", str(tie.attributes.get("port_id"))))
        server = Key("compute.server", str(port.attributes.get("device_id"))) if port else None
        address = Key("network.floating_ip", tie.id)
        if server is not None and server in inventory.resources and address in inventory.resources:
            yield Edge(server, address, EdgeType.EASES, "is told of every change of")


def _amphora_ports(inventory: Inventory) -> Iterator[Edge]:
    """An amphora's port goes with its balancer; which one that is cannot be seen, only that its VIP is on the same network."""
    balancers: dict[str, list[Resource]] = defaultdict(list)
    for balancer in inventory.of("load_balancer.load_balancer"):
        balancers[str(balancer.attributes.get("vip_network_id"))].append(balancer)
    for port in inventory.of("network.port"):
        if is_vrrp(port):
            for balancer in balancers[str(port.attributes.get("network_id"))]:
                yield Edge(port.key, balancer.key, EdgeType.IMPLIED_BY, "is the amphora's port of")


def _vip_ports(inventory: Inventory) -> Iterator[Edge]:
    """Octavia deletes the VIP port that it made itself."""
    for port in inventory.of("network.port"):
        balancer = Key("load_balancer.load_balancer", balancer_of(port))
        if balancer in inventory.resources:
            yield Edge(port.key, balancer, EdgeType.IMPLIED_BY, "is the VIP port of")


def _router_ports(inventory: Inventory) -> Iterator[Edge]:
    """Neutron's own ports for a router go with it; that for central SNAT already with the leg in its subnet."""
    interfaces = _interface_by_subnet(inventory)
    for port in inventory.of("network.port"):
        if not serves_router(port):
            continue
        device = str(port.attributes.get("device_id") or "")
        subnets = values(port.attributes, "fixed_ips[].subnet_id")
        legs = [leg for subnet in subnets for leg in interfaces[subnet] if leg.attributes.get("device_id") == device]
        router = Key("network.router", device)
        for maker in [leg.key for leg in legs] or ([router] if router in inventory.resources else []):
            yield Edge(port.key, maker, EdgeType.IMPLIED_BY, "is Neutron's own port for")


def _boot_volumes(inventory: Inventory) -> Iterator[Edge]:
    """Nova deletes a volume with its server if it was asked to when it attached it."""
    for server in inventory.of("compute.server"):
        for row in server.attributes.get("os-extended-volumes:volumes_attached") or ():
            volume = Key("block_storage.volume", str(row.get("id")))
            if row.get("delete_on_termination") and volume in inventory.resources:
                yield Edge(volume, server.key, EdgeType.IMPLIED_BY, "is deleted with")


def _kept_disks(inventory: Inventory) -> Iterator[Edge]:
    """Nova leaves the disks that it made for a server unless it was asked to delete them."""
    for volume in inventory.of("block_storage.volume"):
        ends = {Key("compute.server", str(id_)) for id_ in values(volume.attributes, "attachments[].server_id")}
        named = server_of(volume)
        for key in sorted(ends | ({named} if named else set())):
            if key in inventory.resources and made_with(volume, inventory.resources[key]):
                yield Edge(volume.key, key, EdgeType.USES, "was made by Nova for")


def _attachments(inventory: Inventory) -> Iterator[Edge]:
    """Cinder's record of an attachment goes with the server's tie, and refuses to go before it (`ConflictNovaUsingAttachment`)."""
    for tie in inventory.of("compute.volume_attachment"):
        record = Key("block_storage.attachment", str(tie.attributes.get("attachment_id")))
        if record in inventory.resources:
            yield Edge(record, tie.key, EdgeType.PART_OF, "is Cinder's record of")


def _incremental_backups(inventory: Inventory) -> Iterator[Edge]:
    """An incremental backup holds those of the same volume that were made before it."""
    by_volume: dict[str, list[Resource]] = defaultdict(list)
    for backup in inventory.of("block_storage.backup"):
        by_volume[str(backup.attributes.get("volume_id"))].append(backup)
    for backups in by_volume.values():
        dated = sorted((b for b in backups if b.created_at), key=lambda b: str(b.created_at))
        for older, newer in itertools.pairwise(dated):
            if newer.attributes.get("is_incremental"):
                yield Edge(newer.key, older.key, EdgeType.HOLDS, "builds on")


RELATIONS: tuple[Callable[[Inventory], Iterator[Edge]], ...] = (
    _associations_hold_interfaces,
    _forwardings_hold_interfaces,
    _routes_hold_interfaces,
    _servers_ease_addresses,
    _amphora_ports,
    _vip_ports,
    _router_ports,
    _boot_volumes,
    _kept_disks,
    _attachments,
    _incremental_backups,
)
