"""Places of nodes in; the way of each tie between them out, around the nodes that stand between as far as there is room. Pure."""

from __future__ import annotations

from collections import defaultdict

from tfclean.report.graph.layout import Layout

NODE = (184, 74)
"""Width and height of a node."""
STEP = (212, 128)
"""From one column, and from one row, to the next."""
HEAD = 7
"""Length of an arrow's head."""
ASIDE = 24
"""How far from the middle of a node a tie ends that comes from below or from beside it."""
TRACKS = (0, -4, 4, -8, 8)
"""Offsets of ties that share the way between two columns, each source on a track of its own."""
CROWD = 200
"""More nodes than this between two others, and no way around them is looked for."""
Way = tuple[str, float, float, int]


class Router:
    """Finds the ways of ties.

    Args:
        plan: places of the nodes.
        corner: left and top of the grid.
    """

    def __init__(self, plan: Layout, corner: tuple[float, float]) -> None:
        self._plan = plan
        self._left, self._top = corner
        self._rows: dict[int, list[float]] = defaultdict(list)
        for number, (_, row) in enumerate(plan.places):
            self._rows[row].append(self.corner(number)[0])
        self._tracks: dict[float, list[int]] = defaultdict(list)

    def corner(self, number: int) -> tuple[float, float]:
        """Give the upper left corner of a node."""
        column, row = self._plan.places[number]
        return self._left + column * STEP[0] + (STEP[0] - NODE[0]) / 2, self._top + row * STEP[1]

    def path(self, source: int, target: int) -> Way:
        """Give the way from one node to another: path data, where its head stands, and the angle of that."""
        (sx, sy), (tx, ty) = self.corner(source), self.corner(target)
        half, high = NODE[0] / 2, NODE[1]
        if ty > sy:
            way = self._down((sx + half, sy + high), (tx + half, ty - HEAD), source, target)
            return way, tx + half, ty - HEAD, 90
        x1, x2, y2 = sx + half + ASIDE, tx + half + ASIDE, ty + high + HEAD
        if ty < sy:
            bend = max((sy - y2) / 2, ASIDE)
            return f"M{x1:g} {sy:g}C{x1:g} {sy - bend:g} {x2:g} {y2 + bend:g} {x2:g} {y2:g}", x2, y2, 270
        x1, y1 = sx + half - ASIDE, sy + high
        return f"M{x1:g} {y1:g}C{x1:g} {y1 + 36:g} {x2:g} {y2 + 36:g} {x2:g} {y2:g}", x2, y2, 270

    def _down(self, start: tuple[float, float], end: tuple[float, float], source: int, target: int) -> str:
        (x1, y1), (x2, y2) = start, end
        between = range(self._plan.places[source][1] + 1, self._plan.places[target][1])
        x = self._free(between, x1, x2)
        if not between or x is None:
            bend = max((y2 - y1) / 2, ASIDE)
            return f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"
        if x not in (x1, x2):
            x += self._track(x, source)
        upper, lower = self._top + between[0] * STEP[1] - 6, self._top + between[-1] * STEP[1] + NODE[1] + 6
        bend = (STEP[1] - NODE[1]) / 2
        into = f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x:g} {upper - bend:g} {x:g} {upper:g}"
        return f"{into}L{x:g} {lower:g}C{x:g} {lower + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"

    def _free(self, rows: range, x1: float, x2: float) -> float | None:
        """Give the shortest way straight down through `rows` that touches no node; None if there is none."""
        lefts = [left for row in rows for left in self._rows[row]]
        if len(lefts) > CROWD:
            return None
        gap = (STEP[0] - NODE[0]) / 2
        ways = [x1, x2, *(left - gap for left in lefts), *(left + NODE[0] + gap for left in lefts)]
        free = [x for x in ways if not any(left - 2 < x < left + NODE[0] + 2 for left in lefts)]
        return min(free, key=lambda x: (abs(x - x1) + abs(x - x2), x), default=None)

    def _track(self, x: float, source: int) -> int:
        taken = self._tracks[x]
        if source not in taken:
            taken.append(source)
        return TRACKS[taken.index(source) % len(TRACKS)]
