"""``tfclean ARGUMENTS``: finds the command, runs it, and turns whatever goes wrong into one sentence and the right exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tfclean import __version__
from tfclean.cli.argv import Argv, understand
from tfclean.cli.commands import COMMANDS, Command, load
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError, TfcleanError, UsageError

if TYPE_CHECKING:
    from tfclean.cli.settings import Settings

CODES = """\
exit codes:
    0  in sync; or all that was asked for is gone, and that is proven; or a
       plan was made
    1  diff found something; or something is left, or the end is not proven
    2  wrong usage, or input that cannot be read, or evidence that holds nothing
    3  the cloud: authentication, unreachable, inventory incomplete
    4  refused by a guard, a lock, a stale plan, or for want of a yes
    5  time ran out
  130  interrupted; the journal says how to go on
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run tfclean.

    Args:
        argv: arguments without the program's name; those of the process by default.

    Returns:
        The exit code.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    terminal = Terminal()
    try:
        code = _run(arguments, terminal)
    except TfcleanError as error:
        terminal.complain(str(error))
        code = error.exit_code
    except SystemExit as done:  # argparse, after a help text
        code = done.code if isinstance(done.code, int) else 0
    except KeyboardInterrupt:
        terminal.complain("interrupted; nothing was being changed")
        code = 130
    except BrokenPipeError:
        code = 1
    except Exception as error:  # noqa: BLE001 - the last one to see it: a sentence, never a traceback unasked
        code = _unexpected(error, arguments, terminal)
    terminal.close()
    return code


def _run(arguments: list[str], terminal: Terminal) -> int:
    argv = understand(arguments)
    if argv.command is None:
        return _without_command(argv.rest, terminal)
    if argv.command not in COMMANDS:
        similar = _similar(argv.command)
        raise UsageError(f'there is no command "{argv.command}"{similar}{" See" if similar else "; see"} tfclean --help')
    command = load(argv.command)
    parser = command.parser()
    if argv.cloud and not command.CLOUD:
        raise UsageError(f"tfclean {argv.command} asks no cloud: leave --os-{next(iter(argv.cloud)).replace('_', '-')} out")
    settings, fill = _defaults(argv, command, parser)
    # Paths may stand between options, as they may for Terraform.
    args = parser.parse_intermixed_args(argv.rest)
    args.os = argv.cloud
    args.settings = settings
    fill(args)
    terminal.settle(verbose=args.verbose, colour=not args.no_color)
    return command.run(args, terminal)


def _defaults(
    argv: Argv, command: Command, parser: argparse.ArgumentParser
) -> tuple[Settings | InputError | None, Callable[[argparse.Namespace], None]]:
    """Set the defaults that a file of settings gives; for a help text they do not count.

    Returns:
        The settings, or what is wrong with them for the command that tells; and what is to be filled in after parsing.
    """
    wanted = getattr(command, "SETTINGS", command.CLOUD) and not {"--help", "-h"} & set(argv.rest)
    if not wanted:
        return None, lambda _: None
    from tfclean.cli.settings import find  # noqa: PLC0415 - not for --help

    try:
        settings = find(argv.config, none=argv.no_config)
        return settings, settings.prepare(argv.command or "", command, parser)
    except InputError as error:
        if not getattr(command, "TELLS_SETTINGS", False):
            raise
        return error, lambda _: None


def _without_command(rest: list[str], terminal: Terminal) -> int:
    if "--version" in rest:
        terminal.write(f"tfclean {__version__}\n")
        return 0
    if rest and not {"--help", "-h"} & set(rest):
        raise UsageError(f"{rest[0]} needs a command before it; see tfclean --help")
    text = overview()
    if rest:
        terminal.write(text)
        return 0
    terminal.tell(text)
    return 2


def overview() -> str:
    """Give the text of ``tfclean --help``."""
    commands = "\n".join(f"  {name:<10} {summary}" for name, summary in COMMANDS.items())
    return f"""\
usage: tfclean COMMAND [PATH...] [OPTION...]

Clean an OpenStack project of what a Terraform or OpenTofu run left behind.

commands:
{commands}

Each command has a help of its own: tfclean COMMAND --help

A PATH is a directory, or a state, backup, plan, `show -json` or log, told apart
by content, or the URL of an http backend; `-` is standard input. None: the
current directory. Which cloud: OS_* variables, or --os-cloud NAME and all other
--os-* of openstacksdk.

examples:
  tfclean diff                      what is live, against the state here
  tfclean destroy --os-cloud ci     delete what the job left; asks before
  tfclean plan apply.log --out p    only the log survived: look first
  tfclean apply p                   carry out exactly that

{CODES}"""


def _similar(word: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for a typing error only

    found = get_close_matches(word, COMMANDS, 1)
    return f'; did you mean "{found[0]}"?' if found else ""


def _unexpected(error: Exception, arguments: list[str], terminal: Terminal) -> int:
    verbose = {"-v", "--verbose"} & set(arguments)
    hint = "" if verbose else " (-v shows where)"
    terminal.complain(f"unexpected {type(error).__name__}: {error}; this is a bug, please report it{hint}")
    if verbose:
        import traceback  # noqa: PLC0415 - for a bug only

        terminal.tell("".join(traceback.format_exception(error)))
    return 1
