"""JSON line by line: each line as its schema says, each event on its line while it happens, the whole at last."""

from __future__ import annotations

import io
import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import tfclean
from tests.cli.making import Obedient
from tests.cli.test_deletion import cloud as obedient
from tests.cli.test_deletion import job  # noqa: F401 - a fixture
from tests.estate.test_scenarios import judged
from tests.recorded import JOBS
from tests.report.making import PORT, SERVER, TIME, judgement, plan, result, shown
from tfclean.cleanup.documents import plan_document
from tfclean.cli.argv import understand
from tfclean.cli.commands import load
from tfclean.cli.outputs import Outputs
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError
from tfclean.model import Event
from tfclean.report.base import Context

SCHEMA = json.loads((files("tfclean.report") / "schemas" / "ndjson.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def lines(text: str) -> list[dict[str, Any]]:
    """Read lines, each held against the schema, and its last against that of its document."""
    assert text.isascii()
    assert text.endswith("\n")
    found = [json.loads(line) for line in text.splitlines()]
    for each in found:
        VALIDATOR.validate(each)
    return found


def test_the_schema_is_one() -> None:
    VALIDATOR.check_schema(SCHEMA)


@pytest.mark.parametrize("scenario", JOBS)
def test_a_diff_is_a_line_for_each_finding_and_a_summary(scenario: str) -> None:
    j = judged(scenario)
    *findings, summary = lines(shown("ndjson", lambda r: r.diff(j)))
    assert summary["document"] == "summary"
    whole = json.loads(shown("json", lambda r: r.diff(j)))
    assert [{k: v for k, v in f.items() if k not in ("format_version", "document")} for f in findings] == whole["resources"]
    assert {k: v for k, v in summary.items() if k != "document"} == {
        k: v for k, v in whole.items() if k not in ("document", "resources", "edges")
    }


def test_every_other_document_is_one_line_and_the_same_as_in_json() -> None:
    j = judgement()
    made = plan()
    writes = [
        lambda r: r.plan(made, plan_document(made)),
        lambda r: r.result(result()),
        lambda r: r.explanation(j.findings[SERVER.key], j, made),
    ]
    for write in writes:
        (line,) = lines(shown("ndjson", write))
        assert line == json.loads(shown("json", write))
    several = lines(shown("ndjson", lambda r: r.explanations([j.findings[SERVER.key], j.findings[PORT.key]], j, made)))
    assert [each["resource"]["id"] for each in several] == [SERVER.id, PORT.id]
    events = [Event("gone", TIME, SERVER.key, {"outcome": "deleted"}), Event("finished", TIME, None, {"exit_code": 0})]
    told = lines(shown("ndjson", lambda r: r.journal("j", made, events)))
    assert [each["document"] for each in told] == ["event", "event", "journal"]


def test_the_schema_knows_every_event_that_the_model_does() -> None:
    text = " ".join(str(Event.__doc__).partition("type: ")[2].partition("time:")[0].split())
    assert {word.strip("`.,") for word in text.split()} == set(SCHEMA["$defs"]["event_line"]["properties"]["type"]["enum"])


def deleting(arguments: str, cloud: Any, terminal: Terminal) -> int:
    args = load("destroy").parser().parse_intermixed_args(understand(["destroy", *arguments.split()]).rest)
    terminal.settle(verbose=args.verbose, colour=not args.no_color)
    with Deletion(Session("destroy", args, terminal, document="result")) as deletion:
        return deletion.finish(tfclean.destroy(args.paths, cloud=cloud, **deletion.options()))


class Watcher(Obedient):
    """A cloud that notes what could be read along when it was asked to delete."""

    seen: str = ""
    look: Any = None

    def perform(self, *args: Any) -> Any:
        self.seen = self.look()
        return super().perform(*args)


def test_events_are_on_stdout_while_they_happen_and_the_result_is_last(job: Path) -> None:  # noqa: F811
    out, err = io.StringIO(), io.StringIO()
    cloud = Watcher(obedient().live)
    cloud.look = out.getvalue
    assert deleting("-o ndjson --auto-approve", cloud, Terminal(io.StringIO(), out, err)) == 0
    seen = lines(cloud.seen)
    assert seen[-1]["type"] == "intent"
    found = lines(out.getvalue())
    assert found[: len(seen)] == seen
    assert [each["document"] for each in found] == ["event"] * (len(found) - 1) + ["result"]
    assert found[-2]["type"] == "finished"
    assert found[-1]["proven"] is True
    # What a person is to read stands on stderr.
    assert "Would delete 1 object" in err.getvalue()


def test_events_are_in_a_file_while_they_happen_and_the_console_has_stdout(job: Path) -> None:  # noqa: F811
    out = io.StringIO()
    (job / "old").write_text("of an earlier run\n")
    cloud = Watcher(obedient().live)
    cloud.look = (job / "old").read_text
    assert deleting("-o ndjson=old --auto-approve", cloud, Terminal(io.StringIO(), out, io.StringIO())) == 0
    assert lines(cloud.seen)[-1]["type"] == "intent"
    assert lines((job / "old").read_text())[-1]["document"] == "result"
    assert "Everything is gone, and that was proven." in out.getvalue()


class Closed(io.StringIO):
    """A pipe whose reader went away."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


def test_a_reader_that_goes_away_stops_no_deletion(job: Path) -> None:  # noqa: F811
    cloud = obedient()
    assert deleting("-o ndjson --auto-approve", cloud, Terminal(io.StringIO(), Closed(), io.StringIO())) == 0
    assert len(cloud.live.resources) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")  # noqa: PTH110
def test_a_full_disk_stops_no_deletion_and_is_told_at_the_end(job: Path) -> None:  # noqa: F811
    cloud = obedient()
    with pytest.raises(InputError, match="/dev/full: cannot be written"):
        deleting("-o ndjson=/dev/full --auto-approve", cloud, Terminal(io.StringIO(), io.StringIO(), io.StringIO()))
    assert len(cloud.live.resources) == 1


def test_other_formats_are_told_nothing_before_the_end(tmp_path: Path) -> None:
    out = io.StringIO()
    outputs = Outputs(["json", f"dot={tmp_path / 'g'}"], Terminal(io.StringIO(), out, io.StringIO()), "result")
    outputs.tell(Event("gone", TIME, SERVER.key), Context(TIME))
    assert out.getvalue() == ""
    assert not (tmp_path / "g").exists()
