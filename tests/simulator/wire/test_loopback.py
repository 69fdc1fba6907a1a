"""On loopback: tfclean as it is, and as a process, against recorded clouds that live again."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests

from tests.cli.making import run
from tests.recorded import JOBS, document, inventory
from tests.simulator.wire.making import Told, token
from tfclean.cloud import connect
from tfclean.simulator import Dropped, RealClock, Response, World, load
from tfclean.simulator.story import unfold
from tfclean.simulator.wire import Wire, serving
from tfclean.simulator.world import Pace

SWIFT = Pace(server_build=0.1, server_delete=0.1, volume=0.1, attach=0.1, balancer=0.1, balancer_port=0.1, balancer_update=0.1, image=0.1)


@contextmanager
def living(scenario: str) -> Iterator[Wire]:
    """A recorded cloud, served."""
    world = World(RealClock(), pace=SWIFT)
    load(world, document(scenario, "cloud.json"))
    wire = Wire(world)
    with serving(wire):
        yield wire


@pytest.mark.parametrize("scenario", JOBS)
def test_an_inventory_over_the_wire_is_what_the_recording_says(scenario: str) -> None:
    recorded = inventory(scenario)
    with living(scenario) as wire:
        taken = connect(**wire.settings(), load_yaml_config=False, load_envvars=False).inventory()
    assert not taken.gaps
    assert taken.listed >= recorded.listed
    unrecorded = {"block_storage.attachment"}  # nobody asked for that list when it was recorded
    found = {key: r for key, r in taken.resources.items() if key.kind in recorded.listed - unrecorded}
    assert set(found) == set(recorded.resources)
    for key, known in recorded.resources.items():
        seen = replace(found[key], owner=known.owner) if known.owner == recorded.user else found[key]
        same = {name: seen.attributes.get(name) for name in known.attributes}
        assert replace(seen, attributes=same, created_at=known.created_at or None) == known


def test_connections_stay_open_from_call_to_call() -> None:
    wire = Wire(World(), answering=Told(Response(200, {"networks": []})))
    with serving(wire) as url:
        connection = HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]))
        connection.connect()
        opened = connection.sock
        for _ in range(3):
            for headers in ({}, {"X-Auth-Token": token(wire)}):
                connection.request("POST", "/network/v2.0/networks", body="{}", headers=headers)
                assert connection.getresponse().read()
        assert connection.sock is opened
        connection.close()


def test_an_answer_that_never_comes_breaks_the_connection() -> None:
    wire = Wire(World(), answering=Told(error=Dropped(done=True)))
    with serving(wire) as url, pytest.raises(requests.ConnectionError):
        requests.delete(f"{url}/network/v2.0/ports/1", headers={"X-Auth-Token": token(wire)}, timeout=10)


def test_nobody_but_this_machine_is_served() -> None:
    with serving(Wire(World())) as url:
        port = int(url.rpartition(":")[2])
        assert url == f"http://127.0.0.1:{port}"
        with socket.socket() as taken, pytest.raises(OSError, match="refused"):
            taken.connect(("127.0.0.2", port))


def test_a_killed_job_is_found_and_deleted_and_its_twin_is_not(tmp_path: Path) -> None:
    story = unfold(tmp_path, datetime.now(UTC) - timedelta(minutes=20))
    world = World(RealClock(), pace=SWIFT)
    story.put_into(world)
    wire = Wire(world)
    with serving(wire):
        before = len(world.audit)
        found = run("diff", "-o", "json", cwd=story.job, env=wire.environment())
        assert found.code == 1, found.err
        assert json.loads(found.out)["summary"]["zombie"] == 5
        done = run("destroy", "--auto-approve", "--include-possible", cwd=story.job, env=wire.environment())
        assert done.code == 0, done.out + done.err
        assert run("diff", cwd=story.twin, env=wire.environment()).code == 0
    assert not {change.id for change in world.audit[before:]} & story.twins


def test_a_story_begins_when_it_is_told_to(tmp_path: Path) -> None:
    story = unfold(tmp_path, datetime(2030, 5, 1, 12, tzinfo=UTC))
    assert json.loads((story.job / "plan.json").read_text())["timestamp"] == "2030-05-01T12:00:00Z"
    made = [row["created_at"] for row in story.answers["network"]["/ports"]["ports"]]
    assert all(text.startswith("2030-05-01T") for text in made)
