"""What an expression can come to: JSON's values, and what is unknown, known in part, or looked up only when it is asked for.

Numbers are int where they are whole, else float. A set is a list without duplicates, in Terraform's order (`Members`).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tfclean.model.pattern import Pattern

LARGEST = 50_000
"""Size of the largest value, in members and in pieces of 64 characters, so that whoever walks through one comes to an end."""
_PIECE = 64
GREATEST = 10**60
"""The greatest number that is worked with."""


class Fault(Exception):
    """An expression that has no value, such as an index that is not there; ``try`` and ``can`` ask for it, elsewhere it is unknown."""


class TooMuch(Exception):
    """A configuration that takes too long to be worked out."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known.

    Attributes:
        refers: addresses of the resource instances from which it comes, if that is known.
        filled: it is neither null nor empty: the id of something that will have been made.
    """

    refers: tuple[str, ...] = ()
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """A text with unknown parts; at least one of them is unknown."""

    parts: tuple[str | Unknown, ...]

    @property
    def pattern(self) -> Pattern:
        """The text as it is told outside of this package."""
        return Pattern(tuple(part if isinstance(part, str) else None for part in self.parts))

    @property
    def refers(self) -> tuple[str, ...]:
        """From which resource instances its unknown parts come."""
        return tuple(dict.fromkeys(address for part in self.parts if isinstance(part, Unknown) for address in part.refers))


class Members(list[Any]):
    """The elements of a set."""


class Entity(ABC):
    """Something with attributes that are worked out only when they are asked for: a resource, a module, ``var``."""

    @abstractmethod
    def get(self, name: str) -> Any:
        """Give an attribute.

        Raises:
            Fault: it has no such attribute.
        """


class Record(Entity):
    """A few named values, such as ``each``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def get(self, name: str) -> Any:
        """Give one of the values."""
        if name not in self._values:
            raise Fault(f"there is no {name} here")
        return self._values[name]


UNKNOWN = Unknown()


class Work:
    """Counts what the evaluation of one configuration has cost."""

    def __init__(self, steps: int = 600_000, depth: int = 90) -> None:
        self._steps = steps
        self.depth = depth

    def step(self, count: int = 1) -> None:
        """Pay for `count` steps.

        Raises:
            TooMuch: there is nothing left to pay with.
        """
        self._steps -= count
        if self._steps < 0:
            raise TooMuch("it takes too long")

    def weighed(self, value: Any) -> Any:
        """Give `value` back if it is not too large to be walked through.

        Raises:
            Fault: it is too large.
        """
        if isinstance(value, (list, dict, str, Partial)):
            self.step(weigh(value) // 16)
        elif isinstance(value, (int, float)) and abs(value) > GREATEST:
            raise Fault("the number is too large")
        return value


def weigh(value: Any) -> int:
    """Give the size of a value.

    Raises:
        Fault: it is larger than `LARGEST`.
    """
    size = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        size += 1
        if isinstance(item, str):
            size += len(item) // _PIECE
        elif isinstance(item, list):
            size += len(item)
            waiting += item if size <= LARGEST else ()
        elif isinstance(item, dict):
            size += len(item)
            waiting += item.values() if size <= LARGEST else ()
        elif isinstance(item, Partial):
            size += len(item.parts)
            waiting += item.parts if size <= LARGEST else ()
        if size > LARGEST:
            raise Fault("the value is too large")
    return size


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give everything below `value` that is no collection, each with its path (``network.0.port``)."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, f"{path}.{at}" if path else str(at))
    else:
        yield path, value


def unknown_from(values: Iterable[Any], *, filled: bool = False) -> Unknown:
    """Give an unknown value that comes from all of `values`."""
    refers = dict.fromkeys(
        address for value in values for _, leaf in leaves(value) if isinstance(leaf, (Unknown, Partial)) for address in leaf.refers
    )
    return Unknown(tuple(refers), filled)


def turns(value: Any) -> list[tuple[Any, Any]] | None:
    """Give key and element of each turn of a loop through `value`; None if they are not known.

    Raises:
        Fault: it has no elements.
    """
    if isinstance(value, dict):
        return sorted(value.items())
    if isinstance(value, Members):
        return [(item, item) for item in value]
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, (Unknown, Entity)):
        return None
    raise Fault("a loop goes through what has no elements")


def is_known(value: Any) -> bool:
    """Tell whether nothing in or below `value` is unknown."""
    return not any(isinstance(leaf, (Unknown, Partial, Entity)) for _, leaf in leaves(value))


def members(values: Iterable[Any]) -> Members:
    """Make a set: each value once, sorted where they are all texts or all numbers."""
    once: list[Any] = []
    seen: set[str] = set()
    for value in values:
        key = spelling(value)
        if key not in seen:
            seen.add(key)
            once.append(value)
    if all(isinstance(value, str) for value in once) or all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in once):
        once.sort()
    return Members(once)


def spelling(value: Any) -> str:
    """Write a value so that equal values are written alike; what is unknown equals only itself."""
    return json.dumps(value, sort_keys=True, default=lambda other: repr(other) if isinstance(other, (Unknown, Partial)) else str(id(other)))


def same(one: Any, other: Any) -> bool | Unknown:
    """Tell whether two values are equal, as far as that is known."""
    for a, b in ((one, other), (other, one)):
        if isinstance(a, (Unknown, Entity, Partial)):
            return _may_be(a, b)
    if isinstance(one, list) and isinstance(other, list):
        return False if len(one) != len(other) else _all(zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return False if one.keys() != other.keys() else _all((one[name], other[name]) for name in one)
    return bool(type(one) is type(other) or {type(one), type(other)} == {int, float}) and bool(one == other)


def _may_be(one: Unknown | Entity | Partial, other: Any) -> bool | Unknown:
    if isinstance(one, Entity):
        return True if one is other else (UNKNOWN if isinstance(other, (Entity, dict, Unknown)) else False)
    if isinstance(one, Unknown):
        out = one.filled and (other is None or other == "")
    else:
        out = not isinstance(other, (Partial, Unknown)) and not (isinstance(other, str) and one.pattern.matches(other))
    return False if out else unknown_from([one, other])


def _all(pairs: Iterable[tuple[Any, Any]]) -> bool | Unknown:
    told: bool | Unknown = True
    for one, other in pairs:
        equal = same(one, other)
        if equal is False:
            return False
        if isinstance(equal, Unknown):
            told = equal
    return told
