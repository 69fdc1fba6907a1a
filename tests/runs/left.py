"""A cloud on loopback, with what a killed job and its living twin have left there, and an engine that leaves the job's traces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.runs.engine import engine, reachable
from tfclean.simulator import RealClock, World
from tfclean.simulator.story import Story, unfold
from tfclean.simulator.wire import Wire, serving
from tfclean.simulator.world import Pace

SOON = timedelta(minutes=-1)
"""So that what lives was made while the engine runs."""
QUICK = Pace(server_delete=0.2, volume=0.1, attach=0.1, balancer=0.3, balancer_port=0.1, balancer_update=0.1)


class Cloud:
    """A cloud in which a killed job and its twin have left what they left, and the traces of the job for an engine to leave again."""

    def __init__(self, folder: Path, wire: Wire, story: Story) -> None:
        self.folder, self.wire, self.story = folder, wire, story
        self.job = folder / "work"
        self.job.mkdir()

    def engine(self, *end: tuple[object, ...]) -> dict[str, str]:
        """Give the environment of a run that leaves the traces of the job, then ends like this."""
        traces = self.story.job
        state = ("copy", traces / "terraform.tfstate", "terraform.tfstate")
        plan = ("copy", traces / "plan.json", "plan.json")
        return self.environment(engine(self.folder / "bin", ("show", traces / "apply.log"), state, plan, *end))

    def environment(self, program: Path) -> dict[str, str]:
        """Give an environment that leads to this cloud and to the program."""
        return {**reachable(program), **self.wire.environment(), "NO_PROXY": "127.0.0.1"}

    def gone(self) -> set[str]:
        return {change.id for change in self.wire.world.audit if change.action == "deleted"}


@contextmanager
def left(folder: Path, ago: timedelta = SOON) -> Iterator[Cloud]:
    """Serve it, with jobs that were started that long ago."""
    story = unfold(folder, datetime.now(UTC) - ago)
    world = World(RealClock(), pace=QUICK)
    story.put_into(world)
    wire = Wire(world)
    with serving(wire):
        yield Cloud(folder, wire, story)
