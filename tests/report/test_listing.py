"""How far a list is: one line on a terminal, which goes away, and nothing elsewhere."""

from __future__ import annotations

import io

import pytest

from tfclean.report.base import Look
from tfclean.report.listing import Listing

ON_A_TERMINAL = Look(terminal=True, width=80)


def told(look: Look) -> str:
    stream = io.StringIO()
    with Listing(stream, look) as listing:
        listing(0, 0)
        listing(12, 29)
    return stream.getvalue()


def test_it_says_what_is_done_and_for_how_long() -> None:
    now = 100.0
    listing = Listing(io.StringIO(), Look(), clock=lambda: now)
    said = {(0, 0): "logging in", (12, 29): "listing the project: 12 of 29 kinds", (1, 1): "listing the project: 1 of 1 kind"}
    for (done, total), text in said.items():
        listing(done, total)
        now += 1
        assert listing.lines() == [f"{text}, {now - 100:.0f}s"]


def test_on_a_terminal_the_line_is_shown_and_taken_away() -> None:
    text = told(ON_A_TERMINAL)
    assert "listing the project: 12 of 29 kinds" in text
    # The last thing that is written: the line is erased, and the cursor is back.
    assert text.rindex("\x1b[2K") > text.rindex("29 kinds")
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


@pytest.mark.parametrize("look", [Look(), Look(verbose=True), Look(terminal=True, width=10)])
def test_elsewhere_nothing_is_written(look: Look) -> None:
    assert told(look) == ""


def test_what_is_stopped_stays_so_and_an_error_stops_it_too() -> None:
    stream = io.StringIO()
    listing = Listing(stream, ON_A_TERMINAL)

    def interrupted() -> None:
        with listing:
            listing(1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
    before = stream.getvalue()
    listing.stop()
    assert stream.getvalue() == before


def test_a_stream_that_went_away_stops_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str, /) -> int:
            raise BrokenPipeError

    with Listing(Gone(), ON_A_TERMINAL) as listing:
        listing(1, 2)
