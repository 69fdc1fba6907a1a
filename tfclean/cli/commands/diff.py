"""``tfclean diff``: evidence and a cloud (or an inventory) in, what differs out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal
from tfclean.report.problems import diff_exit_code

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "diff",
        "[PATH...] [OPTION...]",
        "Compare what Terraform's traces say with what is live. Deletes nothing.",
        """\
It reports drift (changed), missing objects, zombies (the job's, but in no
present state), strangers (put on what is the job's by somebody else), and what
may be the job's. Exit code: 0 in sync, 1 something was found, 3 incomplete.

examples:
  tfclean diff                           the state in this directory
  tfclean diff errored.tfstate apply.log what the two of them say together
  tfclean diff -o console -o json=d.json both, in one run
  tfclean diff --tree                    by module and network
  tfclean diff --inventory i.json        without a cloud""",
    )
    arguments.evidence(made, offline=True)
    arguments.keeping(made)
    arguments.output(made)
    made.add_argument("--tree", action="store_true", help="the console shows modules, and in them networks, with what is wrong there")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    terminal.tree = args.tree
    session = Session("diff", args, terminal)
    with terminal.listing() as listing:
        judgement = verbs.diff(args.paths, cloud=args.os, inventory=args.inventory, on_list=listing, **arguments.chosen(args))
    session.outputs.emit(lambda report: report.diff(judgement), session.context(judgement.inventory))
    return diff_exit_code(judgement)
