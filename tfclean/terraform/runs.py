"""What ``tfclean run`` kept of a run in, its readings out: the record (``run.json``), its output, copies of its state.

    .tfclean/runs/20261123T001022Z-1/
        run.json         the record: command, start, end, exit code
        stdout, stderr   what the command printed, to the byte; it writes them itself
        times            when how much of them was there: ``2026-11-23T00:10:22.046677Z stdout 4096``
        *.tfstate        whole copies of its state, the last one and that of before
        plan             the saved plan that it applied, if that lay elsewhere

A run that was killed has no end in its record; the last line of ``times`` is the last moment at which it was seen alive. What a run that
ended with exit code 0 has made stands in the state that it wrote: it is `Reading.settled`, and speaks only where that state is lost.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from tfclean.errors import TfcleanError
from tfclean.model import Gap, GapKind, Source, SourceKind, Variable
from tfclean.terraform import variables
from tfclean.terraform.log_lines import moment
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import parse_json

FORMAT = "1.0"
TELLTALE = "tfclean_run"
"""The member by which a record is recognised; its value is the format."""
RECORD, TIMES, PLAN = "run.json", "times", "plan"
STREAMS = ("stdout", "stderr")
COPIES = ".tfstate"
WITHHELD = "(withheld)"
"""Stands in a record for what may be a secret."""

ReadLog = Callable[[BinaryIO, str], list[Reading]]
ReadFile = Callable[[Path], list[Reading]]

_MAKES_NOTHING = frozenset({"fmt", "graph", "init", "output", "plan", "providers", "show", "validate", "version"})
_SPOOL = 16 * 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A run.

    Attributes:
        command: what was run, with `WITHHELD` for what may be a secret.
        started: when.
        engine: ``terraform`` or ``tofu``; empty for a wrapper.
        version: the engine's, if it told.
        does: the engine's command, such as ``apply``; empty for a wrapper.
        ended: when it came to its end; None if nobody saw that.
        exit_code: how, as a shell tells it.
        signals: the signals by which it was asked to stop.
        environment: names of the variables in its environment.
        tool_version: tfclean's.
    """

    command: tuple[str, ...]
    started: datetime
    engine: str = ""
    version: str = ""
    does: str = ""
    ended: datetime | None = None
    exit_code: int | None = None
    signals: tuple[str, ...] = ()
    environment: tuple[str, ...] = field(default=(), repr=False)
    tool_version: str = ""

    @property
    def settled(self) -> bool:
        """It came to a good end, so that all it made stands in its state."""
        return self.exit_code == 0

    @property
    def makes(self) -> bool:
        """It may have made objects."""
        return self.does not in _MAKES_NOTHING | {"destroy"}


def document(record: Record) -> dict[str, Any]:
    """Give the JSON document of a record."""
    return {
        TELLTALE: FORMAT,
        "tool_version": record.tool_version,
        "command": list(record.command),
        "engine": record.engine,
        "engine_version": record.version,
        "does": record.does,
        "started": _written(record.started),
        "ended": _written(record.ended),
        "exit_code": record.exit_code,
        "signals": list(record.signals),
        "environment": list(record.environment),
    }


def parse(data: bytes) -> Record | None:
    """Read a record; None if it is none, or of a later format."""
    told, _ = parse_json(data)
    if not isinstance(told, dict) or not str(told.get(TELLTALE)).startswith("1."):
        return None
    started = moment(str(told.get("started")))
    code = told.get("exit_code")
    if started is None:
        return None
    return Record(
        command=_texts(told.get("command")),
        started=started,
        engine=str(told.get("engine") or ""),
        version=str(told.get("engine_version") or ""),
        does=str(told.get("does") or ""),
        ended=moment(str(told.get("ended"))),
        exit_code=code if type(code) is int else None,
        signals=_texts(told.get("signals")),
        environment=_texts(told.get("environment")),
        tool_version=str(told.get("tool_version") or ""),
    )


def read(data: bytes, path: str, log: ReadLog, file: ReadFile) -> tuple[Reading, ...]:
    """Read a run.

    Args:
        data: its record.
        path: the record's file; the others lie beside it.
        log: reads a log.
        file: reads a file, whatever it is.

    Returns:
        The record, its log, its states as older ones, and its plan; of a run that can have made nothing, only the record.
    """
    source = Source(SourceKind.RUN, path)
    record = parse(data)
    if record is None:
        reason = f"{path} is no record of a run that this version can read: give the files beside it by themselves"
        return (Reading(source, gaps=(Gap(GapKind.UNREADABLE, path, reason),), whole=False),)
    if record.does in _MAKES_NOTHING:
        return (Reading(source, settled=record.settled),)
    folder = Path(path).parent
    marks = list(_marks(folder))
    seen = record.ended or max((mark.time for mark in marks), default=record.started)
    first, last = (record.started, seen) if record.makes else (None, None)
    told = [Reading(source, first=first, last=last, variables=_variables(record, folder))]
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as spool:
        merged = cast("BinaryIO", spool)
        _merge(folder, marks, merged)
        merged.seek(0)
        told += log(merged, str(folder / STREAMS[0]))
    told += [reading for beside in _beside(folder) for reading in file(beside)]
    return tuple(replace(reading, settled=record.settled) for reading in told)


def _written(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _is_file(path: Path) -> bool:
    """Tell whether a file lies there itself: an artifact may come from anywhere, and no link is followed out of it."""
    return path.is_file() and not path.is_symlink()


def _beside(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            if (path.name.endswith(COPIES) or path.name == PLAN) and _is_file(path):
                yield path


def _variables(record: Record, folder: Path) -> Mapping[str, Variable]:
    """Give the variables that the command line gave; of files, those inside the working directory."""
    given: dict[str, Variable] = {}
    directory = folder.resolve().parents[2] if len(folder.resolve().parents) > 2 else folder
    words = iter(record.command)
    for word in words:
        option, equals, value = word.partition("=")
        name = option.lstrip("-")
        if option[:1] != "-" or name not in ("var", "var-file"):
            continue
        value = value if equals else next(words, "")
        if name == "var-file":
            value = str((directory / value).resolve())
            if not Path(value).is_relative_to(directory):
                continue
        if WITHHELD not in value:
            with suppress(TfcleanError):  # a file may be gone by now
                given |= variables.from_options([(name, value)])
    return given


@dataclass(frozen=True, slots=True)
class _Mark:
    time: datetime
    stream: str
    size: int


def _marks(folder: Path) -> Iterator[_Mark]:
    path = folder / TIMES
    if not _is_file(path):
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            words = line.split()
            time = moment(words[0]) if len(words) == 3 and line.endswith("\n") else None
            if time and words[1] in STREAMS and words[2].isascii() and words[2].isdigit():
                yield _Mark(time, words[1], int(words[2]))


def _merge(folder: Path, marks: list[_Mark], out: BinaryIO) -> None:
    """Write what both streams held in the order in which it came, each line with the time at which it was whole."""
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {
            name: stack.enter_context((folder / name).open("rb")) if _is_file(folder / name) else io.BytesIO() for name in STREAMS
        }
        pending = dict.fromkeys(STREAMS, b"")
        for mark in marks:
            left = mark.size - files[mark.stream].tell()
            while left > 0 and (piece := files[mark.stream].read(min(left, _CHUNK))):
                left -= len(piece)
                *whole, pending[mark.stream] = (pending[mark.stream] + piece).split(b"\n")
                stamp = str(_written(mark.time)).encode()
                out.writelines(b"%s %s\n" % (stamp, line) for line in whole)
        for name in STREAMS:
            # What came after tfclean was killed has no time.
            out.write(pending[name])
            while piece := files[name].read(_CHUNK):
                out.write(piece)
            out.write(b"\n")
