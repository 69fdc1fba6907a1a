"""Patterns: what is known of a text in part."""

import re

from hypothesis import given
from hypothesis import strategies as st

from tfclean.model.pattern import Pattern

FEW = st.text("ab*.", max_size=6)
PARTS = st.lists(st.none() | FEW, max_size=7).map(tuple)


@given(PARTS, st.data())
def test_what_was_filled_in_from_a_pattern_matches_it(parts, data):
    filled = "".join(data.draw(FEW) if part is None else part for part in parts)
    assert Pattern(parts).matches(filled)


@given(PARTS, st.text("ab*.", max_size=12))
def test_a_pattern_matches_exactly_what_its_regular_expression_matches(parts, text):
    expression = "".join(".*" if part is None else re.escape(part) for part in parts)
    assert Pattern(parts).matches(text) == bool(re.fullmatch(expression, text, re.DOTALL))


@given(PARTS, st.integers(0, 7))
def test_how_a_pattern_was_put_together_makes_no_difference(parts, at):
    assert Pattern((*parts[:at], "", *parts[at:])) == Pattern(parts)
    assert Pattern(Pattern(parts).parts) == Pattern(parts)


@given(PARTS)
def test_the_form_of_a_pattern_has_no_empty_and_no_neighbouring_parts_of_one_sort(parts):
    pattern = Pattern(parts)
    assert "" not in pattern.parts
    assert all((a is None) != (b is None) for a, b in zip(pattern.parts, pattern.parts[1:], strict=False))
    assert pattern.literals == tuple(part for part in pattern.parts if part is not None)


def test_a_pattern_is_written_with_a_star_for_each_unknown_part():
    assert str(Pattern(("ci-", None, "-master-", None))) == "ci-*-master-*"


def test_a_pattern_without_unknown_parts_is_exact():
    pattern = Pattern(("ci-", "1"))
    assert pattern.exact
    assert pattern.matches("ci-1")
    assert not pattern.matches("ci-12")


def test_a_literal_is_not_counted_twice_for_beginning_and_end():
    assert not Pattern(("aba", None, "ba")).matches("aba")


def test_nothing_but_an_unknown_part_matches_everything_and_says_nothing():
    assert Pattern((None,)).matches("")
    assert Pattern((None,)).literals == ()
