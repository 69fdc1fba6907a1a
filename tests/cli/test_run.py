"""`tfclean run` on the command line: its options, the terminal, what it says and does afterwards."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.making import run
from tests.cli.planting import Planter
from tests.runs.engine import engine, reachable
from tests.runs.left import Cloud, left


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    with left(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "the command is missing"),
        (["run", "--"], "the command is missing"),
        (["run", "terraform", "apply"], "the command is missing"),
        (["run", "--nonsense", "--", "true"], "--nonsense"),
        (["run", "stray", "--", "true"], "stray"),
        (["run", "--cleanup", "--", "true"], "--auto-approve"),
        (["run", "--auto-approve", "--", "true"], "--cleanup"),
        (["run", "--", "no-such-command-anywhere"], "there is no command"),
        (["run", "--directory", "none", "--", "true"], "none"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_run_is_one_sentence_and_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_it_has_a_help() -> None:
    for form in (["run", "--help"], ["run", "-help"], ["run", "--help", "--", "true"]):
        ran = run(*form)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("usage: tfclean run [OPTION...] -- COMMAND...")
        assert max(map(len, ran.out.splitlines())) <= 80


def test_options_behind_the_dashes_are_the_command_s_own(tmp_path: Path) -> None:
    ran = run("run", "--", "sh", "-c", 'echo "$@"', "x", "--help", "-json", "--os-cloud", "a", "--", "-v", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "--help -json --os-cloud a -- -v\n")


def test_a_good_run_says_nothing(tmp_path: Path) -> None:
    assert run("run", "--", "true", cwd=tmp_path).err == ""


def test_a_failed_run_says_how_to_look_and_how_to_clean_up(cloud: Cloud) -> None:
    env = cloud.engine(("exit", 1))
    ran = run("run", "--os-cloud", "ci", "--os-password=hunter2", "--", "terraform", "apply", "-state=x", cwd=cloud.job, env=env)
    assert ran.code == 1
    lines = ran.err.splitlines()[-3:]
    assert lines[0].startswith("tfclean: the command ended with exit code 1; its traces are in .tfclean/runs/")
    assert lines[1:] == [
        "  to see what it left:  tfclean diff . x --os-cloud=ci",
        "  to delete all of it:  tfclean destroy . x --os-cloud=ci",
    ]


def test_a_plan_that_failed_leaves_nothing_to_clean_up(tmp_path: Path) -> None:
    env = reachable(engine(tmp_path / "bin", ("exit", 1)))
    assert run("run", "--", "terraform", "plan", cwd=tmp_path, env=env).err == ""


def test_a_run_that_was_killed_is_found_by_diff_and_cleaned_up_by_destroy(cloud: Cloud) -> None:
    env = cloud.engine(("empty", "terraform.tfstate"), ("kill", int(signal.SIGKILL)))
    assert run("run", "--", "terraform", "apply", cwd=cloud.job, env=env).code == 137
    assert (cloud.job / "terraform.tfstate").read_bytes() == b""
    (cloud.job / "plan.json").unlink()
    ran = run("diff", "-json", cwd=cloud.job, env=env)
    assert ran.code == 1, ran.err
    assert json.loads(ran.out)["summary"]["zombie"] > 10
    ran = run("destroy", "--auto-approve", cwd=cloud.job, env=env)
    assert len(cloud.gone()) > 10, ran.err
    assert not cloud.gone() & cloud.story.twins


def test_cleanup_is_done_at_once_and_the_exit_code_stays_that_of_the_command(cloud: Cloud) -> None:
    ran = run(
        "run", "--cleanup", "--auto-approve", "--timeout", "90s", "--", "terraform", "apply", cwd=cloud.job, env=cloud.engine(("exit", 9))
    )
    assert ran.code == 9
    assert "cleaning up, as --cleanup asks" in ran.err
    assert "looking again to prove the end" in ran.err
    assert len(cloud.gone()) > 10
    assert not cloud.gone() & cloud.story.twins


def test_after_a_good_run_nothing_is_cleaned_up(cloud: Cloud) -> None:
    ran = run("run", "--cleanup", "--auto-approve", "--", "terraform", "apply", cwd=cloud.job, env=cloud.engine())
    assert (ran.code, ran.err, cloud.gone()) == (0, "", set())


def test_who_asked_the_run_to_stop_is_told_how_to_clean_up_and_not_kept_waiting(cloud: Cloud) -> None:
    env = cloud.engine(("forever",))
    command = [sys.executable, "-m", "tfclean", "run", "--cleanup", "--auto-approve", "--", "terraform", "apply"]
    with subprocess.Popen(command, cwd=cloud.job, env={**os.environ, **env}, stderr=subprocess.PIPE, text=True) as process:
        while not (cloud.job / "waiting").exists():
            assert process.poll() is None
        process.terminate()
        _, said = process.communicate()
    assert process.returncode == 1
    assert "to delete all of it:  tfclean destroy" in said
    assert cloud.gone() == set()


def test_cleanup_heeds_the_settings_of_the_project(cloud: Cloud) -> None:
    (cloud.job / "tfclean.toml").write_text('keep = [".*"]\n')
    ran = run("run", "--cleanup", "--auto-approve", "--", "terraform", "apply", cwd=cloud.job, env=cloud.engine(("exit", 1)))
    assert ran.code == 1
    assert cloud.gone() == set()


def test_cleanup_that_has_nothing_to_go_on_is_one_sentence_more(tmp_path: Path) -> None:
    ran = run("run", "--cleanup", "--auto-approve", "--", "false", cwd=tmp_path)
    assert ran.code == 1
    assert "nothing to go on" in ran.err.splitlines()[-1]


def test_a_baseline_is_taken_before_and_used_by_the_line_that_is_said_alone(cloud: Cloud) -> None:
    ran = run("run", "--take-baseline", "--", "terraform", "apply", cwd=cloud.job, env=cloud.engine(("exit", 1)))
    (baseline,) = (cloud.job / ".tfclean/runs").glob("*/baseline.json")
    assert ran.err.splitlines()[-1].endswith(f"tfclean destroy --baseline {baseline.relative_to(cloud.job)}")
    # All lived before: nothing of it is the run's, but only who names the baseline says so.
    named = run("diff", "-json", "--baseline", baseline, cwd=cloud.job, env=cloud.engine())
    found = run("diff", "-json", cwd=cloud.job, env=cloud.engine())
    assert json.loads(found.out)["summary"]["zombie"] > json.loads(named.out)["summary"].get("zombie", 0)


def test_no_secret_of_the_command_line_or_the_environment_is_kept_or_said(tmp_path: Path) -> None:
    plant = Planter()
    env = {**reachable(engine(tmp_path / "bin", ("exit", 1))), "OS_PASSWORD": plant("OS_PASSWORD"), "TF_VAR_token": plant("TF_VAR")}
    url = f"-backend-config=address=https://me:{plant('backend-url')}@h/s?token={plant('backend-query')}"
    command = ["terraform", "apply", "-var", f"admin_password={plant('var')}", f"-var=psk={plant('joined')}", url]
    ran = run("run", f"--os-password={plant('os')}", "--", *command, cwd=tmp_path, env=env)
    text = "".join(path.read_text() for path in (tmp_path / ".tfclean").rglob("*") if path.is_file())
    assert "admin_password" in text
    assert plant.found(text + ran.out + ran.err) == []


class Screen:
    """tfclean run in a terminal of its own."""

    def __init__(self, job: Path, *command: str, path: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(job)
            os.environ["PATH"] = path
            os.execv(sys.executable, [sys.executable, "-m", "tfclean", "run", "--", *command])
        self.seen = ""

    def until(self, words: str) -> None:
        while words not in self.seen and select.select([self.descriptor], [], [], 60)[0]:
            try:
                piece = os.read(self.descriptor, 65536)
            except OSError:
                break
            self.seen += piece.decode(errors="replace")
        assert words in self.seen

    def press(self, keys: str) -> None:
        os.write(self.descriptor, keys.encode())

    def end(self) -> int:
        while select.select([self.descriptor], [], [], 60)[0]:
            try:
                if not (piece := os.read(self.descriptor, 65536)):
                    break
            except OSError:
                break
            self.seen += piece.decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.descriptor)
        return os.waitstatus_to_exitcode(status)


def test_in_a_terminal_questions_are_answered_and_ctrl_c_reaches_the_command_once(tmp_path: Path) -> None:
    env = reachable(engine(tmp_path / "bin", ("ask", "Enter a value: "), ("forever",)))
    screen = Screen(tmp_path, "terraform", "apply", path=env["PATH"])
    screen.until("Enter a value: ")
    screen.press("yes\n")
    screen.until("answered yes")
    while not (tmp_path / "waiting").exists():
        pass
    screen.press("\x03")
    assert screen.end() == 1
    assert screen.seen.count("Interrupt received. SIGINT") == 1
    assert "Two interrupts" not in screen.seen
    assert "to delete all of it:  tfclean destroy" in screen.seen


def test_in_a_terminal_ctrl_z_stops_both_and_the_shell_lets_them_go_on(tmp_path: Path) -> None:
    env = reachable(engine(tmp_path / "bin", ("print", "begun"), ("ask", "Enter a value: ")))
    screen = Screen(tmp_path, "terraform", "apply", path=env["PATH"])
    screen.until("Enter a value: ")
    screen.press("\x1a")
    _, status = os.waitpid(screen.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    os.kill(screen.pid, signal.SIGCONT)
    screen.press("yes\n")
    assert screen.end() == 0
    assert "answered yes" in screen.seen
