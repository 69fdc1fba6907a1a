"""Real runs of Terraform and OpenTofu, killed beside a twin: all that is the job's is found and goes, and the twin stays as it is.

python -m benchmarks.kills      # any number of them, as a table
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.openstack import truth
from tests.openstack.lab.testing import LabProject
from tests.openstack.real import Engine, Kill, play
from tests.openstack.real.kill import end
from tests.openstack.real.owners import tell

LATEST, OLD = "~> 3.0", "1.54.1"


@pytest.mark.parametrize(
    ("engine", "seed"),
    [
        (Engine("terraform", LATEST), 9),
        (Engine("terraform", OLD), 13),
        (Engine("tofu", LATEST), 11),
        (Engine("tofu", OLD), 1),
    ],
    ids=str,
)
def test_what_a_killed_run_made_is_found_and_goes_and_its_twin_stays(
    engine: Engine, seed: int, project: LabProject, tmp_path: Path
) -> None:
    if why := engine.missing():
        pytest.skip(why)
    kill = Kill.drawn(seed)
    print(engine, kill)
    played = play(project, engine, kill, tmp_path / "runs")
    print(played.moment, "of", played.events)
    assert played.owners.job
    assert played.owners.twin
    assert played.faults() == []


def says(*lines: str) -> subprocess.Popen[str]:
    """Start what says some lines and then sleeps."""
    program = f"import time\nfor line in {lines!r}: print(line, flush=True)\ntime.sleep(60)"
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True)


def test_a_run_is_killed_at_its_event_and_what_it_said_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "apply.log"
    run = says("a: Creating...", "a: Still creating... [10s elapsed]", "a: Creation complete after 10s [id=1]", "b: Creating...")
    moment = end(run, log, 2, replace(Kill.drawn(1), delay=0.5))
    assert moment == "event 2 + 0.5 s"
    assert run.returncode
    assert log.read_text().splitlines()[-1] == "b: Creating..."


def test_a_run_that_ends_before_its_event_is_no_killed_run(tmp_path: Path) -> None:
    run = subprocess.Popen(["echo", "Error: quota"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    with pytest.raises(RuntimeError, match="before its moment"):
        end(run, tmp_path / "apply.log", 1, Kill.drawn(1))


def test_everything_from_a_seed_is_the_same_each_time() -> None:
    assert [Kill.drawn(seed) for seed in range(20)] == [Kill.drawn(seed) for seed in range(20)]
    assert all(kill.job != kill.twin for kill in map(Kill.drawn, range(500)))


def test_an_object_is_the_twins_by_its_state_or_what_it_hangs_on_and_else_the_jobs(project: LabProject, tmp_path: Path) -> None:
    network = project.conn.network
    old = network.create_network(name="old")
    before = truth.listing(project.conn)
    theirs, ours = network.create_network(name="ci-1000"), network.create_network(name="ci-100")
    hanging, own = network.create_port(network_id=theirs.id), network.create_port(network_id=ours.id)
    state = tmp_path / "terraform.tfstate"
    instance = {"attributes": {"id": theirs.id}}
    state.write_text(json.dumps({"resources": [{"mode": "managed", "instances": [instance]}]}))
    owners = tell(project.conn, before, state, "100", "1000")
    assert owners.ids("twin") == {theirs.id, hanging.id}
    assert owners.ids("job") == {ours.id, own.id}
    assert owners.ids("before") == {old.id}
    assert owners.inside == {own.id}
    with pytest.raises(RuntimeError, match="network ci-100 is said to be the job's"):
        tell(project.conn, before, state, "1000", "100")
