"""Root variables of a run as a plan tells them: raw values in, `Variable` out; sensitive ones are left out."""

from __future__ import annotations

import json
from typing import Any

from tfclean.model import Variable
from tfclean.terraform.secrets import Sieve, is_secret_name


def text_of_value(value: Any) -> str:
    """Write a value as the command line would take it: ``true``, ``3``, text as it is, JSON for lists and objects."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def variable(name: str, value: Any, *, given: bool, sensitive: bool, source: str, sieve: Sieve) -> Variable | None:
    """Make a variable of it.

    Args:
        name: its name.
        value: its value, as parsed.
        given: it was given for this run.
        sensitive: it is declared as sensitive.
        source: where it stands.
        sieve: withholds members of objects that have a secret's name.

    Returns:
        The variable; None if it has no value or must not be told.
    """
    if value is None or sensitive or is_secret_name(name):
        return None
    return Variable(text_of_value(sieve.scrub(value)), given, source)
