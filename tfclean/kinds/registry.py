"""All kinds, by name, and how to find a live object whose kind is only half known."""

from __future__ import annotations

from tfclean.kinds import block_storage, compute, image, load_balancer, network
from tfclean.kinds.base import Kind
from tfclean.model import Inventory, Key, Resource

KINDS: dict[str, Kind] = {kind.name: kind for module in (compute, network, block_storage, load_balancer, image) for kind in module.KINDS}
"""Every kind that tfclean looks after, in the order of listing."""

SIBLINGS: dict[str, tuple[str, ...]] = {
    "network.port": ("network.port", "network.router_interface"),
    "network.router_interface": ("network.router_interface", "network.port"),
}
"""Kinds whose objects stand in one list and can turn into each other: a port that a router takes as its leg."""


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
