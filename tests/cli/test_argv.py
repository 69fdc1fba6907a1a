"""What may be typed: Terraform's forms, openstacksdk's options, and no abbreviations."""

from __future__ import annotations

import argparse
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.cli import arguments
from tfclean.cli.argv import understand
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.outputs import Outputs
from tfclean.cli.terminal import Terminal
from tfclean.errors import UsageError
from tfclean.report.registry import FORMATS, LACKING


@pytest.mark.parametrize(
    ("given_", "rest"),
    [
        ("destroy -auto-approve", ["--auto-approve"]),
        ("destroy -auto-approve=true", ["--auto-approve"]),
        ("diff -var x=y", ["--var", "x=y"]),
        ("diff -var=x=y", ["--var=x=y"]),
        ("diff -var-file=a.tfvars", ["--var-file=a.tfvars"]),
        ("plan -out p -json -no-color", ["--out", "p", "--json", "--no-color"]),
        ("diff --var -json", ["--var", "-json"]),
        ("-v diff a", ["-v", "a"]),
        ("diff -- -out", ["--", "-out"]),
        ("diff -o json", ["-o", "json"]),
    ],
)
def test_terraforms_forms_are_understood(given_: str, rest: list[str]) -> None:
    assert understand(given_.split()).rest == rest


def test_options_of_openstacksdk_are_passed_on() -> None:
    argv = understand(["--os-cloud", "ci", "diff", "a", "--os-region-name=R", "--os-password=--x", "--insecure", "b"])
    assert argv.command == "diff"
    assert argv.cloud == {"cloud": "ci", "region_name": "R", "password": "--x", "insecure": "true"}
    assert argv.rest == ["a", "b"]


@pytest.mark.parametrize("given_", ["diff --os-cloud", "diff --os-cloud --json", "--var x=y diff", "destroy -auto-approve=false"])
def test_what_cannot_be_meant_is_refused(given_: str) -> None:
    with pytest.raises(UsageError):
        understand(given_.split())


@given(st.lists(st.text()))
def test_anything_is_understood_or_refused(given_: list[str]) -> None:
    with contextlib.suppress(UsageError):
        understand(given_)


def test_paths_may_stand_between_options() -> None:
    args = load("diff").parser().parse_intermixed_args(["a", "-v", "b", "--var", "x=1", "--var-file", "f", "c", "--var", "x=2"])
    assert args.paths == ["a", "b", "c"]
    assert args.variables == [("var", "x=1"), ("var-file", "f"), ("var", "x=2")]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("1h", 3600), ("1h30m", 5400), ("1.5h", 5400), ("0.5", 0.5)]
)
def test_durations(text: str, seconds: float) -> None:
    assert arguments.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "1d", "-1", "1 h", "0", "1m30", "1e3", "٣"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        arguments.duration(text)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_80_columns_and_shows_examples(command: str) -> None:
    text = load(command).parser().format_help()
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert "examples:" in text
    assert f"tfclean {command}" in text


def test_what_is_to_be_typed_is_not_broken_at_a_hyphen() -> None:
    assert "do-not-delete" in load("diff").parser().format_help()


@pytest.mark.parametrize("document", ["diff", "plan", "sweep", "result", "inventory", "explanation", "journal", "checkup"])
def test_help_names_the_formats_that_the_command_takes(document: str) -> None:
    taken = []
    for name in FORMATS:
        with contextlib.suppress(UsageError):
            Outputs([name], Terminal(), document)
            taken.append(name)
    assert taken == [name for name in FORMATS if name not in LACKING.get(document, ())]


@pytest.mark.parametrize(
    ("command", "given_", "said"),
    [
        ("destroy", ["--inventory", "i"], "does not know --inventory"),
        ("diff", ["--inventoryy", "i"], "did you mean --inventory?"),
        ("plan", ["--max-deletions", "many"], '"many" is no number'),
        ("apply", [], "required: FILE"),
        ("explain", [], "required: OBJECT; see"),
        ("resume", [], "required: JOURNAL; see"),
        ("destroy", ["--auto"], "does not know --auto"),
    ],
)
def test_mistakes_are_named(command: str, given_: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=r"[;?] [Ss]ee tfclean") as caught:
        load(command).parser().parse_intermixed_args(given_)
    assert said in str(caught.value)


@pytest.mark.parametrize("command", ["destroy .", "apply p", "resume j"])
def test_repairs_are_asked_for_where_something_is_carried_out(command: str) -> None:
    name, *rest = command.split()
    parser = load(name).parser()
    assert arguments.limited(parser.parse_intermixed_args([*rest, "--repair"]))["repair"] is True
    assert arguments.limited(parser.parse_intermixed_args(rest))["repair"] is False
    with pytest.raises(UsageError):
        load("plan").parser().parse_intermixed_args(["--repair"])


def test_an_option_that_is_known_is_not_guessed_at() -> None:
    with pytest.raises(UsageError) as raised:
        load("destroy").parser().parse_args(["--max-deletions", "x"])
    assert "no number" in str(raised.value)
    assert "did you mean" not in str(raised.value)
