"""A working directory in, the files in it that may tell of its run out, found as Terraform itself would find its state.

Names only choose what is looked at; what a file is, its content decides. Nothing below the directory is looked into but the places where
Terraform keeps its own files, and no link is followed out of it: an artifact may come from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tfclean.errors import InputError
from tfclean.model import Gap, GapKind
from tfclean.terraform import pointer
from tfclean.terraform.locks import lock_of
from tfclean.terraform.recognise import Form, recognise
from tfclean.terraform.runs import RECORD

HEAD = 64 * 1024
"""Bytes by which a file is told apart."""

_DATA = ".terraform"
_STATE = "terraform.tfstate"
_WORKSPACES = "terraform.tfstate.d"
RUNS = ".tfclean/runs"
"""Where ``tfclean run`` keeps what it keeps, below the directory where the engine works."""
_ERRORED = "errored.tfstate"
_MOST_FILES = 2000
_MOST_RUNS = 200
_MOST_POINTER = 1024 * 1024
_LOGS = re.compile(r"\.(?:log|txt|out|jsonl|ndjson)(?:\.\d+)?$|\blog\b|^nohup\.out$", re.IGNORECASE)
_NEVER = re.compile(
    r"\.(?:tf|tofu|tfvars|tfbackend|lock\.hcl|md|py|sh|ya?ml|html?|svg|png|jpe?g|gz|xz|bz2)$|\.(?:tf|tofu|tfvars)\.json$", re.IGNORECASE
)
_WORKSPACE_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a directory has to say.

    Attributes:
        evidence: files to be read; those that turn out to be nothing of Terraform's are to be passed over.
        states: those of them that are the present state, or would be.
        older: those of them that are older than the present state, whatever they say.
        gaps: what was left out.
        backend: the backend pointer, if there is one.
        workspace: the selected workspace.
        state: where the local state is, or would be.
    """

    evidence: tuple[Path, ...]
    states: tuple[Path, ...]
    older: frozenset[Path]
    gaps: tuple[Gap, ...]
    backend: pointer.Pointer | None = None
    workspace: str = "default"
    state: Path | None = None


def discover(directory: Path, environ: Mapping[str, str]) -> Found:
    """Look through a working directory.

    Args:
        directory: the directory.
        environ: the environment, for ``TF_WORKSPACE`` and ``TF_DATA_DIR``.

    Returns:
        Its files; none at all if it holds nothing.

    Raises:
        InputError: the directory cannot be listed.
    """
    return _Directory(directory, environ).found()


class _Directory:
    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self._directory = directory
        self._real = directory.resolve()
        data = environ.get("TF_DATA_DIR", "")
        self._data = directory / (data or _DATA)
        # Where the user's own environment points may be anywhere; links inside an artifact may not.
        self._data_given = bool(data)
        self._environ = environ
        self._gaps: list[Gap] = []

    def found(self) -> Found:
        try:
            names = sorted(path.name for path in self._directory.iterdir())
        except OSError as error:
            raise InputError(f"{self._directory}: cannot be listed ({error.strerror}): check the path and its permissions") from error
        backend = self._pointer()
        remote = backend is not None and not backend.local
        workspace = self._workspace()
        state = self._state_path(backend, workspace)
        # Terraform itself goes where a local backend's settings say.
        named = backend is not None and backend.local and bool(backend.where if workspace == "default" else backend.workspaces)
        evidence: dict[Path, None] = {}
        older: set[Path] = set()
        states: list[Path] = []
        if self._is_file(state, trusted=named):
            evidence[state] = None
            if remote:
                # What a move to a remote backend left behind; Terraform does not read it any more.
                older.add(state)
            else:
                states.append(state)
        for backup in self._backups(state, trusted=named):
            evidence[backup] = None
            older.add(backup)
        errored = self._directory / _ERRORED
        if self._is_file(errored):
            evidence[errored] = None
            states.append(errored)
        lock = lock_of(state)
        if self._is_file(lock, trusted=named):
            evidence[lock] = None
        evidence |= dict.fromkeys(self._runs())
        self._left_out(names, {path.name for path in evidence if path.parent == self._directory}, state)
        for path in self._others(names):
            evidence.setdefault(path)
        local = None if remote else state
        return Found(tuple(evidence), tuple(states), frozenset(older), tuple(self._gaps), backend, workspace, local)

    def _is_file(self, path: Path, *, trusted: bool = False) -> bool:
        try:
            return path.is_file() and (trusted or path.resolve().is_relative_to(self._real))
        except (OSError, ValueError, RuntimeError):
            return False

    def _pointer(self) -> pointer.Pointer | None:
        path = self._data / _STATE
        data = self._small(path)
        return pointer.read(data, str(path)) if data else None

    def _small(self, path: Path) -> bytes:
        if not self._is_file(path, trusted=self._data_given):
            return b""
        try:
            with path.open("rb") as file:
                return file.read(_MOST_POINTER)
        except OSError:
            return b""

    def _workspace(self) -> str:
        name = self._environ.get("TF_WORKSPACE", "") or self._small(self._data / "environment").decode("utf-8", "replace").strip()
        return name if _WORKSPACE_NAME.fullmatch(name) and name not in (".", "..") else "default"

    def _state_path(self, backend: pointer.Pointer | None, workspace: str) -> Path:
        local = backend if backend is not None and backend.local else None
        if workspace != "default":
            return self._directory / (local.workspaces if local and local.workspaces else _WORKSPACES) / workspace / _STATE
        return self._directory / (local.where if local and local.where else _STATE)

    def _backups(self, state: Path, *, trusted: bool) -> Iterator[Path]:
        try:
            siblings = sorted(path for path in state.parent.iterdir() if path.name.startswith(state.name + "."))
        except OSError:
            return
        for path in siblings:
            if path.name.endswith(".backup") and self._is_file(path, trusted=trusted):
                yield path

    def _runs(self) -> list[Path]:
        """Give the records of what ``tfclean run`` ran here, the oldest first."""
        folder = self._directory / RUNS
        try:
            found = sorted(path / RECORD for path in folder.iterdir() if self._is_file(path / RECORD))
        except OSError:
            return []
        if len(found) > _MOST_RUNS:
            reason = f"{folder} holds {len(found)} runs; only the last {_MOST_RUNS} are read: name the record of an older one if it matters"
            self._gaps.append(Gap(GapKind.UNREADABLE, str(folder), reason))
        return found[-_MOST_RUNS:]

    def _left_out(self, names: list[str], taken: set[str], state: Path) -> None:
        """Mention states that are not those of this directory's run."""
        left = [self._directory / name for name in names if name.endswith((".tfstate", ".tfstate.backup")) and name not in taken]
        workspaces = self._directory / _WORKSPACES
        if workspaces.is_dir() and not workspaces.is_symlink():
            left += sorted(
                path / _STATE for path in workspaces.iterdir() if path.name != state.parent.name and self._is_file(path / _STATE)
            )
        for path in left:
            if self._is_file(path):
                reason = f"{path} is not the state of the selected workspace and was left out: name it if it is the run's"
                self._gaps.append(Gap(GapKind.REMOTE, str(path), reason))

    def _others(self, names: list[str]) -> Iterator[Path]:
        for name in names[:_MOST_FILES]:
            path = self._directory / name
            if name.startswith(".") or ".tfstate" in name or _NEVER.search(name) or not self._is_file(path):
                continue
            if _may_tell(name, _head(path)):
                yield path


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _may_tell(name: str, head: bytes) -> bool:
    """Tell whether a file is worth reading; logs also by name, for any text can quote one."""
    if not head.strip():
        return False
    if head.startswith((b"PK\x03\x04", b"tfplan")):
        return head.startswith(b"tfplan") or b"tfplan" in head
    if head.lstrip()[:1] == b"{":
        return True
    # A job may have done much before it came to Terraform.
    forms = (Form.LOG_TEXT, Form.LOG_JSON) if len(head) < HEAD else (Form.LOG_TEXT, Form.LOG_JSON, Form.TEXT_OTHER)
    return is_named_as_log(name) and recognise(head).form in forms


def is_named_as_log(name: str) -> bool:
    """Tell whether a file has a name that logs have.

    Args:
        name: the file's name.
    """
    return bool(_LOGS.search(name))
