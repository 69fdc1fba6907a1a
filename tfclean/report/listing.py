"""How many kinds are listed in, a line on a terminal that says so until there is something to tell out. Nothing elsewhere.

A callback: pass it as ``on_list``.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from tfclean.report.base import Look
from tfclean.report.progress import NARROWEST
from tfclean.report.text import duration, quantity

if TYPE_CHECKING:
    from tfclean.report.live import LiveLines


class Listing:
    """Shows how far the list of everything is. Use it as a context manager.

    Args:
        stream: where it is shown.
        look: whether that is a terminal, and how wide it is.
        clock: gives seconds.
    """

    def __init__(self, stream: TextIO, look: Look, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._look = look
        self._clock = clock
        self._begun: float | None = None
        self._done = self._total = 0
        self._live: LiveLines | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def __call__(self, done: int, total: int) -> None:
        """Take in how far it is."""
        self._done, self._total = done, total
        self._begun = self._clock() if self._begun is None else self._begun
        if self._live is None and self._look.terminal and self._look.width >= NARROWEST:
            with contextlib.suppress(OSError, ValueError):
                # Rich is needed on a terminal only, and costs a tenth of a second.
                from tfclean.report.live import LiveLines  # noqa: PLC0415

                self._live = LiveLines(self._stream, self._look, self.lines)

    def lines(self) -> list[str]:
        """Give the display: ``listing the project: 12 of 29 kinds, 3s``."""
        what = f"listing the project: {self._done} of {quantity(self._total, 'kind')}" if self._total else "logging in"
        return [f"{what}, {duration(self._clock() - (self._begun or 0.0))}"]

    def stop(self) -> None:
        """Take the display away: what comes next is told in its place."""
        live, self._live = self._live, None
        if live is not None:
            with contextlib.suppress(OSError, ValueError):
                live.stop()
