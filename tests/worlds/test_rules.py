"""Rules that a random world once broke, each on a world of its own."""

from __future__ import annotations

from tests.worlds import oracle
from tests.worlds.cloud import VirtualMachine, cloud
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.kinds.relations import edges
from tfclean.model import Confidence, Evidence, Finding, Inventory, Judgement, Key, OutcomeKind, Verdict
from tfclean.simulator import Caller, Faulty, World
from tfclean.simulator import Plan as Faults
from tfclean.simulator.clock import VirtualClock


def test_a_list_that_lags_is_no_proof_that_a_tie_is_back() -> None:
    world = World(VirtualClock())
    me = Caller(world)
    router = me.make("network", "/routers", "router", name="shared")["id"]
    network = me.make("network", "/networks", "network", name="job")["id"]
    subnet = me.make("network", "/subnets", "subnet", network_id=network, name="job", cidr="10.7.0.0/24", ip_version=4)["id"]
    leg = me.send("network", "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})["port_id"]
    world.advance(60)
    before = oracle.ties(world)
    machine = VirtualMachine(world)
    faulty = Faulty(world, Faults(denied=frozenset({("network", "/subnets")}), lag=4.0))
    asked, _ = cloud(world, machine, asked=faulty)
    ours = {Key("network.network", network), Key("network.subnet", subnet), Key("network.router_interface", leg)}
    result = run(make_plan(judged(asked.inventory(), ours), options=Options()), asked, machine=machine)
    assert result.exit_code == 1
    assert [(o.target.id, o.outcome) for o in result.undone] == [(leg, OutcomeKind.DELETED)]
    assert oracle.in_vain(world, before) == []


def judged(inventory: Inventory, ours: set[Key]) -> Judgement:
    """Judge by what the test knows."""
    findings = {
        key: Finding(
            kind=key.kind,
            id=key.id,
            name=resource.name,
            verdict=Verdict.MANAGED if key in ours else Verdict.FOREIGN,
            confidence=Confidence.CERTAIN if key in ours else Confidence.NONE,
            evidence=(Evidence("the test says so"),),
            resource=resource,
        )
        for key, resource in inventory.resources.items()
    }
    return Judgement(findings, edges(inventory), inventory=inventory)
