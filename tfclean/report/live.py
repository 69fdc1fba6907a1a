"""Lines in, a display on a terminal that redraws itself out."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from typing import TextIO, cast

from rich.live import Live
from rich.text import Text

from tfclean.report.base import Look
from tfclean.report.console.page import console
from tfclean.report.text import shorten


class _Forgiving(io.TextIOBase):
    """A stream that swallows what its reader no longer takes: rich would end the process then, in the middle of a deletion."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str, /) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        return True


def _size(stream: TextIO) -> tuple[int, int] | None:
    """Give columns and lines of a terminal; None if it does not tell."""
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return None
    return (columns, lines) if columns > 0 and lines > 0 else None


class LiveLines:
    """A display that redraws itself in place, above which lines that stay scroll away.

    Args:
        stream: the terminal.
        look: its width and colour.
        lines: gives what is to be shown now.
    """

    def __init__(self, stream: TextIO, look: Look, lines: Callable[[], list[str]]) -> None:
        self._lines = lines
        self._width = look.width
        self._stream = stream
        self._console = console(cast("TextIO", _Forgiving(stream)), look)
        self._live = Live(
            console=self._console,
            get_renderable=self._drawn,
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _drawn(self) -> Text:
        # The terminal may have become another size; a line that it breaks would be counted as one, and never taken away.
        columns, rows = _size(self._stream) or (self._width, 25)
        self._console.width = columns
        return Text("\n".join(shorten(part, columns - 1) for part in self._lines()[: max(rows - 1, 1)]))

    def show(self, line: str) -> None:
        """Write a line above the display, to stay."""
        if line:
            self._console.print(Text(line))

    def stop(self) -> None:
        """Take the display away."""
        self._live.stop()
