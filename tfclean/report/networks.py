"""A judgement in; the network that each object lives on out. Pure."""

from __future__ import annotations

from collections import defaultdict

from tfclean.model import EdgeType, Judgement, Key

NETWORK = "network.network"
OUTWARDS = (EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.IMPLIED_BY, EdgeType.BREAKS)
"""Ties that lead from an object to what it lives on."""


class Networks:
    """Tells which network an object lives on.

    Args:
        judgement: what was found.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._findings = judgement.findings
        self._out: dict[Key, list[Key]] = defaultdict(list)
        for edge in judgement.edges:
            if edge.type in OUTWARDS:
                self._out[edge.source].append(edge.target)
        self._found: dict[Key, Key | None] = {}

    def of(self, key: Key) -> str:
        """Give the name of the network, or its id if it has none; empty for what lives on none, and for a network itself."""
        network = None if key.kind == NETWORK else self._reached(key)
        if network is None:
            return ""
        finding = self._findings.get(network)
        return (finding.name if finding else "") or network.id

    def _reached(self, key: Key) -> Key | None:
        """Give the first network along the ties outwards."""
        if key not in self._found:
            line, seen = [key], {key}
            for here in line:  # grows while it is gone through
                if here.kind == NETWORK:
                    break
                ends = [end for end in sorted(self._out.get(here, ())) if end not in seen]
                line += ends
                seen.update(ends)
            self._found[key] = next((k for k in line if k.kind == NETWORK), None)
        return self._found[key]
