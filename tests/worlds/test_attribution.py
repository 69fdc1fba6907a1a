"""Thousands of projects in which a run was killed beside a twin: nothing of the twin's is ever the job's.

python -m benchmarks.leaks       # the table: what is found of each class of leak
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.worlds.verdicts import found, judged, stolen
from tfclean.model import Confidence

WORLDS = 900 if EXHAUSTIVE else 60
PIECE = 30
BY_ID = ("recorded", "L1", "L2", "L7", "L8", "L9")
"""Classes of leak whose ids stand in a log or in a state."""
FULL = {"log", "plan"}


@pytest.mark.parametrize("first", range(0, WORLDS, PIECE))
def test_nothing_of_a_twins_is_ever_certain_or_probable_and_all_that_left_a_trace_is_found(first: int, tmp_path: Path) -> None:
    wrong = []
    for seed in range(first, first + PIECE):
        verdicts = judged(seed, tmp_path / str(seed))
        wrong += stolen(verdicts)
        for name, finding in found(verdicts) if verdicts.left.has >= FULL else ():
            least = Confidence.CERTAIN if name in BY_ID else Confidence.POSSIBLE
            if name != "L10" and finding.confidence < least and not finding.keep:
                wrong.append(f"{seed}: {name} {finding.kind} {finding.name} is only {finding.confidence.label}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", range(0, WORLDS // 4, PIECE))
def test_against_a_baseline_all_is_found_where_no_twin_was(first: int, tmp_path: Path) -> None:
    missed = []
    for seed in range(first, first + PIECE):
        verdicts = judged(seed, tmp_path / str(seed), alone=True, baseline=True)
        for name, finding in found(verdicts) if verdicts.left.has >= FULL else ():
            if finding.confidence < Confidence.PROBABLE and not finding.keep:
                missed.append(f"{seed}: {name} {finding.kind} {finding.name} is only {finding.confidence.label}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("first", range(0, WORLDS // 4, PIECE))
def test_a_baseline_gives_nothing_of_a_twins_away(first: int, tmp_path: Path) -> None:
    seeds = range(first, first + PIECE)
    assert not [line for seed in seeds for line in stolen(judged(seed, tmp_path / str(seed), baseline=True))]
