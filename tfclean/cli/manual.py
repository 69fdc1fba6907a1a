"""A command's parser in; its manual, as paragraphs, examples and options, out: man pages and the reference are written from it.

Help texts are the only source: a paragraph of an epilog is prose, indented lines are shown as they are, and a line that is only a word
and a colon (``examples:``) begins a section.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.entry import CODES, overview
from tfclean.errors import UsageError

HEADING = re.compile(r"(\w[\w ]*):")


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or lines that are shown as they are.

    Attributes:
        lines: its lines; those of a paragraph may be filled anew.
        literal: they are shown as they are.
    """

    lines: tuple[str, ...]
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """An option, or an argument if it has no dashes.

    Attributes:
        names: in the order of help, ``("-o", "--output")``; for an argument the one name that it has there.
        value: what its value is called; empty for a flag.
        help: a sentence.
        choices: all values there are, if they are few.
    """

    names: tuple[str, ...]
    value: str
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a page.

    Attributes:
        title: in small letters, as help writes it.
        texts: first of all.
        options: after them.
    """

    title: str
    texts: tuple[Text, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The manual of a command.

    Attributes:
        name: ``tfclean diff``.
        summary: what it does, in some words.
        usage: as help writes it, without ``usage:``.
        sections: the first is the description.
        others: names of pages to go on with.
    """

    name: str
    summary: str
    usage: str
    sections: tuple[Section, ...]
    others: tuple[str, ...] = ()


def command_page(name: str) -> Page:
    """Give the manual of a command.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in COMMANDS:
        raise UsageError(f'there is no command "{name}"; see tfclean --help')
    parser = load(name).parser()
    described, *after = _sections(parser.epilog or "", "description")
    first = Section("description", (_paragraph((parser.description or "").splitlines()), *described.texts))
    groups = [found for group in parser._action_groups if (found := _group(group)) is not None]
    usage = " ".join((parser.usage or "").split()).replace("%%", "%")
    return Page(parser.prog, COMMANDS[name], usage, (first, *groups, *after), ("tfclean",))


def overview_page() -> Page:
    """Give the manual of tfclean as a whole, from the text of ``tfclean --help``."""
    usage, _, rest = overview().partition("\n\n")
    about, *sections = _sections(rest, "description")
    commands = tuple(Option((name,), "", f"{summary}") for name, summary in COMMANDS.items())
    made = tuple(
        Section("commands", _without_table(section.texts), commands)
        if section.title == "commands"
        else _codes()
        if section.title == "exit codes"
        else section
        for section in sections
    )
    others = tuple(f"tfclean {name}" for name in COMMANDS)
    return Page(
        "tfclean", "clean an OpenStack project of what Terraform left behind", usage.removeprefix("usage: "), (about, *made), others
    )


def _without_table(texts: tuple[Text, ...]) -> tuple[Text, ...]:
    return tuple(text for text in texts if not text.literal)


def _codes() -> Section:
    found = re.findall(r"^ +(\d+)  (.*(?:\n {6,}\D.*)*)", CODES, re.MULTILINE)
    return Section("exit codes", (), tuple(Option((code,), "", " ".join(text.split())) for code, text in found))


def _sections(text: str, title: str) -> Iterator[Section]:
    """Cut a text at its headings; the first section has the given title and may be empty."""
    texts: list[Text] = []
    for block in _blocks(text):
        heading = HEADING.fullmatch(block.lines[0])
        if heading and len(block.lines) == 1 and heading[1] == heading[1].lower():
            yield Section(title, tuple(texts))
            title, texts = heading[1], []
        else:
            texts.append(block)
    yield Section(title, tuple(texts))


def _blocks(text: str) -> Iterator[Text]:
    """Cut a text where a line is empty, or where indented lines begin or end."""
    lines: list[str] = []
    indented = False
    for line in [*text.splitlines(), ""]:
        if lines and (not line or line.startswith(" ") is not indented or HEADING.fullmatch(lines[-1])):
            yield _literal(lines) if indented else _paragraph(lines)
            lines = []
        if line:
            indented = line.startswith(" ")
            lines.append(line)


def _paragraph(lines: list[str]) -> Text:
    return Text(tuple(lines))


def _literal(lines: list[str]) -> Text:
    least = min(len(line) - len(line.lstrip()) for line in lines)
    return Text(tuple(line[least:] for line in lines), literal=True)


def _group(group: argparse._ArgumentGroup) -> Section | None:
    """Give a group of options; argparse's own first two are one."""
    options = tuple(_option(action) for action in group._group_actions if action.help is not argparse.SUPPRESS)
    texts = (_paragraph(group.description.splitlines()),) if group.description else ()
    title = {"positional arguments": "arguments"}.get(group.title or "", group.title or "")
    return Section(title, texts, options) if options or texts else None


def _option(action: argparse.Action) -> Option:
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    if action.nargs == "?" and action.option_strings:
        value = f"[{value}]"
    names = tuple(action.option_strings) or (value,)
    help_ = (action.help or "") % {**vars(action), "prog": ""}
    choices = tuple(map(str, action.choices or ()))
    return Option(names, value if action.option_strings else "", help_, choices)
