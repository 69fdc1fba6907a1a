"""Readings in, the time in which the run can have made objects out.

Only moments that stand in the content of the traces count. File times are never asked: files are copied, uploaded as artifacts and
unpacked, and a horizon that is too late takes a later run of the same job for this one.

* Start: the earliest of plan timestamp, Created of a lock, and the first line of a log with times (machine logs, and text logs of a CI
  that stamps lines). Nothing of the run can be older.
* End: the latest of these and of the last line of such logs, plus the provider's create timeout, for the provider may try again so long.
* A text log without times proves how long the run went on at least: its durations (``Creation complete after 1m2s``, ``[10s elapsed]``) are
  chained by the order of its lines. That is added to the latest known start: a lock is taken after the plan was made.
* A plan may be applied hours after it was made. What shows that are objects that the log shows as created and that a state dates
  (``created_at``); such moments widen both ends, if they lie within a day, so that an unrelated object cannot stretch it further.
* The record of ``tfclean run`` tells both ends, also where the run printed nothing; of one that was killed, when it was last seen alive.
* Traces that only destroy say nothing about when objects were made, nor does a lock that was taken for them or for a plan: they are asked
  only if there are no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tfclean.model import Horizon, SourceKind, Tense
from tfclean.terraform.log_lines import moment
from tfclean.terraform.log_story import LogReading
from tfclean.terraform.reading import Reading

_CREATE = timedelta(minutes=10)
_LONG_CREATE = timedelta(minutes=30)
_LONG_TYPES = frozenset(
    {
        "openstack_compute_instance_v2",
        "openstack_containerinfra_cluster_v1",
        "openstack_containerinfra_nodegroup_v1",
        "openstack_db_instance_v1",
        "openstack_images_image_v2",
        "openstack_orchestration_stack_v1",
    }
)
"""Types for which the provider waits up to 30 minutes by default; 10 minutes for all others."""

_DATED: Mapping[str, str] = {
    "openstack_compute_instance_v2": "created",
    "openstack_containerinfra_cluster_v1": "created_at",
    "openstack_images_image_v2": "created_at",
    "openstack_keymanager_container_v1": "created_at",
    "openstack_keymanager_order_v1": "created",
    "openstack_keymanager_secret_v1": "created_at",
    "openstack_orchestration_stack_v1": "creation_time",
}
"""Attributes that say when the object itself was made; elsewhere (``images_image_access_v2``) they speak of another object."""

_MAKING = frozenset({Tense.CREATED, Tense.IN_FLIGHT, Tense.PLANNED})
_FURTHEST = timedelta(days=1)
_PLAN = "OperationTypePlan"
_LOCKING = timedelta(minutes=1)
"""How long before the first line about an object its run may have taken the lock."""


def horizon(readings: Sequence[Reading], unfinished: Iterable[str] = ()) -> Horizon | None:
    """Find out when the run can have made objects.

    Args:
        readings: everything that was read, in any order.
        unfinished: resource types of creates of which nobody knows what came.

    Returns:
        The horizon; None if no trace has a time.
    """
    making = [reading for reading in readings if _makes(reading)]
    making += [reading for reading in readings if reading.source.kind is SourceKind.LOCK and _is_of_an_apply(reading, readings)]
    if not any(reading.first for reading in making):
        making = [*making, *(reading for reading in readings if reading.first and not reading.is_state)]
    starts = [reading.first for reading in making if reading.first]
    lasts = [reading.last for reading in making if reading.last]
    dated = list(_dated(readings, {(c.type, c.id) for r in making for c in r.claims if c.tense is Tense.CREATED}))
    if not starts:
        starts = [min(dated)] if dated else []
        lasts = [max(dated)] if dated else []
        if not starts:
            return None
    else:
        low, high = min(starts) - _FURTHEST, max(lasts or starts) + _FURTHEST
        near = [at for at in dated if low <= at <= high]
        starts += near
        lasts += near
    lasted = max((r.lasted for r in making if isinstance(r, LogReading) and r.first is None), default=timedelta(0))
    end = max([*lasts, max(starts) + lasted])
    return Horizon(min(starts), end + (_CREATE if _LONG_TYPES.isdisjoint(unfinished) else _LONG_CREATE))


def _makes(reading: Reading) -> bool:
    """Tell whether a trace is of a run that made objects."""
    if reading.source.kind is SourceKind.RUN:
        return reading.first is not None
    return not reading.is_state and any(claim.tense in _MAKING for claim in reading.claims)


def _is_of_an_apply(lock: Reading, readings: Iterable[Reading]) -> bool:
    """Tell whether a lock was not taken for a plan, nor for a run whose log shows that it made nothing."""
    if any(held.operation == _PLAN for held in lock.locks):
        return False
    others = [r for r in readings if isinstance(r, LogReading) and r.first and r.last and not _makes(r)]
    return lock.first is None or not any(r.first - _LOCKING <= lock.first <= r.last for r in others if r.first and r.last)


def _dated(readings: Iterable[Reading], made: set[tuple[str, str | None]]) -> Iterator[datetime]:
    """Give when the objects were made that a log shows as created, as far as states tell."""
    for reading in readings:
        for claim in reading.claims if reading.is_state and made else ():
            value = claim.attributes.get(_DATED.get(claim.type, "")) if (claim.type, claim.id) in made else None
            found = moment(value) if isinstance(value, str) else None
            if found:
                yield found
