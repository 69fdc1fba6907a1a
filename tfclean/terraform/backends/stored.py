"""What the readers of backends give back, and how they say that they cannot. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfclean.terraform.reading import Reading


class Unresolved(Exception):
    """A backend cannot be read; the message is one phrase that goes on after "the state is in ...:", without any secret."""


class NotHere(Unresolved):
    """A backend is set up in a way that only Terraform itself can follow."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a backend holds.

    Attributes:
        where: its address, without credentials.
        data: the state as it is stored; empty if there is none.
        locks: the reading of the lock, if one is held.
        unasked: why nobody knows whether a lock is held; empty if that is known, or if the backend has no locks.
    """

    where: str
    data: bytes = field(repr=False)
    locks: tuple[Reading, ...] = ()
    unasked: str = ""
