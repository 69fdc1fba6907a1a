"""The exit codes of help, the tree of errors and what each command says of its own in, the page on exit codes out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tfclean.errors
from docs.reference.writing import code, prose, table
from tfclean.cli.commands import COMMANDS
from tfclean.cli.manual import command_page, overview_page
from tfclean.errors import TfcleanError

OWN = re.compile(r"Exit code: (.*)$")


def codes() -> dict[str, str]:
    """Give the meaning of each exit code."""
    section = next(s for s in overview_page().sections if s.title == "exit codes")
    return {found.names[0]: found.help for found in section.options}


def errors() -> dict[str, type[TfcleanError]]:
    """Give the errors that a caller of the library can meet, by name; each has an exit code."""
    found = {name: value for name, value in vars(tfclean.errors).items() if isinstance(value, type) and issubclass(value, TfcleanError)}
    return {name: found[name] for name in found if name != TfcleanError.__name__}


def page() -> str:
    """Give the page."""
    rows = [
        (code(number), prose(meaning), ", ".join(code(name) for name in _raised(int(number))) or "") for number, meaning in codes().items()
    ]
    own = [(f"[`tfclean {name}`](commands.md#tfclean-{name})", prose(text)) for name, text in _own()]
    return (
        "\n\n".join(
            [
                "# Exit codes",
                "They mean the same for every command. A caller of the library gets them as `exit_code` of a result or of an error.",
                table(("code", "meaning", "errors of the library"), rows),
                "What single commands say of theirs:",
                table(("command", "exit code"), own),
                "[`tfclean run`](commands.md#tfclean-run) ends with the exit code that its command ended with.",
            ]
        )
        + "\n"
    )


def _raised(number: int) -> Iterator[str]:
    return (name for name, error in errors().items() if error.exit_code == number)


def _own() -> Iterator[tuple[str, str]]:
    for name in COMMANDS:
        for section in command_page(name).sections:
            for text in section.texts:
                found = None if text.literal else OWN.search(" ".join(text.lines))
                if found:
                    yield name, found[1]
