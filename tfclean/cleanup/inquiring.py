"""Who holds an object that a service refused to delete. In: the state, a refused step, looks. Out: a need, a wait, or a named blocker."""

from __future__ import annotations

from collections.abc import Iterable

from tfclean.cleanup.considering import look
from tfclean.cleanup.draft import find_cycle
from tfclean.cleanup.guards import holders_of
from tfclean.cleanup.looks import LAG
from tfclean.cleanup.state import State
from tfclean.cleanup.ties import Ties
from tfclean.cleanup.work import Inquiry, Phase, Work, called
from tfclean.kinds.registry import KINDS
from tfclean.kinds.relations import edges
from tfclean.model import Inventory, Key, OutcomeKind, Resource


def retry_later(
    state: State, work: Work, now: float, *, first: float | None = None, patience: float | None = None, blockers: Iterable[Key] = ()
) -> None:
    """Try a refused call again after a while; end the step when patience has run out and nothing under way could free it.

    Args:
        state: of the engine.
        work: the refused step.
        now: the time.
        first: pause before the first new try, if it is to be another one than the usual.
        patience: seconds after which the refusal is final, if longer than `LAG`.
        blockers: what held it, should the refusal be final.
    """
    if work.refused_since is None:
        work.refused_since = now
        work.tries = 0
    elif now - work.refused_since >= max(LAG, patience or 0.0) and not _could_free(state, work):
        state.end(work, OutcomeKind.BLOCKED, now, work.refusal or "the service refuses, and says nothing about why", blockers)
        return
    pause = first if first is not None and work.tries == 0 else min(state.backoff(work.tries), 5.0)
    work.tries += 1
    work.not_before = work.fresh_after = now + pause


def _could_free(state: State, work: Work) -> bool:
    kinds = holders_of(work.key.kind)
    return any(w.phase in (Phase.CALLING, Phase.AFTER) and w.key.kind in kinds for w in state.works.values())


def begin_inquiry(state: State, work: Work, named: tuple[Key, ...], kinds: frozenset[str], now: float) -> None:
    """Find out who holds the object of a refused step."""
    if named and all(_known(state, key) is not None for key in named):
        _conclude(state, work, [_known(state, key) or key for key in named], {}, now)
        return
    wanted = kinds | {key.kind for key in named if key.kind in KINDS} | {work.key.kind}
    work.inquiry = Inquiry(now, wanted, named)


def inquire(state: State, work: Work, now: float) -> bool:
    """Go on with an inquiry; tell whether it is over, and the step can go on."""
    inquiry = work.inquiry
    assert inquiry is not None
    ready = [look(state, work, kind, inquiry.since, now) is not None for kind in sorted(inquiry.kinds)]
    if work.outcome is not None or not all(ready):
        return False
    work.inquiry = None
    live = state.book.everything()
    by_id = {key.id: key for key in live}
    named = [_known(state, key) or (key if key in live or key.kind not in KINDS else None) for key in inquiry.named]
    named = [by_id.get(key.id, key) if key else key for key in named]
    ties = Ties(edges(Inventory(live)))
    mine = {work.key, *work.step.parts}
    found = [e.source for key in mine for e in ties.before(key, state.knows)]
    _conclude(state, work, [k for k in (*named, *found) if k is not None and k not in mine], live, now)
    return work.outcome is None and not work.needs


def _known(state: State, key: Key) -> Key | None:
    """Give the object of the plan that a blocker is, whatever kind the refusal calls it."""
    if key in state.works or key in state.part_of:
        return key
    return next((k for k in (*state.works, *state.part_of) if k.id == key.id), None)


def _conclude(state: State, work: Work, blockers: Iterable[Key], live: dict[Key, Resource], now: float) -> None:
    needs: list[Key] = []
    strangers: list[Key] = []
    lingering: list[Key] = []
    ties = Ties(edges(Inventory(live))) if live else Ties(())
    for key in dict.fromkeys(blockers):
        whole = state.part_of.get(key, key)
        if whole in state.works:
            if whole != work.key and not state.works[whole].gone:
                needs.append(whole)
        elif key in live:
            makers = implied_part(state, key, ties)
            if makers is not None:
                state.add_wait(live[key], makers, work.refusal)
                needs.append(key)
            elif KINDS[key.kind].implied(live[key]) or KINDS[key.kind].swept(live[key]):
                lingering.append(key)  # OpenStack takes it away by itself, perhaps with something that just went
            else:
                strangers.append(key)
        elif key.kind and key.kind not in KINDS:
            strangers.append(key)  # no list of ours shows it, so the service's word has to do
    if strangers:
        names = ", ".join(called(key, live[key].name if key in live else "") for key in strangers)
        state.end(work, OutcomeKind.BLOCKED, now, f"held by {names}", strangers)
        return
    if not needs:
        if lingering:
            work.refusal = f"held by {', '.join(called(key, live[key].name) for key in lingering)}"
        retry_later(state, work, now, blockers=lingering)
        return
    work.refused_since = None
    work.fresh_after = now
    for need in needs:
        wait_for(state, work, need, now)


def wait_for(state: State, work: Work, need: Key, now: float) -> None:
    """Let `work` wait for the step of `need`; ends it if that came to a bad end, and all of a cycle that this closes."""
    other = state.works[need]
    if other.outcome is not None:
        if not other.gone:
            state.end(work, OutcomeKind.BLOCKED, now, f"held by {other.called_name}", [need])
        return
    state.add_need(work, need)
    cycle = find_cycle({work.key: work.needs, **{k: w.needs for k, w in state.works.items() if w.outcome is None}})
    if cycle:
        state.end_cycle(cycle, now)


def implied_part(state: State, key: Key, ties: Ties) -> list[Key] | None:
    """Give the steps with which an object that the plan does not know goes; None if it is nobody's part.

    Args:
        state: of the engine.
        key: the object.
        ties: between the objects that are live.
    """
    wholes = [e.target for e in (*ties.makers[key], *ties.parents[key])]
    wholes += [e.source for e in ties.holders[key] if e.source.kind in KINDS[key.kind].follows]
    steps = [state.part_of.get(w, w) for w in wholes]
    known = [s for s in steps if s in state.works and state.works[s].outcome is None]
    return known or None
