"""What was examined before anything is done, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Mark(StrEnum):
    """How a check ended."""

    OK = "ok"
    NOTE = "note"  # worth knowing; nothing has to be done
    WARN = "warn"  # something is to be done, or some things cannot be
    FAIL = "fail"  # nothing goes before this is mended


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined.

    Attributes:
        subject: what: ``credentials``, ``evidence``, ...
        mark: how it ended.
        text: what was found.
        advice: what to do about it; empty if there is nothing to do.
        exit_code: what it makes of the whole.
    """

    subject: str
    mark: Mark
    text: str
    advice: str = ""
    exit_code: int = 0


SEVERITY = (0, 1, 3, 2)
"""Exit codes, the one that counts most last."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """All that was examined, cheap and local things first.

    Attributes:
        checks: in their order.
        cloud: name of the cloud, for display; empty if it was not reached.
        project: id of the project; empty if it was not reached.
        region: region name.
    """

    checks: tuple[Check, ...]
    cloud: str = ""
    project: str = ""
    region: str = ""

    @property
    def exit_code(self) -> int:
        """0 fine, 1 something to do, 3 the cloud, 2 input that cannot be read."""
        return max((check.exit_code for check in self.checks), key=SEVERITY.index, default=0)

    @property
    def advice(self) -> tuple[str, ...]:
        """What to do, in the order of the checks, each once."""
        return tuple(dict.fromkeys(check.advice for check in self.checks if check.advice))


@dataclass(frozen=True, slots=True)
class Token:
    """What a cloud's token says of us.

    Attributes:
        user: name of the user.
        project: name of the project.
        roles: names of the roles that it has there.
        expires: when the token ends; renewed by what made it, if that still holds then.
        credential: name of the application credential by which it was made; empty if none was.
        unlistable: kinds that the access rules of that credential do not let it list.
        undeletable: kinds that they do not let it delete.
    """

    user: str
    project: str
    roles: tuple[str, ...] = ()
    expires: datetime | None = None
    credential: str = ""
    unlistable: tuple[str, ...] = ()
    undeletable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """A service that is there.

    Attributes:
        service: its type.
        release: version of its API.
        microversion: what was agreed on; empty if the service has none.
    """

    service: str
    release: str = ""
    microversion: str = ""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far a cloud's clock is ahead of ours, as far as one answer tells: dates of HTTP are cut to seconds, and answers take time.

    Attributes:
        least: seconds; negative if it is behind.
        most: seconds.
    """

    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How we stand with a cloud.

    Attributes:
        token: what its token says of us.
        offered: services that are there.
        ahead: its clock against ours; None if it does not tell its time.
    """

    token: Token
    offered: Iterable[Offered] = field(default_factory=tuple)
    ahead: Ahead | None = None
