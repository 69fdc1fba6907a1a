"""The demo: what a person sees who has no cloud."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.cli.making import run
from tfclean.cli.commands import COMMANDS
from tfclean.cli.commands.demo import ourselves

ESCAPE = re.compile(r"\x1b")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, str, list[Path]]:
    """The demo in a pipe: code, both streams, what it left in its directory."""
    folder = tmp_path_factory.mktemp("demo")
    place = {"TMPDIR": str(folder), "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "OS_CLOUD": "elsewhere"}
    ran = run("demo", cwd=folder, env=place)
    return ran.code, ran.out, ran.err, list(folder.iterdir())


def test_it_tells_the_story_in_a_pipe_and_ends_well(told: tuple[int, str, str, list[Path]]) -> None:
    code, out, err, _ = told
    assert code == 0, out + err
    commands = re.findall(r"^\$ tfclean (\w+)", out, re.MULTILINE)
    assert commands == ["diff", "plan", "destroy", "resume", "destroy", "diff"]
    assert re.findall(r"^\(exit code (\d+)\)$", out, re.MULTILINE) == ["1", "0", "130", "1", "0", "0"]
    assert out.index("\n1. ") < out.index("$ tfclean diff") < out.index("(exit code 1)") < out.index("\n2. ")


def test_it_ends_with_the_twin_untouched(told: tuple[int, str, str, list[Path]]) -> None:
    assert "none was deleted or changed" in told[1]


def test_it_has_no_colour_in_a_pipe_and_fits_80_columns(told: tuple[int, str, str, list[Path]]) -> None:
    assert not ESCAPE.search(told[1] + told[2])
    # A line for a shell is there to be copied, and so is not broken.
    wide = [line for line in told[1].splitlines() if len(line) > 80 and not line.startswith("      terraform state rm ")]
    assert wide == []


def test_it_leaves_nothing_behind(told: tuple[int, str, str, list[Path]]) -> None:
    assert told[3] == []


def test_it_names_itself_as_it_can_be_typed_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "tfclean"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ourselves() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert ourselves() == "tfclean"
    monkeypatch.setattr(sys, "argv", ["/somewhere/tfclean/__main__.py", "demo"])
    assert ourselves() == f"{sys.executable} -m tfclean"


def test_its_options_are_checked() -> None:
    assert run("demo", "--port", "99999").code == 2
    assert run("demo", "--os-cloud", "x").code == 2


def test_it_is_in_the_help() -> None:
    assert "demo" in COMMANDS
    assert run("demo", "--help").out.startswith("usage: tfclean demo")


def test_served_it_prints_lines_for_a_shell_and_runs_until_interrupted(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OS_", "TF_"))}
    command = [sys.executable, "-m", "tfclean", "demo", "--serve"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**kept, "TMPDIR": str(tmp_path)}
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        lines = [demo.stdout.readline() for _ in range(7)]
        found = dict(re.fullmatch(r"export (OS_\w+)=(.*)\n", line).groups() for line in lines)  # type: ignore[union-attr]
        folder = next(tmp_path.glob("tfclean-demo-*")) / "job"
        assert run("diff", cwd=folder, env=found).code == 1
        demo.send_signal(signal.SIGINT)
        assert demo.wait(10) == 0
        assert str(folder) in demo.stderr.read()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("moment", [b"1. What is live", b"(exit code 1)"])
def test_interrupted_it_says_that_its_cloud_is_gone_and_leaves_nothing_behind(moment: bytes, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tfclean", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    ) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        while moment not in demo.stdout.readline():
            assert demo.poll() is None
        os.killpg(demo.pid, signal.SIGINT)
        _, said = demo.communicate(timeout=30)
    assert demo.returncode == 130
    assert said.decode().splitlines()[-1] == "tfclean: demo: interrupted; its cloud and its files are gone"
    assert not list(tmp_path.iterdir())


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = run("demo", "--serve", "--port", port)
    assert ran.code == 2
    assert ran.err == f"tfclean: demo: cannot listen on port {port}: Address already in use\n"


@pytest.mark.lengthy
def test_in_a_terminal_it_shows_what_the_commands_show_there() -> None:
    seen, code = in_terminal("demo", width=60)
    assert code == 0, seen
    assert "\x1b[1m1. What is live" in seen
    story = re.sub(r"\x1b\[[0-9;?]*\w", "", seen).splitlines()
    begun = next(n for n, line in enumerate(story) if line.startswith("$ tfclean diff"))
    assert max(map(len, story[:begun])) <= 60


def in_terminal(*arguments: str, width: int = 80) -> tuple[str, int]:
    """Run tfclean in a terminal of its own."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        os.execv(sys.executable, [sys.executable, "-m", "tfclean", *arguments])
    seen = b""
    while select.select([descriptor], [], [], 60)[0]:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    _, status = os.waitpid(pid, 0)
    os.close(descriptor)
    return seen.decode(errors="replace"), os.waitstatus_to_exitcode(status)
