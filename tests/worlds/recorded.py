"""A recorded job and a twin of it, alive in the simulator: evidence, judgement, plan, engine and journal are real; time is virtual."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.openstack.replay.catalogue import EXTRA_FILES, FIXTURES, TRUTH_FILES
from tests.openstack.replay.rewriting import Rewriter
from tests.worlds.cloud import Crash, VirtualMachine, cloud
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.model import Event, Plan, Result
from tfclean.simulator import Request, World, harm, load
from tfclean.simulator.clock import VirtualClock
from tfclean.verbs.asking import Basis, basis

TWIN = "tofu-plain"
INSIDE = ("security_group_id", "network_id", "_balancer", "_pool", "_floatingip", "listener_id", "serverId", "device_id", "image_id")
"""Fields that name what an object is a part of."""
AFTERWARDS = 600.0
"""Seconds after the first create of the job."""


def begun(answers: dict[str, Any]) -> datetime:
    rows = answers["network"]["/networks"]["networks"]
    return min(datetime.fromisoformat(r["created_at"]) for r in rows if not r["router:external"])


def owner(answers: dict[str, Any]) -> str:
    return next(str(r["project_id"]) for r in answers["network"]["/networks"]["networks"] if not r["router:external"])


@cache
def answers(scenario: str) -> dict[str, Any]:
    """Give the recorded lists of a scenario, and in them the objects of a twin: same project, same module, same time."""
    out: dict[str, Any] = json.loads((FIXTURES / scenario / "cloud.json").read_text())
    text = (FIXTURES / TWIN / "cloud.json").read_text().replace("10.7.0.", "10.8.0.")
    recorded = json.loads(text)
    moved = Rewriter({owner(recorded): owner(out)}, {}, begun(out) - begun(recorded))
    twin = json.loads(moved.text(text))
    for service, paths in twin.items():
        for path, body in paths.items():
            for key, rows in body.items():
                known = out.get(service, {}).get(path, {}).get(key)
                if isinstance(rows, list) and isinstance(known, list):
                    ids = {name(row) for row in known}
                    known += [row for row in rows if name(row) not in ids]
    return out


def twins() -> frozenset[str]:
    """Give the ids of what the twin made."""
    made = json.loads((FIXTURES / TWIN / "made.json").read_text())
    return frozenset(i for those in made.values() for i in those)


def name(row: Any) -> str:
    return str(row.get("id") or row.get("href") or row["keypair"]["name"])


def job(world: World, scenario: str) -> frozenset[str]:
    """Give the keys of the job's objects and of all their parts."""
    made, before = (json.loads((FIXTURES / scenario / f"{name}.json").read_text()) for name in ("made", "before"))
    own = {i for those in made.values() for i in those} - {i for those in before.values() for i in those}
    more = set(own)
    while more:
        rows = [(key, row) for table in world.tables.values() for key, row in table.items() if key not in own]
        more = {key for key, row in rows if own.intersection((key.rpartition("/")[2], *(str(row.get(f)) for f in INSIDE)))}
        more |= {g for key, row in world.tables["port"].items() if key in own for g in row["security_groups"] if octavias(world, g)} - own
        own |= more
    return frozenset(own)


def octavias(world: World, group: str) -> bool:
    """Tell whether a group belongs to the balancers' own project: it goes with its balancer."""
    return bool(world.tables["security_group"][group]["project_id"] == world.service_project)


@dataclass(frozen=True)
class Stage:
    """What every run of a scenario begins with.

    Attributes:
        scenario: its name.
        found: the evidence, read.
        plan: made from it and from what is live.
    """

    scenario: str
    found: Basis
    plan: Plan

    def world(self) -> World:
        """Give the world in which the job was just killed."""
        at = begun(answers(self.scenario)).timestamp()
        world = World(VirtualClock(at + AFTERWARDS), seed=1)
        load(world, answers(self.scenario))
        return world


@cache
def stage(scenario: str) -> Stage:
    with TemporaryDirectory() as folder:
        kept = [p for p in (FIXTURES / scenario).iterdir() if p.is_file() and p.name not in TRUTH_FILES | EXTRA_FILES]
        for path in kept:
            shutil.copy(path, folder)
        found = basis(folder, {})
    world = Stage(scenario, found, Plan(())).world()
    live, _ = cloud(world, VirtualMachine(world))
    return Stage(scenario, found, make_plan(found.judge(live.inventory()), options=Options()))


class Mortal(Journal):
    """The real journal on a real file, without fsync, whose process is killed after a given record; nobody tidies up behind it."""

    killed_after = 0
    records = 0

    def close(self) -> None:
        self._begun = self._begun or self.records > 0
        super().close()

    def _sync(self) -> None:
        pass

    def _append(self, record: Mapping[str, Any], *, durable: bool) -> None:
        super()._append(record, durable=durable)
        self.records += 1
        if self.records == self.killed_after:
            raise Crash


class Life:
    """One world, and what happens to the job in it.

    Args:
        stage: how it begins.
        folder: for the journal; made if need be.

    Attributes:
        own: keys of the job's objects and their parts.
        changes: how many requests have come that change the cloud.
        dies: told the number of each of them, before it is done (False) and when it is done and not yet answered (True); tells whether
            the process is killed there.
    """

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.world = stage.world()
        self.own = job(self.world, stage.scenario)
        self.machine = VirtualMachine(self.world, seed=1)
        folder.mkdir(exist_ok=True)
        self.path = folder / "journal"
        self.path.unlink(missing_ok=True)
        self.changes = 0
        self.dies: Callable[[int, bool], bool] = lambda number, done: False
        self.cloud, self.sent = cloud(self.world, self.machine, before=self._before, after=self._after)

    def _before(self, _: Request) -> None:
        self.changes += 1
        if self.dies(self.changes, False):
            raise Crash

    def _after(self, _: Request) -> None:
        if self.dies(self.changes, True):
            raise Crash

    def begin(self, killed_after: int = 0) -> Result | None:
        """Destroy; give nothing if it is killed, which it is after that many records."""
        with Mortal.create(self.path.parent, name=self.path.name) as journal:
            return self._run(journal, self.stage.plan, (), killed_after)

    def resume(self, killed_after: int = 0) -> Result | None:
        """Go on, as another process would: with nothing but the file."""
        with Mortal.resume(self.path) as journal:
            assert journal.contents is not None
            return self._run(journal, journal.contents.plan, journal.contents.events, killed_after)

    def _run(self, journal: Mortal, plan: Plan, records: tuple[Event, ...], killed_after: int) -> Result | None:
        journal.killed_after = killed_after
        try:
            return run(plan, self.cloud, journal=journal, proof=self.stage.found.judge, machine=self.machine, records=records)
        except Crash:
            return None

    def lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines(keepends=True)

    def end(self) -> tuple[frozenset[tuple[str, str]], list[Any]]:
        """Give what is left of the job, and the harm that was done to others."""
        left = frozenset((kind, key) for kind, rows in self.world.tables.items() for key in rows if key in self.own)
        return left, harm(self.world.audit, self.own, self.world.user)

    def unannounced(self) -> Counter[tuple[str, str]]:
        """Give the requests that changed the cloud and had no intent on disk."""
        records = [json.loads(line) for line in self.lines()]
        intents = Counter((r["data"]["method"], r["data"]["path"]) for r in records if r["type"] == "intent")
        return Counter((r.method, r.path) for r in self.sent if r.method != "GET") - intents
