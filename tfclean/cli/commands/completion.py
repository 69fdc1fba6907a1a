"""``tfclean completion``: the name of a shell in, what it is to be told for the Tab key out."""

from __future__ import annotations

import argparse

from tfclean.cli import arguments
from tfclean.cli.terminal import Terminal

CLOUD = False
SHELLS = ("bash", "zsh", "fish")


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "completion",
        "SHELL",
        "Print a script that has a shell complete commands, options, formats and files.",
        """\
A new shell reads it: bash with the package bash-completion; zsh, if the
directory is in $fpath before compinit.

examples:
  tfclean completion bash > ~/.local/share/bash-completion/completions/tfclean
  tfclean completion zsh > ~/.zfunc/_tfclean
  tfclean completion fish > ~/.config/fish/completions/tfclean.fish""",
    )
    made.add_argument("shell", metavar="SHELL", choices=SHELLS, help="bash, zsh or fish")
    made.add_argument("-v", "--verbose", action="store_true", help="show where a fault of tfclean's own happened")
    made.add_argument("--no-color", action="store_true", help=argparse.SUPPRESS)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    from tfclean.cli.completion import script  # noqa: PLC0415 - shtab is needed here alone

    terminal.write(script(args.shell))
    return 0
