"""``tfclean plan``: evidence and a cloud (or an inventory) in, what a destroy would do out; with ``--out`` as a file for ``apply``."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cleanup.documents import plan_document
from tfclean.cli import arguments
from tfclean.cli.outputs import check_writable, replacing
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal
from tfclean.model import GapKind
from tfclean.report.base import Report
from tfclean.report.machine import JsonReport

CLOUD = True

NEXT = """
Nothing was deleted. To carry it out: the same as tfclean destroy.
To keep it as it is: --out FILE, and then tfclean apply FILE.
"""
"""What stands below a plan that a person sees."""


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "plan",
        "[PATH...] [--out FILE] [OPTION...]",
        "Show what a destroy would delete, in which order, and why. Deletes nothing.",
        """\
What is certain or probable is deleted; what is only possible stays and counts
as a leftover. Never without being asked by name (--also): what its owner let go
of, imported, or marked as not to be destroyed. Objects with the tag or metadata
"keep", "tfclean:keep" or "do-not-delete" stay.

examples:
  tfclean plan                      what would a destroy do here?
  tfclean plan job/ --out p         keep it, have it reviewed, then:
  tfclean apply p
  tfclean plan --keep 'bastion.*'   leave some alone""",
    )
    arguments.evidence(made, offline=True)
    made.add_argument("--out", metavar="FILE", help="write the plan, for apply; readable by you alone")
    arguments.policy(made)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    session = Session("plan", args, terminal)
    if args.out:
        check_writable(args.out)
    with terminal.listing() as listing:
        plan = verbs.plan(args.paths, cloud=args.os, inventory=args.inventory, on_list=listing, **arguments.chosen(args))
    document = plan_document(plan)
    context = session.context(plan)

    def write(report: Report) -> None:
        report.plan(plan, document)

    session.outputs.emit(write, context)
    if args.out:
        with replacing(args.out, private=True) as stream:
            write(JsonReport(stream, context))
        note = "for reading only: it was made from an inventory" if args.inventory else f"carry it out with: tfclean apply {args.out}"
        terminal.tell(f"Plan written to {args.out}; {note}\n")
    elif plan.steps and session.outputs.console and not args.inventory:
        terminal.tell(NEXT)
    return 3 if any(gap.kind is GapKind.NOT_LISTED for gap in plan.gaps) else 0
