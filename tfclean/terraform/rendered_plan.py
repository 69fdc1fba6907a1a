"""The plan that a text log shows before the apply in, line by line; claims about what it wants out.

A block begins with ``# ADDRESS will be created`` and ends with its closing brace. The sentences are those of ``resourceChangeComment`` in
``internal/command/jsonformat/plan.go`` of Terraform and of OpenTofu, which differ only for objects that are let go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tfclean.model import Claim, Source, SourceKind, Tense
from tfclean.terraform.log_lines import Line
from tfclean.terraform.log_scan import Spot, is_ours, scan
from tfclean.terraform.rendered_value import SENSITIVE, UNKNOWN, UNTOLD, Reader, Torn
from tfclean.terraform.secrets import Sieve

_HEADER = re.compile(r"\s*# (?=\S)")
_OPENING = re.compile(r'\s*(?:(?:-/\+|\+/-|\./\+|<=|[-+~.]|)\s+)?(?:resource|data) "[^"]*" "[^"]*" (\{.*)$')
_IMPORTED = re.compile(r'\s*# \(imported from "((?:[^"\\]|\\.)*)"\)')
_LONGEST_BLOCK, _LONGEST_BODY = 100_000, 16 * 1024 * 1024
"""Lines and characters of one block: a bound for text that only looks like a plan."""

_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r" will be created"), "create"),
    (re.compile(r" (?:is tainted, so (?:it )?must be replaced|must be replaced|will be replaced)"), "replace"),
    (re.compile(r" will no longer be managed by Terraform"), "forget"),
    (re.compile(r" will be removed from the OpenTofu state"), "forget"),
    (re.compile(r" will be destroyed"), "destroy"),
    (re.compile(r" (?:will be updated in-place|has changed)"), "update"),
    (re.compile(r" will be imported"), "import"),
)


@dataclass(slots=True)
class _Block:
    spot: Spot
    verb: str
    line: int
    indent: int
    imported: bool = False
    lets_go: bool = False
    opened: bool = False
    size: int = 0
    body: list[str] = field(default_factory=list)


class RenderedPlan:
    """Reads the plan of one log; feed it every line.

    Args:
        path: the log, as the user named it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._block: _Block | None = None
        self._sieve = Sieve()

    def feed(self, line: Line) -> tuple[Claim, ...] | None:
        """Take the next line.

        Returns:
            The claims of the block that this line closes; empty if the line belongs to the plan; None if it does not.
        """
        block = self._block
        if block is None:
            return self._head(line)
        if not block.opened:
            return self._open(block, line)
        block.body.append(line.text)
        block.size += len(line.text)
        if len(block.body) > _LONGEST_BLOCK or block.size > _LONGEST_BODY:
            self._block = None
            return ()
        text = line.text
        # Terraform prints the closing brace two columns behind the heading, whatever the sign before the block; nested ones stand deeper.
        if text.lstrip().startswith("}") and len(text) - len(text.lstrip()) <= block.indent + 3:
            self._block = None
            return self._claims(block)
        return ()

    def _head(self, line: Line) -> tuple[Claim, ...] | None:
        header = _HEADER.match(line.text)
        found = scan(line.text, header.end()) if header else None
        if found is None:
            return None
        spot, end = found
        for words, verb in _WORDS:
            if words.match(line.text, end):
                if spot.mode == "managed" and is_ours(spot.type):
                    lets_go = verb == "replace" and "will not be destroyed" in line.text
                    self._block = _Block(spot, verb, line.number, header.end() - 2 if header else 0, lets_go=lets_go)
                return ()
        return None

    def _open(self, block: _Block, line: Line) -> tuple[Claim, ...] | None:
        opening = _OPENING.match(line.text)
        if opening:
            block.opened = True
            if opening[1].startswith("{}"):
                block.body.append("}")
                self._block = None
                return self._claims(block)
            return ()
        imported = _IMPORTED.match(line.text)
        if imported or "(will be imported first)" in line.text:
            block.imported = True
            return ()
        if line.text.lstrip().startswith(("#", "(because")):
            return ()
        # Neither a remark nor a block: what looked like a plan is none.
        self._block = None
        return self.feed(line)

    def _claims(self, block: _Block) -> tuple[Claim, ...]:
        try:
            body = Reader(block.body).body()
            before, after = body.before, body.after
        except Torn:
            # A log may hold anything between its lines; that there is a plan for the address is known all the same.
            before, after = {}, {}
        out: list[Claim] = []
        id_ = before.get("id")
        if block.verb in ("create", "replace"):
            out.append(self._claim(block, Tense.PLANNED, None, after))
        if block.verb != "create" and isinstance(id_, str) and id_:
            out.append(self._claim(block, self._tense(block), id_, before if block.verb != "update" else {}))
        elif block.verb == "forget":
            out.append(self._claim(block, Tense.FORGOTTEN, None, before))
        return tuple(out)

    @staticmethod
    def _tense(block: _Block) -> Tense:
        if block.verb == "forget" or block.lets_go:
            return Tense.FORGOTTEN
        if block.verb == "import" or block.imported:
            return Tense.IMPORTED
        return Tense.DEPOSED if block.spot.deposed is not None else Tense.RECORDED

    def _claim(self, block: _Block, tense: Tense, id_: str | None, told: dict[str, Any]) -> Claim:
        known: dict[str, Any] = {}
        unknown: set[str] = set()
        sensitive: set[str] = set()
        for name, value in told.items():
            if value is UNKNOWN:
                unknown.add(name)
            elif value is SENSITIVE:
                sensitive.add(name)
            elif value is not UNTOLD and not _holds(value, UNTOLD):
                if _holds(value, SENSITIVE):
                    sensitive.add(name)
                if _holds(value, UNKNOWN):
                    unknown.add(name)
                known[name] = _without(value)
        sifted, withheld = self._sieve.sift(block.spot.type, known)
        return Claim(
            block.spot.address,
            block.spot.type,
            tense,
            Source(SourceKind.LOG_TEXT, self._path, f"line {block.line}"),
            id_,
            attributes=sifted,
            sensitive=frozenset(sensitive) | withheld,
            unknown=frozenset(unknown),
            deposed=block.spot.deposed,
        )


def _holds(value: Any, mark: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds(v, mark) for v in value.values())
    if isinstance(value, list):
        return any(_holds(v, mark) for v in value)
    return value is mark


def _without(value: Any) -> Any:
    """Leave marks out as ``show -json`` does: members of objects are omitted, items of lists become null."""
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if v is not UNKNOWN and v is not SENSITIVE}
    if isinstance(value, list):
        return [_without(v) for v in value]
    return None if value is UNKNOWN or value is SENSITIVE else value
