"""Ties between objects in; what an object hangs on, and the nearest of a sort, out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from tfclean.model import Edge, EdgeType, Key

OUTWARDS = frozenset({EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.IMPLIED_BY, EdgeType.BREAKS})
"""Ties that lead from an object to what it lives on."""


def targets(edges: Iterable[Edge], types: frozenset[EdgeType] = OUTWARDS) -> Mapping[Key, Sequence[Key]]:
    """Give what each object hangs on by ties of these types, sorted."""
    found: dict[Key, set[Key]] = defaultdict(set)
    for edge in edges:
        if edge.type in types:
            found[edge.source].add(edge.target)
    return {source: sorted(ends) for source, ends in found.items()}


def nearest(start: Iterable[Key], wanted: Callable[[Key], bool], ends: Mapping[Key, Sequence[Key]]) -> Key | None:
    """Give the nearest object that is wanted, `start` itself first, then along the ties; None if there is none.

    Args:
        start: where it begins.
        wanted: tells which.
        ends: what each object hangs on.
    """
    line = list(start)
    seen = set(line)
    for here in line:  # grows while it is gone through
        if wanted(here):
            return here
        further = [end for end in ends.get(here, ()) if end not in seen]
        line += further
        seen.update(further)
    return None
