"""``tfclean man``: the name of a command in, its manual page out."""

from __future__ import annotations

import argparse

from tfclean.cli import arguments
from tfclean.cli.terminal import Terminal

CLOUD = False


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "man",
        "[COMMAND]",
        "Print the manual page of a command, or of tfclean, for man.",
        """\
examples:
  tfclean man destroy | man -l -
  tfclean man > ~/.local/share/man/man1/tfclean.1""",
    )
    made.add_argument("command", metavar="COMMAND", nargs="?", help="one of tfclean's commands; none: tfclean as a whole")
    made.add_argument("-v", "--verbose", action="store_true", help="show where a fault of tfclean's own happened")
    made.add_argument("--no-color", action="store_true", help=argparse.SUPPRESS)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    from tfclean.cli.manual import command_page, overview_page  # noqa: PLC0415 - not for the help of this command
    from tfclean.cli.roff import roff  # noqa: PLC0415

    terminal.write(roff(command_page(args.command) if args.command else overview_page()))
    return 0
