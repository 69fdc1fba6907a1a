"""What a run leaves to be known and done by people: by-hand lines, and what the project uses of its quotas."""

from __future__ import annotations

from dataclasses import dataclass

from tfclean.model.evidence import Gap


@dataclass(frozen=True, slots=True)
class ByHand:
    """One thing that remains for a person to do.

    Attributes:
        what: what is the matter, in one sentence without its full stop.
        commands: lines for a shell, quoted, that do it; empty if no single line does.
        instead: one line that does the same as all of `commands`, or more of it; empty if there is none.
    """

    what: str
    commands: tuple[str, ...] = ()
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a project uses of one quota.

    Attributes:
        service: type of the service in the catalog.
        name: what is counted, for people, in the plural: ``servers``, ``GiB of volumes``.
        used: how much of it there is.
        limit: how much there may be; -1 is without end.
    """

    service: str
    name: str
    used: int
    limit: int = -1


@dataclass(frozen=True, slots=True)
class Usages:
    """What a project uses of all quotas that could be asked for.

    Attributes:
        of: one for each quota, in the order of their declaration.
        gaps: services that did not tell.
    """

    of: tuple[Usage, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotaChange:
    """What a run changed of the use of one quota.

    Attributes:
        service: type of the service in the catalog.
        name: what is counted, for people, in the plural.
        before: how much of it there was; None if nobody told.
        after: how much of it there is.
        limit: how much there may be; -1 is without end.
    """

    service: str
    name: str
    before: int | None
    after: int
    limit: int = -1

    @property
    def near(self) -> bool:
        """Nine tenths of what may be are used."""
        return self.limit >= 0 and self.after * 10 >= self.limit * 9 and self.after > 0
