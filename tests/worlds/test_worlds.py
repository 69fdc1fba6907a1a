"""Thousands of random worlds: topology, evidence, faults and crashes. What is promised holds in each of them.

python -m tests.worlds SEED      # one world again, with everything that happens in it
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exhaustive import EXHAUSTIVE
from tests.worlds.story import broken_among

WORLDS = 4_000 if EXHAUSTIVE else 50
PIECE = 25


@pytest.mark.parametrize("first", range(0, WORLDS, PIECE))
def test_nothing_foreign_is_touched_every_run_ends_and_what_can_go_goes(first: int, tmp_path: Path) -> None:
    broken = broken_among(range(first, first + PIECE), tmp_path / "world")
    assert not broken, "\n".join(f"{words}\n    python -m tests.worlds {seed}" for seed, words in broken.items())
