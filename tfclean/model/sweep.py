"""What a sweep says: which objects hang together, and whether they go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tfclean.model.live import Key


@dataclass(frozen=True, slots=True)
class Group:
    """Objects that hang together, and go or stay together.

    Attributes:
        members: all of them, sorted.
        title: the one that it is called after.
        goes: it would be deleted.
        because: why it goes or stays, in words.
        blockers: the objects that make it stay, the most telling first; some of them may be of other groups.
        oldest: when the first of its dated members was made; None if none of them has a date.
        newest: when the last one was made.
        common: no job's own but what several can use: one router, keypair or security group with its parts.
    """

    members: tuple[Key, ...]
    title: Key
    goes: bool
    because: str
    blockers: tuple[Key, ...] = ()
    oldest: datetime | None = None
    newest: datetime | None = None
    common: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """All groups of a project, and the clock that they were judged by.

    Attributes:
        groups: those that go first, then by date.
        moment: what the time is, by the earlier of the cloud's and our own clock.
        before: what was made at this moment or later is young.
        older_than: the limit that was asked for; `before` lies a little further back, for whatever is in doubt is young.
        dated: objects without a date of their own that others, or an earlier look, date.
        names: the names of live objects, for display.
    """

    groups: tuple[Group, ...]
    moment: datetime
    before: datetime
    older_than: timedelta
    dated: frozenset[Key] = frozenset()
    names: Mapping[Key, str] = field(default_factory=dict)

    def going(self) -> tuple[Group, ...]:
        """Give the groups that go."""
        return tuple(group for group in self.groups if group.goes)
