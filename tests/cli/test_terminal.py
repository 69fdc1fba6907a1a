"""How reports are to look: what a terminal can, and what the environment asks for."""

from __future__ import annotations

import io
import json
import os
import pty
from pathlib import Path

import pytest

from tests.cli.making import inventory_file, run
from tests.making import inventory, live
from tfclean.cli.terminal import NARROWEST, Terminal


class Screen(io.StringIO):
    """A terminal that does not tell its size."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


CASES = [
    # what is set, a terminal, colour, live
    ({}, True, True, True),
    ({}, False, False, False),
    ({"TERM": "dumb"}, True, False, False),
    ({"NO_COLOR": "1"}, True, False, True),
    ({"NO_COLOR": ""}, True, True, True),
    ({"CI": "true"}, True, True, False),
    ({"CI": "false"}, True, True, True),
    ({"CI": "true"}, False, False, False),
    ({"FORCE_COLOR": "1"}, False, True, False),
    ({"FORCE_COLOR": "0"}, False, False, False),
    ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False, True),
    ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True, False),
]


@pytest.mark.parametrize(("env", "terminal", "colour", "live"), CASES)
def test_colour_and_display_are_what_terminal_and_environment_say(
    env: dict[str, str], terminal: bool, colour: bool, live: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    look = Terminal().look(Screen() if terminal else io.StringIO())
    assert (look.colour, look.terminal) == (colour, live)


def test_no_color_on_the_command_line_comes_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    terminal = Terminal()
    terminal.settle(verbose=False, colour=False)
    assert not terminal.look(Screen()).colour


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 80), ("200", 200), ("120", 120), ("3", NARROWEST), ("0", 80), ("-5", 80), ("wide", 80), ("9" * 30, 80)]
)
def test_without_a_terminal_the_width_can_be_asked_for(columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:  # no longer than needed: pytest's own display reads it too
        if columns is not None:
            patched.setenv("COLUMNS", columns)
        found = Terminal().look(io.StringIO()).width
    assert found == width


def test_a_terminal_has_the_width_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    monkeypatch.setenv("COLUMNS", "200")
    main, side = pty.openpty()
    with os.fdopen(side, "w") as stream, os.fdopen(main, "rb", buffering=0):
        for columns, width in ((132, 132), (10, NARROWEST)):
            fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            assert Terminal().look(stream).width == width


def test_a_tree_is_shown_where_it_is_asked_for(tmp_path: Path) -> None:
    i = inventory_file(inventory(live("network.security_group", "11111111-1111-4111-8111-111111111111", "stray")), tmp_path / "i.json")
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": [MISSING]}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state))
    ran = run("diff", tmp_path, "--inventory", i, "--tree", "-o", f"console={tmp_path / 'd.txt'}")
    assert ran.code == 1, ran.err
    for text in (ran.out, (tmp_path / "d.txt").read_text()):
        assert "\nmodule.a: 1 missing\n  - missing network" in text
    assert "\nMissing (1)" in run("diff", tmp_path, "--inventory", i).out


MISSING = {
    "module": "module.a",
    "mode": "managed",
    "type": "openstack_networking_network_v2",
    "name": "n",
    "provider": 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]',
    "instances": [{"schema_version": 0, "attributes": {"id": "22222222-2222-4222-8222-222222222222", "name": "net"}}],
}
