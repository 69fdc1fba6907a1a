"""An inventory in, a JSON document out, and back: what `tfclean inventory` writes and `--inventory` and `--baseline` read.

Only declared fields are ever in an inventory, so none of its documents holds a secret; on the way back the same fields pass, no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tfclean import __version__
from tfclean.cloud.rows import moment
from tfclean.errors import InputError
from tfclean.kinds.registry import KINDS
from tfclean.model import Gap, GapKind, Inventory, Resource

FORMAT = "1.0"


def dump(inventory: Inventory) -> dict[str, Any]:
    """Give the document of an inventory, JSON ready; resources stand in order of kind and id, so that documents compare."""
    return {
        "format_version": FORMAT,
        "document": "inventory",
        "tool_version": __version__,
        "cloud": inventory.cloud,
        "region": inventory.region,
        "project": inventory.project,
        "user": inventory.user,
        "time": _text(inventory.taken_at),
        "calls": inventory.calls,
        "listed": sorted(inventory.listed),
        "gaps": [{"kind": gap.kind.value, "subject": gap.subject, "reason": gap.reason} for gap in inventory.gaps],
        "resources": [
            {
                "kind": resource.kind,
                "id": resource.id,
                "name": resource.name,
                "owner": resource.owner,
                "created_at": _text(resource.created_at),
                "status": resource.status,
                "revision": resource.revision,
                "attributes": dict(sorted(resource.attributes.items())),
            }
            for _, resource in sorted(inventory.resources.items())
        ],
    }


def load(document: Any, path: str) -> Inventory:
    """Read an inventory document.

    Args:
        document: decoded JSON.
        path: where it is from, for messages.

    Raises:
        InputError: it is no inventory, of a newer format, or damaged.
    """
    if not isinstance(document, Mapping) or document.get("document") != "inventory":
        raise InputError(f"{path}: this is no inventory; `tfclean inventory` writes one")
    version = str(document.get("format_version"))
    if version.partition(".")[0] != FORMAT.partition(".")[0]:
        raise InputError(f"{path}: inventory of format {version[:20]!r}, and this tfclean reads {FORMAT}: use the tfclean that wrote it")
    try:
        resources = [_resource(row) for row in document["resources"]]
        return Inventory(
            resources={resource.key: resource for resource in resources},
            listed=frozenset(name for name in document["listed"] if name in KINDS),
            gaps=tuple(Gap(GapKind(gap["kind"]), str(gap["subject"]), str(gap["reason"])) for gap in document["gaps"]),
            project=str(document["project"]),
            user=str(document["user"]),
            cloud=str(document["cloud"]),
            region=str(document["region"]),
            taken_at=moment(document["time"]),
            calls=int(document["calls"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: the inventory is damaged ({type(error).__name__}: {error}); take it again") from error


def _resource(row: Mapping[str, Any]) -> Resource:
    kind = KINDS[row["kind"]]
    revision = row["revision"]
    return Resource(
        kind=kind.name,
        id=str(row["id"]),
        name=str(row["name"]),
        owner=str(row["owner"]),
        created_at=moment(row["created_at"]),
        status=str(row["status"]),
        revision=None if revision is None else int(revision),
        attributes={name: value for name, value in row["attributes"].items() if name in kind.fields},
    )


def _text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
