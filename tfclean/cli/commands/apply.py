"""``tfclean apply``: a plan's file in, exactly its steps carried out."""

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
        "apply",
        "FILE [OPTION...]",
        "Carry out exactly the plan in FILE. What changed since is refused, by name.",
        """\
Every guard is asked again against the live cloud; no step is added.

examples:
  tfclean plan job/ --out p
  tfclean apply p                         asks before it deletes
  tfclean apply p --auto-approve --timeout 30m""",
    )
    made.add_argument("plan", metavar="FILE", help="written by tfclean plan --out")
    arguments.protecting(arguments.limits(made))
    arguments.running(made)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    with Deletion(Session("apply", args, terminal, document="result")) as deletion:
        return deletion.finish(verbs.apply(args.plan, cloud=args.os, protect=args.protect, **arguments.limited(args), **deletion.options()))
