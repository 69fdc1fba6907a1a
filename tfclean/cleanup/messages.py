"""What goes into the engine and what comes out of it. Times are POSIX seconds; the engine itself has no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tfclean.kinds.base import Call
from tfclean.model import Answer, Event, Key, Outcome, Resource


class Purpose(StrEnum):
    """What a call is for."""

    GO = "go"  # deletes or unties the object
    PREPARE = "prepare"  # makes it deletable
    REPAIR = "repair"  # tries to free what is stuck
    UNDO = "undo"  # takes a reversible step back


@dataclass(frozen=True, slots=True)
class Answered:
    """A call came back.

    Attributes:
        number: of the `CallCommand`.
        answer: what came back.
        time: when.
    """

    number: int
    answer: Answer
    time: float


@dataclass(frozen=True, slots=True)
class Listed:
    """A list came back.

    Attributes:
        kind: that was listed.
        resources: all of that kind.
        error: why the list failed; empty if it is whole.
        time: when.
    """

    kind: str
    resources: tuple[Resource, ...]
    error: str
    time: float


@dataclass(frozen=True, slots=True)
class Tick:
    """It is `time`."""

    time: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Start nothing new.

    Attributes:
        reason: why, in words.
        time: when.
    """

    reason: str
    time: float


Incoming = Answered | Listed | Tick | Stop


@dataclass(frozen=True, slots=True)
class CallCommand:
    """Make this call, after its intent is on disk.

    Attributes:
        number: comes back with the answer.
        target: the object it changes.
        call: the request.
        fields: values for its templates.
        revision: for ``If-Match``; None for an unconditional call.
        intent: what to record before.
    """

    number: int
    target: Key
    call: Call
    fields: Mapping[str, Any]
    revision: int | None
    intent: Event


@dataclass(frozen=True, slots=True)
class ListCommand:
    """List all objects of `kind`."""

    kind: str


@dataclass(frozen=True, slots=True)
class SleepUntil:
    """Nothing more happens before `time`, unless an answer or a list comes."""

    time: float


@dataclass(frozen=True, slots=True)
class Note:
    """Record and report `event`."""

    event: Event


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to do, or nothing more shall be begun.

    Attributes:
        outcomes: one for each step, in the plan's order.
        undone: reversible steps that were taken back, or could not be.
        calls: how many requests changed, or tried to change, the cloud.
        refusals: how many of those the services refused.
        stopped: why it ended before its end; empty if it did not.
    """

    outcomes: tuple[Outcome, ...]
    undone: tuple[Outcome, ...]
    calls: int
    refusals: int
    stopped: str = ""


Command = CallCommand | ListCommand | SleepUntil | Note | Done
