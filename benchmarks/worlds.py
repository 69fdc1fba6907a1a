"""A number of nodes in, a simulated project with a job of that size and a stranger's beside it out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from tests.openstack.job import Job
from tfclean.simulator import World
from tfclean.simulator.build import Caller, Made, cluster
from tfclean.simulator.clock import VirtualClock
from tfclean.simulator.world import Pace

NAME, STRANGER = "benchjob", "stranger"
TYPES = {
    "network": "openstack_networking_network_v2",
    "subnet": "openstack_networking_subnet_v2",
    "router": "openstack_networking_router_v2",
    "security_group": "openstack_networking_secgroup_v2",
    "security_group_rule": "openstack_networking_secgroup_rule_v2",
    "server": "openstack_compute_instance_v2",
    "floatingip": "openstack_networking_floatingip_v2",
    "loadbalancer": "openstack_lb_loadbalancer_v2",
    "volume": "openstack_blockstorage_volume_v3",
}


@dataclass(frozen=True)
class Project:
    """A project at rest.

    Attributes:
        world: where it lives.
        job: what is to be deleted.
        stranger: what is not.
    """

    world: World
    job: Made
    stranger: Made

    @property
    def objects(self) -> int:
        """How many objects the job made."""
        return sum(map(len, self.job.ids.values()))

    @property
    def left(self) -> str:
        """What of the job is still there, in words."""
        return told(self.world, self.job, there=True)

    @property
    def harmed(self) -> str:
        """What of the stranger's is gone, in words."""
        return told(self.world, self.stranger, there=False)


def told(world: World, made: Made, *, there: bool) -> str:
    """Say how many of a job's objects are there, or are not."""
    found = Counter({kind: sum((i in world.tables[kind]) is there for i in ids) for kind, ids in made.ids.items()})
    return ", ".join(f"{count} {kind}" for kind, count in found.items() if count) or "nothing"


def project(start: float, nodes: int, *, pace: Pace, volumes: int = 0, balancer: bool = False, stranger: int = 2) -> Project:
    """Make a project in which all has come to rest; its time is still virtual.

    Args:
        start: seconds since the epoch at which it is made.
        nodes: servers of the job, each with a port and a floating IP.
        pace: how long things take afterwards.
        volumes: how many of the servers have a volume.
        balancer: whether the job has a load balancer.
        stranger: servers of the other job, which is built alike.
    """
    world = World(VirtualClock(start), pace=pace)
    job = cluster(Caller(world), NAME, nodes, volumes=volumes, balancer=balancer)
    other = cluster(Caller(world), STRANGER, stranger, volumes=min(1, volumes), balancer=False)
    world.settle()
    return Project(world, job, other)


def write_state(of: Project, folder: Path) -> Path:
    """Write the state that Terraform would have written, and give its path."""
    job, made = Job(NAME), of.job
    interface, *ports = made.ids["port"]
    for kind, type_ in TYPES.items():
        job.add("managed", type_, "it", {i: {"id": id_} for i, id_ in enumerate(made.ids.get(kind, ()))})
    job.add("managed", "openstack_networking_router_interface_v2", "it", {None: {"id": interface}})
    job.add("managed", "openstack_networking_port_v2", "it", {i: {"id": id_} for i, id_ in enumerate(ports)})
    (keypair,) = made.ids["keypair"]
    pair = {"id": NAME, "name": NAME, "public_key": of.world.tables["keypair"][keypair]["public_key"]}
    job.add("managed", "openstack_compute_keypair_v2", "it", {None: pair})
    return job.write(folder)


def paced(server: float) -> Pace:
    """Give the pace of a cloud whose servers take so many seconds to go."""
    return replace(Pace(), server_delete=server)
