"""What is next for one step. In: the state and a step that needs nothing gone any more. Out: a call, a wish to look, or an end.

Before a call, the object's last look, asked for after its predecessors were gone, must still allow the call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from tfclean.cleanup.guards import forbidden
from tfclean.cleanup.identity import call_fields, difference
from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.repairing import hint, repair
from tfclean.cleanup.state import State
from tfclean.cleanup.ties import Ties
from tfclean.cleanup.work import GONE, Phase, Work, called
from tfclean.kinds.base import Call, Row, values
from tfclean.kinds.registry import KINDS, SIBLINGS
from tfclean.kinds.relations import edges
from tfclean.model import Action, EdgeType, Inventory, Key, OutcomeKind, Resource

SHARED = 30.0
"""Seconds that OpenStack has to take away what it may have made for something else that stays."""
STALLS = 3
"""Accepted deletions that may come to an end without success before a step fails."""
LINGER = 10.0
"""Seconds for which an object may still show a tie to something that is gone, before its call is made all the same."""


def consider(state: State, work: Work, now: float) -> None:
    """Do what can be done for `work` at `now`."""
    if work.not_before > now:
        state.wake(work.not_before)
        return
    waiting = work.phase is Phase.AFTER or not work.deleting
    overdue = work.deadline is not None and now >= work.deadline
    rows = look(state, work, work.key.kind, work.fresh_after, now, patient=waiting and not overdue)
    if rows is None:
        return
    resource = rows.get(work.key.id)
    if resource is None:
        _absent(state, work, now)
    elif not work.deleting:
        _await(state, work, resource, now)
    elif work.phase is Phase.AFTER:
        _still_there(state, work, resource, now)
    else:
        _before_call(state, work, resource, now)


def _absent(state: State, work: Work, now: float) -> None:
    """Take an object as gone, unless it has only become one of another kind: a port that a router took as its leg."""
    others = SIBLINGS.get(work.key.kind, ()) if work.kind.action == Action.DELETE else ()
    for kind in others:
        rows = look(state, work, kind, work.fresh_after, now) if kind != work.key.kind else {}
        if rows is None:
            return
        if work.key.id in rows:
            state.end(work, OutcomeKind.KEPT, now, f"not what the plan saw: it is a {KINDS[kind].noun} now")
            return
    state.free(work, now)


def look(state: State, work: Work, kind: str, after: float, now: float, *, patient: bool = False) -> Mapping[str, Resource] | None:
    """Give objects of `kind` by id, seen after `after`; ask for a list, or end the step if there is no hope for one.

    One who is `patient` waits for something to happen by itself, and has no need of a list before the next that is due.
    """
    rows = state.book.seen(kind, after)
    if rows is not None:
        return rows
    hopeless = state.book.given_up(kind, now)
    if hopeless:
        state.end(work, OutcomeKind.FAILED, now, f"{KINDS[kind].plural or KINDS[kind].noun + 's'} cannot be listed: {hopeless}")
    else:
        state.book.want(kind, state.book.next_poll(kind, now) if patient else now)
    return None


def poll(state: State, work: Work, kind: str, now: float) -> None:
    """Look again after a while, together with all others who wait for `kind`."""
    if kind == work.key.kind:
        work.fresh_after = max(work.fresh_after, math.nextafter(state.book.started(kind), math.inf))
    state.book.want(kind, state.book.next_poll(kind, now))
    if work.deadline is not None:
        state.wake(work.deadline)


def _await(state: State, work: Work, resource: Resource, now: float) -> None:
    """Wait until OpenStack has taken the object away; delete what it left behind, if that is ours."""
    if work.awaited_since is None:
        others = other_makers(state, work)
        work.awaited_since, work.deadline = now, now + (min(work.kind.grace, SHARED) if others else work.kind.grace)
        state.note("waiting", now, work.key, status=resource.status, blockers=[list(k) for k in others])
    fallback = work.step.attributes.get("fallback")
    if fallback is not None and now >= work.awaited_since + float(fallback) and not _plugged(work, resource):
        work.deleting, work.deadline = True, None
        _before_call(state, work, resource, now)
    elif work.deadline is not None and now >= work.deadline:
        _overdue(state, work, resource, now)
    else:
        if fallback is not None and now < work.awaited_since + float(fallback):
            state.wake(work.awaited_since + float(fallback))
        poll(state, work, work.key.kind, now)


def other_makers(state: State, work: Work) -> list[Key]:
    """Give what is live, stays, and may be what an awaited object was made for instead: another balancer on the same network."""
    live = state.book.everything()
    found = [e.target for e in Ties(edges(Inventory(live))).makers[work.key]]
    return [key for key in found if state.part_of.get(key, key) not in state.works and key in live]


def _overdue(state: State, work: Work, resource: Resource, now: float) -> None:
    """End the wait for what OpenStack did not take away; if something else may need it, that is what holds whatever waits for it."""
    others = other_makers(state, work)
    because = _too_long(resource, now - (work.awaited_since or now))
    if not others:
        state.end(work, OutcomeKind.FAILED, now, because)
        return
    live = state.book.everything()
    names = ", ".join(called(key, live[key].name) for key in others)
    waiting = [state.works[key] for key in sorted(work.dependents) if work.key in state.works[key].needs]
    state.end(work, OutcomeKind.BLOCKED, now, f"{because}: {names} may need it", others, spread=False)
    for dependent in waiting:
        state.end(dependent, OutcomeKind.BLOCKED, now, f"held by {work.called_name}, which {names} may need", others)


def _plugged(work: Work, resource: Resource) -> bool:
    device = str(resource.attributes.get("device_id") or "")
    return bool(device) and not any(need.id in device for need in work.step.needs)


def _still_there(state: State, work: Work, resource: Resource, now: float) -> None:
    overdue = work.deadline is not None and now >= work.deadline
    if repair(state, work, resource, now, overdue=overdue):
        return
    stalled = work.kind.stalled(resource)
    if stalled:
        _once_more(state, work, stalled, now)
    elif resource.status in work.kind.failed:
        state.end(work, OutcomeKind.FAILED, now, f"OpenStack could not delete it: its status is {resource.status}")
    elif overdue:
        state.end(work, OutcomeKind.FAILED, now, _too_long(resource, now - (work.accepted_at or now)) + hint(state, work, resource))
    else:
        poll(state, work, work.key.kind, now)


def _once_more(state: State, work: Work, because: str, now: float) -> None:
    """Delete again what the service gave up to delete, some times."""
    work.stalls += 1
    if work.stalls >= STALLS:
        state.end(work, OutcomeKind.FAILED, now, f"{because}, {work.stalls} times")
        return
    state.note("waiting", now, work.key, because=because)
    work.phase, work.deadline = Phase.BEFORE, None
    work.not_before = work.fresh_after = now + state.backoff(work.stalls)
    state.wake(work.not_before)


def _too_long(resource: Resource, seconds: float) -> str:
    status = f" ({resource.status})" if resource.status else ""
    return f"still there after {seconds:.0f} s{status}"


def changed(state: State, work: Work, resource: Resource) -> str:
    """Say why the object that is live must not be touched by this step, or give the empty string."""
    step = work.step
    different = difference(step.identity, resource) if step.action is not Action.WAIT else ""
    different = different or (work.kind.lock(resource) if not step.attributes.get("prepare") else "")
    if different:
        return f"not what the plan saw: {different}"
    return forbidden(resource, project=state.project, user=state.user, options=state.options, addresses=step.addresses)


def _before_call(state: State, work: Work, resource: Resource, now: float) -> None:
    if not state.may_call(work.kind, "", now):
        return
    call = work.kind.cascade if work.step.action is Action.CASCADE else work.kind.delete
    reason = changed(state, work, resource) or ("what it would be untied for stays" if _useless(state, work) else "")
    if reason:
        state.end(work, OutcomeKind.KEPT, now, reason)
    elif call is None:
        state.end(work, OutcomeKind.FAILED, now, "there is no call that deletes it")
    elif not _changing(state, work, resource, now) and not state.held_back and not repair(state, work, resource, now):
        _call(state, work, resource, call, now)


def _call(state: State, work: Work, resource: Resource, call: Call, now: float) -> None:
    fields = call_fields(work.kind, resource)
    if not state.may_call(work.kind, state.serial(work, call, {**fields, "id": work.key.id}), now):
        return
    work.fields = fields
    for index, prepare in enumerate(work.kind.prepare):
        if index in work.prepared or resource.attributes.get(prepare.when[0]) != prepare.when[1]:
            continue
        changed = state.released.get(state.serial(work, prepare.call, {**fields, "id": work.key.id}), -math.inf)
        if state.book.started(work.key.kind) < changed:
            # Another tie of the same whole may have been given the same preparation since.
            work.fresh_after = max(work.fresh_after, changed)
            look(state, work, work.key.kind, work.fresh_after, now)
            return
        work.phase, work.deadline = Phase.CALLING, None
        state.issue(work, prepare.call, Purpose.PREPARE, now, revision=None, preparation=index)
        return
    if work.kind.renew is not None and state.book.started(work.key.kind) < state.released.get(
        state.serial(work, call, {**fields, "id": work.key.id}), -math.inf
    ):
        # Another tie of the same whole was undone since.
        work.fresh_after = now
        look(state, work, work.key.kind, now, now)
        return
    work.phase, work.deadline = Phase.CALLING, None
    state.issue(work, call, Purpose.GO, now, revision=resource.revision if call.conditional else None)


def _useless(state: State, work: Work) -> bool:
    """Tell whether a reversible step would help nobody any more."""
    outcomes = [state.works[key].outcome for key in work.dependents]
    return work.kind.undo is not None and bool(outcomes) and all(o is not None and o.outcome not in GONE for o in outcomes)


def _changing(state: State, work: Work, resource: Resource, now: float) -> bool:
    """Tell whether the object, or what it is a part of, is changing by itself, and see to looking again."""
    kind, status = work.key.kind, resource.status
    patience = work.kind.grace
    if status not in work.kind.transitional and _still_tied(work, resource):
        # Not a reason to wait for ever: some services show ties to what is gone.
        patience = min(LINGER, patience)
    elif status not in work.kind.transitional:
        root = _root(work)
        if root is None:
            return False
        after = max(work.fresh_after, state.released.get(str(root), -math.inf))
        rows = look(state, work, root.kind, after, now)
        if rows is None:
            return True
        kind, status = root.kind, rows[root.id].status if root.id in rows else ""
        if status not in KINDS[kind].transitional:
            return False
    if work.deadline is None:
        work.deadline = now + patience
        state.note("waiting", now, work.key, status=status)
    # After the grace the call is made all the same: what hangs in a transitional state is what people want to be rid of.
    if now >= work.deadline:
        return False
    poll(state, work, kind, now)
    if kind != work.key.kind:
        state.released[str(_root(work))] = math.nextafter(state.book.started(kind), math.inf)
    return True


def _still_tied(work: Work, resource: Resource) -> bool:
    """Tell whether the object's own row still shows a tie to something that the step needed gone."""
    gone = {need.id for need in work.step.needs}
    if not gone:
        return False
    row = {"id": resource.id, **resource.attributes}
    for path, when in _reversed(work.key.kind):
        if (when is None or when(resource)) and gone.intersection(map(str, values(row, path))):
            return True
    return any(any(True for _ in rows(row)) for rows in _held_ties(work.key.kind))


@cache
def _reversed(kind: str) -> tuple[tuple[str, Callable[[Resource], bool] | None], ...]:
    """Give the fields of a kind that name what holds it."""
    return tuple((r.path, r.when) for r in KINDS[kind].references if r.reverse and r.edge is EdgeType.HOLDS)


@cache
def _held_ties(kind: str) -> tuple[Callable[[Row], Iterator[Row]], ...]:
    """Give what shows, in a row of a kind, the ties that hold it."""
    return tuple(
        k.listing.rows[1]
        for k in KINDS.values()
        if k.tie
        and k.listing.rows
        and k.listing.rows[0] == kind
        and any(r.edge is EdgeType.HOLDS and kind in r.kinds for r in k.references)
    )


def _root(work: Work) -> Key | None:
    """Give the balancer that `work` is about a part of."""
    kind, _, id_ = str(work.step.attributes.get("serial") or "").partition(" ")
    root = Key(kind, id_)
    return root if kind in KINDS and root != work.key else None
