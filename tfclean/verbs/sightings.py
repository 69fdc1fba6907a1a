"""When objects without a date were first seen: a small file of ours, kept from one sweep to the next.

In: its path, and what is live. Out: `Sightings`. Nodepool's idea: what was there unchanged at two looks that lie far enough apart is old.

The file belongs to one project of one cloud. It is replaced whole, under a lock, so that no half of it is ever read; one that is not
as it should be stops everything, for to guess at a date is to delete something young. An object that changed, or whose ties did, is
seen for the first time again.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tfclean import __version__
from tfclean.errors import InputError, Refused
from tfclean.kinds.registry import KINDS
from tfclean.kinds.relations import edges
from tfclean.model import Inventory, Key, Resource

FORMAT = "1.0"
LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sightings:
    """What the looks tell of objects without a date.

    Attributes:
        first: since when each was there as it is now.
        absent: the last look at which it was not there yet, though its kind was listed; nothing for what the first look saw.
    """

    first: Mapping[Key, datetime] = field(default_factory=dict)
    absent: Mapping[Key, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    mark: str
    first: datetime
    absent: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the file says: its entries, and when each kind was listed last."""

    seen: Mapping[Key, _Entry] = field(default_factory=dict)
    looks: Mapping[str, datetime] = field(default_factory=dict)


def look(path: str | os.PathLike[str], inventory: Inventory, moment: datetime) -> Sightings:
    """Note what has no date, and give when each of it was first seen.

    Args:
        path: the file; made if it is not there.
        inventory: what is live.
        moment: the time of this look.

    Raises:
        InputError: the file is not ours, is for another project, is damaged, or cannot be read or written.
        Refused: another sweep has it in use.
    """
    place = Path(path)
    with _locked(place) as descriptor:
        known = _read(descriptor, place, inventory)
        seen = {key: _seen(key, mark, known, moment) for key, mark in _marks(inventory).items()}
        unseen = {key: entry for key, entry in known.seen.items() if key.kind not in inventory.listed}
        looks = {**known.looks, **dict.fromkeys(filter(_dateless, inventory.listed), moment)}
        _replace(place, inventory, _Known({**unseen, **seen}, looks))
    return Sightings({key: e.first for key, e in seen.items()}, {key: e.absent for key, e in seen.items() if e.absent})


def _seen(key: Key, mark: str, known: _Known, moment: datetime) -> _Entry:
    before = known.seen.get(key)
    if before is None:
        last = known.looks.get(key.kind)
        return _Entry(mark, moment, min(last, moment) if last else None)
    return _Entry(mark, min(before.first, moment) if before.mark == mark else moment, before.absent)


def _marks(inventory: Inventory) -> dict[Key, str]:
    """Give for each object without a date a hash over all that can be seen of it, and of what it hangs together with."""
    out: dict[Key, list[str]] = {resource.key: [_shown(resource)] for resource in inventory.resources.values() if _undated(resource)}
    for edge in edges(inventory):
        for key in (edge.source, edge.target):
            if key in out:
                out[key].append(f"{edge.source} {edge.type.value} {edge.target}")
    return {key: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest() for key, lines in out.items()}


def _undated(resource: Resource) -> bool:
    kind = KINDS[resource.kind]
    return resource.created_at is None and not kind.tie and not kind.implied(resource)


def _dateless(kind: str) -> bool:
    return not KINDS[kind].created and not KINDS[kind].tie


def _shown(resource: Resource) -> str:
    return json.dumps([resource.name, resource.owner, dict(resource.attributes)], sort_keys=True, default=str)


@contextmanager
def _locked(place: Path) -> Iterator[int]:
    """Open the file, and hold a lock on it; a file that was replaced meanwhile is opened again."""
    while True:
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except OSError as error:
            raise InputError(f"{place}: cannot be used to note what was seen: {error.strerror}") from None
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                raise InputError(f"{place}: is no file of ours; name another one to note what was seen")
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refused(f"{place}: another sweep is using it: wait for its end") from None
            if place.exists() and place.stat().st_ino == found.st_ino:
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _read(descriptor: int, place: Path, inventory: Inventory) -> _Known:
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        data = stream.read(LARGEST + 1)
    if not data:
        return _Known()  # made just now
    try:
        document = json.loads(data) if len(data) <= LARGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, Mapping) or document.get("document") != "sightings":
        raise InputError(f"{place}: is not what tfclean noted at its last look, or is damaged; name another file, or remove it")
    version = str(document.get("format_version"))
    if version.partition(".")[0] != FORMAT.partition(".")[0]:
        raise InputError(f"{place}: has format version {version[:20]}, and this tfclean reads {FORMAT}: use the tfclean that wrote it")
    for name, own in _place(inventory).items():
        if document.get(name) != own:
            raise InputError(f"{place}: is for {name} {document.get(name) or '(none)'}, and this is {own or '(none)'}; name another file")
    try:
        seen = {Key(str(row["kind"]), str(row["id"])): _entry(row) for row in document["seen"]}
        return _Known(seen, {str(kind): _time(time) for kind, time in document.get("looks", {}).items()})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{place}: is damaged ({type(error).__name__}: {error}); remove it, and the next look is the first") from None


def _entry(row: Mapping[str, Any]) -> _Entry:
    absent = row.get("absent")
    return _Entry(str(row["mark"]), _time(row["time"]), None if absent is None else _time(absent))


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment


def _place(inventory: Inventory) -> dict[str, str]:
    return {"cloud": inventory.cloud, "region": inventory.region, "project": inventory.project, "user": inventory.user}


def _replace(place: Path, inventory: Inventory, known: _Known) -> None:
    head: dict[str, Any] = {"format_version": FORMAT, "document": "sightings", "tool_version": __version__, **_place(inventory)}
    looks = {kind: time.isoformat() for kind, time in sorted(known.looks.items())}
    rows = [
        {
            "kind": key.kind,
            "id": key.id,
            "mark": entry.mark,
            "time": entry.first.isoformat(),
            "absent": entry.absent.isoformat() if entry.absent else None,
        }
        for key, entry in sorted(known.seen.items())
    ]
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({**head, "looks": looks, "seen": rows}, file, indent=1)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{place}: cannot be written: {error.strerror}") from None
