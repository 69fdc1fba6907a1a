"""What speaks against taking one object by its age alone. In: an object, and the clock. Out: `Ages`, with a reason for each that must stay.

Whatever is in doubt is young: the limit is counted from the earlier of two clocks, the cloud's and our own, less the second to which
dates are cut and the slack that dates have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tfclean.estate.grouping import unseen_ends
from tfclean.estate.timing import CUT, SLACK
from tfclean.kinds.registry import KINDS, noun
from tfclean.model import Inventory, Key, Resource

UNSEEN_CLOCK = timedelta(minutes=1)
"""By how much the cloud's clock may be behind ours where its answers bear no date."""

NEVER = datetime.fromtimestamp(0, UTC)
"""The time of an inventory that has none: nothing is older."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The one clock of a sweep, frozen.

    Attributes:
        moment: what the time is.
        before: what was made at this moment or later is young.
        older_than: the limit that was asked for.
    """

    moment: datetime
    before: datetime
    older_than: timedelta

    @classmethod
    def of(cls, inventory: Inventory, older_than: timedelta) -> Clock:
        """Freeze the clock at the time of an inventory.

        Args:
            inventory: as a cloud lists it; a made one without a time has nothing that is old.
            older_than: what is younger than this stays.
        """
        taken = inventory.taken_at or NEVER
        moment = min(taken, inventory.clock or taken)
        doubt = SLACK + CUT + (timedelta() if inventory.clock else UNSEEN_CLOCK)
        return cls(moment, moment - older_than - doubt, older_than)


@dataclass(frozen=True, slots=True)
class Ages:
    """What is known of single objects.

    Attributes:
        inventory: what is live.
        clock: what counts as young.
        wish: says why somebody asked that an object stay; empty if nobody did.
        outside: what other jobs' states manage, with the reason.
        seen: when objects without a date were first seen.
        absent: the last look at which they were not there yet; only for those of which there was one.
    """

    inventory: Inventory
    clock: Clock
    wish: Callable[[Resource], str]
    outside: Mapping[Key, str] = field(default_factory=dict)
    seen: Mapping[Key, datetime] = field(default_factory=dict)
    absent: Mapping[Key, datetime] = field(default_factory=dict)

    def made(self, resource: Resource) -> datetime | None:
        """Give when an object was made, or else first seen; None for what OpenStack makes by itself, at any time."""
        if KINDS[resource.kind].implied(resource):
            return None
        return resource.created_at or self.seen.get(resource.key)

    def lately(self, resource: Resource) -> bool:
        """Tell whether an object without a date is known to be young: a look within the limit did not see it yet."""
        absent = self.absent.get(resource.key)
        return absent is not None and absent >= self.clock.before

    def young(self, resource: Resource) -> bool:
        """Tell whether an object is young; what must never be deleted anyway, such as a default group, is not."""
        made = self.made(resource)
        return made is not None and made >= self.clock.before and not KINDS[resource.kind].guard(resource)

    def fixed(self, resource: Resource) -> str:
        """Say why an object stays whatever its age; empty if nothing is known against it."""
        kind = KINDS[resource.kind]
        reason = self.outside.get(resource.key) or self.wish(resource)
        if reason or kind.implied(resource):
            return reason
        shared = "it shares something with other projects" if kind.shares else ""
        return kind.guard(resource) or kind.lock(resource) or shared or self._strange(resource)

    def objection(self, resource: Resource) -> str:
        """Say why an object must not go, by its date or whatever its age; empty if nothing is known against it."""
        kind, made = KINDS[resource.kind], self.made(resource)
        if fixed := self.fixed(resource):
            return fixed
        if made is not None:
            return f"it was {'made' if resource.created_at else 'first seen'} {self.ago(made)}" if made >= self.clock.before else ""
        dateless = not kind.created or kind.tie or kind.implied(resource)
        return "" if dateless else "its service does not say when it was made"

    def ago(self, made: datetime) -> str:
        """Say how long ago something was, rounded down."""
        return f"{span(self.clock.moment - made)} ago" if made < self.clock.moment else "just now"

    def _strange(self, resource: Resource) -> str:
        kind = KINDS[resource.kind]
        own = self.inventory.user if kind.owned_by == "user" else self.inventory.project
        if kind.owner and resource.owner != own and not (kind.tie and not resource.owner):
            return f"it belongs to another {kind.owned_by}" if resource.owner else f"its service does not say which {kind.owned_by} owns it"
        for name, id_ in unseen_ends(resource, self.inventory):
            return f"it is tied to {noun(name)} {id_}, which is not this project's"
        return ""


def span(time: timedelta) -> str:
    """Say how long, in the two largest units that it has, rounded down: ``5d 2h``, ``4h 10m``, ``12m``, ``40s``."""
    seconds = int(time.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    first = next((index for index, (count, _) in enumerate(parts) if count), 3)
    shown = parts[first : first + (2 if first < 2 else 1)]
    return " ".join(f"{count}{unit}" for count, unit in shown if count or unit == shown[0][1])
