"""``tfclean explain``: one object, evidence and a cloud (or an inventory) in; what is known about it out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "explain",
        "OBJECT [PATH...] [OPTION...]",
        "Tell why one object is, or is not, the job's, what holds it, what it\n"
        "holds, and whether a destroy would delete it. Deletes nothing.",
        """\
examples:
  tfclean explain 3f2504e0                      the start of an id will do
  tfclean explain 'openstack_compute_instance_v2.node["a"]' apply.log
  tfclean explain "network.port 3f2504e0-..."   where an id is used twice""",
    )
    made.add_argument("subject", metavar="OBJECT", help="id, start of one, Terraform address, or name")
    arguments.evidence(made, offline=True)
    arguments.policy(made)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    session = Session("explain", args, terminal, document="explanation")
    told = verbs.explain(args.subject, args.paths, cloud=args.os, inventory=args.inventory, **arguments.chosen(args))
    context = session.context(told.judgement.inventory)
    session.outputs.emit(lambda report: report.explanation(told.finding, told.judgement, told.plan), context)
    return 0
