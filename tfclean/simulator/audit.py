"""The record of all changes in; those that somebody must answer for out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tfclean.simulator.store import Change

# What changes by itself when something beside an object does: nobody has touched the object.
BESIDE = frozenset(("revision_number", "updated_at", "updated", "status", "_turn"))


def substance(change: Change) -> frozenset[str]:
    """Give the fields that a change has changed, but for those that follow from changes beside it.

    Args:
        change: of any kind; creations and deletions change every field.
    """
    before, after = change.before or {}, change.after or {}
    return frozenset(k for k in before.keys() | after.keys() if before.get(k) != after.get(k)) - BESIDE


def harm(audit: Iterable[Change], own: Collection[str], user: str | None = None) -> list[Change]:
    """Give the changes and deletions of objects that are not one's own.

    Args:
        audit: the record, or a part of it.
        own: keys of the objects that may be deleted and changed; what was created in the record may be too.
        user: only what happened on behalf of this user; everything if nothing.

    Returns:
        The changes, in order.
    """
    made: set[str] = set()
    out = []
    for change in audit:
        if change.action == "created":
            made.add(change.id)
        elif change.id not in own and change.id not in made and (user is None or change.actor.user == user) and substance(change):
            out.append(change)
    return out
