"""Commands that delete: nothing without a yes, everything with it, and the end told in full."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import signal
import stat
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import Obedient, Slow, credentials, inventory_file, run, write_state
from tests.making import PROJECT, inventory, live
from tfclean.cli.argv import understand
from tfclean.cli.commands import load
from tfclean.cli.session import Deletion, Session
from tfclean.cli.signals import Stop
from tfclean.cli.terminal import Terminal
from tfclean.errors import Refused
from tfclean.model import Key, Plan

GROUP, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the state of a job that made one security group."""
    write_state(tmp_path, GROUP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cloud(**more: Any) -> Obedient:
    return Obedient(inventory(live("network.security_group", GROUP, "group"), live("network.security_group", OTHER, "other")), **more)


def test_nothing_is_deleted_unless_it_is_approved(job: Path) -> None:
    obedient = cloud()
    for approve in ({}, {"approve": lambda plan: False}):
        with pytest.raises(Refused):
            tfclean.destroy(job, cloud=obedient, **approve)  # type: ignore[typeddict-item]
    assert obedient.calls == []
    assert not (job / ".tfclean").exists()


def test_destroy_deletes_the_jobs_and_proves_it(job: Path) -> None:
    obedient = cloud()
    seen: list[Plan] = []
    result = tfclean.destroy(job, cloud=obedient, approve=lambda plan: len(plan.steps) == 1, on_plan=seen.append)
    assert (result.exit_code, result.proven) == (0, True), result
    assert list(obedient.live.resources) == [Key("network.security_group", OTHER)]
    assert [s.target.id for s in seen[0].steps] == [GROUP]
    assert stat.S_IMODE(Path(result.journal).stat().st_mode) == 0o600
    told = tfclean.resume(result.journal, cloud=obedient, approve=lambda plan: True)
    assert told.exit_code == 0


def test_a_journal_has_the_name_it_was_given_and_is_never_written_over(job: Path) -> None:
    wanted = job / "kept" / "j.jsonl"
    wanted.parent.mkdir(mode=0o700)
    result = tfclean.destroy(job, cloud=cloud(), approve=lambda plan: True, journal=wanted)
    assert result.journal == str(wanted)
    with pytest.raises(tfclean.JournalError):
        tfclean.destroy(job, cloud=cloud(), approve=lambda plan: True, journal=wanted)
    ran = run("journal", wanted)
    assert ran.code == 0, ran.err
    assert f"security group group ({GROUP})" in " ".join(ran.out.split())
    assert json.loads(run("journal", wanted, "-json").out)["document"] == "journal"


def test_a_journal_that_cannot_be_is_told_before_the_cloud_is_asked(job: Path) -> None:
    ran = run("destroy", "--auto-approve", "--journal", "nowhere/j.jsonl", cwd=job, env=credentials(9))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "tfclean: nowhere/j.jsonl: there is no directory nowhere\n"


def test_a_plan_is_applied_as_it_was_and_another_project_refuses_it(job: Path) -> None:
    made = tfclean.plan(job, cloud=cloud())
    with pytest.raises(Refused):
        tfclean.apply(made, cloud=Obedient(inventory(project="q" * 32)), approve=lambda plan: True)
    assert tfclean.apply(made, cloud=cloud(), approve=lambda plan: True).exit_code == 0


def test_a_plan_of_an_inventory_is_refused_by_the_library_too(job: Path) -> None:
    made = tfclean.plan(job, inventory=cloud().live)
    with pytest.raises(Refused, match="inventory"):
        tfclean.apply(made, cloud=cloud(), approve=lambda plan: True)


def deleting(arguments: str, terminal: Terminal, obedient: Obedient) -> int:
    """Do what the command does, with a cloud of ours."""
    args = load("destroy").parser().parse_intermixed_args(understand(["destroy", *arguments.split()]).rest)
    terminal.settle(verbose=args.verbose, colour=not args.no_color)
    with Deletion(Session("destroy", args, terminal)) as deletion:
        return deletion.finish(tfclean.destroy(args.paths, cloud=obedient, **deletion.options()))


def test_without_a_terminal_nobody_is_asked(job: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    obedient = cloud()
    with pytest.raises(Refused, match="--auto-approve"):
        deleting(".", Terminal(io.StringIO("yes\n"), out, err), obedient)
    assert obedient.calls == []
    assert "Would delete 1 object" in out.getvalue()


def test_while_everything_is_listed_a_terminal_says_how_far_it_is_and_a_pipe_nothing(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    for err in (Screen(), io.StringIO()):
        out = Screen()
        with pytest.raises(Refused):
            deleting(".", Terminal(Screen("no\n"), out, err), Slow(cloud().live))
        assert ("listing the project: 1 of 2 kinds" in err.getvalue()) is err.isatty()
        assert "listing" not in out.getvalue()
    both = Screen()  # one terminal: the line is gone before the plan is shown there
    with pytest.raises(Refused):
        deleting(".", Terminal(Screen("no\n"), both, both), Slow(cloud().live))
    said = both.getvalue()
    assert said.index("listing the project") < said.rindex("\x1b[2K") < said.index("Would delete")


@pytest.mark.parametrize(("answer", "calls"), [("yes\n", 1), ("y\n", 0), ("\n", 0), ("", 0), ("YES\n", 0)])
def test_only_yes_is_a_yes(job: Path, answer: str, calls: int) -> None:
    out, err, obedient = io.StringIO(), Screen(), cloud()
    terminal = Terminal(Screen(answer), out, err)
    if calls:
        assert deleting(".", terminal, obedient) == 0
        assert "Everything is gone" in out.getvalue()
    else:
        with pytest.raises(Refused):
            deleting(".", terminal, obedient)
    assert f"Delete 1 object in project {PROJECT}" in err.getvalue()
    assert len(obedient.calls) == calls


def test_progress_is_on_stderr_and_the_result_on_stdout(job: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert deleting("-auto-approve -json", Terminal(io.StringIO(), out, err), cloud()) == 0
    document = json.loads(out.getvalue())
    assert (document["document"], document["project"], document["proven"]) == ("result", PROJECT, True)
    assert "Would delete 1 object" in err.getvalue()
    assert f"gone: security group group ({GROUP})" in err.getvalue()


def test_a_policy_that_forbids_is_blocked_and_1(job: Path) -> None:
    out = io.StringIO()
    obedient = cloud(stuck=frozenset({Key("network.security_group", GROUP)}))
    assert deleting("-auto-approve", Terminal(io.StringIO(), out, io.StringIO()), obedient) == 1
    assert "Blocked (1)" in out.getvalue()


def test_an_interrupt_starts_nothing_new(job: Path) -> None:
    class Set:
        level = 1

        def is_set(self) -> bool:
            return True

    obedient = cloud()
    with pytest.raises(tfclean.Interrupted):
        tfclean.destroy(job, cloud=obedient, approve=lambda plan: True, interrupt=Set())
    assert obedient.calls == []
    assert not (job / ".tfclean").exists()


def test_a_signal_sets_the_interrupt_and_is_given_back(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    said: list[str] = []
    with Stop(said.append) as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.is_set()
        assert "once more stops at once" in said[0]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("ignored", [False, True])
def test_a_terminal_that_goes_away_asks_to_stop_unless_it_is_to_be_outlived(ignored: bool) -> None:
    said: list[str] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
    try:
        with Stop(said.append) as stop:
            for _ in range(3):
                os.kill(os.getpid(), signal.SIGHUP)
            assert stop.level == (0 if ignored else 1)
    finally:
        signal.signal(signal.SIGHUP, before)


class Gone(Screen):
    """A terminal at which somebody presses Ctrl-C."""

    def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
        raise KeyboardInterrupt


@pytest.mark.parametrize("stdin", [Screen(""), Gone()])
def test_what_is_told_after_an_unanswered_question_has_a_line_of_its_own(job: Path, stdin: Screen) -> None:
    err = Screen()
    with pytest.raises((Refused, KeyboardInterrupt)):
        deleting(".", Terminal(stdin, io.StringIO(), err), cloud())
    assert err.getvalue().endswith('Only "yes" is a yes: \n')


def test_a_terminal_that_went_away_is_no_error() -> None:
    parent, child = pty.openpty()
    with os.fdopen(child, "w") as stream:
        os.close(parent)
        terminal = Terminal(io.StringIO(), stream, stream)
        terminal.write("a result\n")
        terminal.tell("a sentence\n")
        terminal.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_nothing_is_changed_is_130(job: Path, number: signal.Signals) -> None:
    # Evidence on standard input that never ends: it waits there.
    process = subprocess.Popen(
        [sys.executable, "-m", "tfclean", "diff", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **credentials(1)},
        text=True,
    )
    assert process.stdin
    assert process.stderr
    process.stdin.write("{")
    process.stdin.flush()
    # It has taken what was written: it is reading, and its handlers are set.
    while struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)))[0]:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(60) == 130
    assert process.stderr.read() == "tfclean: interrupted; nothing was being changed\n"
    process.stdin.close()
    process.stderr.close()


def test_a_terminal_gets_colour_unless_it_is_not_wanted(job: Path) -> None:
    file = inventory_file(cloud().live, job / "i.json")
    for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        parent, child = pty.openpty()
        done = subprocess.run(
            [sys.executable, "-m", "tfclean", "plan", "--inventory", str(file)],
            stdout=child,
            stderr=subprocess.PIPE,
            env={**os.environ, "TERM": "xterm", **more},
            check=False,
        )
        os.close(child)
        text = os.read(parent, 65536)
        os.close(parent)
        assert done.returncode == 0, done.stderr
        assert (b"\x1b[" in text) is coloured


@pytest.mark.parametrize("signals", [2, 3])
def test_the_second_signal_ends_it_within_seconds(signals: int) -> None:
    program = "\n".join(
        (
            "import sys, time",
            "from tfclean.cli.signals import Stop",
            "with Stop(sys.stdout.write):",
            "    print('on', flush=True)",
            "    while 1: time.sleep(9)",
        )
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "on\n"
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    assert process.wait(5) == 130
    process.stdout.close()
