"""The frame of a format that tells outlines: it gets one for each document, and writes it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tfclean.errors import UsageError
from tfclean.model import Checkup, Event, Finding, Inventory, Judgement, Plan, Result, Sweep
from tfclean.report.base import Report
from tfclean.report.explanation import gather
from tfclean.report.outline import diff, explanation, lists, plan, result, sweep
from tfclean.report.outline.nouns import Outline


class OutlineReport(Report):
    """A format that writes every document from its outline."""

    @abstractmethod
    def write(self, outline: Outline) -> None:
        """Write one document."""

    def tell(self, outline: Outline) -> None:
        """Write one document, if this format has a form for it.

        Raises:
            UsageError: it has none.
        """
        if outline.document in self.lacks:
            raise UsageError(self.lacks[outline.document])
        self.write(outline)

    def diff(self, judgement: Judgement) -> None:
        """Write what is live against what Terraform's traces say."""
        self.tell(diff.outline(judgement, self.context))

    def plan(self, plan_: Plan, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write what would be deleted, and what is kept."""
        self.tell(plan.outline(plan_, self.context))

    def sweep(self, sweep_: Sweep, plan_: Plan, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write which groups go, and what keeps the others."""
        self.tell(sweep.outline(sweep_, plan_, self.context))

    def result(self, result_: Result) -> None:
        """Write how a run ended."""
        self.tell(result.outline(result_, self.context))

    def inventory(self, inventory_: Inventory, document: Mapping[str, Any]) -> None:  # noqa: ARG002 - the file's form is for programs
        """Write what is live."""
        self.tell(lists.inventory(inventory_, self.context))

    def explanation(self, finding: Finding, judgement: Judgement, plan_: Plan) -> None:
        """Write why one object is, or is not, the job's."""
        self.explanations([finding], judgement, plan_)

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan_: Plan) -> None:
        """Write the same of several objects, as one document."""
        told = explanation.outline([gather(finding, judgement, plan_) for finding in findings], self.context)
        self.tell(replace(told, subject=judgement, around=tuple(finding.key for finding in findings)))

    def journal(self, path: str, plan_: Plan, events: Sequence[Event]) -> None:
        """Write what was to be done, and what happened, in order."""
        self.tell(lists.journal(path, plan_, events, self.context))

    def checkup(self, checkup: Checkup) -> None:
        """Write what was examined, and what to do."""
        self.tell(lists.checkup(checkup, self.context))
