"""What drawings are read back with: a grammar of Graphviz' language, and the text of Mermaid's labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lark import Lark, Token, Tree

GRAMMAR = r"""
start: "digraph" ID "{" list "}"
list: (statement ";"?)*
?statement: edge | node | assignment | defaults | subgraph
assignment: ID "=" value
defaults: KEYWORD attributes
edge: ID "->" ID attributes?
node: ID attributes?
subgraph: "subgraph" ID "{" list "}"
attributes: "[" (ID "=" value ","?)* "]"
value: ID | NUMBER | STRING
KEYWORD.2: /(node|edge|graph)(?=\s*\[)/
ID: /(?!(?:subgraph|digraph)\b)[A-Za-z_][A-Za-z_0-9]*/
NUMBER: /-?(\.[0-9]+|[0-9]+(\.[0-9]*)?)/
STRING: /"(?:[^"\\]|\\.)*"/s
%ignore /\s+/
"""
"""After https://graphviz.org/doc/info/lang.html, as far as drawings use it."""
PARSER = Lark(GRAMMAR, parser="lalr")


@dataclass
class Dot:
    """A graph that was read back."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    clusters: dict[str, list[str]] = field(default_factory=dict)


def read_dot(text: str) -> Dot:
    """Read a drawing; strings are given as they stand, without their quotes."""
    found = Dot()
    _walk(PARSER.parse(text), found, "")
    return found


def _walk(tree: Tree[Any], found: Dot, cluster: str) -> None:
    for child in tree.children:
        if not isinstance(child, Tree):
            continue
        if child.data == "subgraph":
            name = str(child.children[0])
            found.clusters[name] = []
            _walk(child, found, name)
        elif child.data == "node":
            found.nodes[str(child.children[0])] = _attributes(child)
            found.clusters.setdefault(cluster, []).append(str(child.children[0]))
        elif child.data == "edge":
            found.edges.append((str(child.children[0]), str(child.children[1]), _attributes(child)))
        else:
            _walk(child, found, cluster)


def _attributes(tree: Tree[Any]) -> dict[str, str]:
    out: dict[str, str] = {}
    for attributes in (c for c in tree.children if isinstance(c, Tree)):
        names = [str(c) for c in attributes.children if isinstance(c, Token)]
        values = [str(c.children[0]) for c in attributes.children if isinstance(c, Tree)]
        out |= {name: value[1:-1] if value.startswith('"') else value for name, value in zip(names, values, strict=True)}
    return out


def dot_text(label: str) -> list[str]:
    r"""Give the lines of a label as Graphviz shows them: ``\n`` breaks, and any other escaped character stands for itself."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label, flags=re.DOTALL).split("\n")


LABEL = re.compile(r'"([^"]*)"')


def mermaid_text(label: str) -> list[str]:
    """Give the lines of a label as Mermaid shows them."""
    return [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), line) for line in label.split("<br/>")]
