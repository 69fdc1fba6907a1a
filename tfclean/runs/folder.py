"""A directory of its own for one run: made for its owner alone, with a record that is whole at any moment."""

from __future__ import annotations

import json
import os
import shutil
import stat
from datetime import datetime
from pathlib import Path

from tfclean.errors import InputError
from tfclean.terraform.discovery import RUNS
from tfclean.terraform.runs import RECORD, Record, document, parse

KEPT = 10
"""Runs that ended well and are kept; what they made stands in the state, and those that failed are kept until somebody removes them."""


class Folder:
    """The directory of one run.

    Args:
        directory: where the engine works.
        now: when the run begins; it gives the directory its name.

    Raises:
        InputError: it cannot be made, or is not ours alone.
    """

    def __init__(self, directory: Path, now: datetime) -> None:
        self._runs = directory / RUNS
        try:
            for part in (self._runs.parent, self._runs):
                _private(part)
            self.path = _new(self._runs, f"{now:%Y%m%dT%H%M%SZ}")
        except OSError as error:
            raise InputError(f"{self._runs}: cannot be made ({error.strerror}): nothing was run") from error

    def create(self, name: str) -> int:
        """Make a file for appending; give its descriptor."""
        return os.open(self.path / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def replace(self, name: str, data: bytes) -> None:
        """Write a file so that it is the old one or the new one at any moment, also after a power cut."""
        place, new = self.path / name, self.path / f".{name}.new"
        descriptor = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(place)

    def write(self, record: Record) -> None:
        """Write the record."""
        self.replace(RECORD, (json.dumps(document(record), indent=2) + "\n").encode())

    def tidy(self) -> None:
        """Remove the oldest of the runs that ended well, beyond `KEPT`."""
        settled = [path for path in sorted(self._runs.iterdir()) if (record := _record(path)) is not None and record.settled]
        for path in settled[:-KEPT]:
            shutil.rmtree(path, ignore_errors=True)


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise InputError(f"{folder}: is not a directory (links are not followed); nothing was run")
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise InputError(f"{folder}: belongs to somebody else or can be written by others; nothing was run")


def _new(runs: Path, time: str) -> Path:
    number = 1
    while True:
        path = runs / f"{time}-{number}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return path


def _record(folder: Path) -> Record | None:
    path = folder / RECORD
    if folder.is_symlink() or path.is_symlink() or not path.is_file():
        return None
    return parse(path.read_bytes())
