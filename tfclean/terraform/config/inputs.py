"""Variables as they were given in, their values in the root module out.

What came from the environment or the command line is text, and read as the variable's type asks for it: as it stands for simple types and
for none, as an expression for all others (Terraform's documentation of input variables). Files of values are read as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tfclean.model import Variable
from tfclean.terraform.config.modules import Module
from tfclean.terraform.config.syntax import Body, Expression, Malformed, expression, parse
from tfclean.terraform.config.types import ANY, type_of
from tfclean.terraform.config.values import UNKNOWN, Fault
from tfclean.terraform.secrets import Sieve

_TYPED = ("TF_VAR_", "--var")
_LARGEST = 1024 * 1024


class Inputs:
    """Gives the root module its variables.

    Args:
        given: what was given, by name, already in order of precedence.
        module: the root module, for the types.
        evaluate: works out an expression that can use no names.
    """

    def __init__(self, given: Mapping[str, Variable], module: Module, evaluate: Callable[[Expression], Any]) -> None:
        self._given = given
        self._module = module
        self._evaluate = evaluate
        self._files: dict[str, Mapping[str, Any]] = {}

    def __call__(self, name: str) -> Any:
        """Give the value of a variable, not yet converted to its type.

        Raises:
            KeyError: none was given.
        """
        told = self._given[name]
        if told.source.endswith((".tfvars", ".tfvars.json", ".json", ".hcl")) and not told.source.startswith(_TYPED):
            values = self._file(told.source)
            if name in values:
                return values[name]
        constraint = self._module.variables[name].body.attributes.get("type")
        if constraint is None:
            return told.value if told.source.startswith(_TYPED) else self._plain(told.value)
        type_ = type_of(constraint)
        return told.value if type_.simple else self._read(told.value, literal=type_ == ANY)

    def _read(self, text: str, *, literal: bool) -> Any:
        try:
            return Sieve().scrub(self._evaluate(expression(text)))
        except Fault:
            return text if literal else UNKNOWN

    def _plain(self, text: str) -> Any:
        """Read what a trace wrote down: text as it is, everything else as JSON."""
        if text[:1] not in ("[", "{"):
            return text
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text

    def _file(self, path: str) -> Mapping[str, Any]:
        if path not in self._files:
            self._files[path] = _values(Path(path), self._evaluate)
        return self._files[path]


def _values(path: Path, evaluate: Callable[[Expression], Any]) -> Mapping[str, Any]:
    """Read a file of values that was readable a moment ago; now it may be anything."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST).decode("utf-8-sig", "replace")
        found = json.loads(text) if path.name.endswith(".json") else _evaluated(parse(text, str(path)), evaluate)
    except (OSError, ValueError, RecursionError, Malformed):
        return {}
    scrubbed = Sieve().scrub(found)
    return scrubbed if isinstance(scrubbed, dict) and "format_version" not in scrubbed else {}


def _evaluated(body: Body, evaluate: Callable[[Expression], Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, given in body.attributes.items():
        try:
            out[name] = evaluate(given)
        except Fault:
            out[name] = UNKNOWN
    return out
