"""``tfclean.toml``, or ``[tool.tfclean]`` of ``pyproject.toml``, in; defaults for the options of a command out.

Keys are the long names of options, and ``paths``, ``cloud`` and ``region``. They stand at the top for every command that has them, or in a
table of the command's name, which comes before. What is given on the command line comes before both; only lists that protect add up, for
nothing that is given may take protection away. Paths are meant from the directory of the file. What stands at the top and does not fit a
command, an option that it lacks or an output that it has no form for, is passed over there. Nothing in it approves or widens a deletion.
"""

from __future__ import annotations

import argparse
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tfclean.cli.arguments import count
from tfclean.cli.commands import COMMANDS, Command, load
from tfclean.errors import InputError
from tfclean.report.registry import FORMATS
from tfclean.verbs.files import read_text

FILE, SHARED_FILE = "tfclean.toml", "pyproject.toml"
PATHS = frozenset({"paths", "protect", "baseline", "var-file", "ignore-file", "output", "two-looks", "directory"})
"""Keys whose values are paths."""
ADDING = frozenset({"keep", "keep-tag", "protect", "var-file"})
"""Lists of which the file's and the command line's add up: those that protect, and files of variables, of which the later one wins."""
PLACES = frozenset({"cloud", "region"})
"""Keys that are options of openstacksdk; `OS_*` variables come before them."""
ENOUGH = ("OS_CLOUD", "OS_AUTH_URL")
"""Variables by which the environment says which cloud is meant."""

_ONE = "it belongs to a single run; give it on the command line"
_WIDER = "it widens what is deleted, and that is asked for run by run; give it on the command line"
NEVER: Mapping[str, str] = {
    "auto-approve": "a file cannot approve what it has not seen; give it on the command line",
    "force": _WIDER,
    "include-possible": _WIDER,
    "also": _WIDER,
    "ignore-lock": "a lock is judged when it is met; give it on the command line",
    "allow-side-effects": _WIDER,
    "repair": _WIDER,
    "cleanup": _WIDER,
    "var": "it belongs to a single run; give it on the command line, or name a var-file",
    "json": 'write output = ["json"]',
    **dict.fromkeys(("serve", "port"), "the demo reads no settings"),
    **dict.fromkeys(("out", "inventory", "journal", "undo", "config", "no-config", "dry-run", "all", "help"), _ONE),
}
"""Options that no file sets, with the reason."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a file says.

    Attributes:
        path: the file; empty if there is none.
        table: its keys.
        text: of the file, to tell lines.
        prefix: the table in which the keys stand, as the file spells it.
    """

    path: str = ""
    table: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    prefix: str = ""

    def prepare(self, name: str, command: Command, parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], None]:
        """Set defaults of `parser`.

        Args:
            name: of the command.
            command: its module.
            parser: its parser.

        Returns:
            What fills in, after parsing, lists that the command line replaces, and the place.

        Raises:
            InputError: a key is unknown, is never set by a file, or has a value that does not fit.
        """
        self.check()
        own = self.table.get(name)
        chosen = {k: (v, "") for k, v in self.table.items() if not isinstance(v, Mapping)}
        chosen |= {k: (v, name) for k, v in (own.items() if isinstance(own, Mapping) else ())}
        actions = _actions(parser)
        later: dict[str, Any] = {}
        place: dict[str, str] = {}
        for key, (value, table) in chosen.items():
            if key in PLACES:
                place["region_name" if key == "region" else key] = value
            elif key in actions and key not in getattr(command, "NOT_FROM_SETTINGS", ()):
                action = actions[key]
                read = self._read(action, key, value, table)
                if isinstance(read, list) and key not in ADDING:
                    later[action.dest] = read
                else:
                    parser.set_defaults(**{action.dest: read})

        def fill(args: argparse.Namespace) -> None:
            args.usual_paths = later.get("paths", [])
            common = "output" in chosen and not chosen["output"][1]
            args.usual_output = later.get("output") if common else None
            for dest, value in later.items():
                if not getattr(args, dest):
                    setattr(args, dest, value)
            if command.CLOUD and not args.os.keys() & {"cloud", "auth_url"} and not any(map(os.environ.get, ENOUGH)):
                args.os = {**place, **args.os}

        return fill

    def check(self) -> None:
        """Refuse what no command knows, and values of a wrong type, wherever they stand.

        Raises:
            InputError: naming file, line and key.
        """
        everything: dict[str, argparse.Action] = {}
        for key, value in self.table.items():
            if isinstance(value, Mapping) and key in COMMANDS:
                known = _actions(load(key).parser())
                for inner, item in value.items():
                    self._check(inner, item, key, known)
            else:
                everything = everything or {k: a for name in reversed(COMMANDS) for k, a in _actions(load(name).parser()).items()}
                self._check(key, value, "", everything)

    def _check(self, key: str, value: Any, table: str, known: Mapping[str, argparse.Action]) -> None:
        if key in NEVER:
            raise self._wrong(key, table, f"cannot be set in a file: {NEVER[key]}")
        if key in PLACES:
            if not isinstance(value, str) or not value:
                raise self._wrong(key, table, "must be a text")
        elif key not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - for a typing error only

            names = [*known.keys() - NEVER.keys(), *PLACES, *([] if table else COMMANDS)]
            found = get_close_matches(key, names, 1)
            of = f"of tfclean {table}" if table else "of any command"
            raise self._wrong(key, table, f"is no option {of}" + (f'; did you mean "{found[0]}"?' if found else ""))
        else:
            self._read(known[key], key, value, table)

    def _read(self, action: argparse.Action, key: str, value: Any, table: str) -> Any:
        """Give a value as the command line would give it."""
        if action.nargs == 0:
            if not isinstance(value, bool):
                raise self._wrong(key, table, "must be true or false")
            return value
        many = action.nargs == "*" or isinstance(action.default, list) or key == "var-file"
        if many:
            items = [value] if isinstance(value, str) else value
            if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
                raise self._wrong(key, table, "must be a list of texts")
            if key == "output" and (strange := [name for item in items if (name := item.partition("=")[0]) not in FORMATS]):
                raise self._wrong(key, table, f'has no format "{strange[0]}"; the formats are {", ".join(FORMATS)}')
            read = [self._one(action, key, self._placed(key, item), table) for item in items]
            return [("var-file", item) for item in read] if key == "var-file" else read
        whole = action.type is count
        fits = isinstance(value, int) if whole else isinstance(value, str) or (action.type is not None and isinstance(value, int | float))
        if not fits or isinstance(value, bool) or value == "":
            raise self._wrong(key, table, "must be a whole number" if whole else "must be a text")
        return self._one(action, key, self._placed(key, str(value)), table)

    def _one(self, action: argparse.Action, key: str, text: str, table: str) -> Any:
        if action.choices is not None and text not in action.choices:
            raise self._wrong(key, table, f"must be one of {', '.join(map(str, action.choices))}")
        if not callable(action.type):
            return text
        try:
            return action.type(text)
        except (argparse.ArgumentTypeError, ValueError, TypeError) as error:
            raise self._wrong(key, table, str(error)) from None

    def _placed(self, key: str, text: str) -> str:
        """Give a path as it is meant from here."""
        format_, equals, path = text.partition("=") if key == "output" else ("", "", text)
        outside = key not in PATHS or not path or path == "-" or "://" in path
        return text if outside else f"{format_}{equals}{Path(self.path).parent / path}"

    def _wrong(self, key: str, table: str, what: str) -> InputError:
        line = line_of(self.text, ".".join(part for part in (self.prefix, table) if part), key)
        where = f"{self.path}, line {line}" if line else self.path
        return InputError(f"{where}: {f'{table}.' if table else ''}{key} {what}")


def find(given: str | None, *, none: bool = False) -> Settings:
    """Read the settings that hold here.

    Args:
        given: the file; None: ``tfclean.toml`` or ``pyproject.toml`` of the current directory.
        none: read none.

    Raises:
        InputError: a file cannot be read, or both of them have settings.
    """
    if none:
        return Settings()
    if given is not None:
        return _load(given, shared=Path(given).name == SHARED_FILE, asked=True)
    own = _load(FILE) if os.path.lexists(FILE) else Settings()
    shared = _load(SHARED_FILE, shared=True) if os.path.lexists(SHARED_FILE) else Settings()
    if own.path and shared.path:
        raise InputError(f"both {FILE} and [tool.tfclean] of {SHARED_FILE} have settings; keep one of them, or choose with --config FILE")
    return own if own.path else shared


def _load(path: str, *, shared: bool = False, asked: bool = False) -> Settings:
    text = read_text(path)
    if shared and not asked and "tfclean" not in text:
        return Settings()  # whether it is well formed is not for us to say
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is no TOML: {error}") from None
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply") from None
    if not shared:
        return Settings(path, document, text)
    tool = document.get("tool")
    table = tool.get("tfclean") if isinstance(tool, dict) else None
    if table is None:
        if asked:
            raise InputError(f"{path}: has no table [tool.tfclean]")
        return Settings()
    if not isinstance(table, dict):
        raise InputError(f"{path}: tool.tfclean must be a table")
    return Settings(path, table, text, "tool.tfclean")


def line_of(text: str, table: str, key: str) -> int | None:
    """Give the line on which a key stands, as far as that can be told without a parser of one's own."""
    here = ""
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+\s*(?:#.*)?$", line)
        if head:
            here = _bare(head[1])
            if here == ".".join(part for part in (table, key) if part):
                return number
            continue
        found = re.match(r"\s*([^=#\"']+|\"[^\"]*\"|'[^']*')\s*=", line)
        if found and ".".join(part for part in (here, _bare(found[1])) if part) == ".".join(part for part in (table, key) if part):
            return number
    return None


def _bare(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _actions(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Give what a file can set, by key: options by their long name, and evidence."""
    return dict(_named(parser))


def _named(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    for action in parser._actions:
        if not action.option_strings and action.dest == "paths":
            yield "paths", action
        for option in action.option_strings:
            if option.startswith("--"):
                yield option[2:], action
