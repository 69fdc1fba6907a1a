"""Seconds since the epoch: virtual ones that move when told, or real ones. The world is never asked what time it is otherwise."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

START = datetime(2026, 12, 1, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> float:
        """Give seconds since the epoch."""
        ...


class VirtualClock:
    """Time that stands still until it is moved."""

    def __init__(self, start: float = START) -> None:
        self._now = start

    def now(self) -> float:
        """Give seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on.

        Args:
            seconds: at least 0: the world's time never goes back.
        """
        self._now += max(0.0, seconds)


class RealClock:
    """The time of the day, for a demo that people look at."""

    def now(self) -> float:
        """Give seconds since the epoch."""
        return time.time()
