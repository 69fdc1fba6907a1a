r"""What people ask to be left alone: the text of a ``.tfcleanignore`` in, and for each object or attribute the rule that ignores it out.

The dialect is driftctl's (``pkg/filter/driftignore.go`` there). A line is a pattern for the whole of ``TYPE.OBJECT``, or of
``TYPE.OBJECT.ATTRIBUTE``, whose drift alone is ignored then:

* TYPE is a type of the Terraform provider, or a kind of ours, ``network.port``; a line that is a type alone means all of that type;
* OBJECT is an id or a live name; or the line is an address, whose last index may be left out;
* ATTRIBUTE is called as a diff calls it. As names may have dots, such a line also means the object whose name ends in it, unless the dot
  is escaped: then it means the object alone;
* ``*`` stands for any text; a backslash takes the meaning from what follows it: ``\*``, ``\#``, ``\!``, ``\\``, ``\.``;
* ``!`` at the start takes back what lines above it ignore: the last line that fits an object decides;
* ``#`` at the start of a line, or after a blank, begins a comment.

Unlike driftctl's, a line that can fit nothing is an error, and ``?`` and ``[`` mean themselves: addresses have brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tfclean.errors import InputError
from tfclean.kinds.registry import KINDS, SIBLINGS
from tfclean.kinds.terraform_types import types
from tfclean.model import Pattern

INDEX = re.compile(r'(?:\[\d+\]|\["(?:[^"\\]|\\.)*"\])$')
"""Instance key at the end of an address."""
MODULE = "module."
Piece = str | None
"""One character of a pattern, or None for what stands for any text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    Attributes:
        line: its number, from 1.
        patterns: it fits a text that one of them matches.
        back: it takes back what lines above it ignore.
        deep: it may mean an attribute: it goes on behind a type and an object.
    """

    line: int
    patterns: tuple[Pattern, ...]
    back: bool = False
    deep: bool = False

    def fits(self, texts: frozenset[str]) -> bool:
        """Tell whether an object that goes by `texts` is meant."""
        return any(pattern.matches(text) for pattern in self.patterns for text in texts)

    def reaches(self, start: str) -> bool:
        """Tell whether it can fit a text that begins with `start`."""
        heads = (p.parts[0] or "" if p.parts else "" for p in self.patterns)
        return any(head.startswith(start) or start.startswith(head) for head in heads)


@dataclass(frozen=True, slots=True)
class Ignore:
    """All rules of one file, in their order.

    Attributes:
        source: the file, for people.
        rules: its rules.
    """

    source: str = ""
    rules: tuple[Rule, ...] = ()
    _reaching: dict[str, tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False, hash=False)

    def reason(self, kind: str, id: str, name: str = "", addresses: tuple[str, ...] = ()) -> str:  # noqa: A002 - the field's own name
        """Say which line ignores an object, or give the empty string.

        Args:
            kind: its kind.
            id: its live id, or what it is called by if it has none.
            name: its name; may be empty.
            addresses: Terraform addresses that claim it.
        """
        if kind not in self._reaching:
            starts = [f"{title}." for title in _titles(kind)]
            self._reaching[kind] = tuple(rule for rule in self.rules if any(map(rule.reaches, starts)))
        rules = self.rules if addresses else self._reaching[kind]
        if not rules:
            return ""
        texts = frozenset(_texts(kind, id, name, addresses))
        return self._said(next((rule for rule in reversed(rules) if rule.fits(texts)), None))

    def drift_reason(self, attribute: str, kind: str, id: str, name: str = "", addresses: tuple[str, ...] = ()) -> str:  # noqa: A002 - as above
        """Say which line ignores the drift of an attribute, or give the empty string; what ignores an object ignores all of its drift.

        Args:
            attribute: Terraform's name of it, as `Drift` has it.
            kind: the object's kind.
            id: the object's live id.
            name: its name; may be empty.
            addresses: Terraform addresses that claim it.
        """
        if not self.rules:
            return ""
        texts = frozenset(_texts(kind, id, name, addresses))
        deep = frozenset(f"{text}.{attribute}" for text in texts)
        return self._said(next((r for r in reversed(self.rules) if r.fits(texts) or (r.deep and r.fits(deep))), None))

    def _said(self, rule: Rule | None) -> str:
        return f"ignored by {self.source}, line {rule.line}" if rule is not None and not rule.back else ""


def parse(text: str, source: str) -> Ignore:
    """Read the text of an ignore file.

    Args:
        text: of the file.
        source: what people call the file.

    Raises:
        InputError: a line can fit nothing, or ends in half an escape.
    """
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            back, tokens, dots = _tokens(line)
            if tokens:
                patterns, deep = _patterns(tokens, dots)
                rules.append(Rule(number, patterns, back, deep))
        except ValueError as error:
            raise InputError(f"{source}, line {number}: {error}") from None
    return Ignore(source, tuple(rules))


def _tokens(line: str) -> tuple[bool, list[Piece], frozenset[int]]:
    """Read one line: whether it takes back, its pattern without comment and outer blanks, and where dots stand that nothing escapes."""
    out: list[Piece] = []
    dots: set[int] = set()
    back, end = False, 0
    characters = iter(line.lstrip())
    before = " "
    for character in characters:
        if character == "#" and before.isspace():
            break
        if character == "!" and not out and not back:
            back = True
        elif character == "\\":
            escaped = next(characters, None)
            if escaped is None:
                raise ValueError("the backslash at its end escapes nothing")
            out.append(escaped)
            end = len(out)
        else:
            if character == ".":
                dots.add(len(out))
            out.append(None if character == "*" else character)
            end = end if character.isspace() else len(out)
        before = character
    if back and not end:
        raise ValueError("there is nothing behind the !")
    return back, out[:end], frozenset(dots)


def _patterns(tokens: list[Piece], dots: frozenset[int]) -> tuple[tuple[Pattern, ...], bool]:
    """Give what a line fits, and whether it may mean an attribute, after a look at whether it can fit anything."""
    parts: list[list[Piece]] = [[]]
    for at, piece in enumerate(tokens):
        if at in dots:
            parts.append([])
        else:
            parts[-1].append(piece)
    whole = Pattern(tuple(tokens))
    words = ["".join(piece or "*" for piece in part) for part in parts]
    if words[0] == MODULE[:-1]:
        for word in words:
            if word.startswith("openstack_") and "*" not in word:
                _known(INDEX.sub("", word))
        return (whole,), True
    type_ = Pattern(tuple(parts[0]))
    kind = Pattern((*parts[0], ".", *parts[1])) if len(parts) > 1 else None
    by_type = any(map(type_.matches, _names()))
    by_kind = kind is not None and any(map(kind.matches, KINDS))
    if not by_type and not by_kind and not (len(parts) == 1 and tokens[0] is None):
        _known(words[0] if words[0] not in _services() or len(words) == 1 else f"{words[0]}.{words[1]}")
    if not parts[-1] and len(parts) == (3 if by_kind else 2):
        raise ValueError("it names no object behind the type; leave out the dot to mean all of them")
    all_of_it = (by_type and len(parts) == 1) or (by_kind and len(parts) == 2)
    deep = len(parts) > (3 if by_kind and not by_type else 2)
    return ((whole, Pattern((*tokens, ".", None))) if all_of_it else (whole,)), deep


def _known(word: str) -> None:
    """Refuse the name of a type of which there is no object to ignore.

    Raises:
        ValueError: with the reason.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - for a typing error only

    if word in _names():
        return
    if word in types():
        raise ValueError(f"tfclean never deletes an {word} by itself, so there is nothing to ignore")
    found = get_close_matches(word, (*_names(), *KINDS), 1)
    hint = f'; did you mean "{found[0]}"?' if found else "; a line is TYPE.OBJECT, such as openstack_networking_port_v2.NAME"
    raise ValueError(f'no type or kind is called "{word}"{hint}')


@cache
def _names() -> dict[str, str]:
    """Give the provider's types whose objects tfclean looks after, each with their kind."""
    return {name: known.kind for name, known in types().items() if known.looked_after and known.kind in KINDS and known.kind}


@cache
def _services() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in KINDS)


@cache
def _titles(kind: str) -> tuple[str, ...]:
    """Give all names by which a line can call the kind of an object; a port that a router took as its leg is still a port."""
    derived = kind in KINDS and KINDS[kind].listing.rows is not None
    kinds = SIBLINGS.get(kind, (kind,)) if derived else (kind,)
    return (*kinds, *(name for name, own in _names().items() if own in kinds))


def _texts(kind: str, id_: str, name: str, addresses: tuple[str, ...]) -> Iterator[str]:
    for title in _titles(kind):
        yield f"{title}.{id_}"
        if name:
            yield f"{title}.{name}"
    for address in addresses:
        yield address
        yield INDEX.sub("", address)
