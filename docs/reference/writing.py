"""Plain text in, Markdown that shows it as it is out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tfclean.cli.manual import Option

SPECIAL = re.compile(r"([\\*_\[\]<>#|&{}])")


def prose(text: str) -> str:
    """Give text of which only backticks mean something."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its other half
        return SPECIAL.sub(r"\\\1", text).replace("`", r"\`")
    return "`".join(piece if at % 2 else SPECIAL.sub(r"\\\1", piece) for at, piece in enumerate(pieces))


def code(text: str) -> str:
    """Give text as code within a line, also within a table."""
    return f"`{text}`"


def shown(lines: Iterable[str]) -> str:
    """Give lines as a block of code."""
    return "\n".join(f"    {line}" if line else "" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table; its cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') if '`' in cell else cell for cell in line)} |" for line in lines)


def option(found: Option) -> str:
    """Give an option with what it means, as an entry of a list of definitions."""
    value = f" {found.value}" if found.value else ""
    names = ", ".join(code(f"{name}{value}") for name in found.names)
    choices = [choice for choice in found.choices if choice not in found.help]
    more = f" (one of {', '.join(map(code, choices))})" if choices else ""
    return f"{names}\n:   {prose(found.help)}{more}"
