"""A value and a step in, what is there out: attributes, indexes and splats."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tfclean.terraform.config.conversion import number_of, text_of
from tfclean.terraform.config.values import UNKNOWN, Entity, Fault, Members, Partial, Unknown, unknown_from


def attribute(value: Any, name: str) -> Any:
    """Give ``value.name``.

    Raises:
        Fault: there is no such attribute.
    """
    if isinstance(value, Entity):
        return value.get(name)
    if isinstance(value, Unknown):
        # What a missing object has is missing; what comes from one comes from the same object.
        return Unknown(value.refers)
    if isinstance(value, dict):
        if name in value:
            return value[name]
        raise Fault(f"there is no attribute {name}")
    raise Fault(f"what has no attributes is asked for {name}")


def index(value: Any, key: Any) -> Any:
    """Give ``value[key]``.

    Raises:
        Fault: there is nothing at `key`.
    """
    if isinstance(value, Unknown):
        return Unknown(value.refers)
    if isinstance(value, Entity):
        return value.get(key) if isinstance(key, str) else UNKNOWN
    if isinstance(key, (Unknown, Partial)):
        return unknown_from([key])
    if isinstance(value, dict):
        name = text_of(key)
        if isinstance(name, str) and name in value:
            return value[name]
        raise Fault("there is no such key")
    if isinstance(value, list) and not isinstance(value, Members):
        at = number_of(key)
        if isinstance(at, int) and 0 <= at < len(value):
            return value[at]
        raise Fault("there is no such index")
    raise Fault("what has no elements is asked for one")


def splat(value: Any, steps: Iterable[Callable[[Any], Any]]) -> Any:
    """Give ``value[*]`` with what follows: of each element of a list, of a single object as if it were a list, of null nothing."""
    if isinstance(value, Unknown):
        return Unknown(value.refers)
    steps = list(steps)
    out = []
    for element in value if isinstance(value, list) else [] if value is None else [value]:
        found = element
        for step in steps:
            found = step(found)
        out.append(found)
    return out
