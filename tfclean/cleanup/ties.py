"""Edges, indexed by what the plan and the engine ask of them. In: edges. Out: who holds, contains, made or names whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from tfclean.model import Edge, EdgeType, Key


class Ties:
    """Edges by either end. All mappings give an empty list for objects without such a tie.

    Attributes:
        holders: by the held object: edges from what must be gone before it.
        held: by the holder: the same edges.
        parents: by the part: edges to what it goes with.
        parts: by the whole: the same edges.
        makers: by the implied object: edges to what OpenStack made it for.
        made: by the maker: the same edges.
        named_by: by the named object: edges from what suffers when it goes.
        eased_by: by the object: edges from what had better be gone before it.
    """

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.holders: dict[Key, list[Edge]] = defaultdict(list)
        self.held: dict[Key, list[Edge]] = defaultdict(list)
        self.parents: dict[Key, list[Edge]] = defaultdict(list)
        self.parts: dict[Key, list[Edge]] = defaultdict(list)
        self.makers: dict[Key, list[Edge]] = defaultdict(list)
        self.made: dict[Key, list[Edge]] = defaultdict(list)
        self.named_by: dict[Key, list[Edge]] = defaultdict(list)
        self.eased_by: dict[Key, list[Edge]] = defaultdict(list)
        for edge in edges:
            match edge.type:
                case EdgeType.HOLDS | EdgeType.BREAKS:
                    self.holders[edge.target].append(edge)
                    self.held[edge.source].append(edge)
                case EdgeType.PART_OF:
                    self.parents[edge.source].append(edge)
                    self.parts[edge.target].append(edge)
                case EdgeType.IMPLIED_BY:
                    self.makers[edge.source].append(edge)
                    self.made[edge.target].append(edge)
                case EdgeType.WARNS:
                    self.named_by[edge.target].append(edge)
                case EdgeType.EASES:
                    self.eased_by[edge.target].append(edge)
                case EdgeType.USES:
                    pass

    def before(self, key: Key, goes: Callable[[Key], bool]) -> list[Edge]:
        """Give the edges to `key` from what must be gone before it.

        What holds it by a tie of its own kind need not be gone if that tie goes; if the tie stays too, it is the whole that holds it.

        Args:
            key: the held object.
            goes: tells whether a tie goes, by a step of its own or with another object.
        """
        ways = {e.source: self._between(e) for e in self.holders[key] if e.type is EdgeType.BREAKS}
        open_ = {whole for whole, ties in ways.items() if any(goes(tie) for tie in ties)}
        spared = {tie for ties in ways.values() for tie in ties if not goes(tie)}
        return [e for e in self.holders[key] if e.source not in open_ and e.source not in spared]

    def _between(self, edge: Edge) -> list[Key]:
        """Give the ties by which the source of `edge` holds its target."""
        return [e.source for e in self.holders[edge.target] if any(p.target == edge.source for p in self.parents[e.source])]
