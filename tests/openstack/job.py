"""A job of any size, made through the SDK, with the state that Terraform would have written: for benchmarks and for rules about order."""

from __future__ import annotations

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openstack.connection import Connection

PROVIDER = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'


@dataclass
class Job:
    """What was made, as a raw state has it.

    Attributes:
        name: the literal in all names.
        resources: rows of the state's ``resources``.
        serial: of the state.
    """

    name: str
    resources: list[dict[str, Any]] = field(default_factory=list)
    serial: int = 1

    def add(self, mode: str, type_: str, name: str, instances: dict[Any, dict[str, Any]]) -> None:
        """Record a resource; the key None is the instance without a key."""
        rows: list[dict[str, Any]] = []
        for key, attributes in instances.items():
            row: dict[str, Any] = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
            if key is not None:
                row["index_key"] = key
            rows.append(row)
        self.resources.append({"mode": mode, "type": type_, "name": name, "provider": PROVIDER, "instances": rows})

    def write(self, folder: Path) -> Path:
        """Write ``terraform.tfstate`` into `folder` and give its path."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": self.serial,
            "lineage": str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name)),
            "outputs": {},
            "resources": self.resources,
            "check_results": None,
        }
        path = folder / "terraform.tfstate"
        path.write_text(json.dumps(state, indent=2))
        return path


def shared_router(conn: Connection) -> Any:
    """Give the project's router `shared`, made first if need be."""
    network = conn.network
    found = network.find_router("shared")
    external = network.find_network("public", ignore_missing=False)
    return found or network.create_router(name="shared", external_gateway_info={"network_id": external.id})


def make(conn: Connection, name: str, nodes: int, *, cidr: str = "10.9.0.0/24", router: Any = None) -> Job:
    """Make a job of `nodes` servers: each with a port of its own, a floating IP and a volume; groups that name each other.

    Args:
        conn: the project's connection.
        name: the literal in all names.
        nodes: how many servers.
        cidr: of the job's subnet.
        router: a router that other jobs share; one named `shared` is made without it.
    """
    job, network = Job(name), conn.network
    router = router or shared_router(conn)
    external = network.find_network("public", ignore_missing=False)
    image = conn.image.find_image("cirros", ignore_missing=False)
    flavor = conn.compute.find_flavor("m1.tiny", ignore_missing=False)
    for _ in ("compute", "block_storage"):
        getattr(conn, _)  # threads below find them built
    net = network.create_network(name=f"ci-{name}")
    subnet = network.create_subnet(network_id=net.id, name=f"{name}-nodes", cidr=cidr, ip_version=4)
    leg = network.add_interface_to_router(router, subnet_id=subnet.id)
    groups = {g: network.create_security_group(name=f"{name}-{g}", description=f"{name} - {g}") for g in ("cluster", "master")}
    rules = [
        network.create_security_group_rule(
            security_group_id=groups[a].id, remote_group_id=groups[b].id, direction="ingress", ethertype="IPv4"
        )
        for a, b in (("cluster", "master"), ("master", "cluster"))
    ]
    keypair = conn.compute.create_keypair(name=f"kubernetes-{name}")
    members = conn.compute.create_server_group(name="masters-srvgrp", policy="soft-anti-affinity")

    def node(index: int) -> dict[str, Any]:
        title = f"{name}-node-{index}"
        port = network.create_port(network_id=net.id, name=title, security_group_ids=[g.id for g in groups.values()])
        server = conn.compute.create_server(
            name=title, image_id=image.id, flavor_id=flavor.id, key_name=keypair.name, networks=[{"port": port.id}]
        )
        address = network.create_ip(floating_network_id=external.id, port_id=port.id)
        volume = conn.block_storage.create_volume(size=1, name=f"{title}-data")
        return {"port": port, "server": server, "address": address, "volume": volume}

    with ThreadPoolExecutor(4) as pool:
        made = dict(enumerate(pool.map(node, range(nodes))))
    _attach(conn, made)

    data = {"id": router.id, "router_id": router.id, "name": "shared"}
    job.add("data", "openstack_networking_router_v2", "shared", {None: data})
    job.add("managed", "openstack_networking_network_v2", "nodes", {None: {"id": net.id, "name": net.name}})
    job.add("managed", "openstack_networking_subnet_v2", "nodes", {None: {"id": subnet.id, "name": subnet.name, "network_id": net.id}})
    tie = {"id": leg["port_id"], "router_id": router.id, "subnet_id": subnet.id}
    job.add("managed", "openstack_networking_router_interface_v2", "nodes", {None: tie})
    job.add("managed", "openstack_networking_secgroup_v2", "group", {k: {"id": g.id, "name": g.name} for k, g in groups.items()})
    job.add("managed", "openstack_networking_secgroup_rule_v2", "rule", {i: {"id": r.id} for i, r in enumerate(rules)})
    pair = {"id": keypair.name, "name": keypair.name, "public_key": keypair.public_key}
    job.add("managed", "openstack_compute_keypair_v2", "nodes", {None: pair})
    job.add("managed", "openstack_compute_servergroup_v2", "masters", {None: {"id": members.id, "name": members.name}})
    job.add("managed", "openstack_networking_port_v2", "node", {i: {"id": m["port"].id, "name": m["port"].name} for i, m in made.items()})
    job.add(
        "managed", "openstack_compute_instance_v2", "node", {i: {"id": m["server"].id, "name": m["server"].name} for i, m in made.items()}
    )
    job.add(
        "managed", "openstack_networking_floatingip_v2", "node", {i: {"id": m["address"].id, "pool": "public"} for i, m in made.items()}
    )
    job.add(
        "managed",
        "openstack_blockstorage_volume_v3",
        "data",
        {i: {"id": m["volume"].id, "name": m["volume"].name} for i, m in made.items()},
    )
    return job


def _attach(conn: Connection, made: dict[int, dict[str, Any]], limit: float = 180.0) -> None:
    """Attach each volume as soon as its server is active; returns when all are in use."""
    end = time.monotonic() + limit
    waiting = {m["server"].id: m["volume"].id for m in made.values()}
    while time.monotonic() < end:
        active = {s.id for s in conn.compute.servers() if s.status == "ACTIVE"}
        free = {v.id: v.status for v in conn.block_storage.volumes()}
        for server, volume in list(waiting.items()):
            if server in active and free.get(volume) == "available":
                conn.compute.create_volume_attachment(server, volume_id=volume)
                del waiting[server]
        if not waiting and all(free.get(m["volume"].id) == "in-use" for m in made.values()):
            return
        time.sleep(0.5)
    raise RuntimeError(f"never attached: {waiting}")
