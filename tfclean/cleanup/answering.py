"""What an answer means for its step. In: the state, a call that ended, its answer. Out: the object is gone, looked at again, or blocked."""

from __future__ import annotations

from tfclean.cleanup.inquiring import begin_inquiry, retry_later
from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.ports import Parse
from tfclean.cleanup.recording import record
from tfclean.cleanup.state import State
from tfclean.cleanup.work import OpenCall, Phase, Work
from tfclean.kinds.refusals import Refusal
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer, Key, OutcomeKind

TRIES = 8
"""Calls that may fail for reasons of transport or load before a step fails."""
EXCERPT = 200


def take_answer(state: State, call: OpenCall, answer: Answer, number: int, now: float, *, parse: Parse) -> None:
    """Take in the answer to a call of a step that is under way (not of an undo)."""
    work = state.works[call.key]
    record(state, call, answer, number, now)
    work.phase = Phase.BEFORE
    match answer.status:
        case None:
            _lost(state, work, call, answer, now)
        case status if 200 <= status < 300:
            _accepted(state, work, call, now)
        case 412:
            _again(state, work, now, "it changed between the look and the call", 0.0)
        case 429:
            _again(state, work, now, "the service is overloaded", state.backoff(work.tries, answer.retry_after))
        case status if status >= 500:
            # The request may have been carried out all the same: the next look tells.
            _maybe_done(work, call)
            _again(state, work, now, f"the service answers {status}", state.backoff(work.tries, answer.retry_after))
        case 401:
            state.end(work, OutcomeKind.FAILED, now, "the cloud no longer accepts our token")
        case status:
            _refused(state, work, answer, now, said=parse(work.kind.service, call.call.method, call.path, status, answer.body))


def _accepted(state: State, work: Work, call: OpenCall, now: float) -> None:
    work.tries = 0
    state.did(work, call.preparation if call.purpose is Purpose.PREPARE else None)
    if call.purpose is Purpose.PREPARE:
        work.fresh_after = now
        return
    work.called = True
    if not work.kind.asynchronous:
        state.free(work, now)
        return
    work.phase, work.deadline, work.fresh_after, work.accepted_at = Phase.AFTER, now + work.kind.grace, now, now
    state.note("waiting", now, work.key)


def _maybe_done(work: Work, call: OpenCall) -> None:
    if call.purpose is Purpose.GO:
        work.called = True
    elif call.preparation is not None:
        work.unsure.add(call.preparation)


def _lost(state: State, work: Work, call: OpenCall, answer: Answer, now: float) -> None:
    """An answer that was lost says nothing: look, and let what is under way come to its end before the call is made again."""
    _maybe_done(work, call)
    pause = max(work.kind.lag, state.backoff(work.tries))
    _again(state, work, now, f"no answer came: {answer.error or 'the connection was lost'}", pause)


def _again(state: State, work: Work, now: float, because: str, pause: float) -> None:
    work.tries += 1
    if work.tries >= TRIES:
        state.end(work, OutcomeKind.FAILED, now, f"{because}, {work.tries} times")
        return
    work.not_before = now + pause
    work.fresh_after = work.not_before if pause else now


def _refused(state: State, work: Work, answer: Answer, now: float, *, said: Refusal) -> None:
    status = answer.status
    reason = said.reason or f"{status}: {' '.join(answer.body.split())[:EXCERPT]}"
    if status == 404 or said.gone:
        # Gone once a look agrees; not all 404 mean it.
        work.refusal = reason
        if said.final and work.refused_since is not None:
            state.end(work, OutcomeKind.BLOCKED, now, reason)
        else:
            retry_later(state, work, now, first=0.0)
        return
    state.refusals += 1
    state.note("refused", now, work.key, status=status, because=reason, blockers=[list(b) for b in said.blockers])
    work.refusal = reason
    seen = (state.book.seen(work.key.kind) or {}).get(work.key.id)
    if seen is not None and seen.status in work.kind.failed:
        state.end(
            work, OutcomeKind.FAILED, now, f"OpenStack could not delete it before, and refuses to try again: its status is {seen.status}"
        )
    elif said.policy or said.final:
        state.end(work, OutcomeKind.BLOCKED, now, reason)
    elif said.blockers or (said.look_for and not said.transient):
        named = tuple(Key(kind, id_) for kind, id_ in said.blockers)
        begin_inquiry(state, work, named, frozenset(said.look_for) & set(KINDS), now)
    else:
        retry_later(state, work, now, patience=work.kind.grace if said.transient else None)
