"""The body of a resource in, what it configures out, in the shape in which states and plans have it: nested blocks are lists of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Block, Body, Expression
from tfclean.terraform.config.values import UNKNOWN, Fault, Record, Unknown, turns, unknown_from

META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "timeouts", "dynamic"})
"""What configures Terraform and not the object."""
_DEEPEST = 8


class Bodies:
    """Works bodies out.

    Args:
        value: gives the value of an expression in a scope.
    """

    def __init__(self, value: Callable[[Expression, Scope], Any]) -> None:
        self._value = value

    def of(self, body: Body, scope: Scope, depth: int = 0) -> dict[str, Any]:
        """Give attributes and nested blocks."""
        attributes = {name: self._value(given, scope) for name, given in body.attributes.items() if name not in META}
        return {**attributes, **self.blocks(body, scope, depth)}

    def blocks(self, body: Body, scope: Scope, depth: int = 0) -> dict[str, Any]:
        """Give nested blocks, those that ``dynamic`` makes among them; unknown where their number is."""
        if depth > _DEEPEST:
            return {}
        out: dict[str, Any] = {}
        for block in body.blocks:
            name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
            if name in META:
                continue
            made = self._made(block, name, scope, depth) if block.type == "dynamic" else [self.of(block.body, scope, depth + 1)]
            before = out.get(name, [])
            out[name] = unknown_from([before, made]) if isinstance(before, Unknown) or isinstance(made, Unknown) else [*before, *made]
        return out

    def _made(self, block: Block, name: str, scope: Scope, depth: int) -> list[Any] | Unknown:
        over = self._value(block.body.attributes["for_each"], scope) if "for_each" in block.body.attributes else UNKNOWN
        content = next(block.body.named("content"), None)
        iterator = block.body.attributes.get("iterator")
        named = _word(iterator) if iterator is not None else name
        try:
            elements = turns(over)
        except Fault:
            elements = None
        if elements is None or content is None or named is None:
            return unknown_from([over])
        return [self.of(content.body, scope.within({named: Record({"key": key, "value": value})}), depth + 1) for key, value in elements]


def _word(expression: Expression) -> str | None:
    """Give the bare word that an expression is."""
    found = list(_tokens(expression))
    return found[0] if len(found) == 1 else None


def _tokens(expression: Expression) -> Iterator[str]:
    value = getattr(expression, "value", None)
    if isinstance(value, str):
        yield value
    elif hasattr(expression, "scan_values"):
        yield from (str(token) for token in expression.scan_values(lambda _: True))
