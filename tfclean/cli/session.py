"""What every command does around its verb: clock, heads of documents; where something is deleted also question, display, signals."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from datetime import UTC, datetime
from textwrap import fill
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tfclean import __version__
from tfclean.cli.outputs import Outputs, check_writable
from tfclean.cli.signals import Stop, end_as_interrupted
from tfclean.cli.terminal import Terminal
from tfclean.errors import Refused
from tfclean.report.base import Context, Report
from tfclean.report.progress import Progress
from tfclean.report.telling import question

if TYPE_CHECKING:
    from tfclean.model import Event, Inventory, Key, Plan, Result


class Session:
    """One command.

    Args:
        command: its name.
        args: what was given.
        terminal: the process's streams.
        document: what it writes, by the name of the method of `Report`; empty if that is the command's.
        back: it takes back what an earlier run did.
        done: targets of the steps that an earlier run has done already.
        console: stdout is for people unless the arguments say otherwise.
    """

    def __init__(
        self,
        command: str,
        args: argparse.Namespace,
        terminal: Terminal,
        *,
        document: str = "",
        back: bool = False,
        done: frozenset[Key] = frozenset(),
        console: bool = True,
    ) -> None:
        self.command = command
        self.back = back
        self.done = done
        self.args = args
        self.terminal = terminal
        self.time = datetime.now(UTC)
        usual = args.output is getattr(args, "usual_output", None)
        self.outputs = Outputs(args.output, terminal, document or command, console=console, usual=usual)
        end_as_interrupted()

    def context(self, about: Inventory | Plan | None = None) -> Context:
        """Make the head of a document, from what the document itself says of where it is from."""
        return Context(
            time=self.time,
            cloud=about.cloud if about else "",
            project=about.project if about else "",
            region=about.region if about else "",
            version=__version__,
            command=self.command,
            back=self.back,
            done=self.done,
        )


class Deletion:
    """The frame of a command that deletes: asks, shows progress, catches signals. A context manager.

    Args:
        session: the command.

    Raises:
        UsageError: the journal that was named cannot be written.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._journal = getattr(session.args, "journal", None)
        if self._journal:
            check_writable(self._journal)
        self._plan: Plan | None = None
        self._stack = ExitStack()
        self._stop = Stop(session.terminal.tell, session.terminal.show_cursor)
        self._progress: Progress | None = None
        self._listing = session.terminal.listing()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._listing)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def options(self) -> dict[str, Any]:
        """Give the library's options for carrying out."""
        args = self._session.args
        out: dict[str, Any] = {
            "on_list": self._listing,
            "on_plan": self._planned,
            "approve": self._approve,
            "on_event": self._show,
            "interrupt": self._stop,
            "timeout": args.timeout,
        }
        if self._journal:
            out["journal"] = self._journal
        return out

    def finish(self, result: Result) -> int:
        """Show how it ended, and give the exit code."""
        self._stack.close()
        session = self._session
        session.outputs.emit(lambda report: report.result(result), session.context(self._plan))
        if not session.outputs.console and result.exit_code in (5, 130) and result.journal:
            session.terminal.complain(f"to go on: tfclean resume {'--undo ' if session.back else ''}{result.journal}")
        return result.exit_code

    def _planned(self, plan: Plan) -> None:
        self._listing.stop()
        self._plan = plan
        session = self._session
        session.outputs.for_person(lambda report: self._tell(report, plan), session.context(plan))

    def _tell(self, report: Report, plan: Plan) -> None:
        """Show what is to be approved."""
        report.plan(plan, {})

    def _approve(self, plan: Plan) -> bool:
        session = self._session
        if not session.args.auto_approve and not self._yes(plan):
            return False
        # From here on calls change the cloud: a signal may no longer tear them off.
        self._stack.enter_context(self._stop)
        self._progress = self._stack.enter_context(Progress(session.terminal.stderr, session.terminal.look(session.terminal.stderr), plan))
        return True

    def _yes(self, plan: Plan) -> bool:
        terminal = self._session.terminal
        if not terminal.interactive:
            done = "changed" if self._session.back else "deleted"
            raise Refused(f"nobody can be asked without a terminal; nothing was {done}; --auto-approve says yes beforehand")
        asked = question(plan, self._session.context(plan))
        lines = fill(asked, terminal.look(terminal.stderr).width, break_long_words=False, break_on_hyphens=False)
        terminal.tell(f'\n{lines}\nOnly "yes" is a yes: ')
        answer = ""
        try:
            answer = terminal.stdin.readline()
        finally:
            if not answer.endswith("\n"):
                terminal.tell("\n")  # what is told next does not stand behind the question
        return answer.strip() == "yes"

    def _show(self, event: Event) -> None:
        self._session.outputs.tell(event, self._session.context(self._plan))
        if self._progress is not None:
            self._progress(event)
