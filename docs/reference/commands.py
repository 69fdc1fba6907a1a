"""The parsers of all commands in, the page on the command line out. It tells what ``tfclean COMMAND --help`` tells."""

from __future__ import annotations

from collections.abc import Iterator

from docs.reference.writing import option, prose, shown
from tfclean.cli.commands import COMMANDS
from tfclean.cli.manual import Page, Section, command_page, overview_page


def page() -> str:
    """Give the page."""
    overview = overview_page()
    listed = "\n".join(f"* [`tfclean {name}`](#tfclean-{name}): {prose(summary)}" for name, summary in COMMANDS.items())
    general = [part for section in overview.sections if section.title == "description" for part in _texts(section)]
    parts = [
        "# Commands",
        "Made from the same texts as `tfclean COMMAND --help` and `tfclean man COMMAND`.",
        shown([overview.usage]),
        listed,
        *general,
        *(part for section in overview.sections if section.title == "commands" for part in _texts(section)),
        "What the exit codes mean: [Exit codes](exit-codes.md). Which options a file can set: [Settings](settings.md).",
        *(part for name in COMMANDS for part in _command(command_page(name))),
    ]
    return "\n\n".join(parts) + "\n"


def _command(told: Page) -> Iterator[str]:
    yield f"## {told.name}"
    yield shown([told.usage])
    for section in told.sections:
        if section.title != "description":
            yield f"**{section.title.capitalize()}**"
        yield from _texts(section)
        if section.options:
            yield "\n\n".join(map(option, section.options))


def _texts(section: Section) -> Iterator[str]:
    for text in section.texts:
        yield shown(text.lines) if text.literal else prose(" ".join(text.lines))
