"""Text of a state that ends early or is damaged in, what stands whole before the damage out.

Terraform writes its state in place, so a killed run can leave the beginning of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

# lists and objects whose members are worth having one by one, and what is inside those; a star is any member
_Deep = Mapping[str, "_Deep"]
_STATE: _Deep = {"resources": {"instances": {}}, "modules": {"resources": {"*": {"tainted": {}, "deposed": {}}}}}


def salvage(text: str) -> dict[str, Any]:
    """Give the part of a state that stands whole.

    Args:
        text: the broken document. Every character is decoded at most three times, whatever it holds.

    Returns:
        A document of the same shape: complete members of the state, complete resources, and of the resource in which the text
        breaks its complete instances; of a state before version 4 likewise, module by module.
    """
    return _object(text, _skip(text, 0), _STATE)[0]


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> tuple[Any, int] | None:
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return value, end


def _object(text: str, at: int, deep: _Deep) -> tuple[dict[str, Any], int | None]:
    """Read members until the end of the object or the damage; where it ends is None in the second case."""
    out: dict[str, Any] = {}
    if text[at : at + 1] != "{":
        return out, None
    at = _skip(text, at + 1)
    if text[at : at + 1] == "}":
        return out, at + 1
    while text[at : at + 1] == '"':
        found = _value(text, at)
        if found is None:
            break
        name, at = str(found[0]), _skip(text, found[1])
        if text[at : at + 1] != ":":
            break
        at = _skip(text, at + 1)
        inside, bracket = deep.get(name, deep.get("*")), text[at : at + 1]
        if inside is not None and bracket in ("[", "{"):
            value: Any
            value, end = _array(text, at, inside) if bracket == "[" else _object(text, at, inside)
            out[name] = value
            if end is None:
                break
        else:
            found = _value(text, at)
            if found is None:
                break
            value, end = found
        at = _skip(text, end)
        delimiter = text[at : at + 1]
        # without a delimiter a number may have lost its last digits
        if delimiter not in (",", "}") or not delimiter:
            break
        out[name] = value
        if delimiter == "}":
            return out, at + 1
        at = _skip(text, at + 1)
    return out, None


def _array(text: str, at: int, deep: _Deep) -> tuple[list[Any], int | None]:
    items: list[Any] = []
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return items, at + 1
    while at < len(text):
        found = _value(text, at)
        if found is None:
            if deep:
                items.append(_object(text, at, deep)[0])
            break
        items.append(found[0])
        at = _skip(text, found[1])
        delimiter = text[at : at + 1]
        if delimiter == "]":
            return items, at + 1
        if delimiter != ",":
            break
        at = _skip(text, at + 1)
    return items, None
