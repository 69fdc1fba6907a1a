"""Destroy where the services take their time and are no bottleneck: tfclean against openstacksdk's project cleanup on the simulator.

    python -m benchmarks.schedule [NODES]

Each call takes 100 ms, a server 15 s to go, a balancer 6 s. `openstack project cleanup` is `Connection.project_cleanup` of openstacksdk.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import show
from tests.openstack.job import Job
from tfclean.simulator import World
from tfclean.simulator.build import Caller, Made, cluster
from tfclean.simulator.clock import RealClock, VirtualClock
from tfclean.simulator.wire import Wire, serving
from tfclean.simulator.world import Pace

LIMIT = 0.5
LATENCY = 0.1
PACE = Pace(server_delete=15.0)
CLEANUP = "import openstack; openstack.enable_logging(); openstack.connect().project_cleanup(dry_run=False, wait_timeout=300)"
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


def made_world(nodes: int) -> tuple[World, Made]:
    """Give a world in which a job of that size has come to rest, and whose time is now the real one."""
    world = World(VirtualClock(time.time() - 600), pace=PACE)
    made = cluster(Caller(world), "bench", nodes, volumes=nodes // 2)
    world.settle()
    world.clock = world.store.clock = RealClock()
    return world, made


def state(made: Made, folder: Path) -> None:
    """Write the state that Terraform would have written."""
    job = Job("bench")
    interface, *ports = made.ids["port"]
    for kind, type_ in TYPES.items():
        job.add("managed", type_, "it", {i: {"id": id_} for i, id_ in enumerate(made.ids.get(kind, ()))})
    job.add("managed", "openstack_networking_router_interface_v2", "it", {None: {"id": interface}})
    job.add("managed", "openstack_networking_port_v2", "it", {i: {"id": id_} for i, id_ in enumerate(ports)})
    pair = {"id": "bench", "name": "bench", "public_key": "ssh-ed25519 AAAAbench"}
    job.add("managed", "openstack_compute_keypair_v2", "it", {None: pair})
    job.write(folder)


def one(nodes: int, folder: Path, *, ours: bool) -> tuple[str, float, int, int, str]:
    world, made = made_world(nodes)
    state(made, folder)
    wire = Wire(world, tick=LATENCY)
    with serving(wire) as url:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **wire.environment(url)}
        ending = ["-m", "tfclean", "destroy", "--auto-approve"] if ours else ["-W", "ignore", "-c", CLEANUP]
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, *ending], cwd=folder, env=env, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begun
        calls = len(wire.exchanges)
    if done.returncode:
        print(f"exit {done.returncode}: {(done.stderr or done.stdout)[-600:]}", file=sys.stderr)
    left = [f"{len(rest)} {kind}" for kind, ids in made.ids.items() if (rest := [i for i in ids if i in world.tables[kind]])]
    return ("tfclean destroy" if ours else "project cleanup"), seconds, done.returncode, calls, ", ".join(left) or "nothing"


def main(nodes: int = 10) -> int:
    """Print the table; exit code 1 when the limit is passed or something is left."""
    with TemporaryDirectory() as name:
        rows = []
        for ours in (True, False):
            folder = Path(name, str(ours))
            folder.mkdir()
            rows.append(one(nodes, folder, ours=ours))
    ratio = rows[0][1] / rows[1][1]
    show(
        f"destroy of {nodes} nodes, {LATENCY:.1f} s a call, {PACE.server_delete:.0f} s a server",
        ("command", "s", "exit", "calls", "left"),
        rows,
    )
    print(f"\nratio {ratio:.2f}, limit {LIMIT}")
    return int(ratio > LIMIT or rows[0][4] != "nothing")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
