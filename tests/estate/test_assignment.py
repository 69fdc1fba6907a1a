"""Assignments of objects to creates, held against all that there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tfclean.estate.assignment import best, components, essential

Pair = tuple[int, str]
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abcde")), max_size=9, unique=True)
WEIGHED = st.dictionaries(st.tuples(st.integers(0, 3), st.sampled_from("abcd")), st.integers(1, 5), max_size=8)


def assignments(pairs: Collection[Pair]) -> list[tuple[Pair, ...]]:
    """Give every assignment, by trying all sets of pairs."""
    sets = (chosen for count in range(len(pairs) + 1) for chosen in combinations(pairs, count))
    return [chosen for chosen in sets if len({p[0] for p in chosen}) == len({p[1] for p in chosen}) == len(chosen)]


@given(PAIRS)
def test_an_object_is_essential_if_every_largest_assignment_uses_it(pairs: list[Pair]) -> None:
    every = assignments(pairs)
    largest = max(map(len, every))
    used = [{right for _, right in chosen} for chosen in every if len(chosen) == largest]
    assert essential(pairs) == set.intersection(*used)


@given(WEIGHED)
def test_the_best_assignment_explains_most_and_uses_nothing_twice(pairs: Mapping[Pair, int]) -> None:
    found = best(pairs)
    assert len(set(found.values())) == len(found)
    assert sum(pairs[left, right] for right, left in found.items()) == max(sum(pairs[p] for p in a) for a in assignments(list(pairs)))


def test_of_assignments_that_are_as_good_the_first_is_taken() -> None:
    assert best({(1, "a"): 1, (1, "b"): 1, (2, "a"): 1, (2, "b"): 1}) == {"a": 1, "b": 2}


@given(PAIRS)
def test_components_share_nothing_and_leave_nothing_out(pairs: list[Pair]) -> None:
    found = list(components(pairs))
    assert sorted(left for lefts, _ in found for left in lefts) == sorted({left for left, _ in pairs})
    assert sorted(right for _, rights in found for right in rights) == sorted({right for _, right in pairs})
    assert all(any(left in lefts and right in rights for lefts, rights in found) for left, right in pairs)
