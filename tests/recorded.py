"""Recorded scenarios as tests use them: the inventory that their list answers make, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tfclean.cloud.rows import derived, resource, rows_of, unwrapped
from tfclean.kinds.base import Kind
from tfclean.kinds.registry import KINDS
from tfclean.model import Inventory, Key, Resource

FIXTURES = Path(__file__).parent.parent / "fixtures"
JOBS = sorted(p.name for p in FIXTURES.iterdir() if p.is_dir() and not p.name.startswith("wide-"))
WIDE = sorted(p.name for p in FIXTURES.iterdir() if p.is_dir() and p.name.startswith("wide-"))
USER = "user-of-the-recording"


def document(scenario: str, name: str) -> Any:
    """Read one JSON file of a scenario."""
    return json.loads((FIXTURES / scenario / name).read_text())


@cache
def inventory(scenario: str) -> Inventory:
    """Give the inventory that the recorded list answers make."""
    answers = document(scenario, "cloud.json")
    project = next(r["project_id"] for r in answers["network"]["/networks"]["networks"] if not r["router:external"])
    found: dict[Key, Resource] = {}
    listed: set[str] = set()
    for kind in KINDS.values():
        rows = _rows(answers, kind)
        if rows is None:
            continue
        for each in (kind, *(other for other in derived(kind) if not other.listing.named)):
            listed.add(each.name)
            for row in rows_of(each, rows):
                made = resource(each, row, user=USER)
                if made.owner in ("", project, USER) or made.kind == "network.port":
                    found[made.key] = made
    return Inventory(
        resources=found,
        listed=frozenset(listed),
        project=project,
        user=USER,
        cloud="recorded",
        region="RegionOne",
        taken_at=datetime(2026, 11, 23, tzinfo=UTC),
    )


def _rows(answers: Mapping[str, Any], kind: Kind) -> list[Mapping[str, Any]] | None:
    listing = kind.listing
    if listing.rows is not None:
        return None
    service = answers.get(kind.service, {})
    if listing.per:
        parents = _rows(answers, KINDS[listing.per]) or []
        below = [
            service.get(listing.path.replace("{id}", p["id"])) for p in parents if not (listing.skip_parent and listing.skip_parent(p))
        ]
        return None if None in below else [row for body in below for row in body[listing.key]]
    for path, body in service.items():
        if path.removeprefix("/v2") in (listing.path, listing.path.removeprefix("/v2")) and listing.key in body:
            return list(unwrapped(kind, body[listing.key]))
    return []


def truth(scenario: str) -> dict[str, dict[str, str]]:
    """Give what the run made: kind → id → name."""
    made: dict[str, dict[str, str]] = document(scenario, "made.json")
    return made
