"""Events in, a live display on a terminal or some plain lines elsewhere out. A callback: pass it as ``on_event``.

Elsewhere is mostly a CI system, which keeps every line for ever and kills a job that says nothing for long: so what went well is told
together every few seconds, what did not at once, and after some silence what takes so long. What cannot be shown must not stop a
deletion: errors of the stream are swallowed here.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from tfclean.model import Event, Key, Plan
from tfclean.report.base import Look
from tfclean.report.doing import ENDINGS, Doing
from tfclean.report.telling import line, well
from tfclean.report.text import by_kind, duration, joined

if TYPE_CHECKING:
    from tfclean.report.live import LiveLines

PACE = 5.0
"""Seconds between two lines about what went well."""
SILENCE = 30.0
"""Seconds after which something is said though nothing has happened."""
AT_ONCE = frozenset({"interrupted", "proof"})
"""Events that are told when they come, as what ended badly is."""
TROUBLES = 20
"""After so many of them, those that ended badly too are told together."""
STAYING = frozenset({"blocked", "failed", "interrupted"})
"""Events whose line stays above a live display."""
NAMED = 3
"""As many objects are told by name; more are counted."""
ROWS, WAITS = 8, 4
"""Lines of a live display for what is being done, and for what waits."""
NARROWEST = 20
"""Columns below which a live display only breaks."""


class Progress:
    """Shows what is being done, and what is waited for and why. Use it as a context manager.

    Args:
        stream: where it is shown.
        look: whether that is a terminal, how wide it is, and whether every event is wanted.
        plan: names of the objects, and how many steps there are.
        clock: gives seconds.
        silence: seconds after which something is said though nothing has happened.
    """

    def __init__(
        self,
        stream: TextIO,
        look: Look,
        plan: Plan | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        silence: float = SILENCE,
    ) -> None:
        self._stream = stream
        self._look = look
        self._doing = Doing(plan)
        self._clock = clock
        self._silence = silence
        self._begun: float | None = None
        self._now = 0.0
        self._seen = self._spoken = clock()
        self._told = 0.0
        self._said = ""
        self._troubles = 0
        self._ended: dict[str, list[Key]] = {}
        self._repeated: list[str] = []
        self._lock = threading.RLock()
        self._live: LiveLines | None = None
        self._end = threading.Event()
        self._ticker: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._look.terminal and self._look.width >= NARROWEST:
            with contextlib.suppress(OSError, ValueError):
                # Rich is needed on a terminal only, and costs a tenth of a second.
                from tfclean.report.live import LiveLines  # noqa: PLC0415

                self._live = LiveLines(self._stream, self._look, self.lines)
        if self._live is None:
            self._ticker = threading.Thread(target=self._tick, name="tfclean-progress", daemon=True)
            self._ticker.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end.set()
        if self._ticker is not None:
            self._ticker.join()
        if self._live is None:
            with self._lock:
                self._say(self._together())
        else:
            with contextlib.suppress(OSError, ValueError):
                self._live.stop()
            self._live = None

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        with self._lock:
            self._now, self._seen = event.time.timestamp(), self._clock()
            self._begun = self._now if self._begun is None else self._begun
            self._doing.take(event)
            if self._live is not None:
                with contextlib.suppress(OSError, ValueError):
                    stays = event.type in STAYING or (event.type == "undone" and not well(event))
                    self._live.show(self._counted(line(event, self._doing.names)) if stays else "")
            elif self._look.verbose:
                self._say(self._counted(line(event, self._doing.names), event))
            else:
                self._plain(event)

    def beat(self) -> None:
        """Say what takes so long, if nothing has been said for long."""
        with self._lock:
            if self._clock() - self._spoken >= self._silence:
                self._say(self._together() or f"[{self._doing.head()}] {self._doing.summary(self._time())}", again=True)

    def lines(self) -> list[str]:
        """Give the live display: how far it is, what is being done, what is waited for and why."""
        with self._lock:
            doing, now = self._doing, self._time()
            out = [f"{doing.head()}, {duration(now - (self._begun if self._begun is not None else now))}"]
            if doing.over and doing.proving:
                out.append(doing.proving)
            works, waits = doing.works(now), list(doing.waits())
            out += [f"  {work}" for work in works[:ROWS]] + [f"  {wait}" for wait in waits[:WAITS]]
            more = [f"{n} more {what}" for n, what in ((len(works) - ROWS, "at work"), (len(waits) - WAITS, "waiting")) if n > 0]
            return [*out, f"  ... {joined(more)}"] if more else out

    def _tick(self) -> None:
        while not self._end.wait(min(self._silence / 4, 1.0)):
            self.beat()

    def _time(self) -> float:
        """Give the time of the events, which goes on while none come."""
        return self._now + self._clock() - self._seen

    def _plain(self, event: Event) -> None:
        """Tell what ended badly at once, and all else together now and then."""
        said = line(event, self._doing.names)
        bad = event.type in ("blocked", "failed") or (event.type == "undone" and not well(event))
        self._troubles += bad
        if (bad or event.type in AT_ONCE) and (not bad or self._troubles <= TROUBLES):
            self._say(self._together())
            self._say(self._counted(said, event))
        elif event.target is not None and event.type in ENDINGS:
            word = event.type if event.type != "undone" else "not taken back" if bad else "taken back"
            self._ended.setdefault(word, []).append(event.target)
        elif said and event.type in ("refused", "answered", "lost"):
            self._repeated.append(said)
        if event.type == "proof":
            self._doing.proving = said
        elif self._begun is not None and self._now - self._begun - self._told >= PACE:
            self._told = self._now - self._begun
            self._say(self._together())

    def _together(self) -> str:
        """Give what has ended since this was last told, and what has to be tried again."""
        parts = [f"{word}: {self._some(keys)}" for word, keys in self._ended.items()]
        if self._repeated:
            count = f"{len(self._repeated)} calls to be made again, the last one: " if len(self._repeated) > 1 else ""
            parts.append(count + self._repeated[-1])
        self._ended, self._repeated = {}, []
        return f"[{self._doing.head()}] {'; '.join(parts)}" if parts else ""

    def _some(self, keys: list[Key]) -> str:
        return joined([self._doing.names.titled(k) for k in keys]) if len(keys) <= NAMED else by_kind(k.kind for k in keys)

    def _counted(self, said: str, event: Event | None = None) -> str:
        counted = said and (event is None or event.type in ("gone", "blocked", "skipped", "failed", "undone", "interrupted"))
        return f"[{len(self._doing.ended)}/{self._doing.total}] {said}" if counted and self._doing.total else said

    def _say(self, said: str, *, again: bool = False) -> None:
        if not said or (said == self._said and not again):
            return
        self._said, self._spoken = said, self._clock()
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(f"{duration(self._time() - (self._begun or self._time())):>7}  {said}\n")
            self._stream.flush()
