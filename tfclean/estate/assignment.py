"""Which object came of which create, where several of both meet: at most one object for each create, and one create for each object.

In: pairs that fit. Out: the assignment that explains most, and the objects that no equally large assignment can do without.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import Any, TypeVar

import networkx as nx

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def best(pairs: Mapping[tuple[Left, Right], int]) -> dict[Right, Left]:
    """Give the assignment of greatest weight, right to left.

    Args:
        pairs: what fits, with how much it explains (more than 0); of assignments that are as good, the one whose pairs come first.
    """
    graph: nx.Graph[Any] = nx.Graph()
    # Of equals the first: a weight of its own for each pair, too small to outweigh anything.
    small = len(pairs) ** 3 + 1
    for place, ((left, right), weight) in enumerate(pairs.items()):
        graph.add_edge(("left", left), ("right", right), weight=weight * small + (len(pairs) - place) ** 2)
    out: dict[Right, Left] = {}
    for one, other in nx.max_weight_matching(graph):
        (_, left), (_, right) = sorted((one, other), key=lambda node: str(node[0]))
        out[right] = left
    return out


def components(pairs: Collection[tuple[Left, Right]]) -> Iterator[tuple[list[Left], list[Right]]]:
    """Give what hangs together: lefts and rights that can change places, in the order of the pairs."""
    graph = _graph(pairs)
    lefts, rights = (list(dict.fromkeys(side)) for side in zip(*pairs, strict=True)) if pairs else ([], [])
    for nodes in nx.connected_components(graph):
        yield [n for n in lefts if ("left", n) in nodes], [n for n in rights if ("right", n) in nodes]


def essential(pairs: Collection[tuple[Left, Right]]) -> set[Right]:
    """Give the rights that every largest assignment uses: of two objects for one create, neither; of two for two, both.

    A right that some largest assignment leaves out is reached, from one that this one leaves out, by a path that is in turn outside and
    inside of it (Dulmage and Mendelsohn).
    """
    graph = _graph(pairs)
    top = {node for node in graph if node[0] == "left"}
    matched: dict[Any, Any] = {}
    for nodes in nx.connected_components(graph):
        matched |= nx.bipartite.hopcroft_karp_matching(graph.subgraph(nodes), nodes & top)
    reached = {node for node in graph if node[0] == "right" and node not in matched}
    waiting = list(reached)
    while waiting:
        for left in graph[waiting.pop()]:
            right = matched.get(left)
            if right is not None and right not in reached:
                reached.add(right)
                waiting.append(right)
    return {node[1] for node in graph if node[0] == "right" and node not in reached}


def _graph(pairs: Collection[tuple[Left, Right]]) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_edges_from((("left", left), ("right", right)) for left, right in pairs)
    return graph
