"""The streams of the process: results on stdout, all else on stderr. Knows which is a terminal, and how it may be used."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tfclean.report.base import Look
    from tfclean.report.listing import Listing

NARROWEST = 40
"""Columns that every report is given at least: in fewer no id has room."""


class Terminal:
    """Standard streams, with what may be done on them.

    Args:
        stdin: where answers come from; the process's by default.
        stdout: for results.
        stderr: for progress, questions and complaints.
    """

    def __init__(self, stdin: TextIO | None = None, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self.stdin = stdin or sys.stdin
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        self.verbose = False
        self.tree = False
        self._colour = True
        for stream in (self.stdout, self.stderr):
            # A name that the terminal's encoding lacks must not end a run.
            if hasattr(stream, "reconfigure"):
                with contextlib.suppress(OSError, ValueError):
                    stream.reconfigure(errors="backslashreplace")

    def settle(self, *, verbose: bool, colour: bool) -> None:
        """Take in what the command line says about output."""
        import logging  # noqa: PLC0415 - not for --help
        import warnings  # noqa: PLC0415

        self.verbose = verbose
        self._colour = colour
        # What libraries have to say beside their errors would stand between our sentences.
        logging.basicConfig(stream=self.stderr, level=logging.WARNING if verbose else logging.CRITICAL + 1, format="%(name)s: %(message)s")
        if not verbose and not sys.warnoptions:
            warnings.simplefilter("ignore")

    @property
    def interactive(self) -> bool:
        """A person can be asked."""
        return _terminal(self.stdin) and _terminal(self.stderr)

    def look(self, stream: TextIO) -> Look:
        """Tell how a report on `stream` is to look."""
        from tfclean.report.base import Look  # noqa: PLC0415 - not for --help

        smart = _terminal(stream) and os.environ.get("TERM") != "dumb"
        return Look(
            width=max(_width(stream) if _terminal(stream) else _wished(), NARROWEST),
            colour=(smart or _on("FORCE_COLOR")) and self._colour and not os.environ.get("NO_COLOR"),
            verbose=self.verbose,
            # A log that a CI system keeps of a terminal would keep every drawing of a display.
            terminal=smart and not _on("CI"),
            tree=self.tree,
        )

    def write(self, text: str) -> None:
        """Write a result. A reader that went away is no error: what is being done goes on."""
        with perhaps_unread():
            self.stdout.write(text)

    def tell(self, text: str) -> None:
        """Write to stderr."""
        with contextlib.suppress(OSError, ValueError):
            self.stderr.write(text)
            self.stderr.flush()

    def listing(self) -> Listing:
        """Give what shows, while everything is listed, how far that is."""
        from tfclean.report.listing import Listing  # noqa: PLC0415 - not for --help

        return Listing(self.stderr, self.look(self.stderr))

    def show_cursor(self) -> None:
        """Give the cursor back that a live display hid."""
        if _terminal(self.stderr):
            self.tell("\x1b[?25h\n")

    def complain(self, sentence: str) -> None:
        """Write one sentence, as every error is told."""
        from tfclean.report.text import safe  # noqa: PLC0415 - not for --help

        # Every error looks alike, whichever room of the house it is from.
        self.tell(f"tfclean: {safe(sentence.strip().removesuffix('.')).replace(chr(92) + 'x0a', ' ')}\n")

    def close(self) -> None:
        """Flush, and leave nothing for the interpreter to complain about."""
        for stream in (self.stdout, self.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                # The reader went away: what is still buffered goes nowhere.
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextlib.contextmanager
def perhaps_unread() -> Iterator[None]:
    """Let it be no error that the reader of a pipe, or the terminal, went away."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            raise


def _terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _on(name: str) -> bool:
    """Tell whether an environment variable asks for something."""
    return os.environ.get(name, "").lower() not in ("", "0", "false", "no")


def _wished() -> int:
    """Give the columns that are asked for where there is no terminal to ask."""
    text = os.environ.get("COLUMNS", "")
    return int(text) if text.isdecimal() and len(text) < 5 and int(text) else 80


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
