"""How many of a long row of cases are tried: all with TFCLEAN_EXHAUSTIVE=1, as in `.ci/run`; some of them, always the same, without."""

from __future__ import annotations

import os
from typing import Any

import pytest

EXHAUSTIVE = os.environ.get("TFCLEAN_EXHAUSTIVE") == "1"


def some(count: int, step: int) -> range:
    """Give the numbers from 0 to `count`, or every so-many-th."""
    return range(0, count, 1 if EXHAUSTIVE else step)


def examples(count: int) -> int:
    """Give how many examples of a property are tried: `count`, or a quarter."""
    return count if EXHAUSTIVE else count // 4


def lengthy(*values: Any) -> Any:
    """Give a case that is tried only with all of them."""
    return pytest.param(*values, marks=pytest.mark.lengthy)
