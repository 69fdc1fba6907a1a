"""One step while it is carried out, and the calls made for it. Data only: `tfclean.cleanup.state` says what is shared between steps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tfclean.cleanup.messages import Purpose
from tfclean.kinds.base import Call, Kind
from tfclean.kinds.registry import noun as noun_of
from tfclean.model import Key, Outcome, OutcomeKind, Step

GONE = frozenset({OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE})


class Phase(StrEnum):
    """Where a step stands."""

    BEFORE = "before"  # its call is still to be made
    CALLING = "calling"  # its call is under way
    AFTER = "after"  # its call was accepted: the object is going
    ENDED = "ended"


@dataclass(slots=True)
class Inquiry:
    """A refusal whose blockers are looked for.

    Attributes:
        since: only looks asked for after this count.
        kinds: kinds to look at.
        named: keys that the refusal named; the kind is empty where it did not say.
    """

    since: float
    kinds: frozenset[str]
    named: tuple[Key, ...]


@dataclass(slots=True)
class Work:
    """One step, while it is carried out.

    Attributes:
        step: what the plan says.
        kind: declaration of its object.
        needs: what is not gone yet.
        dependents: steps that need it, also those that no longer wait.
        phase: where it stands.
        fresh_after: looks asked for earlier do not count.
        not_before: nothing happens before.
        deadline: end of the present wait.
        accepted_at: when the service took its call.
        awaited_since: when it began to wait for OpenStack to take the object away.
        called: a call was made that may have taken the object away.
        deleting: a wait whose object OpenStack left behind, so that it is deleted.
        prepared: preparations that were made, by index.
        unsure: preparations that may have been made: no answer came.
        fields: values for the templates of its calls, as last seen.
        refused_since: when the first of the present refusals came.
        refusal: what the last one said.
        inquiry: blockers that are being looked for.
        attempts: repairs that were tried, by index and object, with what became of them.
        tries: calls that were not carried out for reasons of transport or load.
        stalls: accepted deletions that came to an end without success.
        outcome: how it ended.
    """

    step: Step
    kind: Kind
    needs: set[Key]
    dependents: set[Key] = field(default_factory=set)
    phase: Phase = Phase.BEFORE
    fresh_after: float = -math.inf
    not_before: float = -math.inf
    deadline: float | None = None
    accepted_at: float | None = None
    awaited_since: float | None = None
    called: bool = False
    deleting: bool = False
    prepared: set[int] = field(default_factory=set)
    unsure: set[int] = field(default_factory=set)
    fields: dict[str, Any] = field(default_factory=dict)
    refused_since: float | None = None
    refusal: str = ""
    inquiry: Inquiry | None = None
    attempts: dict[tuple[int, str], str] = field(default_factory=dict)
    tries: int = 0
    stalls: int = 0
    outcome: Outcome | None = None

    @property
    def key(self) -> Key:
        """The object."""
        return self.step.target

    @property
    def gone(self) -> bool:
        """Tell whether the object is gone."""
        return self.outcome is not None and self.outcome.outcome in GONE

    @property
    def called_name(self) -> str:
        """Name the object for people."""
        return called(self.key, self.step.name)


@dataclass(slots=True)
class OpenCall:
    """A call under way.

    Attributes:
        key: the object.
        purpose: what it is for.
        call: the request.
        path: with the templates filled in.
        started: when.
        serial: what no other call may change meanwhile.
        preparation: index of the preparation it is or undoes, or of the repair; None for others.
        on: id of the object that is called.
    """

    key: Key
    purpose: Purpose
    call: Call
    path: str
    started: float
    serial: str
    preparation: int | None
    on: str = ""


def called(key: Key, name: str) -> str:
    """Name an object for people."""
    noun = noun_of(key.kind)
    return f"{noun} {name} ({key.id})" if name and name != key.id else f"{noun} {key.id}"
