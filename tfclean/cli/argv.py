"""Raw arguments in; the command, openstacksdk's options and the rest, spelled our way, out.

Terraform's options have one dash, openstacksdk's are too many to list: both are understood here, before argparse sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tfclean.errors import UsageError

CLOUD = re.compile(r"--os-([a-z0-9][a-z0-9-]*)(?:=(.*))?", re.DOTALL)
"""Any option of openstacksdk; it knows itself which ones there are."""

FLAGS = {"-auto-approve": "--auto-approve", "-no-color": "--no-color", "-json": "--json", "-help": "--help", "-version": "--version"}
VALUES = {"-var": "--var", "-var-file": "--var-file", "-out": "--out"}
GLOBAL = frozenset({"-v", "--verbose", "--no-color", "--version", "--help", "-h"})
"""Options that may stand before the command."""


@dataclass(frozen=True, slots=True)
class Argv:
    """What was given.

    Attributes:
        command: the command; None if there is none.
        config: the file of settings that was asked for; None if none was.
        no_config: no file of settings is to be read.
        cloud: openstacksdk's options by name, ``auth_url``.
        rest: all else, in order, with Terraform's forms spelled with two dashes.
    """

    command: str | None
    cloud: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)
    config: str | None = None
    no_config: bool = False


def understand(arguments: list[str]) -> Argv:
    """Sort `arguments`.

    Raises:
        UsageError: an option of openstacksdk lacks its value.
    """
    command: str | None = None
    cloud: dict[str, str] = {}
    rest: list[str] = []
    config: str | None = None
    no_config = False
    waiting = iter(arguments)
    for argument in waiting:
        found = CLOUD.fullmatch(argument)
        if argument == "--":
            rest += [argument, *waiting]
        elif found:
            cloud[found[1].replace("-", "_")] = _value(argument, found[2], next(waiting, None) if found[2] is None else None)
        elif argument.partition("=")[0] == "--config":
            config = _value("--config", *_given(argument, waiting))
        elif argument == "--no-config":
            no_config = True
        elif argument == "--insecure":
            cloud["insecure"] = "true"
        elif command is None and not argument.startswith("-"):
            command = argument
        elif command is None and argument not in GLOBAL | FLAGS.keys():
            raise UsageError(f"{argument} stands before the command; write tfclean COMMAND {argument} ...")
        else:
            rest.append(_spelled(argument))
            # What follows is a value, even if it looks like one of Terraform's options.
            if rest[-1] in TAKES_VALUE and (value := next(waiting, None)) is not None:
                rest.append(value)
    if no_config and config is not None:
        raise UsageError("--config and --no-config: give one of them")
    return Argv(command, cloud, rest, config, no_config)


TAKES_VALUE = frozenset(
    {
        "--var",
        "--var-file",
        "--out",
        "--keep",
        "--keep-tag",
        "--ignore-file",
        "--also",
        "--protect",
        "--baseline",
        "--inventory",
        "--journal",
        "--name",
        "--tag",
        "-o",
        "--output",
    }
)
"""Options whose next argument is theirs."""


def _given(argument: str, waiting: Iterator[str]) -> tuple[str | None, str | None]:
    """Give an option's value that is joined to it, or else the next argument."""
    _, equals, joined = argument.partition("=")
    return (joined, None) if equals else (None, next(waiting, None))


def _value(argument: str, joined: str | None, following: str | None) -> str:
    if joined is not None:
        return joined
    if following is None or following.startswith("--"):
        raise UsageError(f"{argument} needs a value; one that begins with dashes is written {argument}=VALUE")
    return following


def _spelled(argument: str) -> str:
    """Spell one of Terraform's options with two dashes; give anything else back as it is."""
    name, equals, value = argument.partition("=")
    if name in VALUES:
        return f"{VALUES[name]}{equals}{value}"
    if name in FLAGS:
        if equals and value not in ("true", "1"):
            raise UsageError(f"{argument}: leave {name} out instead")
        return FLAGS[name]
    return argument
