"""Records of two clouds in, what differs out, as a table that people can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.conformance.telling import Record


@dataclass(frozen=True)
class Difference:
    """One value that is not the same in both clouds.

    Attributes:
        story: file and name of the story.
        call: which of its calls, with its number.
        where: path of the value in the record.
        real: what the lab answered.
        simulated: what the other one did.
    """

    story: str
    call: str
    where: str
    real: Any
    simulated: Any


@dataclass(frozen=True)
class Known:
    """A difference that stays, and why.

    Attributes:
        where: regular expression for the whole path of the value.
        why: the reason.
        call: regular expression that begins the call; any call by default.
        story: of this story only; of any by default.
    """

    where: str
    why: str
    call: str = ""
    story: str = ""

    def covers(self, difference: Difference) -> bool:
        """Tell whether it is this difference."""
        call = difference.call.partition(" ")[2]
        return (
            self.story in ("", difference.story)
            and re.match(self.call, call) is not None
            and re.fullmatch(self.where, difference.where) is not None
        )


ABSENT = "(absent)"


def differences(story: str, real: Sequence[Record], simulated: Sequence[Record]) -> list[Difference]:
    """Compare what two clouds answered to one story, call by call."""
    out: list[Difference] = []
    for number in range(max(len(real), len(simulated))):
        one = real[number] if number < len(real) else {}
        two = simulated[number] if number < len(simulated) else {}
        call = f"{number + 1} {one.get('call') or two.get('call')}"
        found = [Difference(story, call, where, a, b) for where, a, b in _apart("", one, two)]
        # Where the statuses differ, all the rest follows from that.
        out += [d for d in found if d.where in ("status", "error")] or found
    return out


def _apart(where: str, one: Any, two: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted(one.keys() | two.keys()):
            yield from _apart(f"{where}.{key}" if where else key, one.get(key, ABSENT), two.get(key, ABSENT))
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two) and any(isinstance(i, dict) for i in one):
        for a, b in zip(one, two, strict=True):
            yield from _apart(where, a, b)
    elif one != two:
        yield where, one, two


def unexplained(found: Iterable[Difference], known: Sequence[Known]) -> tuple[list[Difference], list[Known]]:
    """Give the differences that nobody knows, and the known ones that were not found."""
    left: list[Difference] = []
    used: set[Known] = set()
    for difference in found:
        fitting = [k for k in known if k.covers(difference)]
        used.update(fitting)
        if not fitting:
            left.append(difference)
    return left, [k for k in known if k not in used]


def table(found: Iterable[Difference], other: str = "simulator") -> str:
    """Show differences: each story once, each call once, each value on a line."""
    lines: list[str] = []
    story = call = ""
    for d in found:
        if d.story != story:
            story, call = d.story, ""
            lines.append(f"\n{story}")
        if d.call != call:
            call = d.call
            lines.append(f"  {call}")
        lines.append(f"    {d.where}: lab {_short(d.real)} | {other} {_short(d.simulated)}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 160 else text[:159] + "…"
