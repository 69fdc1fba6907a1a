"""Rows of a list answer in, `Resource` objects out. Pure: only declared fields pass, so that no secret enters the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tfclean.kinds.base import Kind, Row
from tfclean.kinds.registry import KINDS
from tfclean.model import Resource


def moment(value: Any) -> datetime | None:
    """Read a service's time, with or without zone and fraction; all of them mean UTC.

    Returns:
        The time, timezone aware; None if there is none or it cannot be read.
    """
    if not isinstance(value, str) or not value:
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def unwrapped(kind: Kind, rows: Iterable[Row]) -> Iterator[Row]:
    """Take each row out of its wrapper, where the kind's list has one."""
    wrapper = kind.listing.wrapper
    for row in rows:
        yield row[wrapper] if wrapper and wrapper in row else row


def derived(kind: Kind) -> Iterator[Kind]:
    """Give kinds whose objects stand in the rows of `kind`."""
    for other in KINDS.values():
        if other.listing.rows is not None and other.listing.rows[0] == kind.name:
            yield other


def rows_of(kind: Kind, rows: Iterable[Row]) -> Iterator[Row]:
    """Give the rows of `kind` among `rows`, which are its own list's, or its parent's for a derived kind."""
    listing = kind.listing
    for row in rows:
        if listing.rows is not None:
            yield from listing.rows[1](row)
        elif listing.keep is None or listing.keep(row):
            yield row


def resource(kind: Kind, row: Row, *, user: str = "", project: str = "") -> Resource:
    """Make a resource of one row.

    Args:
        kind: its kind.
        row: as the service lists it, out of its wrapper.
        user: owner of what belongs to a user and does not say to whom (keypairs).
        project: owner of what belongs to a project and does not say to which, as Cinder's backups to a plain user; see `mine`.

    Raises:
        KeyError: the row has no id, so it is not what it should be.
    """
    revision = row.get("revision_number")
    owner = row.get(kind.owner, project if kind.owned_by == "project" else None) if kind.owner else None
    return Resource(
        kind=kind.name,
        id=str(row[kind.id]),
        name=str(row.get(kind.title) or ""),
        owner=str(owner or (user if kind.owned_by == "user" else "")),
        created_at=moment(row.get(kind.created)) if kind.created else None,
        status=str(row.get(kind.status) or "") if kind.status else "",
        revision=revision if isinstance(revision, int) else None,
        attributes={name: row[name] for name in row if name in kind.fields},
    )


def mine(kind: Kind, row: Row, *, project: str, user: str) -> bool:
    """Tell whether a row is the connection's own: Neutron, Glance and Octavia list for an administrator what others own.

    A service that does not say whose a row is (no such field) lists only the token's project.
    """
    if not kind.owner or kind.owner not in row:
        return True
    return bool(row[kind.owner] == (user if kind.owned_by == "user" else project))
