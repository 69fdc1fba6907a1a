"""Functions that read files: those of the configuration itself, and no others. A file that is not there may have been: it is unknown."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Mapping
from typing import Any

from tfclean.terraform.config.functions.base import Context, Function, Template, strict
from tfclean.terraform.config.values import UNKNOWN, Fault, Unknown, unknown_from


def _path(arguments: list[Any]) -> str | None:
    return arguments[0] if arguments and isinstance(arguments[0], str) else None


def _file(context: Context, arguments: list[Any], _: Template) -> Any:
    path = _path(arguments)
    text = context.file(path) if path else None
    return UNKNOWN if text is None else text


def _exists(context: Context, arguments: list[Any], _: Template) -> bool | Unknown:
    path = _path(arguments)
    return True if path and context.file(path) is not None else UNKNOWN


def _encoded(context: Context, arguments: list[Any], template: Template) -> Any:
    text = _file(context, arguments, template)
    return base64.b64encode(text.encode()).decode() if isinstance(text, str) else text


def _templated(context: Context, arguments: list[Any], template: Template) -> Any:
    text = _file(context, arguments, template)
    if len(arguments) != 2 or not isinstance(arguments[1], dict):
        return unknown_from(arguments)
    if not isinstance(text, str):
        return unknown_from(arguments[1:])
    return template(text, arguments[1])


def _string(_: Context, arguments: list[Any], template: Template) -> Any:
    if len(arguments) != 2 or not isinstance(arguments[0], str) or not isinstance(arguments[1], dict):
        raise Fault("a text and a map are needed here")
    return template(arguments[0], arguments[1])


TABLE: Mapping[str, Function] = {
    "basename": strict(posixpath.basename),
    "dirname": strict(lambda path: posixpath.dirname(path) or "."),
    "file": _file,
    "filebase64": _encoded,
    "fileexists": _exists,
    "templatefile": _templated,
    "templatestring": _string,
}
