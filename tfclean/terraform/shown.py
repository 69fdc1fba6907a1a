"""Parts of ``show -json`` that states and plans share: marks of nested values in, names of top-level attributes out; the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tfclean.terraform import log_lines
from tfclean.terraform.secrets import EVERYTHING


def marked(marks: Any) -> frozenset[str]:
    """Give the top-level names that `marks` (``sensitive_values``, ``after_unknown``, ...) marks with true, wholly or in part.

    Args:
        marks: an object that mirrors the attributes, or true for all of them.
    """
    if marks is True:
        return frozenset({EVERYTHING})
    if not isinstance(marks, dict):
        return frozenset()
    return frozenset(name for name, mark in marks.items() if _any(mark))


def _any(mark: Any) -> bool:
    if isinstance(mark, dict):
        return any(map(_any, mark.values()))
    if isinstance(mark, list):
        return any(map(_any, mark))
    return mark is True


def moment(text: Any) -> datetime | None:
    """Read a time as Terraform writes it (RFC 3339); None if it is none."""
    return log_lines.moment(text) if isinstance(text, str) else None
