"""The estate as a graph: live objects and claims as nodes, typed ties as edges.

In: an inventory and the claims that name its objects. Out: `Estate`, a thin reader's view of a `networkx.MultiDiGraph`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import networkx as nx

from tfclean.kinds.base import Container
from tfclean.kinds.relations import edges
from tfclean.model import Claim, Edge, EdgeType, Inventory, Key, Resource


class Estate:
    """A project's live objects, how they hang together, and who claims them.

    Args:
        inventory: what is live.
        claims: live key → claims that name it by id.

    Attributes:
        inventory: what is live.
        edges: all ties between live objects.
        graph: nodes are `Key` (attribute ``resource``) and `Claim`; edge keys are `EdgeType` values, and ``claims`` from claim to object.
    """

    def __init__(self, inventory: Inventory, claims: Mapping[Key, Sequence[Claim]]) -> None:
        self.inventory = inventory
        self.edges: tuple[Edge, ...] = edges(inventory)
        self.graph: nx.MultiDiGraph[object] = nx.MultiDiGraph()
        for key, resource in inventory.resources.items():
            self.graph.add_node(key, resource=resource)
        for edge in self.edges:
            self.graph.add_edge(edge.source, edge.target, key=edge.type.value, edge=edge)
        for key, found in claims.items():
            for index, claim in enumerate(found):
                node = (claim.address, str(claim.source), claim.tense.value, index)
                self.graph.add_node(node, claim=claim)
                self.graph.add_edge(node, key, key="claims")

    def resource(self, key: Key) -> Resource:
        """Give the live object named `key`; KeyError if it is not live."""
        return self.inventory.resources[key]

    def out(self, key: Key, *types: EdgeType) -> Iterator[Edge]:
        """Give the ties of `types` in which `key` is the source."""
        for _, _, data in self.graph.out_edges(key, data=True):
            edge = data.get("edge")
            if edge is not None and edge.type in types:
                yield edge

    def into(self, key: Key, *types: EdgeType) -> Iterator[Edge]:
        """Give the ties of `types` in which `key` is the target."""
        for _, _, data in self.graph.in_edges(key, data=True):
            edge = data.get("edge")
            if edge is not None and edge.type in types:
                yield edge

    def reached(self, key: Key, container: Container) -> list[Key]:
        """Follow ties outwards from `key`, through the kinds of a container's path.

        Args:
            key: where to start.
            container: the kind of each step, and along which ties.

        Returns:
            Keys at the end of the path, each once; empty as soon as a step reaches nothing.
        """
        here = [key]
        for kind in container.path:
            ties = (e for k in here for e in self.out(k, *container.along))
            found = (e.target for e in ties if e.target.kind == kind)
            here = list(dict.fromkeys(found))
        return here
