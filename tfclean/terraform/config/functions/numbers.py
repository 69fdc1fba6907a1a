"""Functions of numbers, and conversions between simple types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tfclean.terraform.config.conversion import bool_of, number_of, text_of
from tfclean.terraform.config.functions.base import Function, lenient, strict
from tfclean.terraform.config.values import UNKNOWN, Fault, Unknown


def _numbers(values: tuple[Any, ...]) -> list[float]:
    out = []
    for value in values:
        number = number_of(value)
        assert not isinstance(number, Unknown)
        out.append(number)
    return out


def _whole(value: float) -> float:
    return int(value) if float(value).is_integer() else value


def _pow(base: float, exponent: float) -> float:
    if abs(exponent) > 300 or abs(base) > 10**6:
        raise Fault("the number is too large")
    found = _numbers((base,))[0] ** exponent
    if isinstance(found, complex):
        raise Fault("it is no number")
    return _whole(found)


def _parse(text: str, base: int) -> int:
    if len(text) > 60:
        raise Fault("the number is too large")
    return int(text, base)


TABLE: Mapping[str, Function] = {
    "abs": strict(lambda value: abs(_numbers((value,))[0])),
    "ceil": strict(lambda value: math.ceil(_numbers((value,))[0])),
    "floor": strict(lambda value: math.floor(_numbers((value,))[0])),
    "max": strict(lambda *values: max(_numbers(values))),
    "min": strict(lambda *values: min(_numbers(values))),
    "nonsensitive": lenient(lambda value: value),
    "parseint": strict(_parse),
    "pow": strict(_pow),
    "sensitive": lenient(lambda _: UNKNOWN),
    "signum": strict(lambda value: (_numbers((value,))[0] > 0) - (_numbers((value,))[0] < 0)),
    "sum": strict(lambda values: sum(_numbers(tuple(values)))),
    "tobool": lenient(lambda value: None if value is None else bool_of(value)),
    "tonumber": lenient(lambda value: None if value is None else number_of(value)),
    "tostring": lenient(lambda value: None if value is None else text_of(value)),
}
