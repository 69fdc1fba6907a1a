"""Types of variables: a type constraint and a value in, the value as a module sees it out.

Conversions are those of Terraform's documentation of type constraints, ``optional()`` with its defaults included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lark import Tree

from tfclean.terraform.config.conversion import bool_of, number_of, text_of
from tfclean.terraform.config.syntax import Expression, Json, Literal, Names, Node, expression, label_of
from tfclean.terraform.config.values import Entity, Fault, Partial, Unknown, is_known, members, unknown_from

_SIMPLE = frozenset({"string", "number", "bool"})
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an object type: `default` is for one that is optional and not given."""

    type: Type
    optional: bool = False
    default: Node | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """A type constraint.

    Attributes:
        name: ``string``, ``number``, ``bool``, ``any``, ``list``, ``set``, ``map``, ``object`` or ``tuple``.
        inner: types of the elements: one, or for a tuple each.
        attributes: of an object.
    """

    name: str = "any"
    inner: tuple[Type, ...] = ()
    attributes: dict[str, Attribute] = field(default_factory=dict)

    @property
    def simple(self) -> bool:
        """Whether the text of a command line is the value itself, and no expression."""
        return self.name in _SIMPLE


ANY = Type()


def type_of(constraint: Expression) -> Type:
    """Read a type constraint; what it does not say, or says in a way that is not known, can be anything."""
    if isinstance(constraint, Json):
        try:
            return _type(expression(str(constraint.value)), 0)
        except Fault:
            return ANY
    return ANY if isinstance(constraint, (Literal, Names)) else _type(constraint, 0)


def _type(node: Node, depth: int) -> Type:
    node = _bare(node)
    if node.data in ("identifier", "string"):
        name = label_of(node)
        return Type(name) if name in _SIMPLE else Type(name, (ANY,)) if name in ("list", "set", "map") else ANY
    parts = _children(node)
    return _complex(parts, depth) if node.data == "function_call" and len(parts) > 1 and depth < _DEEPEST else ANY


def _complex(parts: list[Node], depth: int) -> Type:
    name, arguments = label_of(parts[0]), _children(parts[1])
    if name in ("list", "set", "map") and arguments:
        return Type(name, (_type(arguments[0], depth + 1),))
    inside = _bare(arguments[0]) if arguments else None
    if name == "tuple" and inside is not None and inside.data == "tuple":
        return Type(name, tuple(_type(child, depth + 1) for child in _children(inside)))
    if name == "object" and inside is not None and inside.data == "object":
        return Type(name, attributes=dict(_attribute(element, depth + 1) for element in _children(inside)))
    return ANY


def _attribute(element: Node, depth: int) -> tuple[str, Attribute]:
    key, value = _children(element)
    call = _bare(value)
    if call.data == "function_call":
        name, *rest = _children(call)
        if label_of(name) == "optional" and rest:
            arguments = _children(rest[0])
            return label_of(key), Attribute(_type(arguments[0], depth), True, arguments[1] if len(arguments) > 1 else None)
    return label_of(key), Attribute(_type(value, depth))


def _children(node: Node) -> list[Node]:
    return [child for child in node.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]


def _bare(node: Node) -> Node:
    parts = _children(node)
    return _bare(parts[0]) if node.data == "expr_term" and len(parts) == 1 else node


def convert(value: Any, type_: Type, evaluate: Callable[[Node], Any]) -> Any:
    """Convert a value to a type.

    Args:
        value: the value.
        type_: the type.
        evaluate: works out a default.

    Raises:
        Fault: it cannot be converted.
    """
    if value is None or isinstance(value, (Unknown, Entity)) or type_.name == "any":
        return value
    if isinstance(value, Partial):
        return value if type_.name == "string" else unknown_from([value])
    simple: dict[str, Callable[[Any], Any]] = {"string": text_of, "number": number_of, "bool": bool_of}
    if type_.name in simple:
        return simple[type_.name](value)
    if type_.name in ("list", "set", "tuple"):
        return _elements(value, type_, evaluate)
    if not isinstance(value, dict):
        raise Fault("a map is needed here")
    if type_.name == "map":
        return {name: convert(item, type_.inner[0], evaluate) for name, item in sorted(value.items())}
    return {name: _given(name, attribute, value, evaluate) for name, attribute in sorted(type_.attributes.items())}


def _elements(value: Any, type_: Type, evaluate: Callable[[Node], Any]) -> Any:
    if not isinstance(value, list):
        raise Fault("a list is needed here")
    if type_.name == "tuple":
        if len(value) != len(type_.inner):
            raise Fault("the list has another length")
        return [convert(item, inner, evaluate) for item, inner in zip(value, type_.inner, strict=True)]
    items = [convert(item, type_.inner[0], evaluate) for item in value]
    if type_.name == "set":
        return members(items) if is_known(items) else unknown_from(items)
    return items


def _given(name: str, attribute: Attribute, value: dict[str, Any], evaluate: Callable[[Node], Any]) -> Any:
    if value.get(name) is not None:
        return convert(value[name], attribute.type, evaluate)
    if not attribute.optional and name not in value:
        raise Fault(f"the attribute {name} is missing")
    if attribute.default is None or not attribute.optional:
        return None
    return convert(evaluate(attribute.default), attribute.type, evaluate)
