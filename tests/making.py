"""Short ways to make nouns by hand: live objects, claims, footprints, inventories."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tfclean.kinds.registry import KINDS
from tfclean.model import Claim, Footprint, Horizon, Inventory, Key, Resource, Source, SourceKind, Tense, Variable

PROJECT = "p" * 32
USER = "u" * 32
START = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
STATE = Source(SourceKind.STATE, "terraform.tfstate", "serial 7")
LOG = Source(SourceKind.LOG_TEXT, "apply.log", "line 12")


def live(kind: str, id_: str, name: str = "", *, owner: str | None = None, after: float | None = 10, **attributes: Any) -> Resource:
    """Make a live object, `after` seconds into the run (None: the service does not say)."""
    declared = KINDS[kind]
    own = USER if declared.owned_by == "user" else PROJECT
    made = START + timedelta(seconds=after) if after is not None and declared.created else None
    return Resource(kind, id_, name, own if owner is None else owner, made, attributes={"name": name, **attributes})


def claim(address: str, tense: Tense = Tense.RECORDED, id_: str | None = None, **attributes: Any) -> Claim:
    """Make a claim; one with an id in a state is present unless its tense says otherwise."""
    present = tense in (Tense.RECORDED, Tense.TAINTED, Tense.DEPOSED)
    type_ = next(part for part in address.split(".") if part.startswith("openstack_"))
    return Claim(address, type_, tense, STATE if present else LOG, id_, attributes, present=present)


def footprint(claims: Iterable[Claim], *, job: str = "800001", minutes: float = 30, **changes: Any) -> Footprint:
    """Make a footprint of a run that began at `START` and was given `job` as a variable."""
    given: dict[str, Any] = {
        "horizon": Horizon(START, START + timedelta(minutes=minutes)),
        "variables": {"job": Variable(job, given=True, source="plan.json")} if job else {},
        "complete": True,
        "logged": True,
    }
    return Footprint(claims=tuple(claims), **{**given, **changes})


def inventory(*resources: Resource, **changes: Any) -> Inventory:
    """Make an inventory in which every kind was listed."""
    given: dict[str, Any] = {"listed": frozenset(KINDS), "project": PROJECT, "user": USER, "cloud": "made", "region": "RegionOne"}
    return Inventory({r.key: r for r in resources}, **{**given, **changes})


def key(kind: str, id_: str) -> Key:
    """Name an object."""
    return Key(kind, id_)
