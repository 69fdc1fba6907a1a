"""The story of the demo: a moment in, the traces of a killed job and of its twin out, and what they left in the cloud.

It is the recording ``fixtures/twin-killed``: two CI jobs of the same module started in one project at the same moment. One, 800017, was
killed 4.5 s into its apply; the other, 800018, came to its end. Parts of the plan that nothing reads were left out; what the recorded lists
do not tell was put in: the members of the twin's pool, as its state has them, and the dates of the keypairs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from tfclean.simulator.load import load
from tfclean.simulator.world import World

JOB, TWIN = "800017", "800018"
STARTED = datetime(2026, 11, 23, 0, 18, 49, tzinfo=UTC)
"""When the job was planned."""
MOMENT = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Story:
    """What the jobs left.

    Attributes:
        job: directory with the traces of the killed job.
        twin: directory with the state of its twin.
        answers: what the services list: service → path → body.
        twins: ids of the twin's objects.
    """

    job: Path
    twin: Path
    answers: dict[str, Any]
    twins: frozenset[str]

    def put_into(self, world: World) -> None:
        """Let everything live in a world, which is emptied before."""
        load(world, self.answers)


def unfold(folder: Path, started: datetime) -> Story:
    """Lay the traces out.

    Args:
        folder: an empty directory for them.
        started: when the job is to have started; all times are moved by as much.
    """
    source = files(__name__)
    by = timedelta(seconds=round((started - STARTED).total_seconds()))
    for name in ("job", "twin"):
        (folder / name).mkdir()
        for file in source.joinpath(name).iterdir():
            (folder / name / file.name).write_text(_moved(file, by), encoding="utf-8")
    answers = json.loads(_moved(source.joinpath("cloud.json"), by))
    state = json.loads((folder / "twin" / "terraform.tfstate").read_text(encoding="utf-8"))
    return Story(folder / "job", folder / "twin", answers, frozenset(_ids(state)))


def _moved(file: Traversable, by: timedelta) -> str:
    """Give the text of a file with all its times moved."""

    def move(found: re.Match[str]) -> str:
        return (datetime.fromisoformat(found[1]) + by).isoformat()

    return MOMENT.sub(move, file.read_text(encoding="utf-8"))


def _ids(state: dict[str, Any]) -> Iterator[str]:
    """Give the ids of what a state manages in OpenStack."""
    for resource in state["resources"]:
        if resource["mode"] == "managed" and resource["type"].startswith("openstack_"):
            yield from (instance["attributes"]["id"] for instance in resource["instances"])
