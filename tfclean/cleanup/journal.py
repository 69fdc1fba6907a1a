"""The journal: what was meant and what happened, on disk before it happens. In: events. Out: events, after a crash.

A journal is a file of JSON lines, each with a ``type``; lines are only ever appended::

    {"type": "header", "format": "tfclean-journal/1", "tool_version": ..., "cloud": ..., "project": ..., "user": ..., "region": ...,
     "time": ..., "plan": {the plan document}}
    {"type": "intent", "time": ..., "kind": "network.port", "id": "...", "data": {"call": 7, "purpose": "go", "method": "DELETE", ...}}
    {"type": "answered", "time": ..., "kind": "network.port", "id": "...", "data": {"call": 7, "status": 204, "request_id": ...}}

Every event and field, and what is promised of them, is in ``docs/journal.md``. An ``intent`` is on disk before its call is made;
several intents share one fsync. A last line without its end was being written when the run was killed, and is left out.

The directory is made for its owner alone (0700), the file too (0600); neither may be a symbolic link. While a run uses a
journal it holds a lock on it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import queue
import stat
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tfclean import __version__
from tfclean.cleanup.documents import load_plan, plan_document, shortened
from tfclean.errors import InputError, JournalError, Refused
from tfclean.model import Event, Key, Plan

FAMILY = "tfclean-journal/"
FORMAT = f"{FAMILY}1"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal holds.

    Attributes:
        header: first record, the plan left out.
        plan: what was to be done.
        events: what happened, in order.
    """

    header: Mapping[str, Any]
    plan: Plan
    events: tuple[Event, ...]


class Journal:
    """An open journal. Use as a context manager, or call `close`.

    Attributes:
        path: the file.
        contents: what it held when it was opened; None for a new one.
    """

    def __init__(self, path: Path, descriptor: int, contents: Contents | None) -> None:
        self.path = path
        self.contents = contents
        self._descriptor = descriptor
        self._queue: queue.SimpleQueue[tuple[bytes, threading.Event | None] | None] = queue.SimpleQueue()
        self._error: str = ""
        self._entrance = threading.Lock()
        self._closed = False
        self._begun = False
        self._writer = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._writer.start()

    @classmethod
    def create(cls, directory: Path | str, *, name: str = "", now: datetime | None = None) -> Journal:
        """Make a new journal.

        Args:
            directory: made for us alone if it is not there.
            name: of the file, which must not be there yet; then any directory will do. By default a new name after the time.
            now: time for the name of the file.

        Returns:
            An empty journal; `begin` writes its header.

        Raises:
            JournalError: the directory is not ours alone, or cannot be written.
        """
        folder = Path(directory)
        if name:
            return cls._new(folder / name)
        _prepare(folder)
        stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        for attempt in range(100):
            path = folder / f"journal-{stamp}-{os.getpid()}{f'-{attempt}' if attempt else ''}.jsonl"
            if not os.path.lexists(path):
                return cls._new(path)
        raise JournalError(f"The journal directory {folder} is full of journals of this second.")

    @classmethod
    def _new(cls, path: Path) -> Journal:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise JournalError(f"The journal {path} cannot be made: {error.strerror}.") from None
        _lock(descriptor, path)
        return cls(path, descriptor, None)

    @classmethod
    def resume(cls, path: Path | str) -> Journal:
        """Open a journal to go on with it.

        Returns:
            The journal, locked, with its contents; a torn last line is cut off.

        Raises:
            JournalError: it is no journal of ours, or torn before its last line.
            Refused: another run is using it.
        """
        path = Path(path)
        descriptor = _open(path, os.O_RDWR | os.O_APPEND)
        try:
            _lock(descriptor, path)
            raw = _read(descriptor)
            whole = raw[: raw.rfind(b"\n") + 1]
            contents = _parse(whole, path)
            if len(whole) < len(raw):
                os.ftruncate(descriptor, len(whole))
        except BaseException:
            os.close(descriptor)
            raise
        return cls(path, descriptor, contents)

    @classmethod
    def open(cls, path: Path | str) -> tuple[Plan, tuple[Event, ...]]:
        """Read a journal, though it may be in use: its plan, and what happened.

        Raises:
            JournalError: it is no journal of ours, or torn before its last line.
        """
        contents = read(path)
        return contents.plan, contents.events

    def begin(self, plan: Plan, *, cloud: str, project: str, user: str, region: str, now: datetime) -> None:
        """Write the header, and wait until it is on disk.

        Raises:
            JournalError: it could not be written.
        """
        head = {"type": "header", "format": FORMAT, "tool_version": __version__, "cloud": cloud, "project": project, "user": user}
        self._append({**head, "region": region, "time": now.isoformat(), "plan": plan_document(plan)}, durable=True)
        self._begun = True

    def write(self, event: Event) -> None:
        """Append an event; it is on disk at the latest with the next commit.

        Raises:
            JournalError: an earlier one could not be written.
        """
        self._append(_record(event), durable=False)

    def commit(self, event: Event) -> None:
        """Append an event, and wait until it is on disk.

        Raises:
            JournalError: it could not be written.
        """
        self._append(_record(event), durable=True)

    def close(self) -> None:
        """Write what is left, and let go of the lock."""
        with self._entrance:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._writer.join()
        if self.contents is None and not self._begun:
            # Nothing was started: a file that tells nothing would be in the way of the next run with this name.
            with contextlib.suppress(OSError):
                self.path.unlink()
        os.close(self._descriptor)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, record: Mapping[str, Any], *, durable: bool) -> None:
        line = json.dumps(record, separators=(",", ":"), default=str).encode() + b"\n"
        written = threading.Event() if durable else None
        # Nobody may wait for a writer that has ended: what comes in before the end is still written.
        with self._entrance:
            if self._closed:
                raise JournalError(f"The journal {self.path} is closed.")
            self._queue.put((line, written))
        if written is not None:
            written.wait()
        if self._error:
            started = self._begun or self.contents is not None
            how = f"nothing more was started; make room, and go on with `tfclean resume {self.path}`" if started else "nothing was started"
            raise JournalError(f"The journal {self.path} cannot be written: {self._error}; {how}.")

    def _sync(self) -> None:
        os.fsync(self._descriptor)

    def _write_all(self) -> None:
        """Write what is queued, as much at once as there is: all who wait share one fsync."""
        open_ = True
        while open_:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            open_ = None not in batch
            items = [item for item in batch if item is not None]
            waiting = [event for _, event in items if event is not None]
            try:
                if not self._error:
                    _write(self._descriptor, b"".join(line for line, _ in items))
                    if waiting or not open_:
                        self._sync()
            except Exception as error:  # noqa: BLE001 - whoever waits for this thread must hear of anything that happens to it
                self._error = getattr(error, "strerror", None) or str(error) or type(error).__name__
            for event in waiting:
                event.set()


def read_events(path: Path | str) -> tuple[Event, ...]:
    """Give what happened, in order; see `read`.

    Raises:
        JournalError: it is no journal of ours, or torn before its last line.
    """
    return read(path).events


def read(path: Path | str) -> Contents:
    """Read a journal, though it may be in use.

    Raises:
        JournalError: it is no journal of ours, or torn before its last line.
    """
    path = Path(path)
    descriptor = _open(path, os.O_RDONLY)
    try:
        raw = _read(descriptor)
    finally:
        os.close(descriptor)
    return _parse(raw[: raw.rfind(b"\n") + 1], path)


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise JournalError(f"The journal directory {folder} cannot be made: {error.strerror}.") from None
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        raise JournalError(f"The journal directory {folder} is not a directory; symbolic links are not followed.")
    if found.st_uid != os.geteuid():
        raise JournalError(f"The journal directory {folder} belongs to somebody else.")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise JournalError(f"The journal directory {folder} can be written by others; take that away (chmod 700).")


def _open(path: Path, flags: int) -> int:
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        why = "symbolic links are not followed" if error.errno == errno.ELOOP else error.strerror
        raise JournalError(f"The journal {path} cannot be read: {why}.") from None
    found = os.fstat(descriptor)
    reason = ""
    if not stat.S_ISREG(found.st_mode):
        reason = "is not a file"
    elif found.st_uid != os.geteuid():
        reason = "belongs to somebody else"
    if reason:
        os.close(descriptor)
        raise JournalError(f"The journal {path} {reason}.")
    return descriptor


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise Refused(f"The journal {path} is in use by another run: wait for its end, or end it.") from None


def _read(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        stream.seek(0)
        return stream.read()


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _parse(raw: bytes, path: Path) -> Contents:
    lines = raw.split(b"\n")[:-1]
    header = _decode(lines[0], path, 1) if lines else {}
    form = str(header.get("format"))
    if header.get("type") == "header" and form != FORMAT and form.startswith(FAMILY):
        version, form = shortened(header.get("tool_version")), shortened(form)
        raise JournalError(
            f"{path} was written by another tfclean ({version}, format {form}, this one knows {FORMAT}): go on with that one."
        )
    if header.get("type") != "header" or form != FORMAT:
        raise JournalError(f"{path} is not a journal of tfclean, or was ended before its plan was on disk.")
    try:
        plan = load_plan(header.get("plan"), f"the plan in {path}")
    except InputError as error:
        raise JournalError(str(error)) from None
    events = tuple(_event(_decode(line, path, n), path, n) for n, line in enumerate(lines[1:], start=2))
    return Contents({k: v for k, v in header.items() if k != "plan"}, plan, events)


def _decode(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise JournalError(f"{path}: line {number} is damaged, or it is no journal of tfclean.")
    return record


def _record(event: Event) -> dict[str, Any]:
    target = {"kind": event.target.kind, "id": event.target.id} if event.target else {}
    return {"type": event.type, "time": event.time.isoformat(), **target, "data": dict(event.data)}


def _event(record: Mapping[str, Any], path: Path, number: int) -> Event:
    try:
        target = Key(record["kind"], record["id"]) if "kind" in record else None
        return Event(str(record["type"]), datetime.fromisoformat(record["time"]), target, dict(record["data"]))
    except (KeyError, TypeError, ValueError):
        raise JournalError(f"{path}: line {number} is no record of a journal.") from None
