"""Which words in a name prove that it was given by this run.

In: the run's variables, what else its claims name, and what is live. Out: literals that came from a variable given for this
run and that stand in nothing the run did not make.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from tfclean.estate.creates import Create, Name, expected
from tfclean.estate.marks import ATTRIBUTES, written
from tfclean.estate.standing import Standing
from tfclean.estate.timing import Times
from tfclean.kinds.registry import KINDS
from tfclean.model import Footprint, Pattern, Resource, Tense

SHORTEST = 3
"""Shorter values, such as a count, stand in too many names."""
COMMON = frozenset({"true", "false", "null", "none", "default", "main", "test", "prod", "production", "staging", "public", "private"})
_UNKNOWN = "\0"
"""Stands for an unknown part of a name: a word that ends there may go on."""


class Literals:
    """The job-specific literals of a run.

    Args:
        values: the literals themselves.
        shared: values that were given for this run and prove nothing, with where else they stand.
    """

    def __init__(self, values: Iterable[str], shared: Mapping[str, str] | None = None) -> None:
        self.values = _longest_first(values)
        self.shared = dict(shared or {})
        self._patterns = [(value, _word(value)) for value in self.values]

    def within(self, name: Name) -> str:
        """Give the longest literal that stands in `name` as a whole word, or the empty string."""
        text = _text(name)
        return next((value for value, pattern in self._patterns if pattern.search(text)), "")

    def doubt(self, name: Name) -> str:
        """Say why the words in `name` that were given for this run prove nothing; empty if there are none, or if one of them does."""
        if self.within(name):
            return ""
        text = _text(name)
        return next((f'"{v}" stands in {self.shared[v]} as well' for v in _longest_first(self.shared) if _word(v).search(text)), "")


def specific(
    footprint: Footprint, standing: Standing, times: Times, creates: Iterable[Create], protect: Iterable[Footprint] = ()
) -> Literals:
    """Find the literals that prove a name to be the job's.

    A value counts if it was given for this run (a default is the same in every run), is long enough, and occurs neither in
    anything the run merely looked up, nor in a claim of another state, nor in the name of an object that is not the run's: one that
    is older, or another project's, or made by a concurrent run of the same module. Such a run shows by a name that is like one of
    this run's in all but another literal, and by more objects of one name than this run has creates for.

    Args:
        footprint: the run's.
        standing: what is known of the live objects by their ids.
        times: when the run can have made objects.
        creates: those that are unaccounted for.
        protect: footprints of other jobs.
    """
    values = {
        variable.value.strip()
        for variable in footprint.variables.values()
        if variable.given and len(variable.value.strip()) >= SHORTEST and variable.value.strip().lower() not in COMMON
    }
    shared: dict[str, str] = {}
    if not values:
        return Literals(())
    others = [r for r in standing.inventory.resources.values() if not standing.ours(r.key) and not KINDS[r.kind].tie]
    elsewhere = [*_other_texts(footprint, protect), *_outside(others, standing, times)]
    for value in _longest_first(values):
        word = _word(value)
        place = next((place for text, place in elsewhere if value in text and word.search(text)), "")
        if place:
            shared[value] = place
    for value, place in _twins(values, footprint, others, creates):
        shared.setdefault(value, place)
    return Literals(values - shared.keys(), shared)


def _longest_first(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values), key=lambda v: (-len(v), v)))


def _word(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9{_UNKNOWN}]){re.escape(value)}(?![A-Za-z0-9{_UNKNOWN}])")


def _text(name: Name) -> str:
    return "".join(_UNKNOWN if part is None else part for part in name.parts) if isinstance(name, Pattern) else name


def _outside(others: Iterable[Resource], standing: Standing, times: Times) -> Iterator[tuple[str, str]]:
    """Give names and ids of live objects that cannot be the run's."""
    for resource in others:
        older = resource.created_at is not None and times.older(resource.created_at)
        if older or not standing.belongs_here(resource):
            place = f"{'the older ' if older else ''}{_called(resource)}{'' if older else ' of another project'}"
            for text in (resource.name, resource.id, *written(resource)):
                yield text, place


def _other_texts(footprint: Footprint, protect: Iterable[Footprint]) -> Iterator[tuple[str, str]]:
    for claim in footprint.claims:
        if claim.tense is Tense.REFERENCED:
            for text in (*_texts(claim.id), *_texts(claim.attributes)):
                yield text, f"what {claim.address} looks up"
    for other in protect:
        for claim in other.claims:
            for text in (
                *_texts(claim.id),
                *(text for name in ("name", *sorted(ATTRIBUTES)) for text in _texts(claim.attributes.get(name))),
            ):
                yield text, f"{claim.address} of {claim.source.path}"


def _twins(values: Iterable[str], footprint: Footprint, others: Iterable[Resource], creates: Iterable[Create]) -> Iterator[tuple[str, str]]:
    """Give the literals that objects of a concurrent run of the same module bear as well."""
    names: dict[str, set[str]] = defaultdict(set)
    for kind, _, name in expected(footprint):
        names[kind].add(_text(name))
    open_: Counter[tuple[str, str]] = Counter((c.kind, _text(c.name)) for c in creates)
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    unexpected: dict[str, list[Resource]] = defaultdict(list)
    for resource in others:
        if resource.name in names[resource.kind]:
            found[resource.kind, resource.name].append(resource)
        elif resource.name:
            unexpected[resource.kind].append(resource)
    words = [(value, _word(value)) for value in values]
    for (kind, name), same in found.items():
        if len(same) > open_[kind, name]:
            for value in (value for value, word in words if word.search(name)):
                yield value, f"more objects named {name} than this run has creates for"
    shapes = {(kind, *shape) for kind, those in names.items() for name in those for shape in _shapes(name, words)}
    for kind, kept, before, after in shapes:
        for resource in unexpected[kind]:
            middle = len(resource.name) - len(before) - len(after)
            if middle > 0 and resource.name.startswith(before) and resource.name.endswith(after):
                yield kept, f"{_called(resource)}, which no create of this run explains,"


def _shapes(name: str, words: Iterable[tuple[str, re.Pattern[str]]]) -> Iterator[tuple[str, str, str]]:
    """Give what names look like of another run that shares one of this name's literals and not the other.

    Yields:
        The shared literal, and the texts before and after the other one.
    """
    spans = [(value, match.span()) for value, word in words for match in word.finditer(name)]
    for (one, (a, b)), (other, (c, d)) in combinations(spans, 2):
        if one != other and (b <= c or d <= a) and _UNKNOWN not in name:
            yield one, name[:c], name[d:]
            yield other, name[:a], name[b:]


def _called(resource: Resource) -> str:
    return f"{KINDS[resource.kind].noun} {resource.name or resource.id}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
