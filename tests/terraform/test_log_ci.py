"""Job logs as CI systems give them to download: they say what Terraform said, and when."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.dressing import START, at, github, gitlab, gitlab_plain
from tfclean.model import Claim, GapKind, SourceKind, Tense
from tfclean.terraform import log_text
from tfclean.terraform.log_lines import lines
from tfclean.terraform.log_story import LogReading
from tfclean.terraform.read import read
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Form, recognise

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGS = sorted(p for p in FIXTURES.glob("*/*.log") if p.read_bytes()[:1] != b"{")
PORT = "openstack_networking_port_v2.a"
ID = "0a1c51aa-b170-4dc0-a9ad-ddbed1891398"
OTHER = "5e9fbb2d-2746-4cd1-ba93-48db838001d4"
DRESSES = [github, gitlab, lambda raw: gitlab(raw, longest=5), gitlab_plain]
NAMES = ["github", "gitlab", "gitlab cut", "gitlab plain"]
STATE: dict[str, Any] = {
    "version": 4,
    "terraform_version": "1.9.0",
    "serial": 7,
    "lineage": "l",
    "resources": [
        {"mode": "managed", "type": "openstack_networking_port_v2", "name": name, "instances": [{"attributes": {"id": id_, "name": "} {"}}]}
        for name, id_ in (("a", ID), ("b", OTHER))
    ],
}
DUMP = json.dumps(STATE, indent=2).splitlines()
FAILED = [
    "╷",
    "│ Error: Failed to create local state file",
    "│ ",
    "│ Error creating local state file for recovery: open errored.tfstate: permission denied",
    "╵",
]


def readings(text: str) -> tuple[LogReading, tuple[Reading, ...]]:
    first, *states = log_text.read(io.BytesIO(text.encode()), "job.log")
    assert isinstance(first, LogReading)
    return first, tuple(states)


def told(*raw: str) -> LogReading:
    return readings("\n".join(raw) + "\n")[0]


def bare(claim: Claim) -> Claim:
    return replace(claim, source=replace(claim.source, place=""), started=None, ended=None)


@pytest.mark.parametrize("dress", DRESSES, ids=NAMES)
@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_dressed_log_says_what_the_log_says(path: Path, dress: Callable[[list[str]], str]) -> None:
    raw = path.read_text().splitlines()
    assert [bare(c) for c in readings(dress(raw))[0].claims] == [bare(c) for c in told(*raw).claims]


@pytest.mark.parametrize("dress", [github, gitlab, gitlab_plain])
@pytest.mark.parametrize("path", LOGS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_dressed_log_is_known_as_a_log(path: Path, dress: Callable[[list[str]], str]) -> None:
    assert recognise(dress(path.read_text().splitlines()).encode()).form is Form.LOG_TEXT


@pytest.mark.parametrize("dress", DRESSES[:3], ids=NAMES[:3])
def test_the_times_of_the_lines_are_those_of_the_creates_and_of_the_log(dress: Callable[[list[str]], str]) -> None:
    raw = ["Initializing the backend...", f"{PORT}: Creating...", "x", f"{PORT}: Creation complete after 2s [id={ID}]", "Apply complete!"]
    reading, _ = readings(dress(raw))
    (claim,) = reading.claims
    assert (claim.started, claim.ended) == (at(1), at(3))
    assert (reading.first, reading.last) == (at(1), at(3))


def test_sections_bound_a_log_whose_lines_have_no_times() -> None:
    raw = [f"{PORT}: Creating...", f"{PORT}: Creation complete after 2s [id={ID}]"]
    reading, _ = readings(gitlab_plain(raw))
    whole = START.replace(microsecond=0)
    assert (reading.first, reading.last) == (whole, at(2).replace(microsecond=0) + timedelta(seconds=1))
    assert [(c.started, c.ended) for c in reading.claims] == [(None, None)]


def test_a_section_that_never_ended_lasted_as_long_as_its_operations() -> None:
    begin = int(START.timestamp())
    reading = told(f"section_start:{begin}:step_script\r\x1b[0K", f"{PORT}: Creating...", f"{PORT}: Still creating... [1m10s elapsed]")
    assert (reading.first, reading.last) == (START.replace(microsecond=0), START.replace(microsecond=0) + timedelta(seconds=70))


def test_sections_in_which_terraform_said_nothing_bound_nothing() -> None:
    assert (told("section_start:1700000000:x\r\x1b[0K", "hello", "section_end:1700000009:x\r\x1b[0K").first) is None


def test_pieces_of_another_stream_are_no_continuation() -> None:
    stamp = "2026-11-22T23:52:49.575384Z "
    found = [line.text for line in lines(io.BytesIO(f"{stamp}00O a\n{stamp}01E+b\n{stamp}01E+c\n{stamp}00O d\n{stamp}00O+e".encode()))]
    assert found == ["a", "bc", "de"]


def test_the_number_of_a_line_is_that_of_its_first_piece() -> None:
    stamp = "2026-11-22T23:52:49.575384Z "
    found = [(line.text, line.number) for line in lines(io.BytesIO(f"{stamp}00O a\n{stamp}00O+b\n{stamp}00O c\n".encode()))]
    assert found == [("ab", 1), ("c", 3)]


@pytest.mark.parametrize("dress", [lambda raw: "\n".join(raw) + "\n", *DRESSES], ids=["bare", *NAMES])
def test_a_state_dumped_into_a_log_is_read_out_of_it(dress: Callable[[list[str]], str]) -> None:
    _, states = readings(dress([*FAILED, *DUMP, "", *FAILED]))
    assert [(r.source.kind, r.serial, r.lineage, [c.id for c in r.claims], r.whole) for r in states] == [
        (SourceKind.ERRORED_STATE, 7, "l", [ID, OTHER], True)
    ]


@pytest.mark.parametrize("dress", [lambda raw: "\n".join(raw) + "\n", *DRESSES], ids=["bare", *NAMES])
def test_a_dump_that_was_cut_off_tells_its_beginning_and_swallows_nothing(dress: Callable[[list[str]], str]) -> None:
    after = [f"{PORT}: Destroying... [id={ID}]", f"{PORT}: Destruction complete after 1s"]
    end = next(n for n, line in enumerate(DUMP) if OTHER in line)
    reading, (state,) = readings(dress([*DUMP[:end], *after]))
    assert ([c.id for c in state.claims], state.whole, [gap.kind for gap in state.gaps]) == ([ID], False, [GapKind.STATE_LOST])
    assert "line " in state.gaps[0].reason
    assert [(c.id, c.tense) for c in reading.claims] == [(ID, Tense.DESTROYED)]


def test_a_dump_at_which_the_log_ends_is_read() -> None:
    _, states = readings("\n".join(DUMP[:-1]))
    assert [[c.id for c in state.claims] for state in states] == [[ID, OTHER]]


def test_a_dump_with_which_a_file_of_errors_begins_is_read_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "errors.txt"
    for padding in (0, 100_000):
        path.write_text("\n".join([*DUMP[:-1], *[" " * 90] * (padding // 90), "}", "", *FAILED]) + "\n")
        footprint = read([path], environ={})
        assert [(c.id, c.present) for c in footprint.claims] == [(ID, True), (OTHER, True)]
        assert (footprint.gaps, footprint.complete) == ((), True)


def test_a_machine_dump_that_the_runner_cut_into_pieces_is_read() -> None:
    line = json.dumps({"@level": "info", "@message": "Emergency state dump", "@timestamp": "2026-11-23T00:00:00Z", "state": STATE})
    for longest in (7, 100, 8192):
        _, states = readings(gitlab(["$ terraform apply -json", line], longest=longest))
        assert [[c.id for c in state.claims] for state in states] == [[ID, OTHER]]


@pytest.mark.parametrize("dress", [lambda raw: "\n".join(raw) + "\n", *DRESSES], ids=["bare", *NAMES])
def test_an_encrypted_state_dumped_into_a_log_is_named_as_such(dress: Callable[[list[str]], str]) -> None:
    line = json.dumps({"serial": 7, "lineage": "l", "meta": {}, "encrypted_data": "x" * 9000, "encryption_version": "v0"})
    _, states = readings(dress(["Failed to save state", line, CREATED]))
    assert [(r.source.kind, r.serial, r.lineage, [g.kind for g in r.gaps]) for r in states] == [
        (SourceKind.ERRORED_STATE, 7, "l", [GapKind.ENCRYPTED])
    ]


def test_braces_that_are_no_state_hide_nothing() -> None:
    done = f"{PORT}: Creation complete after 1s [id={ID}]"
    for before in (["{"], ["{", "{", '  "name": "x"'], ["{", '  "name": 1', "}"], ["{", '  "version": 2,'], ["{", '  "version": 2', "}"]):
        reading, states = readings("\n".join([*before, done]) + "\n")
        assert ([c.id for c in reading.claims], states) == ([ID], ())


def test_a_job_log_in_a_directory_is_read_however_late_it_comes_to_terraform(tmp_path: Path) -> None:
    log = ["fetching\n" * 20_000, f"{PORT}: Creating...\n", CREATED, "\n"]
    (tmp_path / "job.log").write_text("".join(log))
    (tmp_path / "notes.adoc").write_text("".join(log).replace(ID, OTHER))
    (tmp_path / "long.log").write_text("fetching\n" * 20_000)
    assert [c.id for c in read([tmp_path], environ={}).claims] == [ID]


def hours(*rows: tuple[int, str]) -> LogReading:
    return told(*(f"2026-11-23T{hour:02}:00:00Z {text}" for hour, text in rows))


def span(reading: LogReading) -> tuple[int | None, int | None]:
    return (reading.first.hour if reading.first else None, reading.last.hour if reading.last else None)


CREATE, CREATED = f"{PORT}: Creating...", f"{PORT}: Creation complete after 1s [id={ID}]"
DESTROY, DESTROYED = f"{PORT}: Destroying... [id={ID}]", f"{PORT}: Destruction complete after 1s"
REFRESH = f"{PORT}: Refreshing state... [id={ID}]"


@pytest.mark.parametrize(
    "between",
    [
        REFRESH,
        "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.",
        "Initializing the backend...",
        "Acquiring state lock. This may take a few moments...",
        "OpenTofu used the selected providers to generate the following execution",
        "Terraform will perform the following actions:",
    ],
)
def test_a_destroy_in_the_same_log_is_no_time_of_the_apply(between: str) -> None:
    assert span(hours((1, CREATE), (2, CREATED), (9, between), (10, DESTROY), (11, DESTROYED))) == (1, 2)


def test_a_machine_log_tells_its_runs_apart_by_their_own_messages() -> None:
    def line(hour: int, kind: str, **more: Any) -> str:
        return json.dumps({"@level": "info", "@message": "m", "@timestamp": f"2026-11-23T{hour:02}:00:00Z", "type": kind, **more})

    def hook(hour: int, kind: str, action: str) -> str:
        return line(hour, kind, hook={"resource": {"addr": PORT}, "action": action, "id_key": "id", "id_value": ID})

    apply = [hook(1, "apply_start", "create"), hook(2, "apply_complete", "create")]
    destroy = [hook(9, "apply_start", "delete"), hook(10, "apply_complete", "delete")]
    for between in (line(5, "version"), hook(5, "refresh_start", "")):
        assert span(told("$ tofu apply -json", *apply, between, *destroy)) == (1, 2)
    assert span(told("$ tofu apply -json", *apply, line(5, "change_summary", changes={"operation": "apply"}), *destroy)) == (1, 5)
    planned = line(5, "change_summary", changes={"operation": "plan"})
    assert span(told("$ tofu apply -json", *apply, planned, *destroy)) == (1, 10)


def test_all_runs_that_make_count_also_while_they_wait() -> None:
    other = PORT.replace(".a", ".b")
    log = hours((1, CREATE), (2, CREATED), (5, REFRESH), (6, f"{other}: Creating..."), (8, f"{other}: Still creating... [2h0m0s elapsed]"))
    assert span(log) == (1, 8)


def test_a_log_that_makes_nothing_has_the_time_of_all_its_lines() -> None:
    assert span(hours((9, REFRESH), (10, DESTROY), (11, DESTROYED))) == (9, 11)


def test_a_plan_of_its_own_and_its_apply_are_one_run() -> None:
    plan = [(1, f"  # {PORT} will be created"), (1, '  + resource "openstack_networking_port_v2" "a" {'), (1, "    }")]
    assert span(hours(*plan, (2, "Initializing the backend..."), (3, CREATE), (4, CREATED))) == (1, 4)


def plan(name: str) -> list[str]:
    return [f"  # {PORT} will be created", '  + resource "openstack_networking_port_v2" "a" {', f'      + name = "{name}"', "    }"]


def test_a_create_has_the_shape_that_its_own_run_planned() -> None:
    reading = told(*plan("one"), CREATE, "Terraform will perform the following actions:", *plan("two"), CREATE, CREATED)
    assert [(c.tense, c.attributes["name"]) for c in reading.claims] == [(Tense.IN_FLIGHT, "one"), (Tense.CREATED, "two")]


def test_a_destroy_that_died_is_no_rival_of_the_destroy_of_a_later_run() -> None:
    log = told(DESTROY, "Initializing the backend...", CREATE, CREATED.replace(ID, OTHER), REFRESH.replace(ID, OTHER))
    assert {c.id: c.tense for c in log.claims} == {ID: Tense.RECORDED, OTHER: Tense.CREATED}
    again = [DESTROY.replace(ID, OTHER), DESTROYED]
    log = told(DESTROY, "Initializing the backend...", CREATE, CREATED.replace(ID, OTHER), REFRESH.replace(ID, OTHER), *again)
    assert {c.id: c.tense for c in log.claims} == {ID: Tense.RECORDED, OTHER: Tense.DESTROYED}
