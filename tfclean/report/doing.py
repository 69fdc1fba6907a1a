"""Events in; what has ended, what is being done, and what is waited for and why, out. No clock and no stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tfclean.model import Event, Key, Plan
from tfclean.report.telling import Names, again, reason, well, words
from tfclean.report.text import by_kind, duration, quantity

ENDINGS = frozenset({"gone", "blocked", "skipped", "failed", "undone"})
"""Events after which nothing more happens to their object."""


@dataclass(slots=True)
class Work:
    """What is being done to one object.

    Attributes:
        verb: ``deleting``.
        since: when its first call was made, in POSIX seconds.
        why: what it is waiting for beside its own end; empty if for nothing.
    """

    verb: str
    since: float
    why: str = ""


class Doing:
    """How far a run is.

    Args:
        plan: its steps, and what they need gone before.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self.names = Names(plan)
        self.total = len(plan.steps) if plan else 0
        self.ended: dict[Key, str] = {}
        self.busy: dict[Key, Work] = {}
        self._bad: set[Key] = set()
        self.aim = "gone"
        self.proving = "looking again to prove the end"
        self._needs = {s.target: s.needs for s in plan.steps if s.needs} if plan else {}

    def take(self, event: Event) -> None:
        """Take in what happened."""
        self.names.learn(event)
        if event.type == "interrupted":
            self.proving = ""
        key = event.target
        if key is None:
            return
        if event.type in ENDINGS:
            self.busy.pop(key, None)
            self.ended[key] = event.type
            (self._bad.discard if well(event) else self._bad.add)(key)
            self.aim = "taken back" if event.type == "undone" else self.aim
        elif event.type == "intent":
            since = self.busy[key].since if key in self.busy else event.time.timestamp()
            self.busy[key] = Work(self.names.doing(event), since)
        elif event.type in ("waiting", "refused", "answered", "lost"):
            why = self._why(event)
            if why is not None:
                self.busy.setdefault(key, Work("waiting", event.time.timestamp())).why = why

    def _why(self, event: Event) -> str | None:
        """Give what an event says of what is waited for; None if it says nothing of that."""
        if event.type == "waiting":
            plain = not (event.data.get("because") or event.data.get("blockers") or event.data.get("status"))
            return "" if plain else reason(event.data, self.names.of)
        if event.type == "refused":
            return f"refused ({event.data.get('status')}): {words(event)}" if words(event) else "refused"
        why = again(event)
        return f"{why}; it is asked again" if why else None

    @property
    def bad(self) -> int:
        """How many objects have not ended as they should."""
        return len(self._bad)

    @property
    def over(self) -> bool:
        """Every step has ended."""
        return bool(self.total) and len(self.ended) >= self.total

    def head(self) -> str:
        """Say how far it is: ``11 of 40 done, 1 not gone``."""
        of = f" of {max(self.total, len(self.ended))}" if self.total else ""
        return f"{len(self.ended) - self.bad}{of} done{f', {self.bad} not {self.aim}' if self.bad else ''}"

    def works(self, now: float) -> list[str]:
        """Say what is being done, the longest first: ``server y: deleting for 40s``."""
        line = sorted(self.busy.items(), key=lambda item: (item[1].since, item[0]))
        return [
            f"{self.names.short(key)}: {work.verb.replace(',', '')} for {duration(max(now - work.since, 0.0))}"
            + (f"; {work.why}" if work.why else "")
            for key, work in line
        ]

    def waits(self) -> Iterator[str]:
        """Say what has not begun, and which objects it waits for: ``security group x: waiting for 2 ports``."""
        for key, needs in self._needs.items():
            if key not in self.ended and key not in self.busy:
                left = [need for need in needs if need not in self.ended]
                if left:
                    what = self.names.short(left[0]) if len(left) == 1 else by_kind(need.kind for need in left)
                    yield f"{self.names.short(key)}: waiting for {what}"

    def summary(self, now: float) -> str:
        """Say it in one line: what takes longest, and how much else there is."""
        works, waiting = self.works(now), max(self.total - len(self.ended) - len(self.busy), 0)
        parts = [works[0]] if works else [self.proving] if self.over and self.proving else []
        parts += [f"at work on {len(works) - 1} more"] if len(works) > 1 else []
        parts += [f"{quantity(waiting, 'step')} to come"] if waiting else []
        return "; ".join(parts) or "waiting for the cloud"
