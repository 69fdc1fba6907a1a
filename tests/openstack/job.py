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


GROUPS = {"cluster": "every node", "master": "control plane", "worker": "workers", "bastion": "jump host"}
RULES = (("cluster", "cluster"), ("cluster", "bastion"), ("master", "worker"), ("worker", "master"))


def make(conn: Connection, name: str, nodes: int, *, cidr: str = "10.9.0.0/24", router: Any = None, balancer: bool = False) -> Job:
    """Make a job as the recorded module does: masters with floating IPs, workers with volumes, groups that name each other.

    Args:
        conn: the project's connection.
        name: the literal in all names.
        nodes: how many servers; the odd one is a master.
        cidr: of the job's subnet.
        router: a router that other jobs share; one named `shared` is made without it.
        balancer: a load balancer before the masters, with listener, pool, members and monitor.
    """
    job, network = Job(name), conn.network
    router = router or shared_router(conn)
    external = network.find_network("public", ignore_missing=False)
    image = conn.image.find_image("cirros", ignore_missing=False)
    flavor = conn.compute.find_flavor("m1.tiny", ignore_missing=False)
    _ = conn.compute, conn.block_storage, conn.load_balancer  # threads below find them built
    net = network.create_network(name=f"ci-{name}")
    subnet = network.create_subnet(network_id=net.id, name=f"{name}-nodes", cidr=cidr, ip_version=4)
    leg = network.add_interface_to_router(router, subnet_id=subnet.id)
    groups = {g: network.create_security_group(name=f"{name}-{g}", description=f"{name} - {text}") for g, text in GROUPS.items()}
    rules = [
        network.create_security_group_rule(
            security_group_id=groups[inside].id, remote_group_id=groups[named].id, direction="ingress", ethertype="IPv4"
        )
        for inside, named in RULES
    ]
    keypair = conn.compute.create_keypair(name=f"kubernetes-{name}")
    members = conn.compute.create_server_group(name="masters-srvgrp", policy="soft-anti-affinity")

    def node(role: str, index: int) -> dict[str, Any]:
        title = f"{name}-{role}-{index}"
        port = network.create_port(network_id=net.id, name=title, security_group_ids=[groups["cluster"].id, groups[role].id])
        server = conn.compute.create_server(
            name=title, image_id=image.id, flavor_id=flavor.id, key_name=keypair.name, networks=[{"port": port.id}]
        )
        made = {"port": port, "server": server}
        if role == "master":
            made["address"] = network.create_ip(floating_network_id=external.id, port_id=port.id)
        else:
            made["volume"] = conn.block_storage.create_volume(size=1, name=f"{name}-data-{role}-{index}")
        return made

    workers = nodes // 2
    wanted = [("master", i + 1) for i in range(nodes - workers)] + [("worker", i + 1) for i in range(workers)]
    with ThreadPoolExecutor(4) as pool:
        made = dict(zip((f"{role}-{i}" for role, i in wanted), pool.map(lambda pair: node(*pair), wanted), strict=True))
    if balancer:
        addresses = [m["port"].fixed_ips[0]["ip_address"] for m in made.values() if "address" in m]
        _balance(conn, job, name, subnet.id, addresses)
    _attach(conn, {m["server"].id: m["volume"].id for m in made.values() if "volume" in m})

    def each(kind: str, **attributes: str) -> dict[Any, dict[str, Any]]:
        out = {k: m[kind] for k, m in made.items() if kind in m}
        return {k: {"id": o.id, **(attributes or {"name": o.name})} for k, o in out.items()}

    job.add("data", "openstack_networking_router_v2", "shared", {None: {"id": router.id, "router_id": router.id, "name": "shared"}})
    job.add("managed", "openstack_networking_network_v2", "nodes", {None: {"id": net.id, "name": net.name}})
    job.add("managed", "openstack_networking_subnet_v2", "nodes", {None: {"id": subnet.id, "name": subnet.name, "network_id": net.id}})
    tie = {"id": leg["port_id"], "router_id": router.id, "subnet_id": subnet.id}
    job.add("managed", "openstack_networking_router_interface_v2", "nodes", {None: tie})
    job.add("managed", "openstack_networking_secgroup_v2", "group", {k: {"id": g.id, "name": g.name} for k, g in groups.items()})
    job.add("managed", "openstack_networking_secgroup_rule_v2", "rule", {i: {"id": r.id} for i, r in enumerate(rules)})
    pair = {"id": keypair.name, "name": keypair.name, "public_key": keypair.public_key}
    job.add("managed", "openstack_compute_keypair_v2", "nodes", {None: pair})
    job.add("managed", "openstack_compute_servergroup_v2", "masters", {None: {"id": members.id, "name": members.name}})
    job.add("managed", "openstack_networking_port_v2", "node", each("port"))
    job.add("managed", "openstack_compute_instance_v2", "node", each("server"))
    job.add("managed", "openstack_networking_floatingip_v2", "node", each("address", pool="public"))
    job.add("managed", "openstack_blockstorage_volume_v3", "data", each("volume"))
    return job


def _balance(conn: Connection, job: Job, name: str, subnet: str, addresses: list[str], limit: float = 180.0) -> None:
    """Make a balancer with all its parts in one call, wait until it is active, and record it."""
    pool = {
        "name": "api-pool",
        "protocol": "TCP",
        "lb_algorithm": "ROUND_ROBIN",
        "members": [{"address": a, "protocol_port": 6443, "subnet_id": subnet} for a in addresses],
        "healthmonitor": {"type": "TCP", "delay": 10, "timeout": 5, "max_retries": 3},
    }
    listener = {"name": "api-listener", "protocol": "TCP", "protocol_port": 6443, "default_pool": pool}
    body = {"loadbalancer": {"name": f"{name}-api", "vip_subnet_id": subnet, "listeners": [listener]}}
    answer = conn.load_balancer.post("/lbaas/loadbalancers", json=body)
    answer.raise_for_status()
    id_ = answer.json()["loadbalancer"]["id"]
    end = time.monotonic() + limit
    while conn.load_balancer.get_load_balancer(id_).provisioning_status != "ACTIVE":
        if time.monotonic() > end:
            raise RuntimeError(f"balancer {id_} never became active")
        time.sleep(0.5)
    job.add("managed", "openstack_lb_loadbalancer_v2", "api", {None: {"id": id_, "name": f"{name}-api"}})


def _attach(conn: Connection, volumes: dict[str, str], limit: float = 180.0) -> None:
    """Attach to each server its volume as soon as it is active; returns when all servers are active and all volumes in use."""
    end = time.monotonic() + limit
    waiting = dict(volumes)
    while time.monotonic() < end:
        active = {s.id for s in conn.compute.servers() if s.status == "ACTIVE"}
        free = {v.id: v.status for v in conn.block_storage.volumes()}
        for server, volume in list(waiting.items()):
            if server in active and free.get(volume) == "available":
                conn.compute.create_volume_attachment(server, volume_id=volume)
                del waiting[server]
        settled = all(s.status == "ACTIVE" for s in conn.compute.servers())
        if settled and not waiting and all(free.get(volume) == "in-use" for volume in volumes.values()):
            return
        time.sleep(0.5)
    raise RuntimeError(f"never attached: {waiting}")
