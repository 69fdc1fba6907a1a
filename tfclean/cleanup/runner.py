"""A run from plan to proof. In: a plan and a cloud. Out: a result with an exit code.

What it decides is little: which guard refuses the whole plan, whether the end is proven, and what it is called.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tfclean.cleanup.engine import Engine
from tfclean.cleanup.guards import as_swept, check_limits, check_place, incomplete
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.machine import RealMachine
from tfclean.cleanup.messages import Done
from tfclean.cleanup.options import Options
from tfclean.cleanup.ports import Cloud, Interrupt, Machine
from tfclean.cleanup.proof import Judge, leftovers, outlasting, remains
from tfclean.cleanup.renewal import follow, renewed, told
from tfclean.cleanup.reversal import Reversal
from tfclean.cleanup.shell import INTERRUPTED, Shell
from tfclean.cleanup.state import event_of
from tfclean.cleanup.work import GONE, called
from tfclean.errors import CloudError, Refused
from tfclean.model import Event, Inventory, Kept, Key, Outcome, OutcomeKind, Plan, Result

PROOF_PAUSE = 2.0
"""Seconds between the two looks that prove the end."""
PROOF_LOOKS = 6
FRESH = 5.0
"""Seconds for which the inventory that a plan was made from serves as the first look of its run."""


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
    proof_pause: float | None = None,
    bounds: Mapping[str, int] | None = None,
    machine: Machine | None = None,
    seen: Inventory | None = None,
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
        proof_pause: seconds between the two looks that prove the end; `PROOF_PAUSE` unless given.
        bounds: calls at once, by service; 8 where nothing is said.
        machine: clock and threads.
        seen: what was live a moment ago; everything is listed again unless that is less than `FRESH` seconds.

    Returns:
        How it ended. Objects that could not go are no errors.

    Raises:
        Refused: another project, or more deletions than allowed; nothing was deleted.
        CloudError: the cloud cannot be asked before the first call.
        JournalError: the journal cannot be written.
    """
    clock = machine or RealMachine()
    deadline = math.inf if timeout is None else clock.now() + timeout
    shell = Shell(cloud, journal, on_event, interrupt, clock, deadline)
    pause = PROOF_PAUSE if proof_pause is None else proof_pause
    return _Run(plan, as_swept(plan, options or Options()), journal, shell).run(tuple(records), proof, pause, bounds, seen)


def take_back(
    journal: Journal,
    cloud: Cloud,
    *,
    on_event: Callable[[Event], None] | None = None,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    machine: Machine | None = None,
) -> Result:
    """Take back what the run of `journal` did, as far as it can be; the arguments are those of `tfclean.cleanup.resume.undo`."""
    assert journal.contents is not None
    plan, clock = journal.contents.plan, machine or RealMachine()
    began = clock.now()
    shell = Shell(cloud, journal, on_event, interrupt, clock, math.inf if timeout is None else began + timeout)
    check_place(plan, project=cloud.project, region=cloud.region)
    inventory = cloud.inventory()
    plan, records = _as_live(plan, journal.contents.events, inventory, shell)
    reversal = Reversal(plan, records, project=cloud.project, user=cloud.user)
    done = shell.drive(reversal, reversal.start(inventory, began, clock.now(), stop=shell.stop()))
    code, message = _taken_back(done, reversal.asked, str(journal.path))
    now = clock.now()
    shell.tell(event_of("finished", now, exit_code=code, because=message))
    return Result(
        undone=done.undone,
        exit_code=code,
        journal=str(journal.path),
        calls=done.calls,
        refusals=done.refusals,
        seconds=now - began,
        message=message,
    )


def _as_live(plan: Plan, records: tuple[Event, ...], inventory: Inventory, shell: Shell) -> tuple[Plan, tuple[Event, ...]]:
    """Let plan and records name what came in place of what an earlier run tied again, and record that they do."""
    live = renewed(plan, records, inventory)
    for event in told(records, live, shell.machine.now()):
        shell.tell(event)
    return follow(plan, records, live)


def _taken_back(done: Done, asked: int, path: str) -> tuple[int, str]:
    tied = sum(o.outcome in GONE for o in done.undone)
    so_far = f"{tied} of {asked} reversible steps {'is' if tied == 1 else 'are'} taken back"
    how = f"go on with `tfclean resume --undo {path}`"
    if done.stopped:
        return (130, f"Interrupted: {so_far}; {how}.") if done.stopped == INTERRUPTED else (5, f"Time ran out: {so_far}; {how}.")
    if not asked:
        return 0, "There is nothing to take back; what was deleted stays deleted."
    return (0 if tied == asked else 1), f"{so_far.capitalize()}; what was deleted stays deleted."


@dataclass(slots=True)
class _Run:
    plan: Plan
    options: Options
    journal: Journal | None
    shell: Shell

    def run(
        self, records: tuple[Event, ...], proof: Judge | None, pause: float, bounds: Mapping[str, int] | None, seen: Inventory | None
    ) -> Result:
        shell = self.shell
        cloud, began = shell.cloud, shell.machine.now()
        check_place(self.plan, project=cloud.project, region=cloud.region)
        inventory, taken = _live(cloud, seen, began)
        check_limits(self.plan, inventory, self.options)
        self._check_all_or_none()
        if self.journal is not None and self.journal.contents is None:
            place = {"cloud": cloud.name, "project": cloud.project, "user": cloud.user, "region": cloud.region}
            self.journal.begin(self.plan, **place, now=datetime.fromtimestamp(began, UTC))
        self.plan, records = _as_live(self.plan, records, inventory, shell)
        shell.tell(event_of("planned", began, steps=len(self.plan.steps), kept=len(self.plan.kept)))
        engine = Engine(self.plan, project=cloud.project, user=cloud.user, options=self.options, records=records, bounds=bounds)
        # Who asked to stop while everything was being listed gets nothing started.
        done = shell.drive(engine, engine.start(inventory, taken, shell.machine.now(), stop=shell.stop()))
        proven, left, gap = self._prove(done, proof, pause)
        return self._conclude(done, proven, left, gap, began=began, end=shell.deadline - pause)

    def _check_all_or_none(self) -> None:
        blocked = self.plan.options.get("blocked", ())
        held = [k for k in self.plan.kept if str(k.target) in blocked]
        if self.options.all_or_none and held:
            raise Refused(f"All or none: {called(held[0].target, held[0].name)} cannot go ({held[0].because}); nothing was deleted.")

    def _prove(self, done: Done, proof: Judge | None, pause: float) -> tuple[bool, tuple[Kept, ...], str]:
        """Look at the end until two looks in a row agree.

        Returns:
            Whether nothing is left, what is left, and what could not be listed.
        """
        reasons = {o.target: o for o in done.outcomes}
        if done.stopped:
            return False, tuple(_unfinished(done)), ""
        before: tuple[frozenset[Key], str] | None = None
        left: tuple[Kept, ...] = ()
        gap = ""
        for number in range(PROOF_LOOKS):
            if number:
                self.shell.pause(pause)
                if self.shell.level():  # two looks with no time between them are one
                    return False, left, gap
            try:
                inventory = self.shell.cloud.inventory()
            except CloudError as error:
                return False, tuple(_unfinished(done)), str(error)
            left = self._left(inventory, proof, reasons)
            gap = incomplete(inventory)
            self.shell.tell(event_of("proof", self.shell.machine.now(), look=number + 1, count=len(left), because=gap))
            # What the services themselves said is gone may be listed for a moment longer; all else that is left stays left.
            lingering = any((o := reasons.get(k.target)) and o.outcome is OutcomeKind.DELETED for k in left)
            seen = frozenset(k.target for k in left), gap
            if (left and not lingering) or (seen == before and not left):
                return not left and not gap, left, gap
            before = seen
            if self.shell.level() or self.shell.machine.now() + pause >= self.shell.deadline:
                return False, left, gap
        return False, left, ""

    def _left(self, inventory: Inventory, proof: Judge | None, reasons: Mapping[Key, Outcome]) -> tuple[Kept, ...]:
        if proof is None:
            return remains(self.plan, inventory, reasons)
        told = {k.target: Outcome(k.target, k.name, OutcomeKind.KEPT, k.because) for k in self.plan.kept}
        judgement = proof(inventory)
        found = (*leftovers(judgement, self.options, {**told, **reasons}), *outlasting(self.plan, judgement, reasons))
        return tuple(sorted(found, key=lambda kept: kept.target))

    def _conclude(self, done: Done, proven: bool, left: tuple[Kept, ...], gap: str, *, began: float, end: float) -> Result:
        now = self.shell.machine.now()
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
        self.shell.tell(event_of("finished", now, exit_code=code, proven=proven, because=message))
        return result

    def _verdict(self, done: Done, proven: bool, left: tuple[Kept, ...], gap: str, *, late: bool) -> tuple[int, str]:
        how = f"go on with `tfclean resume {self.journal.path}`" if self.journal is not None else "run it again to go on"
        gone = sum(o.outcome in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE) for o in done.outcomes)
        so_far = f"{gone} of {len(done.outcomes)} steps are done"
        if done.stopped == INTERRUPTED or (self.shell.level() and not proven):
            return 130, f"Interrupted: {so_far}; {how}."
        if done.stopped or (late and not left):
            return 5, f"Time ran out: {so_far}; {how}."
        if gap:
            return 3, f"{so_far.capitalize()}, but the end cannot be proven: {gap}."
        if left:
            return 1, f"{so_far.capitalize()}; {len(left)} {'object is' if len(left) == 1 else 'objects are'} left."
        stuck = sum(o.outcome not in GONE for o in done.undone)
        if stuck or not proven:
            why = "some of what was changed for that could not be taken back" if stuck else "the cloud's lists do not settle"
            return 1, f"{so_far.capitalize()}, but {'' if stuck else 'the end is not proven: '}{why}."
        # A sweep leaves the groups that are young, and says nothing of whose they are.
        everything = "Everything that was to go" if "sweep" in self.plan.options else "Everything"
        return 0, f"{everything} is gone, and that was proven." if done.outcomes else "There is nothing to delete, and that was proven."


def _live(cloud: Cloud, seen: Inventory | None, now: float) -> tuple[Inventory, float]:
    """Give what is live, and when it was asked for: what was seen a moment ago, or a new inventory."""
    taken = seen.taken_at.timestamp() if seen is not None and seen.taken_at is not None else math.inf
    # A clock that was set back meanwhile says nothing about how old a look is.
    return (seen, taken) if seen is not None and 0 <= now - taken < FRESH else (cloud.inventory(), now)


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
