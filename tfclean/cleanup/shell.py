"""Threads, clock, journal and cloud around a state machine. In: its commands. Out: what happened, until it says that it is done.

Only this module makes calls. It decides nothing: which step is next is the machine's affair, what the end is called the runner's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Protocol

from tfclean.cleanup.messages import Answered, CallCommand, Command, Done, Incoming, ListCommand, Listed, Note, SleepUntil, Stop, Tick
from tfclean.cleanup.ports import Cloud, Interrupt, Machine, Recorder
from tfclean.errors import CloudError
from tfclean.model import Answer, Event

WORKERS = 16
INTERRUPTED = "interrupted"
TIMED_OUT = "time ran out"


class Driven(Protocol):
    """What the shell drives: `tfclean.cleanup.engine.Engine`, or `tfclean.cleanup.reversal.Reversal`."""

    @property
    def stopped(self) -> str:
        """Why nothing new may start; empty while it may."""
        ...

    def handle(self, message: Incoming) -> list[Command]:
        """Take in what happened, and give what follows."""

    def abandon(self, now: float) -> Done:
        """End at once, whatever is in flight."""


@dataclass(slots=True)
class Shell:
    """Runs commands on a bounded pool of threads.

    Attributes:
        cloud: where calls are made.
        journal: has the intent of each call on disk before it is made; None: nothing is recorded.
        on_event: told everything, from the caller's thread.
        interrupt: when set, nothing new is started; with ``level`` 2, calls in flight are not awaited either.
        machine: clock and threads.
        deadline: when time is up.
        inbox: what came back.
    """

    cloud: Cloud
    journal: Recorder | None
    on_event: Callable[[Event], None] | None
    interrupt: Interrupt | None
    machine: Machine
    deadline: float = math.inf
    inbox: SimpleQueue[Incoming | Exception] = field(default_factory=SimpleQueue)

    def drive(self, driven: Driven, commands: Iterable[Command]) -> Done:
        """Carry out commands until the machine says that it is done."""
        pool = self.machine.pool(WORKERS)
        try:
            while True:
                wake_at = math.inf
                for command in commands:
                    if isinstance(command, Done):
                        return command
                    wake_at = self._carry_out(command, pool.submit, wake_at)
                commands = driven.handle(self._next(wake_at, stopped=bool(driven.stopped)))
                if self.level() >= 2:
                    return driven.abandon(self.machine.now())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> str:
        """Say why nothing new may be started now, or give the empty string."""
        if self.level():
            return INTERRUPTED
        return TIMED_OUT if self.machine.now() >= self.deadline else ""

    def level(self) -> int:
        """Give how often the caller asked to stop."""
        if self.interrupt is None or not self.interrupt.is_set():
            return 0
        return int(getattr(self.interrupt, "level", 1))

    def tell(self, event: Event) -> None:
        """Record and report an event."""
        if self.journal is not None:
            self.journal.write(event)
        if self.on_event is not None:
            self.on_event(event)

    def pause(self, seconds: float) -> None:
        """Wait, unless the caller asks to stop."""
        until = self.machine.now() + seconds
        while self.machine.now() < until and not self.level():
            self.machine.wait(self.inbox, until)

    def _carry_out(self, command: Command, submit: Callable[..., Any], wake_at: float) -> float:
        match command:
            case Note(event):
                self.tell(event)
            case CallCommand():
                if self.on_event is not None:
                    self.on_event(command.intent)
                submit(self._call, command)
            case ListCommand(kind):
                submit(self._list, kind)
            case SleepUntil(time):
                return min(wake_at, time)
            case Done():
                pass
        return wake_at

    def _next(self, wake_at: float, *, stopped: bool) -> Incoming:
        """Give what happens next: an answer, a list, an interrupt, the end of time, or simply later."""
        if not stopped:
            reason = self.stop()
            if reason:
                return Stop(reason, self.machine.now())
            wake_at = min(wake_at, self.deadline)
        item = self.machine.wait(self.inbox, wake_at)
        if isinstance(item, Exception):
            raise item
        return item if item is not None else Tick(self.machine.now())

    def _call(self, command: CallCommand) -> None:
        """Make one call, in a thread of the pool; its intent is on disk before."""
        try:
            if self.journal is not None:
                self.journal.commit(command.intent)
            try:
                answer = self.cloud.perform(command.call, command.fields, command.revision)
            except CloudError as error:
                answer = Answer(None, error=str(error))
            self.inbox.put(Answered(command.number, answer, self.machine.now()))
        except Exception as error:  # noqa: BLE001 - a thread's error is raised where the caller is
            self.inbox.put(error)

    def _list(self, kind: str) -> None:
        """List one kind, in a thread of the pool."""
        try:
            try:
                look = self.cloud.look(kind)
                listed = Listed(kind, look.resources, look.gap.reason if look.gap else "", self.machine.now())
            except CloudError as error:
                listed = Listed(kind, (), str(error) or "the cloud cannot be asked", self.machine.now())
            self.inbox.put(listed)
        except Exception as error:  # noqa: BLE001 - a thread's error is raised where the caller is
            self.inbox.put(error)
