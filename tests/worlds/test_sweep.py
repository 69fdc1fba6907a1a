"""Random projects with old jobs and young ones: a sweep, killed and resumed, touches nothing young, and leaves nothing that it meant."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.worlds import oracle, topology
from tests.worlds.builder import Builder
from tests.worlds.cloud import Crash, VirtualMachine, cloud
from tests.worlds.story import Unsynced
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.cloud import Cloud
from tfclean.estate.ages import Ages, Clock
from tfclean.estate.sweep import sweep
from tfclean.model import Inventory, Judgement
from tfclean.simulator import Caller, Pace, Request, World
from tfclean.simulator.clock import VirtualClock

WORLDS = 800 if EXHAUSTIVE else 60
PIECE = 20
OTHER = "5" * 32


class Project:
    """One world: jobs that were forgotten, strangers who hang on to them, and a job that has just begun.

    Args:
        seed: everything follows from it.
    """

    def __init__(self, seed: int) -> None:
        self.dice = dice = random.Random(seed)
        self.world = world = World(VirtualClock(), seed=seed, dhcp=dice.random() < 0.5, pace=Pace(server_delete=5.0))
        shared = Caller(world).make("network", "/routers", "router", name="shared", external_gateway_info={"network_id": world.external})
        self.crash_in: int | None = None
        shapes = [self._job(f"old-{n}", shared["id"], 7 + n) for n in range(dice.randint(1, 3))]
        world.settle(600)
        self.grown = world._count
        world.advance(dice.uniform(5, 20) * 3600)
        for shape in shapes:
            if dice.random() < 0.5:
                topology.strangers(world, dice, shape, OTHER)
        if dice.random() < 0.8:
            self._job("young", shared["id"], 30)
        world.settle(600)
        world.advance(30)
        self.machine = VirtualMachine(world, seed)
        self.began = world._count
        self.rows = {id_: row for table in world.tables.values() for id_, row in table.items()}

    def _job(self, name: str, router: str, cidr: int) -> topology.Shape:
        builder = Builder(self.world, name, self.dice, budget=self.dice.choice((1000, 1000, self.dice.randint(1, 25))))
        return topology.job(builder, router, cidr)

    def cloud(self) -> Cloud:
        return cloud(self.world, self.machine, before=self._before)[0]

    def _before(self, _: Request) -> None:
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                raise Crash

    @property
    def old(self) -> frozenset[str]:
        """What was made before the pause; balancers go on making things, which are theirs."""
        return oracle.made_by(self.world, 0, self.grown)

    def named_by_the_young(self) -> dict[str, str]:
        """Give what was old, and was named by something young when the sweep began: id → who names it."""
        out = {}
        old = self.old
        for id_, row in self.rows.items():
            if id_ not in old:
                out.update({other: id_ for other in strings(row) if other in old and other != id_})
        return out


def strings(value: Any) -> set[str]:
    """Give all texts in a row."""
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return {text for item in items for text in strings(item)}


def play(seed: int, folder: Path) -> list[str]:
    """Sweep one world, with kills on the way, and say which promise was broken."""
    project = Project(seed)
    calm = project.cloud()
    seen = calm.inventory()
    clock = Clock.of(seen, timedelta(hours=4))

    def judge(inventory: Inventory) -> Judgement:
        return sweep(Ages(inventory, clock, lambda _: ""))

    plan = make_plan(judge(seen), options=Options(max_deletions=None))
    path = folder / f"journal-{seed}"
    result = None
    for attempt in range(4):
        project.crash_in = project.dice.randint(0, 25) if attempt < 3 and project.dice.random() < 0.6 else None
        opened = Unsynced.resume(path) if path.exists() else Unsynced.create(folder, name=path.name)
        with opened as journal:
            records = journal.contents.events if journal.contents else ()
            try:
                result = run(plan, project.cloud(), journal=journal, records=records, proof=judge, machine=project.machine)
                break
            except Crash:
                project.world.advance(project.dice.choice((0.0, 5.0, 60.0)))
    assert result is not None
    project.crash_in = None
    broken = [f"{c.action} {c.kind} {c.id}, which is young" for c in oracle.harmed(project.world, project.began, project.old)]
    there = {id_ for table in project.world.tables.values() for id_ in table}
    broken += [f"{old} is gone, and young {young} names it" for old, young in project.named_by_the_young().items() if old not in there]
    if (result.exit_code, result.proven) != (0, True):
        broken.append(f"exit code {result.exit_code}: {result.message} {[(str(k.target), k.because) for k in result.leftovers]}")
    again = judge(calm.inventory()).sweep
    assert again is not None
    broken += [f"a second sweep finds {group.title}" for group in again.going()]
    return broken


@pytest.mark.parametrize("first", range(0, WORLDS, PIECE))
def test_nothing_young_is_touched_and_nothing_that_was_meant_is_left(first: int, tmp_path: Path) -> None:
    broken = {seed: words for seed in range(first, first + PIECE) if (words := play(seed, tmp_path))}
    assert broken == {}


def test_worlds_are_worth_it() -> None:
    """In most of them something goes, and something stays."""
    going = staying = 0
    for seed in range(40):
        found = Project(seed).cloud().inventory()
        judged = sweep(Ages(found, Clock.of(found, timedelta(hours=4)), lambda _: "")).sweep
        assert judged is not None
        going += bool(judged.going())
        staying += any(not g.goes and not g.common for g in judged.groups)
    assert going > 25
    assert staying > 20
