"""What is told: name of a story → the story. One file per service; a story begins in an empty project."""

from __future__ import annotations

from tests.conformance.stories import (
    addresses,
    balancers,
    block_storage,
    identity,
    image,
    network,
    network_policy,
    pages,
    quotas,
    routers,
    servers,
    trunks,
    volumes,
)
from tests.conformance.telling import Story

MODULES = (identity, network, routers, addresses, network_policy, trunks, servers, volumes, block_storage, image, balancers, pages, quotas)

STORIES: dict[str, dict[str, Story]] = {
    module.__name__.rpartition(".")[2]: {story.__name__: story for story in module.STORIES} for module in MODULES
}
"""Name of a file → name of a story → the story."""
