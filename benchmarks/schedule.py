"""The schedule of a destroy against its bound, and against `openstack project cleanup` of the same project, on the simulator.

    python -m benchmarks.schedule [NODES]

The job is a network, a subnet, a router, a group, a keypair and that many servers, each with a port and a floating IP; a stranger's job
stands beside it. Each request takes 100 ms, a server 15 s to go. The first row is in virtual time (`benchmarks.virtual`), the others are
processes of their own over sockets; `project cleanup` is `Connection.project_cleanup` of openstacksdk, the whole of that command.

Wall time is from the first step to the end of the last one; what comes before (start-up, login, lists) and after (the proof) is told apart.
Ratio is wall time against the list schedule of `benchmarks.bound`, which knows nothing of lists. An interval of polling (`poll`) is not
taken off.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterable
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
HEAD = (
    "command",
    "total s",
    "before",
    "wall",
    "proof",
    "bound",
    "ratio",
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


def one(nodes: int, folder: Path, *, ours: bool) -> tuple[object, ...]:
    """Destroy a job by one of the two, and give its row."""
    made = served(nodes)
    write_state(made.job, folder)
    wire = Counted(made.world, tick=LATENCY)
    with serving(wire) as url:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), **wire.environment(url)}
        limits = ["--max-deletions", str(10 * nodes + 100)]
        ending = ["-m", "tfclean", "destroy", "--auto-approve", *limits] if ours else ["-W", "ignore", "-c", CLEANUP]
        begun = time.time()
        done = subprocess.run([sys.executable, *ending], cwd=folder, env=env, capture_output=True, text=True, check=False)
        ended = time.time()
    if done.returncode:
        print(f"exit {done.returncode}: {(done.stderr or done.stdout)[-600:]}", file=sys.stderr)
    calls, most = len(wire.exchanges), max(wire.flight.most.values())
    objects = sum(map(len, made.job.ids.values()))
    end = (calls, wire.changing, calls / objects, most, done.returncode, made.left, made.harmed)
    if not ours:
        return "project cleanup", ended - begun, "", "", "", "", "", "", *end
    journal = load_journal(next((folder / ".tfclean").glob("*")))
    timing = Timing.of(journal.plan, journal.events, LATENCY, SERVER)
    before, after = timing.began - begun, ended - timing.began - timing.wall
    return "tfclean destroy", ended - begun, before, timing.wall, after, timing.poll, timing.bound, timing.ratio, *end


def exact(nodes: int, folder: Path) -> tuple[object, ...]:
    """Give the row of virtual time."""
    run = destroy(folder, nodes, latency=LATENCY, server=SERVER)
    timing, made = run.timing, run.project
    total = run.result.seconds
    end = (run.calls, run.changing, run.each, max(run.most.values()), run.result.exit_code, made.left, made.harmed)
    return "in virtual time", total, "", timing.wall, total - timing.wall, timing.poll, timing.bound, timing.ratio, *end


def main(nodes: int = 100) -> int:
    """Print the table; exit code 1 when a limit is passed or something is left."""
    with TemporaryDirectory() as name:
        folders = [Path(name, str(number)) for number in range(3)]
        rows = [exact(nodes, folders[0]), one(nodes, folders[1], ours=True), one(nodes, folders[2], ours=False)]
    title = f"destroy of {nodes} servers, ports and floating IPs: {LATENCY:.1f} s a call, {SERVER:.0f} s a server"
    show(title, HEAD, rows)
    print(f"\nlimits: ratio {RATIO}, {EACH} calls an object, {AT_ONCE} calls at once to a service")
    passed = [
        float(str(row[6])) <= RATIO
        and float(str(row[9])) <= EACH
        and int(str(row[10])) <= AT_ONCE
        and row[11:] == (0, "nothing", "nothing")
        for row in rows[:2]
    ]
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
