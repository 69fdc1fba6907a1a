"""Two encodings that a saved plan uses, read without their schemas: protobuf's wire format, and cty's values in msgpack.

In: bytes from a file that nobody vouches for. Out: plain Python values; everything that is wrong is a `WireError`.
Sources: protobuf.dev "Encoding"; go-cty ``cty/msgpack`` (extension 0 is an unknown value, 12 an unknown value of which something is
known; a value of dynamic type is a pair of its type, as bytes of JSON, and itself).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgpack

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class WireError(ValueError):
    """The bytes are not in the encoding; the message says what is wrong and where."""


class Unknown:
    """A value that is known only after apply; there is one, `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Give the fields of a protobuf message in order, embedded messages and texts as bytes.

    Args:
        message: the encoded message.

    Yields:
        Field number and value.

    Raises:
        WireError: the message is broken off or is none; fields before the damage have been given.
    """
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if not number:
            raise WireError(f"field number 0 before byte {at}")
        if wire_type == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire_type == _BYTES:
            size, at = _varint(message, at)
        elif wire_type in (_FIXED64, _FIXED32):
            size = 8 if wire_type == _FIXED64 else 4
        else:
            raise WireError(f"wire type {wire_type} before byte {at}")
        if size > end - at:
            raise WireError(f"field {number} at byte {at} ends {size - (end - at)} bytes after the message")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(_LONGEST_VARINT):
        if at + count >= len(message):
            raise WireError(f"a number at byte {at} does not end")
        byte = message[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + count + 1
    raise WireError(f"a number at byte {at} is too long")


def text(value: int | bytes) -> str:
    """Decode a text field.

    Raises:
        WireError: it is none.
    """
    if isinstance(value, int):
        raise WireError("a number where a text should be")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise WireError("a text that is not UTF-8") from error


def message(value: int | bytes) -> bytes:
    """Give the bytes of an embedded message.

    Raises:
        WireError: it is none.
    """
    if isinstance(value, int):
        raise WireError("a number where a message should be")
    return value


def dynamic_value(encoded: bytes) -> Any:
    """Decode a ``DynamicValue`` message: JSON-like values, with `UNKNOWN` where a value is not known.

    Raises:
        WireError: it holds no msgpack, or broken msgpack.
    """
    for number, value in fields(encoded):
        if number == 1:
            return cty_value(message(value))
    raise WireError("a value in an unknown encoding")


def cty_value(packed: bytes) -> Any:
    """Decode one msgpack value as cty writes it.

    Raises:
        WireError: it is none.
    """
    try:
        value = msgpack.unpackb(packed, ext_hook=lambda _code, _data: UNKNOWN)
    except (ValueError, TypeError, RecursionError, OverflowError, msgpack.exceptions.UnpackException) as error:
        raise WireError("a value that is no msgpack") from error
    return _plain(value)


def _plain(value: Any) -> Any:
    """Take the types off dynamically typed values."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        # bytes occur nowhere else: texts are texts
        if len(value) == 2 and isinstance(value[0], bytes):
            return _plain(value[1])
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        raise WireError("bytes where a value should be")
    if value is None or isinstance(value, str | int | float | Unknown):
        return value
    raise WireError("a value of an unknown kind")


def known_part(value: Any) -> Any:
    """Leave out what is unknown, as ``show -json`` does: a member of an object goes, an element of a list becomes None."""
    if isinstance(value, dict):
        return {name: known_part(item) for name, item in value.items() if item is not UNKNOWN}
    if isinstance(value, list):
        return [None if item is UNKNOWN else known_part(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Tell whether anything in `value` is unknown."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(has_unknown, value))
    return value is UNKNOWN
