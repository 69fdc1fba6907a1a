"""What a journal says of a run that ended before its end. In: the state and the records. Out: the state, as far as records go.

Only what changed the cloud is taken from a journal. What was blocked, failed or skipped is tried afresh: people resume after
they have removed what was in the way. What is live is always looked at, never believed.
"""

from __future__ import annotations

from collections.abc import Iterable

from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.state import Phase, State
from tfclean.model import Action, Event, Outcome, OutcomeKind


def fold(state: State, records: Iterable[Event], now: float) -> None:
    """Put the steps where the records left them.

    Args:
        state: with no step begun.
        records: in the order in which they were written.
        now: the time.
    """
    intents: dict[int, Event] = {}
    numbers = 0
    for event in records:
        number = int(event.data.get("call", 0))
        numbers = max(numbers, number)
        if event.type == "intent":
            intents[number] = event
        elif event.type in ("answered", "lost"):
            intent = intents.pop(number, None)
            if intent is not None:
                _answered(state, intent, event.data.get("status"), now)
        elif event.type == "undone" and event.target in state.works:
            step = state.works[event.target].step
            outcome = OutcomeKind(event.data.get("outcome", OutcomeKind.FAILED))
            state.undone.append(Outcome(step.target, step.name, outcome, str(event.data.get("because", ""))))
    for intent in intents.values():
        _answered(state, intent, None, now)
    state.continue_numbers(numbers)


def _answered(state: State, intent: Event, status: object, now: float) -> None:
    work = state.works.get(intent.target) if intent.target else None
    if work is None:
        return
    if intent.data.get("purpose") == Purpose.UNDO:
        if status is None:
            state.lost_undos.add(work.key)
        return
    accepted = isinstance(status, int) and 200 <= status < 300
    if intent.data.get("purpose") == Purpose.PREPARE:
        if accepted:
            work.prepared.add(int(intent.data.get("preparation", 0)))
        return
    if work.step.action is Action.WAIT:
        work.deleting = True
    if accepted:
        work.called = True
        if work.kind.asynchronous:
            work.phase, work.deadline = Phase.AFTER, now + work.kind.grace
    elif status is None or (isinstance(status, int) and status >= 500):
        # Neither done nor undone: what is under way gets time to come to its end before the look that counts.
        work.called = True
        work.phase = Phase.BEFORE
        work.not_before = work.fresh_after = now + work.kind.lag
