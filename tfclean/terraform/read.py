"""Paths in, `Footprint` out: any mix of directories and files, told apart by content, ``-`` for standard input, URLs of http backends."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from tfclean.errors import InputError, NothingToGoOn
from tfclean.model import Footprint, Gap, GapKind, Source, SourceKind, Variable
from tfclean.terraform import locks, log_json, log_text, plan_file, plan_json, pointer, remote, runs, state, state_json
from tfclean.terraform import variables as variables_
from tfclean.terraform.backends import Fetch
from tfclean.terraform.backends.fetch import get
from tfclean.terraform.config import reader as config
from tfclean.terraform.config.modules import SUFFIXES
from tfclean.terraform.declared import is_declared
from tfclean.terraform.discovery import HEAD, discover, is_named_as_log
from tfclean.terraform.encryption import Locked, Setup, opened
from tfclean.terraform.engine import engine
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import Form, Recognition, recognise
from tfclean.terraform.unite import unite

LARGEST = 1024 * 1024 * 1024
"""Bytes of a file that must be held in memory; logs are streamed and may be of any size."""

_SPOOL = 64 * 1024 * 1024
_STREAMED = (Form.LOG_TEXT, Form.LOG_JSON)
_NO_JSON = "is JSON, but neither a state nor a plan: give `terraform state pull` or `terraform show -json PLANFILE` instead"
_HOPELESS: Mapping[Form, str] = {
    Form.BINARY: "is a binary file of another kind: give a state, a plan or a log",
    Form.TEXT_OTHER: "is neither a state nor a plan nor a log: give one of these",
    Form.JSON_OTHER: _NO_JSON,
    Form.INVENTORY: "is an inventory and no evidence: give it with --inventory or --baseline",
}

Document = Callable[[bytes, str, Recognition], tuple[Reading, ...]]
Keys = Callable[[], Setup]


def _state(data: bytes, path: str, known: Recognition) -> tuple[Reading, ...]:
    return (state.read(data, path, known=known),)


def _pointer(data: bytes, path: str, _: Recognition) -> tuple[Reading, ...]:
    told = pointer.read(data, path)
    return (told.unresolved(),) if told and not told.local else ()


def _encrypted(data: bytes, path: str, known: Recognition) -> tuple[Reading, ...]:
    # A state's envelope tells serial and lineage in clear, a plan's does not.
    document = known.document if isinstance(known.document, dict) else {}
    if known.document is None or "lineage" in document or "serial" in document:
        return _state(data, path, known)
    return plan_file.read(data, path, known=known)


_READERS: Mapping[Form, Document] = {
    Form.EMPTY: _state,
    Form.STATE_V4: _state,
    Form.STATE_OLD: _state,
    Form.STATE_TOO_NEW: _state,
    Form.CUT_OFF_STATE: _state,
    Form.POINTER: _pointer,
    Form.STATE_JSON: lambda data, path, known: (state_json.read(data, path, known=known),),
    Form.PLAN_JSON: lambda data, path, known: (plan_json.read(data, path, known=known),),
    Form.PLAN_ZIP: lambda data, path, known: plan_file.read(data, path, known=known),
    Form.PLAN_LEGACY: lambda data, path, known: plan_file.read(data, path, known=known),
    Form.PLAN_BOOKMARK: lambda data, path, known: plan_file.read(data, path, known=known),
    Form.ENCRYPTED: _encrypted,
    Form.LOCK_INFO: lambda data, path, _: (locks.read(data, path),),
}


def read(
    paths: Sequence[str | Path] = (),
    *,
    variables: Mapping[str, Variable] | None = None,
    environ: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
    fetch: Fetch = get,
) -> Footprint:
    """Read everything that a run left.

    Args:
        paths: directories, files, URLs of http backends; ``-`` is standard input; nothing means the current directory.
        variables: what was given as ``--var`` and ``--var-file`` (`variables.from_options`); stronger than anything that is found.
        environ: the environment; that of the process if not given.
        stdin: what ``-`` reads; that of the process if not given.
        fetch: how backends are asked.

    Returns:
        What all of it says together. What a directory holds and cannot be read is a gap.

    Raises:
        InputError: something that was named cannot be read; the message says what, where and what to do.
        NothingToGoOn: there is no evidence, or only that of a lost state.
    """
    environ = os.environ if environ is None else environ
    readings: list[Reading] = []
    given = variables_.from_environment(environ)
    setups: dict[Path, Setup] = {}
    configured: dict[Path, str] = {}

    def keys(directory: Path) -> Keys:
        # read when something is encrypted, and once
        return lambda: setups.setdefault(directory, setups.get(directory) or Setup.of(directory, environ))

    here = keys(Path())
    for path in paths or ["."]:
        if str(path) == "-":
            with _spooled(stdin or sys.stdin.buffer) as stream:
                readings += _named(stream, "-", here)
            continue
        if isinstance(path, str) and remote.is_url(path):
            readings += remote.of_url(path, environ, lambda data, url: _named(io.BytesIO(data), url, here), fetch)
            continue
        where = Path(path)
        if where.is_dir():
            readings += _directory(where, environ, keys(where), fetch)
            given.update(variables_.from_directory(where))
            configured.setdefault(where, "")
        elif where.name.endswith(SUFFIXES) and where.is_file():
            given.update(variables_.from_directory(where.parent))
            configured[where.parent] = str(where)
        else:
            with _opened(where) as stream:
                readings += _named(stream, str(path), keys(where.parent))
    readings += config.beside(readings, configured, given, variables or {}, environ)
    footprint = unite(readings)
    given = {**given, **footprint.variables, **(variables or {})}
    footprint = replace(footprint, variables=given, engine=engine(footprint.sources))
    if all(map(is_declared, footprint.claims)) and not footprint.complete:
        raise NothingToGoOn(_nothing(paths, footprint))
    return footprint


def _nothing(paths: Sequence[str | Path], footprint: Footprint) -> str:
    where = ", ".join(remote.shown(str(path)) for path in paths) or "the current directory"
    reasons = {gap.kind: gap.reason.rstrip(".") for gap in reversed(footprint.gaps)}
    for kind in (GapKind.STATE_LOST, GapKind.ENCRYPTED, GapKind.REMOTE, GapKind.UNREADABLE):
        if kind in reasons:
            more = "; nothing else tells what the run made: give its plan or its log too" if kind is GapKind.STATE_LOST else ""
            return f"{where}: nothing to go on: {reasons[kind]}{more}"
    return f"{where}: nothing to go on: there is no state, plan or log of Terraform; name one, or the directory where it ran"


def _named(stream: BinaryIO, path: str, keys: Keys) -> list[Reading]:
    """Read a file that the user named: what cannot be read is an error."""
    told, form = _read(stream, path, keys, patient=True)
    if form in _HOPELESS:
        raise InputError(f"{path}: {_HOPELESS[form]}")
    for reading in told:
        for gap in reading.gaps:
            if gap.kind is GapKind.UNREADABLE and not reading.claims:
                raise InputError(gap.reason)
    return told


def _directory(directory: Path, environ: Mapping[str, str], keys: Keys, fetch: Fetch) -> list[Reading]:
    """Read a working directory: what cannot be read is a gap."""
    found = discover(directory, environ)
    readings: list[Reading] = []
    states = {str(path) for path in found.states}
    if found.gaps:
        readings.append(Reading(found.backend.source if found.backend else Source(SourceKind.STATE, str(directory)), gaps=found.gaps))
    if found.backend and not found.backend.local:

        def stored(data: bytes, where: str) -> list[Reading]:
            return _named(io.BytesIO(data), where, keys)

        told, where = remote.of_pointer(found.backend, directory, found.workspace, environ=environ, document=stored, fetch=fetch)
        readings += told
        states.add(where)
    for path in found.evidence:
        try:
            with _opened(path) as stream:
                told, _ = _read(stream, str(path), keys)
        except InputError as error:
            gap = Gap(GapKind.UNREADABLE, str(path), str(error))
            told = [Reading(Source(state.kind_of(str(path)), str(path)), gaps=(gap,), whole=False, is_state=path in found.states)]
        readings += (_older(reading) for reading in told) if path in found.older else told
    return _of_one_run(readings, states)


def _older(reading: Reading) -> Reading:
    """Take a state for a backup, whatever its name is; an empty one has lost nothing."""
    source = replace(reading.source, kind=SourceKind.BACKUP)
    gaps = tuple(gap for gap in reading.gaps if gap.kind is not GapKind.STATE_LOST)
    return replace(reading, source=source, gaps=gaps, claims=tuple(replace(claim, source=source) for claim in reading.claims))


def _of_one_run(readings: Sequence[Reading], states: Collection[str]) -> list[Reading]:
    """Leave out states that only lie in the directory: of another lineage than the one that Terraform would read there."""
    own = {reading.lineage for reading in readings if reading.source.path in states and reading.lineage}
    out: list[Reading] = []
    for reading in readings:
        path = reading.source.path
        raw = reading.is_state and reading.source.kind is SourceKind.STATE and path not in states
        if raw and own and reading.lineage not in own:
            reason = f"{path} is a state of another lineage than that of the directory and was left out: name it if it is the run's"
            out.append(Reading(Source(SourceKind.STATE, path), gaps=(Gap(GapKind.REMOTE, path, reason),)))
        else:
            out.append(reading)
    return out


def _read(stream: BinaryIO, path: str, keys: Keys, *, patient: bool = False, kept: bool = False) -> tuple[list[Reading], Form]:
    """Read one file as what it is.

    Args:
        stream: seekable, at its start.
        path: the file as the user knows it.
        keys: gives how the run was set up to encrypt.
        patient: look through a whole text for the traces of a run, and not only at its beginning.
        kept: it is of a run that is being read, and no other run, whatever it says.
    """
    head = stream.read(HEAD)
    more = stream.read(1)
    known = recognise(head)
    # A directory may hold any amount of JSON of others; what its beginning does not tell is not parsed.
    if more and known.form not in (*_STREAMED, Form.BINARY) and (patient or known.form is not Form.JSON_OTHER):
        if known.form in (Form.TEXT_OTHER, Form.CONFIG):
            known = _search(stream) if patient or is_named_as_log(Path(path).name) else known
        else:
            known, head = _whole(stream, path)
    if known.form in _STREAMED:
        stream.seek(0)
        # Between lines of a CI's own, messages stand as well: the text reader knows both.
        reader = log_json.read if known.form is Form.LOG_JSON and head.lstrip().startswith(b"{") else log_text.read
        return list(reader(stream, path, lambda document: opened(document, keys()))), known.form
    if known.form is Form.ENCRYPTED and isinstance(known.document, dict):
        return list(_unlocked(head, path, known, keys())), known.form
    if known.form is Form.RUN_RECORD and not kept:
        return list(runs.read(head, path, partial(_log, keys=keys), partial(_beside_run, keys=keys))), known.form
    document = _READERS.get(known.form)
    return (list(document(head, path, known)) if document else []), known.form


def _log(stream: BinaryIO, path: str, keys: Keys) -> list[Reading]:
    told, form = _read(stream, path, keys, patient=True, kept=True)
    return told if form in _STREAMED else []


def _beside_run(path: Path, keys: Keys) -> list[Reading]:
    """Read what a run kept beside its record; states there are copies."""
    with _opened(path) as stream:
        told, _ = _read(stream, str(path), keys, kept=True)
    return [_older(reading) if reading.is_state and path.name.endswith(runs.COPIES) else reading for reading in told]


def _unlocked(data: bytes, path: str, known: Recognition, setup: Setup) -> tuple[Reading, ...]:
    """Read what is inside an encrypted state or plan; if it cannot be opened, say why."""
    try:
        inside = opened(known.document, setup)
    except Locked as error:
        why = f"by OpenTofu and was not opened ({error})"
        return tuple(reading.because("by OpenTofu", why) for reading in _encrypted(data, path, known))
    form = recognise(inside)
    document = _READERS.get(form.form)
    return document(inside, path, form) if document and form.form is not Form.ENCRYPTED else _encrypted(data, path, known)


def _whole(stream: BinaryIO, path: str) -> tuple[Recognition, bytes]:
    stream.seek(0)
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"{path}: is larger than {LARGEST // 2**20} MiB and no log: give the state or plan itself")
    return recognise(data), data


def _search(stream: BinaryIO) -> Recognition:
    """Look for the first trace of a run in a long text, such as the log of a job that did much else before."""
    overlap = b""
    while chunk := stream.read(16 * HEAD):
        known = recognise(b"\n" + overlap + chunk)
        if known.form in _STREAMED:
            return known
        overlap = chunk[-HEAD:]
    return Recognition(Form.TEXT_OTHER)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): check the path and its permissions") from error
    with stream:
        if stream.seekable():
            yield stream
            return
        with _spooled(stream) as copy:
            yield copy


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Keep what comes from a pipe, in a file without a name if it is much."""
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield cast("BinaryIO", copy)
