"""The schedule of a destroy against its bound, and against `openstack project cleanup` of the same project, on the simulator.

    python -m benchmarks.schedule [NODES]

The job is a network, a subnet, a router, a group, a keypair and that many servers, each with a port and a floating IP; a stranger's job
stands beside it. Each request takes 100 ms, a server 15 s to go. The first row is in virtual time (`benchmarks.virtual`), the others are
processes of their own over sockets; `project cleanup` is `Connection.project_cleanup` of openstacksdk, the whole of that command.

Wall time is from the first step to the end of the last one: start-up, login and first lists come before, the proof after. Its ratio is to
that of the list schedule of `benchmarks.bound`, which knows no lists; `apart` is the same with an interval of polling (`poll`) taken off.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.table import show
from benchmarks.virtual import Flight, Timing, destroy
from benchmarks.worlds import Project, paced, project, write_state
from tfclean.simulator.clock import RealClock
from tfclean.simulator.wire import Wire, serving
from tfclean.verbs.files import load_journal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

RATIO, EACH, AT_ONCE = 1.1, 2.4, 8
LATENCY, SERVER = 0.1, 15.0
CLEANUP = "import openstack; openstack.enable_logging(); openstack.connect().project_cleanup(dry_run=False, wait_timeout=300)"


@dataclass(frozen=True)
class Row:
    """A destroy, as a row of the table; times are in seconds.

    Attributes:
        command: who did it.
        total: from start to exit; in virtual time of the run alone.
        calls: all requests, and how many of them change something.
        each: requests per object of the job.
        at_once: the most changing calls to one service at the same time.
        exit: exit code.
        left: what of the job is still there.
        harmed: what of the stranger's is gone.
        timing: when; None where nobody says.
    """

    command: str
    total: float
    calls: tuple[int, int]
    each: float
    at_once: int
    exit: int
    left: str
    harmed: str
    timing: Timing | None = None

    @property
    def cells(self) -> Sequence[object]:
        """Cells below `HEAD`."""
        t = self.timing
        times = (t.wall, t.bound, t.ratio, t.poll, t.apart) if t else ("",) * 5
        return self.command, self.total, *times, *self.calls, self.each, self.at_once, self.exit, self.left, self.harmed

    @property
    def good(self) -> bool:
        """Tell whether it keeps all limits."""
        within = self.each <= EACH and self.at_once <= AT_ONCE and self.timing is not None and self.timing.apart <= RATIO
        return within and (self.exit, self.left, self.harmed) == (0, "nothing", "nothing")


HEAD = (
    "command",
    "total",
    "wall",
    "bound",
    "ratio",
    "poll",
    "apart",
    "calls",
    "changing",
    "an object",
    "at once",
    "exit",
    "left",
    "harmed",
)


class Counted(Wire):
    """A wire that counts how many changing requests of a service are under way at once."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flight = Flight()
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        service = environ["PATH_INFO"].strip("/").partition("/")[0]
        counts = environ["REQUEST_METHOD"] not in ("GET", "HEAD") and service != "identity"
        if not counts:
            return super().__call__(environ, start_response)
        with self._lock:
            self.flight.enter(service)
        try:
            return super().__call__(environ, start_response)
        finally:
            with self._lock:
                self.flight.leave(service)

    @property
    def changing(self) -> int:
        """Requests so far that change something."""
        return sum(e.method not in ("GET", "HEAD") for e in list(self.exchanges) if e.service != "identity")


def served(nodes: int) -> Project:
    """Give a project whose time is now the real one."""
    made = project(time.time() - 600, nodes, pace=paced(SERVER))
    made.world.clock = made.world.store.clock = RealClock()
    return made


def one(nodes: int, folder: Path, *, ours: bool) -> Row:
    """Destroy a job by one of the two."""
    made = served(nodes)
    write_state(made, folder)
    wire = Counted(made.world, tick=LATENCY)
    with serving(wire) as url:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **wire.environment(url)}
        limits = ["--max-deletions", str(10 * nodes + 100)]
        ending = ["-m", "tfclean", "destroy", "--auto-approve", *limits] if ours else ["-W", "ignore", "-c", CLEANUP]
        begun = time.perf_counter()
        done = subprocess.run([sys.executable, *ending], cwd=folder, env=env, capture_output=True, text=True, check=False)
        total = time.perf_counter() - begun
    if done.returncode:
        print(f"exit {done.returncode}: {(done.stderr or done.stdout)[-600:]}", file=sys.stderr)
    timing = None
    if ours:
        journal = load_journal(next((folder / ".tfclean").glob("*")))
        timing = Timing.of(journal.plan, journal.events, LATENCY, SERVER)
    return Row(
        "tfclean destroy" if ours else "project cleanup",
        total,
        (len(wire.exchanges), wire.changing),
        len(wire.exchanges) / made.objects,
        max(wire.flight.most.values()),
        done.returncode,
        made.left,
        made.harmed,
        timing,
    )


def exact(nodes: int, folder: Path) -> Row:
    """Destroy a job in virtual time."""
    run = destroy(folder, nodes, latency=LATENCY, server=SERVER)
    calls, most, made = (run.calls, run.changing), max(run.most.values()), run.project
    code = run.result.exit_code
    return Row("in virtual time", run.result.seconds, calls, run.each, most, code, made.left, made.harmed, run.timing)


def main(nodes: int = 100) -> int:
    """Print the table; exit code 1 when tfclean passes a limit, leaves something or harms somebody."""
    with TemporaryDirectory() as name:
        folders = [Path(name, str(number)) for number in range(3)]
        ours = [exact(nodes, folders[0]), one(nodes, folders[1], ours=True)]
        rows = [*ours, one(nodes, folders[2], ours=False)]
    title = f"destroy of {nodes} servers, ports and floating IPs: {LATENCY:.1f} s a call, {SERVER:.0f} s a server"
    show(title, HEAD, [row.cells for row in rows])
    print(f"\nlimits: ratio {RATIO} with polling apart, {EACH} calls an object, {AT_ONCE} calls at once to a service")
    return int(not all(row.good for row in ours))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
