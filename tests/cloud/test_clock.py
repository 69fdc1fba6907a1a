"""The cloud's own clock, as the dates of its answers tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tfclean.cloud.inventory import Scope, take
from tfclean.cloud.transport import Service, Transport

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


class Dated:
    """Answers each request with the next of some dates, and an empty list."""

    def __init__(self, *dates: str) -> None:
        self.dates = list(dates)

    def request(self, path: str, method: str, **kwargs: Any) -> Any:
        class Reply:
            status_code, ok, text = 200, True, "{}"
            headers = {"Date": self.dates.pop(0)} if self.dates else {}

            def json(self) -> Any:
                return {path.rpartition("/")[2]: []}

        return Reply()


def clock(*dates: str) -> datetime | None:
    transport = Transport({"network": Service(Dated(*dates))}, now=NOW.timestamp)
    kinds = ("network.network", "network.router", "network.subnet")
    return take(transport, Scope("p", "u"), kinds=kinds, workers=1).clock


def date(**ahead: float) -> str:
    return format_datetime(NOW + timedelta(**ahead), usegmt=True)


def test_of_all_answers_the_earliest_counts() -> None:
    assert clock(date(minutes=5), date(minutes=-7), date(minutes=1)) == NOW - timedelta(minutes=7)
    assert clock(date(hours=2)) == NOW + timedelta(hours=2)


@pytest.mark.parametrize("dates", [(), ("",), ("soon",), ("Mon, 99 Foo 2026 00:00:00 GMT",), ("\x00",)])
def test_where_no_answer_has_a_date_the_clock_is_not_known(dates: tuple[str, ...]) -> None:
    assert clock(*dates) is None


def test_a_date_without_a_zone_is_utc() -> None:
    assert clock("Sun, 22 Nov 2026 12:00:09 -0000") == NOW + timedelta(seconds=9)
