"""``tfclean journal``: a journal's file in, what happened out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal

CLOUD = False


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "journal",
        "FILE [OPTION...]",
        "Show what a run did, in order, with durations and request ids.",
        """\
examples:
  tfclean journal .tfclean/JOURNAL
  tfclean journal .tfclean/JOURNAL -v      looks and waiting too""",
    )
    made.add_argument("path", metavar="FILE", help="the journal")
    arguments.output(made, "journal")
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    session = Session("journal", args, terminal)
    found = verbs.load_journal(args.path)
    session.outputs.emit(lambda report: report.journal(args.path, found.plan, found.events), session.context(found.plan))
    return 0
