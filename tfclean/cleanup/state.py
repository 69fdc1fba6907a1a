"""The engine's state: one `Work` for each step, and what is shared between them. Holds no decisions, only how they are put down."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tfclean.cleanup.identity import path_of, serial_of
from tfclean.cleanup.looks import Book
from tfclean.cleanup.messages import CallCommand, Command, Note, Purpose
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import heights
from tfclean.cleanup.pressure import Pressure
from tfclean.cleanup.work import OpenCall, Phase, Work
from tfclean.kinds.base import Call, Kind
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Event, Key, Outcome, OutcomeKind, Plan, Resource, Step

ROUNDS = 2
"""How many rounds of calls at the bound of a service are put off until others have ended that make them cheaper."""


@dataclass(slots=True)
class State:
    """Everything the engine knows. Times are POSIX seconds.

    Attributes:
        plan: what is to be done.
        options: what the caller allows.
        project: of the connection.
        user: of the connection.
        works: by object.
        book: the looks.
        out: commands that are still to be given.
        open: calls under way, by number.
        serials: what is being changed right now.
        released: when the last change of such a thing ended.
        services: bound of each service.
        part_of: by part, the object whose step makes it go.
        undone: what was taken back, or could not be: by object and index of the preparation, None for the step itself.
        held_back: nothing may be called yet (`all_or_none`).
        stopped: why nothing new may start.
        contended: a step waits for a call to end that changes the same thing as its own.
        patient: objects whose steps wait for the end of those that make them cheaper.
        ended: objects in the order in which their steps ended.
    """

    plan: Plan
    options: Options
    project: str
    user: str
    seed: int
    bounds: Mapping[str, int]
    works: dict[Key, Work] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    out: list[Command] = field(default_factory=list)
    open: dict[int, OpenCall] = field(default_factory=dict)
    serials: set[str] = field(default_factory=set)
    released: dict[str, float] = field(default_factory=dict)
    services: dict[str, Pressure] = field(default_factory=dict)
    part_of: dict[Key, Key] = field(default_factory=dict)
    undone: dict[tuple[Key, int | None], Outcome] = field(default_factory=dict)
    ended: list[Key] = field(default_factory=list)
    held_back: bool = False
    stopped: str = ""
    contended: bool = False
    patient: frozenset[Key] = frozenset()
    calls: int = 0
    refusals: int = 0
    wake_at: float = math.inf
    heights: dict[Key, int] = field(default_factory=dict)
    _numbers: int = 0
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - jitter, not secrecy
        self.part_of = {part: step.target for step in self.plan.steps for part in step.parts}
        targets = {s.target for s in self.plan.steps}
        for step in self.plan.steps:
            needs = {self.part_of.get(n, n) for n in step.needs} & targets - {step.target}
            self.works[step.target] = Work(step, KINDS[step.target.kind], needs, deleting=step.action is not Action.WAIT)
        for work in self.works.values():
            for need in work.needs:
                self.works[need].dependents.add(work.key)
        self.heights = heights(self.plan.steps, {k: w.needs for k, w in self.works.items()})
        self.patient = self._put_off()

    def _put_off(self) -> frozenset[Key]:
        """Give the last few of each service that had better wait: as many as do not make the run longer to speak of."""
        out: dict[str, list[Key]] = {}
        for work in reversed(self.works.values()):
            line = out.setdefault(work.kind.service, [])
            if work.step.after and len(line) < ROUNDS * self.pressure(work.kind).bound:
                line.append(work.key)
        return frozenset(key for line in out.values() for key in line)

    def knows(self, key: Key) -> bool:
        """Tell whether an object has a step, or goes with one that has."""
        return self.part_of.get(key, key) in self.works

    def continue_numbers(self, last: int) -> None:
        """Number calls on from those of an earlier run."""
        self._numbers = last

    def pressure(self, kind: Kind) -> Pressure:
        """Give the bound of a kind's service."""
        if kind.service not in self.services:
            bound = self.bounds.get(kind.service, 8)
            self.services[kind.service] = Pressure(bound=bound, allowed=bound)
        return self.services[kind.service]

    def backoff(self, tries: int, pause: float | None = None) -> float:
        """Give seconds to wait before another try, with jitter; never less than the service asked for."""
        return max(pause or 0.0, min(0.5 * 2.0**tries, 20.0) * (0.5 + self._random.random()))

    def wake(self, time: float) -> None:
        """Ask to be called again at `time`."""
        self.wake_at = min(self.wake_at, time)

    def note(self, type_: str, now: float, target: Key | None = None, **data: Any) -> Event:
        """Record and report an event; what is None or empty is left out of its data."""
        event = event_of(type_, now, target, **data)
        self.out.append(Note(event))
        return event

    def may_call(self, kind: Kind, serial: str, now: float) -> bool:
        """Tell whether a call may start now; if not, see to being woken."""
        pressure = self.pressure(kind)
        if serial in self.serials:
            self.contended = True
            return False
        if not pressure.free(now):
            if pressure.closed_until > now:
                self.wake(pressure.closed_until)
            return False
        return True

    def serial(self, work: Work, call: Call, fields: Mapping[str, Any]) -> str:
        """Name what must not be changed by two calls at once."""
        return str(work.step.attributes.get("serial") or serial_of(work.kind, call, fields))

    def issue(
        self,
        work: Work,
        call: Call,
        purpose: Purpose,
        now: float,
        *,
        revision: int | None,
        preparation: int | None = None,
        on: str = "",
    ) -> None:
        """Start a call; on the object with the id `on`, if it is not the step's own."""
        self._numbers += 1
        self.calls += 1
        fields = {**work.step.attributes, **work.fields, "id": on or work.key.id}
        path = path_of(call, fields)
        serial = self.serial(work, call, fields)
        self.open[self._numbers] = OpenCall(work.key, purpose, call, path, now, serial, preparation, fields["id"])
        self.serials.add(serial)
        self.pressure(work.kind).busy += 1
        intent = event_of(
            "intent", now, work.key, call=self._numbers, purpose=purpose.value, method=call.method, path=path, preparation=preparation
        )
        self.out.append(CallCommand(self._numbers, work.key, call, fields, revision, intent))

    def close(self, number: int, now: float) -> OpenCall:
        """End a call."""
        call = self.open.pop(number)
        self.serials.discard(call.serial)
        self.released[call.serial] = now
        self.pressure(KINDS[call.key.kind]).busy -= 1
        return call

    def did(self, work: Work, preparation: int | None) -> None:
        """Put down that a step, or a preparation of it, was carried out: it may have to be taken back, also a second time."""
        if preparation is not None:
            work.prepared.add(preparation)
        self.undone.pop((work.key, preparation), None)

    def free(self, work: Work, now: float) -> None:
        """Put down that an object is gone, and free what needed that."""
        by_others = work.step.action is Action.WAIT and any(
            o.outcome is OutcomeKind.DELETED for n in work.step.needs if (w := self.works.get(n)) and (o := w.outcome)
        )
        kind = OutcomeKind.DELETED if work.called or by_others else OutcomeKind.ALREADY_GONE
        because = f"it was stuck; tried: {', '.join(work.attempts.values())}" if work.attempts else ""
        self._put_down(work, Outcome(work.key, work.step.name, kind, because))
        self.note("gone", now, work.key, outcome=kind.value, because=because)
        for key in work.dependents:
            dependent = self.works[key]
            dependent.needs.discard(work.key)
            if kind is OutcomeKind.DELETED:
                dependent.fresh_after = max(dependent.fresh_after, now)

    def end(self, work: Work, kind: OutcomeKind, now: float, because: str, blockers: Iterable[Key] = (), *, spread: bool = True) -> None:
        """Put down that a step came to a bad end, and skip what needed it, unless the caller sees to that."""
        if work.outcome is not None:
            return
        blockers = tuple(dict.fromkeys(blockers))
        if work.attempts:
            because = f"{because}; tried: {', '.join(work.attempts.values())}"
        self._put_down(work, Outcome(work.key, work.step.name, kind, because, blockers))
        type_ = {OutcomeKind.SKIPPED: "skipped", OutcomeKind.FAILED: "failed"}.get(kind, "blocked")
        self.note(type_, now, work.key, outcome=kind.value, because=because, blockers=[list(b) for b in blockers])
        root = blockers if kind is OutcomeKind.SKIPPED else (work.key,)
        for key in sorted(work.dependents) if spread else ():
            dependent = self.works[key]
            if work.key in dependent.needs:
                self.end(dependent, OutcomeKind.SKIPPED, now, f"needs {work.called_name} gone", root)

    def end_cycle(self, cycle: tuple[Key, ...], now: float) -> None:
        """Put down that steps wait for each other in a circle."""
        names = " → ".join(self.works[k].called_name for k in (*cycle, cycle[0]))
        for key in cycle:
            self.works[key].needs.difference_update(cycle)
        for key in cycle:
            self.end(self.works[key], OutcomeKind.BLOCKED, now, f"blocked by cycle: {names}", [k for k in cycle if k != key])

    def _put_down(self, work: Work, outcome: Outcome) -> None:
        work.outcome = outcome
        work.phase = Phase.ENDED
        work.inquiry = None
        self.ended.append(work.key)

    def add_need(self, work: Work, need: Key) -> None:
        """Let a step wait for another one."""
        work.needs.add(need)
        self.works[need].dependents.add(work.key)

    def had_better_wait(self, work: Work) -> bool:
        """Tell whether a step that would make this one cheaper has not ended yet.

        Where many had better wait, only the last few wait for its end; for the others it is enough that its call was accepted.
        """
        for key in work.step.after:
            other = self.works.get(key)
            if other is not None and other.outcome is None and (other.phase is not Phase.AFTER or work.key in self.patient):
                return True
        return False

    def add_wait(self, resource: Resource, needs: Iterable[Key], reason: str) -> Work:
        """Add the wait for an object that OpenStack made for one of ours after the plan was made."""
        like = next((self.works[n].step.confidence for n in needs), self.plan.steps[0].confidence)
        step = Step(Action.WAIT, resource.key, resource.name, reason, like, needs=tuple(needs))
        work = Work(step, KINDS[resource.kind], {n for n in needs if not self.works[n].gone})
        self.works[work.key] = work
        self.heights[work.key] = 0
        for need in work.needs:
            self.works[need].dependents.add(work.key)
        return work


def event_of(type_: str, now: float, target: Key | None = None, **data: Any) -> Event:
    """Make an event; what is None or empty is left out of its data."""
    kept = {k: v for k, v in data.items() if v not in (None, "", [], ())}
    return Event(type_, datetime.fromtimestamp(now, UTC), target, kept)
