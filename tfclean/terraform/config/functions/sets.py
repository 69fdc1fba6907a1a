"""Functions of sets: which elements there are must be known, what they hold need not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import Any

from tfclean.terraform.config.conversion import unified
from tfclean.terraform.config.functions.base import Function, lenient
from tfclean.terraform.config.values import LARGEST, Fault, Members, is_known, members, spelling, unknown_from


def _known(function: Callable[..., Any]) -> Function:
    """Take a function of known sets."""

    def called(*sets: Any) -> Any:
        if not all(is_known(one) for one in sets):
            return unknown_from(sets)
        if not all(isinstance(one, list) for one in sets):
            raise Fault("a set is needed here")
        return function(*sets)

    return lenient(called)


def _distinct(values: list[Any]) -> list[Any]:
    once: dict[str, Any] = {}
    for value in values:
        once.setdefault(spelling(value), value)
    return list(once.values())


def _product(*sets: list[Any]) -> Any:
    pairs = [list(pair) for pair in islice(product(*sets), LARGEST)]
    return Members(pairs) if any(isinstance(one, Members) for one in sets) else pairs


def _common(first: list[Any], *others: list[Any]) -> Members:
    held = [{spelling(value) for value in other} for other in others]
    return members(value for value in first if all(spelling(value) in one for one in held))


def _without(first: list[Any], other: list[Any]) -> Members:
    gone = {spelling(value) for value in other}
    return members(value for value in first if spelling(value) not in gone)


TABLE: Mapping[str, Function] = {
    "distinct": _known(_distinct),
    "setintersection": _known(_common),
    "setproduct": _known(_product),
    "setsubtract": _known(_without),
    "setunion": _known(lambda *sets: members(value for one in sets for value in one)),
    "toset": _known(lambda values: members(unified(values))),
}
