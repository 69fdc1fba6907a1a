"""Times, texts and owners as services write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.cloud.rows import mine, moment, resource
from tfclean.cloud.wording import plain, url
from tfclean.kinds.registry import KINDS


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T23:50:36Z", "2026-11-22T23:50:36.000000", "2026-11-22T23:50:36", "2026-11-22 23:50:36+00:00", "2026-11-23T00:50:36+01:00"],
)
def test_every_service_s_way_of_writing_a_time(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 22, 23, 50, 36, tzinfo=UTC)


@given(st.none() | st.text() | st.integers() | st.lists(st.text()))
def test_what_is_no_time_is_none(value: object) -> None:
    read = moment(value)
    assert read is None or read.tzinfo is not None


@given(st.datetimes(timezones=st.timezones()))
def test_any_time_is_read_as_the_same_moment(value: datetime) -> None:
    assert moment(value.isoformat()) in (value.astimezone(UTC), None)


@given(st.text())
def test_wording_is_one_short_printable_line(text: str) -> None:
    said = plain(text)
    assert len(said) <= 300
    assert said.isprintable()


def test_credentials_are_cut_out_of_texts() -> None:
    assert "planted" not in plain('could not reach http://user:planted@host/v3: {"password": "planted"} token=planted')
    assert url("https://user:planted@host/v3") == "https://host/v3"


def test_owners() -> None:
    router = KINDS["network.router"]
    assert mine(router, {"project_id": "p"}, project="p", user="u")
    assert not mine(router, {"project_id": "q"}, project="p", user="u")
    assert not mine(router, {"project_id": ""}, project="p", user="u")
    assert mine(router, {}, project="p", user="u")


def test_what_a_service_lists_without_saying_whose_it_is_is_the_projects_own() -> None:
    kind = KINDS["block_storage.backup"]
    assert resource(kind, {"id": "b", "status": "available"}, project="p").owner == "p"
    assert resource(kind, {"id": "b", kind.owner: "other"}, project="p").owner == "other"
    assert resource(kind, {"id": "b", kind.owner: None}, project="p").owner == ""
