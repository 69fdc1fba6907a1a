"""Manual pages: all that help tells, and nothing that man cannot read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.entry import main, overview
from tfclean.cli.manual import Option, Page, Section, Text, command_page, overview_page
from tfclean.cli.roff import roff

PAGES = [overview_page(), *(command_page(name) for name in COMMANDS)]
NEEDED = re.compile(r"missing date, using")


def rendered(text: str) -> str:
    done = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=1000"], input=text, capture_output=True, text=True, check=True)
    return re.sub(".\b", "", done.stdout)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_reader_of_manuals_complains(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.1"
    path.write_text(roff(page))
    readers = [command for command in (["mandoc", "-T", "lint", "-W", "warning"], ["man", "--warnings", "-l"]) if shutil.which(command[0])]
    if not readers:
        pytest.skip("neither mandoc nor man is installed")
    for command in readers:
        done = subprocess.run([*command, path], capture_output=True, text=True, check=False)
        said = done.stdout if command[0] == "mandoc" else done.stderr
        # A page has no date: the version says which one it is, and the same parsers make the same page.
        assert [line for line in said.splitlines() if not NEEDED.search(line)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_help_shows_is_told(name: str) -> None:
    parser = load(name).parser()
    shown = {option for action in parser._actions if action.help != "==SUPPRESS==" for option in action.option_strings}
    told = {option for section in command_page(name).sections for each in section.options for option in each.names}
    assert shown <= told


@pytest.mark.parametrize("name", COMMANDS)
def test_every_word_of_help_is_told(name: str) -> None:
    """Line by line of the description and the epilog, spaces aside."""
    parser = load(name).parser()
    page = command_page(name)
    told = " ".join(word for section in page.sections for text in section.texts for line in text.lines for word in line.split())
    headings = {f"{section.title}:" for section in page.sections}
    for line in f"{parser.description}\n{parser.epilog}".splitlines():
        assert line in headings or " ".join(line.split()) in told


def test_the_overview_has_all_commands_and_exit_codes() -> None:
    sections = {section.title: section for section in overview_page().sections}
    assert [option.names[0] for option in sections["commands"].options] == list(COMMANDS)
    codes = {option.names[0]: option.help for option in sections["exit codes"].options}
    assert list(codes) == ["0", "1", "2", "3", "4", "5", "130"]
    words = " ".join(overview().split())
    assert all(text in words for text in codes.values())


@given(
    st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1).map(str.strip).filter(bool), min_size=1, max_size=4)
)
def test_text_is_shown_as_it_is_and_never_obeyed(lines: list[str]) -> None:
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    page = Page("x", "y", "z", (Section("description", (Text(tuple(lines), literal=True),)),))
    shown = [line.strip() for line in rendered(roff(page)).splitlines()]
    at = shown.index("DESCRIPTION")
    assert shown[at + 1 : at + 1 + len(lines)] == lines


def test_values_that_help_does_not_name_are_added() -> None:
    page = Page(
        "x", "y", "z", (Section("options", (), (Option(("--a",), "A", "which", ("b", "c")), Option(("--d",), "D", "e or f", ("e", "f")))),)
    )
    text = roff(page)
    assert "which (one of: b, c)" in text
    assert "e or f\n" in text


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    assert capsys.readouterr().out == roff(overview_page())
    assert main(["man", "sweep"]) == 0
    assert capsys.readouterr().out == roff(command_page("sweep"))
    assert main(["man", "swep"]) == 2
    assert 'there is no command "swep"' in capsys.readouterr().err
