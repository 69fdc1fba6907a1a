"""The thin shell around the engine: threads, clock, journal, cloud. In: a plan and a cloud. Out: a result with an exit code.

Only this module touches a cloud. What it decides is little: which guard refuses the whole plan, when time is up, and what
the end is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from tfclean.cleanup.engine import Engine
from tfclean.cleanup.guards import check_limits, check_place, incomplete
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.machine import RealMachine
from tfclean.cleanup.messages import Answered, CallCommand, Command, Done, Incoming, ListCommand, Listed, Note, SleepUntil, Stop, Tick
from tfclean.cleanup.options import Options
from tfclean.cleanup.ports import Cloud, Interrupt, Machine
from tfclean.cleanup.proof import Judge, leftovers, remains
from tfclean.cleanup.state import event_of
from tfclean.errors import CloudError, Refused
from tfclean.model import Answer, Event, Inventory, Kept, Key, Outcome, OutcomeKind, Plan, Result

WORKERS = 16
PROOF_PAUSE = 2.0
"""Seconds between the two looks that prove the end."""
PROOF_LOOKS = 6
INTERRUPTED = "interrupted"
TIMED_OUT = "time ran out"


def run(
    plan: Plan,
    cloud: Cloud,
    *,
    options: Options | None = None,
    journal: Journal | None = None,
    on_event: Callable[[Event], None] | None = None,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    proof: Judge | None = None,
    records: Iterable[Event] = (),
    proof_pause: float = PROOF_PAUSE,
    bounds: Mapping[str, int] | None = None,
    machine: Machine | None = None,
) -> Result:
    """Carry out `plan`, and prove the end.

    Args:
        plan: what is to be done; nothing is added to it but waiting for what OpenStack made for objects of it.
        cloud: where.
        options: what the caller allows now; limits and choices are never taken from the plan.
        journal: a new one, or one that is resumed; without it, a killed run cannot be resumed.
        on_event: told everything that happens, from the caller's thread.
        timeout: seconds after which nothing new is started.
        interrupt: when set, nothing new is started; with ``level`` 2 (if it has one), calls in flight are not awaited either.
        proof: judges a fresh inventory by the evidence; without it, the end is proven for the plan's objects only.
        records: of an earlier run of the same plan.
        proof_pause: seconds between the two looks that prove the end.
        bounds: calls at once, by service; 8 where nothing is said.
        machine: clock and threads.

    Returns:
        How it ended. Objects that could not go are no errors.

    Raises:
        Refused: another project, or more deletions than allowed; nothing was deleted.
        CloudError: the cloud cannot be asked before the first call.
        JournalError: the journal cannot be written.
    """
    shell = _Shell(plan, cloud, options or Options(), journal, on_event, interrupt, machine or RealMachine())
    return shell.run(tuple(records), timeout, proof, proof_pause, bounds)


@dataclass(slots=True)
class _Shell:
    plan: Plan
    cloud: Cloud
    options: Options
    journal: Journal | None
    on_event: Callable[[Event], None] | None
    interrupt: Interrupt | None
    machine: Machine
    inbox: SimpleQueue[Incoming | Exception] = field(default_factory=SimpleQueue)

    def run(
        self, records: tuple[Event, ...], timeout: float | None, proof: Judge | None, pause: float, bounds: Mapping[str, int] | None
    ) -> Result:
        began = self.machine.now()
        deadline = math.inf if timeout is None else began + timeout
        check_place(self.plan, project=self.cloud.project, region=self.cloud.region)
        inventory = self.cloud.inventory()
        check_limits(self.plan, inventory, self.options)
        self._check_all_or_none()
        if self.journal is not None and self.journal.contents is None:
            cloud = self.cloud
            self.journal.begin(self.plan, cloud=cloud.name, project=cloud.project, user=cloud.user, region=cloud.region, now=_moment(began))
        self._tell(event_of("planned", began, steps=len(self.plan.steps), kept=len(self.plan.kept)))
        engine = Engine(self.plan, project=self.cloud.project, user=self.cloud.user, options=self.options, records=records, bounds=bounds)
        done = self._drive(engine, engine.start(inventory, began, self.machine.now()), deadline)
        proven, left, gap = self._prove(done, proof, pause, deadline)
        return self._conclude(done, proven, left, gap, began=began, end=deadline - pause)

    def _check_all_or_none(self) -> None:
        blocked = self.plan.options.get("blocked", ())
        held = [k for k in self.plan.kept if str(k.target) in blocked]
        if self.options.all_or_none and held:
            raise Refused(f"All or none: {held[0].target} cannot go ({held[0].because}); nothing was deleted.")

    def _drive(self, engine: Engine, commands: list[Command], deadline: float) -> Done:
        """Carry out commands until the engine says that it is done."""
        pool = self.machine.pool(WORKERS)
        try:
            while True:
                wake_at = math.inf
                for command in commands:
                    if isinstance(command, Done):
                        return command
                    wake_at = self._carry_out(command, pool.submit, wake_at)
                commands = engine.handle(self._next(wake_at, deadline, stopped=bool(engine.state.stopped)))
                if self._level() >= 2:
                    return engine.abandon(self.machine.now())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _carry_out(self, command: Command, submit: Callable[..., Any], wake_at: float) -> float:
        match command:
            case Note(event):
                self._tell(event)
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

    def _next(self, wake_at: float, deadline: float, *, stopped: bool) -> Incoming:
        """Give what happens next: an answer, a list, an interrupt, the end of time, or simply later."""
        if not stopped:
            now = self.machine.now()
            if self._level():
                return Stop(INTERRUPTED, now)
            if now >= deadline:
                return Stop(TIMED_OUT, now)
            wake_at = min(wake_at, deadline)
        item = self.machine.wait(self.inbox, wake_at)
        if isinstance(item, Exception):
            raise item
        return item if item is not None else Tick(self.machine.now())

    def _level(self) -> int:
        if self.interrupt is None or not self.interrupt.is_set():
            return 0
        return int(getattr(self.interrupt, "level", 1))

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

    def _tell(self, event: Event) -> None:
        if self.journal is not None:
            self.journal.write(event)
        if self.on_event is not None:
            self.on_event(event)

    def _prove(self, done: Done, proof: Judge | None, pause: float, deadline: float) -> tuple[bool, tuple[Kept, ...], str]:
        """Look at the end until two looks in a row agree.

        Returns:
            Whether nothing is left, what is left, and what could not be listed.
        """
        reasons = {o.target: o for o in done.outcomes}
        if done.stopped:
            return False, tuple(_unfinished(done)), ""
        before: tuple[frozenset[Key], str] | None = None
        left: tuple[Kept, ...] = ()
        for number in range(PROOF_LOOKS):
            if number:
                self._pause(pause)
            try:
                inventory = self.cloud.inventory()
            except CloudError as error:
                return False, tuple(_unfinished(done)), str(error)
            left = self._left(inventory, proof, reasons)
            gap = incomplete(inventory)
            self._tell(event_of("proof", self.machine.now(), look=number + 1, count=len(left), because=gap))
            # What the services themselves said is gone may be listed for a moment longer; all else that is left stays left.
            lingering = any((o := reasons.get(k.target)) and o.outcome is OutcomeKind.DELETED for k in left)
            seen = frozenset(k.target for k in left), gap
            if (left and not lingering) or (seen == before and not left):
                return not left and not gap, left, gap
            before = seen
            if self._level() or self.machine.now() + pause >= deadline:
                return False, left, gap
        return False, left, ""

    def _left(self, inventory: Inventory, proof: Judge | None, reasons: Mapping[Key, Outcome]) -> tuple[Kept, ...]:
        if proof is None:
            return remains(self.plan, inventory, reasons)
        told = {k.target: Outcome(k.target, k.name, OutcomeKind.KEPT, k.because) for k in self.plan.kept}
        return leftovers(proof(inventory), self.options, {**told, **reasons})

    def _pause(self, seconds: float) -> None:
        until = self.machine.now() + seconds
        while self.machine.now() < until and not self._level():
            self.machine.wait(self.inbox, until)

    def _conclude(self, done: Done, proven: bool, left: tuple[Kept, ...], gap: str, *, began: float, end: float) -> Result:
        now = self.machine.now()
        kept = tuple(_kept(k, self.plan) for k in self.plan.kept)
        late = now >= end and not proven
        code, message = self._verdict(done, proven, left, gap, late=late)
        result = Result(
            outcomes=(*done.outcomes, *kept),
            leftovers=left,
            undone=done.undone,
            proven=proven,
            exit_code=code,
            journal=str(self.journal.path) if self.journal is not None else "",
            calls=done.calls,
            refusals=done.refusals,
            seconds=now - began,
            message=message,
        )
        self._tell(event_of("finished", now, exit_code=code, proven=proven, because=message))
        return result

    def _verdict(self, done: Done, proven: bool, left: tuple[Kept, ...], gap: str, *, late: bool) -> tuple[int, str]:
        how = f"go on with `tfclean resume {self.journal.path}`" if self.journal is not None else "run it again to go on"
        gone = sum(o.outcome in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE) for o in done.outcomes)
        so_far = f"{gone} of {len(done.outcomes)} steps are done"
        if done.stopped == INTERRUPTED or (self._level() and not proven):
            return 130, f"Interrupted: {so_far}; {how}."
        if done.stopped or (late and not left):
            return 5, f"Time ran out: {so_far}; {how}."
        if gap:
            return 3, f"{so_far.capitalize()}, but the end cannot be proven: {gap}."
        if left:
            return 1, f"{so_far.capitalize()}; {len(left)} {'object is' if len(left) == 1 else 'objects are'} left."
        if not proven:
            return 1, f"{so_far.capitalize()}, but the end is not proven: the cloud's lists do not settle."
        return 0, "Everything is gone, and that was proven." if done.outcomes else "There is nothing to delete, and that was proven."


def _kept(kept: Kept, plan: Plan) -> Outcome:
    """Tell how it ended for what the plan left alone: what is held by something that is held itself is a consequence."""
    held = {k.target for k in plan.kept if k.blockers}
    kind = OutcomeKind.KEPT
    if kept.blockers:
        kind = OutcomeKind.SKIPPED if held.intersection(kept.blockers) else OutcomeKind.BLOCKED
    return Outcome(kept.target, kept.name, kind, kept.because, kept.blockers)


def _unfinished(done: Done) -> Iterable[Kept]:
    for outcome in done.outcomes:
        if outcome.outcome not in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE):
            yield Kept(outcome.target, outcome.name, outcome.because, leftover=True)


def _moment(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC)
