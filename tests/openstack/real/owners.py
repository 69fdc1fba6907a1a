"""Whose every live object is, told without the product: by what was there before, by the twin's own state, and by the names.

In: what the services list, and a state that was written by a run that came to its end. Out: three listings that make up the project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openstack.connection import Connection

from tests.openstack import truth

NAMES = ("device_id", "security_group_id", "server_id", "network_id")
"""Fields by which something names what it goes with."""


@dataclass(frozen=True)
class Owners:
    """The project, by whose everything is; kind -> id -> name.

    Attributes:
        job: what the job made.
        twin: what its twin made.
        before: what was there before both.
        inside: ids of ports on the job's networks, whoever owns them.
    """

    job: truth.Listing
    twin: truth.Listing
    before: truth.Listing
    inside: frozenset[str]

    def ids(self, side: str) -> set[str]:
        """Give the ids of one side."""
        return {i for those in getattr(self, side).values() for i in those}

    def named(self, id_: str) -> str:
        """Give the kind and name of something of the job's."""
        return next(f"{kind} {those[id_]}".strip() for kind, those in self.job.items() if id_ in those)

    def objects(self) -> dict[str, str]:
        """Give the job's objects, what they are by id; a tie is no object."""
        return {i: f"{kind} {name}".strip() for kind, those in self.job.items() if kind != "attachment" for i, name in those.items()}


def tell(conn: Connection, before: truth.Listing, twin_state: Path, job: str, twin: str) -> Owners:
    """Tell whose everything is.

    Args:
        conn: the project's connection.
        before: what was there before both runs.
        twin_state: the state of the twin's run, which is whole.
        job: the job's id.
        twin: the twin's.

    Raises:
        RuntimeError: a name says otherwise.
    """
    rows = truth.rows(conn)
    live = truth.named(rows)
    old = {i for those in before.values() for i in those}
    theirs = _closed(set(_recorded(twin_state)) & {i for those in live.values() for i in those}, rows) - old
    by_side = {
        "job": {kind: {i: n for i, n in those.items() if i not in old | theirs} for kind, those in live.items()},
        "twin": {kind: {i: n for i, n in those.items() if i in theirs} for kind, those in live.items()},
        "before": {kind: {i: n for i, n in those.items() if i in old} for kind, those in live.items()},
    }
    for side, other in (("job", twin), ("twin", job)):
        for kind, those in by_side[side].items():
            for name in those.values():
                if re.search(rf"(?<![0-9]){other}(?![0-9])", name):
                    raise RuntimeError(f"{kind} {name} is said to be the {side}'s")
    networks = by_side["job"].get("network", {})
    answer = truth.Api(conn).request("GET", "network", "/v2.0/ports").json()
    inside = frozenset(port["id"] for port in answer["ports"] if port["network_id"] in networks)
    return Owners(**{side: {k: those for k, those in found.items() if those} for side, found in by_side.items()}, inside=inside)


def _recorded(state: Path) -> Iterator[str]:
    for resource in json.loads(state.read_text())["resources"]:
        if resource["mode"] == "managed":
            for instance in resource["instances"]:
                yield from str(instance["attributes"]["id"]).split("/")


def _closed(ids: set[str], rows: dict[str, list[truth.Row]]) -> set[str]:
    """Add what goes with `ids`, and what goes with that."""
    while True:
        more = {row["id"] for those in rows.values() for row in those if row["id"] not in ids and ids & set(_ends(row))}
        if not more:
            return ids
        ids = ids | more


def _ends(row: truth.Row) -> Iterator[str]:
    yield from (str(row[field]) for field in NAMES if row.get(field))
    yield from (str(a["server_id"]) for a in row.get("attachments") or ())
