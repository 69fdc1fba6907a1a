"""How many calls one service gets at once. In: how calls ended. Out: whether another one may start."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOW = 15.0
"""Seconds after which an answer counts as a sign that the service has too much to do."""


@dataclass(slots=True)
class Pressure:
    """The bound of one service: starts at `bound`, halves when the service is overloaded, grows back slowly.

    Attributes:
        bound: never more than this many at once.
        allowed: at most this many now.
        busy: calls under way.
        closed_until: the service asked for a pause until then.
    """

    bound: int = 8
    allowed: int = 8
    busy: int = 0
    closed_until: float = -math.inf
    _successes: int = 0
    _halved_at: float = -math.inf

    def free(self, now: float) -> bool:
        """Tell whether a call may start."""
        return self.busy < self.allowed and now >= self.closed_until

    def succeeded(self) -> None:
        """Take in that the service did what it was asked to."""
        self._successes += 1
        if self._successes >= 2 * self.allowed and self.allowed < self.bound:
            self.allowed += 1
            self._successes = 0

    def overloaded(self, now: float, started: float, pause: float) -> None:
        """Take in a sign of overload.

        Args:
            now: when it came.
            started: when the call started that showed it; of one burst only the first call halves the bound.
            pause: seconds that the service asked for; 0 if it did not.
        """
        self.closed_until = max(self.closed_until, now + pause)
        if started > self._halved_at:
            self.allowed = max(1, self.allowed // 2)
            self._halved_at = now
            self._successes = 0
