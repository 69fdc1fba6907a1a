"""What several commands' parsers have in common: groups of options, and the types of their values."""

from __future__ import annotations

import argparse
import os
import re
import textwrap
from collections.abc import Sequence
from typing import Any, NoReturn

from tfclean.errors import UsageError
from tfclean.report.registry import FORMATS, LACKING
from tfclean.report.text import joined

DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|)", re.ASCII)
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
AGE = re.compile(r"(\d+(?:\.\d+)?)([smhd])", re.ASCII)
AGES = {**UNITS, "d": 86400}


class Parser(argparse.ArgumentParser):
    """An argparse parser whose mistakes are `UsageError`, without abbreviations, and 80 columns wide."""

    def __init__(self, command: str, usage: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"tfclean {command}",
            usage=f"tfclean {command} {usage}",
            description=description,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=_Help,
        )
        self.command = command

    def error(self, message: str) -> NoReturn:
        """Raise what the caller tells in one sentence."""
        text = message.replace("unrecognized arguments:", "does not know").removesuffix(", PATH")  # a path may always be left out
        similar = self._similar(message)
        raise UsageError(f"{self.command}: {text}{similar}{' See' if similar else '; see'} tfclean {self.command} --help")

    def _similar(self, message: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415 - for a typing error only

        known = [o for action in self._actions for o in action.option_strings if o.startswith("--")]
        for word in (w.rstrip(":") for w in message.split()):
            found = get_close_matches(word.partition("=")[0], known, 1) if word.startswith("--") and word not in known else []
            if found:
                return f"; did you mean {found[0]}?"
        return ""


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=79)

    def _split_lines(self, text: str, width: int) -> list[str]:
        # What stands there is to be typed: do-not-delete on two lines is not.
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


def duration(text: str) -> float:
    """Read ``90``, ``90s``, ``30m`` or ``1h`` as seconds; several may stand together: ``1h30m``."""
    parts = DURATION.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text or (len(parts) > 1 and any(not u for _, u in parts)):
        raise argparse.ArgumentTypeError(f'"{text}" is no duration; write 90, 90s, 30m or 1h')
    seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    if not seconds:
        raise argparse.ArgumentTypeError("no time at all is too little")
    return seconds


def age(text: str) -> float:
    """Read ``40m``, ``4h``, ``2d`` or ``1h30m`` as seconds; a number without a unit could mean any of them."""
    parts = AGE.findall(text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise argparse.ArgumentTypeError(f'"{text}" is no age; write 40m, 4h, 2d or 1h30m')
    return _some(sum(float(number) * AGES[unit] for number, unit in parts))


def hours(text: str) -> float:
    """Read a number of hours as seconds."""
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise argparse.ArgumentTypeError(f'"{text}" is no number of hours')
    return _some(float(text) * 3600)


def _some(seconds: float) -> float:
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("no time at all is too little" if not seconds else "that is too long")
    return seconds


def share(text: str) -> float:
    """Read ``0.5`` or ``50%`` as a share of one."""
    number, percent = text.removesuffix("%"), text.endswith("%")
    if not re.fullmatch(r"\d+(\.\d+)?", number, re.ASCII) or float(number) > (100 if percent else 1):
        raise argparse.ArgumentTypeError(f'"{text}" is no share; write 0.5 or 50%')
    return float(number) / (100 if percent else 1)


def count(text: str) -> int:
    """Read a number that is not negative."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f'"{text}" is no number')
    return int(text)


class _Variables(argparse._AppendAction):
    """Keeps ``--var`` and ``--var-file`` in the order in which they came: the later one wins."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        del parser
        pairs = [*(getattr(namespace, self.dest, None) or []), ((option_string or "").lstrip("-"), str(values))]
        setattr(namespace, self.dest, pairs)


def apart(args: argparse.Namespace, first: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Tell objects from paths where both may be given: what is there as a file is a path, and so is a URL or ``-``.

    Args:
        args: of a command that was parsed; paths of the settings are evidence, whether they are there or not.
        first: what is an object in any case.

    Returns:
        Objects and paths, each in the order in which they came. Paths that were given replace those of the settings.
    """
    usual: list[str] = getattr(args, "usual_paths", [])
    given = [] if args.paths is usual else args.paths
    paths = [each for each in given if each == "-" or "://" in each or os.path.lexists(each)]
    return [*first, *(each for each in given if each not in paths)], paths or usual


def output(parser: argparse.ArgumentParser, document: str = "") -> None:
    """Add how results are shown: in those formats that have a form for the command's document."""
    formats = [name for name in FORMATS if name not in LACKING.get(document, ())]
    group = parser.add_argument_group("output")
    group.add_argument(
        "-o",
        "--output",
        metavar="FORMAT[=FILE]",
        action="append",
        default=[],
        help=f"{joined(formats, 'or')}; repeatable. With a file, the console stays on stdout",
    )
    group.add_argument("--json", dest="output", action="append_const", const="json", help="the same as -o json")
    group.add_argument("-v", "--verbose", action="store_true", help="list what is otherwise only counted")
    group.add_argument("--no-color", action="store_true", help="no colour, as with NO_COLOR or TERM=dumb")


def evidence(parser: argparse.ArgumentParser, *, offline: bool, default: str = ".", beside: str = "") -> None:
    """Add what is read and judged; `beside`: what may stand among the paths, as the help names it."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help=f"{beside}directory, state, backup, plan, log, URL; - is standard input; default: {default}",
    )
    group = parser.add_argument_group("evidence")
    group.add_argument("--var", metavar="NAME=VALUE", dest="variables", action=_Variables, help="a variable of the run, as for Terraform")
    group.add_argument("--var-file", metavar="FILE", dest="variables", action=_Variables, help="a file of variables; TF_VAR_* are read too")
    protecting(group)
    group.add_argument("--baseline", metavar="FILE", help="an inventory from before the run: what is in it is not the run's")
    if offline:
        group.add_argument("--inventory", metavar="FILE", help="use this inventory and ask no cloud; nothing can be deleted by it")


def protecting(group: argparse._ArgumentGroup) -> None:
    """Add what is other jobs'."""
    group.add_argument(
        "--protect", metavar="PATH", action="append", default=[], help="traces of another job: what it manages is never touched; repeatable"
    )


def keeping(parser: argparse.ArgumentParser) -> None:
    """Add what stays, and is no problem, whatever else is asked."""
    group = parser.add_argument_group("what stays")
    group.add_argument(
        "--keep-tag",
        metavar="NAME",
        dest="keep_tags",
        action="append",
        default=[],
        help="also keep what has this tag, metadata key or KEY=VALUE; repeatable, beside tfclean:keep and do-not-delete",
    )
    group.add_argument("--ignore-file", metavar="FILE", help=f"rules on what to leave alone (default: {IGNORE_FILE} here)")


def policy(parser: argparse.ArgumentParser) -> None:
    """Add what may be planned."""
    group = limits(parser)
    group.add_argument(
        "--include-possible",
        action="store_true",
        help="also what only circumstance ties to the job, unless there are more such objects than creates",
    )
    group.add_argument(
        "--also",
        metavar="ID|ADDRESS",
        action="append",
        default=[],
        help="delete it although its owner let go of it (imported, removed); repeatable",
    )
    group.add_argument("--ignore-lock", action="store_true", help="go on although a remote backend says the state is locked")


def limits(parser: argparse.ArgumentParser, *, side_effects: bool = True) -> argparse._ArgumentGroup:
    """Add what may be deleted of any plan, and what stays."""
    keeping(parser)
    group = parser.add_argument_group("what may be deleted")
    group.add_argument(
        "--keep", metavar="ID|REGEX", action="append", default=[], help="keep it: an id, or a pattern for the whole name; repeatable"
    )
    group.add_argument("--max-deletions", metavar="N", type=count, help="refuse to delete more objects than this (default: 500)")
    group.add_argument("--all-or-none", action="store_true", help="delete nothing unless every step's checks pass")
    if side_effects:
        group.add_argument("--allow-side-effects", action="store_true", help="also a group that rules of foreign groups name: they go too")
    return group


def running(parser: argparse.ArgumentParser, *, journal: bool = True) -> None:
    """Add how it is carried out."""
    group = parser.add_argument_group("running")
    group.add_argument("--auto-approve", action="store_true", help="do not ask; needed where there is no terminal")
    group.add_argument(
        "--repair",
        action="store_true",
        help="free what is stuck: remove leftover attachments, repeat a deletion that does not end, or force it",
    )
    group.add_argument("--timeout", metavar="TIME", type=duration, help="start nothing new after this: 90, 90s, 30m, 1h")
    if journal:
        group.add_argument("--journal", metavar="FILE", help="where to keep the journal (default: a new file in .tfclean/)")


def cloud(parser: argparse.ArgumentParser) -> None:
    """Add what help says of the cloud and of the file of settings; the options themselves are taken out before."""
    parser.add_argument_group("cloud", "OS_* variables, or --os-cloud NAME and any other --os-* option of\nopenstacksdk, or --insecure")
    group = parser.add_argument_group("settings")
    group.add_argument(
        "--config",
        metavar="FILE",
        help="defaults for options, as far as they fit (default: tfclean.toml, or [tool.tfclean] of pyproject.toml)",
    )
    group.add_argument("--no-config", action="store_true", help="read no such file")


IGNORE_FILE = ".tfcleanignore"
"""Looked for in the current directory."""

LIMITS = ("keep", "all_or_none", "allow_side_effects", "repair")
POLICY = ("include_possible", "also", "ignore_lock")


def limited(args: argparse.Namespace) -> dict[str, Any]:
    """Give the library's options for what may be deleted of any plan, and what stays."""
    out: dict[str, Any] = {name: getattr(args, name) for name in LIMITS if hasattr(args, name)}
    if getattr(args, "max_deletions", None) is not None:
        out["max_deletions"] = args.max_deletions
    return out | kept(args)


def chosen(args: argparse.Namespace) -> dict[str, Any]:
    """Give the library's options for evidence and policy, as far as the command has them."""
    return limited(args) | {name: getattr(args, name) for name in POLICY if hasattr(args, name)} | traced(args)


def traced(args: argparse.Namespace) -> dict[str, Any]:
    """Give the library's options for evidence."""
    out: dict[str, Any] = {"protect": args.protect, "variables": args.variables or [], **kept(args)}
    return out if args.baseline is None else out | {"baseline": args.baseline}


def kept(args: argparse.Namespace) -> dict[str, Any]:
    """Give the library's options for what stays by wishes that hold for every command; an ignore file here is found by its name."""
    ignore = args.ignore_file or (IGNORE_FILE if os.path.lexists(IGNORE_FILE) else None)
    return {"keep_tags": args.keep_tags} | ({"ignore": ignore} if ignore else {})
