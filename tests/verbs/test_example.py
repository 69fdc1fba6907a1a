"""The example of a pytest session fixture, run as whoever copies it would: a session of its own, against the simulator."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.planting import PROVIDER
from tfclean.simulator import Caller, Pace, RealClock, World
from tfclean.simulator.wire import Wire, serving

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "conftest_fixture.py"
TERRAFORM = """#!/bin/sh
# Applies by taking what was made beforehand into its state; its destroy fails, as it does where something holds an object.
test "$1" = apply && mv made.tfstate terraform.tfstate && exit 0
exit 1
"""
TEST = """
def test_of_the_job(job):
    assert (job / "terraform.tfstate").exists()
"""


class Session:
    """A pytest session in a directory of its own, with a job whose objects are live."""

    def __init__(self, place: Path, wire: Wire) -> None:
        self.place, self.wire = place, wire
        caller = Caller(wire.world)
        self.mine = [
            caller.make("network", "/networks", "network", name="mine"),
            caller.make("network", "/security-groups", "security_group"),
        ]
        self.other = caller.make("network", "/networks", "network", name="other")
        tools, job = place / "bin", place / "infrastructure"
        tools.mkdir()
        job.mkdir()
        (tools / "terraform").write_text(TERRAFORM)
        (tools / "terraform").chmod(stat.S_IRWXU)
        types = ("openstack_networking_network_v2", "openstack_networking_secgroup_v2")
        resources = [_resource(type_, made["id"], made["name"]) for type_, made in zip(types, self.mine, strict=True)]
        state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": resources}
        (job / "made.tfstate").write_text(json.dumps(state))
        shutil.copy(EXAMPLE, place / "conftest.py")
        (place / "test_it.py").write_text(TEST)

    def run(self) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TF_", "PYTEST_"))}
        env = {**kept, **self.wire.environment(), "OS_CLIENT_CONFIG_FILE": "/nonexistent"}
        env["PATH"] = f"{self.place / 'bin'}:{env['PATH']}"
        arguments = ["-m", "pytest", "-s", "-p", "no:cacheprovider", "--rootdir", str(self.place), "--job", "infrastructure"]
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.place, env=env, capture_output=True, text=True, check=False, timeout=120
        )

    def live(self) -> set[str]:
        caller = Caller(self.wire.world)
        found: list[dict[str, Any]] = [
            *caller.send("network", "GET", "/networks")["networks"],
            *caller.send("network", "GET", "/security-groups")["security_groups"],
        ]
        return {each["id"] for each in found}


def _resource(type_: str, id_: str, name: str) -> dict[str, Any]:
    instance = {"schema_version": 0, "attributes": {"id": id_, "name": name}}
    return {"mode": "managed", "type": type_, "name": "it", "provider": PROVIDER, "instances": [instance]}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    wire = Wire(World(RealClock(), pace=Pace(server_build=0.0, server_delete=0.1)))
    with serving(wire):
        yield Session(tmp_path, wire)


def test_after_the_session_nothing_of_the_job_is_left_and_all_else_is(session: Session) -> None:
    done = session.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    mine = {each["id"] for each in session.mine}
    assert all(
        f"tfclean: gone: network.{kind} {made['id']}" in done.stdout
        for kind, made in zip(("network", "security_group"), session.mine, strict=True)
    )
    assert not session.live() & mine
    assert session.other["id"] in session.live()


def test_what_cannot_go_fails_the_session_and_is_named(session: Session) -> None:
    caller = Caller(session.wire.world)
    group = session.mine[1]["id"]
    caller.make("network", "/ports", "port", network_id=session.other["id"], security_groups=[group])
    done = session.run()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"network.security_group {group}" in done.stdout.partition("Left:")[2]
    assert "Go on with: tfclean resume" in done.stdout
    assert group in session.live()
    assert session.mine[0]["id"] not in session.live()
