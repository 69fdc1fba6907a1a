"""The caller's choices: what may go, what must stay, and how much at most. In: the command line or a library call. Out: `Options`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tfclean.errors import UsageError
from tfclean.kinds.keeping import Keeping
from tfclean.kinds.registry import KINDS
from tfclean.model import Finding, Key, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller allows. The defaults are the careful ones.

    Attributes:
        include_possible: also delete what only circumstance ties to the job.
        also: ids or addresses that are deleted although their owner let go of them or asked that they stay.
        keep: ids, or regular expressions over names and addresses (matched as a whole), of what must stay.
        allow_side_effects: also delete a group that rules of a foreign group name; those rules vanish with it.
        all_or_none: delete nothing unless every step's checks pass and no blocker is known.
        repair: try to free what is stuck, by what its owner may do: remove leftover attachments, repeat or force a deletion.
        max_deletions: at most so many objects in one plan; None for no limit.
        max_share: at most this share (0 to 1) of the project's objects in one plan; None for no limit.
        keeping: markers and rules by which objects stay, whatever else is asked.
        outside: objects of other jobs that states of theirs protect, each with the reason.
        before: in a sweep, nothing goes that was made at this moment or later, or of which nothing tells when it was made.
        dated: in a sweep, objects without a date of their own that are old all the same, because what uses them is.

    Raises:
        UsageError: a `keep` is no regular expression, or a limit makes no sense.
    """

    include_possible: bool = False
    also: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    allow_side_effects: bool = False
    all_or_none: bool = False
    repair: bool = False
    max_deletions: int | None = 500
    max_share: float | None = None
    keeping: Keeping = field(default_factory=Keeping)
    outside: Mapping[Key, str] = field(default_factory=dict)
    before: datetime | None = None
    dated: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        for pattern in self.keep:
            try:
                re.compile(pattern)
            except re.error as error:
                raise UsageError(f"{pattern!r} is neither an id nor a regular expression: {error}.") from None
        if self.max_deletions is not None and self.max_deletions < 0:
            raise UsageError("The limit on deletions must not be negative.")
        if self.max_share is not None and not 0 <= self.max_share <= 1:
            raise UsageError("The limit on the share of a project must lie between 0 and 1.")

    def names(self, finding: Finding) -> bool:
        """Tell whether the caller asked for `finding` by name."""
        return finding.id in self.also or any(address in self.also for address in finding.addresses)

    def kept(self, resource: Resource, addresses: tuple[str, ...] = ()) -> str:
        """Say which `keep` matches an object, or give the empty string.

        Args:
            resource: the live object.
            addresses: Terraform addresses that claim it.
        """
        for pattern in self.keep:
            if pattern == resource.id or any(re.fullmatch(pattern, text) for text in (resource.id, resource.name, *addresses) if text):
                return f"asked to keep {pattern}"
        return ""

    def young(self, resource: Resource) -> str:
        """Say why, in a sweep, an object is too young to go, or its age too uncertain; empty if it is old, or this is no sweep."""
        kind = KINDS[resource.kind]
        if self.before is None or kind.tie or kind.implied(resource):
            return ""  # what goes with something else goes by that one's age
        if resource.created_at is None:
            return "" if resource.key in self.dated else "nothing tells when it was made"
        return "" if resource.created_at < self.before else f"it is young: made {resource.created_at:%Y-%m-%d %H:%M:%SZ}"

    def sweeping(self, before: datetime, dated: Iterable[Key]) -> Options:
        """Give these options for a sweep with this limit; of two limits the earlier one holds."""
        return replace(self, before=min(before, self.before or before), dated=frozenset(dated))

    def document(self) -> Mapping[str, Any]:
        """Give the choices as a JSON-ready mapping, for display."""
        return {
            "include_possible": self.include_possible,
            "also": list(self.also),
            "keep": list(self.keep),
            "allow_side_effects": self.allow_side_effects,
            "all_or_none": self.all_or_none,
            "max_deletions": self.max_deletions,
            "max_share": self.max_share,
        } | ({"sweep": {"before": self.before.isoformat(), "dated": sorted(map(list, self.dated))}} if self.before else {})
