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
    re.compile(rf"\[?(?P<time>{_TIME})\]?(?: \d\d[OE](?:\+| |$)| |$)"),  # GitHub; GitLab adds stream and a "+" for continued lines; Jenkins
    re.compile(rf"[^\t]*\t[^\t]*\t\ufeff?(?={_TIME})"),  # `gh run view --log`: job, step, line
    re.compile(r"\d\d:\d\d:\d\d(?:\.\d{1,6})? (?:(?:STDOUT|STDERR|INFO|ERROR) +)?(?:\[[^\]]*\] )?(?:(?:terraform|tofu)(?:\.exe)?: )?"),
    re.compile(r"\[[^\[\]\"]{1,80}\] (?!=)"),  # [pipeline], [build 3], [modules/vpc]
    re.compile(r"[\w.-]{1,60} +\| "),  # docker compose
)
_BOX = re.compile(r"^[ \t]*[│|╷╵┃](?: |$)|^[╷╵]")
_MOST_PREFIXES = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Attributes:
        text: the line as Terraform printed it, without its end.
        number: place in the file, from 1.
        time: when the CI says that it was printed, timezone aware; None where it does not say.
    """

    text: str
    number: int
    time: datetime | None = None


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time, with what Go and CI systems do to it; times without a zone are UTC.

    Args:
        text: such as ``2026-11-23T00:10:22.04667758Z`` or ``2026-11-23 00:59:19 +0000 UTC``.

    Returns:
        The moment, timezone aware; None if `text` is no time, or Go's zero time.
    """
    text = text.strip().removesuffix(" UTC").replace(",", ".").replace(" +", "+").replace(" -", "-")
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    if found.year < 1990:
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
        yield Line(_CONTROL.sub("", _BOX.sub("", rest)), number, time)


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
    number = 0
    while start:
        number += 1
        yield from clean(start.decode("utf-8", "replace"), number)
        start = stream.readline(LONGEST_LINE)
