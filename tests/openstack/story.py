"""The main job, told once: a recorded scenario is made live in the lab beside another job, then tfclean is run as a user would.

python -m tests.openstack.story [SCENARIO]
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import uuid
from pathlib import Path
from tempfile import mkdtemp

from tests.openstack import truth
from tests.openstack.cli import command, environment
from tests.openstack.lab.testing import LabProject
from tests.openstack.replay import SCENARIOS, replay


def say(text: str) -> None:
    """Print a line of the story itself."""
    print(f"\n### {text}", flush=True)


def run(project: LabProject, folder: Path, *arguments: str) -> None:
    """Run tfclean and show what a user would have typed."""
    say(f"$ {shlex.join(('tfclean', *arguments))}")
    done = subprocess.run(command(*arguments), cwd=folder, env=environment(project), check=False)
    print(f"(exit code {done.returncode})", flush=True)


def main(scenario: str = "killed-middle") -> int:
    """Tell the story of `scenario`; 0 if nothing of another job was touched."""
    if scenario not in SCENARIOS:
        sys.exit(f"know {' '.join(SCENARIOS)}")
    folder = Path(mkdtemp(prefix="tfclean-")) / "job"
    with LabProject.make(f"story-{uuid.uuid4().hex[:6]}") as project:
        say(f"making {scenario} live: a job that was killed, and another job beside it (about a minute)")
        replayed = replay(project.conn, scenario, folder)
        say(f"its working directory, {folder}:")
        print("\n".join(sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())))
        others = truth.fingerprint(project.conn)
        run(project, folder, "diff")
        run(project, folder, "plan", "--out", "cleanup.plan")
        run(project, folder, "destroy", "--auto-approve")
        left = truth.fingerprint(project.conn)
        ids = {i for those in replayed.others.values() for i in those}
        touched = [i for kind, those in others.items() for i, row in those.items() if i in ids and left[kind].get(i) != row]
        say(f"of the other job's {len(ids)} objects, {len(touched)} were touched")
        truth.wipe(project.conn)
    return int(bool(touched))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
