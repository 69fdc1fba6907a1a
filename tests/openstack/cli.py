"""tfclean as a user runs it: a process of its own, in a project of the lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.openstack.lab import CLOUDS
from tests.openstack.lab.testing import LabProject


@dataclass(frozen=True)
class Ran:
    """What a run left: exit code, both streams, and the JSON document that it wrote.

    `document` is empty where none was asked for or the run ended before it was written.
    """

    code: int
    out: str
    err: str
    document: dict[str, Any]

    def verdicts(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Give the resources of a diff by kind and id; ties, whose id is another object's, have kinds of their own."""
        return {(r["kind"], r["id"]): r for r in self.document["resources"]}

    def outcomes(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Give the outcomes of a result by kind and id."""
        return {(r["kind"], r["id"]): r for r in self.document["outcomes"]}


def environment(project: LabProject) -> dict[str, str]:
    """Give what a process needs to be in `project` and nowhere else."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "TF_"))}
    return {**kept, **project.env, "PYTHONUNBUFFERED": "1"}


def changed(project: LabProject, folder: Path, **changes: Any) -> LabProject:
    """Give the same project by another clouds.yaml, in `folder`."""
    entry = json.loads(CLOUDS.read_text())["clouds"][project.cloud]
    auth = {**entry["auth"], **changes.pop("auth", {})}
    file = folder / "clouds.yaml"
    file.write_text(json.dumps({"clouds": {project.cloud: {**entry, **changes, "auth": auth}}}))

    class Changed(LabProject):
        @property
        def env(self) -> dict[str, str]:
            return {"OS_CLIENT_CONFIG_FILE": str(file), "OS_CLOUD": self.cloud}

    return Changed(project.cloud, project.conn)


def command(*arguments: object) -> list[str]:
    """Give the command line."""
    return [sys.executable, "-m", "tfclean", *map(str, arguments)]


def tfclean(project: LabProject, folder: Path, verb: str, *arguments: object, timeout: float = 300.0) -> Ran:
    """Run ``tfclean VERB ARGUMENTS`` in `folder` and read the document it writes beside it."""
    file = folder.with_name(f"{folder.name}-{verb}.json")
    file.unlink(missing_ok=True)
    formats = ["-o", "console", "-o", f"json={file}"]
    done = subprocess.run(
        command(verb, *arguments, *formats),
        cwd=folder,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    document = json.loads(file.read_text()) if file.exists() else {}
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr, document)
