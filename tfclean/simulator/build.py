"""A world and a number in, the objects of a job of that size out: made by requests, as Terraform makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tfclean.simulator.api import Request, Row
from tfclean.simulator.world import World


@dataclass
class Caller:
    """Somebody with a token.

    Attributes:
        world: where.
        project: of the token; the world's own if empty.
        user: of the token; the world's own if empty.
        roles: of the token.
    """

    world: World
    project: str = ""
    user: str = ""
    roles: frozenset[str] = frozenset({"member"})

    def send(self, service: str, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Make a request that goes well.

        Args:
            service: type of the service.
            method: of HTTP.
            path: below the service's root.
            body: JSON.
            query: parameters.

        Returns:
            The body of the answer.

        Raises:
            ValueError: it did not go well.
        """
        who = {"project": self.project or self.world.project, "user": self.user or self.world.user, "roles": self.roles}
        answer = self.world.request(Request(service, method, path, tuple(query.items()), body, **who))  # type: ignore[arg-type]
        if answer.status >= 300:
            raise ValueError(f"{method} {service}{path}: {answer.status} {answer.body}")
        return answer.body

    def make(self, service: str, path: str, key: str, **fields: Any) -> Row:
        """Create an object and give it as the service shows it."""
        made: Row = self.send(service, "POST", path, {key: fields})[key]
        return made


@dataclass
class Made:
    """What a job has made.

    Attributes:
        ids: kind of the store → ids, in the order of their creation.
    """

    ids: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, id_: str) -> str:
        """Remember one."""
        self.ids.setdefault(kind, []).append(id_)
        return id_


def cluster(caller: Caller, name: str, nodes: int, *, addresses: bool = True, volumes: int = 0, balancer: bool = True) -> Made:
    """Make a cluster: a network behind a router, a group that names itself, nodes with a port and an address each, and a balancer.

    Args:
        caller: on whose behalf.
        name: every object is named after it.
        nodes: how many servers.
        addresses: whether each node has a floating IP.
        volumes: how many of the nodes have a volume; it is attached once the servers run, so virtual time passes.
        balancer: whether there is one in front, with a listener, a pool and its members.

    Returns:
        What was made; nothing of it has come to rest unless there are volumes.
    """
    made, net = Made(), "network"
    network = made.note("network", caller.make(net, "/networks", "network", name=name)["id"])
    subnet = caller.make(net, "/subnets", "subnet", network_id=network, name=name, cidr="10.7.0.0/16", ip_version=4)["id"]
    made.note("subnet", subnet)
    gateway = {"network_id": caller.world.external}
    router = made.note("router", caller.make(net, "/routers", "router", name=name, external_gateway_info=gateway)["id"])
    made.note("port", caller.send(net, "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})["port_id"])
    group = made.note("security_group", caller.make(net, "/security-groups", "security_group", name=name)["id"])
    fields = {"security_group_id": group, "direction": "ingress", "remote_group_id": group}
    made.note("security_group_rule", caller.make(net, "/security-group-rules", "security_group_rule", **fields)["id"])
    caller.make("compute", "/os-keypairs", "keypair", name=name, public_key=f"ssh-ed25519 AAAA{name}")
    made.note("keypair", f"{caller.user or caller.world.user}/{name}")
    image = next(i["id"] for i in caller.world.tables["image"].values())
    flavor = next(iter(caller.world.tables["flavor"]))
    ports = [
        caller.make(net, "/ports", "port", name=f"{name}-{n}", network_id=network, security_groups=[group]) for n in range(1, nodes + 1)
    ]
    for number, port in enumerate(ports, 1):
        made.note("port", port["id"])
        server = {"name": f"{name}-{number}", "imageRef": image, "flavorRef": flavor, "key_name": name, "networks": [{"port": port["id"]}]}
        made.note("server", caller.make("compute", "/servers", "server", **server)["id"])
        if addresses:
            fields = {"floating_network_id": caller.world.external, "port_id": port["id"]}
            made.note("floatingip", caller.make(net, "/floatingips", "floatingip", **fields)["id"])
    if balancer:
        members = [{"address": p["fixed_ips"][0]["ip_address"], "protocol_port": 6443, "subnet_id": subnet} for p in ports]
        listener = {"name": name, "protocol": "TCP", "protocol_port": 6443, "default_pool": {"name": name, "members": members}}
        front = caller.make("load-balancer", "/lbaas/loadbalancers", "loadbalancer", name=name, vip_subnet_id=subnet, listeners=[listener])
        made.note("loadbalancer", front["id"])
    for number in range(1, volumes + 1):
        made.note("volume", caller.make("block-storage", "/volumes", "volume", name=f"{name}-{number}", size=1)["id"])
    if volumes:
        caller.world.settle()
        for server_id, volume in zip(made.ids["server"], made.ids["volume"], strict=False):
            attachment = {"volumeAttachment": {"volumeId": volume}}
            caller.send("compute", "POST", f"/servers/{server_id}/os-volume_attachments", attachment)
        caller.world.settle()
    return made
