"""Terraform or OpenTofu with one version of the provider: a folder with the job's configuration in; its runs out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.openstack.cli import environment
from tests.openstack.lab.testing import LabProject

JOB = Path(__file__).parents[1] / "jobs"
KEPT = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
"""Settings of whoever runs the tests: they say where the provider is."""
LIMIT = 600.0


@dataclass(frozen=True)
class Engine:
    """What runs the job.

    Attributes:
        binary: ``terraform`` or ``tofu``.
        provider: constraint on the provider's version.
    """

    binary: str
    provider: str

    def __str__(self) -> str:
        return f"{self.binary} {self.provider}"

    def missing(self) -> str:
        """Say why it cannot run here; empty if it can."""
        return _missing(self)

    def lay_out(self, folder: Path, values: Mapping[str, object]) -> None:
        """Put the job's configuration into `folder`, with `values` for its variables in a file beside it."""
        shutil.copytree(JOB, folder, ignore=shutil.ignore_patterns("*.md"))
        required = {"openstack": {"source": "terraform-provider-openstack/openstack", "version": self.provider}}
        (folder / "provider_override.tf.json").write_text(json.dumps({"terraform": {"required_providers": required}}, indent=2))
        (folder / "terraform.tfvars.json").write_text(json.dumps(values, indent=2))

    def call(self, project: LabProject | None, folder: Path, *arguments: str) -> str:
        """Run it to the end and give what it printed.

        Raises:
            RuntimeError: it failed.
        """
        done = subprocess.run(
            [self.binary, *arguments, "-no-color"],
            cwd=folder,
            env=self.environment(project),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if done.returncode:
            raise RuntimeError((done.stderr or done.stdout).strip()[-2000:])
        return done.stdout

    def plan(self, project: LabProject, folder: Path) -> int:
        """Save ``plan.tfplan`` and tell how many objects it would make."""
        told = self.call(project, folder, "plan", "-out=plan.tfplan")
        found = re.search(r"Plan: (\d+) to add", told)
        assert found, told
        return int(found[1])

    def start(self, project: LabProject, folder: Path, *arguments: str) -> subprocess.Popen[str]:
        """Start it in a process group of its own; both of its streams are the one pipe."""
        return subprocess.Popen(
            [self.binary, *arguments],
            cwd=folder,
            env=self.environment(project),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def environment(self, project: LabProject | None) -> dict[str, str]:
        """Give its environment: in `project`, and nothing of the user's but where the provider is."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {**(environment(project) if project else os.environ), **kept, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


@cache
def _missing(engine: Engine) -> str:
    if not shutil.which(engine.binary):
        return f"{engine.binary} is not on PATH"
    with TemporaryDirectory() as name:
        folder = Path(name, "job")
        engine.lay_out(folder, {"job": "none"})
        try:
            engine.call(None, folder, "init")
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            return f"{engine.binary} init does not find the provider {engine.provider}: {' '.join(str(error).split())[:300]}"
    return ""


def engines() -> Iterator[Engine]:
    """Give each engine with each provider."""
    for binary in ("terraform", "tofu"):
        for provider in ("~> 3.0", "1.54.1"):
            yield Engine(binary, provider)


ENGINES = tuple(engines())
