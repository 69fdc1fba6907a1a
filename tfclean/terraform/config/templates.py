"""Text with ``${...}`` and ``%{...}`` in, a nested template out: literals, expressions, ``if`` and ``for``.

A quoted string comes as a tree from the parser; heredocs, template files and texts of JSON come as they stand and are scanned here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lark import Tree

from tfclean.terraform.config.syntax import Node, expression
from tfclean.terraform.config.values import Fault

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_HEREDOC = re.compile(r"\A<<(-?)([^\r\n]+)\r?\n(.*?)[ \t]*\2\s*\Z", re.DOTALL)
_DIRECTIVE = re.compile(r"\s*(if|else|endif|for|endfor)\b(.*)\Z", re.DOTALL)
_FOR = re.compile(r"\s*([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?\bin\b(.*)\Z", re.DOTALL)
_DEEPEST = 40

Word = Literal["text", "value", "if", "else", "endif", "for", "endfor"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a template as it stands: a literal, an expression, or a directive.

    Attributes:
        word: what it is.
        text: the literal.
        tree: the expression of a value, of a condition, or what a loop goes through.
        names: variables of a loop.
        left: it takes the blanks before it away.
        right: it takes the blanks behind it away.
    """

    word: Word
    text: str = ""
    tree: Node | None = None
    names: tuple[str, ...] = ()
    left: bool = False
    right: bool = False


@dataclass(slots=True)
class Branch:
    """A piece with what it encloses: `inner` of a loop or of a condition that holds, `other` of one that does not."""

    piece: Piece
    inner: list[Branch] = field(default_factory=list)
    other: list[Branch] = field(default_factory=list)


def of_string(tree: Node) -> list[Branch]:
    """Read a quoted string."""
    return nested(_trimmed([_piece(part.children[0]) for part in tree.children if isinstance(part, Tree)]))


def of_heredoc(token: str) -> list[Branch]:
    """Read a heredoc with its markers; with ``<<-``, the margin that all lines share is taken away.

    Raises:
        Fault: an expression in it cannot be read.
    """
    found = _HEREDOC.match(token)
    if found is None:
        raise Fault("the heredoc does not end")
    pieces = _trimmed(list(_scan(found[3])))
    return nested(_flushed(pieces) if found[1] else pieces)


def of_text(text: str) -> list[Branch]:
    """Read a template that stands by itself, where a backslash means nothing.

    Raises:
        Fault: an expression in it cannot be read.
    """
    return nested(_trimmed(list(_scan(text))))


def nested(pieces: Sequence[Piece]) -> list[Branch]:
    """Put what directives enclose into them.

    Raises:
        Fault: a directive has no end, or an end no beginning.
    """
    top: list[Branch] = []
    open_: list[tuple[Branch, list[Branch]]] = []
    into = top
    for piece in pieces:
        if piece.word in ("if", "for"):
            branch = Branch(piece)
            into.append(branch)
            open_.append((branch, into))
            into = branch.inner
            if len(open_) > _DEEPEST:
                raise Fault("the template is nested too deeply")
        elif piece.word == "else":
            if not open_ or open_[-1][0].piece.word != "if":
                raise Fault("an else stands alone")
            into = open_[-1][0].other
        elif piece.word in ("endif", "endfor"):
            if not open_ or piece.word != f"end{open_[-1][0].piece.word}":
                raise Fault(f"an {piece.word} stands alone")
            into = open_.pop()[1]
        else:
            into.append(Branch(piece))
    if open_:
        raise Fault("a directive has no end")
    return top


def _trimmed(pieces: Sequence[Piece]) -> list[Piece]:
    """Take away the blanks around what is marked with ``~``: on its own line and, behind it, the end of that line."""
    out = []
    for at, piece in enumerate(pieces):
        if piece.word != "text":
            out.append(piece)
            continue
        text = piece.text
        if at and pieces[at - 1].right:
            text = text.lstrip()
        if at + 1 < len(pieces) and pieces[at + 1].left:
            text = text.rstrip()
        out.append(Piece("text", text))
    return out


def _flushed(pieces: Sequence[Piece]) -> list[Piece]:
    """Take away the margin that all lines share, as HCL counts it: lines that begin where another piece ends have none."""
    begins = [at for at in range(len(pieces)) if not at or (pieces[at - 1].word == "text" and pieces[at - 1].text.endswith("\n"))]
    begins = [at for at in begins if pieces[at].word != "text" or pieces[at].text.strip() or not pieces[at].text.endswith("\n")]
    margins = [len(pieces[at].text) - len(pieces[at].text.lstrip()) if pieces[at].word == "text" else 0 for at in begins]
    margin, starts = min(margins, default=0), frozenset(begins)
    return [Piece("text", piece.text[margin:]) if at in starts and piece.word == "text" else piece for at, piece in enumerate(pieces)]


def _piece(part: Any) -> Piece:
    if not isinstance(part, Tree):
        if part.type in ("ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
            return Piece("text", str(part)[1:])
        return Piece("text", _unescaped(str(part)))
    inner = [child for child in part.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
    if part.data == "interpolation":
        return Piece("value", tree=inner[0])
    markers = [child.type == "STRIP_MARKER" for child in part.children if not isinstance(child, Tree)]
    left, right = len(markers) > 1 and markers[1], len(markers) > 1 and markers[-2]
    word = str(part.data).removeprefix("template_").removesuffix("_start")
    names = tuple(str(name.children[0]) for name in inner[:-1]) if word == "for" else ()
    kinds: dict[str, Word] = {"if": "if", "else": "else", "endif": "endif", "for": "for", "endfor": "endfor"}
    return Piece(kinds[word], tree=inner[-1] if inner else None, names=names, left=left, right=right)


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits:
            code = int(digits, 16)
            return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd"
        return _PLAIN.get(match[3], match[0])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def _scan(text: str) -> Iterator[Piece]:
    literal: list[str] = []
    at = 0
    while at < len(text):
        opening = text[at : at + 2]
        if text[at : at + 3] in ("$${", "%%{"):
            literal.append(text[at + 1 : at + 3])
            at += 3
        elif opening in ("${", "%{"):
            yield from _lines("".join(literal))
            literal = []
            end = _end(text, at + 2)
            yield _sequence(opening, text[at + 2 : end])
            at = end + 1
        else:
            stop = min((place for mark in "$%" if (place := text.find(mark, at + 1)) > 0), default=len(text))
            literal.append(text[at:stop])
            at = stop
    yield from _lines("".join(literal))


def _lines(text: str) -> Iterator[Piece]:
    return (Piece("text", line) for line in re.findall(r"[^\n]*\n|[^\n]+", text))


def _end(text: str, at: int) -> int:
    """Find the brace that ends what began before `at`; braces in strings count only as beginnings of templates there."""
    waiting = ["}"]
    while at < len(text):
        char = text[at]
        if waiting[-1] == '"':
            if char == "\\":
                at += 1
            elif char == '"':
                waiting.pop()
            elif char in "$%" and text[at + 1 : at + 2] == "{":
                waiting.append("}")
                at += 1
        elif char == '"':
            waiting.append('"')
        elif char == "{":
            waiting.append("}")
        elif char == "}":
            waiting.pop()
            if not waiting:
                return at
        at += 1
    raise Fault("a template ends in the middle of an expression")


def _sequence(opening: str, source: str) -> Piece:
    left, right = source.startswith("~"), source.endswith("~")
    source = source[left : len(source) - right if len(source) > left else None]
    if opening == "${":
        return Piece("value", tree=expression(source), left=left, right=right)
    found = _DIRECTIVE.match(source)
    if found is None:
        raise Fault("a directive is none that is known")
    word, rest = found[1], found[2]
    if word == "if":
        return Piece("if", tree=expression(rest), left=left, right=right)
    if word == "for":
        loop = _FOR.match(rest)
        if loop is None:
            raise Fault("a loop is not written as one")
        names = (loop[1], loop[2]) if loop[2] else (loop[1],)
        return Piece("for", tree=expression(loop[3]), names=names, left=left, right=right)
    ends: dict[str, Word] = {"else": "else", "endif": "endif", "endfor": "endfor"}
    return Piece(ends[word], left=left, right=right)
