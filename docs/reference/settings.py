"""The parsers of all commands, and what is known of files of settings, in; the page on `tfclean.toml` out."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field

from docs.reference.writing import code, prose, table
from tfclean.cli.arguments import count
from tfclean.cli.commands import COMMANDS, load
from tfclean.cli.settings import ADDING, NEVER, PATHS, PLACES

EXAMPLE = """\
cloud = "ci"
protect = ["../network"]
keep = ["bastion.*"]
max-deletions = 60

[destroy]
timeout = "30m"

[sweep]
older-than = "6h"
name = ["ci-[0-9]+.*"]
"""

PAGE = """# Settings

Defaults for a project: `tfclean.toml` of the current directory, or `[tool.tfclean]` of its `pyproject.toml`, or the file that
`--config` names; `--no-config` reads none. Both at once are an error, and so is a key that no command knows, with the line and a
suggestion.

```toml
{example}```

A key is the long name of an option. It stands at the top, for every command that has it, or in a table of the command's name, which
comes before; the command line comes before both. Lists replace each other, save for those that protect ({adding}) and `var-file`,
which add up: what is given takes no protection away. Where a list is wanted, a single text will do.

Paths are meant from the directory of the file: {paths}.

No settings are read by {without}.

## Keys

{keys}

## What no file can set

Nothing in a file approves or widens a deletion.

{never}
"""


@dataclass(slots=True)
class Setting:
    """A key.

    Attributes:
        help: what it means.
        value: what it takes.
        commands: those that have it.
    """

    help: str
    value: str
    commands: list[str] = field(default_factory=list)


def keys() -> dict[str, Setting]:
    """Give every key that a file can set, but those that say which cloud is meant."""
    out: dict[str, Setting] = {}
    for name in COMMANDS:
        module = load(name)
        if not getattr(module, "SETTINGS", module.CLOUD):
            continue
        for action in module.parser()._actions:
            named = [option[2:] for option in action.option_strings if option.startswith("--")]
            for key in named or (["paths"] if action.dest == "paths" else []):
                if key not in NEVER and key not in getattr(module, "NOT_FROM_SETTINGS", ()):
                    text = (action.help or "") % {**vars(action), "prog": ""}
                    out.setdefault(key, Setting(text, _value(action, key))).commands.append(name)
    return out


def _value(action: argparse.Action, key: str) -> str:
    if action.nargs == 0:
        return "true or false"
    if action.nargs == "*" or isinstance(action.default, list) or key == "var-file":
        return "list of texts; adds up with the command line" if key in ADDING else "list of texts"
    return "whole number" if action.type is count else "text"


def page() -> str:
    """Give the page."""
    every = [name for name in COMMANDS if getattr(load(name), "SETTINGS", load(name).CLOUD)]
    rows = [(code(key), told.value, prose(told.help), _commands(told.commands, every)) for key, told in sorted(keys().items())]
    place = [(code(key), "text", "of openstacksdk; `OS_CLOUD` and `OS_AUTH_URL` come before", "all") for key in sorted(PLACES)]
    return PAGE.format(
        example=EXAMPLE,
        adding=", ".join(map(code, sorted(ADDING - {"var-file"}))),
        paths=", ".join(map(code, sorted(PATHS))),
        without=", ".join(code(f"tfclean {name}") for name in COMMANDS if name not in every),
        keys=table(("key", "value", "meaning", "commands"), [*place, *rows]),
        never=table(("key", "why not"), [(code(key), prose(why)) for key, why in sorted(NEVER.items())]),
    )


def _commands(own: list[str], every: list[str]) -> str:
    if own == every:
        return "all"
    missing = [name for name in every if name not in own]
    return f"all but {', '.join(missing)}" if len(missing) <= 3 else ", ".join(own)
