"""Every answer is noted, and the service's bound learns from it. In: a call that ended, its answer. Out: a note, and the bound."""

from __future__ import annotations

from tfclean.cleanup.pressure import SLOW
from tfclean.cleanup.state import State
from tfclean.cleanup.work import OpenCall
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer

EXCERPT = 200
"""Characters of a service's words that are noted."""


def record(state: State, call: OpenCall, answer: Answer, number: int, now: float) -> None:
    """Note an answer, and let the service's bound learn from it."""
    data = {"call": number, "purpose": call.purpose.value, "request_id": answer.request_id, "seconds": round(answer.seconds, 3)}
    pressure = state.pressure(KINDS[call.key.kind])
    if answer.status is None:
        state.note("lost", now, call.key, because=answer.error, **data)
        return
    # What did not work and is tried again is told in the service's words.
    failed = answer.status == 429 or answer.status >= 500
    said = " ".join(answer.body.split())[:EXCERPT] if failed else ""
    state.note("answered", now, call.key, status=answer.status, because=said, retry_after=answer.retry_after if failed else None, **data)
    if answer.status in (429, 503):
        pressure.overloaded(now, call.started, answer.retry_after or 0.0)
    elif answer.seconds > SLOW:
        pressure.overloaded(now, call.started, 0.0)
    elif answer.status < 500:
        pressure.succeeded()
