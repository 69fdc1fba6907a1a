"""The value of a ``count`` or ``for_each`` in, the instances of a block out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfclean.terraform.addresses import InstanceKey
from tfclean.terraform.config.conversion import number_of
from tfclean.terraform.config.values import UNKNOWN, Fault, Members

MOST = 5000
"""Instances of one block; more are not expanded."""


@dataclass(slots=True)
class Expansion:
    """Which instances a block has.

    Attributes:
        form: ``single``, ``count`` or ``each``.
        keys: their keys, each with its ``each.value``; None if they are not known.
    """

    form: str
    keys: dict[InstanceKey, Any] | None


def as_value(expansion: Expansion, found: Mapping[InstanceKey, Any]) -> Any:
    """Give what an expression sees of a block: one value, a list, or a map by key."""
    if expansion.form == "single":
        return found.get(None)
    return list(found.values()) if expansion.form == "count" else {str(key): value for key, value in found.items()}


def numbered(value: Any) -> dict[InstanceKey, Any] | None:
    """Give the keys that a ``count`` makes; None if they are not known."""
    try:
        count = number_of(value)
    except Fault:
        return None
    return dict.fromkeys(range(count), UNKNOWN) if isinstance(count, int) and 0 <= count <= MOST else None


def keyed_by(value: Any) -> dict[InstanceKey, Any] | None:
    """Give the keys that a ``for_each`` makes, each with its value; None if they are not known."""
    if isinstance(value, Members):
        keyed = {item: item for item in value}
    elif isinstance(value, dict):
        keyed = dict(sorted(value.items()))
    else:
        return None
    return keyed if len(keyed) <= MOST and all(isinstance(key, str) for key in keyed) else None
