"""What a cloud says when it is asked for something: the answer to one request, and the list of one kind."""

from __future__ import annotations

from dataclasses import dataclass

from tfclean.model.evidence import Gap
from tfclean.model.live import Resource


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request that changes the cloud was answered.

    Attributes:
        status: HTTP status; None if no answer came, which says nothing about what happened: look.
        body: the answer's text, cut to 64 KiB.
        request_id: the service's id of the request, for its operator; empty if it gave none.
        seconds: how long it took.
        retry_after: seconds that the service asks to wait; None if it does not.
        error: why there is no answer, in words; empty if there is one.
    """

    status: int | None
    body: str = ""
    request_id: str = ""
    seconds: float = 0.0
    retry_after: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What is live of one kind right now.

    Attributes:
        kind: the kind that was listed.
        resources: all objects of it; meaningless if there is a gap.
        gap: why it could not be listed; None if it was listed whole.
    """

    kind: str
    resources: tuple[Resource, ...] = ()
    gap: Gap | None = None
