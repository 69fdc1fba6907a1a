"""All kinds, by name, and how to find a live object whose kind is only half known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tfclean.kinds import block_storage, compute, image, load_balancer, network
from tfclean.kinds.base import Kind, Row
from tfclean.model import Inventory, Key, Resource

KINDS: dict[str, Kind] = {kind.name: kind for module in (compute, network, block_storage, load_balancer, image) for kind in module.KINDS}
"""Every kind that tfclean looks after, in the order of listing."""

SIBLINGS: dict[str, tuple[str, ...]] = {
    "network.port": ("network.port", "network.router_interface"),
    "network.router_interface": ("network.router_interface", "network.port"),
}
"""Kinds whose objects stand in one list and can turn into each other: a port that a router takes as its leg."""


def births(kind: str) -> tuple[str, ...]:
    """Give the kinds as which an object of `kind` can have been made: a leg may have been a port, but no port was ever a leg."""
    return tuple(name for name in SIBLINGS.get(kind, (kind,)) if name == kind or KINDS[name].listing.rows is None)


def everyday() -> tuple[str, ...]:
    """Give the kinds whose objects an inventory holds: all but those whose objects have to be named."""
    return tuple(name for name, kind in KINDS.items() if not kind.listing.named)


def with_named(inventory: Inventory, keys: Iterable[Key]) -> Inventory:
    """Add to an inventory what it leaves out unless somebody names it.

    Args:
        inventory: what is live.
        keys: objects that are named, of any kind.

    Returns:
        The inventory with those of `keys` that its rows show to be live; their kinds count as listed where the kinds of those rows are.
    """
    wanted = frozenset(key for key in keys if key.kind in KINDS and KINDS[key.kind].listing.named)
    if not wanted:
        return inventory
    found: dict[Key, Resource] = {}
    listed: set[str] = set()
    for kind in (KINDS[name] for name in sorted({key.kind for key in wanted})):
        assert kind.listing.rows is not None
        source, rows = kind.listing.rows
        holders = [r for name in SIBLINGS.get(source, (source,)) for r in inventory.of(name)]
        listed |= {kind.name} if source in inventory.listed else set()
        for holder in holders:
            for row in rows({"id": holder.id, "name": holder.name, "revision_number": holder.revision, **holder.attributes}):
                resource = _resource(kind, row)
                if resource.key in wanted:
                    found[resource.key] = resource
    return replace(inventory, resources={**inventory.resources, **found}, listed=inventory.listed | listed)


def _resource(kind: Kind, row: Row) -> Resource:
    attributes = {name: row[name] for name in row if name in kind.fields}
    return Resource(
        kind=kind.name,
        id=str(row[kind.id]),
        name=str(row.get(kind.title) or ""),
        owner=str(row.get(kind.owner) or ""),
        revision=row.get("revision_number"),
        attributes=attributes,
    )


def find(inventory: Inventory, kind: str, id: str) -> Resource | None:  # noqa: A002 - the field's own name
    """Find a live object by id, though it may have turned into a sibling of `kind`.

    Args:
        inventory: what is live.
        kind: kind that the evidence says it is.
        id: live id.

    Returns:
        The object, or None if neither `kind` nor a sibling of it has that id.
    """
    for name in SIBLINGS.get(kind, (kind,)):
        resource = inventory.resources.get(Key(name, id))
        if resource is not None:
            return resource
    return None


def noun(kind: str) -> str:
    """Give what people call an object of `kind`; kinds of other services are called by their last part."""
    known = KINDS.get(kind)
    return known.noun if known else kind.rpartition(".")[2].replace("_", " ")
