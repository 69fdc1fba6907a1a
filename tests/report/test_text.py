"""Text from elsewhere cannot do anything to a terminal, and says what it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.report.text import by_kind, change, duration, many, safe, shorten, value


@given(st.text())
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in safe(text))


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.text())
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)


@pytest.mark.parametrize(
    ("name", "seen"),
    [("a\x1b[31mb", "a\\x1b[31mb"), ("a\u202eb", "a\\u202eb"), ("a\nb", "a\\x0ab"), ("a\u200bb", "a\\u200bb"), ("[red]", "[red]")],
)
def test_escapes_are_shown(name: str, seen: str) -> None:
    assert safe(name) == seen


def test_numbers_have_the_right_words() -> None:
    assert many("network.security_group", 1) == "1 security group"
    assert many("dns.zone", 2) == "2 zones"
    assert by_kind(["network.port", "network.port", "compute.server", "image.image"]) == "2 ports, 1 server and 1 image"
    assert [duration(s) for s in (8, 125, 3800)] == ["8s", "2m 5s", "1h 3m"]


@given(st.text(), st.integers(8, 80))
def test_what_is_shortened_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_a_change_is_told_where_it_is() -> None:
    assert list(change("tags", ["a", "b"], ["b", "c"])) == ['tags: without "a" and with "c"']
    assert list(change("all_metadata", {"a": 1, "b": 2}, {"a": 1, "b": 3})) == ["all_metadata.b: 2 -> 3"]
    assert list(change("name", "a\x1b", None)) == ['name: "a\\u001b" -> null']


def test_values_are_one_safe_line() -> None:
    assert "\u202e" not in value("a\u202eb")
    assert "\n" not in value("a\nb")
