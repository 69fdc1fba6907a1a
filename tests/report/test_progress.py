"""Progress: plain lines where nobody watches, a display where somebody does, and never a reason to stop."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from tests.report.making import GROUP, PORT, SERVER, TIME, plan, uuid
from tfclean.model import Event, Key
from tfclean.report.base import Look
from tfclean.report.progress import Progress

ROUTER = Key("network.router_interface", uuid(11))


def event(type_: str, target: Key | None = None, after: float = 0, **data: Any) -> Event:
    return Event(type_, TIME + timedelta(seconds=after), target, data)


STORY = (
    event("planned", steps=4),
    event("intent", SERVER.key, purpose="go", method="DELETE"),
    event("waiting", SERVER.key, 1, status="ACTIVE"),
    event("waiting", SERVER.key, 2, status="ACTIVE"),
    event("gone", SERVER.key, 5),
    event("intent", ROUTER, 5, purpose="go"),
    event("waiting", GROUP.key, 6, blockers=[["network.port", uuid(2)], ["network.port", uuid(5)]]),
    event("refused", GROUP.key, 7, status=409, because="in use"),
    event("blocked", GROUP.key, 8, because="in use by a port"),
    event("interrupted", None, 9, because="time ran out"),
    event("proof", None, 70, look=1, count=0),
)


def told(look: Look) -> str:
    stream = io.StringIO()
    with Progress(stream, look, plan()) as progress:
        for each in STORY:
            progress(each)
    return stream.getvalue()


def test_plain_lines_where_nobody_watches() -> None:
    assert (
        told(Look())
        == f"""\
     0s  deleting server node-a ({uuid(1)})
     1s  server node-a ({uuid(1)}): waiting while it is ACTIVE
     5s  [1/4] gone: server node-a ({uuid(1)})
     5s  untying router interface {uuid(11)}
     6s  security group job-group ({uuid(4)}): waiting for 2 ports
     7s  refused (409): security group job-group ({uuid(4)}): in use
     8s  [2/4] blocked: security group job-group ({uuid(4)}): in use by a port
     9s  [2/4] time ran out: waiting for calls in flight
 1m 10s  looking again to prove the end, look 1: nothing is left
"""
    )


def test_a_display_where_somebody_does() -> None:
    text = told(Look(terminal=True, width=80))
    assert "at work on" in text or "of 4 done" in text
    assert f"blocked: security group job-group ({uuid(4)})" in text


def test_a_stream_that_went_away_stops_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    for look in (Look(), Look(terminal=True)):
        with Progress(Gone(), look, plan()) as progress:
            progress(event("intent", PORT.key))
            progress(event("gone", PORT.key))


def test_nobody_looks_again_after_an_interruption() -> None:
    progress = Progress(io.StringIO(), Look(width=60, terminal=False), plan())
    progress(event("interrupted", None, 1, because="interrupted"))
    for step in plan().steps:
        progress(event("skipped", step.target, 2))
    assert "looking again" not in "\n".join(progress._lines())
    progress(event("proof", None, 3, look=1, count=0))
    assert "look 1" in progress._lines()[1]
