"""The parsers of all commands in; what a shell offers for a Tab out.

shtab writes the scripts. It wants one parser with all commands below it, and is told there which values are files.
"""

from __future__ import annotations

import argparse

import shtab

from tfclean.cli.commands import COMMANDS, load
from tfclean.report.registry import FORMATS

FILES = frozenset({"PATH", "FILE", "JOURNAL"})
"""What values that are files are called in help texts."""
CLOUD = ("--os-cloud", "--os-region-name", "--os-project-name", "--os-auth-url")
"""The options of openstacksdk that are offered; all of its others are understood too."""
ONE, ANY = '"(*)::', '"*:'


def script(shell: str) -> str:
    """Give the script for a shell.

    Args:
        shell: ``bash``, ``zsh`` or ``fish``.
    """
    written = shtab.complete(combined(), shell).rstrip()
    # shtab has zsh offer one value where any number may stand; its _arguments(1) spells that with a star.
    return f"{written.replace(ONE, ANY) if shell == 'zsh' else written}\n"


def combined() -> argparse.ArgumentParser:
    """Give one parser with every command below it, whose values are told apart by what their help calls them."""
    root = argparse.ArgumentParser(prog="tfclean", allow_abbrev=False)
    root.add_argument("--version", action="store_true", help="print the version")
    below = root.add_subparsers(metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = load(name)
        parser = below.add_parser(name, help=summary, parents=[command.parser()], add_help=False, allow_abbrev=False)
        if command.CLOUD:
            group = parser.add_argument_group("openstacksdk")
            for option in CLOUD:
                group.add_argument(option, metavar="VALUE", help="as for openstack")
        for action in parser._actions:
            _tell(action, getattr(command, "FORMATS", FORMATS))
    return root


def _tell(action: argparse.Action, formats: object) -> None:
    """Say in shtab's way what the values of an option are."""
    if action.metavar == "FORMAT[=FILE]":
        assert isinstance(formats, (tuple, dict))
        action.choices = list(formats)
    elif action.metavar in FILES:
        action.complete = shtab.FILE  # type: ignore[attr-defined]
    elif action.metavar == "DIR":
        action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
