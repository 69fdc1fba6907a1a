"""Events in a caller's own loop, against a real cloud: left in the middle, the run is whole and can be gone on with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import tfclean
from tests.openstack.cli import command, environment
from tests.openstack.job import make
from tests.openstack.lab.testing import LabProject
from tests.openstack.test_interruption import named
from tests.report.graph.languages import read_dot
from tests.report.test_ndjson import lines
from tfclean.verbs import load_journal


def test_a_loop_that_is_left_in_the_middle_is_an_interrupt_and_the_next_one_goes_on(
    project: LabProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"w{project.cloud[-6:]}"
    make(project.conn, name, 2).write(tmp_path / "work")
    for variable, value in project.env.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)
    with tfclean.watching(tfclean.destroy, tmp_path / "work", approve=lambda plan: bool(plan.steps)) as run:
        first = next(event for event in run if event.type == "gone")
    assert run.result.exit_code == 130
    events = load_journal(run.result.journal).events
    assert first in events
    # What was in flight was awaited.
    assert {e.target for e in events if e.type == "intent"} == {e.target for e in events if e.type in ("answered", "refused", "lost")}
    assert named(project, name) != {}
    with tfclean.watching(tfclean.resume, run.result.journal, tmp_path / "work", approve=lambda plan: True) as again:
        assert again.wait().proven
    assert named(project, name) == {}


def said(project: LabProject, folder: Path, code: int, *arguments: str) -> str:
    """Run tfclean, and give what it wrote to stdout."""
    done = subprocess.run(command(*arguments), cwd=folder, env=environment(project), capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_lines_are_told_of_a_real_run_and_the_result_is_the_last(project: LabProject, tmp_path: Path) -> None:
    name = f"n{project.cloud[-6:]}"
    make(project.conn, name, 1).write(tmp_path)
    live = tmp_path / "live.json"
    said(project, tmp_path, 0, "inventory", "-o", f"json={live}")
    drawn = read_dot(said(project, tmp_path, 0, "graph", "--inventory", str(live)))
    assert any(f"ci-{name}" in node["label"] for node in drawn.nodes.values())
    (told,) = lines(said(project, tmp_path, 0, "explain", f"network ci-{name}", "-o", "ndjson", "--inventory", str(live)))
    assert (told["resource"]["kind"], told["resource"]["verdict"]) == ("network.network", "managed")
    found = lines(said(project, tmp_path, 0, "destroy", "--auto-approve", "-o", "ndjson"))
    assert [each["document"] for each in found] == ["event"] * (len(found) - 1) + ["result"]
    gone = {each["target"]["id"] for each in found if each.get("type") == "gone"}
    assert gone == {each["id"] for each in found[-1]["outcomes"] if each["outcome"] in ("deleted", "already_gone")}
    assert named(project, name) == {}
