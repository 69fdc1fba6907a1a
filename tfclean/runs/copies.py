"""State files that an engine writes in; whole copies of them, taken whenever they have changed, out.

Terraform truncates its state and writes it in place, so that a kill in the middle leaves an empty file or a torn one, and a hard link would
be that same file. A copy is kept only if it is a whole state; what replaces it is another whole one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tfclean.runs.folder import Folder
from tfclean.terraform.recognise import Form, recognise
from tfclean.terraform.runs import COPIES

EVERY = 0.25
"""Seconds between two looks at least; after a large copy, `SHARE` times what it took."""
SHARE = 20
_STATES = frozenset({Form.STATE_V4, Form.STATE_OLD, Form.ENCRYPTED})
_LARGEST = 256 * 1024 * 1024

_Seen = tuple[int, int, int]


@dataclass(slots=True)
class _Watched:
    path: Path
    name: str
    seen: _Seen | None = None


class Copies:
    """Copies states into the directory of a run.

    Args:
        folder: the directory of the run.
        states: where states are, or will be.
    """

    def __init__(self, folder: Folder, states: Iterable[Path]) -> None:
        self._folder = folder
        self._watched: list[_Watched] = []
        self._next = 0.0
        self.watch(states)

    def watch(self, states: Iterable[Path]) -> None:
        """Watch these too."""
        known = {watched.path for watched in self._watched}
        for path in states:
            if path not in known:
                number = f"-{len(self._watched)}" if self._watched else ""
                self._watched.append(_Watched(path, f"state{number}"))
                known.add(path)

    def begin(self) -> None:
        """Copy what there is before the run."""
        for watched in self._watched:
            self._look(watched, "before")

    def look(self) -> None:
        """Copy what has changed, if it is time to look."""
        begun = time.monotonic()
        if begun >= self._next:
            for watched in self._watched:
                self._look(watched)
            ended = time.monotonic()
            self._next = ended + max(EVERY, SHARE * (ended - begun))

    def end(self, *, well: bool) -> None:
        """Copy what there is at the end.

        Args:
            well: the run ended well; what was before it is no longer needed.
        """
        for watched in self._watched:
            self._look(watched)
            if well and (self._folder.path / _name(watched, "last")).exists():
                (self._folder.path / _name(watched, "before")).unlink(missing_ok=True)

    def _look(self, watched: _Watched, when: str = "last") -> None:
        try:
            found = _status(watched.path)
            if found == watched.seen or not 0 < found[1] <= _LARGEST:
                return
            data = watched.path.read_bytes()
            if _status(watched.path) != found:
                return  # it is being written: there is a next time
        except OSError:
            return
        watched.seen = found
        if recognise(data).form in _STATES:
            self._folder.replace(_name(watched, when), data)


def _name(watched: _Watched, when: str) -> str:
    return f"{watched.name}.{when}{COPIES}"


def _status(path: Path) -> _Seen:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
