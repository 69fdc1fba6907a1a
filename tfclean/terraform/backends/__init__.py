"""A backend pointer, or the URL of an http backend, in; what the backend holds out. The one room of `terraform/` that asks a network.

It only ever reads: a state, and the note of who holds its lock. No lock is taken, nothing is written, and no answer is followed to
another host with our credentials.

* ``http`` and ``s3`` are asked directly, with the same credentials from the same places as Terraform takes them.
* All others, and ``s3`` with credentials that only its own library can get, are asked through ``terraform state pull`` or ``tofu state
  pull``, if the program is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tfclean.terraform.backends import http, pull, s3
from tfclean.terraform.backends.fetch import Fetch, get
from tfclean.terraform.backends.stored import NotHere, Stored, Unresolved
from tfclean.terraform.pointer import Pointer

__all__ = ["Fetch", "Stored", "Unresolved", "at_url", "resolve"]


def resolve(told: Pointer, directory: Path, workspace: str, environ: Mapping[str, str], fetch: Fetch = get) -> Stored:
    """Read the state that a backend pointer speaks of.

    Args:
        told: the pointer, of any backend but ``local``.
        directory: the working directory that it was found in.
        workspace: the selected workspace.
        environ: the environment, for credentials and for the program that is run.
        fetch: how an address is asked.

    Returns:
        What the backend holds.

    Raises:
        Unresolved: it cannot be read; the message is one phrase without any secret.
    """
    if told.backend == "http":
        return http.stored(told.config, environ, fetch)
    if told.backend == "s3":
        try:
            return s3.stored(told.config, workspace, environ, fetch)
        except NotHere as reason:
            return _pulled(told, directory, environ, f"{reason}, and ")
    return _pulled(told, directory, environ, "")


def at_url(url: str, environ: Mapping[str, str], fetch: Fetch = get) -> Stored:
    """Read the state of an http backend that the user named.

    Args:
        url: its address, with or without user and password.
        environ: the environment, for ``TF_HTTP_*``.
        fetch: how an address is asked.

    Returns:
        What the backend holds.

    Raises:
        Unresolved: it cannot be read; the message is one phrase without any secret.
    """
    return http.stored_at(url, environ, fetch)


def _pulled(told: Pointer, directory: Path, environ: Mapping[str, str], before: str) -> Stored:
    try:
        return pull.stored(told, directory, environ)
    except Unresolved as error:
        raise Unresolved(f"{before}{error}") from error
