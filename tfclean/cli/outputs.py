"""What ``-o`` says in, reports on their streams and files out."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tfclean.cli.terminal import Terminal, perhaps_unread
from tfclean.errors import InputError, UsageError
from tfclean.report.base import Context, Look, Report
from tfclean.report.registry import report_class

if TYPE_CHECKING:
    from tfclean.model import Event


@dataclass(frozen=True, slots=True)
class Output:
    """One report.

    Attributes:
        format: its name in the registry.
        path: its file; empty for stdout.
    """

    format: str
    path: str = ""


class Outputs:
    """All reports of one command.

    Args:
        given: values of ``-o``.
        terminal: the process's streams.
        document: what the command writes, by the name of the method of `Report`.
        console: if none of the given outputs goes to stdout, the console does.
        usual: what is given was not asked for now: what has no form for the document is passed over.

    Raises:
        UsageError: an unknown format, one that has no form for the document, two reports for one place, or a file that cannot be
            written: said before anything is done.
    """

    def __init__(self, given: Sequence[str], terminal: Terminal, document: str = "", *, console: bool = True, usual: bool = False) -> None:
        self._terminal = terminal
        every = [Output(*_split(text)) for text in dict.fromkeys(given)]
        lacking = {output: why for output in every if (why := _lacks(report_class(output.format), document))}
        if lacking and not usual:
            output, why = next(iter(lacking.items()))
            raise UsageError(f"-o {output.format}: {why}")
        self._outputs = [output for output in every if output not in lacking]
        if console and all(output.path for output in self._outputs):
            self._outputs.insert(0, Output("console"))
        self._streams: dict[Output, Streamed] = {}
        places = [output.path for output in self._outputs]
        for place in places:
            if places.count(place) > 1:
                raise UsageError(f"two outputs for {place or 'stdout'}; give each of the others a file: -o FORMAT=FILE")
        for output in self._outputs:
            if output.path:
                check_writable(output.path)

    @property
    def console(self) -> bool:
        """Stdout is for people."""
        return any(output.format == "console" and not output.path for output in self._outputs)

    def emit(self, write: Callable[[Report], None], context: Context) -> None:
        """Let `write` write one document in every format.

        Raises:
            InputError: a file cannot be written.
        """
        for output in self._outputs:
            if output in self._streams:
                self._streams.pop(output).end(write, context)
            elif output.path:
                with replacing(output.path) as stream:
                    write(report_class(output.format)(stream, context, Look(verbose=self._terminal.verbose, tree=self._terminal.tree)))
            else:
                self.show(output.format, self._terminal.stdout, write, context)

    def tell(self, event: Event, context: Context) -> None:
        """Write an event to those formats that tell what happens while it does; `emit` writes their last line."""
        for output in self._outputs:
            if report_class(output.format).streams:
                if output not in self._streams:
                    self._streams[output] = Streamed(output, self._terminal)
                self._streams[output].tell(event, context)

    def for_person(self, write: Callable[[Report], None], context: Context) -> None:
        """Let `write` write one document for the person who is asked: on stdout if that is for people, else on stderr."""
        self.show("console", self._terminal.stdout if self.console else self._terminal.stderr, write, context)

    def show(self, name: str, stream: TextIO, write: Callable[[Report], None], context: Context) -> None:
        """Write to a stream whose reader may be gone: what is being done goes on."""
        text = io.StringIO()
        write(report_class(name)(text, context, self._terminal.look(stream)))
        with perhaps_unread():
            stream.write(text.getvalue())
            stream.flush()


class Streamed:
    """A report that is written while things happen: whoever reads it along sees each line at once.

    What cannot be written must not stop a deletion: the error is kept for the end.

    Args:
        output: its format, and its file if it has one; that is written anew.
        terminal: the process's streams.
    """

    def __init__(self, output: Output, terminal: Terminal) -> None:
        self._output, self._terminal = output, terminal
        self._file: TextIO | None = None
        self._error: OSError | None = None
        if output.path:
            try:
                self._file = Path(output.path).open("w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - open until the run's end
            except OSError as error:
                self._error = error

    def tell(self, event: Event, context: Context) -> None:
        """Write an event."""
        self._write(lambda report: report.event(event), context)

    def end(self, write: Callable[[Report], None], context: Context) -> None:
        """Write the last document.

        Raises:
            InputError: the file could not be written, now or before.
        """
        self._write(write, context)
        if self._file is not None:
            try:
                self._file.close()
            except OSError as error:
                self._error = self._error or error
        if self._error is not None:
            raise InputError(f"{self._output.path}: cannot be written: {self._error.strerror}") from self._error

    def _write(self, write: Callable[[Report], None], context: Context) -> None:
        text = io.StringIO()
        write(report_class(self._output.format)(text, context, self._terminal.look(self._terminal.stdout)))
        if not self._output.path:
            with perhaps_unread():
                self._terminal.stdout.write(text.getvalue())
                self._terminal.stdout.flush()
        elif self._file is not None and self._error is None:
            try:
                self._file.write(text.getvalue())
                self._file.flush()
            except OSError as error:
                self._error = error


def _lacks(format_: type[Report], document: str) -> str:
    """Say why a format has no form for a document; empty if it has one."""
    missing = document in Report.few and getattr(format_, document) is getattr(Report, document)
    return format_.lacks.get(document) or (f"it has no form for a {document}; use console, json, markdown or html" if missing else "")


def _split(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if equals and not path:
        raise UsageError(f"-o {text}: a file is missing after the equals sign")
    return name, path


def check_writable(path: str) -> None:
    """Refuse a file that cannot be written, before anything is done.

    Raises:
        UsageError: its directory is missing or closed to us, or it is a directory itself.
    """
    place = Path(path)
    if place.is_dir():
        raise UsageError(f"{path}: is a directory; name a file")
    target = place if place.exists() else place.parent
    if not target.exists():
        raise UsageError(f"{path}: there is no directory {target}")
    if not os.access(target, os.W_OK):
        raise UsageError(f"{path}: may not be written")


class replacing:  # noqa: N801 - a context manager, used like a function
    """A stream whose text replaces the file at `path` when all of it is written; half a file is never seen.

    Args:
        path: the file; a pipe or a device is written directly.
        private: nobody else may read it.

    Raises:
        InputError: it cannot be written.
    """

    def __init__(self, path: str, *, private: bool = False) -> None:
        self._path = Path(path)
        self._private = private
        self._text = io.StringIO()

    def __enter__(self) -> TextIO:
        return self._text

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            try:
                self._replace()
            except OSError as failed:
                raise InputError(f"{self._path}: cannot be written: {failed.strerror}") from failed

    def _replace(self) -> None:
        if self._path.exists() and not self._path.is_file():
            self._path.write_text(self._text.getvalue(), encoding="utf-8", errors="backslashreplace")
            return
        place = self._path.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            # A name of a file need not be text; in JSON, what stands for such a byte is written so.
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(self._text.getvalue())
            if not self._private:
                Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
