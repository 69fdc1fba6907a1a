"""A cloud on loopback for each command line or story of the docs, with the demo's jobs and what else a line names, beside them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.making import Ran
from tests.recorded import FIXTURES
from tests.runs.engine import engine
from tests.runs.left import QUICK
from tfclean.cli import main
from tfclean.simulator import RealClock, World
from tfclean.simulator.story import JOB, Story, unfold
from tfclean.simulator.wire import Wire, serving

AGO = timedelta(minutes=20)
"""As the demo has it."""
JOURNAL = ".tfclean/JOURNAL"
ENGINES = ("terraform", "tofu", "make")


@dataclass(frozen=True)
class Scene:
    """The demo's world, in its first moment, with a directory to run commands in.

    Attributes:
        wire: the cloud.
        story: the traces of the killed job, and of its twin.
    """

    wire: Wire
    story: Story

    def run(self, line: str) -> Ran:
        """Run a command line of the docs; what is behind a pipe or a redirection is another program's."""
        words = shlex.split(line)
        assert words[0] == "tfclean", line
        end = next((at for at, word in enumerate(words) if word in ("|", ">", "&&", "||")), len(words))
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words[1:end])
        told = [stream.detach().getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
        return Ran(code, *told)

    def do(self, line: str, code: int) -> Ran:
        """Run a command line that ends with this exit code."""
        ran = self.run(line)
        assert ran.code == code, f"{line} ends with {ran.code}\n{ran.out}{ran.err}"
        return ran

    def gone(self) -> set[str]:
        """Give the ids of all that was deleted."""
        return {change.id for change in self.wire.world.audit if change.action == "deleted"}

    def clouds(self, name: str, patch: pytest.MonkeyPatch) -> None:
        """Let the cloud be known by a name."""
        told = {variable.removeprefix("OS_").lower(): value for variable, value in self.wire.environment().items()}
        cloud = {"region_name": told.pop("region_name"), "auth": told}
        path = self.story.job.parent / "clouds.yaml"
        path.write_text(json.dumps({"clouds": {name: cloud}}))
        patch.setenv("OS_CLIENT_CONFIG_FILE", str(path))

    def provide(self, line: str) -> None:
        """Lay out what a command line names, as it would be there by then."""
        words = line.replace("=", " ").split()
        here = self.story.job
        shutil.copy(FIXTURES / "twin-killed" / "plan.tfplan", here)
        if "cleanup.json" in words and "--out" not in words:
            self.do("tfclean plan --out cleanup.json", 0)
        if "--baseline" in words:
            self._before(here / "before.json")
        if JOURNAL in words:
            (here / JOURNAL).parent.mkdir(0o700)
            # The time is up before the first call is made.
            self.do(f"tfclean destroy --auto-approve --timeout 0.000001 --journal {JOURNAL}", 5)
        for name in ("infra", "cluster", "job"):
            if any(word.startswith(name) for word in words):
                shutil.copytree(here.parent / "twin" if name == "infra" else here, here / name)

    def _before(self, path: Path) -> None:
        """Write the inventory of a project in which the job is not yet."""
        self.do(f"tfclean inventory -o json={path}", 0)
        told = json.loads(path.read_text())
        others = [row for row in told["resources"] if JOB not in json.dumps(row)]
        told["resources"] = [row for row in others if row["kind"] != "network.floating_ip" or row["id"] in self.story.twins]
        path.write_text(json.dumps(told))


@contextlib.contextmanager
def scene(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Serve a cloud in which the demo's jobs have left what they left, and go where the killed one's traces are."""
    story = unfold(folder, datetime.now(UTC) - AGO)
    world = World(RealClock(), pace=QUICK)
    story.put_into(world)
    wire = Wire(world)
    for name in ENGINES:
        program = engine(folder / "bin", ("exit", 0), name=name)
    with serving(wire):
        for name, value in surroundings(wire, program.parent).items():
            patch.setenv(name, value)
        patch.chdir(story.job)
        yield Scene(wire, story)


def surroundings(wire: Wire, programs: Path) -> Mapping[str, str]:
    """Give the environment of somebody who has pasted what ``tfclean demo --serve`` printed."""
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**wire.environment(), "OS_CLIENT_CONFIG_FILE": "/nonexistent", "NO_PROXY": "127.0.0.1", "NO_COLOR": "1", "PATH": path}
