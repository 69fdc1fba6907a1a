"""Destroy of a ten-node job on the lab: `tfclean destroy` against `openstack project cleanup` of the same job, one after the other.

    python -m benchmarks.destroy [NODES]

Needs the lab (`python -m tests.openstack.lab up`) and python-openstackclient, which the lab's own environment has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import show
from tests.openstack import truth
from tests.openstack.cli import command, environment
from tests.openstack.job import Job, make, shared_router
from tests.openstack.lab.settings import VENV
from tests.openstack.lab.testing import LabProject

LIMIT = 0.5


def timed(arguments: list[str], env: dict[str, str], folder: Path) -> tuple[float, int, str]:
    begun = time.perf_counter()
    done = subprocess.run(arguments, env=env, cwd=folder, capture_output=True, text=True, check=False)
    return time.perf_counter() - begun, done.returncode, (done.stderr or done.stdout).strip()[-300:]


def left(project: LabProject) -> str:
    """Say what is still there, and whether the shared router is."""
    found = truth.listing(project.conn)
    router = "shared" in found.get("router", {}).values()
    rest = {kind: len(those) for kind, those in found.items() if kind != "router"}
    text = ", ".join(f"{n} {kind}" for kind, n in rest.items()) or "nothing"
    return text if router else f"{text}; the shared router is gone"


def one(nodes: int, folder: Path, *, ours: bool) -> tuple[str, float, int, str]:
    with LabProject.make(f"bench-{uuid.uuid4().hex[:6]}") as project:
        shared_router(project.conn)
        job: Job = make(project.conn, f"b{project.cloud[-4:]}", nodes, balancer=True)
        work = folder / project.cloud
        job.write(work)
        env = environment(project)
        if ours:
            arguments = command("destroy", "--auto-approve")
        else:
            arguments = [str(VENV / "bin/openstack"), "project", "cleanup", "--auth-project", "--auto-approve"]
        seconds, code, said = timed(arguments, env if ours else {**env, "PATH": os.environ["PATH"]}, work)
        if code:
            print(f"exit {code}: {said}", file=sys.stderr)
        result = (arguments[0].rpartition("/")[2] if not ours else "tfclean destroy", seconds, code, left(project))
        truth.wipe(project.conn)
        return result


def main(nodes: int = 10) -> int:
    """Print the table; exit code 1 when the limit is passed or something is left."""
    with TemporaryDirectory() as name:
        rows = [one(nodes, Path(name), ours=ours) for ours in (True, False, True, False)]
    own = [r for r in rows if r[0] == "tfclean destroy"]
    theirs = [r for r in rows if r[0] != "tfclean destroy"]
    ratio = sum(r[1] for r in own) / sum(r[1] for r in theirs)
    show(f"destroy of a job with {nodes} nodes and a load balancer", ("command", "seconds", "exit", "left"), rows)
    print(f"\nratio {ratio:.2f}, limit {LIMIT}")
    return int(ratio > LIMIT or any(r[3] != "nothing" for r in own))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
