"""`tfclean plan`: what it says of how to go on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.making import Obedient, write_state
from tests.making import inventory, live
from tfclean.cli.argv import understand
from tfclean.cli.commands import load
from tfclean.cli.terminal import Terminal

GROUP = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the state of a job that made one security group."""
    write_state(tmp_path, GROUP)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "there", "said"),
    [
        ("", True, "Nothing was deleted. To carry it out: the same as tfclean destroy."),
        ("--out p", True, "carry it out with: tfclean apply p"),
        ("", False, ""),
        ("-json", True, ""),
    ],
)
def test_a_plan_says_how_it_is_carried_out(job: Path, options: str, there: bool, said: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    args = load("plan").parser().parse_intermixed_args(understand(["plan", *options.split()]).rest)
    args.os = Obedient(inventory(*([live("network.security_group", GROUP, "group")] if there else [])))
    assert load("plan").run(args, Terminal(io.StringIO(), out, err)) == 0
    assert said in err.getvalue()
    assert ("tfclean" in err.getvalue()) is bool(said)
    assert "Nothing was deleted" not in out.getvalue()


def test_errors_of_every_room_end_alike() -> None:
    err = io.StringIO()
    for sentence in ("The journal j cannot be read.", "j: cannot be read"):
        Terminal(io.StringIO(), io.StringIO(), err).complain(sentence)
    assert err.getvalue() == "tfclean: The journal j cannot be read\ntfclean: j: cannot be read\n"
