"""Functions that write values as text, read them back, and hash them."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

from tfclean.terraform.config.conversion import text_of
from tfclean.terraform.config.functions.base import Function, strict
from tfclean.terraform.config.values import Fault

_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SPACES: Mapping[str, uuid.UUID] = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _jsonencode(value: Any) -> str:
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "".join(_ESCAPED.get(char, char) for char in written)


def _jsondecode(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Fault("it is nested too deeply") from error


def _of_text(function: Callable[[str], Any]) -> Function:
    return strict(lambda value: function(str(text_of(value))))


def _hash(name: str) -> Callable[[str], str]:
    return lambda text: hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _raw(name: str) -> Callable[[str], str]:
    return lambda text: base64.b64encode(hashlib.new(name, text.encode(), usedforsecurity=False).digest()).decode()


def _rows(text: str) -> list[dict[str, str]]:
    try:
        return [dict(row) for row in csv.DictReader(io.StringIO(text), strict=True) if None not in row]
    except csv.Error as error:
        raise Fault("it is no CSV") from error


TABLE: Mapping[str, Function] = {
    "base64decode": _of_text(lambda text: base64.b64decode(text, validate=True).decode()),
    "base64encode": _of_text(lambda text: base64.b64encode(text.encode()).decode()),
    "base64sha256": _of_text(_raw("sha256")),
    "base64sha512": _of_text(_raw("sha512")),
    "csvdecode": strict(_rows),
    "jsondecode": strict(_jsondecode),
    "jsonencode": strict(_jsonencode),
    "md5": _of_text(_hash("md5")),
    "sha1": _of_text(_hash("sha1")),
    "sha256": _of_text(_hash("sha256")),
    "sha512": _of_text(_hash("sha512")),
    "urlencode": _of_text(lambda text: quote_plus(text, safe="~")),
    "uuidv5": strict(lambda space, name: str(uuid.uuid5(_SPACES[space] if space in _SPACES else uuid.UUID(space), name))),
}
