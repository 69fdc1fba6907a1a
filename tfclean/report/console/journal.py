"""Events in, the text of `tfclean journal` out: what happened, in order, with how long it took."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from tfclean.model import Event, Key, OutcomeKind, Plan
from tfclean.report.base import Look
from tfclean.report.console.page import Page
from tfclean.report.text import cells, duration, moment, nearby, quantity, safe, titled

TOLD = ("action", "purpose", "method", "status", "request_id", "seconds", "because", "blockers", "exit_code")
"""What of an event's data is told; in this order, where it is there."""

ORDINARY = ("purpose", "go")
"""A call that is the step itself, which goes without saying."""

FLAGS = {"resumed": "going on with it", "undo": "going back"}
"""What is told of a run's beginning."""

QUIET = frozenset({"looked", "waiting"})
"""Events that are only counted, unless verbose."""

HEAD = len("     0s  interrupted ")
"""Columns of time and type, beside which the rest is wrapped."""


def write(page: Page, path: str, plan: Plan, events: Sequence[Event], look: Look) -> None:
    """Write `events`, one line each, and count what is left out."""
    page.prose(f"{nearby(path)}", "bold")
    where = [f"cloud {plan.cloud}" if plan.cloud else "", f"region {plan.region}" if plan.region else "", f"project {plan.project}"]
    page.prose(", ".join(p for p in where if p), "dim")
    first = events[0].time if events else None
    page.prose(f"{quantity(len(plan.steps), 'step')}, {quantity(len(events), 'event')}{f', begun {moment(first)}' if first else ''}")
    page.gap()
    names = {s.target: s.name for s in plan.steps}
    hidden = 0
    called: dict[Key, float] = {}
    answered = {n for e in events if e.type in ("answered", "lost") and (n := e.data.get("call")) is not None}
    for event in events:
        if event.type in QUIET and not look.verbose:
            hidden += 1
            continue
        told = line(event, first_of(events), names) + _timing(event, called, answered)
        if cells(told) <= page.width:
            page.line(told)
        else:
            page.hanging(told[:HEAD], told[HEAD:])
    if hidden:
        page.prose(f"{quantity(hidden, 'look')} left out (-v shows them)", "dim")


def _timing(event: Event, called: dict[Key, float], answered: Container[int]) -> str:
    """Tell how long an object took from its first call until it was gone, and which call has no answer on record."""
    if event.target is None:
        return ""
    if event.type == "intent":
        called.setdefault(event.target, event.time.timestamp())
        number = event.data.get("call")
        return ", no answer on record" if number is not None and number not in answered else ""
    if event.type == "gone" and event.target in called:
        return f", took {duration(event.time.timestamp() - called.pop(event.target))}"
    return ""


def first_of(events: Sequence[Event]) -> float:
    """Give the time of the first event, in seconds."""
    return events[0].time.timestamp() if events else 0.0


def line(event: Event, begun: float, names: Mapping[Key, str]) -> str:
    """Tell one event in one line."""
    after = duration(max(event.time.timestamp() - begun, 0.0))
    what = titled(event.target, names.get(event.target, "")) if event.target else ""
    more = details(event.data)
    return f"{after:>7}  {safe(event.type):<11} {what}{': ' if what and more else ''}{more}".rstrip()


def details(data: Mapping[str, Any]) -> str:
    """Tell what else is known of an event."""
    parts = [words for flag, words in FLAGS.items() if data.get(flag)]
    if data.get("outcome") == OutcomeKind.ALREADY_GONE:
        parts.append("it was gone already")
    if "look" in data:
        parts.append(f"look {safe(data['look'])}, {safe(data.get('count') or 'nothing')} left")
    for name in TOLD:
        item = data.get(name)
        if item in (None, "", [], ()) or (name, item) == ORDINARY:
            continue
        if name == "seconds" and isinstance(item, int | float):
            parts.append(f"{item:.1f}s")
        elif isinstance(item, list | tuple):
            parts.append(f"{name} {', '.join(_one(i) for i in item)}")
        else:
            words = safe(item).removesuffix(".")
            parts.append(words if name in ("action", "because", "purpose", "method") else f"{name.replace('_', ' ')} {words}")
    return ", ".join(parts)


def _one(item: Any) -> str:
    return safe(" ".join(str(i) for i in item)) if isinstance(item, list | tuple) else safe(item)
