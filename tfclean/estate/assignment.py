"""Which object came of which create, where several of both meet: at most one object for each create, and one create for each object.

In: pairs that fit. Out: the assignment that explains most, and the objects that no equally large assignment can do without.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import networkx as nx

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def best(pairs: Mapping[tuple[Left, Right], int]) -> dict[Right, Left]:
    """Give the assignment of greatest weight, right to left.

    Args:
        pairs: what fits, with how much it explains (more than 0); of assignments that are as good, the one whose pairs come first.
    """
    lefts, rights = _sides(pairs)
    row, column = ({node: place for place, node in enumerate(side)} for side in (lefts, rights))
    # Of equals the first: a weight of its own for each pair, too small to outweigh anything.
    small = len(pairs) ** 3 + 1
    costs = [[0] * max(len(lefts), len(rights)) for _ in lefts]
    for place, ((left, right), weight) in enumerate(pairs.items()):
        costs[row[left]][column[right]] = -weight * small - (len(pairs) - place) ** 2
    chosen = ((lefts[at], rights[to]) for to, at in _cheapest(costs).items() if to < len(rights))
    return {right: left for left, right in chosen if (left, right) in pairs}


def _cheapest(costs: Sequence[Sequence[int]]) -> dict[int, int]:
    """Give the cheapest assignment of all rows to columns, column to row (Kuhn and Munkres, by shortest augmenting paths).

    Networkx's matching of general graphs takes minutes where a few hundred of each side fit each other; this takes seconds.
    """
    width = len(costs[0]) if costs else 0
    by_row, by_column = [0] * len(costs), [0] * width
    taken: dict[int, int] = {}
    for start in range(len(costs)):
        reach: list[float] = [math.inf] * width
        before = [-1] * width
        done: dict[int, int] = {}
        at, last = start, -1
        while True:
            for to in range(width):
                if to not in done:
                    cost = costs[at][to] - by_row[at] - by_column[to]
                    if cost < reach[to]:
                        reach[to], before[to] = cost, last
            last = min((to for to in range(width) if to not in done), key=reach.__getitem__)
            step = int(reach[last])
            by_row[start] += step
            for to, there in done.items():
                by_row[there] += step
                by_column[to] -= step
            for to in range(width):
                if to not in done:
                    reach[to] -= step
            if last not in taken:
                break
            at = done[last] = taken[last]
        while last >= 0:
            taken[last] = taken[before[last]] if before[last] >= 0 else start
            last = before[last]
    return taken


def components(pairs: Collection[tuple[Left, Right]]) -> Iterator[tuple[list[Left], list[Right]]]:
    """Give what hangs together: lefts and rights that can change places, in the order of the pairs."""
    graph = _graph(pairs)
    lefts, rights = _sides(pairs)
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


def _sides(pairs: Collection[tuple[Left, Right]]) -> tuple[list[Left], list[Right]]:
    return list(dict.fromkeys(left for left, _ in pairs)), list(dict.fromkeys(right for _, right in pairs))


def _graph(pairs: Collection[tuple[Left, Right]]) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_edges_from((("left", left), ("right", right)) for left, right in pairs)
    return graph
