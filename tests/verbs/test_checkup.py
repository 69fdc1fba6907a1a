"""The doctor: whatever is wrong is one line and something to do, and nothing raises."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest

import tfclean
from tests.cli.making import Obedient, credentials, inventory_file
from tests.making import START, footprint, inventory
from tests.recorded import FIXTURES
from tests.recorded import inventory as recorded
from tests.report.test_machine import schema
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.plan import make_plan
from tfclean.cli import main
from tfclean.cloud.examination import allowed, clock, closed, token
from tfclean.cloud.transport import Service
from tfclean.errors import Unreachable
from tfclean.kinds.registry import KINDS
from tfclean.model import Ahead, Check, Checkup, Event, Gap, GapKind, Inventory, Judgement, Lock, Mark, Standing, Token
from tfclean.simulator import World
from tfclean.simulator.wire import Wire, serving
from tfclean.simulator.wire.directory import Account
from tfclean.verbs.checkup import _clock, _token
from tfclean.verbs.workplace import _told, journals, others, rules, versions


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    wire = Wire(World())
    with serving(wire) as url:
        given = {
            **credentials(0),
            "OS_AUTH_URL": f"{url}/identity/v3",
            "OS_USERNAME": "demo",
            "OS_PASSWORD": "secret",
            "OS_PROJECT_NAME": wire.world.projects[wire.world.project],
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield wire


def of(checkup: Checkup, subject: str) -> list[Check]:
    return [check for check in checkup.checks if check.subject == subject]


def marks(checkup: Checkup) -> dict[str, set[str]]:
    return {check.subject: {c.mark.value for c in of(checkup, check.subject)} for check in checkup.checks}


def test_all_is_well_on_a_cloud_that_is(wire: Wire) -> None:
    checkup = tfclean.doctor(FIXTURES / "applied")
    assert (checkup.exit_code, checkup.advice) == (0, ())
    assert marks(checkup) | {"engine": set()} == {
        "versions": {"ok"},
        "engine": set(),
        "evidence": {"ok", "note"},
        "credentials": {"ok"},
        "permissions": {"ok"},
        "clock": {"ok"},
        "services": {"ok"},
        "lists": {"ok"},
    }
    assert checkup.project == wire.world.project
    assert "compute" in of(checkup, "services")[0].text


def test_cheap_and_local_things_come_first(wire: Wire) -> None:
    subjects = list(dict.fromkeys(check.subject for check in tfclean.doctor().checks))
    assert subjects == ["versions", "engine", "evidence", "credentials", "permissions", "clock", "services", "lists"]


def test_a_connection_that_is_there_is_not_logged_in_again(wire: Wire) -> None:
    checkup = tfclean.doctor(cloud=tfclean.connect())
    assert not of(checkup, "credentials")
    assert of(checkup, "lists")[0].mark is Mark.OK


@pytest.mark.parametrize(
    ("change", "subject", "told"),
    [
        ({"OS_PASSWORD": "wrong"}, "credentials", "does not accept the credentials"),
        ({"OS_AUTH_URL": "http://nowhere.invalid:5000/v3"}, "network", "cannot be reached"),
        ({"OS_AUTH_URL": "https://127.0.0.1:9/v3"}, "network", "cannot be reached"),
        ({"OS_REGION_NAME": "elsewhere"}, "catalog", "has none of the services"),
        ({"OS_AUTH_URL": ""}, "credentials", "OS_AUTH_URL"),
        ({"OS_CLOUD": "none"}, "credentials", "Cloud none was not found"),
        ({"OS_PROJECT_NAME": "none"}, "credentials", "does not accept the credentials"),
    ],
)
def test_a_cloud_that_cannot_be_asked_is_one_line(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], subject: str, told: str
) -> None:
    del wire
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    checkup = tfclean.doctor()
    found = of(checkup, subject)
    assert [check.mark for check in found] == [Mark.FAIL]
    assert told in found[0].text
    assert (checkup.exit_code, len(checkup.advice)) == (3, 1)


@pytest.mark.parametrize("text", ["clouds: [", "clouds: 3", "clouds:\n  mine: 4", "clouds:\n  mine:\n    auth: 3", "\x00", "- a"])
def test_a_broken_configuration_of_clouds_is_one_line(place: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (place / "clouds.yaml").write_text(text)
    monkeypatch.setenv("OS_CLOUD", "mine")
    checkup = tfclean.doctor()
    assert [check.mark for check in of(checkup, "credentials")] == [Mark.FAIL]
    assert checkup.exit_code == 3


def test_a_list_that_did_not_come_is_a_fault_and_a_service_that_is_not_there_is_none() -> None:
    gaps = (Gap(GapKind.NOT_LISTED, "block_storage.volume", "refused"), Gap(GapKind.NO_SERVICE, "load-balancer", "not there"))
    checkup = tfclean.doctor(cloud=Obedient(inventory(gaps=gaps)))
    assert [(c.subject, c.exit_code) for c in checkup.checks if c.mark is Mark.FAIL] == [("lists", 3)]
    assert [c.text for c in of(checkup, "services")] == ["load-balancer: not there"]
    assert len(checkup.advice) == 1


def test_a_reader_is_told_that_it_cannot_delete(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire.directory.add(Account("r" * 32, "reader", "secret", {wire.world.project: frozenset({"reader"})}))
    monkeypatch.setenv("OS_USERNAME", "reader")
    checkup = tfclean.doctor()
    assert "may look, and not delete" in of(checkup, "permissions")[0].text
    assert (checkup.exit_code, checkup.advice) == (1, ("use credentials with the role member to delete",))


# -- what a token says ----------------------------------------------------------------------------------------------------------


def test_a_token_that_ends_soon_is_told() -> None:
    soon = Token("u", "p", ("member",), datetime.now(UTC) + timedelta(seconds=30))
    assert [c.mark for c in _token(Standing(soon)) if c.subject == "credentials"] == [Mark.OK, Mark.WARN]
    later = Token("u", "p", ("member",), datetime.now(UTC) + timedelta(hours=2))
    assert all(c.mark is Mark.OK for c in _token(Standing(later)))


def test_kinds_that_an_application_credential_does_not_reach_are_counted() -> None:
    limited = Token("u", "p", ("member",), credential="ci", unlistable=("network.port",), undeletable=tuple(KINDS)[:8])
    told = [c.text for c in _token(Standing(limited)) if c.mark is Mark.WARN]
    assert told[0].endswith("do not let it list ports")
    assert told[1].endswith("and 3 more")


@pytest.mark.parametrize(
    ("pattern", "method", "path", "expected"),
    [
        ("/v2.1/servers/*", "DELETE", "/v2.1/servers/{id}", True),
        ("/v2.1/servers/{server_id}", "DELETE", "/v2.1/servers/{id}", True),
        ("/v2.1/servers", "DELETE", "/v2.1/servers/{id}", False),
        ("/v2.1/*", "DELETE", "/v2.1/servers/{id}", False),
        ("/v2.1/**", "DELETE", "/v2.1/servers/{id}", True),
        ("**", "DELETE", "/v2.1/servers/{id}", True),
        ("/v2.1/**", "GET", "/v2.1/servers/{id}", False),
        ("/v2x1/servers/*", "DELETE", "/v2.1/servers/{id}", False),
        ("/v2.1/servers/+", "DELETE", "/v2.1/servers/{id}", False),
    ],
)
def test_access_rules_are_read_as_the_middleware_reads_them(pattern: str, method: str, path: str, *, expected: bool) -> None:
    rules = [{"service": "compute", "method": "delete" if method == "DELETE" else "POST", "path": pattern}]
    assert allowed(rules, ("compute",), method, path) is expected
    assert not allowed(rules, ("network",), method, path)
    assert not allowed([], ("compute",), method, path)


def test_rules_are_asked_for_each_kind_at_its_endpoint() -> None:
    services = {"network": Service(SimpleNamespace(), endpoint="http://h/net/v2.0/")}
    rules = [{"service": "net", "method": m, "path": "/net/v2.0/ports**"} for m in ("GET", "DELETE")]
    unlistable, undeletable = closed(rules, services, lambda _: ["net"])
    assert "network.port" not in unlistable + undeletable
    assert {"network.network", "network.router"} <= {*unlistable} & {*undeletable}
    assert all(name.startswith("network.") for name in unlistable + undeletable)


def access(**more: Any) -> Any:
    given = {
        "application_credential_id": None,
        "application_credential_access_rules": None,
        "application_credential": None,
        "username": "u",
        "user_id": "1",
        "project_name": "p",
        "project_id": "2",
        "role_names": ["member"],
        "expires": START,
    }
    return SimpleNamespace(**{**given, **more})


def test_a_token_without_rules_reaches_everything() -> None:
    services = {"network": Service(SimpleNamespace(), endpoint="http://h/v2.0")}
    assert token(access(), services, lambda _: []) == Token("u", "p", ("member",), START)
    mine = {"application_credential_id": "c", "application_credential": {"id": "c", "name": "ci"}}
    assert token(access(**mine), services, lambda _: []) == Token("u", "p", ("member",), START, "ci")
    closed_ = token(access(**mine, application_credential_access_rules=[]), services, lambda _: [])
    assert "network.port" in closed_.undeletable


# -- clocks -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "mark"),
    [
        (Ahead(-1.2, 0.1), Mark.OK),
        (Ahead(1.9, 3.2), Mark.OK),
        (Ahead(2.1, 3.2), Mark.WARN),
        (Ahead(-4, -2.1), Mark.WARN),
        (Ahead(-30, 40), Mark.OK),
        (None, Mark.NOTE),
    ],
)
def test_only_clocks_that_surely_differ_are_complained_of(ahead: Ahead | None, mark: Mark) -> None:
    assert [check.mark for check in _clock(Standing(Token("u", "p"), ahead=ahead))] == [mark]


def test_the_first_service_that_tells_its_time_is_asked() -> None:
    times = iter([100.0, 100.5, 101.0, 101.5])
    dates = {"a": None, "b": 131.0, "c": 7.0}
    assert clock(["a", "b", "c"], dates.get, lambda: next(times)) == Ahead(29.5, 31.0)
    assert clock([], dates.get, lambda: 0.0) is None


# -- the directory ----------------------------------------------------------------------------------------------------------------


def test_no_evidence_in_the_current_directory_is_no_fault_and_elsewhere_it_is(place: Path) -> None:
    assert [(c.mark, c.exit_code) for c in of(tfclean.doctor(), "evidence")] == [(Mark.NOTE, 0)]
    (place / "empty").mkdir()
    assert [(c.mark, c.exit_code) for c in of(tfclean.doctor("empty"), "evidence")] == [(Mark.FAIL, 2)]
    assert [(c.mark, c.exit_code) for c in of(tfclean.doctor("none"), "evidence")] == [(Mark.FAIL, 2)]


def test_a_state_that_was_lost_is_told(place: Path) -> None:
    (place / "terraform.tfstate").write_text("")
    found = of(tfclean.doctor(), "evidence")
    assert [check.exit_code for check in found] == [2]
    (place / "apply.log").write_bytes((FIXTURES / "killed-late" / "apply.log").read_bytes())
    found = of(tfclean.doctor(), "evidence")
    assert [check.exit_code for check in found if check.mark is Mark.WARN] == [1]


def journal(place: Path, *events: Event) -> Path:
    with Journal.create(place / ".tfclean") as made:
        made.begin(make_plan(Judgement({}, ())), cloud="c", project="p", user="u", region="r", now=START)
        for event in events:
            made.write(event)
        return made.path


@pytest.mark.parametrize(("code", "told"), [(None, "killed"), (130, "interrupted"), (5, "out of time")])
def test_an_unfinished_run_is_told_with_the_line_that_goes_on(place: Path, code: int | None, told: str) -> None:
    path = journal(place, *([Event("finished", START, data={"exit_code": code})] if code is not None else []))
    (check,) = journals(Path(".tfclean"))
    assert told in check.text
    assert (check.advice, check.exit_code) == (f"go on with it: tfclean resume {path.relative_to(place)}", 1)


def test_runs_that_ended_are_counted_and_what_is_no_journal_is_named(place: Path) -> None:
    path = journal(place, Event("finished", START, data={"exit_code": 130}), Event("finished", START, data={"exit_code": 1}))
    (path.parent / "journal-x.jsonl").write_text("{}\n")
    assert [check.mark for check in journals(Path(".tfclean"))] == [Mark.NOTE, Mark.OK]


def test_rules_that_fit_nothing_are_a_fault(place: Path) -> None:
    (place / "rules").write_text("network.port.x\n")
    assert [c.text for c in rules({"ignore": "rules"})] == ["rules: 1 rule"]
    (place / "rules").write_text("network.prot.x\n")
    assert [(c.mark, c.exit_code) for c in rules({"ignore": "rules"})] == [(Mark.FAIL, 2)]
    assert list(rules({})) == []


def test_files_that_protect_are_read_each_by_itself(place: Path) -> None:
    live = inventory_file(recorded("applied"), place / "live.json")
    (place / "cut.tfstate").write_text("{")
    told = list(others({"protect": [FIXTURES / "applied", "cut.tfstate", "gone"], "baseline": live}))
    assert [(c.subject, c.mark, c.exit_code) for c in told] == [
        ("protect", Mark.OK, 0),
        ("protect", Mark.FAIL, 2),
        ("protect", Mark.FAIL, 2),
        ("baseline", Mark.OK, 0),
    ]
    assert re.search(r"applied: [1-9]\d+ traces of objects that stay", told[0].text)
    assert told[1].text.startswith("--protect cut.tfstate: ")
    assert "gone" in told[2].text
    assert re.search(r"live\.json: [1-9]\d+ objects of .* that were there before the run", told[3].text)
    (broken,) = others({"baseline": "cut.tfstate"})
    assert (broken.subject, broken.mark, broken.exit_code) == ("baseline", Mark.FAIL, 2)
    (given,) = others({"baseline": recorded("applied")})
    assert given.text.startswith("the inventory given: ")
    assert list(others({})) == []


def test_what_the_settings_protect_is_examined_too(wire: Wire, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del wire
    (place / "tfclean.toml").write_text('protect = ["infra"]\nbaseline = "before.json"\n')
    assert main(["doctor"]) == 2
    text = " ".join(capsys.readouterr().out.split())
    assert "fail protect --protect infra" in text
    assert "fail baseline before.json" in text


def test_an_engine_that_says_nothing_is_still_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place))
    assert [c.mark for c in versions()] == [Mark.OK, Mark.NOTE]
    for name, script in {"terraform": "exit 1", "tofu": 'echo "{\\"terraform_version\\": \\"1.9.0\\"}"'}.items():
        (place / name).write_text(f"#!/bin/sh\n{script}\n")
        (place / name).chmod(0o755)
    told = [c.text for c in versions()][1]
    assert "OpenTofu 1.9.0" in told
    assert "does not say its version" in told


# -- the whole ----------------------------------------------------------------------------------------------------------------------


def test_bad_input_counts_more_than_a_cloud_and_that_more_than_a_hint() -> None:
    def code(*codes: int) -> int:
        return Checkup(tuple(Check("x", Mark.OK, "", exit_code=c) for c in codes)).exit_code

    assert [code(), code(0, 1), code(1, 3), code(3, 2, 1)] == [0, 1, 3, 2]


def test_what_is_said_has_words_and_fits_and_the_document_is_as_its_schema_says(
    wire: Wire, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del wire
    (place / "tfclean.toml").write_text('keep = ["a"]\n')
    assert main(["doctor", "-o", "console", "-o", "json=d.json"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "ok    settings     tfclean.toml: keep" in text
    assert "Nothing to do." in text
    document = json.loads((place / "d.json").read_text())
    jsonschema.validate(document, schema("checkup"))
    assert document["document"] == "checkup"


def test_settings_that_are_wrong_are_a_part_of_what_is_told(wire: Wire, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del wire
    (place / "tfclean.toml").write_text("nonsense = 1\n")
    assert main(["doctor"]) == 2
    text = capsys.readouterr().out
    assert "fail  settings     tfclean.toml, line 1: nonsense is no option of any command" in text
    assert "To do\n  1. mend the settings" in text
    assert main(["doctor", "--no-config"]) == 0
    assert main(["doctor", "-o", "dot"]) == 2
    assert "it has no form for a checkup" in capsys.readouterr().err


def test_a_lock_that_is_held_is_something_to_do_and_one_that_was_left_is_none() -> None:
    held = Lock("http://h/state", "1", "me@here", created=START)
    left = Lock(".terraform.tfstate.lock.info", "2")
    told = [check for check in _told(footprint([], locks=(held, left))) if check.subject == "lock"]
    assert [(check.mark, check.exit_code) for check in told] == [(Mark.WARN, 1), (Mark.NOTE, 0)]
    assert told[1].text.endswith("the next run takes it away")


def test_a_cloud_that_goes_away_while_it_lists_is_one_line() -> None:
    class Gone(Obedient):
        def inventory(self, kinds: Iterable[str] | None = None) -> Inventory:
            raise Unreachable("nobody answers")

    checkup = tfclean.doctor(cloud=Gone(inventory()))
    assert [(c.subject, c.mark, c.text) for c in checkup.checks][-1] == ("catalog", Mark.FAIL, "nobody answers")
    assert checkup.exit_code == 3
