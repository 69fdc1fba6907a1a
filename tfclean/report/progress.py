"""Events in, a live display on a terminal or plain lines elsewhere out. A callback: pass it as ``on_event``.

What cannot be shown must not stop a deletion: errors of the stream are swallowed here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TextIO

from tfclean.kinds.registry import noun
from tfclean.model import Action, Event, Key, Plan
from tfclean.report.base import Look
from tfclean.report.text import by_kind, duration, quantity, safe, titled

if TYPE_CHECKING:
    from tfclean.report.live import LiveLines

VERBS = {
    Action.DELETE: "deleting",
    Action.CASCADE: "deleting, with all its parts,",
    Action.DETACH: "untying",
    Action.CLEAR: "freeing",
    Action.WAIT: "waiting for",
}
PURPOSES = {"prepare": "preparing", "repair": "trying to free", "undo": "taking back the change to"}
"""What a call is for, where it is not the step itself."""

ENDINGS = frozenset({"gone", "blocked", "skipped", "failed", "undone"})
"""Events after which nothing more happens to their object."""


class Progress:
    """Shows what is being done, and what is waited for and why. Use it as a context manager.

    Args:
        stream: where it is shown.
        look: whether that is a terminal, and how wide it is.
        plan: names of the objects, and how many steps there are.
    """

    def __init__(self, stream: TextIO, look: Look, plan: Plan | None = None) -> None:
        self._stream = stream
        self._look = look
        self._names: dict[Key, str] = {s.target: s.name for s in plan.steps} if plan else {}
        self._verbs: dict[Key, str] = {s.target: VERBS[s.action] for s in plan.steps} if plan else {}
        self._total = len(plan.steps) if plan else 0
        self._ended: dict[Key, str] = {}
        self._busy: dict[Key, str] = {}
        self._waiting: dict[Key, str] = {}
        self._begun: float | None = None
        self._now = 0.0
        self._shown = time.monotonic()
        self._said = ""
        self._proof = "looking again to prove the end"
        self._lock = threading.Lock()
        self._live: LiveLines | None = None

    def __enter__(self) -> Progress:
        if self._look.terminal:
            with contextlib.suppress(OSError, ValueError):
                # Rich is needed on a terminal only, and costs a tenth of a second.
                from tfclean.report.live import LiveLines  # noqa: PLC0415

                self._live = LiveLines(self._stream, self._look, self._lines)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            with contextlib.suppress(OSError, ValueError):
                self._live.stop()
            self._live = None

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        with self._lock:
            self._now = event.time.timestamp()
            self._begun = self._now if self._begun is None else self._begun
            said = self._take(event)
        with contextlib.suppress(OSError, ValueError):
            if self._live is not None:
                self._live.show(said if event.type in ("blocked", "failed", "interrupted") else "")
            elif said and said != self._said:
                self._said = said
                self._stream.write(f"{duration(self._now - self._begun):>7}  {said}\n")
                self._stream.flush()

    def _take(self, event: Event) -> str:
        told = TOLD.get(event.type)
        if event.target is not None:
            self._names.setdefault(event.target, str(event.data.get("name") or ""))
            if event.type == "intent":
                self._busy[event.target] = self.doing(event)
                self._waiting.pop(event.target, None)
            elif event.type == "waiting":
                because = reason(event.data, self._names)
                if self._waiting.get(event.target) == because:
                    return ""
                self._waiting[event.target] = because
            elif event.type in ENDINGS:
                self._busy.pop(event.target, None)
                self._waiting.pop(event.target, None)
                self._ended[event.target] = event.type
        line = told(self, event) if told else ""
        if event.type == "proof":
            self._proof = line
        elif event.type == "interrupted":
            self._proof = ""
        return line

    def doing(self, event: Event) -> str:
        """Say what a call does."""
        purpose = PURPOSES.get(str(event.data.get("purpose")))
        return purpose or (self._verbs.get(event.target, "deleting") if event.target else "")

    def named(self, key: Key | None) -> str:
        """Name an object for people."""
        return titled(key, self._names.get(key, "")) if key else ""

    def count(self) -> str:
        """Say how far it is."""
        return f"[{len(self._ended)}/{self._total}] " if self._total else ""

    def _lines(self) -> list[str]:
        """Give the live display: how far it is, what is being done, what is waited for and why."""
        with self._lock:
            bad = sum(ended in ("blocked", "failed", "skipped") for ended in self._ended.values())
            head = f"{len(self._ended)} of {self._total} done" if self._total else f"{len(self._ended)} done"
            out = [f"{head}{f', {bad} of them not gone' if bad else ''}, {duration(time.monotonic() - self._shown)}"]
            if self._proof and self._total and len(self._ended) >= self._total:
                out.append(self._proof)
            busy = list(self._busy)
            if busy:
                out.append(f"at work on {by_kind(k.kind for k in busy)}")
            for key, because in list(self._waiting.items())[:5]:
                out.append(f"{safe(noun(key.kind))} {safe(self._names.get(key) or key.id)}: {because}")
            if len(self._waiting) > 5:
                out.append(f"... and {len(self._waiting) - 5} more are waited for")
            return out


def reason(data: Mapping[str, Any], names: Mapping[Key, str]) -> str:
    """Say what is waited for: ``waiting for 2 ports``."""
    because = safe(data.get("because") or "")
    blockers = [Key(str(b[0]), str(b[1])) for b in data.get("blockers") or () if isinstance(b, list | tuple) and len(b) == 2]
    if not blockers:
        status = safe(data.get("status") or "")
        return because or (f"waiting while it is {status}" if status else "waiting until it is gone")
    told = titled(blockers[0], names.get(blockers[0], "")) if len(blockers) == 1 else by_kind(b.kind for b in blockers)
    return f"waiting for {told}{f': {because}' if because else ''}"


def _intent(progress: Progress, event: Event) -> str:
    return f"{progress.doing(event)} {progress.named(event.target)}"


def _ending(word: str) -> Callable[[Progress, Event], str]:
    def told(progress: Progress, event: Event) -> str:
        because = safe(event.data.get("because") or "")
        return f"{progress.count()}{word}: {progress.named(event.target)}{f': {because}' if because else ''}"

    return told


def _undone(progress: Progress, event: Event) -> str:
    done = event.data.get("outcome") in ("deleted", "already_gone")
    return _ending("taken back" if done else "not taken back")(progress, event)


def _waiting(progress: Progress, event: Event) -> str:
    return f"{progress.named(event.target)}: {reason(event.data, {})}" if event.target else ""


def _refused(progress: Progress, event: Event) -> str:
    status = event.data.get("status")
    return f"refused{f' ({status})' if status else ''}: {progress.named(event.target)}: {safe(event.data.get('because') or '')}".rstrip(
        ": "
    )


def _interrupted(progress: Progress, event: Event) -> str:
    return f"{progress.count()}{safe(event.data.get('because') or 'interrupted')}: waiting for calls in flight"


def _proof(progress: Progress, event: Event) -> str:
    del progress
    left = event.data.get("count") or 0
    because = safe(event.data.get("because") or "")
    found = because or (f"{quantity(int(left), 'object')} left" if left else "nothing is left")
    return f"looking again to prove the end, look {safe(event.data.get('look') or '')}: {found}"


TOLD: dict[str, Callable[[Progress, Event], str]] = {
    "intent": _intent,
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
"""How an event is told in a line; events that are not here are not told."""
