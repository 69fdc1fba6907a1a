"""What is said of a lock helps: a line to copy for a backend's, none for a local one, which goes with its process."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.making import claim, footprint, inventory
from tfclean.estate.judge import judge
from tfclean.model import Judgement, Lock
from tfclean.report.base import Context
from tfclean.report.locks import told
from tfclean.report.registry import report_class

SINCE = datetime(2026, 11, 22, 12, tzinfo=UTC)
REMOTE = Lock("https://state/job", "0f1e; rm -rf", "ci@runner", created=SINCE)
LEFT = Lock(".terraform.tfstate.lock.info", "bf1e4104", "root@vm", created=SINCE)
HELD = Lock(".terraform.tfstate.lock.info", "bf1e4104", "root@vm", created=SINCE, held=True)


def shown(format_: str, lock: Lock) -> str:
    judgement: Judgement = judge(footprint((claim("openstack_networking_network_v2.n"),), locks=(lock,)), inventory())
    stream = io.StringIO()
    report_class(format_)(stream, Context(SINCE)).diff(judgement)
    return re.sub(r"\s+", " ", stream.getvalue())


@pytest.mark.parametrize("engine", ["terraform", "tofu"])
def test_a_backends_lock_is_freed_by_a_line_that_a_shell_reads_as_one_id(engine: str) -> None:
    said, line = told(REMOTE, engine)
    assert said.startswith("https://state/job is locked by ci@runner since 2026-11-22 12:00:00")
    assert shlex.split(line) == [engine, "force-unlock", "0f1e; rm -rf"]
    assert told(Lock("https://state/job", ""), "terraform")[1] == ""


@pytest.mark.parametrize("format_", ["console", "markdown", "html"])
def test_force_unlock_is_never_advised_for_a_local_lock(format_: str) -> None:
    assert "force-unlock" in shown(format_, REMOTE)
    for lock, words in ((LEFT, "the next run takes it away"), (HELD, "a run is going on")):
        text = shown(format_, lock)
        assert words in text
        assert "force-unlock" not in text


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not here")
def test_terraform_itself_frees_no_local_lock_and_takes_away_what_was_left(tmp_path: Path) -> None:
    """What the advice rests on, asked of Terraform."""

    def terraform(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["terraform", *arguments],
            cwd=tmp_path,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "CHECKPOINT_DISABLE": "1", "HOME": str(tmp_path), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    (tmp_path / "main.tf").write_text('output "x" { value = 1 }\n')
    assert terraform("init").returncode == 0
    assert terraform("apply", "-auto-approve").returncode == 0
    left = tmp_path / ".terraform.tfstate.lock.info"
    left.write_text(json.dumps({"ID": LEFT.id, "Operation": "OperationTypeApply", "Who": LEFT.who, "Path": "terraform.tfstate"}))
    freed = terraform("force-unlock", "-force", LEFT.id)
    assert freed.returncode == 1
    assert "LocalState not locked" in freed.stderr + freed.stdout
    assert left.exists()
    assert terraform("apply", "-auto-approve").returncode == 0
    assert not left.exists()
