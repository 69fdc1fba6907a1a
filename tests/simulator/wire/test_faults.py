"""Faults of the world as clients see them over the wire."""

from __future__ import annotations

import pytest
from keystoneauth1.exceptions import ConnectFailure
from openstack import exceptions as sdk

from tests.simulator.wire.making import connection
from tfclean.simulator import World
from tfclean.simulator.faults import Faulty, Plan
from tfclean.simulator.wire import Wire

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # openstacksdk announces what it will drop


def faulty(plan: Plan) -> Wire:
    world = World()
    return Wire(world, answering=Faulty(world, plan))


def test_a_token_that_is_refused_midway_is_renewed_by_the_sdk() -> None:
    wire = faulty(Plan(seed=3, expired=0.3))
    cloud = connection(wire)
    answers = [cloud.network.get("/networks", raise_exc=False).status_code for _ in range(20)]
    assert answers.count(200) > 10  # two refusals in a row are what no client survives
    assert [e.status for e in wire.exchanges].count(401) > answers.count(401)
    assert len(wire.directory.tokens) > 1


def test_a_lost_answer_may_have_been_done() -> None:
    wire = faulty(Plan(lost_done=1.0))
    with pytest.raises(ConnectFailure):
        connection(wire).network.create_network(name="made")
    assert "made" in {row["name"] for row in wire.world.tables["network"].values()}


def test_a_busy_service_says_when_to_come_back() -> None:
    wire = faulty(Plan(throttled=1.0, retry_after=7))
    answer = connection(wire).compute.get("/servers", raise_exc=False)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_what_is_denied_is_the_sdks_403() -> None:
    wire = faulty(Plan(denied=frozenset({("network", "/networks")})))
    cloud = connection(wire)
    made = cloud.network.create_network(name="ours")
    with pytest.raises(sdk.ForbiddenException):
        cloud.network.delete_network(made)
