"""Whose turn it is. In: the steps, and which of them just moved. Out: those that may have something to do, the longest path first.

Were every step asked after every answer, a run would cost the square of its steps. After a list or a tick all of them are asked; after an
answer that was as expected only the step itself, those that it lets go, and the next in line for the slot that it gave back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush

from tfclean.cleanup.state import State
from tfclean.cleanup.work import Work
from tfclean.model import Key


class Turns:
    """The order in which steps get a turn.

    Args:
        state: of the engine.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._line: list[Work] = []
        self._known = -1
        self._ended = 0
        self._queues: dict[str, list[tuple[int, int, Work]]] = defaultdict(list)
        self._count = 0
        self._eased: dict[Key, list[Key]] = defaultdict(list)
        for work in state.works.values():
            for key in work.step.after:
                self._eased[key].append(work.key)

    def everyone(self) -> list[Work]:
        """Give all steps, and forget who stood in line for a slot; most of those that have ended are left out."""
        state = self._state
        self._queues.clear()
        if self._known != len(state.works):
            self._line = sorted(state.works.values(), key=lambda w: -state.heights.get(w.key, 0))
            self._known = len(state.works)
        if 2 * (len(state.ended) - self._ended) > len(self._line):
            self._line = [w for w in self._line if w.outcome is None]
            self._ended = len(state.ended)
        return self._line

    def queue(self, work: Work) -> None:
        """Let a step that lacks nothing but a slot of its service stand in line for one."""
        self._count += 1
        heappush(self._queues[work.kind.service], (-self._state.heights.get(work.key, 0), self._count, work))

    def after(self, work: Work, now: float) -> Iterator[Work]:
        """Give the steps that may move because `work` did; more than one may be asked while this goes on.

        Args:
            work: its call was accepted.
            now: the time.
        """
        state = self._state
        moved = [work]
        while moved:
            here = moved.pop()
            yield here
            if here is work or here.outcome is not None:
                moved += [state.works[key] for key in (*here.dependents, *self._eased[here.key]) if state.works[key].outcome is None]
        queue = self._queues[work.kind.service]
        while queue and state.pressure(work.kind).free(now):
            yield heappop(queue)[2]
