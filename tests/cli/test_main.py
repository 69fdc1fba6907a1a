"""The same in this process: what needs no process of its own."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import tfclean
from tests.cli.making import inventory_file
from tests.estate.test_scenarios import judged
from tests.making import footprint
from tests.recorded import FIXTURES, inventory
from tfclean.cleanup.documents import plan_document
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.plan import make_plan
from tfclean.cli import main
from tfclean.cli.entry import _unexpected
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError, Refused, UsageError
from tfclean.model import Gap, GapKind, Lock
from tfclean.report.base import Context
from tfclean.report.machine import JsonReport
from tfclean.report.registry import report_class
from tfclean.verbs import find
from tfclean.verbs.asking import refuse_locked


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def live(tmp_path: Path) -> str:
    return str(inventory_file(inventory("drifted"), tmp_path / "live.json"))


STATE = str(FIXTURES / "drifted" / "terraform.tfstate")


def test_the_commands_that_read(live: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", STATE, "--inventory", live, "-o", f"json={tmp_path / 'd.json'}", "-v"]) == 1
    assert "Managed (" in capsys.readouterr().out
    assert json.loads((tmp_path / "d.json").read_text())["exit_code"] == 1
    assert main(["plan", STATE, "--inventory", live, "-out", str(tmp_path / "p")]) == 0
    assert "for reading only" in capsys.readouterr().err
    assert main(["apply", str(tmp_path / "p"), "-auto-approve"]) == 4
    assert main(["explain", "64ed1757", STATE, "--inventory", live]) == 0
    assert "has drifted" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["diff", "--help"], 0),
        ([], 2),
        (["dif"], 2),
        (["-v"], 2),
        (["diff", "-o", "json="], 2),
        (["diff", "-o", "json=/tmp"], 2),
        (["diff", "-o", "json=/nonexistent/d"], 2),
        (["journal", "x", "--os-cloud", "y"], 2),
        (["plan", STATE, "--inventory", STATE], 2),
        (["apply", STATE], 2),
        (["resume", STATE], 2),
        (["inventory", "--os-auth-url=http://127.0.0.1:1/v3", "--os-username=u", "--os-password=p", "--os-project-name=q"], 3),
    ],
)
def test_exit_codes(arguments: list[str], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["resume", "gone"], "The journal gone cannot be read"),
        (["resume", "--undo", "gone"], "The journal gone cannot be read"),
        (["resume", "journal", "no.tfstate"], "no.tfstate"),
        (["resume", "journal", "--protect", "no.tfstate"], "--protect no.tfstate"),
        (["resume", "journal", "--ignore-file", "rules"], "rules, line 1"),
        (["apply", "plan", "--ignore-file", "rules"], "rules, line 1"),
        (["destroy", STATE, "--ignore-file", "rules"], "rules, line 1"),
        (["sweep", "--ignore-file", "rules"], "rules, line 1"),
        (["sweep", "--protect", "no.tfstate"], "--protect no.tfstate"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_before_any_cloud_is_asked(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    plan = make_plan(judged("drifted"))
    with Journal.create(tmp_path, name="journal") as journal:
        journal.begin(plan, cloud="", project="p", user="u", region="", now=moment)
    with Path("plan").open("w", encoding="utf-8") as stream:
        JsonReport(stream, Context(moment)).plan(plan, plan_document(plan))
    Path("rules").write_text("network.prot.x\n")
    assert main([*arguments, *([] if "sweep" in arguments or "--undo" in arguments else ["--auto-approve"])]) == 2
    told_as = capsys.readouterr().err
    assert told_as.startswith(f"tfclean: {told}"), told_as


def test_what_nobody_thought_of_is_a_sentence_and_a_traceback_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    error = RuntimeError("a\x1bb")
    assert _unexpected(error, [], Terminal()) == 1
    assert capsys.readouterr().err == "tfclean: unexpected RuntimeError: a\\x1bb; this is a bug, please report it (-v shows where)\n"
    assert _unexpected(error, ["-v"], Terminal()) == 1
    assert "RuntimeError" in capsys.readouterr().err.splitlines()[-1]


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(UsageError, match="console, json"):
        report_class("xml")


def test_an_object_is_found_by_whatever_names_it_alone() -> None:
    j = judged("drifted")
    server = find(j, "64ed1757")
    for subject in (server.id, str(server.key), server.addresses[0]):
        assert find(j, str(subject)) is server
    with pytest.raises(InputError, match="means 2 objects"):
        find(j, "800002-worker-1")
    with pytest.raises(InputError, match="neither live"):
        find(j, "64e")
    with pytest.raises(InputError, match="could not be listed"):
        find(replace(j, gaps=(Gap(GapKind.NOT_LISTED, "network", "500"),)), "nobody")


def test_locks_refuse_while_they_are_held() -> None:
    made = datetime(2026, 11, 22, tzinfo=UTC)
    left = Lock("d/.terraform.tfstate.lock.info", "1", "ann@host")
    remote = Lock("https://gitlab/state/lock", "2", "bob@host", "OperationTypeApply", made)
    refuse_locked(footprint([], locks=(left,)), ignore_lock=False)
    refuse_locked(footprint([], locks=(remote,)), ignore_lock=True)
    with pytest.raises(Refused, match="bob@host for OperationTypeApply holds the state since 2026-11-22"):
        refuse_locked(footprint([], locks=(remote,)), ignore_lock=False)
    with pytest.raises(Refused, match="a run is going on"):
        refuse_locked(footprint([], locks=(replace(left, held=True),)), ignore_lock=True)


def test_the_library_reads_and_explains_without_printing(live: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert tfclean.read(STATE, variables={"job": "1"}).variables["job"].value == "1"
    with pytest.raises(tfclean.NothingToGoOn):
        tfclean.diff(FIXTURES / "tofu-killed" / "terraform.tfstate", inventory=live)
    told = tfclean.explain("64ed1757", STATE, inventory=live, baseline=live, protect=[STATE], max_deletions=0)
    assert told.finding.verdict is tfclean.Verdict.PROTECTED
    with pytest.raises(tfclean.InputError):
        tfclean.load_inventory("nowhere")
    with pytest.raises(tfclean.InputError):
        tfclean.load_plan(STATE)
    assert capsys.readouterr() == ("", "")
