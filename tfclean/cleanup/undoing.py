"""Taking reversible steps back whose purpose failed. In: the state, when all steps have ended. Out: undo calls, and what became of them."""

from __future__ import annotations

from tfclean.cleanup.answering import record
from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.state import OpenCall, State, Work
from tfclean.kinds.base import Call
from tfclean.model import Answer, Key, Outcome, OutcomeKind

TRIES = 5


def in_vain(state: State, work: Work) -> bool:
    """Tell whether a tie was removed for nothing: something needed that, and nothing that did is gone."""
    outcome = work.outcome
    if work.kind.undo is None or outcome is None or outcome.outcome is not OutcomeKind.DELETED or not work.called:
        return False
    return bool(work.dependents) and not any(state.works[key].gone for key in work.dependents)


def begin_undo(state: State, now: float) -> bool:
    """Start, or wait with, what has to be taken back next; tell whether anything is still to be done.

    One at a time, the last one done first: what was untied later may need what was untied before.
    """
    done = {outcome.target for outcome in state.undone}
    todo = [(work, call, index) for work, call, index in _todo(state) if work.key not in done]
    if not todo or state.open:
        return bool(todo)
    work, call, index = todo[0]
    if work.not_before > now:
        state.wake(work.not_before)
    elif state.may_call(work.kind, state.serial(work, call, {**work.step.attributes, **work.fields, "id": work.key.id}), now):
        state.issue(work, call, Purpose.UNDO, now, revision=None, preparation=index)
    return True


def _todo(state: State) -> list[tuple[Work, Call, int | None]]:
    out: list[tuple[Work, Call, int | None]] = []
    for key in reversed(state.ended):
        work = state.works[key]
        if in_vain(state, work) and work.kind.undo is not None:
            out.append((work, work.kind.undo, None))
        elif not work.gone and work.prepared:
            index = max(work.prepared)
            out.append((work, work.kind.prepare[index].undo, index))
    return out


def take_undo_answer(state: State, call: OpenCall, answer: Answer, number: int, now: float) -> None:
    """Take in how an undo went."""
    work = state.works[call.key]
    record(state, call, answer, number, now)
    status = answer.status
    # After a lost answer, a service that refuses to tie what is tied already says that the lost call was carried out.
    if status is not None and (200 <= status < 300 or (status in (400, 409) and call.key in state.lost_undos)):
        _put_down(state, work.key, OutcomeKind.DELETED, "what it was untied for stays, so it was tied again as an equivalent", now)
        return
    if status is None:
        state.lost_undos.add(call.key)
    if (status is None or status in (409, 429) or status >= 500) and work.tries < TRIES:
        work.tries += 1
        work.not_before = now + state.backoff(work.tries, answer.retry_after)
        return
    said = f"answer {status}" if status is not None else f"no answer: {answer.error}"
    _put_down(state, work.key, OutcomeKind.FAILED, f"it should have been tied again, and that failed ({said}); look at it", now)


def _put_down(state: State, key: Key, kind: OutcomeKind, because: str, now: float) -> None:
    work = state.works[key]
    state.undone.append(Outcome(key, work.step.name, kind, because))
    state.note("undone", now, key, outcome=kind.value, because=because)
