"""Recorded scenarios with every part of their evidence: what is found, and that nothing else is.

python -m benchmarks.evidence       # the table
"""

from __future__ import annotations

import pytest

from tests.estate.subsets import BY_HAND, NAMELESS, SUBSETS, score
from tests.exhaustive import EXHAUSTIVE
from tests.recorded import JOBS

SHARE = 1 if EXHAUSTIVE else 8
ALONE = [s for s in JOBS if not s.startswith("twin-") and s not in BY_HAND]
"""Scenarios in whose project nobody else was at work."""
RUN = ("log", "configuration")


@pytest.mark.parametrize("scenario", JOBS)
def test_by_no_part_of_the_evidence_is_anything_of_others_certain_or_probable(scenario: str) -> None:
    first = JOBS.index(scenario) % SHARE
    for parts in SUBSETS[first::SHARE]:
        assert score(scenario, parts).wrong == (), parts


@pytest.mark.parametrize("scenario", JOBS)
def test_log_and_configuration_alone_find_all_that_is_named_or_contained(scenario: str) -> None:
    found = score(scenario, RUN)
    assert found.objects
    assert found.told == found.objects
    assert {kind for kind, _ in found.missed} <= set(NAMELESS)


@pytest.mark.parametrize("scenario", ALONE)
def test_against_a_baseline_all_is_found_where_nobody_else_was_at_work(scenario: str) -> None:
    found = score(scenario, RUN, baseline=True)
    assert (found.sure, found.wrong) == (found.objects, ())


@pytest.mark.parametrize("scenario", [s for s in JOBS if s.startswith("twin-")])
def test_against_a_baseline_circumstance_proves_nothing_beside_a_twin(scenario: str) -> None:
    found = score(scenario, RUN, baseline=True)
    assert found.wrong == ()
    assert {kind for kind, _ in found.missed} == {"floatingip"}
