"""Taking reversible steps back. In: the state, and what has to be taken back. Out: undo calls, and what became of them.

Before each call there is a look: what is tied already is not tied twice, and what has lost one of its ends cannot be tied.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tfclean.cleanup.equivalents import equivalent, kinds_needed, missing_ends, whole
from tfclean.cleanup.looks import LAG
from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.recording import record
from tfclean.cleanup.state import State
from tfclean.cleanup.work import OpenCall, Work, called
from tfclean.kinds.base import Call
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer, Key, Outcome, OutcomeKind

TRIES = 5
LOOK_AGAIN = 1.0
"""Seconds before the next look at what may be shown as it was."""
AS_BEFORE = "it was made as it was before"


@dataclass(frozen=True, slots=True)
class Undo:
    """One call that takes something back.

    Attributes:
        work: the step that did it.
        call: what takes it back.
        preparation: index of the preparation that it takes back; None: the step itself.
        because: what to say when it is done.
    """

    work: Work
    call: Call
    preparation: int | None
    because: str

    @property
    def fields(self) -> Mapping[str, Any]:
        """Values for the templates of the call."""
        return {**self.work.step.attributes, **self.work.fields, "id": self.work.key.id}

    @property
    def pair(self) -> tuple[Key, int | None]:
        """What it takes back, by object and index of the preparation."""
        return self.work.key, self.preparation

    @property
    def whole(self) -> Key:
        """What the step's preparations change."""
        return whole(self.work.key.kind, self.work.key, self.fields)


def in_vain(state: State) -> list[Undo]:
    """Give what was done for nothing, the last one first: something needed it, and nothing that did is gone.

    Behind that stand preparations of what stays, for what is tied again may need them.
    """
    ties: list[Undo] = []
    preparations: list[Undo] = []
    for key in reversed(state.ended):
        work = state.works[key]
        outcome = work.outcome
        untied = work.called and outcome is not None and outcome.outcome is OutcomeKind.DELETED
        in_need = bool(work.dependents) and not any(state.works[k].gone for k in work.dependents)
        if work.kind.undo is not None and untied and in_need:
            ties.append(Undo(work, work.kind.undo, None, "what it was untied for stays, so it was tied again as an equivalent"))
        preparations += prepared(work)
    return ties + preparations


def prepared(work: Work) -> list[Undo]:
    """Give what takes back a step's preparations: unless its object is gone, and always if they changed what a tie is a part of."""
    if work.gone and not work.kind.tie:
        return []
    because = "what it is a part of stays, so that was made as it was before" if work.kind.tie else f"it stays, so {AS_BEFORE}"
    return [Undo(work, work.kind.prepare[index].undo, index, because) for index in sorted(work.prepared | work.unsure, reverse=True)]


def begin_undo(state: State, todo: Sequence[Undo], now: float) -> bool:
    """Start, or wait with, what has to be taken back next; tell whether anything is still to be done.

    One at a time, the last one done first: what was untied later may need what was untied before.
    """
    for undo in todo:
        if undo.pair in state.undone:
            continue
        if state.open or not _looked(state, undo, now):
            return True
        reason, kind = _obstacle(state, undo)
        if kind is not None and _may_be_old(state, undo):
            undo.work.not_before = now + LOOK_AGAIN
            state.wake(undo.work.not_before)
            return True
        if kind is not None:
            _put_down(state, undo, kind, reason, now)
            continue
        work = undo.work
        if state.may_call(work.kind, state.serial(work, undo.call, undo.fields), now):
            index = _to_prepare(state, undo)
            if index is not None:
                state.issue(work, work.kind.prepare[index].call, Purpose.PREPARE, now, revision=None, preparation=index)
            else:
                _issue(state, undo, now)
        return True
    return False


def _looked(state: State, undo: Undo, now: float) -> bool:
    """Tell whether everything that matters was looked at after the last change of it; if not, see to it."""
    work = undo.work
    changed = state.released.get(state.serial(work, undo.call, undo.fields), -math.inf)
    after = max(work.not_before, changed + work.kind.lag)
    if after > now:
        state.wake(after)
        return False
    ready = True
    for kind in sorted(_kinds(undo)):
        if state.book.seen(kind, after) is not None:
            continue
        hopeless = state.book.given_up(kind, now)
        if hopeless:
            because = f"it should be taken back, and {KINDS[kind].plural or KINDS[kind].noun + 's'} cannot be listed: {hopeless}"
            _put_down(state, undo, OutcomeKind.FAILED, because, now)
            state.wake(now)
            return False
        state.book.want(kind, now)
        ready = False
    return ready


def _may_be_old(state: State, undo: Undo) -> bool:
    """Tell whether a list that shows things as they were before may not have heard of the change yet."""
    work = undo.work
    shown = undo.whole if undo.preparation is not None else work.key
    since = state.book.started(shown.kind) - state.released.get(state.serial(work, undo.call, undo.fields), -math.inf)
    return since < LAG and shown.id in (state.book.seen(shown.kind) or {})


def _kinds(undo: Undo) -> frozenset[str]:
    return kinds_needed(undo.work.key.kind) if undo.preparation is None else frozenset({undo.whole.kind})


def _issue(state: State, undo: Undo, now: float) -> None:
    """Make the call that takes something back; what it takes from a whole that is live is as that is now."""
    work, revision = undo.work, None
    row = (state.book.seen(undo.whole.kind) or {}).get(undo.whole.id)
    if undo.preparation is None and work.kind.renew is not None and row is not None:
        name, value = work.kind.renew
        work.fields = {**work.fields, name: value(row, undo.fields)}
        revision = row.revision
    state.issue(work, undo.call, Purpose.UNDO, now, revision=revision, preparation=undo.preparation)


def _to_prepare(state: State, undo: Undo) -> int | None:
    """Give the preparation without which what takes a tie back would be refused too."""
    if undo.preparation is not None:
        return None
    row = (state.book.seen(undo.whole.kind) or {}).get(undo.whole.id)
    return next((i for i, p in enumerate(undo.work.kind.prepare) if row and row.attributes.get(p.when[0]) == p.when[1]), None)


def _obstacle(state: State, undo: Undo) -> tuple[str, OutcomeKind | None]:
    """Say why nothing is to be called, and what that makes of the undo; no kind if the call is to be made."""
    work = undo.work
    if undo.preparation is not None:
        live = (state.book.seen(undo.whole.kind) or {}).get(undo.whole.id)
        field, value = work.kind.prepare[undo.preparation].when
        if live is None:
            return "it is gone, so there is nothing to take back", OutcomeKind.ALREADY_GONE
        return ("it is as it was before", OutcomeKind.ALREADY_GONE) if live.attributes.get(field) == value else ("", None)
    rows = state.book.seen(work.key.kind) or {}
    live = rows.get(work.key.id)
    there = equivalent(work.kind, undo.fields, rows.values())
    if there is not None:
        return "it is tied, as it was before", OutcomeKind.DELETED if work.tries else OutcomeKind.ALREADY_GONE
    if live is not None:
        return "it is tied to something else now", OutcomeKind.SKIPPED
    gone = list(missing_ends(work.key.kind, undo.fields, lambda key: key.id in (state.book.seen(key.kind) or {})))
    if gone:
        names = " and ".join(called(key, state.works[key].step.name if key in state.works else "") for key in gone)
        return f"it cannot be tied again: {names} {'is' if len(gone) == 1 else 'are'} gone", OutcomeKind.SKIPPED
    return "", None


def take_undo_answer(state: State, call: OpenCall, answer: Answer, number: int, now: float, *, todo: Sequence[Undo]) -> None:
    """Take in how an undo went."""
    work = state.works[call.key]
    record(state, call, answer, number, now)
    status = answer.status
    preparation = call.preparation if call.purpose is Purpose.UNDO else None
    undo = next(u for u in todo if u.pair == (work.key, preparation))
    if status is not None and 200 <= status < 300:
        work.tries = 0
        if call.purpose is Purpose.PREPARE:
            state.did(work, call.preparation)
        else:
            _put_down(state, undo, OutcomeKind.DELETED, undo.because, now)
        return
    # Whether a call without an answer was carried out, the look before the next one tells.
    if (status is None or status >= 500) and call.purpose is Purpose.PREPARE and call.preparation is not None:
        work.unsure.add(call.preparation)
    if (status is None or status in (400, 409, 412, 429) or status >= 500) and work.tries < TRIES:
        work.tries += 1
        pause = state.backoff(work.tries, answer.retry_after)
        work.not_before = now + (max(work.kind.lag, pause) if status is None or status >= 500 else pause)
        return
    said = f"answer {status}" if status is not None else f"no answer: {answer.error}"
    meant = "have been tied again" if preparation is None else "be as it was before"
    _put_down(state, undo, OutcomeKind.FAILED, f"it should {meant}, and that failed ({said}); look at it", now)


def _put_down(state: State, undo: Undo, kind: OutcomeKind, because: str, now: float) -> None:
    work = undo.work
    work.tries = 0
    state.undone[undo.pair] = Outcome(work.key, work.step.name, kind, because)
    state.note("undone", now, work.key, outcome=kind.value, because=because, preparation=undo.preparation)
