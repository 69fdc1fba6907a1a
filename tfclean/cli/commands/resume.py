"""``tfclean resume``: the journal of an interrupted run in; its rest carried out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "resume",
        "JOURNAL [OPTION...]",
        "Go on with a run that was interrupted or killed.",
        """\
It looks at every object first, and adds no step to what was approved then. If
the journal is lost, a fresh destroy comes to the same end.

examples:
  tfclean resume .tfclean/JOURNAL
  tfclean resume .tfclean/JOURNAL --auto-approve""",
    )
    made.add_argument("path", metavar="JOURNAL", help="as the interrupted run named it at its end")
    arguments.limits(made)
    arguments.running(made, journal=False)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    with Deletion(Session("resume", args, terminal)) as deletion:
        return deletion.finish(verbs.resume(args.path, cloud=args.os, **arguments.limited(args), **deletion.options()))
