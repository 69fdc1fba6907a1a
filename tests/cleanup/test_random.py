"""Random small clouds and random faults: nothing foreign is touched, every run ends, and runs converge."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cleanup.machine import VirtualMachine
from tests.cleanup.world import World
from tests.exhaustive import examples
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.model import Inventory, Key, Resource

FAULTS = ("", "", "", "", "lost", "lost after", "429", "503", "500 after")


def random_world(seed: int) -> World:
    """Networks, servers, groups, volumes, balancers; most of them the job's, tied to each other at random."""
    rng = random.Random(seed)
    world = World(VirtualMachine(seed), seed=seed, delay=rng.choice([0.1, 1.0, 4.0]))

    def mine() -> bool:
        return rng.random() < 0.8

    routers = [world.add("network.router", name=f"r{n}", ours=mine()) for n in range(rng.randint(0, 2))]
    nets = [(*world.network(f"n{n}", ours=ours), ours) for n in range(rng.randint(1, 3)) for ours in (mine(),)]
    groups = [(world.add("network.security_group", name=f"g{n}", ours=ours), ours) for n in range(rng.randint(0, 3)) for ours in (mine(),)]
    for group, ours in groups:
        other = rng.choice(groups)[0]
        world.add("network.security_group_rule", security_group_id=group, direction="ingress", remote_group_id=other, ours=ours)
    for net, sub, ours in nets:
        if routers and rng.random() < 0.7:
            world.interface(rng.choice(routers), net, sub, ours=ours and rng.random() < 0.9)
        for _ in range(rng.randint(0, 4)):
            random_port(world, rng, net, sub, groups=tuple(g for g, _ in groups if rng.random() < 0.4), ours=ours and mine())
        if rng.random() < 0.3:
            world.balancer("lb", net, sub, ours=ours, children=rng.random() < 0.7)
    for _ in range(rng.randint(0, 2)):
        volume = world.add("block_storage.volume", name="w", ours=mine())
        if rng.random() < 0.5:
            world.add("block_storage.snapshot", name="x", volume_id=volume, ours=mine())
    return world


def random_port(world: World, rng: random.Random, net: str, sub: str, *, groups: tuple[str, ...], ours: bool) -> None:
    """A port with whatever may hang on it."""
    port = world.port("p", net, sub, groups=groups, ours=ours)
    if rng.random() < 0.5:
        server = world.server("s", (port, world.port("", net, sub, ours=ours, implicit=True)), ours=ours)
        for boot in (False, True):
            if rng.random() < 0.3:
                world.attach(server, world.add("block_storage.volume", name="v", ours=ours), boot=boot, ours=ours)
    elif rng.random() < 0.3:
        subports = [world.port("sub", net, sub, ours=ours if rng.random() < 0.7 else not ours) for _ in range(rng.randint(0, 2))]
        world.trunk("t", port, *subports, up=rng.random() < 0.5, ours=ours)
    elif rng.random() < 0.3:
        # Whoever's the port is: only an association of the job's own lets go of the job's groups.
        world.job |= {Key("network.port_security_group", f"{port}/{group}") for group in groups}
    routers = world.tables["network.router"]
    leg = next((p for p in world.tables["network.port"].values() if p["network_id"] == net and p["device_id"] in routers), None)
    if leg and rng.random() < 0.3:
        address = {"floating_network_id": "x", "floating_ip_address": "203.0.113.1", "port_id": port, "router_id": leg["device_id"]}
        world.add("network.floating_ip", ours=ours and rng.random() < 0.8, **address)


def foreign(world: World) -> dict[Key, Resource]:
    """What is not the job's."""
    inventory: Inventory = world.inventory()
    findings = world.judge(inventory).findings
    return {k: r for k, r in inventory.resources.items() if findings[k].verdict == "foreign"}


@settings(max_examples=examples(120), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_runs_end_touch_nothing_foreign_and_converge(seed: int, faults: int) -> None:
    world = random_world(seed)
    before = foreign(world)
    dice = random.Random(faults)
    chance = dice.choice([0.0, 0.2, 0.5])
    world.fault = lambda *_: dice.choice(FAULTS) if dice.random() < chance else ""
    plan = make_plan(world.judge(world.inventory()), options=Options())
    result = run(plan, world, proof=world.judge, machine=world.machine)
    after = foreign(world)
    # Parts of ours go with it, ties that held nothing but ours too.
    lost = {
        k for k in before.keys() - after.keys() if k.kind in ("network.port", "compute.server", "network.security_group", "network.network")
    }
    assert not lost
    known = {k.target for k in plan.kept if k.leftover}
    if result.exit_code == 0:
        assert world.left() == set()
    world.fault = lambda *_: ""
    calm = run(make_plan(world.judge(world.inventory()), options=Options()), world, proof=world.judge, machine=world.machine)
    assert calm.refusals == 0
    ties = {k for k in world.left() if k.kind == "network.router_interface"}
    # What a calm run leaves is what was known to be held before the first call.
    assert {k for k in world.left() if k not in world.implicit} <= known | ties
