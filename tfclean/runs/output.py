"""Files that a command writes its output to in; what they hold shown as it grows, and the times at which it came kept, out.

The command has the files themselves and no pipe of ours: a pipe whose reader was killed would end Terraform at its next line, before
it has written its state.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tfclean.runs.folder import Folder
from tfclean.terraform.runs import STREAMS, TIMES

ALIVE = 30.0
"""Seconds after which a time is kept although nothing was printed: that long the run has lasted at least."""
_PIECE = 256 * 1024

Show = Callable[[str, bytes], None]
"""Takes the name of a stream and a piece of it."""


class Output:
    """The output of one command.

    Args:
        folder: the directory of the run.
        show: takes what was printed, as soon as it is there.

    Attributes:
        files: descriptors for the command to write to: stdout, stderr.
    """

    def __init__(self, folder: Folder, show: Show) -> None:
        self._show = show
        self.files = tuple(folder.create(name) for name in STREAMS)
        self._read = [os.open(folder.path / name, os.O_RDONLY | os.O_CLOEXEC) for name in STREAMS]
        self._sizes = [0, 0]
        self._times = folder.create(TIMES)
        self._marked = time.monotonic()

    def pump(self) -> bool:
        """Show what is new; tell whether anything was."""
        moved = False
        for at, name in enumerate(STREAMS):
            if piece := os.read(self._read[at], _PIECE):
                self._sizes[at] += len(piece)
                # The time first: if we are killed in between, it was there all the same.
                self._mark(at)
                self._show(name, piece)
                moved = True
        if time.monotonic() - self._marked >= ALIVE:
            self._mark(0)
        return moved

    def close(self) -> None:
        """Show the rest, and let go of all files."""
        while self.pump():
            pass
        for descriptor in (*self.files, *self._read, self._times):
            os.close(descriptor)

    def _mark(self, at: int) -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        os.write(self._times, f"{now} {STREAMS[at]} {self._sizes[at]}\n".encode())
        self._marked = time.monotonic()
