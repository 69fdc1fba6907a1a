"""By age alone: what hangs together goes together, and nothing that is young, kept or common does."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estate.sweeping import HOUR, OLD, YOUNG, gone, job, leg, port, project, random_project, security_group, swept, why
from tests.exhaustive import EXHAUSTIVE
from tests.making import START, live
from tfclean.cleanup.plan import make_plan
from tfclean.estate.ages import Clock, span
from tfclean.estate.sweep import Choice
from tfclean.kinds.guards import keep_marker
from tfclean.kinds.registry import KINDS
from tfclean.kinds.relations import edges
from tfclean.model import EdgeType, Gap, GapKind, Inventory, Key


def ids(name: str) -> set[str]:
    return {r.id for r in job(name) if not KINDS[r.kind].tie}


def test_an_old_job_goes_whole_with_the_router_and_the_keypair_that_it_made() -> None:
    assert gone(swept(project(*job("a")))) == ids("a")


def test_nothing_of_a_job_goes_while_anything_of_it_is_young() -> None:
    for resource in job("a"):
        if resource.created_at is None or resource.id == "a-key":  # such a key is a later one of the same name
            continue
        young = [replace(r, created_at=START - timedelta(hours=1)) if r.key == resource.key else r for r in job("a")]
        assert gone(swept(project(*young))) == set(), resource.key


def test_two_jobs_behind_one_router_are_two_groups_and_the_router_stays() -> None:
    router = live("network.router", "r", "r", after=OLD)
    found = swept(project(router, *job("a", router="r"), *job("b", YOUNG, router="r")))
    assert gone(found) == ids("a") - {"a-router"}
    found = swept(project(router, *job("a", router="r"), *job("b", OLD + 60, router="r")))
    assert gone(found) == (ids("a") | ids("b")) - {"a-router", "b-router"}
    assert why(found, "r") == "2 groups have it in common; it goes by --name only"


def test_a_router_that_was_there_before_the_one_job_behind_it_stays() -> None:
    router = live("network.router", "r", "r", after=OLD - HOUR)
    found = swept(project(router, *job("a", router="r")))
    assert gone(found) == ids("a") - {"a-router"}
    assert "was not made with what uses it" in why(found, "r")


def test_a_router_goes_by_its_name_if_all_who_use_it_go() -> None:
    router = live("network.router", "r", "r", after=OLD - HOUR)
    everything = Choice((re.compile(".*"),))
    found = project(router, *job("a", router="r"), *job("b", router="r"))
    assert gone(swept(found, choice=everything)) == ids("a") - {"a-router"} | ids("b") - {"b-router"} | {"r"}
    found = project(router, *job("a", router="r"), *job("b", YOUNG, router="r"))
    assert gone(swept(found, choice=everything)) == ids("a") - {"a-router"}


def test_a_keypair_and_an_image_of_several_jobs_stay_and_so_do_lone_ones() -> None:
    common = [live("compute.keypair", "k", "k", after=OLD), live("image.image", "i", "i", after=OLD)]
    jobs = [*job("a", keypair="k"), *job("b", keypair="k")]
    jobs = [replace(r, attributes={**r.attributes, "image": {"id": "i"}}) if r.kind == "compute.server" else r for r in jobs]
    assert not gone(swept(project(*common, *jobs))) & {"k", "i"}
    assert gone(swept(project(*common))) == set()
    assert "nothing uses it" in why(swept(project(*common)), "k")


def test_a_keypair_that_took_the_name_of_an_older_one_does_not_tie_the_old_server() -> None:
    again = live("compute.keypair", "k", "k", after=YOUNG)
    found = swept(project(again, *job("a", keypair="k")))
    assert gone(found) == ids("a") - {"a-key"}


def test_a_security_group_of_two_jobs_stays_while_one_of_them_does_and_goes_with_both() -> None:
    common = security_group("g", OLD - HOUR)
    parts = {"g", "g-rule"}
    found = swept(project(*common, *job("a", group="g"), *job("b", YOUNG, group="g")))
    assert gone(found) == ids("a") - {"a-group", "a-group-rule"}
    found = swept(project(*common, *job("a", group="g"), *job("b", OLD - 9 * HOUR, group="g")))
    assert gone(found) >= parts


def test_two_networks_that_share_a_group_of_their_own_are_one_job_whose_router_goes() -> None:
    """A job with two networks: its group joins them, and so its router was made with one group."""
    second = [r for r in job("b", router="a-router", group="a-group", keypair="a-key") if "server" not in r.kind]
    found = project(*job("a"), *second)
    assert gone(swept(found)) >= {"a-router", "a-key", "b-net", "a-group"}


def test_default_groups_part_jobs_and_never_go() -> None:
    default = [live("network.security_group", "d", "default", after=OLD), *security_group("x", OLD)[1:]]
    found = swept(project(*default, *job("a", group="d"), *job("b", YOUNG, group="d")))
    assert "a-net" in gone(found)
    assert "d" not in gone(found)
    assert "b-net" not in gone(found)


def test_a_young_default_group_is_in_nobodys_way() -> None:
    default = live("network.security_group", "d", "default", after=YOUNG)
    assert "a-net" in gone(swept(project(default, *job("a", group="d"))))


@pytest.mark.parametrize("kept", ["a-net", "a-server", "a-port", "a-sub", "a-ip", "a-router", "a-group"])
def test_what_is_kept_keeps_the_whole_job(kept: str) -> None:
    resources = [replace(r, attributes={**r.attributes, "tags": ["tfclean:keep"]}) if r.id == kept else r for r in job("a")]
    assert gone(swept(project(*resources))) == set()
    assert gone(swept(project(*job("a")), keep=[kept])) == set()


def test_a_router_that_is_kept_and_was_there_before_parts_the_jobs_all_the_same() -> None:
    router = live("network.router", "r", "r", after=OLD - HOUR, tags=["keep"])
    assert gone(swept(project(router, *job("a", router="r")))) == ids("a") - {"a-router"}


def test_what_a_protected_state_manages_keeps_the_whole_job() -> None:
    outside = {Key("compute.server", "a-server"): "x.tfstate manages it as a.b"}
    found = swept(project(*job("a"), *job("b")), outside=outside)
    assert gone(found) == ids("b")
    assert why(found, "a-net").endswith("x.tfstate manages it as a.b")


def test_what_is_locked_shared_or_somebody_elses_keeps_the_whole_job() -> None:
    lock = live("compute.server", "s", after=OLD, locked=True)
    assert gone(swept(project(lock))) == set()
    shared = live("network.rbac_policy", "p", object_id="a-net", action="access_as_shared")
    assert gone(swept(project(shared, *job("a")))) == set()
    open_ = [replace(r, attributes={**r.attributes, "shared": True}) if r.id == "a-net" else r for r in job("a")]
    assert not gone(swept(project(*open_))) & {"a-net", "a-sub", "a-port", "a-server"}
    strange = port("x", "a-net", "a-sub", [], OLD, owner="f" * 32)
    assert gone(swept(project(*strange, *job("a")))) == set()


def test_a_network_on_a_router_that_another_project_owns_stays() -> None:
    resources = [r for r in job("a") if r.kind != "network.router"]
    found = swept(project(*resources))
    assert gone(found) == set()
    assert "router a-router, which is not this project's" in why(found, "a-net")


def test_what_neutron_makes_by_itself_has_no_age() -> None:
    """DHCP ports are made again when an agent moves."""
    dhcp = live("network.port", "d", after=YOUNG, network_id="a-net", device_owner="network:dhcp", device_id="dhcp", owner="")
    assert gone(swept(project(dhcp, *job("a")))) == ids("a") | {"d"}


def test_a_volume_that_was_attached_just_now_makes_its_server_young() -> None:
    volume = live("block_storage.volume", "v", after=OLD, attachments=[{"server_id": "a-server"}])
    tie = live("compute.volume_attachment", "a-server/v", after=YOUNG, server_id="a-server", volume_id="v")
    assert gone(swept(project(volume, tie, *job("a")))) == set()


def test_an_address_goes_with_its_port_and_alone_if_it_has_none() -> None:
    alone = live("network.floating_ip", "f", "10.9.0.3", after=OLD)
    assert gone(swept(project(alone))) == {"f"}
    elsewhere = live("network.floating_ip_association", "f", after=None, port_id="unseen")
    assert gone(swept(project(alone, elsewhere))) == set()


def test_an_address_that_was_reserved_before_the_job_and_is_kept_is_untied_and_stays() -> None:
    tagged = {"tags": ["tfclean:keep"], "port_id": "a-port"}
    reserved = live("network.floating_ip", "a-ip", "10.9.0.1", after=OLD - HOUR, **tagged)
    found = swept(project(*(reserved if r.key == reserved.key else r for r in job("a"))))
    assert gone(found) == ids("a") - {"a-ip"}
    plan = make_plan(found)
    assert not [kept for kept in plan.kept if kept.leftover]
    assert Key("network.floating_ip", "a-ip") not in {key for step in plan.steps for key in (step.target, *step.parts)}
    own = live("network.floating_ip", "a-ip", "10.9.0.1", after=OLD + 9, **tagged)
    assert gone(swept(project(*(own if r.key == own.key else r for r in job("a"))))) == set()


def test_what_has_no_date_takes_that_of_its_group_and_stays_where_there_is_none() -> None:
    servers = live("compute.server_group", "g", "g", members=["a-server"])
    assert gone(swept(project(servers, *job("a")))) == ids("a") | {"g"}
    found = swept(project(live("compute.server_group", "g", "g")))
    assert gone(found) == set()
    assert "--two-looks" in why(found, "g")


def test_what_has_no_date_of_its_own_is_dated_by_a_second_look() -> None:
    found = project(live("compute.server_group", "g", "g"))
    key = Key("compute.server_group", "g")
    assert gone(swept(found, seen={key: START - timedelta(hours=5)})) == {"g"}
    assert gone(swept(found, seen={key: START - timedelta(hours=3)})) == set()


def test_a_first_look_just_now_holds_no_group_back_that_has_a_date_or_users_that_have_one() -> None:
    groups = [live("compute.server_group", "g", "g", members=["a-server"])]
    groups.append(live("compute.server_group", "h", "h", members=["a-server", "b-server"]))
    found = project(*groups, *job("a"), *job("b"))
    just_now = {Key("compute.server_group", id_): START for id_ in "gh"}
    assert gone(swept(found, seen=just_now)) == ids("a") | ids("b") | {"g", "h"}


def test_what_should_have_a_date_and_has_none_stays_at_its_first_look_and_holds_nobody_else_back() -> None:
    router = live("network.router", "r", "r", after=None)
    found = project(router, *job("a", router="r"), *job("b", router="r"))
    rest = (ids("a") | ids("b")) - {"a-router", "b-router"}
    assert gone(swept(found)) == gone(swept(found, seen={router.key: START})) == rest
    everything = Choice((re.compile(".*"),))
    assert gone(swept(found, seen={router.key: START}, choice=everything)) == rest
    assert gone(swept(found, seen={router.key: START - timedelta(hours=5)}, choice=everything)) == rest | {"r"}


def test_what_a_look_within_the_limit_did_not_see_yet_is_young_whatever_it_is_tied_to() -> None:
    forwarding = live("network.port_forwarding", "f", "f", floatingip_id="a-ip", internal_port_id="a-port")
    found = project(forwarding, *job("a"))
    assert gone(swept(found, seen={forwarding.key: START})) == ids("a") | {"f"}
    lately = swept(found, seen={forwarding.key: START}, absent={forwarding.key: START - timedelta(hours=1)})
    assert gone(lately) == set()
    assert why(lately, "a-net") == "port forwarding f is young: it was first seen just now"
    long_ago = {forwarding.key: START - timedelta(hours=5)}
    assert gone(swept(found, seen={forwarding.key: START}, absent=long_ago)) == ids("a") | {"f"}


@pytest.mark.parametrize("seen", [START, START - timedelta(days=9)])
def test_what_has_no_date_stays_with_the_young_that_use_it_and_parts_them_from_the_old(seen: datetime) -> None:
    servers = live("compute.server_group", "g", "g", members=["a-server", "b-server"])
    found = swept(project(servers, *job("a"), *job("b", YOUNG)), seen={servers.key: seen})
    assert gone(found) == ids("a")


def test_what_should_have_a_date_and_has_none_keeps_its_group() -> None:
    resources = [replace(r, created_at=None) if r.id == "a-port" else r for r in job("a")]
    found = swept(project(*resources))
    assert gone(found) == set()
    assert "does not say when it was made" in why(found, "a-net")


def test_a_kept_routers_route_through_a_job_holds_it() -> None:
    router = live("network.router", "r", "r", after=OLD - HOUR)
    route = live("network.router_route", "r-route", "10.5.0.0/16", router_id="r", destination="10.5.0.0/16", nexthop="10.0.0.77")
    found = swept(project(router, route, *job("a", router="r")))
    assert gone(found) == set()
    assert "has its next hop behind" in why(found, "a-net")


def test_a_group_that_a_rule_of_what_stays_names_keeps_its_job() -> None:
    rule = live("network.security_group_rule", "x", "ingress", after=OLD, security_group_id="g", remote_group_id="a-group")
    others = [*security_group("g", OLD, tags=["keep"]), rule]
    assert gone(swept(project(*others, *job("a")))) == set()


def test_names_choose_a_group_only_if_all_of_its_names_match() -> None:
    found = project(*job("a"), *job("b"))
    assert gone(swept(found, choice=Choice((re.compile("a-.*"),)))) == ids("a")
    assert gone(swept(found, choice=Choice((re.compile("a-net"),)))) == set()
    assert gone(swept(found, choice=Choice((re.compile("a-net"), re.compile("a-[^n].*"))))) == ids("a")
    assert gone(swept(found, choice=Choice((re.compile("a-ne"),)))) == set()
    nameless = project(live("network.floating_ip", "f", "10.9.0.3", after=OLD))
    assert gone(swept(nameless, choice=Choice((re.compile(".*"),)))) == set()


def test_tags_choose_a_group_if_something_in_it_has_one() -> None:
    tagged = [replace(r, attributes={**r.attributes, "metadata": {"ci": "yes"}}) if r.id == "a-server" else r for r in job("a")]
    found = project(*tagged, *job("b"))
    assert gone(swept(found, choice=Choice(tags=frozenset({"ci=yes"})))) == ids("a")
    assert gone(swept(found, choice=Choice(tags=frozenset({"ci"})))) == set()


def test_nothing_goes_if_something_could_not_be_listed() -> None:
    gap = Gap(GapKind.NOT_LISTED, "compute.server", "HTTP 503")
    listed = frozenset(KINDS) - {"compute.server"}
    assert gone(swept(project(*job("a"), gaps=(gap,), listed=listed))) == set()


def test_of_two_clocks_the_earlier_one_counts() -> None:
    behind = project(*job("a"), clock=START - timedelta(hours=7))
    assert gone(swept(behind)) == set()
    ahead = project(*job("a", YOUNG), clock=START + timedelta(hours=7))
    assert gone(swept(ahead)) == set()
    limit = timedelta(hours=4)
    told, untold = project(), project(clock=None)
    assert Clock.of(untold, limit).before < Clock.of(told, limit).before < START - limit
    assert Clock.of(Inventory(), limit).before < START - timedelta(days=10000)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (59, "59s"), (720, "12m"), (3600, "1h"), (3720, "1h 2m"), (180000, "2d 2h")])
def test_spans_are_told_in_two_units(seconds: float, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


def test_a_second_network_of_a_job_joins_it_through_its_server() -> None:
    more = [
        live("network.network", "n2", "n2", after=OLD + 3000),
        live("network.subnet", "s2", "s2", after=OLD + 3000, network_id="n2"),
        *port("p2", "n2", "s2", [], OLD + 3000, device="a-server"),
        leg("l2", "n2", "s2", "a-router", OLD + 3000),
    ]
    assert gone(swept(project(*job("a"), *more))) == ids("a") | {"n2", "s2", "p2", "l2"}


@given(st.integers(0, 2**32))
@settings(max_examples=4000 if EXHAUSTIVE else 60, deadline=None)
def test_whatever_the_project_nothing_young_kept_or_next_to_it_goes(seed: int) -> None:
    found, kept = random_project(random.Random(seed))
    judgement = swept(found, keep=[key.id for key in kept])
    plan = make_plan(judgement)
    going = {key for step in plan.steps for key in (step.target, *step.parts)}
    before = Clock.of(found, timedelta(hours=4)).before
    for key in going:
        resource, kind = found.resources[key], KINDS[key.kind]
        assert kind.tie or not kind.created or (resource.created_at is not None and resource.created_at < before), key
        assert key not in kept
        assert not keep_marker(kind, resource)
        assert not kind.guard(resource)
    for edge in edges(found):
        ends = (edge.source, edge.target)
        if sum(end in going for end in ends) != 1:
            continue
        stays = edge.target if edge.source in going else edge.source
        resource, kind = found.resources[stays], KINDS[stays.kind]
        young = resource.created_at is not None and resource.created_at >= before and not kind.guard(resource)
        # A keypair of the name that a server was made with may be a later one.
        assert not young or edge.type is EdgeType.USES, edge
        # Only what several can use may stay next to what goes, and only as what is used.
        assert edge.source in going, edge
        assert kind.common or stays.kind == "network.security_group_rule", edge


@given(st.integers(0, 2**32))
@settings(max_examples=1000 if EXHAUSTIVE else 25, deadline=None)
def test_whatever_the_project_a_first_look_changes_nothing_and_what_is_known_to_be_new_stays(seed: int) -> None:
    dice = random.Random(seed)
    found, kept = random_project(dice)
    keep = [key.id for key in kept]
    undated = sorted(k for k, r in found.resources.items() if r.created_at is None and not KINDS[k.kind].tie)
    seen = dict.fromkeys(undated, START)
    assert gone(swept(found, keep=keep, seen=seen)) == gone(swept(found, keep=keep))
    new = {key: START - timedelta(hours=dice.choice((1, 9))) for key in undated if dice.random() < 0.5}
    left = swept(found, keep=keep, seen=seen, absent=new)
    assert left.sweep is not None
    going = {key for group in left.sweep.going() for key in group.members}
    assert not {key for key, last in new.items() if last > START - timedelta(hours=4)} & going
    assert {key.id for key in going if not KINDS[key.kind].tie} <= gone(swept(found, keep=keep))


@given(st.integers(0, 2**32))
@settings(max_examples=1000 if EXHAUSTIVE else 25, deadline=None)
def test_whatever_the_order_of_the_lists_the_same_goes_and_a_second_sweep_finds_nothing(seed: int) -> None:
    dice = random.Random(seed)
    found, kept = random_project(dice)
    keep = [key.id for key in kept]
    judgement = swept(found, keep=keep)
    assert judgement.sweep is not None
    other = list(found.resources.values())
    dice.shuffle(other)
    again = swept(replace(found, resources={r.key: r for r in other}), keep=keep)
    assert again.sweep is not None
    assert set(again.sweep.groups) == set(judgement.sweep.groups)
    going = {key for group in judgement.sweep.going() for key in group.members}
    rest = replace(found, resources={k: r for k, r in found.resources.items() if k not in going})
    left = swept(rest, keep=keep)
    assert left.sweep is not None
    assert left.sweep.going() == ()
    plan = make_plan(judgement)
    assert {key for step in plan.steps for key in (step.target, *step.parts)} == going
