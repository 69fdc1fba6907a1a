"""What pages name exists: commands, options, settings, rules, names of the library, formats, verdicts."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest

import tfclean
from tests.docs.reading import WRITTEN, blocks, made, tokens, words
from tfclean.cli.argv import understand
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.settings import Settings
from tfclean.kinds.ignore import parse
from tfclean.model import Verdict
from tfclean.report.registry import FORMATS

EVERY = [*WRITTEN, *made()]
OTHERS = {"-var", "-var-file", "-chdir", "--os-", "-json"}
"""Options of other programs that pages speak of."""
LANGUAGES = {"", "sh", "console", "toml", "python", "yaml", "hcl", "gitignore"}


def options(command: str) -> set[str]:
    return {option for action in load(command).parser()._actions for option in action.option_strings}


def named(text: str) -> list[str]:
    """Give the options in a piece of code."""
    return re.findall(r"(?<![\w/.-])(--?[a-zA-Z][\w-]*)", text.partition(" -- ")[0])


@pytest.mark.parametrize("page", EVERY)
def test_every_command_that_is_named_exists_with_its_options(page: str) -> None:
    for word in words(page):
        found = re.match(r"(?:exec )?tfclean ([a-z]+)\b", word)
        if found:
            assert found[1] in COMMANDS, word
            assert set(named(word)) <= options(found[1]) | OTHERS, word


@pytest.mark.parametrize("page", EVERY)
def test_every_option_that_is_named_exists(page: str) -> None:
    known = set().union(*map(options, COMMANDS)) | OTHERS
    for word in words(page):
        if word.startswith("-"):
            assert set(named(word)) <= known or word.startswith("--os-"), word


def test_an_option_that_is_none_would_be_found() -> None:
    assert named("tfclean destroy --nonsense a -x 'b-c' -- terraform -var") == ["--nonsense", "-x"]


@pytest.mark.parametrize("page", WRITTEN)
def test_a_block_says_what_it_is_and_is_that(page: str) -> None:
    for block in blocks(page):
        text = "\n".join(block.lines)
        assert block.language in LANGUAGES, f"{page}: {block.line}"
        if block.language == "toml":
            Settings(page, tomllib.loads(text), text).check()
        elif block.language == "gitignore":
            assert parse(text, page).rules
        elif block.language == "python":
            compile(text, page, "exec")
            assert set(re.findall(r"tfclean\.(\w+)", text)) <= set(tfclean.__all__)


def test_examples_of_the_made_pages_are_that_too() -> None:
    found = {block.language: "\n".join(block.lines) for page in made() for block in blocks(page) if block.language}
    Settings("x", tomllib.loads(found["toml"]), found["toml"]).check()
    rules = [line for line in found["gitignore"].splitlines() if line and not line.startswith("#")]
    assert [len(parse(rule, "x").rules) for rule in rules] == [1] * len(rules)


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_of_help_are_understood_by_the_parser(command: str) -> None:
    """They stand in the page on commands; what they do is tested with the commands."""
    page = load(command).parser().epilog or ""
    for line in re.findall(r"^ +tfclean (.*)$", page.partition("examples:")[2], re.MULTILINE):
        words = shlex.split(re.split(r" {2,}| [|>] | && ", line)[0])
        argv = understand(words)
        assert argv.command in COMMANDS
        load(argv.command).parser().parse_intermixed_args(argv.rest)


def column(page: str, head: str) -> list[str]:
    """Give the first column of the table whose head begins so."""
    rows: list[list[str]] = []
    found = tokens(page)
    for at, token in enumerate(found):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and found[at - 1].type in ("td_open", "th_open"):
            rows[-1].append(token.content)
    at = next(number for number, row in enumerate(rows) if row[0] == head)
    end = next((number for number, row in enumerate(rows) if number > at and len(row) != len(rows[at])), len(rows))
    return [row[0] for row in rows[at + 1 : end]]


def test_the_readme_has_every_command_in_the_order_of_nothing_missing() -> None:
    told = [re.match(r"`tfclean (\w+)", cell)[1] for cell in column("README.md", "command") if cell.startswith("`tfclean")]  # type: ignore[index]
    assert sorted(told) == sorted(COMMANDS)


def test_every_format_is_told() -> None:
    told = [name for cell in column("docs/how-to/reports.md", "format") for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(told) == sorted(FORMATS)
    text = WRITTEN["README.md"].read_text()
    assert all(f"`{name}`" in text for name in FORMATS)


def test_the_verdicts_are_told_in_their_order() -> None:
    assert column("docs/verdicts.md", "verdict") == [verdict.value for verdict in Verdict]
