"""Random jobs, their twins, and strangers who hang on to them."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field
from functools import partial

from tests.worlds.builder import Builder
from tfclean.simulator import Caller, World

NET = "network"
KEY = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(32)).decode()


@dataclass
class Shape:
    """What a job has made so far, by kind: what is made next hangs on it."""

    networks: list[tuple[str, list[str]]] = field(default_factory=list)
    routers: list[str] = field(default_factory=list)
    legs: list[tuple[str, str]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    ports: list[tuple[str, str]] = field(default_factory=list)
    free: list[tuple[str, str]] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    balancers: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    trunks: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


def job(b: Builder, shared: str, cidr: int) -> Shape:
    """Make a random job: of everything that Terraform jobs make, some.

    Args:
        b: the run.
        shared: id of a router that the job may only use.
        cidr: second byte of its addresses.
    """
    dice, shape = b.dice, Shape()
    _networks(b, shape, shared, cidr)
    for n in range(dice.choice((0, 1, 1, 2, 3))):
        shape.groups.append(b.make("security_group", NET, "/security-groups", name=f"{b.name}-group-{n}"))
    for group in filter(None, list(shape.groups)):
        other = dice.choice([g for g in shape.groups if g] or [group])
        rule = {"security_group_id": group, "direction": "ingress", "remote_group_id": other}
        b.make("security_group_rule", NET, "/security-group-rules", **rule)
    if dice.random() < 0.6:
        b.make("keypair", "compute", "/os-keypairs", name=f"{b.name}-key", public_key=f"ssh-ed25519 {KEY}")
    group = ""
    if dice.random() < 0.3:
        group = b.make("server_group", "compute", "/os-server-groups", name="masters", policies=["anti-affinity"])
    for n in range(dice.choice((0, 1, 2, 2, 3))):
        _node(b, shape, n, group)
    for n in range(dice.choice((0, 0, 1, 2))):
        shape.volumes.append(b.make("volume", "block-storage", "/volumes", name=f"{b.name}-data-{n}", size=1))
    if shape.servers and any(shape.volumes):
        b.settle()
        _attach(b, shape)
    if shape.networks and dice.random() < 0.3:
        _balancer(b, shape)
    if shape.free and dice.random() < 0.3:
        _, port = shape.free.pop()
        subports = [{"port_id": p, "segmentation_type": "vlan", "segmentation_id": 10 + i} for i, (_, p) in enumerate(shape.free[:1])]
        shape.free = shape.free[len(subports) :]
        trunk = {"name": f"{b.name}-trunk", "port_id": port, "sub_ports": subports, "admin_state_up": dice.random() < 0.5}
        shape.trunks.append(b.make("trunk", NET, "/trunks", **trunk))
    return shape


def _networks(b: Builder, shape: Shape, shared: str, cidr: int) -> None:
    dice = b.dice
    if dice.random() < 0.5:
        gateway = {"external_gateway_info": {"network_id": b.world.external}}
        shape.routers.append(b.make("router", NET, "/routers", name=f"{b.name}-router", **gateway))
    for n in range(dice.choice((1, 1, 1, 2))):
        network = b.make("network", NET, "/networks", name=f"{b.name}-net-{n}")
        if not network:
            return
        subnets = []
        for m in range(dice.choice((1, 1, 2))):
            fields = {"name": f"{b.name}-sub-{n}-{m}", "cidr": f"10.{cidr}.{n * 8 + m}.0/24", "ip_version": 4, "network_id": network}
            subnets.append(b.make("subnet", NET, "/subnets", **fields))
        shape.networks.append((network, [s for s in subnets if s]))
        for subnet in filter(None, subnets):
            router = dice.choice([*filter(None, shape.routers), shared, ""])
            if router and b.act("interface", "", partial(_plug, b, router, subnet), router_id=router, subnet_id=subnet):
                shape.legs.append((router, network))


def _plug(b: Builder, router: str, subnet: str) -> str:
    answer = b.caller.send(NET, "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
    return str(answer["port_id"])


def _port(b: Builder, shape: Shape, name: str) -> tuple[str, str]:
    networks = [n for n, subnets in shape.networks if subnets]
    if not networks:
        return "", ""
    network = b.dice.choice(networks)
    groups = [g for g in shape.groups if g and b.dice.random() < 0.5]
    port = b.make("port", NET, "/ports", name=name, network_id=network, security_groups=groups)
    if port:
        shape.ports.append((network, port))
    return network, port


def _node(b: Builder, shape: Shape, n: int, group: str) -> None:
    dice, world = b.dice, b.world
    network, port = _port(b, shape, f"{b.name}-port-{n}")
    if not network or not port:
        return
    if dice.random() < 0.25:
        shape.free.append((network, port))
        return
    image = next(i for i, row in world.tables["image"].items() if row.get("visibility") == "public")
    server: dict[str, object] = {"name": f"{b.name}-node-{n}", "flavorRef": next(iter(world.tables["flavor"]))}
    server["networks"] = [{"port": port}] if dice.random() < 0.8 else [{"port": port}, {"uuid": network}]
    if dice.random() < 0.3:
        disk = {"boot_index": 0, "source_type": "image", "uuid": image, "destination_type": "volume", "volume_size": 1}
        server["block_device_mapping_v2"] = [{**disk, "delete_on_termination": dice.random() < 0.6}]
    else:
        server["imageRef"] = image
    if group and dice.random() < 0.7 and not b.killed():
        start = b._pause()
        row = b.caller.send("compute", "POST", "/servers", {"server": server, "os:scheduler_hints": {"group": group}})["server"]
        id_ = b.note("server", row["id"], {"name": server["name"]}, start)
    else:
        id_ = b.make("server", "compute", "/servers", **server)
    if not id_:
        return
    shape.servers.append(id_)
    if dice.random() < 0.5 and any(net == network for _, net in shape.legs):
        where = {"floating_network_id": world.external}
        if dice.random() < 0.5:
            shape.addresses.append(b.make("floatingip", NET, "/floatingips", **where, port_id=port))
        else:
            address = b.make("floatingip", NET, "/floatingips", **where)
            if address:
                shape.addresses.append(address)
                body = {"floatingip": {"port_id": port}}
                b.act("association", address, lambda: b.caller.send(NET, "PUT", f"/floatingips/{address}", body), port_id=port)
    elif dice.random() < 0.2:
        shape.addresses.append(b.make("floatingip", NET, "/floatingips", floating_network_id=world.external))


def _attach(b: Builder, shape: Shape) -> None:
    for volume in filter(None, shape.volumes):
        ready = [s for s in shape.servers if b.world.tables["server"].get(s, {}).get("status") == "ACTIVE"]
        if ready and b.dice.random() < 0.8:
            server = b.dice.choice(ready)
            body = {"volumeAttachment": {"volumeId": volume}}
            deed = partial(b.caller.send, "compute", "POST", f"/servers/{server}/os-volume_attachments", body)
            b.act("volume_attachment", f"{server}/{volume}", deed, instance_id=server, volume_id=volume)
    b.settle()


def _balancer(b: Builder, shape: Shape) -> None:
    dice = b.dice
    networks = [subnets for _, subnets in shape.networks if subnets]
    if not networks:
        return
    subnet = dice.choice(dice.choice(networks))
    lb = b.make("loadbalancer", "load-balancer", "/lbaas/loadbalancers", name=f"{b.name}-lb", vip_subnet_id=subnet)
    if not lb:
        return
    shape.balancers.append(lb)
    for kind, path, fields in (
        ("pool", "/lbaas/pools", {"name": f"{b.name}-pool", "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN", "loadbalancer_id": lb}),
        ("listener", "/lbaas/listeners", {"name": f"{b.name}-listener", "protocol": "TCP", "protocol_port": 80, "loadbalancer_id": lb}),
    ):
        if dice.random() < 0.2:
            break
        b.settle()
        made = b.make(kind, "load-balancer", path, **fields)
        if kind == "pool" and made and dice.random() < 0.7:
            b.settle()
            member = {"address": f"10.99.0.{dice.randint(2, 200)}", "protocol_port": 80, "subnet_id": subnet}
            id_ = b.make("member", "load-balancer", f"/lbaas/pools/{made}/members", **member)
            if id_:
                b.creates[-1].attributes["pool_id"] = made
                shape.members.append(id_)
    if dice.random() < 0.5:
        b.settle()


def guests(world: World, dice: random.Random, shape: Shape) -> list[str]:
    """Let the cluster inside a job make things on the job's network: the network cannot go without them."""
    me = Caller(world)
    networks = [n for n, subnets in shape.networks if subnets and n in world.tables["network"]]
    if not networks or dice.random() > 0.06:
        return []
    port = me.make(NET, "/ports", "port", name="by-hand", network_id=dice.choice(networks))["id"]
    image = next(i for i, row in world.tables["image"].items() if row.get("visibility") == "public")
    fields = {"name": "by-hand", "imageRef": image, "flavorRef": next(iter(world.tables["flavor"])), "networks": [{"port": port}]}
    me.make("compute", "/servers", "server", **fields)
    return ["a server by hand on its network"]


def strangers(world: World, dice: random.Random, shape: Shape, other: str) -> list[str]:
    """Let others of the same project, or of `other`, hang things on a job's objects; says what they did."""
    me = Caller(world)
    admin = Caller(world, other, other, frozenset({"admin", "member"}))
    deeds = []
    networks = [n for n, subnets in shape.networks if subnets and n in world.tables["network"]]
    groups = [g for g in shape.groups if g in world.tables["security_group"]]
    if networks and dice.random() < 0.08:
        admin.make(NET, "/ports", "port", name="", network_id=dice.choice(networks), project_id=other)
        deeds.append("a port of another project on its network")
    if groups and dice.random() < 0.08:
        network = me.make(NET, "/networks", "network", name="office")["id"]
        me.make(NET, "/subnets", "subnet", network_id=network, cidr="10.250.0.0/24", ip_version=4, name="office")
        me.make(NET, "/ports", "port", name="office", network_id=network, security_groups=[dice.choice(groups)])
        deeds.append("a port with its group on another network")
    if groups and dice.random() < 0.08:
        group = me.make(NET, "/security-groups", "security_group", name="office")["id"]
        rule = {"security_group_id": group, "direction": "ingress", "remote_group_id": dice.choice(groups)}
        me.make(NET, "/security-group-rules", "security_group_rule", **rule)
        deeds.append("a rule that names its group")
    ports = [(n, p) for n, p in shape.ports if p in world.tables["port"] and any(net == n for _, net in shape.legs)]
    if ports and dice.random() < 0.08:
        network, port = dice.choice(ports)
        address = me.make(NET, "/floatingips", "floatingip", floating_network_id=world.external)["id"]
        try:
            me.send(NET, "PUT", f"/floatingips/{address}", {"floatingip": {"port_id": port}})
            deeds.append("an address by hand on its port")
        except ValueError:
            deeds.append("an address by hand")
    if shape.volumes and dice.random() < 0.15:
        volume = dice.choice(shape.volumes)
        if world.tables["volume"].get(volume, {}).get("status") == "available":
            me.make("block-storage", "/snapshots", "snapshot", volume_id=volume, name="by-hand")
            deeds.append("a snapshot by hand of its volume")
    servers = [s for s in shape.servers if world.tables["server"].get(s, {}).get("status") == "ACTIVE"]
    if servers and dice.random() < 0.08:
        volume = me.make("block-storage", "/volumes", "volume", name="by-hand", size=1)["id"]
        world.settle(30)
        me.send("compute", "POST", f"/servers/{dice.choice(servers)}/os-volume_attachments", {"volumeAttachment": {"volumeId": volume}})
        deeds.append("a volume by hand in its server")
    routers = [r for r in shape.routers if r in world.tables["router"]]
    if routers and dice.random() < 0.08:
        network = me.make(NET, "/networks", "network", name="annex")["id"]
        subnet = me.make(NET, "/subnets", "subnet", network_id=network, cidr="10.251.0.0/24", ip_version=4, name="annex")["id"]
        me.send(NET, "PUT", f"/routers/{dice.choice(routers)}/add_router_interface", {"subnet_id": subnet})
        deeds.append("a network by hand on its router")
    return deeds
