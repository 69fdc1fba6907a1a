"""Expressions in, values out, as far as they are known; an expression without a value raises `Fault`.

Scoping and operators follow HCL's syntax-agnostic specification and Terraform's language documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lark import Tree

from tfclean.terraform.config import access, operators, templates
from tfclean.terraform.config.conversion import bool_of, joined, text_of
from tfclean.terraform.config.functions import FUNCTIONS
from tfclean.terraform.config.scope import Scope
from tfclean.terraform.config.syntax import Expression, Json, Literal, Names, Node, label_of
from tfclean.terraform.config.syntax import expression as parsed
from tfclean.terraform.config.values import UNKNOWN, Entity, Fault, Partial, Unknown, Work, same, spelling, turns, unknown_from

_LAZY = frozenset({"try", "can"})
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}


class Evaluator:
    """Works expressions out.

    Args:
        work: pays for it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._depth = 0
        self._rules: dict[str, Callable[[Node, list[Node], Scope], Any]] = {
            "expr_term": lambda _, parts, scope: self._value(parts[0], scope),
            "int_lit": lambda node, *_: operators.number(str(node.children[0])),
            "float_lit": lambda node, *_: operators.number(str(node.children[0])),
            "literal_value": lambda node, *_: _WORDS[str(node.children[0])],
            "identifier": lambda node, _, scope: scope.lookup(str(node.children[0])),
            "string": lambda node, _, scope: self._template(templates.of_string(node), scope),
            "template_string": lambda node, *_: str(node.children[0]).replace('\\"', '"').strip('"'),
            "heredoc_template": lambda node, _, scope: self._heredoc(node, scope),
            "heredoc_template_trim": lambda node, _, scope: self._heredoc(node, scope),
            "tuple": lambda _, parts, scope: [self._value(part, scope) for part in parts],
            "object": self._object,
            "conditional": self._conditional,
            "binary_op": self._binary,
            "unary_op": lambda node, parts, scope: operators.unary(str(node.children[0]), self._value(parts[0], scope)),
            "function_call": self._call,
            "get_attr_expr_term": lambda _, parts, scope: self._step(parts[1], scope)(self._value(parts[0], scope)),
            "index_expr_term": lambda _, parts, scope: self._step(parts[1], scope)(self._value(parts[0], scope)),
            "attr_splat_expr_term": self._splat,
            "full_splat_expr_term": self._splat,
            "for_tuple_expr": self._for_list,
            "for_object_expr": self._for_map,
        }

    def value(self, expression: Expression, scope: Scope) -> Any:
        """Work an expression out.

        Args:
            expression: as the file has it.
            scope: the names that it can use.

        Returns:
            Its value, with what is unknown in it as `Unknown` or `Partial`.

        Raises:
            Fault: it has none.
            TooMuch: the work is used up.
        """
        if isinstance(expression, Literal):
            return expression.value
        if isinstance(expression, Json):
            return self._work.weighed(self._json(expression.value, scope, 0))
        if isinstance(expression, Names):
            return unknown_from([self._used(name, scope) for name in expression.used])
        return self._value(expression, scope)

    def template(self, text: str, scope: Scope) -> Any:
        """Work out a template that stands by itself, such as that of a file."""
        return self._template(templates.of_text(text), scope)

    def _used(self, name: str, scope: Scope) -> Any:
        try:
            return self._value(parsed(name), scope)
        except Fault:
            return UNKNOWN

    def _value(self, node: Node, scope: Scope) -> Any:
        self._work.step()
        rule = self._rules.get(node.data)
        if rule is None or self._depth >= self._work.depth:
            return UNKNOWN
        parts = [child for child in node.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
        self._depth += 1
        try:
            found = rule(node, parts, scope)
        finally:
            self._depth -= 1
        return found if isinstance(found, (Entity, Unknown, bool)) else self._work.weighed(found)

    def _json(self, value: Any, scope: Scope, depth: int) -> Any:
        self._work.step()
        if depth > self._work.depth:
            return UNKNOWN
        if isinstance(value, str):
            return self._template(templates.of_text(value), scope) if "${" in value or "%{" in value else value
        if isinstance(value, list):
            return [self._json(item, scope, depth + 1) for item in value]
        if isinstance(value, dict):
            return {str(name): self._json(item, scope, depth + 1) for name, item in value.items()}
        return value

    def _heredoc(self, node: Node, scope: Scope) -> Any:
        return self._template(templates.of_heredoc(str(node.children[0])), scope)

    def _template(self, branches: Sequence[templates.Branch], scope: Scope) -> Any:
        if len(branches) == 1 and branches[0].piece.word == "value" and branches[0].piece.tree is not None:
            return self._value(branches[0].piece.tree, scope)
        return self._work.weighed(joined(self._pieces(branches, scope)))

    def _pieces(self, branches: Sequence[templates.Branch], scope: Scope) -> Iterator[str | Partial | Unknown]:
        for branch in branches:
            piece = branch.piece
            self._work.step()
            if piece.tree is None:
                yield piece.text
                continue
            value = self._value(piece.tree, scope)
            if piece.word == "value":
                yield UNKNOWN if isinstance(value, Entity) else text_of(value)
            elif piece.word == "if":
                holds = bool_of(value)
                if isinstance(holds, Unknown):
                    yield self._either(branch, scope, holds)
                else:
                    yield from self._pieces(branch.inner if holds else branch.other, scope)
            else:
                yield from self._loop(branch, value, scope)

    def _either(self, branch: templates.Branch, scope: Scope, unknown: Unknown) -> str | Partial | Unknown:
        one, other = (joined(self._pieces(way, scope)) for way in (branch.inner, branch.other))
        return one if one == other else unknown_from([unknown, one, other])

    def _loop(self, branch: templates.Branch, value: Any, scope: Scope) -> Iterator[str | Partial | Unknown]:
        elements = turns(value)
        if elements is None:
            yield unknown_from([value])
            return
        for names in _named(branch.piece.names, elements):
            yield from self._pieces(branch.inner, scope.within(names))

    def _object(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        out: dict[str, Any] = {}
        for element in parts:
            key_tree, value_tree = (child for child in element.children if isinstance(child, Tree) and child.data != "new_line_or_comment")
            key = self._key(key_tree.children[0], scope)
            value = self._value(value_tree, scope)
            if not isinstance(key, str):
                return unknown_from([key, value])
            out[key] = value
        return out

    def _key(self, tree: Any, scope: Scope) -> Any:
        inner = tree.children[0] if len(tree.children) == 1 else None
        if tree.data == "keyword" or (isinstance(inner, Tree) and inner.data in ("identifier", "literal_value")):
            return label_of(tree)
        return text_of(self._value(tree, scope))

    def _conditional(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        holds = bool_of(self._value(parts[0], scope))
        if not isinstance(holds, Unknown):
            return self._value(parts[1 if holds else 2], scope)
        ways = []
        for part in parts[1:3]:
            try:
                ways.append(self._value(part, scope))
            except Fault:
                ways.append(UNKNOWN)
        return ways[0] if same(*ways) is True else unknown_from([holds, *ways])

    def _binary(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        term = parts[1]
        sign, right = (child for child in term.children if isinstance(child, Tree) and child.data != "new_line_or_comment")
        name = sign.children[0].type  # type: ignore[union-attr]  # the sign's own text may have a comment before it
        left = self._value(parts[0], scope)
        settled = operators.settled(name, left)
        return settled if settled is not None else operators.binary(name, left, self._value(right, scope))

    def _call(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        name = "::".join(label_of(part) for part in parts if part.data == "identifier").removeprefix("core::")
        given = [part for part in parts if part.data == "arguments"]
        trees = [c for c in given[0].children if isinstance(c, Tree) and c.data != "new_line_or_comment"] if given else []
        if name in _LAZY:
            return self._attempt(name, trees, scope)
        arguments = [self._value(tree, scope) for tree in trees]
        if given and any(not isinstance(c, Tree) and c.type == "ELLIPSIS" for c in given[0].children):
            last = arguments.pop()
            if not isinstance(last, list):
                return unknown_from([*arguments, last])
            arguments += last
        function = FUNCTIONS.get(name)
        if function is None:
            return unknown_from(arguments)
        self._work.step(4)
        return function(scope.context, arguments, lambda text, names: self.template(text, Scope(_Nothing(), scope.context, names)))

    def _attempt(self, name: str, trees: Sequence[Node], scope: Scope) -> Any:
        for tree in trees:
            try:
                value = self._value(tree, scope)
            except Fault:
                continue
            if isinstance(value, Unknown) and not value.refers:
                # It may turn out to have no value, and then the next one holds.
                return UNKNOWN
            return True if name == "can" else value
        if name == "can":
            return False
        raise Fault("nothing that is tried has a value")

    def _step(self, tree: Node, scope: Scope) -> Callable[[Any], Any]:
        parts = [child for child in tree.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
        if tree.data == "get_attr":
            name = label_of(parts[0])
            return lambda value: access.attribute(value, name)
        key = self._value(parts[0], scope) if parts else operators.number(str(tree.children[-1]))
        return lambda value: access.index(value, key)

    def _splat(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        steps = [self._step(child, scope) for child in parts[1].children if isinstance(child, Tree)]
        return access.splat(self._value(parts[0], scope), steps)

    def _rounds(self, parts: list[Node], scope: Scope) -> Iterator[Scope | Unknown]:
        """Give the scope of each turn of a ``for`` whose condition holds; what is unknown if that is not known."""
        intro = [child for child in parts[0].children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
        over = self._value(intro[-1], scope)
        elements = turns(over)
        if elements is None:
            yield unknown_from([over])
            return
        condition = next((part for part in parts[1:] if part.data == "for_cond"), None)
        test = (
            [child for child in condition.children if isinstance(child, Tree) and child.data != "new_line_or_comment"] if condition else []
        )
        for names in _named(tuple(label_of(name) for name in intro[:-1]), elements):
            self._work.step()
            inner = scope.within(names)
            holds = bool_of(self._value(test[0], inner)) if test else True
            if isinstance(holds, Unknown):
                yield unknown_from([over, holds])
            elif holds:
                yield inner

    def _for_list(self, _: Node, parts: list[Node], scope: Scope) -> Any:
        out = []
        for inner in self._rounds(parts, scope):
            if isinstance(inner, Unknown):
                return inner
            out.append(self._value(parts[1], inner))
        return out

    def _for_map(self, node: Node, parts: list[Node], scope: Scope) -> Any:
        grouped = any(not isinstance(child, Tree) and child.type == "ELLIPSIS" for child in node.children)
        out: dict[str, Any] = {}
        for inner in self._rounds(parts, scope):
            if isinstance(inner, Unknown):
                return inner
            key, value = text_of(self._value(parts[1], inner)), self._value(parts[2], inner)
            if not isinstance(key, str):
                return unknown_from([key, value])
            if grouped:
                out.setdefault(key, []).append(value)
            elif key in out and spelling(out[key]) != spelling(value):
                raise Fault("two elements have the same key")
            else:
                out[key] = value
        return dict(sorted(out.items()))


class _Nothing(Entity):
    """The root of a template file: it knows nothing but what is handed to it."""

    def get(self, name: str) -> Any:
        raise Fault(f"nothing is called {name} here")


def _named(names: Sequence[str], over: Sequence[tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    for key, value in over:
        yield {names[0]: value} if len(names) == 1 else {names[0]: key, names[1]: value}
