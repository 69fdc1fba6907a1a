"""Going back: what a run untied is tied again. In: a plan, and what its journal says was done. Out: commands, as the engine gives them.

Only reversible steps can be taken back, the last one first, each as an equivalent, and only while both its ends are there.
What was deleted stays deleted. Which steps were carried out the journal says; how things stand now a look says.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tfclean.cleanup.folding import calls_of
from tfclean.cleanup.looks import Book
from tfclean.cleanup.messages import Answered, Command, Done, Incoming, ListCommand, Listed, Purpose, SleepUntil, Stop
from tfclean.cleanup.options import Options
from tfclean.cleanup.state import State
from tfclean.cleanup.undoing import AS_BEFORE, Undo, begin_undo, prepared, take_undo_answer
from tfclean.cleanup.work import GONE
from tfclean.kinds.registry import KINDS
from tfclean.model import Event, Inventory, Key, OutcomeKind, Plan

BECAUSE = "it was tied again, as an equivalent"


def reversible(plan: Plan, records: Iterable[Event]) -> list[tuple[Key, int | None]]:
    """Give what a run did, or may have done, that can be taken back and was not yet, the last one first.

    Args:
        plan: of the run.
        records: of the run, in the order in which they were written.

    Returns:
        Objects, each with the index of the preparation that is to be taken back, or None for its step itself; preparations last, for
        what is tied again may need them.
    """
    known = {step.target for step in plan.steps}
    done: dict[tuple[Key, int | None], None] = {}
    for event, status in calls_of(records):
        key = event.target
        if key not in known or key is None:
            continue
        if event.type == "undone":
            if OutcomeKind(event.data.get("outcome", OutcomeKind.FAILED)) in GONE:
                done.pop((key, event.data.get("preparation")), None)
            continue
        # A call that was refused changed nothing; one without an answer may have changed something: the look tells.
        if isinstance(status, int) and not 200 <= status < 300 and status < 500:
            continue
        purpose = event.data.get("purpose")
        if purpose == Purpose.PREPARE:
            done.setdefault((key, int(event.data.get("preparation", 0))))
        elif purpose == Purpose.GO and KINDS[key.kind].undo is not None:
            done.pop((key, None), None)
            done[key, None] = None
        elif purpose == Purpose.GO and isinstance(status, int) and status < 300:
            # Deleted, and what prepared that with it.
            done = {pair: None for pair in done if pair[0] != key}
    last_first = list(reversed(done))
    return [*(pair for pair in last_first if pair[1] is None), *(pair for pair in last_first if pair[1] is not None)]


def plan_back(plan: Plan, records: Iterable[Event]) -> Plan:
    """Give what would be taken back of a run, as a plan to show: its steps in the order in which they would be, and nothing else."""
    steps = {step.target: step for step in plan.steps}
    keys = dict.fromkeys(key for key, _ in reversible(plan, records))
    back = tuple(replace(steps[key], needs=(), parts=()) for key in keys)
    return replace(plan, steps=back, kept=(), gaps=())


class Reversal:
    """Takes back what one run did.

    Args:
        plan: of the run.
        records: what its journal says.
        project: id of the connection's project.
        user: id of the connection's user.
        bounds: calls at once, by service.
        seed: for jitter.
    """

    def __init__(
        self,
        plan: Plan,
        records: Iterable[Event],
        *,
        project: str,
        user: str = "",
        bounds: Mapping[str, int] | None = None,
        seed: int = 0,
    ) -> None:
        records = tuple(records)
        self.state = State(plan, Options(), project, user, seed, bounds or {})
        self.state.continue_numbers(max((int(e.data.get("call", 0)) for e in records), default=0))
        self._todo = [self._undo(key, index) for key, index in reversible(plan, records)]
        self._done: Done | None = None

    def _undo(self, key: Key, index: int | None) -> Undo:
        work = self.state.works[key]
        call = work.kind.undo if index is None else work.kind.prepare[index].undo
        assert call is not None
        return Undo(work, call, index, BECAUSE if index is None else AS_BEFORE)

    @property
    def stopped(self) -> str:
        """Why nothing new may start; empty while it may."""
        return self.state.stopped

    def start(self, inventory: Inventory, taken: float, now: float, *, stop: str = "") -> list[Command]:
        """Begin; the arguments are those of `tfclean.cleanup.engine.Engine.start`."""
        self.state.book = Book.of(inventory, taken)
        self.state.note("started", now, steps=len(self._todo), undo=True)
        if stop:
            self._stop(stop, now)
        return self._advance(now)

    def handle(self, message: Incoming) -> list[Command]:
        """Take in what happened, and give what follows."""
        state, now = self.state, message.time
        if isinstance(message, Answered):
            call = state.close(message.number, now)
            take_undo_answer(state, call, message.answer, message.number, now, todo=self._todo)
            self._todo += [undo for undo in prepared(state.works[call.key]) if undo.pair not in {u.pair for u in self._todo}]
        elif isinstance(message, Listed):
            state.book.listed(message.kind, message.resources, message.error, now)
            state.note("looked", now, kind=message.kind, count=len(message.resources), because=message.error)
        elif isinstance(message, Stop) and not state.stopped:
            self._stop(message.reason, now)
        return self._advance(now)

    def abandon(self, now: float) -> Done:
        """End at once, whatever is in flight."""
        self.state.stopped = self.state.stopped or "interrupted"
        self.state.open.clear()
        self._advance(now)
        assert self._done is not None
        return self._done

    @property
    def asked(self) -> int:
        """How many steps are to be taken back."""
        return len(self._todo)

    def _stop(self, reason: str, now: float) -> None:
        self.state.stopped = reason
        self.state.note("interrupted", now, because=reason)

    def _advance(self, now: float) -> list[Command]:
        state = self.state
        state.wake_at = math.inf
        if not state.stopped and begin_undo(state, self._todo, now):
            state.out.extend(ListCommand(kind) for kind in state.book.due(now))
            wake_at = min(state.wake_at, state.book.next_due())
            if wake_at < math.inf:
                state.out.append(SleepUntil(wake_at))
        elif not state.open and self._done is None:
            self._done = Done((), tuple(state.undone.values()), state.calls, state.refusals, state.stopped)
            state.out.append(self._done)
        out, state.out = state.out, []
        return out
