"""What a journal says of a run that ended before its end. In: the state and the records. Out: the state, as far as records go.

Only what changed the cloud is taken from a journal. What was blocked, failed or skipped is tried afresh: people resume after
they have removed what was in the way. What is live is always looked at, never believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.state import State
from tfclean.cleanup.work import GONE, Phase
from tfclean.model import Action, Event, Outcome, OutcomeKind


def fold(state: State, records: Iterable[Event], now: float) -> None:
    """Put the steps where the records left them.

    Args:
        state: with no step begun.
        records: in the order in which they were written.
        now: the time.
    """
    numbers = 0
    for event, status in calls_of(records):
        numbers = max(numbers, int(event.data.get("call", 0)))
        if event.type == "intent":
            _answered(state, event, status, now)
        elif event.target in state.works:
            _undone(state, event)
    state.continue_numbers(numbers)


def calls_of(records: Iterable[Event]) -> Iterator[tuple[Event, object]]:
    """Give the calls of a run and what was taken back, in the order in which they ended.

    Args:
        records: in the order in which they were written.

    Yields:
        An intent with the status of its answer (None if there was none, or nobody knows), or an ``undone`` event with None.
    """
    intents: dict[int, Event] = {}
    for event in records:
        number = int(event.data.get("call", 0))
        if event.type == "intent":
            intents[number] = event
        elif event.type in ("answered", "lost"):
            intent = intents.pop(number, None)
            if intent is not None:
                yield intent, event.data.get("status")
        elif event.type == "undone":
            yield event, None
        elif event.type == "started":
            # A run before this one was killed: nobody hears of its calls any more.
            yield from ((intent, None) for intent in intents.values())
            intents.clear()
    yield from ((intent, None) for intent in intents.values())


def _undone(state: State, event: Event) -> None:
    assert event.target is not None
    work = state.works[event.target]
    outcome = OutcomeKind(event.data.get("outcome", OutcomeKind.FAILED))
    preparation = event.data.get("preparation")
    if outcome not in GONE:
        return
    state.undone[work.key, preparation] = Outcome(work.key, work.step.name, outcome, str(event.data.get("because", "")))
    if preparation is None:
        # What was tied again is as it was before its step.
        work.called, work.phase, work.deadline = False, Phase.BEFORE, None
    else:
        work.prepared.discard(preparation)
        work.unsure.discard(preparation)


def _answered(state: State, intent: Event, status: object, now: float) -> None:
    work = state.works.get(intent.target) if intent.target else None
    if work is None:
        return
    if intent.data.get("purpose") in (Purpose.UNDO, Purpose.REPAIR):
        return  # whether it was carried out, a look tells before the next one
    accepted = isinstance(status, int) and 200 <= status < 300
    if intent.data.get("purpose") == Purpose.PREPARE:
        preparation = int(intent.data.get("preparation", 0))
        if accepted:
            state.did(work, preparation)
        elif status is None or (isinstance(status, int) and status >= 500):
            work.unsure.add(preparation)
        return
    if work.step.action is Action.WAIT:
        work.deleting = True
    if accepted:
        work.called = True
        state.did(work, None)
        if work.kind.asynchronous:
            work.phase, work.deadline, work.accepted_at = Phase.AFTER, now + work.kind.grace, now
    elif status is None or (isinstance(status, int) and status >= 500):
        # Neither done nor undone: what is under way gets time to come to its end before the look that counts.
        work.called = True
        work.phase = Phase.BEFORE
        work.not_before = work.fresh_after = now + work.kind.lag
