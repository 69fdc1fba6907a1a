"""A log as some CI kept it in, the lines as Terraform printed them out: without colours, prefixes and boxes, with times if any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line that are read; only a state dumped into a machine log comes near."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_PREFIXES = (
    re.compile(rf"\[?(?P<time>{_TIME})\]?(?: [0-9a-f]{{2}}[OE](?:\+| |$)| |$)"),  # GitHub; GitLab adds a stream; Jenkins
    re.compile(rf"[^\t]*\t[^\t]*\t\ufeff?(?={_TIME})"),  # `gh run view --log`: job, step, line
    re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,6})? (?:(?:STDOUT|STDERR|INFO|ERROR) +)?(?:\[[^\]]*\] )?(?:(?:terraform|tofu)(?:\.exe)?: )?"),
    re.compile(r"\[[^\[\]\"]{1,80}\] (?!=)"),  # [pipeline], [build 3], [modules/vpc]
    re.compile(r"[\w.-]{1,60} +\| "),  # docker compose
)
_STREAM = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]{8,18}Z ([0-9a-f]{2}[OE])([ +])")
"""GitLab's stamp (the timestamper of its runner): a plus goes on with the line before of the same stream, cut at 8 KiB or a redraw."""

_SECTION = re.compile(r"section_(?:start|end):(\d{9,10}):")
_BOX = re.compile(r"^[ \t]*[│|╷╵┃](?: |$)|^[╷╵]")
_MOST_PREFIXES = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Attributes:
        text: the line as Terraform printed it, without its end.
        number: place in the file, from 1.
        time: when the CI says that it was printed, timezone aware; None where it does not say.
        mark: for GitLab's line between sections, which holds nothing else: when the one ends or the other begins.
    """

    text: str
    number: int
    time: datetime | None = None
    mark: datetime | None = None


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time, with what Go and CI systems do to it; times without a zone are UTC.

    Args:
        text: such as ``2026-11-23T00:10:22.04667758Z`` or ``2026-11-23 00:59:19 +0000 UTC``.

    Returns:
        The moment, timezone aware; None if `text` is no time, or one at which no run was, such as Go's zero time.
    """
    text = text.strip().removesuffix(" UTC").replace(",", ".").replace(" +", "+").replace(" -", "-")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1990 < found.year < 2200:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def clean(raw: str, number: int) -> Iterator[Line]:
    """Take off everything that is not Terraform's.

    Args:
        raw: a line as the file has it.
        number: its place in the file.

    Yields:
        One line for each part that a carriage return redraws; empty parts are left out unless the whole line is empty.
    """
    text = raw.rstrip("\r\n").removeprefix("\ufeff")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    parts = [part for part in text.split("\r") if part] if "\r" in text else [text]
    time: datetime | None = None
    for part in parts or [""]:
        rest, found = _unprefixed(part)
        time = found or time
        section = _SECTION.match(rest)
        mark = datetime.fromtimestamp(int(section[1]), UTC) if section else None
        yield Line(_CONTROL.sub("", _BOX.sub("", rest)), number, time, mark)


def _unprefixed(text: str) -> tuple[str, datetime | None]:
    time: datetime | None = None
    for _ in range(_MOST_PREFIXES):
        for prefix in _PREFIXES:
            match = prefix.match(text)
            if match and match.end():
                text = text[match.end() :]
                if "time" in match.groupdict():
                    time = time or moment(match["time"])
                break
        else:
            break
    return text, time


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Read a log line by line, however long it is.

    Args:
        stream: open for reading bytes; UTF-8, or UTF-16 with a byte order mark as PowerShell's ``>`` writes it.

    Yields:
        Every line, cleaned; bytes that are no text are replaced.
    """
    start = stream.readline(LONGEST_LINE)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # UTF-16 cannot be cut at byte 0x0A: such logs are small, for only consoles write them.
        text = (start + stream.read(LONGEST_LINE)).decode("utf-16", "replace")
        for number, line in enumerate(text.split("\n"), 1):
            yield from clean(line, number)
        return
    for raw, number in _joined(start, stream):
        yield from clean(raw.decode("utf-8", "replace"), number)


def _joined(raw: bytes, stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Give the lines of a file, those that GitLab's runner cut into pieces in one again."""
    pieces: list[bytes] = []
    size, number, begun, of = 0, 0, 0, b""
    while raw:
        number += 1
        stamp = _STREAM.match(raw)
        if stamp and stamp[2] == b"+" and stamp[1] == of and size + len(raw) <= LONGEST_LINE:
            pieces[-1] = pieces[-1].rstrip(b"\n")
            pieces.append(raw[stamp.end() :])
        else:
            if pieces:
                yield b"".join(pieces), begun
            pieces, size, begun, of = [raw], 0, number, stamp[1] if stamp else b""
        size += len(raw)
        raw = stream.readline(LONGEST_LINE)
    if pieces:
        yield b"".join(pieces), begun
