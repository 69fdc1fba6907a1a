"""Verdicts, one rule a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.making import START, claim, footprint, inventory, live
from tfclean.estate.judge import judge
from tfclean.kinds.registry import KINDS
from tfclean.model import Claim, Confidence, Finding, Inventory, Judgement, Resource, Tense, Verdict

NET = "openstack_networking_network_v2.nodes"
PORT = "openstack_networking_port_v2.worker"
SERVER = "openstack_compute_instance_v2.worker"
GROUP = "openstack_compute_servergroup_v2.masters"
ADDRESS = "openstack_networking_floatingip_v2.node"
KEYPAIR = "openstack_compute_keypair_v2.nodes"
SERVER_ID = "7344f8fd-8f69-42eb-ab94-bb6543d358b3"


def network(id_: str = "n1", name: str = "ci-800001", **more: object) -> Resource:
    return live("network.network", id_, name, **{"router:external": False, "shared": False, **more})


def port(
    id_: str, name: str = "", *, network_id: str = "n1", owner: str | None = None, after: float | None = 10, **more: object
) -> Resource:
    fields = {"network_id": network_id, "device_id": "", "device_owner": "", "fixed_ips": [], "security_groups": [], **more}
    return live("network.port", id_, name, owner=owner, after=after, **fields)


def finding(judgement: Judgement, id_: str) -> Finding:
    return next(f for k, f in judgement.findings.items() if k.id == id_ and "tie" not in f.flags)


def verdict(judgement: Judgement, id_: str) -> Verdict:
    return finding(judgement, id_).verdict


def test_what_the_present_state_records_and_is_as_it_says_is_managed() -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network()))
    assert (verdict(j, "n1"), finding(j, "n1").confidence) == (Verdict.MANAGED, Confidence.CERTAIN)


def test_a_changed_attribute_makes_it_drifted() -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(name="renamed")))
    assert verdict(j, "n1") is Verdict.DRIFTED
    assert [(d.attribute, d.before, d.after) for d in finding(j, "n1").drift] == [("name", "ci-800001", "renamed")]


def test_what_the_present_state_records_and_is_not_live_is_missing() -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory())
    assert verdict(j, "n1") is Verdict.MISSING


def test_what_could_not_be_listed_is_never_missing() -> None:
    j = judge(footprint([claim(NET, id_="n1")]), inventory(listed=frozenset()))
    assert verdict(j, "n1") is Verdict.UNKNOWN


def test_what_only_a_backup_records_is_never_missing() -> None:
    old = claim(NET, id_="n1")
    j = judge(footprint([Claim(old.address, old.type, old.tense, old.source, "n1", present=False)]), inventory())
    assert not j.findings


def test_a_completed_create_of_a_log_is_a_certain_zombie() -> None:
    j = judge(footprint([claim(NET, Tense.CREATED, "n1")]), inventory(network()))
    assert (verdict(j, "n1"), finding(j, "n1").confidence) == (Verdict.ZOMBIE, Confidence.CERTAIN)


def test_what_an_older_state_records_and_the_present_one_does_not_is_kept_until_asked_for() -> None:
    old = claim(NET, id_="n1")
    gone = Claim(old.address, old.type, old.tense, old.source, "n1", present=False, lineage="a")
    j = judge(footprint([gone], lineages={"a": 9}), inventory(network()))
    assert verdict(j, "n1") is Verdict.ZOMBIE
    assert "state rm" in finding(j, "n1").keep


def test_an_id_of_another_kind_proves_nothing() -> None:
    j = judge(footprint([claim(SERVER, id_="n1")]), inventory(network(name="other")))
    assert verdict(j, "n1") is Verdict.FOREIGN


def test_what_another_project_owns_is_never_ours_whatever_the_state_says() -> None:
    j = judge(footprint([claim(PORT, id_="p1")]), inventory(port("p1", owner="other")))
    assert finding(j, "p1").confidence is Confidence.NONE


def test_a_started_create_is_matched_by_its_name_with_a_literal_of_the_run() -> None:
    j = judge(
        footprint([claim(SERVER, Tense.IN_FLIGHT, name="800001-worker-1")]), inventory(live("compute.server", "s1", "800001-worker-1"))
    )
    assert (verdict(j, "s1"), finding(j, "s1").confidence) == (Verdict.ZOMBIE, Confidence.PROBABLE)
    assert finding(j, "s1").addresses == (SERVER,)


def test_a_name_without_a_literal_of_the_run_is_circumstance() -> None:
    j = judge(
        footprint([claim(GROUP, Tense.IN_FLIGHT, name="masters-srvgrp")]), inventory(live("compute.server_group", "g1", "masters-srvgrp"))
    )
    assert verdict(j, "g1") is Verdict.POSSIBLE


def test_two_objects_for_one_create_are_both_only_possible() -> None:
    both = [live("compute.server", f"s{i}", "800001-worker-1") for i in (1, 2)]
    j = judge(footprint([claim(SERVER, Tense.IN_FLIGHT, name="800001-worker-1")]), inventory(*both))
    assert {verdict(j, "s1"), verdict(j, "s2")} == {Verdict.POSSIBLE}


def test_an_object_made_after_the_horizon_is_left_alone() -> None:
    later = live("compute.server", "s1", "800001-worker-1", after=7200)
    j = judge(footprint([claim(SERVER, Tense.IN_FLIGHT, name="800001-worker-1")]), inventory(later))
    assert verdict(j, "s1") is Verdict.FOREIGN


def test_an_object_made_before_the_run_is_left_alone_and_takes_the_literal_its_proof() -> None:
    older = live("compute.server", "s0", "800001-other", after=-7200)
    young = live("compute.server", "s1", "800001-worker-1")
    j = judge(footprint([claim(SERVER, Tense.IN_FLIGHT, name="800001-worker-1")]), inventory(older, young))
    assert (verdict(j, "s0"), verdict(j, "s1")) == (Verdict.FOREIGN, Verdict.POSSIBLE)


def test_an_object_older_than_the_start_of_its_create_is_left_alone() -> None:
    started = Claim(
        SERVER,
        "openstack_compute_instance_v2",
        Tense.IN_FLIGHT,
        claim(SERVER).source,
        attributes={"name": "800001-w"},
        started=START + timedelta(minutes=5),
    )
    j = judge(footprint([started]), inventory(live("compute.server", "s1", "800001-w", after=60)))
    assert verdict(j, "s1") is not Verdict.ZOMBIE


def test_a_create_that_never_started_counts_for_nothing() -> None:
    j = judge(footprint([claim(ADDRESS, Tense.PLANNED, pool="public")], logged=True), inventory(live("network.floating_ip", "f1")))
    assert verdict(j, "f1") is Verdict.FOREIGN


def test_without_a_log_a_planned_create_may_have_started() -> None:
    j = judge(footprint([claim(SERVER, Tense.PLANNED, name="800001-w")], logged=False), inventory(live("compute.server", "s1", "800001-w")))
    assert verdict(j, "s1") is Verdict.ZOMBIE


def test_an_attribute_that_differs_rules_a_candidate_out() -> None:
    create = claim("openstack_blockstorage_volume_v3.data", Tense.IN_FLIGHT, name="800001-data", size=1)
    j = judge(footprint([create]), inventory(live("block_storage.volume", "v1", "800001-data", size=20, attachments=[])))
    assert verdict(j, "v1") is Verdict.POSSIBLE
    assert "no create explains it" in finding(j, "v1").evidence[0].text


def test_nameless_floating_ips_are_possible_and_counted() -> None:
    creates = [claim(f'{ADDRESS}["{i}"]', Tense.IN_FLIGHT, pool="public") for i in (1, 2)]
    live_ones = [live("network.floating_ip", f"f{i}", f"10.0.0.{i}", floating_ip_address=f"10.0.0.{i}") for i in range(4)]
    j = judge(footprint(creates), inventory(*live_ones))
    assert {verdict(j, f"f{i}") for i in range(4)} == {Verdict.POSSIBLE}
    assert j.candidates[0].reason == "2 of these 4 floating IPs"
    assert all("ambiguous" in finding(j, f"f{i}").flags for i in range(4))


def test_a_floating_ip_on_a_foreign_port_is_no_candidate() -> None:
    creates = [claim(f'{ADDRESS}["{i}"]', Tense.IN_FLIGHT, pool="public") for i in (1, 2)]
    live_ones = [live("network.floating_ip", f"f{i}") for i in range(3)]
    foreign = port("pf", network_id="n9")
    tie = live("network.floating_ip_association", "f0", port_id="pf")
    j = judge(footprint(creates), inventory(*live_ones, foreign, tie))
    assert (verdict(j, "f0"), verdict(j, "f1")) == (Verdict.FOREIGN, Verdict.POSSIBLE)
    assert len(j.candidates[0].resources) == 3
    assert [k.id for k in j.candidates[0].contradicted] == ["f0"]


def test_the_error_of_its_own_create_makes_a_nameless_object_probable() -> None:
    c = claim(ADDRESS, Tense.IN_FLIGHT, pool="public")
    told = Claim(c.address, c.type, c.tense, c.source, attributes=c.attributes, candidates=("f1",))
    j = judge(footprint([told]), inventory(live("network.floating_ip", "f1"), live("network.floating_ip", "f2")))
    assert finding(j, "f1").confidence is Confidence.PROBABLE
    assert verdict(j, "f2") is Verdict.FOREIGN


def test_a_baseline_lets_circumstance_rise_when_nothing_else_can_be_meant() -> None:
    create = claim(ADDRESS, Tense.IN_FLIGHT, pool="public")
    world = inventory(live("network.floating_ip", "f1"), live("network.floating_ip", "f0"))
    j = judge(footprint([create]), world, baseline=inventory(live("network.floating_ip", "f0")))
    assert finding(j, "f1").confidence is Confidence.PROBABLE
    assert verdict(j, "f0") is Verdict.FOREIGN


def test_an_unplugged_port_on_our_network_is_ours_whenever_it_was_made() -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(), port("p1", "left-by-hand", after=99999)))
    assert (verdict(j, "p1"), finding(j, "p1").confidence) == (Verdict.ZOMBIE, Confidence.CERTAIN)
    assert "stranger" in finding(j, "p1").flags


def test_a_port_whose_device_is_invisible_is_a_blocker_never_ours() -> None:
    plugged = port("p1", device_id="unseen", device_owner="compute:nova")
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(), plugged))
    assert verdict(j, "p1") is Verdict.FOREIGN


def test_a_foreign_port_on_our_network_is_foreign() -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(), port("p1", owner="other")))
    assert verdict(j, "p1") is Verdict.FOREIGN


def test_a_server_wholly_on_our_network_is_ours_and_its_own_port_is_implicit() -> None:
    plugged = port("p1", device_id="s1", device_owner="compute:nova")
    j = judge(
        footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(), plugged, live("compute.server", "s1", "made-by-cluster"))
    )
    assert (verdict(j, "s1"), verdict(j, "p1")) == (Verdict.ZOMBIE, Verdict.IMPLICIT)


def test_a_server_with_a_leg_on_a_foreign_network_is_foreign() -> None:
    legs = [port(f"p{i}", network_id=f"n{i}", device_id="s1", device_owner="compute:nova") for i in (1, 2)]
    world = inventory(network(), network("n2", "theirs"), *legs, live("compute.server", "s1", "theirs"))
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), world)
    assert (verdict(j, "s1"), verdict(j, "p1")) == (Verdict.FOREIGN, Verdict.FOREIGN)


def test_a_server_whose_ports_are_all_ours_is_at_most_one_step_weaker() -> None:
    leg = port("p1", "800001-p", network_id="shared", device_id="s1", device_owner="compute:nova")
    world = inventory(leg, live("compute.server", "s1", "unknown"))
    j = judge(footprint([claim(PORT, id_="p1", name="800001-p")]), world)
    assert finding(j, "s1").confidence is Confidence.PROBABLE


def test_a_router_leg_of_ours_in_a_used_router_is_ours_and_the_router_is_not() -> None:
    subnet = live("network.subnet", "sn1", "800001-nodes", network_id="n1")
    leg = live("network.router_interface", "p1", network_id="n1", device_id="r1", fixed_ips=[{"subnet_id": "sn1"}])
    router = live("network.router", "r1", "shared", after=-9999)
    used = claim("data.openstack_networking_router_v2.shared", Tense.REFERENCED, "r1")
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001"), used]), inventory(network(), subnet, leg, router))
    assert (verdict(j, "p1"), verdict(j, "r1"), verdict(j, "sn1")) == (Verdict.ZOMBIE, Verdict.USED, Verdict.ZOMBIE)


ROUTER = "data.openstack_networking_router_v2.shared[0]"


@pytest.mark.parametrize("given", [{"name": "shared"}, {"router_id": "r1"}], ids=["by name", "by id"])
def test_what_a_data_source_means_is_used_though_no_trace_tells_its_answer(given: dict[str, str]) -> None:
    subnet = live("network.subnet", "sn1", "800001-nodes", network_id="n1")
    leg = live("network.router_interface", "p1", network_id="n1", device_id="r1", fixed_ips=[{"subnet_id": "sn1"}])
    routers = live("network.router", "r1", "shared", after=-9999), live("network.router", "r2", "other", after=-9999)
    told = footprint([claim(NET, id_="n1", name="ci-800001"), claim(ROUTER, Tense.REFERENCED, **given)])
    j = judge(told, inventory(network(), subnet, leg, *routers))
    assert (verdict(j, "r1"), verdict(j, "r2"), verdict(j, "p1")) == (Verdict.USED, Verdict.FOREIGN, Verdict.ZOMBIE)


def test_of_two_that_bear_the_name_that_a_data_source_looks_for_neither_is_used() -> None:
    twice = (live("network.router", id_, "shared", after=-9999) for id_ in ("r1", "r2"))
    j = judge(footprint([claim(NET), claim(ROUTER, Tense.REFERENCED, name="shared")]), inventory(*twice))
    assert (verdict(j, "r1"), verdict(j, "r2")) == (Verdict.FOREIGN, Verdict.FOREIGN)


def test_what_the_job_makes_is_not_merely_used_because_a_data_source_looks_for_its_name() -> None:
    making = claim("openstack_networking_router_v2.own", Tense.IN_FLIGHT, name="800001-router")
    j = judge(
        footprint([making, claim(ROUTER, Tense.REFERENCED, name="800001-router")], job="none"),
        inventory(live("network.router", "r1", "800001-router")),
    )
    assert verdict(j, "r1") is Verdict.POSSIBLE


def test_a_leg_of_a_foreign_router_in_our_subnet_is_no_step() -> None:
    subnet = live("network.subnet", "sn1", network_id="n1")
    leg = live("network.router_interface", "p1", network_id="n1", device_id="r1", fixed_ips=[{"subnet_id": "sn1"}])
    j = judge(
        footprint([claim(NET, id_="n1", name="ci-800001")]),
        inventory(network(), subnet, leg, live("network.router", "r1", "theirs", after=-99)),
    )
    assert verdict(j, "p1") is Verdict.FOREIGN


def test_a_data_source_is_used_never_owned() -> None:
    j = judge(footprint([claim("data.openstack_networking_network_v2.x", Tense.REFERENCED, "n1")]), inventory(network()))
    assert (verdict(j, "n1"), finding(j, "n1").confidence) == (Verdict.USED, Confidence.NONE)


def test_a_strange_rule_in_our_group_is_ours_and_the_default_egress_is_implicit() -> None:
    group = live("network.security_group", "g1", "800001-worker")
    strange = live("network.security_group_rule", "r1", "ingress", security_group_id="g1", direction="ingress", protocol="tcp")
    egress = live("network.security_group_rule", "r2", "egress", security_group_id="g1", direction="egress")
    j = judge(footprint([claim("openstack_networking_secgroup_v2.g", id_="g1", name="800001-worker")]), inventory(group, strange, egress))
    assert (verdict(j, "r1"), verdict(j, "r2")) == (Verdict.ZOMBIE, Verdict.IMPLICIT)
    assert "stranger" in finding(j, "r1").flags


def test_the_default_group_is_protected() -> None:
    j = judge(
        footprint([claim("openstack_networking_secgroup_v2.d", id_="g1", name="default")]),
        inventory(live("network.security_group", "g1", "default")),
    )
    assert verdict(j, "g1") is Verdict.PROTECTED


@pytest.mark.parametrize("fields", [{"tags": ["keep"]}, {"tags": ["tfclean:keep"]}, {"description": "Do-not-delete, ask ops"}])
def test_a_keep_marker_protects(fields: dict[str, object]) -> None:
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(**fields)))
    assert verdict(j, "n1") is Verdict.PROTECTED


def test_what_another_state_manages_is_protected_and_nothing_inside_it_is_ours() -> None:
    world = inventory(network(), port("p1"))
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), world, protect=[footprint([claim(NET, id_="n1")])])
    assert (verdict(j, "n1"), verdict(j, "p1")) == (Verdict.PROTECTED, Verdict.FOREIGN)


def test_what_openstack_made_for_what_another_state_manages_is_protected_with_it() -> None:
    theirs, id_ = claim(SERVER, id_=SERVER_ID, name="w"), SERVER_ID
    plugged = port("p1", device_id=id_, device_owner="compute:nova")
    own = port("p2", "800001-p", device_id=id_, device_owner="compute:nova")
    disk = live("block_storage.volume", "v1", f"{id_}-blank-vol", description="")
    world = inventory(network(), live("compute.server", id_, "w"), plugged, own, disk)
    told = footprint([claim(NET, id_="n1", name="ci-800001"), claim(PORT, id_="p2", name="800001-p")])
    j = judge(told, world, protect=[footprint([theirs])])
    assert [verdict(j, i) for i in ("p1", "v1", "p2")] == [Verdict.PROTECTED, Verdict.PROTECTED, Verdict.MANAGED]
    assert finding(j, "v1").keep == f"it goes with server w: terraform.tfstate manages it as {SERVER}"


def test_an_octavia_port_goes_with_its_balancer() -> None:
    balancer = live("load_balancer.load_balancer", "lb1", "800001-api", vip_network_id="n1", vip_port_id="p1")
    vip = port("p1", "octavia-lb-lb1", device_id="lb-lb1", device_owner="Octavia")
    amphora = port("p2", "octavia-lb-vrrp-x", owner="octavia", device_id="unseen", device_owner="compute:nova")
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), inventory(network(), balancer, vip, amphora))
    assert [verdict(j, i) for i in ("lb1", "p1", "p2")] == [Verdict.ZOMBIE, Verdict.IMPLICIT, Verdict.IMPLICIT]


def test_an_amphora_port_that_may_be_a_foreign_balancers_is_foreign() -> None:
    ours = live("load_balancer.load_balancer", "lb1", "800001-api", vip_network_id="n9")
    theirs = live("load_balancer.load_balancer", "lb2", "other", vip_network_id="n9")
    amphora = port("p2", "octavia-lb-vrrp-x", owner="octavia", network_id="n9", device_id="unseen", device_owner="compute:nova")
    j = judge(footprint([claim("openstack_lb_loadbalancer_v2.api", id_="lb1", name="800001-api")]), inventory(ours, theirs, amphora))
    assert verdict(j, "p2") is Verdict.FOREIGN


def test_a_keypair_is_ours_only_with_the_same_public_key() -> None:
    same = live("compute.keypair", "kubernetes-800001", "kubernetes-800001", after=None, public_key="ssh-ed25519 AAAA lab")
    told = claim(KEYPAIR, id_="kubernetes-800001", name="kubernetes-800001", public_key="ssh-ed25519 AAAA lab")
    other = claim(KEYPAIR, id_="kubernetes-800001", name="kubernetes-800001", public_key="ssh-ed25519 BBBB lab")
    assert finding(judge(footprint([told]), inventory(same)), same.id).confidence is Confidence.CERTAIN
    assert finding(judge(footprint([other]), inventory(same)), same.id).confidence is Confidence.NONE


def test_a_keypair_made_after_the_run_is_somebody_elses_though_name_and_key_are_the_same() -> None:
    later = live("compute.keypair", "kubernetes-800001", "kubernetes-800001", after=7200, public_key="ssh-ed25519 AAAA lab")
    told = claim(KEYPAIR, Tense.CREATED, "kubernetes-800001", name="kubernetes-800001", public_key="ssh-ed25519 AAAA lab")
    assert finding(judge(footprint([told]), inventory(later)), later.id).confidence is Confidence.NONE


def test_consequences_of_something_missing_are_nested_under_it() -> None:
    server = claim(SERVER, id_="s1", name="800001-w")
    tie = claim("openstack_compute_volume_attach_v2.d", id_="s1/v1", instance_id="s1", volume_id="v1")
    j = judge(footprint([server, tie]), inventory())
    cause = {k.kind: f.cause for k, f in j.findings.items()}
    assert cause["compute.volume_attachment"] == finding(j, "s1").key
    assert cause["compute.server"] is None


def test_a_type_of_another_service_is_a_named_gap() -> None:
    j = judge(footprint([claim("openstack_dns_zone_v2.z", id_="z1")]), inventory())
    assert [g.subject for g in j.gaps] == ["openstack_dns_zone_v2"]


def test_an_object_named_like_the_job_that_no_create_explains_is_possible() -> None:
    world: Inventory = inventory(live("block_storage.volume", "v1", "800001-by-hand", attachments=[]))
    j = judge(footprint([claim(NET, id_="n1", name="ci-800001")]), world)
    assert verdict(j, "v1") is Verdict.POSSIBLE


ASSOCIATE = "openstack_networking_port_secgroup_associate_v2.web"


def test_each_group_that_an_association_put_a_port_into_is_a_tie_of_the_jobs_and_no_other() -> None:
    live_port = port("p1", "web", network_id="n9", security_groups=["g1", "g2", "theirs"], project_id="p" * 32)
    groups = [live("network.security_group", id_, id_) for id_ in ("g1", "g2", "theirs")]
    made = claim(ASSOCIATE, id_="p1", port_id="p1", security_group_ids=["g1", "g2", "g3"])
    j = judge(footprint([made]), inventory(live_port, *groups, listed=frozenset(KINDS) - {"network.port_security_group"}))
    told = {k.id: f.verdict for k, f in j.findings.items() if k.kind == "network.port_security_group"}
    assert told == {"p1/g1": Verdict.MANAGED, "p1/g2": Verdict.MANAGED, "p1/g3": Verdict.MISSING}
    assert {k.id: f.verdict for k, f in j.findings.items() if k.kind == "network.port"} == {"p1": Verdict.USED}


def test_a_missing_tie_follows_from_its_own_missing_group_and_not_from_another_of_the_same_association() -> None:
    group = "openstack_networking_secgroup_v2.g"
    claims = [claim(f"{group}[{i}]", id_=f"g{i}", name=f"g{i}") for i in (1, 2)]
    claims.append(claim(ASSOCIATE, id_="p1", port_id="p1", security_group_ids=["g1", "g2"]))
    j = judge(footprint(claims), inventory(port("p1", security_groups=[]), live("network.security_group", "g2", "g2")))
    causes = {k.id: f.cause and f.cause.id for k, f in j.findings.items() if k.kind == "network.port_security_group"}
    assert causes == {"p1/g1": "g1", "p1/g2": None}


def test_a_tie_that_a_protected_state_claims_too_is_not_the_jobs() -> None:
    made = claim(ASSOCIATE, id_="p1", port_id="p1", security_group_ids=["g1"])
    live_port, group = port("p1", network_id="n9", security_groups=["g1"]), live("network.security_group", "g1", "g1")
    j = judge(footprint([made]), inventory(live_port, group), protect=[footprint([made])])
    assert [f.verdict for k, f in j.findings.items() if k.kind == "network.port_security_group"] == [Verdict.PROTECTED]


def test_each_route_of_one_instance_is_a_tie_of_the_jobs() -> None:
    routes = [{"destination": f"10.{i}.0.0/24", "nexthop": "10.9.0.1"} for i in (1, 2)]
    router = live("network.router", "r1", "shared", routes=routes)
    ties = [live("network.router_route", f"r1-route-{r['destination']}-{r['nexthop']}", router_id="r1", **r) for r in routes]
    rows = [{"destination_cidr": "10.1.0.0/24", "next_hop": "10.9.0.1"}, {"destination_cidr": "10.5.0.0/24", "next_hop": "10.9.0.1"}]
    made = claim("openstack_networking_router_routes_v2.all", id_="r1", router_id="r1", routes=rows)
    j = judge(footprint([made]), inventory(router, *ties))
    told = {k.id.removeprefix("r1-route-"): f.verdict for k, f in j.findings.items() if k.kind == "network.router_route"}
    assert told == {
        "10.1.0.0/24-10.9.0.1": Verdict.MANAGED,
        "10.2.0.0/24-10.9.0.1": Verdict.FOREIGN,
        "10.5.0.0/24-10.9.0.1": Verdict.MISSING,
    }


def test_what_lives_in_a_kept_network_stays_unless_a_trace_names_it() -> None:
    kept = replace(claim(NET, id_="n1", name="ci-800001"), keep="its configuration has prevent_destroy")
    j = judge(footprint([kept, claim(PORT, id_="p1")]), inventory(network(), port("p1"), port("p2")))
    port_of = {f.id: f for f in j.findings.values() if f.kind == "network.port"}
    assert port_of["p1"].keep == ""
    assert "which stays: its configuration has prevent_destroy" in port_of["p2"].keep
