"""What every report is: one method for each document. A format is one class, and one line in `registry`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TextIO

from tfclean.errors import UsageError
from tfclean.model import Checkup, Event, Finding, Inventory, Judgement, Key, Plan, Result, Sweep


@dataclass(frozen=True, slots=True)
class Context:
    """What stands at the head of every document.

    Attributes:
        time: the command's one clock, timezone aware.
        cloud: cloud that was asked, for display.
        project: id of the project.
        region: region name.
        version: of tfclean.
        command: the command that is running, such as ``diff``.
        back: what an earlier run did is taken back: the plan tells what, and the result how it went.
        done: targets of steps that an earlier run has done already, by its journal: the plan tells what is left of it.
    """

    time: datetime
    cloud: str = ""
    project: str = ""
    region: str = ""
    version: str = ""
    command: str = ""
    back: bool = False
    done: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """How a report is to look.

    Attributes:
        width: columns to fill.
        colour: escape codes may be used.
        verbose: list what is otherwise only counted.
        terminal: a person sees it as it is written.
        tree: show findings below the modules and networks that they belong to.
    """

    width: int = 80
    colour: bool = False
    verbose: bool = False
    terminal: bool = False
    tree: bool = False


class Report(ABC):
    """One format, written to one stream.

    Args:
        stream: where the document goes.
        context: what stands at its head.
        look: how it is to look; formats for programs ignore it.
    """

    lacks: ClassVar[Mapping[str, str]] = {}
    """Documents that make no sense in this format, by the name of their method; and why, for the end of a sentence."""
    few: ClassVar[frozenset[str]] = frozenset({"checkup"})
    """Documents that only those formats have a form for that bring a method of their own."""

    streams: ClassVar[bool] = False
    """It writes events as they happen; other formats know nothing before the end."""

    def __init__(self, stream: TextIO, context: Context, look: Look | None = None) -> None:
        self.stream = stream
        self.context = context
        self.look = look or Look()

    @abstractmethod
    def diff(self, judgement: Judgement) -> None:
        """Write what is live against what Terraform's traces say."""

    @abstractmethod
    def plan(self, plan: Plan, document: Mapping[str, Any]) -> None:
        """Write what would be deleted, and what is kept; `document` is the plan as its file holds it."""

    def sweep(self, sweep: Sweep, plan: Plan, document: Mapping[str, Any]) -> None:
        """Write which groups go, and what keeps the others; a format that has no form for groups tells the plan."""
        del sweep
        self.plan(plan, document)

    @abstractmethod
    def result(self, result: Result) -> None:
        """Write how a run ended."""

    def event(self, event: Event) -> None:
        """Write what just happened in a run, of which `result` will write the end; only formats that stream are told."""
        del event

    @abstractmethod
    def inventory(self, inventory: Inventory, document: Mapping[str, Any]) -> None:
        """Write what is live; `document` is the inventory as its file holds it."""

    @abstractmethod
    def explanation(self, finding: Finding, judgement: Judgement, plan: Plan) -> None:
        """Write why one object is, or is not, the job's."""

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan: Plan) -> None:
        """Write the same of several objects, one after the other; a format that is one document says how."""
        for finding in findings:
            self.explanation(finding, judgement, plan)

    @abstractmethod
    def journal(self, path: str, plan: Plan, events: Sequence[Event]) -> None:
        """Write what was to be done, and what happened, in order."""

    def checkup(self, checkup: Checkup) -> None:
        """Write what was examined, and what to do. A format that writes one says how."""
        del checkup
        raise UsageError("this output format has no form for a checkup; use console, json, markdown or html")
