"""Which object came of which create: one rule a test."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.estate.test_judge import ADDRESS, GROUP, NET, SERVER, SERVER_ID, finding, network, port, verdict
from tests.making import START, claim, footprint, inventory, live
from tfclean.estate.judge import judge
from tfclean.model import Claim, Confidence, Judgement, Pattern, PendingCreate, Resource, Tense, Variable, Verdict

VOLUME = "openstack_blockstorage_volume_v3.data"
LISTENER = "openstack_lb_listener_v2.api"
BALANCER = "load_balancer.load_balancer"


def server(id_: str, name: str, **more: Any) -> Resource:
    return live("compute.server", id_, name, **more)


def flying(address: str, *, since: float | None = None, refers: tuple[tuple[str, str], ...] = (), **attributes: Any) -> Claim:
    made = claim(address, Tense.IN_FLIGHT, **attributes)
    started = START + timedelta(seconds=since) if since is not None else None
    return Claim(made.address, made.type, made.tense, made.source, attributes=made.attributes, started=started, refers=refers)


def given(**values: str) -> dict[str, Variable]:
    return {name: Variable(value, given=True, source="--var") for name, value in values.items()}


def pending(judgement: Judgement, address: str) -> PendingCreate:
    return next(p for p in judgement.pending if p.address == address)


# -- literals


def test_an_own_object_of_an_earlier_run_of_the_same_job_takes_nothing_from_the_literal() -> None:
    older = live("compute.keypair", "kubernetes-800001", "kubernetes-800001", after=-99999, public_key="ssh-rsa AAAA")
    told = claim("openstack_compute_keypair_v2.k", id_=older.id, name=older.id, public_key="ssh-rsa AAAA")
    j = judge(footprint([told, flying(VOLUME, name="800001-data")]), inventory(older, live("block_storage.volume", "v1", "800001-data")))
    assert finding(j, "v1").confidence is Confidence.PROBABLE


def test_a_literal_that_a_concurrent_twin_of_the_module_bears_too_proves_nothing() -> None:
    world = inventory(server("s1", "kube-masters"), server("s2", "kube-800002-worker"))
    claims = [flying(f"{SERVER}[0]", name="kube-masters"), flying(f"{SERVER}[1]", name="kube-800001-worker")]
    j = judge(footprint(claims, variables=given(prefix="kube", job="800001")), world)
    assert (verdict(j, "s1"), verdict(j, "s2")) == (Verdict.POSSIBLE, Verdict.FOREIGN)
    assert '"kube" stands in server kube-800002-worker' in finding(j, "s1").evidence[0].text


def test_the_other_literal_still_proves_what_it_stands_in() -> None:
    world = inventory(server("s1", "kube-800001-worker"), server("s2", "kube-800002-worker"))
    j = judge(footprint([flying(SERVER, name="kube-800001-worker")], variables=given(prefix="kube", job="800001")), world)
    assert finding(j, "s1").confidence is Confidence.PROBABLE
    assert '"800001"' in finding(j, "s1").evidence[0].text


def test_more_objects_of_one_name_than_creates_take_the_literal_its_proof_everywhere() -> None:
    recorded = claim(NET, id_="n1", name="ci-800001")
    world = inventory(network(), network("n2"), server("s1", "800001-w"))
    j = judge(footprint([recorded, flying(SERVER, name="800001-w")]), world)
    assert verdict(j, "s1") is Verdict.POSSIBLE
    assert "more objects named ci-800001 than this run has creates for" in finding(j, "s1").evidence[0].text


def test_what_an_operator_named_like_the_job_takes_nothing_from_the_literal() -> None:
    world = inventory(server("s1", "800001-w"), server("s2", "800001-by-hand"))
    j = judge(footprint([flying(SERVER, name="800001-w")]), world)
    assert (finding(j, "s1").confidence, verdict(j, "s2")) == (Confidence.PROBABLE, Verdict.POSSIBLE)


# -- patterns


def test_a_pattern_with_a_literal_of_the_run_names_what_it_matches() -> None:
    j = judge(footprint([flying(SERVER, name=Pattern(("800001-", None, "-worker")))]), inventory(server("s1", "800001-a7-worker")))
    assert finding(j, "s1").confidence is Confidence.PROBABLE
    assert "800001-*-worker" in finding(j, "s1").evidence[0].text


def test_a_pattern_without_a_literal_of_the_run_is_circumstance() -> None:
    j = judge(footprint([flying(SERVER, name=Pattern((None, "-worker")))]), inventory(server("s1", "800001-worker"), server("s2", "x")))
    assert (verdict(j, "s1"), verdict(j, "s2")) == (Verdict.POSSIBLE, Verdict.FOREIGN)


def test_a_literal_that_may_go_on_in_an_unknown_part_is_none() -> None:
    j = judge(footprint([flying(SERVER, name=Pattern(("800001", None)))]), inventory(server("s1", "8000012-worker")))
    assert verdict(j, "s1") is Verdict.POSSIBLE


def test_an_exact_name_leaves_the_other_object_to_the_pattern() -> None:
    claims = [flying(f"{SERVER}[0]", name=Pattern(("800001-", None))), flying(f"{SERVER}[1]", name="800001-a")]
    j = judge(footprint(claims), inventory(server("s1", "800001-a"), server("s2", "800001-b")))
    assert {f.addresses for f in (finding(j, "s1"), finding(j, "s2"))} == {(f"{SERVER}[1]",), (f"{SERVER}[0]",)}
    assert finding(j, "s1").addresses == (f"{SERVER}[1]",)


def test_of_more_objects_than_creates_only_that_rises_without_which_there_is_no_assignment() -> None:
    claims = [flying(f"{SERVER}[0]", name=Pattern(("800001-", None))), flying(f"{SERVER}[1]", name="800001-a")]
    j = judge(footprint(claims), inventory(*(server(f"s{n}", f"800001-{n}") for n in "abc")))
    assert [finding(j, f"s{n}").confidence for n in "abc"] == [Confidence.PROBABLE, Confidence.POSSIBLE, Confidence.POSSIBLE]


def test_an_attribute_known_in_part_rules_out_what_does_not_match_it() -> None:
    create = flying(VOLUME, name="800001-data", description=Pattern(("for ", None)))
    world = inventory(live("block_storage.volume", "v1", "800001-data", description="by hand"))
    j = judge(footprint([create]), world)
    assert verdict(j, "v1") is Verdict.POSSIBLE
    assert [r.reason for r in pending(j, VOLUME).rejected] == ['its description is "by hand", and that create would have given it "for *"']


# -- what it names


def listener(id_: str, balancer: str) -> Resource:
    return live("load_balancer.listener", id_, "api", protocol="TCP", loadbalancers=[{"id": balancer}])


@pytest.mark.parametrize("told", ["id", "address"])
def test_a_listener_on_another_balancer_is_out(told: str) -> None:
    api = claim("openstack_lb_loadbalancer_v2.api", id_="b1", name="800001-api")
    other = claim("openstack_lb_loadbalancer_v2.other", id_="b2", name="800001-other")
    named = {"loadbalancer_id": "b1"} if told == "id" else {}
    refers = (("loadbalancer_id", api.address),) if told == "address" else ()
    balancers = [live(BALANCER, f"b{n}", f"800001-{name}") for n, name in ((1, "api"), (2, "other"))]
    create = flying(LISTENER, refers=refers, name="api", protocol="TCP", **named)
    j = judge(footprint([api, other, create]), inventory(*balancers, listener("l1", "b1"), listener("l2", "b2")))
    assert (finding(j, "l1").addresses, finding(j, "l2").addresses) == ((LISTENER,), ())
    assert pending(j, LISTENER).made == ("load_balancer.listener", "l1")
    assert [r.key.id for r in pending(j, LISTENER).rejected] == ["l2"]


def test_a_port_whose_group_is_another_is_out() -> None:
    groups = [live("network.security_group", f"g{n}", f"group-{n}") for n in (1, 2)]
    claims = [claim(f"openstack_networking_secgroup_v2.g{n}", id_=f"g{n}", name=f"group-{n}") for n in (1, 2)]
    create = flying("openstack_networking_port_v2.p", name="vip", security_group_ids=["g1"])
    ports = [port(f"p{n}", "vip", network_id="shared", security_groups=[f"g{n}"]) for n in (1, 2)]
    j = judge(footprint([*claims, create]), inventory(*groups, *ports))
    assert (verdict(j, "p1"), verdict(j, "p2")) == (Verdict.POSSIBLE, Verdict.FOREIGN)
    assert "names security group group-1 of the job" in finding(j, "p1").evidence[0].text
    assert "is in security group group-2" in pending(j, create.address).rejected[0].reason


def test_the_subnet_of_a_network_that_the_job_uses_is_used_with_it() -> None:
    older = {"after": -7200}
    shared = [live("network.network", "n0", "common", **older), live("network.subnet", "sn0", "common", network_id="n0", **older)]
    made = port("p1", "800001-p", network_id="n0", fixed_ips=[{"subnet_id": "sn0"}])
    create = flying("openstack_networking_port_v2.p", name="800001-p", network_id="n0")
    assert finding(judge(footprint([create]), inventory(*shared, made)), "p1").confidence is Confidence.PROBABLE


def test_what_was_made_for_an_object_does_not_contradict_its_create() -> None:
    own = port("p1", device_id="s1", device_owner="compute:nova", network_id="n0")
    shared = live("network.network", "n0", "common", after=-7200)
    used = claim("data.openstack_networking_network_v2.common", Tense.REFERENCED, "n0")
    create = flying(SERVER, name="800001-w")
    assert (
        finding(judge(footprint([create, used]), inventory(own, shared, server("s1", "800001-w"))), "s1").confidence is Confidence.PROBABLE
    )
    j = judge(footprint([create]), inventory(own, shared, server("s1", "800001-w")))
    assert pending(j, SERVER).rejected[0].reason.startswith("with port p1, which is on network common")


def test_two_creates_that_name_each_other_do_not_make_each_other_foreign() -> None:
    group = live("network.security_group", "g1", "nodes")
    creates = [flying("openstack_networking_secgroup_v2.g", name="nodes"), flying("openstack_networking_port_v2.p", name="800001-p")]
    made = port("p1", "800001-p", network_id="n0", security_groups=["g1"])
    j = judge(footprint(creates), inventory(group, made))
    assert (finding(j, "p1").confidence, finding(j, "g1").confidence) == (Confidence.PROBABLE, Confidence.POSSIBLE)


# -- time


def logged(at: float, dated: float) -> tuple[Claim, Resource]:
    """A create that the log shows from `at` on for a second, and its object, which the cloud dates `dated`."""
    made = claim(f"openstack_networking_secgroup_v2.g[{at}]", Tense.CREATED, f"g{at}", name=f"g{at}")
    times = {"started": START + timedelta(seconds=at), "ended": START + timedelta(seconds=at + 1)}
    told = Claim(made.address, made.type, made.tense, made.source, made.id, made.attributes, **times)
    return told, live("network.security_group", f"g{at}", f"g{at}", after=dated)


def test_a_cloud_whose_clock_is_behind_dates_what_the_run_made_before_it() -> None:
    pairs = [logged(at, at - 600) for at in (1, 2, 3, 4)]
    world = inventory(*(r for _, r in pairs), server("s1", "800001-w", after=-594), server("s2", "800001-x", after=10))
    claims = [*(c for c, _ in pairs), flying(f"{SERVER}[0]", since=5, name="800001-w"), flying(f"{SERVER}[1]", since=700, name="800001-x")]
    j = judge(footprint(claims), world)
    assert finding(j, "s1").confidence is Confidence.PROBABLE
    assert pending(j, f"{SERVER}[1]").rejected[0].reason == "it was made 690 s before that create started"


def test_recorded_creates_make_the_tolerance_narrow() -> None:
    pairs = [logged(at, at) for at in (1, 2, 3, 4)]
    create = flying(SERVER, since=20, name="800001-w")
    early = server("s1", "800001-w", after=16)
    assert verdict(judge(footprint([create]), inventory(early)), "s1") is Verdict.ZOMBIE
    j = judge(footprint([create, *(c for c, _ in pairs)]), inventory(early, *(r for _, r in pairs)))
    assert verdict(j, "s1") is Verdict.POSSIBLE


def test_without_times_the_dates_of_what_the_log_shows_as_created_say_when_the_run_was() -> None:
    recorded = claim(NET, Tense.CREATED, "n1", name="ci-800001")
    world = inventory(network(), server("s1", "800001-w", after=100), server("s2", "800001-x", after=99999))
    claims = [recorded, *(flying(f"{SERVER}[{i}]", name=f"800001-{n}") for i, n in enumerate("wx"))]
    j = judge(footprint(claims, horizon=None), world)
    assert (verdict(j, "s1"), verdict(j, "s2")) == (Verdict.ZOMBIE, Verdict.FOREIGN)


# -- circumstance


def test_creates_and_objects_that_can_change_places_are_one_group() -> None:
    creates = [flying(f"{ADDRESS}[0]", pool="public"), flying(f"{ADDRESS}[1]", pool="public", since=300)]
    world = inventory(live("network.floating_ip", "f1", after=10), live("network.floating_ip", "f2", after=400))
    (group,) = judge(footprint(creates), world).candidates
    assert (group.creates, len(group.resources)) == ((f"{ADDRESS}[0]", f"{ADDRESS}[1]"), 2)


def test_against_a_baseline_circumstance_proves_nothing_while_somebody_else_was_at_work() -> None:
    create, old = flying(ADDRESS, pool="public"), inventory()
    alone = inventory(live("network.floating_ip", "f1"))
    beside = inventory(live("network.floating_ip", "f1"), server("s9", "800002-w"))
    assert finding(judge(footprint([create]), alone, baseline=old), "f1").confidence is Confidence.PROBABLE
    assert finding(judge(footprint([create]), beside, baseline=old), "f1").confidence is Confidence.POSSIBLE


def test_what_openstack_made_for_what_is_protected_is_nobody_elses_work() -> None:
    disk = live("block_storage.volume", "v1", f"{SERVER_ID}-blank-vol", description="")
    world = inventory(live("network.floating_ip", "f1"), server(SERVER_ID, "900001-w"), disk)
    twin = footprint([claim(SERVER, id_=SERVER_ID, name="900001-w")])
    j = judge(footprint([flying(ADDRESS, pool="public")]), world, baseline=inventory(), protect=[twin])
    assert finding(j, "f1").confidence is Confidence.PROBABLE


def test_a_nameless_disk_in_a_server_of_the_job_is_nobody_elses_work() -> None:
    recorded = claim(SERVER, id_="s1", name="800001-w")
    tie = live("compute.volume_attachment", "s1/v1", server_id="s1", volume_id="v1")
    for name, confidence in (("", Confidence.PROBABLE), ("by-hand", Confidence.POSSIBLE)):
        world = inventory(server("s1", "800001-w"), tie, live("block_storage.volume", "v1", name), live("network.floating_ip", "f1"))
        j = judge(footprint([recorded, flying(ADDRESS, pool="public")]), world, baseline=inventory())
        assert finding(j, "f1").confidence is confidence


def test_against_a_baseline_of_more_objects_than_creates_none_rises() -> None:
    world = inventory(*(live("network.floating_ip", f"f{n}") for n in (1, 2)))
    j = judge(footprint([flying(ADDRESS, pool="public")]), world, baseline=inventory())
    assert [finding(j, f"f{n}").confidence for n in (1, 2)] == [Confidence.POSSIBLE] * 2


def test_against_a_baseline_a_name_that_has_come_since_is_the_jobs_though_its_content_is_not_known() -> None:
    told = claim("openstack_compute_keypair_v2.k", Tense.CREATED, "ours")
    young, late = (live("compute.keypair", "ours", "ours", after=after, public_key="ssh-rsa AAAA") for after in (10, 7200))
    assert finding(judge(footprint([told]), inventory(young)), "ours").confidence is Confidence.POSSIBLE
    assert finding(judge(footprint([told]), inventory(young), baseline=inventory()), "ours").confidence is Confidence.PROBABLE
    assert finding(judge(footprint([told]), inventory(young), baseline=inventory(young)), "ours").confidence is Confidence.POSSIBLE
    assert finding(judge(footprint([told]), inventory(late), baseline=inventory()), "ours").confidence is Confidence.POSSIBLE


def test_a_keypair_of_another_name_is_no_candidate() -> None:
    other = live("compute.keypair", "theirs", "theirs", after=None, public_key="ssh-rsa AAAA")
    j = judge(footprint([flying("openstack_compute_keypair_v2.k", name="ours", public_key="ssh-rsa AAAA")]), inventory(other))
    assert verdict(j, "theirs") is Verdict.FOREIGN


# -- pending creates


def test_a_pending_create_is_told_with_its_start_and_its_candidates() -> None:
    world = inventory(live("compute.server_group", "g1", "masters"), live("compute.server_group", "g2", "masters"))
    told = pending(judge(footprint([flying(GROUP, since=7, name="masters")]), world), GROUP)
    assert (told.since, told.started, told.name) == (START + timedelta(seconds=7), True, "masters")
    assert (told.made, [k.id for k in told.candidates]) == (None, ["g1", "g2"])


def test_a_create_that_made_nothing_is_pending_without_candidates() -> None:
    told = pending(judge(footprint([flying(SERVER, name="800001-w")]), inventory()), SERVER)
    assert (told.made, told.candidates, told.rejected) == (None, (), ())


def test_a_port_that_is_no_leg_is_not_what_the_create_of_a_leg_made() -> None:
    leg = "openstack_networking_router_interface_v2.nodes"
    claims = [claim(NET, id_="n1", name="800001"), flying(leg)]
    plugged = port("p1", network_id="n1", device_id="s1", device_owner="compute:nova")
    told = pending(judge(footprint(claims), inventory(network("n1", "800001"), plugged, server("s1", "800001-w"))), leg)
    assert (told.made, told.candidates) == (None, ())


def test_what_another_create_explains_better_is_told_as_rejected() -> None:
    claims = [flying(f"{SERVER}[0]", name=Pattern(("800001-", None))), flying(f"{SERVER}[1]", name="800001-a")]
    told = pending(judge(footprint(claims), inventory(server("s1", "800001-a"))), f"{SERVER}[0]")
    assert [(r.key.id, r.reason) for r in told.rejected] == [("s1", f"{SERVER}[1] explains it")]


def test_only_the_nearest_of_the_rejected_are_told_and_the_others_counted() -> None:
    world = inventory(*(server(f"s{n}", "800001-w", after=-7200 - n) for n in range(9)))
    told = pending(judge(footprint([flying(SERVER, name="800001-w")]), world), SERVER)
    assert (len(told.rejected), told.others) == (6, 3)
