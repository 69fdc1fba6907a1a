"""``tfclean demo``: nothing in; the whole story told on an embedded cloud, or that cloud left running, out.

Every command of the story is a process of its own against a cloud on loopback, as a person would run it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tfclean
from tfclean.cli import arguments
from tfclean.cli.signals import end_as_interrupted
from tfclean.cli.terminal import Terminal
from tfclean.errors import Interrupted, UsageError
from tfclean.simulator import RealClock, World
from tfclean.simulator.story import JOB, TWIN, Story, unfold
from tfclean.simulator.wire import Wire, serving
from tfclean.simulator.world import Pace

CLOUD = False

AGO = timedelta(minutes=20)
"""How long ago the job was started."""
PACE = Pace(server_delete=1.0, volume=0.5, attach=0.5, balancer=1.5, balancer_port=0.5, balancer_update=0.3)
"""Faster than life."""
CALLS = 6
"""Calls that change the cloud before Ctrl-C is pressed."""


JOURNAL = "JOURNAL"
"""Stands for the journal of the run that was interrupted."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One command of the story.

    Attributes:
        title: what it is about.
        text: what to look at.
        command: arguments of tfclean.
        code: the exit code that the story needs.
        interrupted: Ctrl-C is pressed in the middle.
    """

    title: str
    text: str
    command: tuple[str, ...]
    code: int
    interrupted: bool = False


OPENING = f"""\
An OpenStack runs in this process, on {{url}}; nothing else
is asked.

Twenty minutes ago two CI jobs ran the same Terraform module in one project.
Job {JOB} was killed (kill -9) in the middle of its apply; its twin {TWIN} came
to its end and is in use. What the killed job left on disk is a state that does
not know everything, a log, and the plan."""

SCENES = (
    Scene(
        "1. What is live, against what Terraform wrote down",
        "Nothing is deleted by this. Zombies are the job's, and no Terraform will ever\nknow of them.",
        ("diff",),
        1,
    ),
    Scene(
        "2. What would be deleted, and why",
        "What only might be the job's is kept. Nothing of the twin's is part of it.",
        ("plan",),
        0,
    ),
    Scene(
        "3. Destroy, and Ctrl-C in the middle",
        f"After {CALLS} calls somebody presses Ctrl-C. No new call is sent; the journal keeps\nwhat was done.",
        ("destroy", "--auto-approve"),
        130,
        interrupted=True,
    ),
    Scene(
        "4. Go on",
        "Two addresses without a name are left at the end: they may be the job's.",
        ("resume", JOURNAL, "--auto-approve"),
        1,
    ),
    Scene(
        "5. Somebody has looked at the two addresses: they are the job's",
        "With them everything is gone, and that is proven: exit code 0.",
        ("destroy", "--include-possible", "--auto-approve"),
        0,
    ),
    Scene("6. And the twin?", "Its own state, against the cloud:", ("diff", "../twin"), 0),
)

CLOSING = """\
The cloud's own record: {gone} objects were deleted, parts included. Of the
{twins} in the twin's state {touched} was deleted or changed.

To play with it yourself: {ourselves} demo --serve"""


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "demo",
        "[OPTION...]",
        "Tell the whole story on an embedded cloud; nothing outside is asked.",
        """\
It starts an OpenStack in this process, on loopback, with what two CI jobs left
in one project: one was killed during its apply, one is well. Then it runs diff,
plan, a destroy that is interrupted, and its resume, and shows that nothing of
the other job was touched.

examples:
  tfclean demo                    look and read; takes some seconds
  tfclean demo --serve            leave the cloud running, and try for yourself
  tfclean demo --serve --port 5000""",
    )
    made.add_argument("--serve", action="store_true", help="only start the cloud, print the OS_* lines, run until Ctrl-C")
    made.add_argument("--port", metavar="N", type=arguments.count, default=0, help="listen there (default: any free port)")
    made.add_argument("--no-color", action="store_true", help="no colour, as with NO_COLOR or TERM=dumb")
    made.add_argument("-v", "--verbose", action="store_true", help="list what is otherwise only counted")
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    end_as_interrupted()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tfclean-demo-")))
        story = unfold(folder, datetime.now(UTC) - AGO)
        world = World(RealClock(), pace=PACE)
        story.put_into(world)
        wire = Wire(world)
        try:
            stack.enter_context(serving(wire, args.port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"demo: cannot listen on port {args.port}: {reason}") from error
        if args.serve:
            return _serve(wire, story, terminal)
        try:
            return _Telling(wire, story, terminal, args).tell()
        except KeyboardInterrupt:
            raise Interrupted("demo: interrupted; its cloud and its files are gone") from None


def _serve(wire: Wire, story: Story, terminal: Terminal) -> int:
    """Leave the cloud running until somebody presses Ctrl-C."""
    others = [f"unset {name}\n" for name in sorted(os.environ) if name.startswith("OS_") and name not in wire.environment()]
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in wire.environment().items()]
    terminal.write("".join([*others, *lines]))
    terminal.stdout.flush()
    terminal.tell(
        f"\nA cloud runs on {wire.url} until Ctrl-C. In another terminal, paste the lines above;\n"
        f"then openstack, terraform and tfclean find it. Traces of the killed job {JOB}:\n\n"
        f"  cd {story.job}\n  {ourselves()} diff\n\nand the state of its twin {TWIN}: {story.twin}\n"
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        terminal.tell("\n")
    return 0


def ourselves() -> str:
    """Give what to type for this program: its name where the shell finds it, else its path."""
    program = Path(sys.argv[0])
    if program.name != "tfclean":
        return shlex.join([sys.executable, "-m", "tfclean"])
    found = shutil.which("tfclean")
    return "tfclean" if found and Path(found).resolve() == program.resolve() else shlex.quote(str(program.absolute()))


@dataclass(frozen=True, slots=True)
class _Telling:
    """The story, from its first sentence to the last one."""

    wire: Wire
    story: Story
    terminal: Terminal
    args: argparse.Namespace

    def tell(self) -> int:
        """Tell it.

        Returns:
            0 if everything went as it is told, else 1.
        """
        before = len(self.wire.world.audit)
        self._say("", OPENING.format(url=self.wire.url))
        for scene in SCENES:
            self._say(scene.title, scene.text)
            if not self._run(scene):
                self.terminal.complain("the demo did not go as it is told; this is a bug, please report it")
                return 1
        changes = self.wire.world.audit[before:]
        touched = {change.id for change in changes} & self.story.twins
        gone = [change for change in changes if change.action == "deleted"]
        self._say("", CLOSING.format(gone=len(gone), twins=len(self.story.twins), touched=len(touched) or "none", ourselves=ourselves()))
        return 1 if touched else 0

    def _say(self, title: str, text: str) -> None:
        look = self.terminal.look(self.terminal.stdout)
        head = f"\n\x1b[1m{title}\x1b[0m\n" if title and look.colour else f"\n{title}\n" if title else ""
        told = [textwrap.fill(part, min(look.width, 80), break_long_words=False, break_on_hyphens=False) for part in text.split("\n\n")]
        self.terminal.write(f"{head}{'' if title else chr(10)}{f'{chr(10)}{chr(10)}'.join(told)}\n")

    def _run(self, scene: Scene) -> bool:
        """Run the command of a scene where the job's traces are; tell whether it ended as the story needs it."""
        command = [self._journal() if word == JOURNAL else word for word in scene.command]
        self.terminal.write(f"\n$ tfclean {shlex.join(command)}\n")
        self.terminal.stdout.flush()
        options = [name for name, given in (("--no-color", self.args.no_color), ("--verbose", self.args.verbose)) if given]
        with subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "tfclean", *command, *options], cwd=self.story.job, env=self._environment(), stdin=subprocess.DEVNULL
        ) as process:
            try:
                if scene.interrupted:
                    self._interrupt(process)
                code = process.wait()
            except BaseException:
                process.terminate()
                raise
        self.terminal.write(f"(exit code {code})\n")
        return code == scene.code

    def _journal(self) -> str:
        """Give the path of the newest journal."""
        newest = max((self.story.job / ".tfclean").glob("*"), key=lambda path: path.stat().st_mtime)
        return str(newest.relative_to(self.story.job))

    def _interrupt(self, process: subprocess.Popen[bytes]) -> None:
        """Press Ctrl-C as soon as some calls have changed the cloud."""
        while process.poll() is None:
            changing = sum(1 for e in self.wire.exchanges.copy() if e.method in ("DELETE", "PUT") and 200 <= e.status < 300)
            if changing >= CALLS:
                process.send_signal(signal.SIGINT)
                return
            time.sleep(0.01)

    def _environment(self) -> Mapping[str, str]:
        """Give an environment that leads to this cloud and to no other."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OS_", "TF_"))}
        paths = [str(Path(tfclean.__file__).parent.parent), kept.get("PYTHONPATH", "")]
        here = {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        return kept | here | self.wire.environment() | {"OS_CLIENT_CONFIG_FILE": str(self.story.job / "no-clouds.yaml")}
