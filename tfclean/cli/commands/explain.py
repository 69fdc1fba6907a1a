"""``tfclean explain``: objects, evidence and a cloud (or an inventory) in; what is known about them out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError, NothingToGoOn

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "explain",
        "OBJECT [OBJECT...] [PATH...] [OPTION...]",
        "Tell why an object is, or is not, the job's, what else it could have been,\n"
        "what holds it, what it holds, and what a destroy would do to it. Deletes\nnothing.",
        """\
What follows the first OBJECT is a PATH if there is such a file, or if it is a
URL or -, and another object if not.

examples:
  tfclean explain 3f2504e0                      the start of an id will do
  tfclean explain 'openstack_compute_instance_v2.node["a"]' apply.log
  tfclean explain 'port worker-1' 'server worker-1' job/
  tfclean explain "port 3f2504e0-..."           where an id is used twice""",
    )
    made.add_argument("subject", metavar="OBJECT", help="id, start of one, Terraform address, or name; its kind may stand before it")
    arguments.evidence(made, offline=True, beside="another OBJECT, or a ")
    arguments.policy(made)
    arguments.output(made, "explanation")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    subjects, paths = arguments.apart(args, [args.subject])
    session = Session("explain", args, terminal, document="explanation")
    try:
        with terminal.listing() as listing:
            told = verbs.explanations(subjects, paths, cloud=args.os, inventory=args.inventory, on_list=listing, **arguments.chosen(args))
    except (InputError, NothingToGoOn) as error:
        if len(subjects) == 1:
            raise
        raise type(error)(f"{error}; taken for objects, as there are no such files: {', '.join(subjects[1:])}") from error
    first = told[0]
    findings = [each.finding for each in told]
    session.outputs.emit(
        lambda report: report.explanations(findings, first.judgement, first.plan), session.context(first.judgement.inventory)
    )
    return 0
