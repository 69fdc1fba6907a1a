"""Thousands of projects in which a run was killed beside a twin: nothing of the twin's is ever the job's.

python -m benchmarks.leaks       # the table: what is found of each class of leak
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.worlds.verdicts import judged, stolen

WORLDS = 2_000 if EXHAUSTIVE else 240
PIECE = 40


@pytest.mark.parametrize("first", range(0, WORLDS, PIECE))
def test_nothing_of_a_twins_is_ever_certain_or_probable(first: int, tmp_path: Path) -> None:
    assert not [line for seed in range(first, first + PIECE) for line in stolen(judged(seed, tmp_path / str(seed)))]
