"""One world for two cleaners: a job that somebody left behind, what is beside it, and the state that Terraform wrote."""

from __future__ import annotations

import time
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keystoneauth1.identity import v3
from openstack.connection import Connection

from tests.openstack.job import Job
from tests.simulator.making import Somebody
from tests.simulator.wire.making import connection, tfcleans
from tfclean import verbs
from tfclean.model import Result
from tfclean.simulator import RealClock, VirtualClock, World
from tfclean.simulator.wire import Account, Wire
from tfclean.simulator.world import Pace

SWIFT = Pace(server_build=0.1, server_delete=0.1, volume=0.1, attach=0.1, balancer=0.1, balancer_port=0.1, balancer_update=0.1, image=0.1)
HOURS = 3600.0
TYPES = {
    "network": "openstack_networking_network_v2",
    "subnet": "openstack_networking_subnet_v2",
    "router": "openstack_networking_router_v2",
    "interface": "openstack_networking_router_interface_v2",
    "port": "openstack_networking_port_v2",
    "security_group": "openstack_networking_secgroup_v2",
    "floatingip": "openstack_networking_floatingip_v2",
    "trunk": "openstack_networking_trunk_v2",
    "server": "openstack_compute_instance_v2",
}
CLOUD_ADMIN = "a" * 32


@dataclass
class Scene:
    """A project and a job in it.

    Attributes:
        age: for how many hours the job has been lying about; what is made after `now` is new.
        me: a member of the project.
        ours: kind → ids of what the job made, as its state has them.
    """

    age: float = 12.0
    me: Somebody = field(init=False)
    ours: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.me = Somebody(World(VirtualClock(time.time() - self.age * HOURS), pace=SWIFT))
        self.wire = Wire(self.me.world)

    @property
    def world(self) -> World:
        return self.me.world

    def job(self, kind: str, id_: str) -> str:
        """Note that the state manages this object."""
        self.ours.setdefault(kind, []).append(id_)
        return id_

    def network(self, name: str = "job", cidr: str = "10.1.0.0/24") -> tuple[str, str]:
        net, subnet = self.me.network(name, cidr)
        return self.job("network", net), self.job("subnet", subnet)

    def router(self, *subnets: str) -> str:
        router = self.job("router", self.me.router(*subnets))
        for port in self.me.list("network", "/ports", device_id=router):
            self.job("interface", port["id"])
        return router

    def now(self) -> None:
        """Let everything come to rest, and time be the real one from here on."""
        self.world.settle()
        self.world.clock = self.world.store.clock = RealClock()
        self.wire = Wire(self.world)

    def state(self, folder: Path) -> Path:
        job = Job("job")
        for kind, ids in self.ours.items():
            job.add("managed", TYPES[kind], "it", {i: {"id": id_} for i, id_ in enumerate(ids)})
        return job.write(folder)

    def left(self) -> dict[str, list[str]]:
        """Give what is still there of the job."""
        there = {kind: self.world.tables["port" if kind == "interface" else kind] for kind in self.ours}
        return {kind: rest for kind, ids in self.ours.items() if (rest := [i for i in ids if i in there[kind]])}

    def lives(self, kind: str, *ids: str) -> bool:
        return all(i in self.world.tables[kind] for i in ids)

    def connection(self, *, admin: bool = False) -> Connection:
        """Log openstacksdk in: as a member of the project, or as the cloud's administrator with the project's scope."""
        if not admin:
            return connection(self.wire)
        roles = {self.world.project: frozenset({"admin", "member", "reader"})}
        self.world.users[CLOUD_ADMIN] = "root"
        self.wire.directory.add(Account(CLOUD_ADMIN, "root", "secret", roles))
        return connection(self.wire, v3.Password(**self.wire.settings(CLOUD_ADMIN)["auth"]))

    def destroy(self, folder: Path, *, admin: bool = False, **options: Any) -> Result:
        """Have tfclean destroy the job: with its state, and nothing else, as evidence."""
        cloud = tfcleans(self.wire, self.connection(admin=admin))
        return verbs.destroy(self.state(folder), cloud=cloud, approve=lambda _: True, journal=folder / "journal", **options)


@contextmanager
def announced() -> Iterator[None]:
    """Let openstacksdk announce what it will drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def project_cleanup(cloud: Connection, **options: Any) -> None:
    """`openstack project cleanup`, after its question: what the command calls."""
    with announced():
        cloud.project_cleanup(dry_run=False, **options)


def deleted(wire: Wire) -> set[str]:
    """Give the last segment of the path of what was asked to be deleted."""
    return {e.path.rpartition("/")[2] for e in deque(wire.exchanges) if e.method == "DELETE"}
