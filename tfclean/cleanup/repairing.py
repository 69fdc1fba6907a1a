"""Freeing what is stuck, when that was asked for. In: the state, a step that does not get on, what is live. Out: a call, or what was tried.

What can be tried stands in the declarations of kinds, and needs no administrator. Each is tried once; what became of it is told with
the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.ports import Parse
from tfclean.cleanup.recording import record
from tfclean.cleanup.state import State
from tfclean.cleanup.work import OpenCall, Phase, Work
from tfclean.kinds.base import Call, Repair
from tfclean.model import Action, Answer, Resource


def repair(state: State, work: Work, resource: Resource, now: float, *, overdue: bool = True) -> bool:
    """Try the next thing that may free `work`; tell whether something is being tried, or looked at for that.

    Args:
        state: of the engine.
        work: a step whose deletion was accepted and does not end, or whose object cannot be deleted in its status.
        resource: the object, as last seen.
        now: the time.
        overdue: its grace is over.
    """
    if not state.options.repair:
        return False
    going = work.phase is Phase.AFTER
    for index, what in enumerate(work.kind.repairs):
        if what.going is not going or (what.statuses and resource.status not in what.statuses) or not overdue:
            continue
        if what.hopeless:
            if going or work.refused_since is not None:
                work.attempts.setdefault((index, ""), what.words)
            continue
        found = _objects(state, work, what, now) if what.on else iter((work.key.id,))
        if found is None:
            return True
        id_ = next((id_ for id_ in found if (index, id_) not in work.attempts), None)
        if id_ is not None:
            _try(state, work, index, id_, now)
            return True
    return False


def hint(state: State, work: Work, resource: Resource) -> str:
    """Say what `--repair` would try, where it was not asked for."""
    words = [r.words for r in work.kind.repairs if r.going and not r.hopeless and (not r.statuses or resource.status in r.statuses)]
    return f"; --repair would try {', then '.join(words)}" if words and not state.options.repair else ""


def _objects(state: State, work: Work, what: Repair, now: float) -> Iterator[str] | None:
    """Give the ids of what is left over from something that is gone; None while that is looked at."""
    field, dead = what.dead
    after = work.deadline if work.deadline is not None else work.fresh_after
    rows, living = state.book.seen(what.on, after), state.book.seen(dead, after)
    for kind, seen in ((what.on, rows), (dead, living)):
        if seen is None and state.book.given_up(kind, now):
            return iter(())  # what cannot be seen is not touched
        if seen is None:
            state.book.want(kind, now)
    if rows is None or living is None:
        return None
    return (
        row.id
        for row in rows.values()
        if str(row.attributes.get(what.names)) == work.key.id
        and (str(row.attributes[field]) not in living if row.attributes.get(field) else what.nameless)
    )


def _try(state: State, work: Work, index: int, id_: str, now: float) -> None:
    what = work.kind.repairs[index]
    call = _own_call(work) if what.again else what.call
    assert call is not None
    if state.may_call(work.kind, state.serial(work, call, {**work.step.attributes, **work.fields, "id": id_}), now):
        work.phase = Phase.CALLING
        state.issue(work, call, Purpose.REPAIR, now, revision=None, preparation=index, on=id_)


def _own_call(work: Work) -> Call | None:
    return work.kind.cascade if work.step.action is Action.CASCADE else work.kind.delete


def take_repair_answer(state: State, call: OpenCall, answer: Answer, number: int, now: float, *, parse: Parse) -> None:
    """Take in what became of a repair: if it was accepted, it gets time to help; if not, the next one is tried at once."""
    work = state.works[call.key]
    record(state, call, answer, number, now)
    assert call.preparation is not None
    what = work.kind.repairs[call.preparation]
    said, wait = "", what.wait
    if answer.status is None:
        said = "no answer came"
    elif answer.status == 404:
        said = "it was gone"
    elif not 200 <= answer.status < 300:
        said = f"refused: {parse(work.kind.service, call.call.method, call.path, answer.status, answer.body).reason}"
        wait = 0.0
    words = what.words + (f" {call.on}" if call.on != work.key.id else "")
    work.attempts[call.preparation, call.on] = f"{words} ({said})" if said else words
    work.phase = Phase.AFTER if what.going else Phase.BEFORE
    work.deadline = now + wait
    work.fresh_after = now if answer.status is not None else now + work.kind.lag
    work.not_before = work.fresh_after
    state.note("waiting", now, work.key, because=f"tried: {work.attempts[call.preparation, call.on]}")
