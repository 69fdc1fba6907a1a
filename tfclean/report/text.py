"""Text from the cloud and from files in; text that is safe to show and easy to read out.

Nobody checks what a server is called. A name can hold a terminal escape, a line break or a right-to-left override that makes
one object look like another, so everything that was not written by us goes through `safe` before a person sees it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tfclean.kinds.registry import KINDS, noun
from tfclean.model import Key

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
"""Unicode categories that draw nothing, move the cursor, change the direction, break the line, or look like the one blank."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol by their category, which draw nothing all the same."""
_MARKS = frozenset({"Mn", "Me"})
"""Unicode categories that are drawn onto the character before them."""
MOST_MARKS = 4
"""No script needs more marks than this on one character; more of them run into the lines above and below."""
MOST_VALUES = 8
"""As many members of a list are shown that came or went."""
LONGEST_NAME = 80
"""Longer names than this, in cells of a terminal, are cut in a sentence; nothing else is told by a name alone."""


def safe(text: object) -> str:
    r"""Escape what a terminal would obey instead of show.

    Control characters, bidirectional overrides, zero-width and other formatting characters, blanks other than the plain one, line and
    paragraph separators, surrogates, unassigned code points, and marks without end on one character become ``\xNN``, ``\uNNNN`` or
    ``\UNNNNNNNN``. All else stays as it is; brackets too, because no report reads markup from text.
    """
    string = str(text)
    if string.isascii() and string.isprintable():
        return string
    out: list[str] = []
    marks = MOST_MARKS  # there is nothing yet that a mark could stand on
    for character in string:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        hidden = character != " " and (category in _HIDDEN or character in _BLANK)
        out.append(_escape(character) if hidden or marks > MOST_MARKS else character)
    return "".join(out)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def value(item: Any, limit: int = 60) -> str:
    """Show an attribute's value on one line, as JSON, cut in the middle when it is longer than `limit`."""
    return shorten(safe(json.dumps(item, ensure_ascii=False, sort_keys=True, default=str)), limit)


def change(attribute: str, before: Any, after: Any) -> Iterator[str]:
    """Show a change in as many lines as it has parts: members of an object one by one, of a list as taken out and put in."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}, key=str):
            if before.get(name) != after.get(name):
                yield from change(f"{attribute}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        gone, new = [i for i in before if i not in after], [i for i in after if i not in before]
        parts = [f"without {_values(gone)}"] if gone else []
        parts += [f"with {_values(new)}"] if new else []
        yield f"{safe(attribute)}: {joined(parts) or 'in another order'}"
    else:
        yield f"{safe(attribute)}: {value(before)} -> {value(after)}"


def _values(items: list[Any]) -> str:
    told = [value(item) for item in items[:MOST_VALUES]]
    return ", ".join(told) + (f" and {len(items) - MOST_VALUES} more" if len(items) > MOST_VALUES else "")


def cells(text: str) -> int:
    """Give how many columns of a terminal `text` takes: Chinese, Japanese and Korean characters and emoji take two, marks none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - its tables take time to load, and most names are ASCII

    return cell_len(text)


def shorten(text: str, limit: int) -> str:
    """Cut `text` in the middle to `limit` cells at most, so that both ends can still be told apart from others."""
    if cells(text) <= limit:
        return text
    if limit <= 3:
        return "..."[: max(limit, 0)]
    tail = max((limit - 3) // 3, 1) if limit > 4 else 0
    return f"{_first(text, limit - 3 - tail)}...{_last(text, tail)}"


def _first(text: str, limit: int) -> str:
    """Give as much of the beginning of `text` as `limit` cells hold."""
    end = 0
    while end < len(text) and cells(text[: end + 1]) <= limit:
        end += 1
    return text[:end]


def _last(text: str, limit: int) -> str:
    """Give as much of the end of `text` as `limit` cells hold; it begins with no mark that lost its character."""
    start = len(text)
    while start and cells(text[start - 1 :]) <= limit:
        start -= 1
    while start < len(text) and unicodedata.category(text[start]) in _MARKS:
        start += 1
    return text[start:]


def quantity(count: int, singular: str, plural: str = "") -> str:
    """Say how many: ``1 step``, ``2 steps``."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def many(kind: str, count: int) -> str:
    """Say how many objects of `kind`: ``1 floating IP``, ``2 security groups``; kinds of other services too."""
    known = KINDS.get(kind)
    return known.many(count) if known else quantity(count, safe(noun(kind)))


def by_kind(kinds: Iterable[str], most: int = 0) -> str:
    """Count objects by kind, most frequent first: ``12 ports, 3 servers and 1 network``; of more kinds than `most`, the rest together."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    line = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = line[: most - 1] if 0 < most < len(line) else line
    rest = sum(n for _, n in line[len(named) :])
    return joined([*(many(kind, n) for kind, n in named), *([quantity(rest, "other")] if rest else [])])


def joined(parts: list[str], last: str = "and") -> str:
    """Join as people do: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def titled(key: Key, name: str = "") -> str:
    """Name an object in a sentence: ``port worker-1 (3f2c...)``, or ``port 3f2c...`` if it has no name."""
    called = shorten(safe(name), LONGEST_NAME)
    return f"{safe(noun(key.kind))} {called} ({safe(key.id)})" if name and name != key.id else f"{safe(noun(key.kind))} {safe(key.id)}"


def nearby(path: str) -> str:
    """Show a path as it is seen from here, if it lies here."""
    here = f"{Path.cwd()}/"
    return path.removeprefix(here) if path.startswith(here) else path


def moment(time: datetime | None) -> str:
    """Show a time in UTC to the second; nothing for what has none."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if time else ""


def duration(seconds: float) -> str:
    """Show a duration as people say it: ``8s``, ``2m 5s``, ``1h 3m``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60}s"
    return f"{whole // 3600}h {whole % 3600 // 60}m"
