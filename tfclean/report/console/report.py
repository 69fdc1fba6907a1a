"""The console format: every document as text, each told by the module of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfclean.model import Checkup, Event, Finding, Inventory, Judgement, Plan, Result, Sweep
from tfclean.report.base import Report
from tfclean.report.console import checkup, diff, explanation, inventory, journal, plan, result, sweep
from tfclean.report.console.page import Page
from tfclean.report.explanation import gather


class ConsoleReport(Report):
    """Text for people."""

    def diff(self, judgement: Judgement) -> None:
        """Write what is live against what Terraform's traces say."""
        diff.write(self._page(), judgement, self.context, self.look)

    def plan(self, plan_: Plan, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write what would be deleted, and what is kept."""
        plan.write(self._page(), plan_, self.context, self.look)

    def sweep(self, sweep_: Sweep, plan_: Plan, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write which groups go, and what keeps the others."""
        sweep.write(self._page(), sweep_, plan_, self.context, self.look)

    def result(self, result_: Result) -> None:
        """Write how a run ended."""
        result.write(self._page(), result_, self.context, self.look)

    def inventory(self, inventory_: Inventory, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write what is live."""
        inventory.write(self._page(), inventory_, self.context, self.look)

    def explanation(self, finding: Finding, judgement: Judgement, plan_: Plan) -> None:
        """Write why one object is, or is not, the job's."""
        explanation.write(self._page(), [gather(finding, judgement, plan_)], self.context, self.look)

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan_: Plan) -> None:
        """Write the same of several objects: what holds for all is told once."""
        explanation.write(self._page(), [gather(finding, judgement, plan_) for finding in findings], self.context, self.look)

    def journal(self, path: str, plan_: Plan, events: Sequence[Event]) -> None:
        """Write what was to be done, and what happened, in order."""
        journal.write(self._page(), path, plan_, events, self.look)

    def checkup(self, checkup_: Checkup) -> None:
        """Write what was examined, and what to do."""
        checkup.write(self._page(), checkup_, self.context)

    def _page(self) -> Page:
        return Page(self.stream, self.look)
