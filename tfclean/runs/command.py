"""A command line in; out, what of it is known: the engine, what it does, where it works, and the same line without secrets.

The command itself is run exactly as it was given. Nothing is inserted: ``-json`` would take the plan and the question away that people
look at, and ``-out`` would make two runs of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfclean.terraform.pointer import without_credentials
from tfclean.terraform.runs import WITHHELD
from tfclean.terraform.secrets import is_secret_name

ENGINES = frozenset({"terraform", "tofu"})
DELETES_OR_MAKES = frozenset({"apply", "destroy"})

_NAME = re.compile(r"""([\w-]+)["']?\s*(?:[=:](?!//)|(?<=\w)\s+(?=\S))""")
"""A name with what stands before its value."""
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+")
_STATES = frozenset({"state", "state-out"})


@dataclass(frozen=True, slots=True)
class Command:
    """What was given.

    Attributes:
        argv: as given.
        engine: ``terraform`` or ``tofu``; empty for a wrapper.
        does: the engine's command, such as ``apply``; empty for a wrapper.
        directory: where the engine works, as far as its own ``-chdir`` tells.
        states: state files that its options name.
        plan: what may be the saved plan that it applies.
    """

    argv: tuple[str, ...]
    engine: str = ""
    does: str = ""
    directory: Path = Path()
    states: tuple[Path, ...] = ()
    plan: Path | None = None

    @property
    def matters(self) -> bool:
        """It may leave something behind."""
        return not self.engine or self.does in DELETES_OR_MAKES


def understand(argv: Sequence[str]) -> Command:
    """Find out what a command is.

    Args:
        argv: the command and its arguments.
    """
    name = Path(argv[0]).name.removesuffix(".exe")
    if name not in ENGINES:
        return Command(tuple(argv))
    directory = Path()
    words = list(argv[1:])
    while words and words[0].startswith("-"):
        option, _, value = words.pop(0).partition("=")
        if option.lstrip("-") == "chdir":
            directory = Path(value)
    does = words.pop(0) if words else ""
    last = words[-1] if words and not words[-1].startswith("-") else ""
    return Command(
        argv=tuple(argv),
        engine=name,
        does=does,
        directory=directory,
        states=tuple(directory / value for option, value in _options(words) if option in _STATES and value),
        plan=directory / last if does == "apply" and last else None,
    )


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at, word in enumerate(words):
        if word.startswith("-"):
            option, equals, value = word.lstrip("-").partition("=")
            following = words[at + 1] if at + 1 < len(words) else ""
            yield option, value if equals else following


def redacted(argv: Sequence[str]) -> tuple[str, ...]:
    """Give a command line as it may be kept: what follows a secret's name, and credentials in URLs, are withheld.

    Args:
        argv: the command and its arguments.
    """
    out: list[str] = []
    withhold = False
    for word in argv:
        if withhold and not word.startswith("-"):
            out.append(WITHHELD)
            withhold = False
        else:
            out.append(_shown(word))
            # --password x
            withhold = word.startswith("-") and is_secret_name(word.lstrip("-"))
    return tuple(out)


def _shown(word: str) -> str:
    word = _URL.sub(lambda found: without_credentials(found[0]) or WITHHELD, word)
    # -var=password=x, PASSWORD=x, -var 'o={password="x"}', sh -c 'tool --password x'
    for name in _NAME.finditer(word):
        if is_secret_name(name[1].lstrip("-")):
            return word[: name.end()] + WITHHELD
    return word
