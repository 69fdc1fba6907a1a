"""Ports that a service made for something: they share its fate, and are judged by where they are once it is gone."""

from __future__ import annotations

import pytest

from tests.estate.test_judge import NET, finding, network, port, verdict
from tests.making import claim, footprint, inventory, live
from tfclean.cleanup.plan import make_plan
from tfclean.estate.judge import judge
from tfclean.kinds.registry import KINDS
from tfclean.kinds.relations import edges
from tfclean.model import Action, EdgeType, Judgement, Resource, Tense, Verdict

BALANCER = "load_balancer.load_balancer"
JOB = [claim(NET, id_="n1", name="ci-800001")]


def vip(network_id: str = "n1") -> Resource:
    return port("v1", "octavia-lb-b1", network_id=network_id, device_owner="Octavia", device_id="lb-b1")


def balancer(network_id: str) -> Resource:
    return live(BALANCER, "b1", "lb", vip_network_id=network_id, vip_port_id="v1", vip_subnet_id="s1")


def test_the_vip_port_of_a_balancer_that_is_gone_is_a_zombie_on_a_network_of_the_job_and_deleted() -> None:
    j = judge(footprint(JOB), inventory(network(), vip()))
    assert verdict(j, "v1") is Verdict.ZOMBIE
    assert "the VIP port of a load balancer that is gone" in finding(j, "v1").evidence[0].text
    plan = make_plan(j)
    assert [(s.action, s.target.id) for s in plan.steps] == [(Action.DELETE, "v1"), (Action.DELETE, "n1")]


def test_the_vip_port_of_a_balancer_that_is_gone_is_nobodys_on_another_network() -> None:
    j = judge(footprint(JOB), inventory(network(), network("n2", "other"), vip("n2")))
    assert verdict(j, "v1") is Verdict.FOREIGN


def test_the_vip_port_of_a_balancer_that_is_there_shares_its_fate() -> None:
    j = judge(footprint(JOB), inventory(network(), vip(), balancer("n1")))
    assert verdict(j, "v1") is Verdict.IMPLICIT
    j = judge(footprint(JOB), inventory(network(), network("n2", "other"), vip(), balancer("n2")))
    assert verdict(j, "v1") is Verdict.FOREIGN


def test_where_balancers_could_not_be_listed_nothing_is_said_of_them() -> None:
    j = judge(footprint(JOB), inventory(network(), vip(), listed=frozenset(KINDS) - {BALANCER}))
    assert verdict(j, "v1") is Verdict.FOREIGN
    assert not any(s.target.id == "v1" for s in make_plan(j).steps)


def routed(owner: str, *, leg: bool, ours: bool) -> tuple[Judgement, list[str]]:
    address = {"fixed_ips": [{"subnet_id": "s1", "ip_address": "10.0.0.2"}]}
    own = port("p1", device_owner=owner, device_id="r1", owner="", **address)
    found = [network(), live("network.subnet", "s1", "s", network_id="n1"), live("network.router", "r1", "r"), own]
    if leg:
        found.append(
            live("network.router_interface", "i1", network_id="n1", device_id="r1", device_owner="network:router_interface", **address)
        )
    tense = Tense.RECORDED if ours else Tense.REFERENCED
    claims = [*JOB, claim("openstack_networking_router_v2.r", tense, id_="r1", name="r")]
    given = inventory(*found)
    return judge(footprint(claims), given), [e.target.id for e in edges(given) if e.type is EdgeType.IMPLIED_BY]


@pytest.mark.parametrize("owner", ["network:router_gateway", "network:router_ha_interface", "network:router_centralized_snat"])
def test_neutrons_own_ports_of_a_router_go_with_it(owner: str) -> None:
    j, makers = routed(owner, leg=False, ours=True)
    assert makers == ["r1"]
    assert verdict(j, "p1") is Verdict.IMPLICIT
    plan = make_plan(j)
    router = next(s for s in plan.steps if s.target.id == "r1")
    assert [p.id for p in router.parts] == ["p1"]
    assert not any(k.leftover for k in plan.kept)


def test_the_port_for_central_snat_goes_with_the_leg_in_its_subnet_though_the_router_stays() -> None:
    j, makers = routed("network:router_centralized_snat", leg=True, ours=False)
    assert makers == ["i1"]
    plan = make_plan(j)
    assert "p1" not in {s.target.id for s in plan.steps}
    assert [s.target.id for s in plan.steps] == ["i1", "s1", "n1"]
    assert [p.id for p in plan.steps[0].parts] == ["p1"]
