"""The latest list of each kind, and when the next one is due. In: an inventory, lists, wishes. Out: objects, kinds to list.

Waiting is one list per kind and interval for all who wait, never a request per object.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tfclean.model import Inventory, Key, Resource

SHORTEST, LONGEST, GROWTH = 1.0, 3.0, 1.03
"""Seconds between two lists of a kind while somebody waits, and how they grow while nothing changes: by a thirtieth of what was waited."""
GAP = 0.4
"""Seconds that lie at least between two lists of a kind, so that wishes gather."""
SHARE = 4.0
"""A list is not asked for again before this many times its own duration has passed: looking must not slow down what is looked at."""
LAG = 10.0
"""Seconds within which a service may still count, or show, something that is gone."""
PATIENCE = 60.0
"""Seconds for which a failing list is tried again."""


@dataclass(slots=True)
class _Shelf:
    rows: Mapping[str, Resource] | None = None
    started: float = -math.inf  # of the list that gave the rows
    in_flight: float | None = None  # start of the list under way
    last: float = -math.inf  # start of the last list
    interval: float = SHORTEST
    wanted: float = math.inf
    took: float = 0.0  # seconds of the last list
    failing_since: float | None = None
    error: str = ""

    @property
    def gap(self) -> float:
        """Seconds that lie at least between the starts of two lists."""
        return self.interval if self.error else max(GAP, self.took * SHARE)


@dataclass(slots=True)
class Book:
    """All looks. `started` of a look is when its list was asked for: what happened later need not be in it."""

    _shelves: dict[str, _Shelf] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, started: float) -> Book:
        """Take an inventory, asked for at `started`, as the first look at every kind that it listed."""
        rows: dict[str, dict[str, Resource]] = {kind: {} for kind in sorted(inventory.listed)}
        for key, resource in inventory.resources.items():
            rows.setdefault(key.kind, {})[key.id] = resource
        return cls({kind: _Shelf(rows=found, started=started) for kind, found in rows.items() if kind in inventory.listed})

    def seen(self, kind: str, after: float = -math.inf) -> Mapping[str, Resource] | None:
        """Give objects of `kind` by id, from a list asked for at `after` or later; None if there is none."""
        shelf = self._shelf(kind)
        return shelf.rows if shelf.started >= after else None

    def started(self, kind: str) -> float:
        """Give when the latest list of `kind` was asked for."""
        return self._shelf(kind).started

    def next_poll(self, kind: str, now: float) -> float:
        """Give when one who waits should look again."""
        shelf = self._shelf(kind)
        return max(shelf.last + max(shelf.interval, shelf.gap), now + GAP)

    def want(self, kind: str, at: float) -> None:
        """Ask for a list of `kind`, not before `at`."""
        shelf = self._shelf(kind)
        shelf.wanted = min(shelf.wanted, max(at, shelf.last + shelf.gap))

    def due(self, now: float) -> list[str]:
        """Give the kinds to list now, and take them as being listed."""
        kinds = [k for k, s in self._shelves.items() if s.in_flight is None and s.wanted <= now]
        for kind in kinds:
            shelf = self._shelves[kind]
            shelf.in_flight = shelf.last = now
            shelf.wanted = math.inf
        return kinds

    def next_due(self) -> float:
        """Give when the next list is due; infinity if none is wanted."""
        return min((s.wanted for s in self._shelves.values() if s.in_flight is None), default=math.inf)

    def pending(self) -> bool:
        """Tell whether a list is under way."""
        return any(s.in_flight is not None for s in self._shelves.values())

    def listed(self, kind: str, resources: Iterable[Resource], error: str, now: float) -> None:
        """Take in a list, or that it failed."""
        shelf = self._shelf(kind)
        asked = shelf.in_flight if shelf.in_flight is not None else now
        shelf.in_flight, shelf.took, shelf.error = None, now - asked, error
        if error:
            shelf.failing_since = now if shelf.failing_since is None else shelf.failing_since
            shelf.interval = min(shelf.interval * 2, 5.0)
            return
        rows = {r.id: r for r in resources}
        shelf.failing_since = None
        changed = shelf.rows is None or _states(rows) != _states(shelf.rows)
        shelf.interval = SHORTEST if changed else min(shelf.interval * GROWTH, LONGEST)
        shelf.rows, shelf.started = rows, asked

    def given_up(self, kind: str, now: float) -> str:
        """Say why `kind` can no longer be listed, or give the empty string while there is hope."""
        shelf = self._shelf(kind)
        return shelf.error if shelf.failing_since is not None and now - shelf.failing_since >= PATIENCE else ""

    def everything(self) -> dict[Key, Resource]:
        """Give all objects as last seen."""
        return {r.key: r for s in self._shelves.values() for r in (s.rows or {}).values()}

    def _shelf(self, kind: str) -> _Shelf:
        return self._shelves.setdefault(kind, _Shelf())


def _states(rows: Mapping[str, Resource]) -> dict[str, str]:
    return {id_: r.status for id_, r in rows.items()}
