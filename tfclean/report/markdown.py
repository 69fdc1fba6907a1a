"""Outlines in, Markdown out: short, for a comment on a merge request or for a step's summary in CI.

What comes from the cloud or from files stands in code spans, word by word where it is part of a sentence: there nothing is read as
Markdown, HTML, a link, a mention, a reference or an emoji, neither by CommonMark nor by what GitHub and GitLab do to its output.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TypeVar

from tfclean.model import Gap, GapKind
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.outline.report import OutlineReport
from tfclean.report.text import change, moment, safe, shorten

MOST = 20
"""More entries of a section than this are counted, unless verbose."""

REASONS = 2
"""More reasons of one entry than this are left out, unless verbose."""

LINES = 5
"""More lines for a shell that do one thing are counted."""

LONGEST = 400
"""A longer name, address or sentence is cut in the middle."""

LIMIT = 60_000
"""Bytes of a document. A comment on GitHub takes 65,536 characters, its step summary 1 MiB, a note on GitLab 1,000,000 characters."""

FRAME = 400
"""Bytes that a section takes besides its entries."""

WORD = re.compile(r"\(?(?![a-f]{7,}\b)(?:[A-Za-z]+(?:['-][A-Za-z]+)*|\d{1,6})\)?[.:,;]?")
"""A word that is itself wherever it stands: letters, or a short number; nothing that could name a commit."""

BEGINNING = re.compile(r"\d+[.)]")
"""A word that begins a list where it stands first."""

AROUND = re.compile(r"(\(?)(.*?\S)(\)?[.,:;]?)")
"""What stands in a code span, and the punctuation around it."""

MARKS = {State.BAD: "❌", State.OPEN: "❔", State.GOOD: "✅", State.DUE: "➡️", State.ASIDE: "▫️"}

Item = TypeVar("Item")


class MarkdownReport(OutlineReport):
    """Markdown for GitHub and GitLab."""

    def write(self, outline: Outline) -> None:
        """Write one document."""
        head, foot = "".join(_head(outline)), "".join(_foot(outline))
        blocks = [
            (s, f"<b>{_html(s.title)} ({len(s.entries)})</b>{f': {_html(s.meaning)}' if s.meaning else ''}") for s in self._told(outline)
        ]
        gaps = [g for g in outline.gaps if self.look.verbose or g.kind is not GapKind.NO_SERVICE]
        room = LIMIT - _size(head + foot) - FRAME * (len(blocks) + 1)
        body: list[str] = []
        for section, title in blocks:
            notes = "".join(f"{prose(note)}\n\n" for note in section.notes)
            unfolded = section.state is State.BAD and not body
            body.append(self._folded(title, notes, section.entries, partial(self._entry, section.name), room, unfolded=unfolded))
            room -= _size(body[-1])
        if gaps:
            body.append(self._folded(f"<b>Not known ({len(gaps)})</b>: what could not be read or listed", "", gaps, _gap, room))
        self.stream.write(f"{head}{''.join(body)}{foot}".rstrip("\n") + "\n")

    def _told(self, outline: Outline) -> list[Section]:
        """Give the sections that are listed."""
        return [s for s in outline.sections if self.look.verbose or not s.quiet]

    def _folded(
        self, title: str, notes: str, items: Sequence[Item], told: Callable[[Item], str], room: int, *, unfolded: bool = False
    ) -> str:
        """Tell what fits, below a title that folds it away, and count the rest."""
        parts = []
        left = room - _size(notes)
        if left < 0:
            notes, left = "", room
        for item in items if self.look.verbose else items[:MOST]:
            part = told(item)
            left -= _size(part)
            if left < 0:
                break
            parts.append(part)
        rest = len(items) - len(parts)
        more = f"\n… and {rest} more; `-o json=FILE` or `-o html=FILE` has all of them.\n" if rest else ""
        return f"<details{' open' if unfolded else ''}><summary>{title}</summary>\n\n{notes}{''.join(parts)}{more}\n</details>\n\n"

    def _entry(self, expected: str, entry: Entry) -> str:
        indent = "  " * entry.depth
        word = "" if entry.word == expected.replace("_", " ") else f"{prose(entry.word)}:"
        named = [code(entry.title) if entry.title else "", f"({code(entry.id)})" if entry.id and entry.id != entry.title else ""]
        lines = [f"{indent}- {' '.join(p for p in (word, prose(entry.noun), *named) if p)}"]
        lines += [f"{indent}  - {code(a)}" for a in entry.addresses if a != entry.title]
        lines += [f"{indent}  - {line}" for line in _changes(entry)]
        reasons = [f"{prose(r.text)}{f' ({code(r.source)})' if r.source else ''}" for r in entry.reasons]
        told = [*reasons, *(prose(n) for n in entry.notes)]
        lines += [f"{indent}  - {line}" for line in (told if self.look.verbose else told[:REASONS])]
        return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Put `text` in a code span, in which nothing is read as anything."""
    shown = shorten(safe(text), LONGEST)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if not shown.strip() or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else ""


def prose(text: str) -> str:
    """Write a sentence: plain words as they are, runs of others in code spans, with the punctuation around a run left outside."""
    out: list[str] = []
    for odd, run in groupby((w for w in safe(text)[: LONGEST * 4].split(" ") if w), key=lambda word: not WORD.fullmatch(word)):
        words = list(run)
        if not out and BEGINNING.fullmatch(words[0]):
            out.append(code(words.pop(0)))
        out += [_quoted(" ".join(words))] if odd else words
    return " ".join(out)


def _quoted(text: str) -> str:
    around = AROUND.fullmatch(text)
    assert around, "there is a word in it"
    before, inside, after = around.groups()
    return f"{before}{code(inside)}{after}"


def _html(text: str) -> str:
    """Write a title inside HTML, in which there are no code spans."""
    words = (word if WORD.fullmatch(word) else f"<code>{html.escape(word)}</code>" for word in safe(text).split(" ") if word)
    return " ".join(words)


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _head(outline: Outline) -> Iterator[str]:
    yield f"### {MARKS[outline.state]} tfclean {prose(outline.context.command)}\n\n{prose(outline.sentence)}\n\n"
    yield f"{', '.join([*(f'{name} {code(text)}' for name, text in outline.where), moment(outline.context.time)])}\n\n"
    for name, text in outline.facts:
        yield f"{prose(name[:1].upper() + name[1:])}: {prose(text)}\n\n"
    if outline.counts:
        yield f"| {outline.label} | Number |\n|:--|--:|\n"
        for word, number, state in outline.counts[:MOST]:
            yield f"| {MARKS[state]} {prose(word)} | {number} |\n"
        rest = outline.counts[MOST:]
        yield f"| … | {sum(n for _, n, _ in rest)} |\n\n" if rest else "\n"


def _foot(outline: Outline) -> Iterator[str]:
    for text, commands in outline.advice[: MOST // 2]:
        lines = [
            *(f"- {code(line)}\n" for line in commands[:LINES]),
            *([f"- … and {len(commands) - LINES} more\n"] if commands[LINES:] else []),
        ]
        yield f"{prose(text)} {code(commands[0])}\n\n" if len(commands) == 1 else f"{prose(text)}\n\n{''.join(lines)}\n"


def _changes(entry: Entry) -> Iterator[str]:
    for drift in entry.drift:
        if drift.sensitive:
            yield f"{code(drift.attribute)}: changed, sensitive, values withheld"
        else:
            yield from (code(line) for line in change(drift.attribute, drift.before, drift.after))


def _gap(gap: Gap) -> str:
    return f"- {gap.kind.value}: {code(gap.subject)}: {prose(gap.reason)}\n"
