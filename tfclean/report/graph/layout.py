"""A drawing in, a place for each of its nodes out: in layers from top to bottom, one lane for each group. Pure, and deterministic.

What must go first stands in a higher layer. Each group has a lane of its own, as wide as it must be, so that groups never cross; within
a lane the nodes of a layer are ordered by the middle of what they are tied to (the barycentre), sweep by sweep, and broken into rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tfclean.report.graph.drawing import Drawing

if TYPE_CHECKING:
    import networkx as nx

SWEEPS = 12
COLUMNS = 6
"""Nodes side by side in one lane; more of them in one layer begin another row."""
WIDEST = 11
"""Columns of all lanes together, beyond which wide lanes get narrower, down to three columns."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places on a grid.

    Attributes:
        places: for each node its column (a fraction where a row is centred) and its row, counted from 0.
        lanes: for each group that has nodes its first column, its columns, its first row and its last row.
        columns: width of the whole.
        rows: height of the whole.
    """

    places: tuple[tuple[float, int], ...]
    lanes: Mapping[str, tuple[int, int, int, int]]
    columns: int
    rows: int


def layout(drawing: Drawing) -> Layout:
    """Give each node of `drawing` its place."""
    layers = _layers(drawing)
    lanes = _lanes(drawing)
    cells: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, node in enumerate(drawing.nodes):
        cells[node.group, layers[number]].append(number)
    widest = {group: max((len(c) for (g, _), c in cells.items() if g == group), default=0) for group in lanes}
    fitting = (n for n in range(COLUMNS, 3, -1) if sum(min(w, n) for w in widest.values()) <= WIDEST)
    columns = next(fitting, 3)
    width = {group: min(widest[group], columns) for group in lanes}
    first: dict[str, int] = {}
    total = 0
    for group in lanes:
        first[group] = total
        total += width[group]
    _order(drawing, cells, first, width)
    top: dict[int, int] = {}
    row = 0
    for layer in range(max(layers, default=-1) + 1):
        top[layer] = row
        row += max((-(-len(c) // width[g]) for (g, lay), c in cells.items() if lay == layer), default=0)
    places: list[tuple[float, int]] = [(0.0, 0)] * len(drawing.nodes)
    spans: dict[str, list[int]] = defaultdict(list)
    for (group, layer), members in cells.items():
        for start in range(0, len(members), width[group]):
            line = members[start : start + width[group]]
            at = top[layer] + start // width[group]
            spans[group].append(at)
            for offset, number in enumerate(line):
                places[number] = first[group] + (width[group] - len(line)) / 2 + offset, at
    boxes = {group: (first[group], width[group], min(spans[group]), max(spans[group])) for group in lanes}
    return Layout(tuple(places), boxes, total, row)


def _layers(drawing: Drawing) -> list[int]:
    """Put each node one layer above the highest of those that it holds."""
    import networkx as nx  # noqa: PLC0415 - not for --help

    order = _order_of(drawing)
    height: dict[int, int] = {}
    for number in reversed(list(nx.lexicographical_topological_sort(order))):
        height[number] = 1 + max((height[below] for below in order.successors(number)), default=-1)
    highest = max(height.values(), default=0)
    # What is tied to nothing would stand among what everything hangs on: it stands on top, where there is room.
    return [highest - height[n] if order.degree(n) else 0 for n in range(len(drawing.nodes))]


def _order_of(drawing: Drawing) -> nx.DiGraph[int]:
    """Give the ties that say what stands above what, without circles: of those the weakest ties are left out, and then what leads back."""
    import networkx as nx  # noqa: PLC0415 - not for --help

    ties = [link for link in drawing.links if link.stroke.orders]
    order: nx.DiGraph[int] = nx.DiGraph()
    order.add_nodes_from(range(len(drawing.nodes)))
    order.add_edges_from((link.source, link.target) for link in ties)
    circle = _circles(order)
    strong = {(link.source, link.target) for link in ties if link.stroke.weight > 1}
    weak = [(a, b) for a, b in order.edges if a in circle and circle[a] == circle.get(b) and (a, b) not in strong]
    order.remove_edges_from(weak)
    circle = _circles(order)
    order.remove_edges_from([(a, b) for a, b in order.edges if a in circle and circle[a] == circle.get(b) and a > b])
    return order


def _circles(order: nx.DiGraph[int]) -> dict[int, int]:
    """Number the circles of `order`, and give the number for each node that is in one."""
    import networkx as nx  # noqa: PLC0415 - not for --help

    found = (part for part in nx.strongly_connected_components(order) if len(part) > 1)
    return {node: number for number, part in enumerate(found) for node in part}


def _lanes(drawing: Drawing) -> list[str]:
    """Order the groups so that those with many ties between them are neighbours: swap two as long as that shortens the ties."""
    groups = [g for g in ("", *drawing.groups) if any(node.group == g for node in drawing.nodes)]
    ties: dict[tuple[str, str], int] = defaultdict(int)
    for link in drawing.links:
        ties[drawing.nodes[link.source].group, drawing.nodes[link.target].group] += 1

    def length(order: Sequence[str]) -> int:
        at = {group: number for number, group in enumerate(order)}
        return sum(abs(at[one] - at[other]) * count for (one, other), count in ties.items())

    best = length(groups)
    for _ in range(min(len(groups), SWEEPS)):
        before = best
        for number in range(len(groups) - 1):
            swapped = [*groups[:number], groups[number + 1], groups[number], *groups[number + 2 :]]
            if length(swapped) < best:
                groups, best = swapped, length(swapped)
        if best == before:
            break
    return groups


def _order(drawing: Drawing, cells: Mapping[tuple[str, int], list[int]], first: Mapping[str, int], width: Mapping[str, int]) -> None:
    """Sort the nodes of each cell by the middle of what they are tied to."""
    near: dict[int, list[int]] = defaultdict(list)
    for link in drawing.links:
        near[link.source].append(link.target)
        near[link.target].append(link.source)
    at: dict[int, float] = {}

    def place(group: str, members: Sequence[int]) -> None:
        for offset, number in enumerate(members):
            at[number] = first[group] + width[group] * (offset + 0.5) / len(members)

    for (group, _), members in cells.items():
        place(group, members)
    down = sorted(cells, key=lambda cell: (cell[1], cell[0]))
    for sweep in range(SWEEPS):
        for group, layer in down if sweep % 2 == 0 else down[::-1]:
            members = cells[group, layer]
            middle = {n: sum(at[m] for m in near[n]) / len(near[n]) if near[n] else at[n] for n in members}
            members.sort(key=lambda n: (round(middle[n], 6), n))
            place(group, members)
