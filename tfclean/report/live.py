"""Lines in, a display on a terminal that redraws itself out."""

from __future__ import annotations

import contextlib
import io
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
        self._live = Live(
            console=console(cast("TextIO", _Forgiving(stream)), look),
            get_renderable=self._drawn,
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _drawn(self) -> Text:
        return Text("\n".join(shorten(part, self._width - 1) for part in self._lines()))

    def show(self, line: str) -> None:
        """Write a line above the display, to stay."""
        if line:
            self._live.console.print(Text(line))

    def stop(self) -> None:
        """Take the display away."""
        self._live.stop()
