"""Lock information that a run left in, a `Lock` out, with whether a living process on this machine still holds it.

The file is only a note: the lock itself is one of the operating system on the state file (``fcntl``, in Terraform's
``internal/states/statemgr/filesystem_lock_unix.go``), which dies with its process. A note without that lock says "a run died here".
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from tfclean.model import Gap, GapKind, Lock, Source, SourceKind
from tfclean.terraform.log_lines import moment
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import parse_json

if sys.platform != "win32":
    import fcntl

_BEFORE, _AFTER = ".", ".lock.info"


def read(data: bytes, path: str, *, state: Path | None = None) -> Reading:
    """Read lock information, of a local state or as an http backend answers it.

    Args:
        data: the whole content.
        path: the file as the user knows it.
        state: the state file that it locks; found by the name of the lock file if not given.

    Returns:
        The lock; when it was taken is a moment of the run.
    """
    source = Source(SourceKind.LOCK, path)
    document, _ = parse_json(data)
    if not isinstance(document, dict) or not isinstance(document.get("ID"), str):
        reason = f"{path} is no lock information, or was cut off: remove it if no run is going on"
        return Reading(source, gaps=(Gap(GapKind.UNREADABLE, path, reason),), whole=False)

    def text(name: str) -> str:
        value = document.get(name)
        return value if isinstance(value, str) else ""

    state = state or state_of(Path(path))
    created = moment(text("Created"))
    lock = Lock(
        path=path,
        id=text("ID"),
        who=text("Who"),
        operation=text("Operation"),
        created=created,
        held=state is not None and held(state),
    )
    return Reading(source, locks=(lock,), first=created, last=created)


def state_of(lock: Path) -> Path | None:
    """Give the state file that a local lock file belongs to; None if its name is not that of one.

    Args:
        lock: such as ``.terraform.tfstate.lock.info``.
    """
    name = lock.name
    if not (name.startswith(_BEFORE) and name.endswith(_AFTER)) or len(name) <= len(_BEFORE + _AFTER):
        return None
    return lock.with_name(name[len(_BEFORE) : -len(_AFTER)])


def lock_of(state: Path) -> Path:
    """Give the lock file of a local state.

    Args:
        state: the state file.
    """
    return state.with_name(f"{_BEFORE}{state.name}{_AFTER}")


def held(state: Path) -> bool:
    """Tell whether another process holds Terraform's lock on a state file, without taking it.

    Args:
        state: the state file; if it does not exist, nobody holds it.
    """
    if sys.platform == "win32":
        # its locks cannot be asked for without taking them
        return False
    # struct flock: pid last on Linux, in the middle on macOS and the BSDs
    linux = sys.platform.startswith("linux")
    form = "@hhqqi" if linux else "@qqihh"
    request = struct.pack(form, fcntl.F_WRLCK, 0, 0, 0, 0) if linux else struct.pack(form, 0, 0, 0, fcntl.F_WRLCK, 0)
    request = request.ljust(64, b"\0")
    try:
        with state.open("rb") as file:
            answer = fcntl.fcntl(file.fileno(), fcntl.F_GETLK, request)
    except OSError:
        return False
    fields = struct.unpack_from(form, answer)
    return bool((fields[0] if linux else fields[3]) != fcntl.F_UNLCK)
