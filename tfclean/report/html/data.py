"""Rows in, compact JSON for the page's script out: never longer than a file that a browser opens at ease.

What repeats stands once: words, kinds, places and texts have numbers. A text that differs from row to row in nothing but the row's own
name, id or address has a mark in their place, so that thousands of objects found for one reason have one text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tfclean.model import Drift
from tfclean.report.outline.nouns import Entry
from tfclean.report.text import safe, shorten, value

LIMIT = 4_000_000
"""Bytes of all rows."""

BARE = 3_000_000
"""Bytes of all rows without their details. What goes beyond is only counted; details have the rest, the biggest problems first."""

LONGEST = 400
"""A longer name, text or value is cut in the middle."""

NAME, ID, ADDRESS = "\x01", "\x02", "\x03"
"""Marks for what a row itself is called; no text that is safe to show has these characters."""

ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What HTML would read in JSON."""


class Head(NamedTuple):
    """What stands above a group of rows.

    Attributes:
        title: what they are.
        meaning: what that means.
        open: their details are shown unasked.
    """

    title: str
    meaning: str
    open: bool


class _Numbers:
    """Gives each thing a number, the same to equals, in the order of coming; and counts its own bytes."""

    def __init__(self, *items: Any) -> None:
        self.size = 0
        self._numbers: dict[Any, int] = {}
        for item in items:
            self(item)

    def __call__(self, item: Any) -> int:
        if item not in self._numbers:
            self.size += _length(item)
            self._numbers[item] = len(self._numbers)
        return self._numbers[item]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._numbers)


class Rows:
    """Collects rows, and gives them as JSON that is safe inside HTML.

    Args:
        rows: each with the head of its group, in the order of telling.
        glyph: gives the character for how it stands with an entry.
    """

    def __init__(self, rows: Sequence[tuple[Head, Entry]], glyph: Callable[[Entry], str]) -> None:
        self._words, self._kinds, self._places, self._groups = (_Numbers() for _ in range(4))
        self._texts = _Numbers("")
        self._glyph = glyph
        self._total = len(rows)
        self._own = 0
        self._rows: list[list[Any]] = []
        for head, entry in rows:
            row = self._bare(head, entry)
            if not self._fits(row, BARE):
                break
            self._rows.append(row)
        for row, (_, entry) in zip(self._rows, rows, strict=False):
            details = self._details(entry)
            if details and not self._fits(details, LIMIT):
                break
            row.extend([details] if details else [])

    @property
    def listed(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def json(self) -> str:
        """Give all of it."""
        words = list(self._words)
        document = {
            "total": self._total,
            "words": [word for word, _, _ in words],
            "states": [state for _, state, _ in words],
            "marks": [mark for _, _, mark in words],
            "kinds": list(self._kinds),
            "places": list(self._places),
            "groups": list(self._groups),
            "texts": list(self._texts),
            "rows": self._rows,
        }
        return _written(document)

    def _fits(self, item: Any, limit: int) -> bool:
        self._own += _length(item)
        return self._own + sum(n.size for n in (self._words, self._kinds, self._places, self._groups, self._texts)) <= limit

    def _bare(self, head: Head, entry: Entry) -> list[Any]:
        return [
            self._groups((brief(head.title), brief(head.meaning), int(head.open))),
            self._words((safe(entry.word), entry.state.value, self._glyph(entry))),
            self._kinds(safe(entry.noun)),
            brief(named(entry)),
            brief(entry.id) if entry.id != named(entry) else "",
            self._places(brief(entry.place)),
            entry.depth,
        ]

    def _details(self, entry: Entry) -> dict[str, Any]:
        made: dict[str, Any] = {
            "a": [brief(a) for a in entry.addresses],
            "d": [_change(drift) for drift in entry.drift],
            "r": [[self._text(r.text, entry), self._text(r.source, entry)] for r in entry.reasons],
            "n": [self._text(note, entry) for note in entry.notes],
        }
        return {name: items for name, items in made.items() if items}

    def _text(self, text: str, entry: Entry) -> int:
        """Number a text, with marks where it names its own row."""
        own = [(ADDRESS, entry.addresses[0] if entry.addresses else ""), (ID, entry.id), (NAME, entry.name)]
        shown = brief(text)
        for mark, part in own:
            # What was cut in its row would be cut in the text too.
            if len(part) > 2 and len(safe(part)) <= LONGEST:
                shown = shown.replace(safe(part), mark)
        return self._texts(shown)


def named(entry: Entry) -> str:
    """Give what a row is called."""
    return entry.title or entry.id or entry.noun or entry.word


def brief(text: str) -> str:
    """Make a text safe to show, and cut it where it is too long."""
    return shorten(safe(text), LONGEST)


def shown(item: Any) -> str:
    """Show a value, before or after."""
    return value(item, LONGEST)


def _change(drift: Drift) -> list[str]:
    return [brief(drift.attribute), *(() if drift.sensitive else (shown(drift.before), shown(drift.after)))]


def _written(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def _length(item: Any) -> int:
    return len(_written(item).encode(errors="replace")) + 1
