"""The engine: a state machine without thread, socket or clock. In: answers, lists, ticks, a wish to stop. Out: commands.

The same engine runs against a cloud, against a simulator and in random worlds with virtual time. After every message it
gives all commands that follow; the runner carries them out and comes back with what happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from tfclean.cleanup.answering import take_answer
from tfclean.cleanup.considering import changed, consider
from tfclean.cleanup.draft import find_cycle
from tfclean.cleanup.folding import fold
from tfclean.cleanup.inquiring import implied_part, inquire, wait_for
from tfclean.cleanup.looks import Book
from tfclean.cleanup.messages import Answered, Command, Done, Incoming, ListCommand, Listed, Purpose, SleepUntil, Stop
from tfclean.cleanup.options import Options
from tfclean.cleanup.ports import Parse
from tfclean.cleanup.repairing import take_repair_answer
from tfclean.cleanup.state import State
from tfclean.cleanup.ties import Ties
from tfclean.cleanup.turns import Turns
from tfclean.cleanup.undoing import begin_undo, in_vain, take_undo_answer
from tfclean.cleanup.work import Phase, Work, called
from tfclean.kinds.refusals import parse as parse_refusal
from tfclean.kinds.registry import KINDS, find, with_named
from tfclean.kinds.relations import edges
from tfclean.model import Action, Event, Inventory, Key, OutcomeKind, Plan


class Engine:
    """Carries out one plan.

    Args:
        plan: what is to be done.
        project: id of the connection's project; never taken from the plan.
        user: id of the connection's user.
        options: what the caller allows now; never taken from the plan.
        records: what a journal says of an earlier run of the same plan.
        bounds: calls at once, by service; 8 where nothing is said.
        seed: for jitter.
        parse: reads refusals.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        project: str,
        user: str = "",
        options: Options | None = None,
        records: Iterable[Event] = (),
        bounds: Mapping[str, int] | None = None,
        seed: int = 0,
        parse: Parse = parse_refusal,
    ) -> None:
        self._parse = parse
        self._records = tuple(records)
        self._done: Done | None = None
        self.state = State(plan, options or Options(), project, user, seed, bounds or {})
        self._turns = Turns(self.state)

    @property
    def stopped(self) -> str:
        """Why nothing new may start; empty while it may."""
        return self.state.stopped

    def start(self, inventory: Inventory, taken: float, now: float, *, stop: str = "") -> list[Command]:
        """Compare the plan with what is live, and begin.

        Args:
            inventory: what is live.
            taken: when its listing began.
            now: the time.
            stop: why nothing may be started any more; empty if it may.

        Returns:
            The first commands.
        """
        state = self.state
        inventory = with_named(inventory, state.works)
        state.book = Book.of(inventory, taken)
        state.held_back = state.options.all_or_none
        state.note("started", now, steps=len(state.works), resumed=bool(self._records) or None)
        fold(state, self._records, now)
        for cycle in iter(lambda: find_cycle({k: w.needs for k, w in state.works.items() if w.outcome is None}), ()):
            state.end_cycle(cycle, now)
        self._compare(inventory, now)
        self._meet_neighbours(inventory, now)
        if stop:
            self._stop(stop, now)
        return self._advance(now)

    def handle(self, message: Incoming) -> list[Command]:
        """Take in what happened.

        Returns:
            All commands that follow from it; `Done` once, at the end.
        """
        state, now = self.state, message.time
        accepted: Work | None = None
        if isinstance(message, Answered):
            call = state.close(message.number, now)
            if call.purpose is Purpose.UNDO or state.works[call.key].outcome is not None:
                take_undo_answer(state, call, message.answer, message.number, now, todo=in_vain(state))
            elif call.purpose is Purpose.REPAIR:
                take_repair_answer(state, call, message.answer, message.number, now, parse=self._parse)
            else:
                take_answer(state, call, message.answer, message.number, now, parse=self._parse)
                accepted = state.works[call.key] if 200 <= (message.answer.status or 0) < 300 else None
        elif isinstance(message, Listed):
            state.book.listed(message.kind, message.resources, message.error, now)
            state.note("looked", now, kind=message.kind, count=len(message.resources), because=message.error)
        elif isinstance(message, Stop) and not state.stopped:
            self._stop(message.reason, now)
        return self._advance(now, accepted)

    def _stop(self, reason: str, now: float) -> None:
        self.state.stopped = reason
        self.state.note("interrupted", now, because=reason)

    def abandon(self, now: float) -> Done:
        """End at once, whatever is in flight: nobody waits for the answers.

        Returns:
            How it ended, as far as it is known.
        """
        state = self.state
        state.stopped = state.stopped or "interrupted"
        state.open.clear()
        self._finish(now)
        assert self._done is not None
        return self._done

    def _compare(self, inventory: Inventory, now: float) -> None:
        """Keep what is no longer what the plan saw, before anything is called."""
        for work in list(self.state.works.values()):
            resource = find(inventory, *work.key)
            if work.outcome is not None or resource is None or not work.deleting or work.key.kind not in inventory.listed:
                continue
            if resource.kind != work.key.kind:
                reason = f"not what the plan saw: it is a {KINDS[resource.kind].noun} now"
            else:
                reason = changed(self.state, work, resource)
            reason = reason or self._keepsake(work, inventory)
            if reason:
                self.state.end(work, OutcomeKind.KEPT, now, reason)

    def _keepsake(self, work: Work, inventory: Inventory) -> str:
        """Say which part of an object has to stay, or give the empty string."""
        for key in work.step.parts:
            part = inventory.resources.get(key)
            why = part and (self.state.options.keeping.reason(KINDS[key.kind], part) or self.state.options.kept(part))
            if part and why:
                return f"contains {called(key, part.name)}: {why}"
        return ""

    def _meet_neighbours(self, inventory: Inventory, now: float) -> None:
        """Take in what came to hold an object of the plan since the plan was made."""
        state = self.state
        ties = Ties(edges(inventory))
        for work in list(state.works.values()):
            if work.outcome is not None or work.step.action is Action.WAIT:
                continue
            for key in (work.key, *work.step.parts):
                parts = ties.parts[key] if work.kind.cascade and work.step.action is not Action.CASCADE else ()
                holders = [*ties.before(key, state.knows), *parts]
                for edge in holders:
                    self._meet(work, edge.source, inventory, ties, now)
                if work.outcome is None and not state.options.allow_side_effects:
                    self._spare(work, [e.source for e in ties.named_by[key]], inventory, ties, now)

    def _meet(self, work: Work, holder: Key, inventory: Inventory, ties: Ties, now: float) -> None:
        state = self.state
        whole = state.part_of.get(holder, holder)
        if work.outcome is not None or whole == work.key:
            return
        if whole in state.works:
            if whole not in work.step.needs:
                wait_for(state, work, whole, now)
            return
        makers = implied_part(state, holder, ties)
        if makers is not None and work.key not in makers:
            state.add_wait(inventory.resources[holder], makers, "OpenStack made it since the plan")
            wait_for(state, work, holder, now)
        elif makers is None:
            name = called(holder, inventory.resources[holder].name)
            state.end(work, OutcomeKind.BLOCKED, now, f"held by {name}, which the plan does not know: plan again", [holder])

    def _spare(self, work: Work, namers: Iterable[Key], inventory: Inventory, ties: Ties, now: float) -> None:
        state = self.state
        for key in namers:
            whole = state.part_of.get(key, key)
            if whole in state.works or implied_part(state, key, ties):
                continue
            parents = [e.target for e in ties.parents[key]]
            if any(k.leftover and k.target in (key, *parents) for k in state.plan.kept):
                continue  # the job's own, and kept: it was weighed when the plan was made
            name = called(key, inventory.resources[key].name)
            state.end(work, OutcomeKind.BLOCKED, now, f"named by {name}, which the plan does not know: plan again", [key])
            return

    def _advance(self, now: float, accepted: Work | None = None) -> list[Command]:
        """Let every step do what it can; if all that happened is that the call of one was accepted, only those that may move by that."""
        state = self.state
        if not state.stopped:
            self._check_all(now)
            if accepted is None or not self._few(accepted, now):
                state.wake_at, state.contended = math.inf, False
                while self._round(now):
                    pass
            state.out.extend(ListCommand(kind) for kind in state.book.due(now))
        self._finish(now)
        out, state.out = state.out, []
        return out

    def _few(self, accepted: Work, now: float) -> bool:
        """Give a turn to the steps that may move by an accepted call; tell whether no other can."""
        state = self.state
        if state.held_back or state.contended or now >= state.wake_at:
            return False
        ended, works = len(state.ended), len(state.works)
        for work in self._turns.after(accepted, now):
            self._turn(work, now)
        fine = all(state.works[key].gone for key in state.ended[ended:])
        return fine and works == len(state.works) and bool(state.open) and not state.contended

    def _round(self, now: float) -> bool:
        """Give every step a turn, the longest remaining path first; tell whether any came to its end."""
        state = self.state
        before = len(state.ended), len(state.works)
        for work in self._turns.everyone():
            self._turn(work, now)
        return before != (len(state.ended), len(state.works))

    def _turn(self, work: Work, now: float) -> None:
        """Do what can be done for a step that can move."""
        state = self.state
        if work.outcome is not None or work.needs or work.phase is Phase.CALLING or state.had_better_wait(work):
            return
        if work.inquiry is not None and not inquire(state, work, now):
            return
        if work.phase is Phase.AFTER or not work.deleting or state.may_call(work.kind, "", now):
            consider(state, work, now)
        else:
            self._turns.queue(work)

    def _check_all(self, now: float) -> None:
        """With `all_or_none`: let nothing begin before all is known to be possible, and nothing at all if it is not."""
        state = self.state
        if not state.held_back:
            return
        bad = [w for w in state.works.values() if w.outcome is not None and not w.gone]
        if bad:
            why = f"all or none: {bad[0].called_name} cannot go"
            for work in state.works.values():
                state.end(work, OutcomeKind.KEPT, now, why, [bad[0].key])
            return
        waiting = False
        for work in state.works.values():
            rows = state.book.seen(work.key.kind)
            status = rows[work.key.id].status if rows and work.key.id in rows else ""
            if work.outcome is None and status in work.kind.transitional:
                work.deadline = work.deadline or now + work.kind.grace
                if now < work.deadline:
                    waiting = True
                    state.book.want(work.key.kind, state.book.next_poll(work.key.kind, now))
                else:
                    state.end(work, OutcomeKind.FAILED, now, f"still {status} after {work.kind.grace:.0f} s")
                    self._check_all(now)
                    return
        state.held_back = waiting

    def _finish(self, now: float) -> None:
        state = self.state
        if self._done is not None:
            return
        if state.open:
            if not state.stopped:
                self._sleep()
            return
        open_works = [w for w in state.works.values() if w.outcome is None]
        if not state.stopped:
            if open_works:
                if self._sleep() or state.book.pending():
                    return
                for work in open_works:
                    state.end(work, OutcomeKind.FAILED, now, "nothing is under way that could free it")
            if begin_undo(state, in_vain(state), now):
                state.out.extend(ListCommand(kind) for kind in state.book.due(now))
                self._sleep()
                return
        for work in open_works:
            state.end(work, OutcomeKind.SKIPPED, now, state.stopped + _standing(state, work))
        by_plan = dict.fromkeys(s.target for s in state.plan.steps)
        outcomes = [state.works[k].outcome for k in (*by_plan, *(k for k in state.works if k not in by_plan))]
        self._done = Done(tuple(o for o in outcomes if o), tuple(state.undone.values()), state.calls, state.refusals, state.stopped)
        state.out.append(self._done)

    def _sleep(self) -> bool:
        """Ask to be woken; tell whether there is anything to wake up for."""
        time = min(self.state.wake_at, self.state.book.next_due())
        if time < math.inf:
            self.state.out.append(SleepUntil(time))
        return time < math.inf or bool(self.state.open)


def _standing(state: State, work: Work) -> str:
    """Tell where an object stands for which nothing more is done."""
    if work.called:
        return "; it was asked to go, and is not seen gone yet"
    seen = (state.book.seen(work.key.kind) or {}).get(work.key.id)
    return f" while it was {seen.status}" if seen is not None and seen.status in work.kind.transitional else ""
