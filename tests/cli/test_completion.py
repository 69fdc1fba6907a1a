"""Completion, by the real shells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shells import missing, offered
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.commands.completion import SHELLS
from tfclean.cli.completion import script
from tfclean.cli.entry import main
from tfclean.report.registry import FORMATS


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> str:
    if missing(request.param):
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "job"
    made.mkdir()
    (made / "apply.log").touch()
    (made / "infra").mkdir()
    return made


def test_every_command_is_offered(shell: str, folder: Path) -> None:
    assert offered(shell, script(shell), "tfclean ", folder) >= set(COMMANDS)


def test_commands_that_begin_so_are_offered(shell: str, folder: Path) -> None:
    assert offered(shell, script(shell), "tfclean de", folder) == {"destroy", "demo"}


def test_options_of_a_command_are_offered(shell: str, folder: Path) -> None:
    found = offered(shell, script(shell), "tfclean sweep --", folder)
    wanted = {o for a in load("sweep").parser()._actions for o in a.option_strings if o.startswith("--")}
    assert {*wanted, "--os-cloud"} <= found
    assert "--undo" not in found


def test_an_option_that_may_come_again_is_offered_again(shell: str, folder: Path) -> None:
    assert "--var" in offered(shell, script(shell), "tfclean diff --var a=1 --va", folder)


def test_formats_are_offered_after_o(shell: str, folder: Path) -> None:
    assert offered(shell, script(shell), "tfclean diff -o ", folder) == set(FORMATS)
    assert offered(shell, script(shell), "tfclean diff -o m", folder) == {"mermaid", "markdown"}
    assert offered(shell, script(shell), "tfclean graph -o ", folder) == {"dot", "mermaid", "svg"}


@pytest.mark.parametrize("line", ["tfclean diff ap", "tfclean diff --protect ap", "tfclean destroy infra ap", "tfclean apply ap"])
def test_files_are_offered_where_a_path_stands(shell: str, folder: Path, line: str) -> None:
    assert offered(shell, script(shell), line, folder) == {"apply.log"}


def test_shells_are_offered_to_completion_itself(shell: str, folder: Path) -> None:
    assert offered(shell, script(shell), "tfclean completion ", folder) == set(SHELLS)


def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    for name in SHELLS:
        assert main(["completion", name]) == 0
        assert capsys.readouterr().out == script(name)
    assert main(["completion", "sh"]) == 2
    assert "bash" in capsys.readouterr().err
