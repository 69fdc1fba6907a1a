"""Name of a command in, its module out. A new command is one file here and one line below.

A command's module has `CLOUD` (whether it asks a cloud), `parser()`, and `run(args, terminal)`, which gives the exit code.
It may have `SETTINGS` (whether a file of settings gives it defaults; else those that ask a cloud are given them) and `NOT_FROM_SETTINGS`
(keys that it does not take from there), and `TELLS_SETTINGS` (what is wrong with that file is a part of its result).
"""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from tfclean.cli.terminal import Terminal

COMMANDS: dict[str, str] = {
    "diff": "state against cloud: drift, missing, zombies",
    "plan": "what a destroy would delete, and why",
    "apply": "carry out exactly a plan that was saved",
    "destroy": "plan, ask, delete, prove: the fallback after terraform destroy",
    "resume": "go on with a run that was interrupted or killed",
    "run": "run terraform so that it can be cleaned up after",
    "sweep": "the janitor: old objects, as whole groups, without any evidence",
    "explain": "why one object is the job's, what holds it, what it holds",
    "graph": "the estate drawn: DOT, Mermaid or SVG",
    "adopt": "import blocks for what is live and in no state",
    "inventory": "what is live, as a file for --inventory and --baseline",
    "journal": "what a run did, in order",
    "doctor": "what is configured, reachable, permitted, and what to do",
    "demo": "the whole story, on an embedded cloud",
    "completion": "what bash, zsh or fish offers for the Tab key",
    "man": "manual pages",
}
"""Commands with a summary each, in the order of help."""


class Command(Protocol):
    """The module of a command."""

    CLOUD: bool

    def parser(self) -> argparse.ArgumentParser:
        """Make its parser."""

    def run(self, args: argparse.Namespace, terminal: Terminal) -> int:
        """Run it; give the exit code."""


def load(name: str) -> Command:
    """Give the module of a command."""
    return cast("Command", import_module(f"tfclean.cli.commands.{name}"))
