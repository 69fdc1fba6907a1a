"""One run killed beside its twin, from an empty project to an empty project."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.openstack import truth
from tests.openstack.cli import Ran, tfclean
from tests.openstack.job import shared_router
from tests.openstack.lab.testing import LabProject

from .engine import LIMIT, Engine
from .kill import Kill, end, signal_group
from .owners import Owners, tell
from .scoring import ALL, SUBSETS, Score, part, score

NAMELESS = ("floatingip", "servergroup")
"""What the job gives no name of its own, and puts into nothing of its own."""
Rows = dict[str, dict[str, truth.Row]]


@dataclass(frozen=True)
class Played:
    """What became of a killed run.

    Attributes:
        moment: when it was killed, in events of its log.
        events: how many starts and ends of creates it would have had.
        owners: whose everything was, after both runs.
        scores: how it was judged, by part of its evidence.
        baseline: the same by all of it, against an inventory from before both runs.
        protected: the same with the twin's state protected.
        destroyed: what the destroy said.
        left: ids of the job's objects that it left, ties among them.
        touched: what it changed of anybody else's.
        finished: what the destroy against the baseline said.
        rest: ids of the job's objects that this one left.
        hurt: what this one changed of anybody else's.
    """

    moment: str
    events: int
    owners: Owners
    scores: dict[tuple[str, ...], Score]
    baseline: Score
    protected: Score
    destroyed: Ran
    left: frozenset[str]
    touched: tuple[str, ...]
    finished: Ran
    rest: frozenset[str]
    hurt: tuple[str, ...]

    def faults(self) -> list[str]:
        """Give what ought not to be, one sentence each."""
        every = [*self.scores.values(), self.baseline, self.protected]
        missed = {m.id: m for m in self.scores[ALL].missed}
        unsure = frozenset(missed)
        leftovers = {x["id"] for x in self.destroyed.document["leftovers"]}
        return [
            *(f"taken for the job's: {wrong}" for each in every for wrong in each.wrong),
            *(f"not found: {m.what}: {m.why}" for m in missed.values() if m.what.split()[0] not in NAMELESS),
            *(f"sure, and left: {self.owners.named(i)}" for i in self.left - unsure),
            *(f"not sure, and gone: {m.what}" for i, m in missed.items() if i not in self.left),
            *(f"not found against a baseline with the twin protected: {m.what}: {m.why}" for m in self.protected.missed),
            *(f"left against a baseline with the twin protected: {self.owners.named(i)}" for i in self.rest),
            *(f"of others, and touched: {what}" for what in (*self.touched, *self.hurt)),
            *(f"possible, and no leftover: {m.what}" for i, m in missed.items() if m.confidence and i not in leftovers),
            *([] if self.destroyed.code == (1 if leftovers else 0) else [f"exit {self.destroyed.code}: {self.destroyed.err}"]),
            *([] if self.finished.code == 0 else [f"exit {self.finished.code} against a baseline: {self.finished.err}"]),
        ]


def play(project: LabProject, engine: Engine, kill: Kill, folder: Path) -> Played:
    """Kill a run beside its twin, judge what is left, and clean up.

    Args:
        project: an empty project; it is left as it is after the last destroy.
        engine: what runs both.
        kill: how.
        folder: for everything; is made.
    """
    work, beside = folder / "job", folder / "twin"
    common = {"balancer": kill.balancer} | ({"router": "shared"} if kill.shared else {})
    folder.mkdir(parents=True, exist_ok=True)
    engine.lay_out(work, {"job": kill.job, **common})
    engine.lay_out(beside, {"job": kill.twin, **common, "cidr": "10.8.0.0/24" if kill.shared else "10.7.0.0/24"})
    if kill.shared:
        shared_router(project.conn)
    for each in (work, beside):
        engine.call(project, each, "init")
    planned = engine.plan(project, work)
    before = truth.listing(project.conn)
    baseline = _inventory(project, folder / "before")

    moment = _run_both(project, engine, kill, work, beside, max(1, round(kill.share * 2 * planned)))
    _rest(project)
    twin_state = beside / "terraform.tfstate"
    owners = tell(project.conn, before, twin_state, kill.job, kill.twin)
    inventory = _inventory(project, folder / "after")
    parts = {names: part(work, names, folder / "+".join(names)) for names in SUBSETS}
    scores = {names: score(path, inventory, owners) for names, path in parts.items()}

    others = _others(project, owners)
    destroyed = tfclean(project, work, "destroy", "--auto-approve", timeout=LIMIT)
    left, touched = _left(project, owners), _changed(others, truth.fingerprint(project.conn))
    finished = tfclean(project, work, "destroy", "--auto-approve", "--baseline", baseline, "--protect", twin_state, timeout=LIMIT)
    return Played(
        moment=moment,
        events=2 * planned,
        owners=owners,
        scores=scores,
        baseline=score(parts[ALL], inventory, owners, baseline=baseline),
        protected=score(parts[ALL], inventory, owners, baseline=baseline, protect=twin_state),
        destroyed=destroyed,
        left=left,
        touched=touched,
        finished=finished,
        rest=_left(project, owners),
        hurt=_changed(others, truth.fingerprint(project.conn)),
    )


def _run_both(project: LabProject, engine: Engine, kill: Kill, work: Path, beside: Path, after: int) -> str:
    """Start both, kill one, and let the other come to its end."""
    with (beside / "apply.log").open("w") as log:
        twin = subprocess.Popen(
            [engine.binary, "apply", "-no-color", "-auto-approve"],
            cwd=beside,
            env=engine.environment(project),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            moment = end(engine.start(project, work, *kill.arguments()), work / "apply.log", after, kill)
            twin.wait(LIMIT)
        finally:
            signal_group(twin, signal.SIGKILL)
    # A loaded machine may have failed it: the truth needs a state that is whole.
    if twin.returncode:
        engine.call(project, beside, "apply", "-auto-approve")
    return moment


def _rest(project: LabProject, limit: float = 180.0) -> None:
    """Wait until nothing is being made any more."""
    until = time.monotonic() + limit
    last: object = None
    while time.monotonic() < until:
        rows = truth.rows(project.conn)
        now = {(k, r["id"], r.get("status"), r.get("provisioning_status")) for k, those in rows.items() for r in those}
        moving = any("BUILD" in row or "PENDING_CREATE" in row or "creating" in row for row in now)
        if now == last and not moving:
            return
        last = now
        time.sleep(2)


def _inventory(project: LabProject, folder: Path) -> Path:
    folder.mkdir()
    ran = tfclean(project, folder, "inventory")
    assert ran.code == 0, ran.err
    return folder.with_name(f"{folder.name}-inventory.json")


def _others(project: LabProject, owners: Owners) -> Rows:
    """Give all that is not the job's, field by field; default groups too."""
    ours = owners.ids("job")
    found = truth.fingerprint(project.conn)
    return {kind: {i: row for i, row in those.items() if i not in ours} for kind, those in found.items()}


def _changed(before: Rows, after: Rows) -> tuple[str, ...]:
    return tuple(f"{kind} {i}" for kind, those in before.items() for i, row in those.items() if after.get(kind, {}).get(i) != row)


def _left(project: LabProject, owners: Owners) -> frozenset[str]:
    return frozenset({i for those in truth.listing(project.conn).values() for i in those} & owners.ids("job"))
