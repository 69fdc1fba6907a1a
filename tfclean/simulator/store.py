"""Rows by kind and id, who changed what and when, and what will happen later."""

from __future__ import annotations

import heapq
import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tfclean.simulator.api import Row
from tfclean.simulator.clock import Clock

KINDS = (
    *("network", "subnet", "port", "router", "floatingip", "port_forwarding", "security_group", "security_group_rule", "trunk"),
    *("subnetpool", "address_scope", "address_group", "qos_policy", "qos_rule", "rbac_policy"),
    *("server", "server_group", "keypair", "flavor", "volume_attachment"),
    *("volume", "snapshot", "backup", "attachment", "volume_type", "transfer"),
    *("image", "image_member"),
    *("loadbalancer", "listener", "pool", "member", "healthmonitor", "l7policy", "l7rule"),
)


@dataclass(frozen=True)
class Actor:
    """On whose behalf something happens.

    Attributes:
        project: project of the token; empty for the services themselves.
        user: user of the token; empty for the services themselves.
        request: number of the request that is the cause, also of what happens long after it; 0 for what nobody asked for.
    """

    project: str = ""
    user: str = ""
    request: int = 0


@dataclass(frozen=True)
class Change:
    """One change of one object.

    Attributes:
        time: seconds since the epoch.
        actor: on whose behalf.
        action: ``created``, ``changed`` or ``deleted``.
        kind: one of `KINDS`.
        id: the object's.
        before: the row as it was; nothing for a creation.
        after: the row as it is; nothing for a deletion.
    """

    time: float
    actor: Actor
    action: str
    kind: str
    id: str
    before: Row | None
    after: Row | None


class Store:
    """The state of a world. Rows are replaced, never edited in place: what the audit holds stays true."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.tables: dict[str, dict[str, Row]] = {kind: {} for kind in KINDS}
        self.audit: list[Change] = []
        self.actor = Actor()
        self.in_past = False
        self.before_change: Callable[[], None] | None = None
        self.random = random.Random(seed)  # noqa: S311  ids need to repeat, not to be secret
        self._due: list[tuple[float, int, Actor, Callable[[], None]]] = []
        self._order = itertools.count()

    # -- rows -----------------------------------------------------------------------------------------------------------

    def get(self, kind: str, id_: str) -> Row | None:
        """Give a row."""
        return self.tables[kind].get(id_)

    def rows(self, kind: str, **fields: Any) -> list[Row]:
        """Give the rows of a kind whose fields have these values, in the order of their creation."""
        return [r for r in self.tables[kind].values() if all(r.get(k) == v for k, v in fields.items())]

    def add(self, kind: str, row: Row, id_: str | None = None) -> Row:
        """Put a new row in.

        Args:
            kind: one of `KINDS`.
            row: all of its fields.
            id_: its key, where that is not its ``id``.
        """
        self._about_to_change()
        key = id_ if id_ is not None else row["id"]
        assert key not in self.tables[kind], (kind, key)
        self.tables[kind][key] = row
        self._record("created", kind, key, None, row)
        return row

    def change(self, kind: str, id_: str, **fields: Any) -> Row:
        """Give a row new values; revision and time of the update follow.

        Args:
            kind: one of `KINDS`.
            id_: its key.
            fields: the new values.
        """
        before = self.tables[kind][id_]
        if all(k in before and before[k] == v for k, v in fields.items()):
            return before
        self._about_to_change()
        after = {**before, **fields}
        if "revision_number" in before:
            after["revision_number"] = before["revision_number"] + 1
        for name, length in (("updated_at", None), ("updated", None)):
            if name in before and name not in fields:
                after[name] = self.stamp(like=before.get("created_at") or before.get("created"), length=length)
        self.tables[kind][id_] = after
        self._record("changed", kind, id_, before, after)
        return after

    def drop(self, kind: str, id_: str) -> Row | None:
        """Take a row out, if it is there."""
        self._about_to_change()
        row = self.tables[kind].pop(id_, None)
        if row is not None:
            self._record("deleted", kind, id_, row, None)
        return row

    @contextmanager
    def checking(self, check: Callable[[], None]) -> Iterator[None]:
        """Have something checked just before the first change, after all that is refused for another reason.

        Args:
            check: may raise.
        """
        self.before_change = check
        try:
            yield
        finally:
            self.before_change = None

    def _about_to_change(self) -> None:
        check, self.before_change = self.before_change, None
        if check is not None:
            check()

    def _record(self, action: str, kind: str, id_: str, before: Row | None, after: Row | None) -> None:
        self.audit.append(Change(self.clock.now(), self.actor, action, kind, id_, before, after))

    @contextmanager
    def past(self, seconds: float) -> Iterator[None]:
        """Show the rows as they were; nothing may be changed meanwhile.

        Args:
            seconds: how long ago.
        """
        present, limit = self.tables, self.clock.now() - seconds
        old = {kind: dict(rows) for kind, rows in present.items()}
        for change in reversed(self.audit):
            if change.time <= limit:
                break
            if change.before is None:
                old[change.kind].pop(change.id, None)
            else:
                old[change.kind][change.id] = change.before
        self.tables, self.in_past = old, True
        try:
            yield
        finally:
            self.tables, self.in_past = present, False

    # -- ids and times --------------------------------------------------------------------------------------------------

    def uuid(self) -> str:
        """Make an id: the same ones in the same order for the same seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def stamp(self, *, like: str | None = None, length: int | None = None) -> str:
        """Write down the present second, in the form in which the service writes times.

        Args:
            like: another time of the same service, for the form.
            length: unused but for callers that cut.
        """
        text = datetime.fromtimestamp(int(self.clock.now()), UTC).strftime("%Y-%m-%dT%H:%M:%S")
        if like is None or like.endswith("Z"):
            return (text + "Z")[:length]
        return text + ".000000" if "." in like else text

    # -- what happens later ---------------------------------------------------------------------------------------------

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        """Have something happen, on behalf of whoever acts now.

        Args:
            seconds: after how long.
            what: is called then; it must look whether its objects are still there.
        """
        heapq.heappush(self._due, (self.clock.now() + seconds, next(self._order), self.actor, what))

    def next_due(self) -> float | None:
        """Give the time of the next thing that happens by itself."""
        return self._due[0][0] if self._due else None

    def run_due(self) -> None:
        """Let everything happen whose time has come, in order."""
        for actor, what in self._ripe():
            outer, self.actor = self.actor, actor
            try:
                what()
            finally:
                self.actor = outer

    def _ripe(self) -> Iterator[tuple[Actor, Callable[[], None]]]:
        while self._due and self._due[0][0] <= self.clock.now():
            _, _, actor, what = heapq.heappop(self._due)
            yield actor, what
