"""The text of one ``.tf`` or ``.tf.json`` file in, its blocks and attributes out; expressions stay trees, to be worked out when asked for.

HCL is parsed by python-hcl2, whose tree keeps what its dictionaries lose: which text is an expression and which a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hcl2.api import parses_to_tree
from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput

from tfclean.terraform.config.values import Fault

Node = Tree[Token]

_DEEPEST = 60
_WIDE = re.compile(r"\s{300}")


class Malformed(Exception):
    """A file that is no configuration.

    Args:
        line: where, counted from 1; 0 if that is not known.
        what: what is wrong, as the end of a sentence.
    """

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(frozen=True, slots=True)
class Json:
    """A value of a ``.tf.json`` file; its texts are templates."""

    value: Any


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that was worked out elsewhere."""

    value: Any


@dataclass(frozen=True, slots=True)
class Names:
    """An expression of which only the names that it uses are told."""

    used: tuple[str, ...]


Expression = Node | Json | Literal | Names


@dataclass(frozen=True, slots=True)
class Block:
    """One block.

    Attributes:
        type: its first word.
        labels: what stands between that and the brace.
        body: what it holds.
        file: the file in which it stands.
        line: the line in which it begins; 0 in JSON.
    """

    type: str
    labels: tuple[str, ...]
    body: Body
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Body:
    """What stands in a block, or in a file."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()

    def named(self, type_: str) -> Iterator[Block]:
        """Give its blocks of one type."""
        return (block for block in self.blocks if block.type == type_)


def parse(text: str, file: str) -> Body:
    """Read HCL.

    Args:
        text: the whole file.
        file: its name, which its blocks remember.

    Returns:
        What it holds.

    Raises:
        Malformed: it is no HCL.
    """
    return _body(_tree(text).children[0], file)


def expression(text: str) -> Node:
    """Read one expression, such as stands between the braces of a template.

    Raises:
        Fault: it is none.
    """
    try:
        return _expression(text)
    except Malformed as error:
        raise Fault(error.what) from error


@lru_cache(maxsize=512)
def _expression(text: str) -> Node:
    # In parentheses, line breaks mean nothing.
    body = parse(f"x = (\n{text}\n)", "").attributes
    found = body.get("x")
    if len(body) != 1 or not isinstance(found, Tree):
        raise Malformed(0, "it is no expression")
    return found


def parse_json(text: str, file: str) -> Body:
    """Read JSON syntax: the value of each block type is a map by label, and so on, or a list of those.

    Args:
        text: the whole file.
        file: its name, which its blocks remember.

    Returns:
        What it holds.

    Raises:
        Malformed: it is no JSON, or no object.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise Malformed(error.lineno, f"it is no valid JSON: {error.msg[:1].lower()}{error.msg[1:]}") from error
    except (ValueError, RecursionError) as error:
        raise Malformed(0, "it is no JSON that can be read") from error
    if not isinstance(document, dict):
        raise Malformed(1, "it is no JSON object")
    return Body(blocks=tuple(block for name, value in document.items() for block in _json_blocks(name, value, file)))


_LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1, "dynamic": 1}
_WITHIN = frozenset({"lifecycle", "dynamic", "provisioner", "connection", "content"})


def _json_blocks(name: str, value: Any, file: str) -> Iterator[Block]:
    labelled: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(_LABELS.get(name, 0)):
        labelled = [((*labels, str(key)), inner) for labels, at in labelled for one in _many(at) for key, inner in one.items()]
    for labels, at in labelled:
        for body in _many(at):
            yield Block(name, labels, _json_body(body, file), file)


def _many(value: Any) -> list[dict[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _json_body(members: dict[str, Any], file: str) -> Body:
    blocks = tuple(block for name in members if name in _WITHIN for block in _json_blocks(name, members[name], file))
    return Body({name: Json(value) for name, value in members.items() if name not in _WITHIN and name != "//"}, blocks)


def _tree(text: str) -> Node:
    wide = _WIDE.search(text) if "<<" in text else None
    if wide:
        # The parser looks for the end of a heredoc from each blank anew.
        raise Malformed(text.count("\n", 0, wide.start()) + 1, "too many blanks follow each other for a file with heredocs")
    try:
        return parses_to_tree(text)
    except UnexpectedInput as error:
        raise Malformed(max(getattr(error, "line", 0) or 0, 0), _complaint(error)) from error
    except (LarkError, RecursionError, ValueError) as error:
        raise Malformed(0, "it is no HCL that can be read") from error


def _complaint(error: UnexpectedInput) -> str:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return "it ends in the middle of a block or an expression"
    found = str(token if token is not None else getattr(error, "char", "")).strip()
    return f"{found[:30]!r} cannot stand there" if found else "a line ends where more was to come"


def _body(tree: Any, file: str, depth: int = 0) -> Body:
    if depth > _DEEPEST:
        raise Malformed(0, "its blocks are nested too deeply")
    attributes: dict[str, Expression] = {}
    blocks: list[Block] = []
    for child in tree.children:
        if not isinstance(child, Tree) or child.data not in ("attribute", "block"):
            continue
        parts = [part for part in child.children if isinstance(part, Tree) and part.data != "new_line_or_comment"]
        name = str(parts[0].children[0])
        if child.data == "attribute":
            attributes[name] = parts[1]
        else:
            labels = tuple(label_of(part) for part in parts[1:-1])
            blocks.append(Block(name, labels, _body(parts[-1], file, depth + 1), file, child.meta.line))
    return Body(attributes, tuple(blocks))


def label_of(tree: Node) -> str:
    """Give the name that a label or a quoted key is."""
    tokens = tree.scan_values(lambda token: isinstance(token, Token) and token.type != "DBLQUOTE")
    return "".join(str(token) for token in tokens)
