"""When an object can have been made by the run, by a clock that is the cloud's.

In: a footprint, and the claims that name live objects. Out: `Times`, calibrated on creates whose start and end a log notes and whose
objects the cloud dates.

Dates of objects are cut to seconds, and those of a service are its own clock's. In recorded logs most objects are dated up to two
seconds before the start of their create.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tfclean.estate.standing import Standing
from tfclean.model import Claim, Footprint, Horizon, Resource, Tense

SLACK = timedelta(seconds=2)
"""By how much dates lie beside the truth although clocks agree."""
UNKNOWN = timedelta(seconds=3)
"""By how much clocks may differ where nothing was recorded to compare them by."""
CUT = timedelta(seconds=1)
ENOUGH = 3
"""Fewer recorded creates than this make the tolerance wider, and never narrower."""
LONGEST = timedelta(minutes=30)
"""The provider's longest timeout of a create."""


@dataclass(frozen=True, slots=True)
class Times:
    """When the run can have made objects.

    Attributes:
        horizon: by the clock of whoever ran it; None if no trace has a time and no dated object is known to be the run's.
        low: by how much the cloud's clock is ahead, at least.
        high: the same, at most.
    """

    horizon: Horizon | None
    low: timedelta = -UNKNOWN
    high: timedelta = UNKNOWN

    def older(self, moment: datetime) -> bool:
        """Tell whether what was made at `moment` is older than the run."""
        horizon = self.horizon
        return horizon is not None and moment < horizon.start + self.low - max(SLACK, horizon.tolerance)

    def younger(self, moment: datetime) -> bool:
        """Tell whether what was made at `moment` is younger than anything the run can have made."""
        horizon = self.horizon
        return horizon is not None and moment > horizon.end + self.high + max(SLACK, horizon.tolerance)

    def before(self, resource: Resource, claim: Claim) -> bool:
        """Tell whether `resource` is older than the start of a create."""
        return claim.started is not None and resource.created_at is not None and resource.created_at < claim.started + self.low - SLACK

    def objection(self, resource: Resource, claim: Claim) -> str:
        """Say why, by its date, `resource` cannot have come of a create; empty if it can."""
        made = resource.created_at
        if made is None:
            return ""
        if self.older(made):
            return "it is older than the run"
        if self.younger(made):
            return "it was made after the run"
        if self.before(resource, claim) and claim.started is not None:
            return f"it was made {(claim.started - made).total_seconds():.0f} s before that create started"
        return ""


def along(resource: Resource, born: datetime) -> str:
    """Say why, by its date, `resource` was not made while something else was that was born then; empty if it can have been."""
    made = resource.created_at
    if made is None or born - SLACK <= made <= born + LONGEST:
        return ""
    return f"it was made {'before' if made < born else 'long after'} that"


def calibrate(footprint: Footprint, standing: Standing) -> Times:
    """Compare the clocks by what both of them have dated.

    Args:
        footprint: the run's traces.
        standing: claims by live object.
    """
    pairs = list(_recorded(standing))
    times = Times(footprint.horizon or _seen(r for r, _ in pairs))
    samples = [(r.created_at, c.started, c.ended) for r, c in pairs if r.created_at and c.started and c.ended]
    if not samples:
        return times
    ends = (max(made - ended for made, _, ended in samples), min(made + CUT - started for made, started, _ in samples))
    low, high = min(ends), max(ends)
    if len(samples) < ENOUGH:
        low, high = min(low, times.low), max(high, times.high)
    return replace(times, low=low, high=high)


def _recorded(standing: Standing) -> Iterable[tuple[Resource, Claim]]:
    for key, claims in standing.claims.items():
        for claim in claims:
            if claim.tense is Tense.CREATED:
                yield standing.inventory.resources[key], claim


def _seen(created: Iterable[Resource]) -> Horizon | None:
    """Tell from the dates of what a log without times shows as created when its run must have been."""
    dates = [resource.created_at for resource in created if resource.created_at is not None]
    return Horizon(min(dates) - LONGEST, max(dates) + LONGEST) if dates else None
