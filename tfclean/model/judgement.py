"""What tfclean says of an object, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from tfclean.model.evidence import Footprint, Gap
from tfclean.model.live import Inventory, Key, Resource
from tfclean.model.sweep import Sweep


class Verdict(StrEnum):
    """What an object is; the first that applies, in this order."""

    PROTECTED = "protected"  # a keep marker, a `--protect` state, a shared or default object
    MANAGED = "managed"  # in a present state, and as it says
    DRIFTED = "drifted"  # in a present state, and changed
    MISSING = "missing"  # in a present state, its kind fully listed, not live
    USED = "used"  # looked up by the job, never made by it
    IMPLICIT = "implicit"  # made by OpenStack for one of ours
    ZOMBIE = "zombie"  # the job's, but in no present state
    POSSIBLE = "possible"  # circumstance only
    FOREIGN = "foreign"  # nothing ties it to the job
    UNKNOWN = "unknown"  # its kind could not be listed


class Confidence(IntEnum):
    """How sure it is that an object is the job's; compares as a number."""

    NONE = 0
    POSSIBLE = 1
    PROBABLE = 2
    CERTAIN = 3

    @property
    def label(self) -> str:
        """The word for it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, in words that a person can check.

    Attributes:
        text: the reason.
        source: where it stands; empty for what the inventory itself shows.
    """

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """One attribute that is not as the state says.

    Attributes:
        attribute: Terraform's name of it.
        before: value in the state; None when sensitive.
        after: live value; None when sensitive.
        sensitive: values are withheld.
    """

    attribute: str
    before: Any
    after: Any
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """The judgement of one object (or one tie between objects).

    Attributes:
        kind: kind of the object; ties such as ``network.floating_ip_association`` have kinds of their own.
        id: live id, or the id in the state for what is missing; None when it was never known.
        name: name for people: live, else as the evidence has it.
        verdict: what it is.
        confidence: how sure it is that it is the job's.
        addresses: Terraform addresses that claim it.
        evidence: the reasons, strongest first.
        drift: changed attributes; empty unless the verdict is DRIFTED.
        flags: ``tainted``, ``deposed``, ``elsewhere``, ``stranger`` (not Terraform's, but inside what is), ``tie``, ``ambiguous``
            (one of more objects than creates: some of them are somebody else's), ``ignored`` (attributes of it have changed, and
            rules ignore that).
        keep: why it must not be deleted although it may be ours; empty if nothing forbids it.
        cause: key of the finding that this one is a consequence of; reports nest it there.
        resource: the live object; None for what is missing and for ties without an object of their own.
    """

    kind: str
    id: str | None
    name: str
    verdict: Verdict
    confidence: Confidence = Confidence.NONE
    addresses: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    drift: tuple[Drift, ...] = ()
    flags: frozenset[str] = frozenset()
    keep: str = ""
    cause: Key | None = None
    resource: Resource | None = None

    @property
    def key(self) -> Key:
        """Kind and id; what was never given an id is keyed by its first address."""
        return Key(self.kind, self.id or (self.addresses[0] if self.addresses else self.name))


class EdgeType(StrEnum):
    """How two objects hang together; every edge points from the object that says so to the one it names."""

    HOLDS = "needs_gone"  # source must be gone before target can go
    PART_OF = "part_of"  # source goes with target
    IMPLIED_BY = "implied_by"  # source was made by OpenStack for target, and goes with it
    BREAKS = "breaks"  # source holds target by a tie of its own kind, which can be undone alone
    EASES = "eases"  # deleting target is cheaper once source is gone; nothing forbids the other order
    WARNS = "warns"  # deleting target is allowed and changes source
    USES = "uses"  # source names target; deletion of either is free


@dataclass(frozen=True, slots=True)
class Edge:
    """One tie between two live objects.

    Attributes:
        source: the object that holds, is part of, or names.
        target: the object that is held, contains, or is named.
        type: what the tie means for deletion.
        reason: in words, such as ``port is on the network``.
    """

    source: Key
    target: Key
    type: EdgeType
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CandidateGroup:
    """Creates that are unaccounted for, and the live objects that each could have made.

    Attributes:
        creates: addresses of the creates.
        resources: keys of the candidates; "2 of these 4" when there are 2 creates and 4 resources.
        reason: why none of them is surer.
        contradicted: those of `resources` that hang on something that is not the job's, and so are left out.
    """

    creates: tuple[str, ...]
    resources: tuple[Key, ...]
    reason: str
    contradicted: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """An object that a create cannot have made.

    Attributes:
        key: the object.
        reason: what contradicts it, in words.
    """

    key: Key
    reason: str


@dataclass(frozen=True, slots=True)
class PendingCreate:
    """A create that started, or may have, and of which no trace tells what came of it.

    Attributes:
        address: of the instance.
        kind: kind of what it would have made.
        name: the name that it would have given, with ``*`` for what is not known of it; empty if it gives none.
        since: when it started, if a trace says so.
        started: a log shows that it started; else it was planned, and no log says what became of that.
        source: where it stands.
        made: the object that it made, as far as can be told; None if that cannot be told.
        candidates: objects that it can have made, if `made` is None.
        rejected: those that come near and cannot have been meant, the nearest first.
        others: how many more were rejected.
    """

    address: str
    kind: str
    name: str = ""
    since: datetime | None = None
    started: bool = True
    source: str = ""
    made: Key | None = None
    candidates: tuple[Key, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The estate, told: one finding for each object and tie, and how they hang together.

    Attributes:
        findings: by key, every live object and every missing one among them.
        edges: ties between live objects.
        candidates: groups of creates and candidates that circumstance cannot tell apart.
        pending: creates of which no trace tells what came of them.
        gaps: of the footprint and the inventory together.
        footprint: what it was judged from.
        inventory: what it was judged against.
        sweep: the groups that it was judged by, where it was judged by age and by no evidence.
        baselined: an inventory from before the run was part of the evidence.
    """

    findings: Mapping[Key, Finding]
    edges: tuple[Edge, ...]
    candidates: tuple[CandidateGroup, ...] = ()
    gaps: tuple[Gap, ...] = ()
    footprint: Footprint = field(default_factory=Footprint)
    inventory: Inventory = field(default_factory=Inventory)
    pending: tuple[PendingCreate, ...] = ()
    sweep: Sweep | None = None
    baselined: bool = False

    def counts(self) -> dict[str, int]:
        """Count findings by verdict, ties left out, in the order of the verdicts."""
        out = {v.value: 0 for v in Verdict}
        for finding in self.findings.values():
            if "tie" not in finding.flags:
                out[finding.verdict.value] += 1
        return {k: n for k, n in out.items() if n}
