"""Virtual time: requests take as long as the world says, and nobody sleeps."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any

START = 1_760_000_000.0


class VirtualMachine(Executor):
    """Clock and pool in one. A task runs at the moment at which its request would reach the cloud."""

    def __init__(self, seed: int = 0, latency: float = 0.1) -> None:
        self.time = START
        self.latency = latency
        self._random = random.Random(seed)
        self._tasks: list[tuple[float, int, Callable[[], Any]]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self.time

    def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
        while inbox.empty():
            if self._tasks and self._tasks[0][0] <= until:
                at, _, task = heapq.heappop(self._tasks)
                self.time = max(self.time, at)
                task()
            else:
                assert until < math.inf, "the runner waits, and nothing will ever happen"
                self.time = max(self.time, until)
                return None
        return inbox.get()

    def pool(self, workers: int) -> Executor:
        del workers
        self._tasks.clear()
        return self

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        at = self.time + self.latency * (0.5 + self._random.random())
        heapq.heappush(self._tasks, (at, next(self._count), lambda: fn(*args, **kwargs)))
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        pass
