"""Progress: plain lines where nobody watches, a display where somebody does, and never a reason to stop."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import struct
import termios
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.report.making import GROUP, PORT, SERVER, TIME, plan, uuid
from tfclean.model import Action, Confidence, Event, Key, Plan, Step
from tfclean.report.base import Look
from tfclean.report.live import LiveLines
from tfclean.report.progress import TROUBLES, Progress
from tfclean.report.text import cells

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


def test_every_event_where_nobody_watches_and_all_is_wanted() -> None:
    assert (
        told(Look(verbose=True))
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


def test_some_plain_lines_where_nobody_watches() -> None:
    assert (
        told(Look())
        == f"""\
     5s  [1 of 4 done] gone: server node-a ({uuid(1)})
     8s  [1 of 4 done, 1 not gone] refused (409): security group job-group ({uuid(4)}): in use
     8s  [2/4] blocked: security group job-group ({uuid(4)}): in use by a port
     9s  [2/4] time ran out: waiting for calls in flight
 1m 10s  looking again to prove the end, look 1: nothing is left
"""
    )


def test_a_thousand_objects_are_some_lines() -> None:
    steps = tuple(Step(Action.DELETE, Key("network.port", uuid(n)), f"p{n}", "x", Confidence.CERTAIN) for n in range(1000))
    stream = io.StringIO()
    with Progress(stream, Look(), Plan(steps)) as progress:
        for number, step in enumerate(steps):
            progress(event("intent", step.target, number / 50))
            progress(event("refused", step.target, number / 50, status=409, because="in use"))
            progress(event(("gone", "skipped", "failed")[number % 3], step.target, number / 50 + 0.01, because="no"))
    lines = stream.getvalue().splitlines()
    assert len(lines) < 60
    assert "[334 of 1000 done, 666 not gone]" in lines[-1]
    assert sum("failed: port p" in each for each in lines) == TROUBLES


def test_what_was_not_taken_back_is_never_told_as_taken_back() -> None:
    stream = io.StringIO()
    with Progress(stream, Look(), plan()) as progress:
        progress(event("undone", ROUTER, 1, outcome="failed", because="the subnet is gone"))
        progress(event("undone", PORT.key, 2, outcome="deleted"))
    assert stream.getvalue() == (
        f"     0s  [1/4] not taken back: router interface {uuid(11)}: the subnet is gone\n"
        f"     1s  [1 of 4 done, 1 not taken back] taken back: port node-a ({uuid(2)})\n"
    )


def test_silence_is_broken_by_what_takes_so_long() -> None:
    stream, now = io.StringIO(), [0.0]
    progress = Progress(stream, Look(), plan(), clock=lambda: now[0], silence=30)
    progress(event("intent", SERVER.key))
    for now[0] in (10.0, 29.0, 31.0, 45.0, 62.0):
        progress.beat()
    assert stream.getvalue() == (
        "    31s  [0 of 4 done] server node-a: deleting for 31s; 3 steps to come\n"
        "  1m 2s  [0 of 4 done] server node-a: deleting for 1m 2s; 3 steps to come\n"
    )


def test_somebody_beats_where_nobody_watches() -> None:
    stream = io.StringIO()
    with Progress(stream, Look(), plan(), silence=0.01) as progress:
        progress(event("intent", SERVER.key))
        until = time.monotonic() + 10
        while "deleting for" not in stream.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "server node-a: deleting for" in stream.getvalue()


def shown_after(*events: Event, width: int = 80) -> list[str]:
    progress = Progress(io.StringIO(), Look(width=width), plan(), clock=lambda: 0.0)
    for each in events:
        progress(each)
    return progress.lines()


def test_a_display_tells_what_is_done_for_how_long_and_what_waits_for_what() -> None:
    assert shown_after(
        event("intent", SERVER.key, purpose="go"),
        event("waiting", SERVER.key, 1),
        event("intent", ROUTER, 10, purpose="go"),
        event("looked", None, 40),
    ) == [
        "0 of 4 done, 40s",
        "  server node-a: deleting for 40s",
        f"  router interface {uuid(11)}: untying for 30s",
        "  port node-a: waiting for server node-a",
    ]


def test_a_display_tells_refusals_and_back_off_in_the_services_words() -> None:
    lines = shown_after(
        event("intent", SERVER.key, purpose="go"),
        event("answered", SERVER.key, 1, status=429, because="Too many requests", retry_after=12.0),
        event("intent", GROUP.key, 1, purpose="go"),
        event("refused", GROUP.key, 2, status=409, because="in use by port x"),
        event("intent", PORT.key, 2, purpose="go"),
        event("lost", PORT.key, 3, because="timed out"),
    )
    assert "the service is overloaded (429): Too many requests, and asks for 12s of patience; it is asked again" in lines[1]
    assert lines[2].endswith("deleting for 2s; refused (409): in use by port x")
    assert lines[3].endswith("no answer came (timed out); it is asked again")


def test_a_new_call_ends_what_was_said_of_the_last_one() -> None:
    lines = shown_after(
        event("intent", SERVER.key, purpose="go"),
        event("answered", SERVER.key, 1, status=503),
        event("intent", SERVER.key, 9, purpose="go"),
        event("answered", SERVER.key, 10, status=204),
    )
    assert lines[1] == "  server node-a: deleting for 10s"


def test_names_from_the_cloud_do_nothing_to_a_display() -> None:
    evil = Step(Action.DELETE, SERVER.key, "a\x1b[2J\u202e" + "界" * 255, "x", Confidence.CERTAIN)
    progress = Progress(io.StringIO(), Look(), Plan((evil,)))
    progress(event("intent", SERVER.key))
    (line,) = progress.lines()[1:]
    assert "\x1b" not in line
    assert cells(line) < 80


def test_a_display_where_somebody_does() -> None:
    text = told(Look(terminal=True, width=80))
    assert "of 4 done" in text
    assert f"blocked: security group job-group ({uuid(4)})" in text


@pytest.mark.parametrize("width", [1, 10, 19])
def test_a_terminal_too_narrow_for_a_display_has_plain_lines(width: int) -> None:
    assert "\x1b" not in told(Look(terminal=True, width=width))


def test_a_display_follows_the_size_of_its_terminal() -> None:
    main, side = pty.openpty()
    reader = threading.Thread(target=drain, args=(main,))
    reader.start()
    try:
        with os.fdopen(side, "w") as stream:
            live = LiveLines(stream, Look(terminal=True, width=80), lambda: ["x" * 200] * 30)
            try:
                for columns, rows in ((80, 24), (30, 5), (120, 50)):
                    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                    drawn = live._drawn().plain.splitlines()
                    assert {cells(each) for each in drawn} == {columns - 1}
                    assert len(drawn) == min(rows - 1, 30)
            finally:
                live.stop()
    finally:
        reader.join()
        os.close(main)


def drain(terminal: int) -> None:
    """Read what is shown until nobody shows anything any more, which Linux tells as an error."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 100_000):
            pass


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
    assert "looking again" not in "\n".join(progress.lines())
    progress(event("proof", None, 3, look=1, count=0))
    assert "look 1" in progress.lines()[1]
