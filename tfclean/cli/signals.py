"""Signals in, a flag for the runner out: once means "start nothing new", twice means "stop at once"."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

PATIENCE = 2.0
"""Seconds within which "at once" has to be."""

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
            # Who was started with nohup is to outlive the terminal.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        del frame
        if number == signal.SIGHUP and self.level:
            return  # a terminal that goes away may say so more than once, and nobody sits there who is impatient
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


def end_as_interrupted() -> None:
    """Let SIGTERM, and the terminal's going away, be what Ctrl-C is while nothing is being changed."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _terminate)


def _terminate(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
