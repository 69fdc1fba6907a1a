"""Which words in a name prove that it was given by this run.

In: the run's variables, what else its claims name, and what is live. Out: literals that came from a variable given for this
run and that stand in nothing the run did not make.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tfclean.model import Footprint, Inventory, Tense

SHORTEST = 3
"""Shorter values, such as a count, stand in too many names."""
COMMON = frozenset({"true", "false", "null", "none", "default", "main", "test", "prod", "production", "staging", "public", "private"})


class Literals:
    """The job-specific literals of a run.

    Args:
        values: the literals themselves.
    """

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(sorted(set(values), key=lambda v: (-len(v), v)))
        self._patterns = [(value, _pattern(value)) for value in self.values]

    def within(self, name: str) -> str:
        """Give the longest literal that stands in `name` as a whole word, or the empty string."""
        return next((value for value, pattern in self._patterns if pattern.search(name)), "")


def specific(footprint: Footprint, inventory: Inventory, protect: Iterable[Footprint] = ()) -> Literals:
    """Find the literals that prove a name to be the job's.

    A value counts if it was given for this run (a default is the same in every run), is long enough, and occurs neither in
    anything the run merely looked up, nor in a claim of another state, nor in the name of an object that is older than the run.

    Args:
        footprint: the run's.
        inventory: what is live.
        protect: footprints of other jobs.
    """
    values = {
        variable.value.strip()
        for variable in footprint.variables.values()
        if variable.given and len(variable.value.strip()) >= SHORTEST and variable.value.strip().lower() not in COMMON
    }
    if not values:
        return Literals(())
    others = list(_other_texts(footprint, protect))
    horizon = footprint.horizon
    if horizon is not None:
        start = horizon.start - horizon.tolerance
        others += [r.name for r in inventory.resources.values() if r.created_at is not None and r.created_at < start]
        others += [r.id for r in inventory.resources.values() if r.created_at is not None and r.created_at < start]
    text = "\n".join(others)
    return Literals(value for value in values if not _pattern(value).search(text))


def _pattern(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])")


def _other_texts(footprint: Footprint, protect: Iterable[Footprint]) -> Iterator[str]:
    for claim in footprint.claims:
        if claim.tense is Tense.REFERENCED:
            yield from _texts(claim.id)
            yield from _texts(claim.attributes)
    for other in protect:
        for claim in other.claims:
            yield from _texts(claim.id)
            yield from _texts(claim.attributes.get("name"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
