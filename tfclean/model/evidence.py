"""What Terraform's traces say: claims, gaps, and the footprint that unites them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class SourceKind(StrEnum):
    """Which trace of Terraform a claim was read from."""

    STATE = "state"
    BACKUP = "backup"
    ERRORED_STATE = "errored state"
    STATE_JSON = "show -json of a state"
    PLAN_FILE = "plan file"
    PLAN_JSON = "show -json of a plan"
    LOG_TEXT = "log"
    LOG_JSON = "machine log"
    POINTER = "backend pointer"
    LOCK = "lock"
    RUN = "record of a run"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim stands, precisely enough for a person to look it up.

    Attributes:
        kind: which trace it is.
        path: file as the user named it or as discovery found it; ``-`` is standard input.
        place: what narrows it down inside the file, such as ``line 12``, ``serial 18`` or ``tfstate-prev``.
    """

    kind: SourceKind
    path: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.place}" if self.place else self.path


class Tense(StrEnum):
    """How a trace speaks of an object."""

    RECORDED = "recorded"  # a managed instance of a state, or an id that a log shows as refreshed from one
    TAINTED = "tainted"  # the same, marked to be replaced
    DEPOSED = "deposed"  # the same, already replaced and still to be destroyed
    CREATED = "created"  # a log shows its creation as complete
    IN_FLIGHT = "in_flight"  # a log shows its creation as started and not as complete
    PLANNED = "planned"  # a plan wants to create it, or a configuration says that one would
    DESTROYED = "destroyed"  # a log shows its destruction as complete
    FORGOTTEN = "forgotten"  # `removed` or `state rm`: the owner let go of it on purpose
    IMPORTED = "imported"  # it existed before Terraform did
    REFERENCED = "referenced"  # a data source, or an object that was looked up: used, never owned


OWNING = frozenset({Tense.RECORDED, Tense.TAINTED, Tense.DEPOSED, Tense.CREATED})
"""Tenses in which an id proves that the object is the job's."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one piece of evidence says about one object.

    Attributes:
        address: full resource instance address, ``module.a["x"].type.name[0]``; never with a deposed key.
        type: Terraform resource type.
        tense: how the trace speaks of it.
        source: where it stands.
        id: Terraform's id of it (not always the id of a live object: see ``kinds.terraform_types``).
        attributes: known attributes with their values; what is sensitive is left out at the door. Of a configuration, a text that is
            known in part is a `Pattern`.
        sensitive: names of top-level attributes that were left out because they are sensitive.
        unknown: names of top-level attributes that a plan could not know yet.
        dependencies: configuration addresses that it depends on, as a state lists them.
        candidates: ids that a diagnostic names; never proof.
        deposed: the deposed key, eight hex digits.
        present: it stands in the present state of its lineage (the highest serial).
        lineage: lineage of the state it was read from.
        keep: why its owner asked that it stay, such as ``skip_destroy``.
        refers: pairs of an attribute, or a path into one (``network.0.port``), and the address that the configuration has there.
        started: when a log saw its creation (or, for ``DESTROYED``, its destruction) start.
        ended: when a log saw that end.
    """

    address: str
    type: str
    tense: Tense
    source: Source
    id: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    dependencies: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    deposed: str | None = None
    present: bool = False
    lineage: str | None = None
    keep: str | None = None
    refers: tuple[tuple[str, str], ...] = ()
    started: datetime | None = None
    ended: datetime | None = None


class GapKind(StrEnum):
    """Why something is not known."""

    STATE_LOST = "state lost"  # empty or cut off: objects may exist that nothing lists
    ENCRYPTED = "encrypted"
    REMOTE = "remote"  # a backend pointer: the state is elsewhere
    UNREADABLE = "unreadable"
    NOT_COUNTED = "not counted"  # a configuration does not tell how many objects a block makes
    UNKNOWN_TYPE = "unknown type"  # a resource type whose kind is not looked after
    NOT_LISTED = "not listed"  # a service or kind that could not be listed
    NO_SERVICE = "no service"  # the catalog does not have it; no error


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read or listed, and why.

    Attributes:
        kind: the class of the gap.
        subject: file, Terraform type or kind of object that it concerns.
        reason: one sentence: what is wrong and what to do about it.
    """

    kind: GapKind
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Horizon:
    """The time in which a run can have made objects.

    Attributes:
        start: the run's first trace, timezone aware.
        end: its last trace plus the provider's timeout.
        tolerance: by how much ``created_at`` may lie outside (it is cut to seconds, and clocks differ).
    """

    start: datetime
    end: datetime
    tolerance: timedelta = timedelta(seconds=2)

    def holds(self, moment: datetime) -> bool:
        """Tell whether an object made at `moment` can be the run's."""
        return self.start - self.tolerance <= moment <= self.end + self.tolerance


@dataclass(frozen=True, slots=True)
class Lock:
    """A held or left-over lock of a state.

    Attributes:
        path: the lock file, or where the backend says the lock is.
        id: Terraform's lock id, for `terraform force-unlock`.
        who: ``user@host`` of the holder.
        operation: such as ``OperationTypeApply``.
        created: when it was taken.
        held: a living process on this machine holds it (local states only).
    """

    path: str
    id: str
    who: str = ""
    operation: str = ""
    created: datetime | None = None
    held: bool = False

    @property
    def remote(self) -> bool:
        """A backend holds it: it does not end with the process that took it."""
        return "://" in self.path


@dataclass(frozen=True, slots=True)
class Variable:
    """A root variable of the run.

    Attributes:
        value: its value as text.
        given: it was given for this run and is not merely a default.
        source: where the value stands.
    """

    value: str
    given: bool
    source: str


@dataclass(frozen=True, slots=True)
class Footprint:
    """All claims of all sources, united.

    Attributes:
        claims: per object and source, cancelled ones already taken out.
        gaps: what could not be read, and why.
        sources: every file that was read, with what it was recognised as.
        horizon: when the run can have made objects; None when no trace has a time.
        variables: root variables by name.
        locks: locks found beside the traces.
        lineages: lineage → serial of the present state.
        logged: a log of an apply was read: a create that it does not show as started never started.
        engine: the program whose commands the owner of the traces uses: ``terraform`` or ``tofu``.
        complete: a present state was read whole (else nothing may be called missing or in sync).
    """

    claims: tuple[Claim, ...] = ()
    gaps: tuple[Gap, ...] = ()
    sources: tuple[Source, ...] = ()
    horizon: Horizon | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    lineages: Mapping[str, int] = field(default_factory=dict)
    complete: bool = False
    logged: bool = False
    engine: str = "terraform"
