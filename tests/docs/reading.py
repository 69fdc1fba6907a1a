"""A page in; its blocks of code, words of code and links out, as a reader of Markdown sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.reference import pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = {"README.md": ROOT / "README.md", **{f"docs/{path.relative_to(DOCS)}": path for path in sorted(DOCS.rglob("*.md"))}}
"""Pages that are written by hand, by their path in the repository."""
PARSER = MarkdownIt().enable("table")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: where it stands.
        line: of the page.
        language: of a fence; empty for an indented block.
        lines: its lines.
    """

    page: str
    line: int
    language: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A command line with what a page says it prints."""

    command: str
    output: tuple[str, ...]


@cache
def made() -> dict[str, str]:
    """Give the pages that are made from the code, by the path that they would have."""
    return {f"docs/{path}": text for path, text in pages().items()}


@cache
def tokens(page: str) -> tuple[Token, ...]:
    text = WRITTEN[page].read_text(encoding="utf-8") if page in WRITTEN else made()[page]
    return tuple(PARSER.parse(text))


def blocks(page: str) -> Iterator[Block]:
    for token in tokens(page):
        if token.type in ("fence", "code_block"):
            assert token.map is not None
            yield Block(page, token.map[0] + 1, token.info.strip(), tuple(token.content.splitlines()))


def words(page: str) -> Iterator[str]:
    """Give what stands as code within lines."""
    for token in tokens(page):
        yield from (child.content for child in token.children or () if child.type == "code_inline")


def links(page: str) -> Iterator[str]:
    for token in tokens(page):
        yield from (str(child.attrs["href"]) for child in token.children or () if child.type == "link_open")


def headings(page: str) -> Iterator[str]:
    """Give the anchors of a page, as MkDocs makes them."""
    found = tokens(page)
    for at, token in enumerate(found):
        if token.type == "heading_open":
            text = "".join(child.content for child in found[at + 1].children or () if child.type in ("text", "code_inline"))
            yield re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def shell(block: Block) -> Iterator[Shown]:
    """Give the command lines of a block, as a person would type them."""
    if block.language == "console":
        command, output = "", []
        for line in [*block.lines, "$ "]:
            if line.startswith("$ "):
                if command:
                    yield Shown(command, tuple(output))
                command, output = line[2:], []
            else:
                output.append(line)
    elif block.language in ("", "sh"):
        yield from (Shown(command, ()) for line in block.lines if (command := _bare(line)))


def _bare(line: str) -> str:
    """Give a line without its comment."""
    before, mark, _ = line.partition(" #")
    return "" if line.lstrip().startswith("#") else (before if mark else line).strip()
