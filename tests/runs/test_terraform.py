"""`tfclean run` around the real engine, with resources that need no provider."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.making import run as cli
from tests.runs.test_run import kill_all

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not here")

SLOW = """
resource "terraform_data" "slow" {
  count = 2
  provisioner "local-exec" { command = "touch begun; sleep 600" }
}
"""
MANY = """
resource "terraform_data" "many" {
  count = 200
}
"""
APPLY = ["terraform", "apply", "-auto-approve", "-no-color"]
ALONE = {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
"""Nothing is asked for on the network, and nothing is said of how this machine is set up."""


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Path]:
    """A directory in which it can be run; what runs there is ended."""
    yield tmp_path
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if path.joinpath("cwd").resolve() == tmp_path:
                os.kill(int(path.name), signal.SIGKILL)
        except OSError:
            continue


def start(job: Path, text: str) -> subprocess.Popen[str]:
    (job / "main.tf").write_text(text)
    subprocess.run(["terraform", "init"], cwd=job, check=True, capture_output=True, env={**os.environ, **ALONE})
    return subprocess.Popen(
        [sys.executable, "-m", "tfclean", "run", "--", *APPLY],
        cwd=job,
        env={**os.environ, **ALONE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kept(job: Path, name: str) -> str:
    return "".join(path.read_text() for path in (job / ".tfclean/runs").glob(f"*/{name}"))


def until(job: Path, words: str) -> None:
    while words not in kept(job, "stdout"):
        time.sleep(0.02)


def instances(path: Path) -> list[str]:
    state = json.loads(path.read_text())
    return [instance.get("status", "") for resource in state["resources"] for instance in resource["instances"]]


def test_a_run_shows_and_does_what_terraform_does(job: Path) -> None:
    with start(job, 'resource "terraform_data" "one" {}\noutput "o" { value = "v" }\n') as process:
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    assert "Apply complete! Resources: 1 added" in out
    assert 'o = "v"' in out
    assert kept(job, "stdout") == out
    assert json.loads(kept(job, "state.last.tfstate")) == json.loads((job / "terraform.tfstate").read_text())


def test_a_signal_lets_terraform_stop_in_order(job: Path) -> None:
    with start(job, SLOW) as process:
        while not (job / "begun").exists():
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGTERM)
        out, err = process.communicate()
    assert process.returncode == 1
    assert out.count("Interrupt received.") == 1
    assert "Two interrupts" not in out + err
    assert set(instances(job / "terraform.tfstate")) == {"tainted"}
    assert not (job / ".terraform.tfstate.lock.info").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_if_tfclean_is_killed_terraform_stops_in_order_and_writes_its_state(job: Path) -> None:
    with start(job, SLOW) as process:
        while not (job / "begun").exists():
            time.sleep(0.02)
        process.kill()
    until(job, "Interrupt received.")
    lock = job / ".terraform.tfstate.lock.info"
    while lock.exists():
        time.sleep(0.02)
    assert set(instances(job / "terraform.tfstate")) == {"tainted"}


def test_after_a_kill_of_everything_what_was_printed_is_kept_and_copies_are_whole(job: Path) -> None:
    with start(job, MANY) as process:
        until(job, "Creation complete")
        kill_all(process)
    created = set(re.findall(r"Creation complete after \d+s \[id=([0-9a-f-]{36})\]", kept(job, "stdout")))
    assert created
    for copy in (job / ".tfclean/runs").glob("*/*.tfstate"):
        assert set(instances(copy)) <= {""}  # it can be parsed
    assert json.loads(kept(job, "run.json"))["ended"] is None


def test_a_failure_says_what_to_do(job: Path) -> None:
    (job / "main.tf").write_text('resource "terraform_data" "one" {\n  provisioner "local-exec" { command = "exit 3" }\n}\n')
    subprocess.run(["terraform", "init"], cwd=job, check=True, capture_output=True, env={**os.environ, **ALONE})
    ran = cli("run", "--", *APPLY, cwd=job, env=ALONE)
    assert ran.code == 1
    assert "local-exec provisioner error" in ran.err
    assert ran.err.endswith("tfclean destroy\n")
