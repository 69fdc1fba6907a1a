"""What is broken: the recorded files, and the forms of which there is no recording."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.cleanup.jobs import whole_job
from tests.cleanup.world import World
from tests.terraform import dressing
from tests.terraform.test_state_old import V3
from tfclean.cleanup.documents import plan_document
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.cloud.document import dump
from tfclean.terraform import runs

FIXTURES = Path(__file__).parents[3] / "fixtures"
_OURS = frozenset({"scenario.json", "made.json", "before.json", "after.json", "README.md"})
"""Files beside the scenarios that no reader is for."""

_POINTER = {
    "version": 3,
    "terraform_version": "1.11.4",
    "backend": {"type": "http", "config": {"address": "https://u:p@git.example/s", "username": "u", "password": "p"}, "hash": 1},
}
_CONFIGURATION = """
variable "name" { default = "job-${1 + 1}" }
resource "openstack_networking_port_v2" "p" {
  for_each = { for i in range(3) : "k${i}" => i if i > 0 }
  name     = "${var.name}-%{ if each.value > 1 }x%{ endif }"
  fixed_ip { subnet_id = openstack_networking_subnet_v2.s.id }
  lifecycle { prevent_destroy = true }
}
"""
_VARIABLES = 'name = "job-1"\nlist = ["a", { b = 1 }]\ntext = <<EOT\n  x\nEOT\n'
RUN = runs.Record(
    ("terraform", "apply", "-var=name=job-1"), datetime(2026, 11, 1, tzinfo=UTC), "terraform", "1.11.4", "apply", environment=("OS_CLOUD",)
)
_TIMES = "".join(f"2026-11-01T00:00:{second:02}.5Z {stream} {400 * second}\n" for second in range(60) for stream in runs.STREAMS)


@cache
def corpus() -> tuple[tuple[str, bytes], ...]:
    """Give the files, by name, in the same order everywhere."""
    return tuple(sorted((*_recorded(), *_made(), *_ours(), *_configured())))


@cache
def groups() -> tuple[tuple[tuple[str, bytes], ...], ...]:
    """Give the files by what their names end with, so that no sort is rare because there are few files of it."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for name, data in corpus():
        found.setdefault(name.rpartition(".")[2], []).append((name, data))
    return tuple(tuple(files) for _, files in sorted(found.items()))


def _recorded() -> Iterator[tuple[str, bytes]]:
    for path in FIXTURES.rglob("*"):
        if path.is_file() and path.name not in _OURS:
            yield f"{path.parent.name}/{path.name}", path.read_bytes()


def _made() -> Iterator[tuple[str, bytes]]:
    yield "made/old.tfstate", json.dumps(V3, indent=4).encode()
    yield "made/older.tfstate", json.dumps({**V3, "version": 1}).encode()
    yield "made/terraform.tfstate.pointer", json.dumps(_POINTER).encode()
    yield "made/main.tf", _CONFIGURATION.encode()
    yield "made/terraform.tfvars", _VARIABLES.encode()
    yield "made/run.json", json.dumps(runs.document(RUN)).encode()
    yield "made/run.times", _TIMES.encode()
    log = (FIXTURES / "destroy-killed" / "apply.log").read_text().splitlines()
    state = (FIXTURES / "killed-early" / "terraform.tfstate").read_text().splitlines()
    yield "made/github.log", dressing.github([*log[:80], *state, "", *log[80:]]).encode()
    yield "made/gitlab.log", dressing.gitlab([*log, *state], longest=70).encode()
    yield "made/sections.log", dressing.gitlab_plain(log).encode()
    yield "made/powershell.log", "\r\n".join(log).encode("utf-16")


def _configured() -> Iterator[tuple[str, bytes]]:
    """Give the configuration that saved plans hold."""
    for path in (FIXTURES / "wide-applied" / "plan.tfplan", FIXTURES / "applied" / "plan.tfplan"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".tf"):
                    yield f"{path.parent.name}/{name.rpartition('/')[2]}", archive.read(name)


def _ours() -> Iterator[tuple[str, bytes]]:
    """Give what tfclean itself writes."""
    world = World()
    whole_job(world)
    plan = make_plan(world.judge(world.inventory()))
    yield "ours/inventory.json", json.dumps(dump(world.inventory()), indent=2).encode()
    yield "ours/plan.json", json.dumps(plan_document(plan), indent=2).encode()
    with tempfile.TemporaryDirectory() as folder:
        with Journal.create(Path(folder) / "j") as journal:
            run(plan, world, machine=world.machine, journal=journal)
        yield "ours/run.jsonl", journal.path.read_bytes()
