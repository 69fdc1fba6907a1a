"""What is to be done, what happened, and how it ended: plan, events and result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tfclean.model.aftermath import ByHand, QuotaChange
from tfclean.model.evidence import Gap
from tfclean.model.judgement import Confidence, Judgement
from tfclean.model.live import Key
from tfclean.model.sweep import Sweep


class Action(StrEnum):
    """What a step does."""

    DELETE = "delete"  # delete the object
    CASCADE = "cascade"  # delete the object and all its parts in one call
    DETACH = "detach"  # untie it from another object: reversible
    CLEAR = "clear"  # take a reference or a protection off it: reversible
    WAIT = "wait"  # wait until OpenStack has taken it away by itself


@dataclass(frozen=True, slots=True)
class Identity:
    """What must still be true of an object right before a call that changes it.

    Attributes:
        owner: project (or user) that owned it.
        created_at: when it was made, as the service lists it.
        name: its name.
        device: ``device_id`` of a port; empty elsewhere.
        references: hash over its references, so that a re-plugged object is noticed.
    """

    owner: str = ""
    created_at: datetime | None = None
    name: str = ""
    device: str = ""
    references: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to one object.

    Attributes:
        action: what to do.
        target: the object.
        name: its name, for people.
        reason: why it is the job's, in words.
        confidence: how sure that is.
        identity: what was seen of it when the plan was made.
        needs: objects that must be gone (or whose step must be done) before.
        parts: objects that go with it without a call of their own.
        after: objects whose steps had better end before, however they end.
        addresses: Terraform addresses that claim it.
        attributes: fields that the call and its undo need, such as ``device_id`` of a router interface.
    """

    action: Action
    target: Key
    name: str
    reason: str
    confidence: Confidence
    identity: Identity = field(default_factory=Identity)
    needs: tuple[Key, ...] = ()
    parts: tuple[Key, ...] = ()
    after: tuple[Key, ...] = ()
    addresses: tuple[str, ...] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that the plan leaves alone although it has to do with the job.

    Attributes:
        target: the object.
        name: its name, for people.
        because: the reason, in words.
        leftover: it is (or may be) the job's: the job is not gone while this is here.
        blockers: what holds it, if it would go otherwise.
    """

    target: Key
    name: str
    because: str
    leftover: bool = False
    blockers: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps with their precedence, and what is kept.

    Attributes:
        steps: in an order that respects `needs`; each target at most once.
        kept: what stays, and why.
        gaps: what was not known when it was made.
        cloud: cloud it was made for, for display.
        project: id of the project it was made for.
        user: id of the user it was made for.
        region: region it was made for.
        made_at: when, timezone aware.
        options: limits and choices it was made with (include_possible, max_deletions, ...), for display and for `resume`.
        digest: over the steps, their identities and their neighbours.
    """

    steps: tuple[Step, ...]
    kept: tuple[Kept, ...] = ()
    gaps: tuple[Gap, ...] = ()
    cloud: str = ""
    project: str = ""
    user: str = ""
    region: str = ""
    made_at: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""


class OutcomeKind(StrEnum):
    """How a step ended."""

    DELETED = "deleted"
    ALREADY_GONE = "already_gone"
    KEPT = "kept"
    BLOCKED = "blocked"  # something that no step can free holds it
    SKIPPED = "skipped"  # a step it needs was blocked or failed
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What a sweep would do, and why.

    Attributes:
        sweep: the groups of the project, which of them go, and what keeps the others.
        plan: the steps by which they go.
        judgement: what is said of each object; its ``edges`` tell how they hang together.
    """

    sweep: Sweep
    plan: Plan
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended for one object.

    Attributes:
        target: the object.
        name: its name, for people.
        outcome: how it ended.
        because: the reason, in words; empty for what was simply deleted.
        blockers: who holds it, where that is known.
    """

    target: Key
    name: str
    outcome: OutcomeKind
    because: str = ""
    blockers: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; journal, progress and `-o ndjson` share this vocabulary.

    Attributes:
        type: ``planned``, ``started``, ``intent``, ``answered``, ``refused``, ``lost``, ``looked``, ``waiting``, ``gone``, ``blocked``,
            ``skipped``, ``failed``, ``undone``, ``renewed``, ``interrupted``, ``proof``, ``finished``.
        time: when, timezone aware.
        target: the object it is about, if any.
        data: what else is known, JSON-ready: status, request_id, seconds, because, blockers, counts.
    """

    type: str
    time: datetime
    target: Key | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended, and the proof.

    Attributes:
        outcomes: one for each step and each kept object.
        leftovers: objects that are (or may be) the job's and are still there, with the reason.
        undone: reversible steps that were taken back.
        proven: two fresh judgements, some seconds apart, found nothing left and nothing in transition.
        exit_code: as documented for the command line.
        journal: path of the journal, empty if none was kept.
        calls: how many requests changed the cloud.
        refusals: how many of those the services refused.
        seconds: how long it took.
        message: one sentence for the user.
        by_hand: what remains for a person to do, with the lines for it.
        quotas: what was used before and after, of the quotas that changed or are nearly used up.
        gaps: what could not be told beside that, such as a service's quotas.
    """

    outcomes: tuple[Outcome, ...] = ()
    leftovers: tuple[Kept, ...] = ()
    undone: tuple[Outcome, ...] = ()
    proven: bool = False
    exit_code: int = 0
    journal: str = ""
    calls: int = 0
    refusals: int = 0
    seconds: float = 0.0
    message: str = ""
    by_hand: tuple[ByHand, ...] = ()
    quotas: tuple[QuotaChange, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """One live object that Terraform is to take into its state.

    Attributes:
        target: the object.
        name: its name, for people.
        address: where it is to stand, as Terraform writes addresses.
        id: what the provider imports it by.
        notes: what a person should know of the address, line by line.
    """

    target: Key
    name: str
    address: str
    id: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is to be imported instead of being deleted.

    Attributes:
        imports: by address, each at most once; a port that a router took as its leg can be two resources.
        left: what was chosen and cannot be imported, with the reason.
        text: a file of ``import`` blocks, for Terraform 1.5 and OpenTofu 1.6 or later.
        gaps: what was not known when it was made.
        project: id of the project that was looked at.
    """

    imports: tuple[Import, ...]
    left: tuple[Kept, ...] = ()
    text: str = ""
    gaps: tuple[Gap, ...] = ()
    project: str = ""
