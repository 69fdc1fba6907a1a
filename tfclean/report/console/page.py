"""Lines and rows in, text on a stream out: indented, wrapped, aligned. Knows nothing about documents.

Prose is wrapped at the page's width. Ids and addresses are never broken, for they are there to be copied: what does not fit
beside the name goes below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tfclean.report.base import Look
from tfclean.report.text import safe

WIDEST = 120
"""Longer lines of prose than this are tiring to read, however wide the terminal is."""


def console(stream: TextIO, look: Look) -> Console:
    """Make rich's console for `stream`: no markup, no emoji codes, no guessed highlights, colour only if `look` says so."""
    return Console(
        file=stream,
        width=look.width,
        force_terminal=look.terminal,
        color_system="standard" if look.colour else None,
        no_color=not look.colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One object in a list.

    Attributes:
        mark: one character before it.
        noun: what it is.
        name: what it is called, unescaped.
        id: its id, unescaped; empty if it has none.
        colour: style of mark and noun.
        depth: how deep it is nested.
        notes: lines below it, unescaped: prose.
        addresses: lines below it, unescaped: never broken.
    """

    mark: str
    noun: str
    name: str
    id: str
    colour: str = ""
    depth: int = 0
    notes: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Page:
    """A stream with a width.

    Args:
        stream: where the lines go.
        look: width and colour.
    """

    def __init__(self, stream: TextIO, look: Look) -> None:
        self.console = console(stream, look)
        self.width = look.width

    def gap(self) -> None:
        """Write an empty line."""
        self.console.print()

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write one line that is never broken by us, for what is to be copied."""
        self.console.print(Text(" " * indent + safe(text), style), soft_wrap=True)

    def prose(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write text, wrapped and indented as a whole."""
        self._wrapped(Text(safe(text), style), indent)

    def _wrapped(self, text: Text, indent: int = 0) -> None:
        for line in text.wrap(self.console, max(min(self.width, WIDEST) - indent, 20), overflow="fold"):
            line.rstrip()
            self.console.print(Text(" " * indent) + line, soft_wrap=True)

    def head(self, title: str, rest: str = "", style: str = "bold") -> None:
        """Write the head of a list, after an empty line."""
        self.gap()
        self._wrapped(Text.assemble((safe(title), style), f": {safe(rest)}" if rest else ""))

    def rows(self, rows: Sequence[Row]) -> None:
        """Write a list with its columns aligned: mark, noun, name, id."""
        nouns = max((cell_len(safe(r.noun)) + 2 * r.depth for r in rows), default=0)
        ids = max((len(safe(r.id)) for r in rows if len(r.id) <= len("3f2504e0-4f89-11d3-9a0c-0305e82c3301")), default=0)
        room = min(self.width, WIDEST) - 4 - nouns - 2 - ids - 2
        names = min(max((cell_len(safe(r.name)) for r in rows if cell_len(safe(r.name)) <= room), default=0), max(room, 0))
        for row in rows:
            self._row(row, nouns, names)

    def _row(self, row: Row, nouns: int, names: int) -> None:
        name, id_, noun = safe(row.name), safe(row.id), safe(row.noun)
        start = Text("  " + "  " * row.depth)
        start.append(f"{row.mark} ", row.colour)
        start.append(noun + " " * (nouns - cell_len(noun) - 2 * row.depth), row.colour)
        indent = 4 + 2 * row.depth
        full = min(self.width, WIDEST)
        fits = cell_len(name) <= names and 4 + nouns + 2 + names + 2 + len(id_) <= full
        if fits:
            start.append(f"  {name}{' ' * (names - cell_len(name))}  ")
            start.append(id_, "dim")
            start.rstrip()
            self.console.print(start, soft_wrap=True)
        else:
            if cell_len(start.plain) + 2 + cell_len(name) > full:
                # A name that has no room beside the noun is told below it, whole.
                start.rstrip()
                self.console.print(start, soft_wrap=True)
                self.line(row.name, "", indent)
            else:
                start.append(f"  {name}")
                start.rstrip()
                self.console.print(start, soft_wrap=True)
            if id_:
                self.line(row.id, "dim", indent)
        for address in row.addresses:
            self.line(address, "", indent)
        for note in row.notes:
            self.prose(note, "dim", indent)
