"""Several reports of one run: each in its file, whole; what makes no sense is said before anything is done."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
import pytest

from tests.cli.making import credentials, inventory_file, run
from tests.recorded import FIXTURES, inventory
from tests.report.test_junit import SCHEMA
from tfclean.cli import main
from tfclean.report.registry import FORMATS

STATE = str(FIXTURES / "killed-middle" / "terraform.tfstate")
LOG = str(FIXTURES / "killed-middle" / "apply.log")
WRITTEN = [name for name in FORMATS if name not in ("console", "ndjson")]


@pytest.fixture
def live(tmp_path: Path) -> str:
    """The inventory of a recorded job, as a file."""
    return str(inventory_file(inventory("killed-middle"), tmp_path / "live.json"))


def every(place: Path, *formats: str) -> list[str]:
    """Ask for all formats, each in a file."""
    return [argument for name in formats or WRITTEN for argument in ("-o", f"{name}={place / name}")]


@pytest.mark.parametrize(("command", "code"), [("diff", 1), ("plan", 0), ("explain", 0)])
def test_all_formats_together_tell_the_same_run(
    tmp_path: Path, live: str, capsys: pytest.CaptureFixture[str], command: str, code: int
) -> None:
    place = tmp_path / "out"
    place.mkdir()
    formats = [name for name in WRITTEN if name != "junit" or command != "explain"]
    subject = [json.loads(Path(live).read_text())["resources"][0]["id"]] if command == "explain" else []
    assert main([command, *subject, STATE, LOG, "--inventory", live, *every(place, *formats)]) == code
    console = capsys.readouterr().out
    assert console
    document = json.loads((place / "json").read_text())
    for name in formats:
        assert document["project"] in (place / name).read_text() or name in ("dot", "mermaid", "svg")
    html5lib.HTMLParser(strict=True).parse((place / "html").read_text())
    ET.parse(place / "svg")
    assert (place / "markdown").read_text().startswith("### ")
    if "junit" in formats:
        SCHEMA.validate(str(place / "junit"))


@pytest.mark.parametrize("command", [["explain", "x", STATE], ["inventory"], ["journal", "/nonexistent"]])
def test_a_format_without_a_form_for_the_document_is_refused_before_anything_is_done(tmp_path: Path, command: list[str]) -> None:
    ran = run(*command, "-o", f"junit={tmp_path / 'j'}", env=credentials(1))
    assert ran.code == 2
    assert "has nothing that passes or fails; use console, json, markdown or html" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not (tmp_path / "j").exists()


def test_the_help_names_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--help"]) == 0
    told = capsys.readouterr().out
    assert [name for name in FORMATS if name not in told] == []
