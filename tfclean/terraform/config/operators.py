"""Operators: the parser's name of one and its operands in, the value out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from tfclean.terraform.config.conversion import bool_of, number_of
from tfclean.terraform.config.values import Fault, Unknown, same, unknown_from


def number(text: str) -> float:
    """Read a number as it stands.

    Raises:
        Fault: it is too long.
    """
    try:
        found = int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError as error:
        raise Fault("it is no number") from error
    if isinstance(found, float) and (math.isinf(found) or math.isnan(found)):
        raise Fault("the number is too large")
    return int(found) if isinstance(found, float) and found.is_integer() and abs(found) < 1e15 else found


def settled(name: str, left: Any) -> bool | None:
    """Give the value where the left operand decides by itself, None where it does not."""
    if name in ("DOUBLE_AMP", "DOUBLE_PIPE"):
        known = bool_of(left)
        if known is (name == "DOUBLE_PIPE"):
            return known
    return None


def unary(sign: str, value: Any) -> Any:
    """Work out ``!value`` or ``-value``.

    Raises:
        Fault: it has no value.
    """
    known = bool_of(value) if sign == "!" else number_of(value)
    if isinstance(known, Unknown):
        return known
    return not known if sign == "!" else -known


def binary(name: str, left: Any, right: Any) -> Any:
    """Work out ``left name right``.

    Raises:
        Fault: it has no value.
    """
    if name in ("DOUBLE_EQ", "NEQ"):
        equal = same(left, right)
        return equal if isinstance(equal, Unknown) else equal is (name == "DOUBLE_EQ")
    if name in ("DOUBLE_AMP", "DOUBLE_PIPE"):
        one, other = bool_of(left), bool_of(right)
        decides = name == "DOUBLE_PIPE"
        if one is decides or other is decides:
            return decides
        return unknown_from([one, other]) if isinstance(one, Unknown) or isinstance(other, Unknown) else not decides
    a, b = number_of(left), number_of(right)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return unknown_from([left, right])
    try:
        found = _ARITHMETIC[name](a, b)
    except ArithmeticError as error:
        raise Fault("it cannot be calculated") from error
    if isinstance(found, float) and name in _DECIMAL:
        found = float(f"{found:.15g}")
    return int(found) if isinstance(found, float) and found.is_integer() and abs(found) < 1e15 else found


def _modulo(a: float, b: float) -> float:
    return math.fmod(a, b) if b else a / b


def _divided(a: float, b: float) -> float:
    return a // b if isinstance(a, int) and isinstance(b, int) and b and a % b == 0 else a / b


_DECIMAL = frozenset({"PLUS", "MINUS", "ASTERISK"})
"""Operators by which decimal fractions stay such: Terraform counts with far more digits than a float has."""

_ARITHMETIC: Mapping[str, Callable[[float, float], Any]] = {
    "PLUS": lambda a, b: a + b,
    "MINUS": lambda a, b: a - b,
    "ASTERISK": lambda a, b: a * b,
    "SLASH": _divided,
    "PERCENT": _modulo,
    "LT": lambda a, b: a < b,
    "GT": lambda a, b: a > b,
    "LEQ": lambda a, b: a <= b,
    "GEQ": lambda a, b: a >= b,
}
