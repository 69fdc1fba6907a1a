"""Lines of a rendered resource block in, its values before and after out, in the shape that ``show -json`` of a plan gives them.

The grammar is what ``internal/command/jsonformat/computed/renderers`` prints (the same files in Terraform and OpenTofu): a sign, a name
padded with blanks, ``=``, a value; containers over several lines; ``-> value`` for what comes after; remarks behind ``#``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

_SIGN = re.compile(r"\s*(?:(-/\+|\+/-|\./\+|<=|[-+~.])(?:\s+|$))?")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_ATTRIBUTE = re.compile(r'(?:([^\W\d][\w-]*)|("(?:[^"\\]|\\.)*")) *= ')
_BLOCK = re.compile(r'(?:([^\W\d][\w-]*)|("(?:[^"\\]|\\.)*"))(?: "(?:[^"\\]|\\.)*")? (\{|\(known after apply\))')
_HIDDEN = re.compile(r"# \(\d+ unchanged (?:element|block)s? hidden\)")
_ESCAPE = re.compile(r"\\(?:([abfnrtv\\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))")
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"', "'": "'"}
_DEEPEST = 60


class _Mark:
    """A value that is none."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


ABSENT: Final = _Mark("absent")
UNKNOWN: Final = _Mark("known after apply")
SENSITIVE: Final = _Mark("sensitive value")
UNTOLD: Final = _Mark("not told exactly")
"""Shown, but not in a form from which the value can be had: JSON, trimmed text of several lines, hidden elements."""


class Torn(ValueError):
    """The text does not follow the grammar, or ends too early."""


@dataclass(slots=True)
class Body:
    """Attributes of a block or object by name, as they were and as they shall be."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    partial: bool = False


def unquote(text: str) -> str:
    """Undo Go's ``%q``.

    Args:
        text: what stands between the quotes.
    """

    def plain(match: re.Match[str]) -> str:
        simple, *codes, octal = match.groups()
        if simple:
            return _SIMPLE[simple]
        code = int(octal, 8) if octal else int(next(c for c in codes if c), 16)
        return chr(code) if code < 0x110000 else "\ufffd"

    return _ESCAPE.sub(plain, text)


class Reader:
    """Reads the lines of one block.

    Args:
        lines: the lines behind the one that opens the block, up to and including the one that closes it.
    """

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    def body(self, depth: int = 0) -> Body:
        """Read attributes and nested blocks up to the closing brace.

        Raises:
            Torn: the block does not follow the grammar, or has no end.
        """
        if depth > _DEEPEST:
            raise Torn("nested too deeply")
        body = Body()
        while True:
            sign, text = self._next()
            if text.startswith("}"):
                return body
            if not text or text.startswith("#"):
                body.partial = body.partial or bool(_HIDDEN.match(text))
                continue
            attribute = _ATTRIBUTE.match(text)
            if attribute:
                name = attribute[1] or unquote(attribute[2][1:-1])
                _put(body, name, sign, *self._value(text[attribute.end() :], depth))
                continue
            block = _BLOCK.match(text)
            if block is None:
                raise Torn(text)
            self._block(body, sign, block, depth)

    def _block(self, body: Body, sign: str, block: re.Match[str], depth: int) -> None:
        name = block[1] or unquote(block[2][1:-1])
        if block[3] != "{":
            _put(body, name, sign, UNKNOWN, UNKNOWN)
            return
        inner = Body() if block.string.startswith("}", block.end()) else self.body(depth + 1)
        for side, value, signs in ((body.before, inner.before, "+"), (body.after, inner.after, "-")):
            if sign != signs:
                told = side.setdefault(name, [])
                if isinstance(told, list):
                    told.append(value)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._lines):
            raise Torn("no end")
        line = self._lines[self._at]
        self._at += 1
        match = _SIGN.match(line)
        assert match is not None
        return match[1] or "", line[match.end() :].rstrip()

    def _value(self, text: str, depth: int) -> tuple[Any, Any]:
        """Read a value that begins in `text`: as it was, and as it shall be."""
        before, after, rest = self._one(text, depth)
        if rest.startswith("-> "):
            arrow = rest[3:]
            if arrow.startswith("null"):
                return before, ABSENT
            _, after, _ = self._one(arrow, depth)
        return before, after

    def _one(self, text: str, depth: int) -> tuple[Any, Any, str]:
        if text.startswith("<<"):
            return self._heredoc(text)
        if text.startswith(("jsonencode(", "yamlencode(")):
            return self._encoded(text)
        if text[:1] in ("[", "{"):
            return self._container(text, depth)
        value, rest = _scalar(text)
        return value, value, rest

    def _container(self, text: str, depth: int) -> tuple[Any, Any, str]:
        opening, closing = text[0], "]" if text[0] == "[" else "}"
        if text.startswith(closing, 1):
            empty: Any = [] if opening == "[" else {}
            return empty, empty, text[2:].lstrip()
        if opening == "{":
            body = self.body(depth + 1)
            rest = self._lines[self._at - 1].strip()[1:].lstrip()
            if body.partial:
                return UNTOLD, UNTOLD, rest
            return body.before, body.after, rest
        return self._items(depth + 1)

    def _items(self, depth: int) -> tuple[Any, Any, str]:
        if depth > _DEEPEST:
            raise Torn("nested too deeply")
        before: list[Any] = []
        after: list[Any] = []
        partial = False
        while True:
            sign, text = self._next()
            if text.startswith("]"):
                rest = text[1:].lstrip()
                return (UNTOLD, UNTOLD, rest) if partial else (before, after, rest)
            if not text or text.startswith("#"):
                partial = partial or bool(_HIDDEN.match(text))
                continue
            was, becomes = self._value(text, depth)
            if sign != "+" and was is not ABSENT:
                before.append(was)
            if sign != "-" and becomes is not ABSENT:
                after.append(becomes)

    def _heredoc(self, text: str) -> tuple[Any, Any, str]:
        """Read text of several lines: it is shown trimmed, so that only one line with its end can be had again."""
        told: list[str] = []
        while True:
            if self._at >= len(self._lines):
                raise Torn("no end")
            line = self._lines[self._at]
            self._at += 1
            if line.strip() == "EOT" or line.strip().startswith("EOT "):
                rest = line.strip()[3:].lstrip()
                break
            told.append(line.strip())
        # One line shown as text of several had a line end around it: that is what file() of a one-line file gives.
        value: Any = told[0] + "\n" if len(told) == 1 and told[0] and "forces" not in text else UNTOLD
        return value, value, rest

    def _encoded(self, text: str) -> tuple[Any, Any, str]:
        if not text.endswith("("):
            return UNTOLD, UNTOLD, ""
        depth = 1
        while depth:
            _, line = self._next()
            bare = _STRING.sub('""', line)
            depth += bare.count("(") - bare.count(")")
            if depth < 0:
                raise Torn(line)
        return UNTOLD, UNTOLD, bare.rpartition(")")[2].lstrip()


def _scalar(text: str) -> tuple[Any, str]:
    text = text.lstrip()
    string = _STRING.match(text)
    if string:
        return unquote(string[1]), _rest(text, string.end())
    for word, value in (("true", True), ("false", False), ("null", None), ("(known after apply)", UNKNOWN)):
        if text.startswith(word):
            return value, _rest(text, len(word))
    if text.startswith("("):
        # (sensitive value), (sensitive, write-only attribute), (write-only attribute)
        end = text.find(")")
        return SENSITIVE, _rest(text, end + 1 if end > 0 else len(text))
    number = _NUMBER.match(text)
    if number:
        told = number.group()
        return (float(told) if set(told) & set(".eE") else int(told[:4000])), _rest(text, number.end())
    raise Torn(text)


def _rest(text: str, end: int) -> str:
    return text[end:].lstrip().removeprefix(",").lstrip()


def _put(body: Body, name: str, sign: str, before: Any, after: Any) -> None:
    if sign != "+" and before is not ABSENT:
        body.before[name] = before
    if sign != "-" and after is not ABSENT:
        body.after[name] = after
