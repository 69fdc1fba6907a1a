"""An inventory, a journal or a checkup in, its outline out: what is there, what happened, what was examined."""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Checkup, Event, Inventory, Key, Mark, Plan
from tfclean.report.base import Context
from tfclean.report.console.journal import QUIET, details, first_of
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.text import duration, many, moment, nearby, quantity

STATES = {"failed": State.BAD, "blocked": State.BAD, "lost": State.BAD, "refused": State.OPEN, "skipped": State.OPEN}
"""How it stands after an event; after all others well."""


def inventory(found: Inventory, context: Context) -> Outline:
    """Outline what is live.

    Args:
        found: what is live.
        context: where and when.
    """
    own = sum(not r.owner or r.owner in (found.project, found.user) for r in found.resources.values())
    others = len(found.resources) - own
    kinds: dict[str, list[Entry]] = {}
    for resource in found.resources.values():
        made = moment(resource.created_at)
        kinds.setdefault(resource.kind, []).append(
            Entry(
                resource.key,
                resource.name,
                resource.id,
                resource.status.lower() or "live",
                State.ASIDE,
                notes=(f"made {made}",) if made else (),
            )
        )
    ordered = sorted(kinds, key=lambda k: (-len(kinds[k]), k))
    return Outline(
        document="inventory",
        title="What is live",
        context=context,
        sentence=f"{quantity(own, 'object')} in the project{f', and {others} of others that touch it' if others else ''}.",
        state=State.OPEN if found.gaps else State.GOOD,
        label="Status",
        facts=tuple((n, t) for n, t in (("listed", moment(found.taken_at)), ("effort", quantity(found.calls, "request"))) if t),
        counts=tuple((many(kind, len(kinds[kind])).partition(" ")[2], len(kinds[kind]), State.ASIDE) for kind in ordered),
        sections=tuple(
            Section(kind, noun(kind)[:1].upper() + noun(kind)[1:], "", State.ASIDE, tuple(kinds[kind]), judged=False) for kind in ordered
        ),
        gaps=found.gaps,
        subject=found,
    )


def journal(path: str, plan: Plan, events: Sequence[Event], context: Context) -> Outline:
    """Outline what happened, in order; looks and waiting are only counted.

    Args:
        path: the journal's file.
        plan: what was to be done.
        events: what happened.
        context: where and when.
    """
    names = {s.target: s.name for s in plan.steps}
    told = [e for e in events if e.type not in QUIET]
    begun = first_of(events)
    types: dict[str, int] = {}
    for event in events:
        types[event.type] = types.get(event.type, 0) + 1
    entries = tuple(
        Entry(
            event.target or Key("", ""),
            names.get(event.target, "") if event.target else "",
            event.target.id if event.target else "",
            event.type,
            STATES.get(event.type, State.ASIDE),
            place="",
            notes=tuple(n for n in (f"after {duration(max(event.time.timestamp() - begun, 0.0))}", details(event.data)) if n),
        )
        for event in told
    )
    hidden = len(events) - len(told)
    notes = (f"{quantity(hidden, 'look')} left out",) if hidden else ()
    return Outline(
        document="journal",
        title="What happened",
        context=context,
        sentence=f"{quantity(len(plan.steps), 'step')}, {quantity(len(events), 'event')}.",
        state=State.ASIDE,
        label="Event",
        facts=tuple((n, t) for n, t in (("journal", nearby(path)), ("begun", moment(events[0].time) if events else "")) if t),
        counts=tuple((type_, n, STATES.get(type_, State.ASIDE)) for type_, n in types.items()),
        sections=(Section("events", "Events", "in order", State.ASIDE, entries, notes, judged=False, unfolded=True),),
    )


MARKS = {Mark.OK: State.GOOD, Mark.NOTE: State.GOOD, Mark.WARN: State.OPEN, Mark.FAIL: State.BAD}
"""How it stands after a check."""


def checkup(made: Checkup, context: Context) -> Outline:
    """Outline what was examined, and what to do.

    Args:
        made: what was examined.
        context: where and when.
    """
    times: dict[str, int] = {}
    entries = []
    for check in made.checks:
        times[check.subject] = times.get(check.subject, 0) + 1
        number = f" ({times[check.subject]})" if times[check.subject] > 1 else ""
        name = f"{check.subject}{number}"
        entries.append(Entry(Key("", name), name, "", check.mark.value, MARKS[check.mark], notes=(check.text,)))
    states = [e.state for e in entries]
    return Outline(
        document="checkup",
        title="What is configured, reachable and permitted",
        context=context,
        sentence="Nothing to do." if not made.advice else f"{quantity(len(made.advice), 'thing')} to do.",
        state=State.BAD if State.BAD in states else State.OPEN if State.OPEN in states else State.GOOD,
        label="Check",
        counts=tuple((mark.value, n, MARKS[mark]) for mark in Mark if (n := sum(c.mark is mark for c in made.checks))),
        sections=(Section("checks", "Checks", "cheap and local things first", State.GOOD, tuple(entries), unfolded=True),),
        advice=tuple((advice, ()) for advice in made.advice),
    )
