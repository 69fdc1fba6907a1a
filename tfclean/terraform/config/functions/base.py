"""What all functions share: how they are called, and what is made of unknown arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tfclean.terraform.config.values import Fault, is_known, unknown_from

Template = Callable[[str, Mapping[str, Any]], Any]


class Context(Protocol):
    """What functions may ask of the configuration in which they are called."""

    def file(self, path: str) -> str | None:
        """Give the text of a file of the configuration; None if it is not there, or not the configuration's."""
        ...


Function = Callable[[Context, list[Any], Template], Any]

_WRONG = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


def strict(function: Callable[..., Any]) -> Function:
    """Take a function of known values: of an argument that is not wholly known, the result is unknown."""

    def called(_: Context, arguments: list[Any], __: Template) -> Any:
        if not all(is_known(argument) for argument in arguments):
            return unknown_from(arguments)
        return guarded(function, arguments)

    return called


def lenient(function: Callable[..., Any]) -> Function:
    """Take a function that deals with unknown arguments itself."""

    def called(_: Context, arguments: list[Any], __: Template) -> Any:
        return guarded(function, arguments)

    return called


def guarded(function: Callable[..., Any], arguments: list[Any]) -> Any:
    """Call a function; that its arguments are wrong is a fault of the expression.

    Raises:
        Fault: they are.
    """
    try:
        return function(*arguments)
    except _WRONG as error:
        raise Fault("a function cannot take these arguments") from error
