"""A judgement in; the network that each object lives on out. Pure."""

from __future__ import annotations

from tfclean.kinds.places import PLACES
from tfclean.model import Judgement, Key
from tfclean.report.ties import nearest, targets


class Networks:
    """Tells which network an object lives on.

    Args:
        judgement: what was found.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._findings = judgement.findings
        self._ends = targets(judgement.edges)
        self._found: dict[Key, Key | None] = {}

    def of(self, key: Key) -> str:
        """Give the name of the network, or its id if it has none; empty for what lives on none, and for a network itself."""
        if key not in self._found:
            self._found[key] = None if key.kind in PLACES else nearest((key,), lambda k: k.kind in PLACES, self._ends)
        network = self._found[key]
        if network is None:
            return ""
        finding = self._findings.get(network)
        return (finding.name if finding else "") or network.id
