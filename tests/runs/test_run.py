"""`tfclean run` as a process: nothing changes for who watches the command, and what it leaves survives every kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import run as cli
from tests.recorded import FIXTURES
from tests.runs.engine import engine, reachable
from tfclean.errors import CloudError, InputError, UsageError
from tfclean.terraform.read import read

LOG = FIXTURES / "killed-middle" / "apply.log"
STATE = FIXTURES / "killed-middle" / "terraform.tfstate"


def record(job: Path) -> dict[str, Any]:
    (path,) = (job / ".tfclean" / "runs").glob("*/run.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def kept(job: Path, name: str) -> str:
    (path,) = (job / ".tfclean" / "runs").glob(f"*/{name}")
    return path.read_text()


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def kill_all(process: subprocess.Popen[str]) -> None:
    """Kill it and its children, so that none of them sees another one die."""
    os.kill(process.pid, signal.SIGSTOP)
    children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    for pid in (*children, process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    while not all(map(gone, children)):
        time.sleep(0.01)


@contextmanager
def running(job: Path, program: Path, *options: str, env: Mapping[str, str] | None = None, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """Start it in a group of its own, and leave nothing behind."""
    command = [sys.executable, "-m", "tfclean", "run", *options, "--", program.name, "apply"]
    with subprocess.Popen(
        command,
        cwd=job,
        env={**os.environ, **reachable(program), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **more,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


def test_streams_and_exit_code_are_the_command_s_own(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("print", "\x1b[1mout\x1b[0m"), ("error", "err"), ("print", "more"), ("exit", 7))
    ran = cli("run", "--", "terraform", "plan", cwd=job, env=reachable(program))
    assert (ran.code, ran.out, ran.err) == (7, "\x1b[1mout\x1b[0m\nmore\n", "err\n")
    assert (kept(job, "stdout"), kept(job, "stderr")) == (ran.out, ran.err)


def test_questions_are_answered_on_standard_input(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("ask", "Enter a value: "))
    ran = cli("run", "--", "terraform", "apply", cwd=job, env=reachable(program), stdin="yes\n")
    assert (ran.code, ran.out) == (0, "Enter a value: answered yes\n")


def test_what_is_printed_is_shown_before_the_command_ends(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("print", "first"), ("until", "go"))
    with running(job, program) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "first\n"
        (job / "go").touch()
        assert process.wait() == 0


def test_the_record_says_what_ran_when_and_how_it_ended(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("exit", 3))
    env = {**reachable(program), "OS_CLOUD": "a-name-of-a-cloud"}
    cli("run", "--", "terraform", "apply", "-var", "password=hunter2", cwd=job, env=env)
    told = record(job)
    assert told["command"] == ["terraform", "apply", "-var", "password=(withheld)"]
    assert (told["engine"], told["engine_version"], told["does"]) == ("terraform", "1.11.4", "apply")
    assert (told["exit_code"], told["signals"]) == (3, [])
    assert told["started"] < told["ended"]
    assert "OS_CLOUD" in told["environment"]
    assert "a-name-of-a-cloud" not in json.dumps(told)


def test_one_signal_reaches_the_command_once_and_as_an_interrupt(job: Path, tmp_path: Path) -> None:
    for at, number in enumerate((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)):
        place = job / str(at)
        place.mkdir()
        with running(place, engine(tmp_path / "bin", ("forever",))) as process:
            wait_for(place / "waiting")
            os.killpg(process.pid, number)  # as a CI system does: the whole group
            out, err = process.communicate()
        assert (process.returncode, out) == (1, "Interrupt received. SIGINT\n")
        assert f"exit code 1, after {number.name}" in err
        assert record(place)["signals"] == [number.name]


def test_a_second_signal_is_passed_on_as_a_second_interrupt(job: Path, tmp_path: Path) -> None:
    (job / "slow").touch()
    with running(job, engine(tmp_path / "bin", ("forever",))) as process:
        assert process.stdout is not None
        wait_for(job / "waiting")
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "Interrupt received. SIGINT\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "Two interrupts received. SIGINT\n"
        process.wait()
    assert record(job)["signals"] == ["SIGINT", "SIGTERM"]


def test_the_same_signal_twice_in_a_moment_is_one_wish(job: Path, tmp_path: Path) -> None:
    (job / "slow").touch()
    with running(job, engine(tmp_path / "bin", ("forever",))) as process:
        assert process.stdout is not None
        wait_for(job / "waiting")
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "Interrupt received. SIGINT\n"
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGHUP)
        assert process.stdout.readline() == "Two interrupts received. SIGINT\n"
        process.wait()
    assert record(job)["signals"] == ["SIGTERM", "SIGHUP"]


def test_a_command_that_was_started_to_ignore_interrupts_can_be_stopped(job: Path, tmp_path: Path) -> None:
    # as a shell starts what stands before an ampersand
    with running(job, engine(tmp_path / "bin", ("forever",)), preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) as process:
        wait_for(job / "waiting")
        process.terminate()
        assert process.wait() == 1


def test_an_exit_by_signal_is_told_as_a_shell_tells_it(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("kill", int(signal.SIGKILL)))
    assert cli("run", "--", "terraform", "apply", cwd=job, env=reachable(program)).code == 128 + signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_if_tfclean_is_killed_the_command_is_interrupted_and_goes_on_writing(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("print", "before"), ("forever",))
    with running(job, program) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "before\n"
        wait_for(job / "waiting")
        process.kill()
        process.wait()
    while "Interrupt received." not in kept(job, "stdout"):
        time.sleep(0.01)
    assert kept(job, "stdout") == "before\nInterrupt received. SIGINT\n"
    assert record(job)["ended"] is None


def test_log_and_state_survive_a_kill_of_everything(job: Path, tmp_path: Path) -> None:
    (job / "slow").touch()
    state = job / "terraform.tfstate"
    program = engine(tmp_path / "bin", ("show", LOG), ("copy", STATE, state), ("until", "copied"), ("empty", state), ("forever",))
    with running(job, program) as process:
        copy = None
        while copy is None:
            copy = next((job / ".tfclean/runs").glob("*/state.last.tfstate"), None) if (job / ".tfclean").exists() else None
        (job / "copied").touch()
        wait_for(job / "waiting")
        kill_all(process)
    assert state.read_bytes() == b""
    assert copy.read_bytes() == STATE.read_bytes()
    assert kept(job, "stdout") == LOG.read_text()
    told = {(claim.address, claim.id) for claim in read([job], environ={}).claims if claim.id}
    alone = {(claim.address, claim.id) for claim in read([STATE, LOG], environ={}).claims if claim.id}
    assert told == alone
    assert len(alone) > 10


def test_a_reader_that_goes_away_ends_nothing(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("print", "first"), ("until", "go"), ("print", "second"), ("touch", "end"))
    with running(job, program) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        (job / "go").touch()
        assert process.wait() == 0
    assert (job / "end").exists()
    assert kept(job, "stdout") == "first\nsecond\n"


def test_traces_lie_where_the_engine_works(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("copy", STATE, "terraform.tfstate"), ("exit", 1))
    (job / "infra").mkdir()
    ran = cli("run", "--", "terraform", "-chdir=infra", "apply", cwd=job, env=reachable(program))
    assert [path.name for path in (job / "infra/.tfclean/runs").glob("*/*.tfstate")] == ["state.last.tfstate"]
    assert "tfclean destroy infra\n" in ran.err
    (job / "other").mkdir()
    ran = cli("run", "--directory", "other", "--", "sh", "-c", "exit 5", cwd=job)
    assert (ran.code, record(job / "other")["exit_code"], record(job / "other")["engine"]) == (5, 5, "")
    assert not (job / ".tfclean").exists()


def test_a_plan_that_lies_elsewhere_is_kept_and_one_that_is_found_anyway_is_not(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("exit", 1))
    plan = (FIXTURES / "killed-early" / "plan.tfplan").read_bytes()
    for place in (tmp_path / "p.tfplan", job / "p.tfplan"):
        place.write_bytes(plan)
        cli("run", "--", "terraform", "apply", place, cwd=job, env=reachable(program))
    (path,) = (job / ".tfclean/runs").glob("*/plan")
    assert path.read_bytes() == plan


def test_as_a_function_it_shows_and_returns_how_it_ended(job: Path, tmp_path: Path) -> None:
    program = engine(tmp_path / "bin", ("print", "out"), ("exit", 4))
    shown: list[tuple[str, bytes]] = []
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    ran = tfclean.run([str(program), "apply"], directory=job, show=lambda name, piece: shown.append((name, piece)))
    assert (ran.code, ran.directory, ran.record.exit_code) == (4, job, 4)
    assert b"".join(piece for name, piece in shown if name == "stdout") == b"out\n"
    assert (ran.folder / "stdout").read_text() == "out\n"
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_a_listener_that_breaks_ends_the_command_in_order(job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(job)
    program = engine(tmp_path / "bin", ("print", "out"), ("forever",))

    def broken(name: str, piece: bytes) -> None:
        raise RuntimeError(name)

    with pytest.raises(RuntimeError):
        tfclean.run([str(program), "apply"], directory=job, show=broken)
    assert "Interrupt received." in kept(job, "stdout")


def test_what_cannot_be_run_leaves_nothing_behind(job: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no command"):
        tfclean.run(["no-such-command-anywhere"], directory=job)
    with pytest.raises(UsageError, match="missing"):
        tfclean.run([], directory=job)
    with pytest.raises(InputError, match="cannot be listed"):
        tfclean.run(["true"], directory=job / "none")
    with pytest.raises(CloudError):
        tfclean.run(["touch", str(job / "ran")], directory=job, baseline=True, cloud={"auth_url": "http://127.0.0.1:1/v3", "username": "x"})
    assert list(job.iterdir()) == []
    broken = tmp_path / "terraform"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o755)
    with pytest.raises(UsageError, match="cannot be run"):
        tfclean.run([str(broken), "apply"], directory=job)
