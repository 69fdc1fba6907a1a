"""One event in, one line out: what each event of a run is called, whoever shows it; and the question before the first one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfclean.kinds.registry import noun
from tfclean.model import Action, Event, Key, Plan, Step
from tfclean.report.base import Context
from tfclean.report.text import by_kind, joined, quantity, safe, shorten, titled

VERBS = {
    Action.DELETE: "deleting",
    Action.CASCADE: "deleting, with all its parts,",
    Action.DETACH: "untying",
    Action.CLEAR: "freeing",
    Action.WAIT: "waiting for",
}
PURPOSES = {"prepare": "preparing", "repair": "trying to free", "undo": "taking back the change to"}
"""What a call is for, where it is not the step itself."""

LONGEST = 300
"""Cells of a service's words that are shown."""


class Names:
    """What the objects of a run are called, and what is done to them.

    Args:
        plan: names of the objects; others are learnt from events.
    """

    def __init__(self, plan: Plan | None) -> None:
        self.of: dict[Key, str] = {s.target: s.name for s in plan.steps} if plan else {}
        self._verbs = {s.target: VERBS[s.action] for s in plan.steps} if plan else {}

    def learn(self, event: Event) -> None:
        """Take a name from an event, if it has one."""
        if event.target is not None:
            self.of.setdefault(event.target, str(event.data.get("name") or ""))

    def doing(self, event: Event) -> str:
        """Say what a call does: ``deleting``."""
        return PURPOSES.get(str(event.data.get("purpose"))) or self._verbs.get(event.target or Key("", ""), "deleting")

    def titled(self, key: Key | None) -> str:
        """Name an object in a sentence, with its id."""
        return titled(key, self.of.get(key, "")) if key else ""

    def short(self, key: Key) -> str:
        """Name an object in a display: without its id, if it has a name."""
        return f"{safe(noun(key.kind))} {shorten(safe(self.of.get(key) or key.id), 40)}"


def parts_of(steps: Sequence[Step]) -> tuple[list[str], list[str], list[str]]:
    """Give the kinds of what is deleted by a call, of what goes with that by itself, and of what is only untied."""
    deleted = [s.target.kind for s in steps if s.action in (Action.DELETE, Action.CASCADE)]
    along = [s.target.kind for s in steps if s.action is Action.WAIT] + [p.kind for s in steps for p in s.parts]
    return deleted, along, [s.target.kind for s in steps if s.action in (Action.DETACH, Action.CLEAR)]


def question(plan: Plan, context: Context) -> str:
    """Say in one question what a yes would do, and where."""
    steps = [s for s in plan.steps if s.target not in context.done]
    deleted, along, untied = parts_of(steps)
    parts = [f"delete {quantity(len(deleted), 'object')}" if deleted else ""]
    more = f"{quantity(len(along), 'more', 'more')} with {'it' if len(deleted) == 1 else 'them'}" if deleted else f"see {by_kind(along)} go"
    parts.append(more if along else "")
    parts.append(f"untie {by_kind(untied)}" if untied else "")
    what = joined([p for p in parts if p]) or "look again at what is gone"
    if context.back:
        what = f"tie {by_kind(s.target.kind for s in steps)} again"
    where = f"project {plan.project}{f' of cloud {plan.cloud}' if plan.cloud else ''}"
    return safe(f"{what[0].upper()}{what[1:]} in {where}?")


def words(event: Event) -> str:
    """Give the reason that an event tells, on one line."""
    return shorten(safe(event.data.get("because") or ""), LONGEST)


def reason(data: Mapping[str, Any], names: Mapping[Key, str]) -> str:
    """Say what is waited for: ``waiting for 2 ports``."""
    because = safe(data.get("because") or "")
    blockers = [Key(str(b[0]), str(b[1])) for b in data.get("blockers") or () if isinstance(b, list | tuple) and len(b) == 2]
    if not blockers:
        status = safe(data.get("status") or "")
        return because or (f"waiting while it is {status}" if status else "waiting until it is gone")
    told = titled(blockers[0], names.get(blockers[0], "")) if len(blockers) == 1 else by_kind(b.kind for b in blockers)
    return f"waiting for {told}{f': {because}' if because else ''}"


def line(event: Event, names: Names) -> str:
    """Tell an event in one line; nothing for one that is not told."""
    told = TOLD.get(event.type)
    return told(event, names) if told else ""


def _intent(event: Event, names: Names) -> str:
    return f"{names.doing(event)} {names.titled(event.target)}"


def _ending(word: str) -> Callable[[Event, Names], str]:
    def told(event: Event, names: Names) -> str:
        because = words(event)
        return f"{word}: {names.titled(event.target)}{f': {because}' if because else ''}"

    return told


def well(event: Event) -> bool:
    """Tell whether an event that ends an object's story ends it as it should."""
    return event.type == "gone" or (event.type == "undone" and event.data.get("outcome") in ("deleted", "already_gone"))


def _undone(event: Event, names: Names) -> str:
    return _ending("taken back" if well(event) else "not taken back")(event, names)


def _waiting(event: Event, names: Names) -> str:
    return f"{names.titled(event.target)}: {reason(event.data, names.of)}" if event.target else ""


def _refused(event: Event, names: Names) -> str:
    status = event.data.get("status")
    return f"refused{f' ({safe(status)})' if status else ''}: {names.titled(event.target)}: {words(event)}".rstrip(": ")


def _interrupted(event: Event, names: Names) -> str:
    del names
    return f"{words(event) or 'interrupted'}: waiting for calls in flight"


def _proof(event: Event, names: Names) -> str:
    del names
    left = event.data.get("count") or 0
    found = words(event) or (f"{quantity(int(left), 'object')} left" if left else "nothing is left")
    return f"looking again to prove the end, look {safe(event.data.get('look') or '')}: {found}"


def again(event: Event) -> str:
    """Say why a call has to be made again, from its answer; nothing if it has not: ``the service is overloaded (429): Slow down``."""
    if event.type == "lost":
        return f"no answer came{f' ({words(event)})' if words(event) else ''}"
    status = event.data.get("status")
    if event.type != "answered" or not isinstance(status, int) or (status != 429 and status < 500):
        return ""
    what = "the service is overloaded" if status in (429, 503) else "the service failed"
    pause = event.data.get("retry_after")
    asked = f", and asks for {float(pause):.0f}s of patience" if isinstance(pause, int | float) and pause else ""
    return f"{what} ({status}){f': {words(event)}' if words(event) else ''}{asked}"


def _answered(event: Event, names: Names) -> str:
    why = again(event)
    return f"{names.titled(event.target)}: {why}; it is asked again" if why else ""


TOLD: dict[str, Callable[[Event, Names], str]] = {
    "intent": _intent,
    "answered": _answered,
    "lost": _answered,
    "gone": _ending("gone"),
    "blocked": _ending("blocked"),
    "skipped": _ending("skipped"),
    "failed": _ending("failed"),
    "undone": _undone,
    "waiting": _waiting,
    "refused": _refused,
    "interrupted": _interrupted,
    "proof": _proof,
}
"""How an event is told; events that are not here are not."""
