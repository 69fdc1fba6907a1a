"""The real clock and the real threads of the runner. Tests have others."""

from __future__ import annotations

import time
from concurrent.futures import Executor, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

SHORTEST_NAP = 0.2
"""Seconds after which a sleeping runner looks for an interrupt."""


class RealMachine:
    """Wall clock that never runs backwards, and a pool of threads."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """Give the time in POSIX seconds."""
        return time.monotonic() + self._offset

    def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
        """Give the next item of `inbox`, or None when it is `until`, or sooner."""
        try:
            return inbox.get(timeout=max(0.0, min(until - self.now(), SHORTEST_NAP)))
        except Empty:
            return None

    def pool(self, workers: int) -> Executor:
        """Give what runs at most `workers` requests at once."""
        return ThreadPoolExecutor(workers, thread_name_prefix="tfclean")
