"""Documents in, drawings of them on a stream out: one class for each format."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from tfclean.model import Event, Finding, Inventory, Judgement, Plan, Result
from tfclean.report.base import Report
from tfclean.report.graph import building, flowchart, graphviz, vector
from tfclean.report.graph.drawing import Drawing
from tfclean.report.graph.scope import MOST, Scope


class GraphReport(Report):
    """What all drawings have in common. With ``verbose`` nothing is folded."""

    @abstractmethod
    def written(self, drawing: Drawing) -> str:
        """Give the text of `drawing`."""

    def graph(self, judgement: Judgement, scope: Scope) -> None:
        """Draw an estate, or a part of it."""
        self.stream.write(self.written(building.of_judgement(judgement, scope)))

    def diff(self, judgement: Judgement) -> None:
        """Draw the job's objects, and what touches them."""
        self.graph(judgement, Scope(limit=self._limit))

    def plan(self, plan: Plan, document: Mapping[str, Any]) -> None:
        """Draw what would be deleted in which order, and what is kept."""
        del document
        self.stream.write(self.written(building.of_plan(plan, self._limit)))

    def result(self, result: Result) -> None:
        """Draw how a run ended, and who held what."""
        self.stream.write(self.written(building.of_result(result, self._limit)))

    def inventory(self, inventory: Inventory, document: Mapping[str, Any]) -> None:
        """Draw what is live."""
        del document
        self.stream.write(self.written(building.of_inventory(inventory, self._limit)))

    def explanation(self, finding: Finding, judgement: Judgement, plan: Plan) -> None:
        """Draw one object and its surroundings."""
        self.explanations([finding], judgement, plan)

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan: Plan) -> None:
        """Draw several objects and their surroundings."""
        del plan
        self.graph(judgement, Scope(around=tuple(finding.key for finding in findings), limit=self._limit))

    def journal(self, path: str, plan: Plan, events: Sequence[Event]) -> None:
        """Draw what was to be done, and what became of it."""
        del path
        self.stream.write(self.written(building.of_plan(plan, self._limit, events)))

    @property
    def _limit(self) -> int | None:
        return None if self.look.verbose else MOST


class DotReport(GraphReport):
    """Graphviz' language."""

    def written(self, drawing: Drawing) -> str:
        """Give the text of `drawing`."""
        return graphviz.write(drawing)


class MermaidReport(GraphReport):
    """Mermaid's flowchart."""

    def written(self, drawing: Drawing) -> str:
        """Give the text of `drawing`."""
        return flowchart.write(drawing)


class SvgReport(GraphReport):
    """SVG."""

    def written(self, drawing: Drawing) -> str:
        """Give the text of `drawing`."""
        return vector.write(drawing)
