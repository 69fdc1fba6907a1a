"""A destroy that is killed or interrupted leaves a journal, and `resume` ends what it began."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.openstack import truth
from tests.openstack.cli import command, environment, tfclean
from tests.openstack.job import make
from tests.openstack.lab.testing import LabProject


def named(project: LabProject, name: str) -> dict[str, dict[str, str]]:
    found = truth.listing(project.conn)
    return {kind: own for kind, those in found.items() if (own := {i: n for i, n in those.items() if name in n})}


def start(project: LabProject, folder: Path, journal: Path) -> subprocess.Popen[str]:
    arguments = command("destroy", "--auto-approve", "--journal", journal)
    return subprocess.Popen(arguments, cwd=folder, env=environment(project), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def await_records(journal: Path, count: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if journal.exists() and journal.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("records", [1, 2, 3, 5, 8, 12, 16, 20, 26, 32])
def test_a_destroy_killed_after_any_record_is_finished_by_resume(records: int, project: LabProject, tmp_path: Path) -> None:
    name = f"k{records:02d}{project.cloud[-4:]}"
    make(project.conn, name, 1).write(tmp_path / "work")
    bystander = project.conn.network.create_network(name="bystander")
    journal = tmp_path / "run.journal"
    process = start(project, tmp_path / "work", journal)
    await_records(journal, records, process)
    process.kill()
    process.communicate()
    resumed = tfclean(project, tmp_path / "work", "resume", journal, "--auto-approve")
    assert resumed.code == 0, resumed.out + resumed.err
    assert named(project, name) == {}
    assert project.conn.network.get_network(bystander.id).name == "bystander"


def test_ctrl_c_ends_in_order_says_how_to_go_on_and_exits_130(project: LabProject, tmp_path: Path) -> None:
    name = f"c{project.cloud[-6:]}"
    make(project.conn, name, 2).write(tmp_path / "work")
    journal = tmp_path / "run.journal"
    process = start(project, tmp_path / "work", journal)
    await_records(journal, 6, process)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert f"tfclean resume {journal}" in " ".join(out.split()), out + err
    for line in journal.read_text().splitlines():
        json.loads(line)
    assert named(project, name) != {}
    resumed = tfclean(project, tmp_path / "work", "resume", journal, "--auto-approve")
    assert resumed.code == 0, resumed.out + resumed.err
    assert named(project, name) == {}
