"""The pages that are made from the code are whole, and the page on the journal says what journals hold."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from docs.reference.exit_codes import codes, errors
from tests.docs import served
from tests.docs.reading import ROOT, WRITTEN, made
from tests.docs.served import Scene
from tests.docs.test_names import column
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.settings import NEVER, Settings
from tfclean.errors import InputError
from tfclean.kinds.ignore import parse
from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import types

SETTINGS = "docs/reference/settings.md"
IGNORE = "docs/reference/ignore.md"
SCHEMAS = ROOT / "tfclean" / "report" / "schemas"
VALUES = (True, 3, "console", "x", "1h", "50%", "dot", "ours", ["x"], ["console"])
"""Of each sort that an option takes, one."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_told_under_its_heading(command: str) -> None:
    _, _, rest = made()["docs/reference/commands.md"].partition(f"\n## tfclean {command}\n")
    own = rest.partition("\n## ")[0]
    for action in load(command).parser()._actions:
        if action.help == argparse.SUPPRESS:
            continue
        for option in action.option_strings:
            assert re.search(rf"`{option}[ `]", own), option
        assert action.option_strings or str(action.metavar) in own


def test_every_exit_code_is_told_everywhere_and_every_error_has_one_of_them() -> None:
    expected = ["0", "1", "2", "3", "4", "5", "130"]
    assert list(codes()) == expected
    assert column("docs/reference/exit-codes.md", "code") == [f"`{code}`" for code in expected]
    assert column("README.md", "exit")[: len(expected)] == expected
    page = made()["docs/reference/exit-codes.md"]
    for name, error in errors().items():
        assert f"`{name}`" in page
        assert str(error.exit_code) in expected


def accepted(key: str) -> bool:
    """Tell whether a file may have this key, with whatever value fits."""
    for value in VALUES:
        try:
            Settings("x", {key: value}, f"{key} = 1").check()
        except InputError as error:
            if "cannot be set" in str(error) or "is no option" in str(error):
                return False
        else:
            return True
    raise AssertionError(f"no value fits {key}")


def test_the_keys_that_are_told_are_those_that_a_file_may_have() -> None:
    told = {cell.strip("`") for cell in column(SETTINGS, "key")}
    options = {o[2:] for name in COMMANDS for action in load(name).parser()._actions for o in action.option_strings if o.startswith("--")}
    every = options | {"paths", "cloud", "region"}
    assert {key for key in told if accepted(key)} == told
    assert not {key for key in every - told if accepted(key)}


def test_what_no_file_can_set_is_told_with_its_reason() -> None:
    _, _, text = made()[SETTINGS].partition("## What no file can set")
    assert set(re.findall(r"^\| `([\w-]+)` \| \S", text, re.MULTILINE)) == NEVER.keys()


def test_every_kind_and_type_that_a_rule_may_name_is_told() -> None:
    names = {name for name, found in types().items() if found.looked_after and found.kind in KINDS}
    page = made()[IGNORE]
    for name in (*names, *KINDS):
        assert f"`{name}`" in page
    for name in re.findall(r"`(openstack_\w+_v\d|[a-z_]+\.[a-z_]+)`", page):
        assert parse(name, "x").rules


@pytest.mark.parametrize("name", sorted(path.stem for path in SCHEMAS.glob("*.json")))
def test_every_field_of_every_document_is_told(name: str) -> None:
    _, _, rest = made()["docs/reference/documents.md"].partition(f"\n## {name}\n")
    own = rest.partition("\n## ")[0]
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    for part in (schema, *schema.get("$defs", {}).values()):
        for path in paths(part):
            assert f"| `{path}` |" in own, path


def paths(schema: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, told in schema.get("properties", {}).items():
        yield f"{before}{key}"
        if isinstance(told, dict):
            yield from paths(told, f"{before}{key}.")
            if isinstance(told.get("items"), dict):
                yield from paths(told["items"], f"{before}{key}[].")


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with served.scene(tmp_path, monkeypatch) as found:
        yield found


def test_the_journal_page_has_every_type_of_event() -> None:
    schema = json.loads((SCHEMAS / "ndjson.json").read_text())
    told = {cell.strip("`") for cell in column("docs/journal.md", "type")}
    assert told == set(schema["$defs"]["event_line"]["properties"]["type"]["enum"])


def test_what_journals_hold_is_what_their_page_says(scene: Scene) -> None:
    page = WRITTEN["docs/journal.md"].read_text()
    rows = {m[1]: m[0] for m in re.finditer(r"^\| `(\w+)` \|.*$", page, re.MULTILINE)}
    scene.provide(f"tfclean journal {served.JOURNAL}")
    scene.do(f"tfclean resume {served.JOURNAL} --auto-approve", 1)
    scene.do(f"tfclean resume --undo {served.JOURNAL} --auto-approve", 1)
    header, *events = [json.loads(line) for line in Path(served.JOURNAL).read_text().splitlines()]
    told = {name for cell in column("docs/journal.md", "field") for name in re.findall(r"`(\w+)`", cell)}
    assert header.keys() == told
    assert len({event["type"] for event in events}) > 8
    for event in events:
        assert event.keys() <= {"type", "time", "kind", "id", "data"}
        for key in event.get("data", {}):
            assert f"`{key}`" in rows[event["type"]], (event["type"], key)
