"""Lines and rows in, text on a stream out: indented, wrapped, aligned. Knows nothing about documents.

Prose is wrapped at the page's width. Ids and addresses are never broken, for they are there to be copied: what does not fit
beside the name goes below it. A name without end is cut; its id tells it apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console
from rich.text import Text

from tfclean.report.base import Look
from tfclean.report.text import cells, safe, shorten

WORD = re.compile(r"(\S+)\s*")
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


def breaks(text: str, width: int) -> list[int]:
    """Give the places at which `text` is broken into lines of `width` cells: behind blanks only, however long a word is."""
    out, used = [], 0
    for word in WORD.finditer(text):
        if used and used + cells(word[1]) > width:
            out.append(word.start())
            used = 0
        used += cells(word[0])
    return out


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
        self._plain = None if look.colour or look.terminal else stream

    def _put(self, line: Text) -> None:
        # Without colour nothing of a line is rich's affair, which takes longer than all else for thousands of them.
        if self._plain is not None:
            self._plain.write(f"{line.plain}\n")
        else:
            self.console.print(line, soft_wrap=True)

    def gap(self) -> None:
        """Write an empty line."""
        self._put(Text())

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write one line that is never broken by us, for what is to be copied."""
        self._put(Text(" " * indent + safe(text), style))

    def prose(self, text: str, style: str = "", indent: int = 0) -> None:
        """Write text, wrapped and indented as a whole; what has no blank is not broken."""
        self._wrapped(Text(safe(text), style), indent)

    def hanging(self, first: str, text: str, style: str = "") -> None:
        """Write text beside what stands before its first line, wrapped below itself."""
        lines = self._folded(Text(safe(text)), cells(first)) or [Text()]
        for number, line in enumerate(lines):
            self._put(Text(first, style) + line[cells(first) :] if number == 0 else line)

    def _wrapped(self, text: Text, indent: int = 0) -> None:
        for line in self._folded(text, indent):
            self._put(line)

    def _folded(self, text: Text, indent: int) -> list[Text]:
        if text.plain.isascii() and len(text.plain) <= max(min(self.width, WIDEST) - indent, 20):
            text.rstrip()
            return [Text(" " * indent) + text]
        out = []
        for line in text.divide(breaks(text.plain, max(min(self.width, WIDEST) - indent, 20))):
            line.rstrip()
            out.append(Text(" " * indent) + line)
        return out

    def head(self, title: str, rest: str = "", style: str = "bold") -> None:
        """Write the head of a list, after an empty line."""
        self.gap()
        self._wrapped(Text.assemble((safe(title), style), f": {safe(rest)}" if rest else ""))

    def rows(self, rows: Sequence[Row]) -> None:
        """Write a list with its columns aligned: mark, noun, name, id, and the address where there is room beside them."""
        for lines in self.drawn(rows):
            for line in lines:
                self._put(line)

    def blocks(self, blocks: Sequence[Sequence[Row]], room: int) -> tuple[int, int]:
        """Write as many blocks of rows as fit into `room` lines, columns aligned over all that are written, and at least one.

        Returns:
            How many blocks were written, and how many lines.
        """
        shown, used = 0, 0
        for block in blocks:
            more = sum(len(lines) for lines in self.drawn(block))
            if used + more > room and shown:
                break
            shown += 1
            used += more
        self.rows([row for block in blocks[:shown] for row in block])
        return shown, used

    def drawn(self, rows: Sequence[Row]) -> list[list[Text]]:
        """Draw a list: the lines of each row."""
        full = min(self.width, WIDEST)
        nouns = max((cells(safe(r.noun)) + 2 * r.depth for r in rows), default=0)
        ids = max((len(safe(r.id)) for r in rows if len(r.id) <= len("3f2504e0-4f89-11d3-9a0c-0305e82c3301")), default=0)
        room = full - 4 - nouns - 2 - ids - 2
        names = min(max((n for r in rows if (n := cells(safe(r.name))) <= room), default=0), max(room, 0))
        return [self._row(row, nouns, names, ids) for row in rows]

    def _row(self, row: Row, nouns: int, names: int, ids: int) -> list[Text]:
        full = min(self.width, WIDEST)
        indent = 4 + 2 * row.depth
        name, noun = shorten(safe(row.name), full - indent), safe(row.noun)
        id_ = safe(row.id) if row.id != row.name else ""  # a keypair's name is its id
        start = Text("  " + "  " * row.depth)
        start.append(f"{row.mark} ", row.colour)
        start.append(noun + " " * (nouns - cells(noun) - 2 * row.depth), row.colour)
        addresses = [safe(address) for address in row.addresses]
        out = [start]
        if cells(name) <= names and 4 + nouns + 2 + names + 2 + len(id_) <= full:
            start.append(f"  {name}{' ' * (names - cells(name))}  ")
            start.append(id_, "dim")
            beside = 4 + nouns + 2 + names + 2 + ids + 2
            if len(addresses) == 1 and len(id_) <= ids and beside + cells(addresses[0]) <= self.width:
                start.append(" " * (ids - len(id_)) + f"  {addresses.pop()}")
        else:
            # A name that has no room beside the noun is told below it.
            if cells(start.plain) + 2 + cells(name) > full:
                out.append(Text(" " * indent + name))
            else:
                start.append(f"  {name}")
            if id_:
                out.append(Text(" " * indent + id_, "dim"))
        start.rstrip()
        out += [Text(" " * indent + address) for address in addresses]
        for note in row.notes:
            out += self._folded(Text(safe(note), "dim"), indent)
        return out
