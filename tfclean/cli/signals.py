"""Signals in, a flag for the runner out: once means "start nothing new", twice means "stop at once"."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

PATIENCE = 2.0
"""Seconds within which "at once" has to be."""

STOPPING = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """An interrupt that signals set. As a context manager it catches them; outside of it they act as usual.

    Args:
        tell: shows a person one sentence.
        leave: puts the terminal in order before the process ends at once.

    Attributes:
        level: 0 go on; 1 start nothing new; 2 do not wait for calls in flight either.
    """

    def __init__(self, tell: Callable[[str], None], leave: Callable[[], None] = lambda: None) -> None:
        self._tell = tell
        self._leave = leave
        self.level = 0
        self._before: dict[signal.Signals, Any] = {}

    def is_set(self) -> bool:
        """Tell whether the run shall start nothing new."""
        return self.level > 0

    def __enter__(self) -> Stop:
        for number in STOPPING:
            self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.level += 1
        if self.level == 1:
            self._tell("tfclean: stopping: nothing new is started; once more stops at once\n")
        elif self.level == 2:
            # Time to say how to go on; threads that sit in a call would hold the process for minutes. The journal is on disk anyway.
            signal.signal(signal.SIGALRM, self._end)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        else:
            self._end()

    def _end(self, *_: object) -> None:
        self._leave()
        os._exit(130)


def terminate(number: int, frame: FrameType | None) -> None:
    """Take SIGTERM as Ctrl-C while nothing is being changed."""
    del number, frame
    raise KeyboardInterrupt
