"""The ``configuration`` of a shown plan in, its modules out (facts A3).

It tells of each attribute a constant, or the names that its expression uses and no more: what refers to what, not what it comes to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfclean.terraform.config.modules import Module, declare
from tfclean.terraform.config.syntax import Block, Body, Expression, Literal, Names

_DEEPEST = 40


class Shown:
    """Gives the modules of a shown plan.

    Args:
        document: its ``configuration``, as parsed.
        path: the plan as the user knows it.
    """

    def __init__(self, document: object, path: str) -> None:
        self.problems: list[tuple[str, str]] = []
        self._path = path
        self._modules: dict[str, Module] = {}
        self._add(".", _map(document).get("root_module"), 0)

    def module(self, directory: str) -> Module | None:
        """Give a module by its call's path of names; the root's is a dot."""
        return self._modules.get(directory)

    def directory_of(self, key: str, source: object, caller: str) -> str | None:  # noqa: ARG002 - whatever it says, the plan shows it
        """Give the path of names of a called module."""
        return key if key in self._modules else None

    def file(self, path: str) -> str | None:  # noqa: ARG002
        """Give no file: no expression is told that could read one."""
        return None

    def _add(self, key: str, shown: object, depth: int) -> None:
        if not isinstance(shown, Mapping) or depth > _DEEPEST:
            return
        module = self._modules[key] = Module(".")
        for block in self._blocks(shown):
            declare(module, block)
        for name, call in _map(shown.get("module_calls")).items():
            self._add(name if key == "." else f"{key}.{name}", _map(call).get("module"), depth + 1)

    def _blocks(self, shown: Mapping[str, Any]) -> Iterator[Block]:
        resources = shown.get("resources")
        for one in resources if isinstance(resources, list) else ():
            resource = _map(one)
            type_ = {"managed": "resource", "data": "data"}.get(str(resource.get("mode")))
            if type_:
                yield self._block(type_, (str(resource.get("type")), str(resource.get("name"))), resource)
        for name, call in _map(shown.get("module_calls")).items():
            yield self._block("module", (name,), _map(call))
        for name, variable in _map(shown.get("variables")).items():
            told = {word: Literal(_map(variable)[word]) for word in ("default", "sensitive") if word in _map(variable)}
            yield Block("variable", (name,), Body(dict(told)), self._path)
        for name, output in _map(shown.get("outputs")).items():
            hidden: dict[str, Expression] = {"sensitive": Literal(True)} if _map(output).get("sensitive") else {}
            yield Block("output", (name,), Body({**hidden, "value": _expression(_map(output).get("expression"))}), self._path)

    def _block(self, type_: str, labels: tuple[str, ...], shown: Mapping[str, Any]) -> Block:
        body = self._body(_map(shown.get("expressions")), 0)
        for word, name in (("count_expression", "count"), ("for_each_expression", "for_each")):
            if word in shown:
                body.attributes[name] = _expression(shown[word])
        return Block(type_, labels, body, self._path)

    def _body(self, expressions: Mapping[str, Any], depth: int) -> Body:
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        for name, told in expressions.items() if depth <= _DEEPEST else ():
            if isinstance(told, list):
                blocks += (Block(name, (), self._body(_map(one), depth + 1), self._path) for one in told)
            else:
                attributes[name] = _expression(told)
        return Body(attributes, tuple(blocks))


def _expression(told: object) -> Expression:
    shown = _map(told)
    if "constant_value" in shown:
        return Literal(shown["constant_value"])
    used = shown.get("references")
    return Names(tuple(name for name in used if isinstance(name, str)) if isinstance(used, list) else ())


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
