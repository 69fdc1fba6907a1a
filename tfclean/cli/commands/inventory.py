"""``tfclean inventory``: a cloud in, what is live out."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal
from tfclean.cloud.document import dump
from tfclean.model import GapKind

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "inventory",
        "[OPTION...]",
        "List what is live in the project. Deletes nothing.",
        """\
The file holds no secrets: only what each kind declares, and neither passwords
nor user data. Exit code: 3 if something could not be listed.

examples:
  tfclean inventory -o json=before.json   before the run, for --baseline
  tfclean inventory -o json=i.json        for --inventory, or a bug report""",
    )
    arguments.output(made, "inventory")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    session = Session("inventory", args, terminal)
    with terminal.listing() as listing:
        inventory = verbs.inventory(cloud=args.os, on_list=listing)
    document = dump(inventory)
    session.outputs.emit(lambda report: report.inventory(inventory, document), session.context(inventory))
    return 3 if any(gap.kind is GapKind.NOT_LISTED for gap in inventory.gaps) else 0
