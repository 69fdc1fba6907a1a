"""What an undo gives back, and what it needs. In: the fields of a tie that was, live objects. Out: what is live of it.

An undo gives back an equivalent: a router's interface comes back under a new id. It is told by the fields that its undo names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from tfclean.cleanup.identity import BINDING, call_fields, templates
from tfclean.kinds.base import Kind
from tfclean.kinds.registry import KINDS
from tfclean.model import EdgeType, Key, Resource


@cache
def ends(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what a tie's undo ties: names of fields, each with the kinds of object whose id stands in it."""
    kind = KINDS[name]
    named = frozenset(templates(kind.undo)) if kind.undo else frozenset()
    found = ((r.path.rpartition(".")[2], r.kinds) for r in kind.references if not r.reverse and r.edge in BINDING)
    return tuple((field, kinds) for field, kinds in found if field in named)


def kinds_needed(name: str) -> frozenset[str]:
    """Give the kinds to be looked at before an undo: the tie's own and those of its ends."""
    return frozenset({name}.union(*(kinds for _, kinds in ends(name))))


def whole(name: str, key: Key, fields: Mapping[str, Any]) -> Key:
    """Give the object that an object's preparations change: itself, or, for a tie, what that is a part of."""
    kind = KINDS[name]
    wholes = (r for r in kind.references if r.edge is EdgeType.PART_OF and not r.reverse)
    return next((Key(r.kinds[0], str(fields.get(r.path))) for r in wholes), key) if kind.tie else key


def missing_ends(name: str, fields: Mapping[str, Any], live: Callable[[Key], bool]) -> Iterator[Key]:
    """Give the ends that are no longer there."""
    for field, kinds in ends(name):
        if not any(live(Key(kind, str(fields.get(field)))) for kind in kinds):
            yield Key(kinds[0], str(fields.get(field)))


def equivalent(kind: Kind, fields: Mapping[str, Any], rows: Iterable[Resource]) -> Resource | None:
    """Give the live object that is what an undo with these fields would make, or None."""
    names = frozenset(templates(kind.undo)) if kind.undo else frozenset()
    names -= {kind.renew[0]} if kind.renew else set()
    for resource in rows:
        own = {**call_fields(kind, resource), "id": resource.id}
        if all(own.get(name) == fields.get(name) for name in names):
            return resource
    return None
