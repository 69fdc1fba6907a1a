"""What a backend holds in, readings out: of the state, of its lock, and the gap where there is neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tfclean.errors import InputError
from tfclean.model import Gap, GapKind, Source, SourceKind
from tfclean.terraform import backends
from tfclean.terraform.backends import Fetch, Stored, Unresolved
from tfclean.terraform.pointer import Pointer, without_credentials
from tfclean.terraform.reading import Reading

Document = Callable[[bytes, str], list[Reading]]
"""Reads bytes as what they are; the text is where they are from."""


def is_url(path: str) -> bool:
    """Tell whether a path is the URL of an http backend."""
    return path.lower().startswith(("http://", "https://"))


def shown(path: str) -> str:
    """Give a path as it may be shown: a URL loses user, password and query."""
    return (without_credentials(path) or "the URL") if is_url(path) else path


def of_url(url: str, environ: Mapping[str, str], document: Document, fetch: Fetch) -> list[Reading]:
    """Read the state of an http backend that the user named.

    Args:
        url: its address.
        environ: the environment.
        document: reads what is stored.
        fetch: how an address is asked.

    Returns:
        What it holds.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return _readings(backends.at_url(url, environ, fetch), document)
    except Unresolved as error:
        raise InputError(f"{shown(url)}: cannot be read: {error}") from error


def of_pointer(
    told: Pointer, directory: Path, workspace: str, *, environ: Mapping[str, str], document: Document, fetch: Fetch
) -> tuple[list[Reading], str]:
    """Read the state that a working directory's backend pointer speaks of.

    Args:
        told: the pointer, of any backend but ``local``.
        directory: the working directory.
        workspace: the selected workspace.
        environ: the environment.
        document: reads what is stored.
        fetch: how an address is asked.

    Returns:
        What the backend holds, or the gap that it is, and where it is.
    """
    try:
        stored = backends.resolve(told, directory, workspace, environ, fetch)
        return _readings(stored, document), stored.where
    except (Unresolved, InputError) as error:
        return [told.unresolved(str(error))], told.where


def _readings(stored: Stored, document: Document) -> list[Reading]:
    where = stored.where
    if stored.data.strip():
        found = document(stored.data, where)
    else:
        reason = (
            f"{where} holds no state: nothing was ever applied there, or the run was killed before it could write one, and objects may "
            "exist that nothing lists: give the log and the plan of the run too."
        )
        found = [Reading(Source(SourceKind.POINTER, where), gaps=(Gap(GapKind.STATE_LOST, where, reason),), whole=False)]
    if stored.unasked and found:
        reason = f"whether a run holds the lock of {where} is not known: {stored.unasked}: make sure that none is going on"
        found[0] = replace(found[0], gaps=(*found[0].gaps, Gap(GapKind.REMOTE, f"lock of {where}", reason)))
    return [*found, *stored.locks]
