"""What the world itself says about the end: asked of the simulator by plain requests, without any of the product's knowledge."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tfclean.simulator import Caller, Change, World, harm

PATHS = {
    "network": ("network", "/networks"),
    "subnet": ("network", "/subnets"),
    "port": ("network", "/ports"),
    "router": ("network", "/routers"),
    "floatingip": ("network", "/floatingips"),
    "security_group": ("network", "/security-groups"),
    "trunk": ("network", "/trunks"),
    "server": ("compute", "/servers"),
    "server_group": ("compute", "/os-server-groups"),
    "keypair": ("compute", "/os-keypairs"),
    "volume": ("block-storage", "/volumes"),
    "snapshot": ("block-storage", "/snapshots"),
    "loadbalancer": ("load-balancer", "/lbaas/loadbalancers"),
    "listener": ("load-balancer", "/lbaas/listeners"),
    "pool": ("load-balancer", "/lbaas/pools"),
    "healthmonitor": ("load-balancer", "/lbaas/healthmonitors"),
}


@dataclass(frozen=True)
class Ties:
    """What hangs on what, by ids, as it was at some moment."""

    interfaces: frozenset[tuple[str, str]]
    addresses: frozenset[tuple[str, str]]
    attachments: frozenset[tuple[str, str]]


def ties(world: World) -> Ties:
    """Note every interface, floating IP in use and attached volume."""
    tables = world.tables
    legs = {
        (port["device_id"], fixed["subnet_id"])
        for port in tables["port"].values()
        if port["device_owner"] == "network:router_interface"
        for fixed in port["fixed_ips"]
    }
    addresses = {(row["id"], row["port_id"]) for row in tables["floatingip"].values() if row.get("port_id")}
    attached = {(row["serverId"], row["volumeId"]) for row in tables["volume_attachment"].values()}
    return Ties(frozenset(legs), frozenset(addresses), frozenset(attached))


def in_vain(world: World, before: Ties) -> list[str]:
    """Give ties that are gone although both of their ends are still there."""
    tables, now = world.tables, ties(world)
    out = [
        f"subnet {subnet} is no longer on router {router}"
        for router, subnet in sorted(before.interfaces - now.interfaces)
        if router in tables["router"] and subnet in tables["subnet"]
    ]
    out += [
        f"address {address} is no longer on port {port}"
        for address, port in sorted(before.addresses - now.addresses)
        if address in tables["floatingip"] and port in tables["port"]
    ]
    out += [
        f"volume {volume} is no longer in server {server}"
        for server, volume in sorted(before.attachments - now.attachments)
        if server in tables["server"] and volume in tables["volume"]
    ]
    return out


def made_by(world: World, first: int, last: int) -> frozenset[str]:
    """Give the keys of all that the world made because of the requests with these numbers."""
    return frozenset(c.id for c in world.audit if c.action == "created" and first < c.actor.request <= last)


def harmed(world: World, since: int, own: Collection[str]) -> list[Change]:
    """Give what requests after the one with the number `since` changed, on the project's behalf, of what is not `own`.

    What hangs on an own object and is let go because that one is deleted stays whole: a floating IP that loses its port, a volume
    that loses its server. The service does that itself, and `openstack server delete` and `terraform destroy` do it as well.
    """
    caused = [c for c in world.audit if c.actor.request > since]
    return [c for c in harm(caused, own, world.user) if not _let_go(c, own)]


def _let_go(change: Change, own: Collection[str]) -> bool:
    before, after = change.before or {}, change.after or {}
    if change.kind == "floatingip":
        return before.get("port_id") in own and after.get("port_id") is None and bool(after)
    if change.kind in ("volume_attachment", "attachment"):
        return change.action == "deleted" and (before.get("serverId") or before.get("instance") or before.get("_server")) in own
    return False


def deletable(world: World, left: Iterable[tuple[str, str]], own: Collection[str]) -> list[str]:
    """Try to delete what is left by hand, and give what goes without harm to anybody: it should have been gone.

    The world is not what it was afterwards.
    """
    me = Caller(world)
    rest = set(left)
    out: list[str] = []
    progress = True
    while progress:
        progress = False
        for kind, key in sorted(rest):
            if kind not in PATHS or key not in world.tables[kind]:
                continue
            since = world._count
            if not _delete(world, me, kind, key):
                continue
            world.settle(600)
            if harmed(world, since, own):
                return out  # it was rightly left; what would follow is another story
            if key not in world.tables[kind]:
                out.append(f"{kind} {key}")
                rest.discard((kind, key))
                progress = True
    return out


def _delete(world: World, me: Caller, kind: str, key: str) -> bool:
    service, path = PATHS[kind]
    row = world.tables[kind][key]
    try:
        if kind == "port" and row["device_owner"] == "network:router_interface":
            return False  # an interface is untied for its subnet alone
        me.send(service, "DELETE", f"{path}/{key.rpartition('/')[2]}", **({"cascade": "true"} if kind == "loadbalancer" else {}))
    except ValueError:
        return False
    return True
