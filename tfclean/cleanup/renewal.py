"""What was tied again may be live under a new id: steps and records follow it. In: a plan, records, what is live. Out: both, as of now.

A router's interface that was untied and tied again is another port. The plan's step means the tie between the same router and
subnet, so a run that is taken up goes on with the new one. That it does is recorded (``renewed``), for the runs after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tfclean.cleanup.equivalents import equivalent
from tfclean.cleanup.identity import call_fields, identity
from tfclean.cleanup.state import event_of
from tfclean.cleanup.work import GONE
from tfclean.kinds.registry import KINDS
from tfclean.model import Event, Inventory, Key, OutcomeKind, Plan, Resource, Step


def renewed(plan: Plan, records: Iterable[Event], inventory: Inventory) -> dict[Key, Resource]:
    """Give what is live now in place of ties that were taken back.

    Args:
        plan: of the run.
        records: of its journal.
        inventory: what is live.

    Returns:
        By the object that the plan names: the one that does the same. Objects that are live under the plan's own id are left out.
    """
    records = tuple(records)
    names = _names(records)
    back = {e.target for e in records if e.type == "undone" and OutcomeKind(e.data.get("outcome", OutcomeKind.FAILED)) in GONE}
    out: dict[Key, Resource] = {}
    for step in plan.steps:
        known = [step.target, *(key for key in (names.get(step.target),) if key)]
        kind = KINDS[step.target.kind]
        if kind.undo is None or step.target in inventory.resources or not back.intersection(known):
            continue
        there = equivalent(kind, {**step.attributes, "id": step.target.id}, inventory.of(kind.name))
        if there is not None:
            out[step.target] = there
    return out


def follow(plan: Plan, records: Iterable[Event], live: Mapping[Key, Resource] | None = None) -> tuple[Plan, tuple[Event, ...]]:
    """Let a plan and its records name what is there now.

    Args:
        plan: of the run.
        records: of its journal.
        live: what `renewed` gave; without it, only what the records tell is followed.
    """
    records = tuple(records)
    live = live or {}
    names = {**_names(records), **{old: resource.key for old, resource in live.items()}}
    if not names:
        return plan, records

    def now(key: Key) -> Key:
        while key in names and names[key] != key:
            key = names[key]
        return key

    def step_now(step: Step) -> Step:
        resource = live.get(step.target)
        fields = call_fields(KINDS[resource.kind], resource) if resource else {}
        return replace(
            step,
            target=now(step.target),
            identity=identity(resource) if resource else step.identity,
            needs=tuple(map(now, step.needs)),
            parts=tuple(map(now, step.parts)),
            after=tuple(map(now, step.after)),
            attributes={**step.attributes, **fields},
        )

    events = tuple(replace(e, target=now(e.target)) if e.target is not None else e for e in records)
    return replace(plan, steps=tuple(map(step_now, plan.steps))), events


def told(records: Iterable[Event], live: Mapping[Key, Resource], time: float) -> list[Event]:
    """Give the events that say of what is live that it is a successor, where the records do not say so yet."""
    names = _names(records)
    return [event_of("renewed", time, old, successor=new.id) for old, new in live.items() if names.get(old) != new.key]


def _names(records: Iterable[Event]) -> dict[Key, Key]:
    return {e.target: Key(e.target.kind, str(e.data.get("successor"))) for e in records if e.type == "renewed" and e.target is not None}
