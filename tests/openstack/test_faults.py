"""A bad network and a run that is killed again and again change nothing about the end: all of the job is gone, and nothing else."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.openstack import truth
from tests.openstack.cli import Ran, command, environment, tfclean
from tests.openstack.job import make, shared_router
from tests.openstack.lab.testing import LabProject
from tests.openstack.proxy import Fault, Faults, Proxy, Request, Role, through
from tests.openstack.replay import Replay, replay

RUNS = 12
"""Runs that a user would be ready to start one after the other."""


def advised(ran: Ran) -> list[str]:
    """Give what a run that did not come to its end says to do next; another destroy is always right."""
    found = re.search(r"tfclean resume (\S+)`", ran.document.get("message", ""))
    return ["resume", found[1]] if found else ["destroy"]


def told_why(ran: Ran) -> bool:
    """Tell whether a run that failed says so, by its exit code and in words."""
    words = ran.document.get("message") or next((line for line in ran.err.splitlines() if line.startswith("tfclean: ")), "")
    return ran.code in (1, 3, 4) and bool(words)


def until_done(project: LabProject, folder: Path) -> list[Ran]:
    """Run tfclean, do as it says, and so on until it says that all is gone."""
    runs = [tfclean(project, folder, "destroy", "--auto-approve")]
    while runs[-1].code != 0 and len(runs) < RUNS:
        assert told_why(runs[-1]), (runs[-1].code, runs[-1].out, runs[-1].err)
        runs.append(tfclean(project, folder, *advised(runs[-1]), "--auto-approve"))
    return runs


def check_end(project: LabProject, r: Replay, before: dict[str, dict[str, Any]]) -> None:
    """Check that nothing of the job is left, and that all else is as it was, field by field."""
    ours = {i for those in r.job.values() for i in those}
    others = {kind: {i: row for i, row in those.items() if i not in ours} for kind, those in before.items()}
    assert truth.fingerprint(project.conn) == {kind: those for kind, those in others.items() if those}


def check_intents(journals: list[Path], proxy: Proxy, *, killed: int = 0) -> None:
    """Check that each request that changes the cloud was announced, and sent no more often than that.

    What was announced was sent, too, but for what a run had no time to send before it was killed.
    """
    records = [json.loads(line) for path in journals for line in path.read_text().splitlines()]
    intents = [r["data"] for r in records if r["type"] == "intent"]
    announced = Counter((i["method"], i["path"].partition("?")[0]) for i in intents)
    sent = Counter((r.method, re.sub(r"^/v[\d.]+(/[0-9a-f]{32})?", "", r.path.partition("?")[0])) for r in proxy.changes())
    assert sent - announced == Counter()
    assert killed or announced == sent


def destroy(project: LabProject, folder: Path, faults: Faults) -> None:
    """Destroy what `folder` tells of, with these faults, and check that it is as certain in the end as without."""
    with through(project, folder.parent, faults) as (bad, proxy):
        runs = until_done(bad, folder)
    story = [(ran.code, ran.document.get("message") or ran.err[-400:]) for ran in runs]
    assert runs[-1].code == 0, story
    assert runs[-1].document["proven"] is True
    check_intents(list((folder / ".tfclean").iterdir()), proxy)
    for role in (Role.LIST, Role.CHANGE):
        assert set(faults.counted(role)) == set(Fault), "a fault that never came was not tried"


def test_whatever_the_network_does_the_job_goes_whole_and_nothing_else(project: LabProject, tmp_path: Path) -> None:
    r = replay(project.conn, "killed-late", tmp_path / "work")
    before = truth.fingerprint(project.conn)
    destroy(project, r.workdir, Faults(seed=1))
    check_end(project, r, before)


@pytest.mark.parametrize("seed", [2])
def test_a_job_made_by_hand_goes_through_any_network_too(seed: int, project: LabProject, tmp_path: Path) -> None:
    router = shared_router(project.conn)
    make(project.conn, f"twin{project.cloud[-6:]}", 1, cidr="10.8.0.0/24", router=router)
    before = truth.fingerprint(project.conn)
    make(project.conn, f"job{project.cloud[-6:]}", 2, router=router).write(tmp_path / "work")
    destroy(project, tmp_path / "work", Faults(seed))
    assert truth.fingerprint(project.conn) == before


@dataclass(frozen=True)
class Moment:
    """When a process is killed: at the so-many-th request of a role, before it is passed on or when it is done and not yet answered.

    With `after`, only requests count that come when the journal has a new record of that type.
    """

    role: Role
    count: int
    done: bool
    after: str = ""


TEN = (
    Moment(Role.CHANGE, 1, done=False),
    Moment(Role.CHANGE, 1, done=True),
    Moment(Role.LIST, 3, done=False),
    Moment(Role.CHANGE, 2, done=False),
    Moment(Role.CHANGE, 2, done=True),
    Moment(Role.LIST, 30, done=True),
    Moment(Role.CHANGE, 1, done=True),
    Moment(Role.CHANGE, 3, done=False),
    Moment(Role.LIST, 2, done=True, after="gone"),
    Moment(Role.LIST, 2, done=False, after="proof"),
)


@dataclass
class Killer:
    """Kills the process whose requests a proxy sees, at a given moment; what it had sent and was not passed on is lost with it."""

    proxy: Proxy
    journal: Path
    moment: Moment = TEN[0]
    process: subprocess.Popen[str] | None = None
    left: int = 0
    skipped: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, moment: Moment, project: LabProject, folder: Path, *arguments: object) -> tuple[int, str]:
        """Run tfclean until it is killed; give its return code and what it said."""
        self.moment, self.left, self.proxy.deaf = moment, moment.count, False
        self.skipped = self.journal.stat().st_size if self.journal.exists() else 0
        self.process = subprocess.Popen(
            command(*arguments), cwd=folder, env=environment(project), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        out, _ = self.process.communicate(timeout=300)
        return self.process.returncode, out

    def __call__(self, request: Request, done: bool) -> None:
        moment = self.moment
        if request.role is not moment.role or done is not moment.done or (moment.after and not self._recorded(moment.after)):
            return
        with self._lock:
            self.left -= 1
            if self.left == 0 and self.process is not None:
                self.proxy.deaf = True
                self.process.send_signal(signal.SIGKILL)

    def _recorded(self, type_: str) -> bool:
        return f'"type":"{type_}"'.encode() in self.journal.read_bytes()[self.skipped :]


def test_a_destroy_that_is_killed_ten_times_on_a_bad_network_is_finished_by_resume(project: LabProject, tmp_path: Path) -> None:
    r = replay(project.conn, "killed-late", tmp_path / "work")
    before = truth.fingerprint(project.conn)
    journal = tmp_path / "run.journal"
    with through(project, tmp_path, Faults(3, {Role.LIST: 80, Role.CHANGE: 20})) as (bad, proxy):
        proxy.moment = killer = Killer(proxy, journal)
        arguments: list[object] = ["destroy", "--journal", journal]
        for number, moment in enumerate(TEN, start=1):
            code, out = killer.run(moment, bad, r.workdir, *arguments, "--auto-approve")
            assert code == -signal.SIGKILL, f"kill {number}, {moment}: {out}"
            arguments = ["resume", journal]
        proxy.deaf = False
        resumed = tfclean(bad, r.workdir, "resume", journal, ".", "--auto-approve")
    assert resumed.code == 0, resumed.out + resumed.err
    assert resumed.document["proven"] is True
    check_end(project, r, before)
    check_intents([journal], proxy, killed=len(TEN))
