"""Text from elsewhere cannot do anything to a terminal, and says what it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import Key
from tfclean.report.text import MOST_MARKS, by_kind, cells, change, duration, many, safe, shorten, titled, value


@given(st.text())
def test_nothing_that_a_terminal_obeys_gets_through(text: str) -> None:
    assert all(c == " " or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs") for c in safe(text))


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u2800\u3164\uffa0")))
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


@given(
    st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S"])) | st.text("a界e\u0301\u2764\ufe0f😀", max_size=200),
    st.integers(0, 80),
)
def test_what_is_shortened_fits_and_keeps_both_ends(text: str, limit: int) -> None:
    shown = safe(text)
    cut = shorten(shown, limit)
    assert cells(cut) <= limit
    assert cut == shown or "..."[:limit] in cut
    if limit >= 12 and cut != shown:
        assert cut[0] == shown[0]


def test_a_flood_of_marks_stays_on_its_line_and_words_keep_theirs() -> None:
    assert "\\u0301" not in safe("e" + "\u0301" * MOST_MARKS)
    flood = safe("e" + "\u0301" * 500)
    assert flood.count("\u0301") == MOST_MARKS
    assert safe("Tiếng Việt, ไทย, עִבְרִית, हिन्दी") == "Tiếng Việt, ไทย, עִבְרִית, हिन्दी"
    assert safe("\u0301a") == "\\u0301a", "a mark with nothing before it would stand on our own text"


def test_a_name_of_blanks_can_be_seen() -> None:
    assert safe("\u3164") == "\\u3164"
    assert safe("a\u00a0b\u3000c d") == "a\\xa0b\\u3000c d"


def test_a_very_long_name_is_cut_in_a_sentence_and_its_id_is_not() -> None:
    told = titled(Key("compute.server", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"), "界" * 255)
    assert cells(told) < 140
    assert told.endswith("界 (3f2504e0-4f89-11d3-9a0c-0305e82c3301)")


def test_a_change_is_told_where_it_is() -> None:
    assert list(change("tags", ["a", "b"], ["b", "c"])) == ['tags: without "a" and with "c"']
    assert list(change("all_metadata", {"a": 1, "b": 2}, {"a": 1, "b": 3})) == ["all_metadata.b: 2 -> 3"]
    assert list(change("name", "a\x1b", None)) == ['name: "a\\u001b" -> null']


def test_values_are_one_safe_line() -> None:
    assert "\u202e" not in value("a\u202eb")
    assert "\n" not in value("a\nb")
