"""Values of simple types in, the same as another simple type out, and texts put together; what is unknown stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tfclean.terraform.config.values import GREATEST, Fault, Partial, Unknown, unknown_from

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,80}\.?[0-9]{0,80}|\.[0-9]{1,80})(?:[eE][+-]?[0-9]{1,3})?")
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def number_text(value: float) -> str:
    """Write a number as Terraform does."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        value = int(value)
    return str(value)


def text_of(value: Any) -> str | Partial | Unknown:
    """Convert a value to text.

    Raises:
        Fault: it has no text: null, a list, a map.
    """
    if isinstance(value, (str, Partial, Unknown)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    raise Fault("a text is needed here")


def number_of(value: Any) -> float | Unknown:
    """Convert a value to a number.

    Raises:
        Fault: it is none.
    """
    if isinstance(value, (Unknown, Partial)):
        return unknown_from([value])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        found = float(value)
        if abs(found) <= GREATEST:
            return int(value) if value.lstrip("+-").isdigit() else int(found) if found.is_integer() else found
    raise Fault("a number is needed here")


def bool_of(value: Any) -> bool | Unknown:
    """Convert a value to true or false.

    Raises:
        Fault: it is neither.
    """
    if isinstance(value, (Unknown, Partial)):
        return unknown_from([value])
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUTHS:
        return _TRUTHS[value]
    raise Fault("true or false is needed here")


def unified(values: Sequence[Any]) -> list[Any]:
    """Give elements of one type, as collections have them: of different simple types, all become texts."""
    known = {type(value) for value in values if value is not None and not isinstance(value, (Unknown, Partial))} - {float}
    if len(known) > 1 and known <= {str, int, bool}:
        return [None if value is None else text_of(value) for value in values]
    return list(values)


def joined(parts: Iterable[str | Partial | Unknown]) -> str | Partial:
    """Put texts together."""
    flat: list[str | Unknown] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Partial) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if all(isinstance(piece, str) for piece in flat):
        return "".join(piece for piece in flat if isinstance(piece, str))
    return Partial(tuple(flat))
