r"""A drawing in, Graphviz' language out.

Every name of ours is ``n1``, ``g1``; every text is a quoted string, in which only the quote and the backslash mean something:
the backslash is doubled too, for in labels ``\N`` and ``\G`` stand for names of the graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.report.graph.drawing import Drawing, Link, Node, Stroke

SHAPES = {"box": "box", "round": "box", "double": "box", "hexagon": "hexagon", "slanted": "parallelogram", "oval": "ellipse"}
COLOURS = {
    "plain": ("#57606a", "#ffffff"),
    "bad": ("#b3261e", "#fdecea"),
    "warn": ("#8a5a00", "#fff6dd"),
    "doubt": ("#0b6476", "#e4f6fa"),
    "aside": ("#6b7280", "#e9ebee"),
    "good": ("#1a7037", "#e6f6ea"),
}
HEADS = {"full": "normal", "open": "onormal", "none": "none"}


def quoted(*lines: str) -> str:
    """Write lines as one quoted string."""
    return '"' + "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines) + '"'


def write(drawing: Drawing) -> str:
    """Write `drawing` as a ``digraph``."""
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph tfclean {"
    yield f"  label={quoted(drawing.title, drawing.description, *drawing.notes)}; labelloc=b; rankdir=TB; compound=true;"
    yield '  fontname="sans-serif"; node [fontname="sans-serif", fontsize=11]; edge [fontname="sans-serif", fontsize=9];'
    for index, group in enumerate(("", *drawing.groups)):
        members = [(number, node) for number, node in enumerate(drawing.nodes) if node.group == group]
        if group:
            yield f"  subgraph cluster_{index} {{"
            yield f'    label={quoted(group)}; labelloc=t; style="rounded,filled"; color="#d0d7de"; fillcolor="#f3f4f6";'
        for number, node in members:
            yield f"  {'  ' if group else ''}n{number} [{_node(node)}];"
        if group:
            yield "  }"
    for link in drawing.links:
        yield f"  n{link.source} -> n{link.target} [{_tie(link)}];"
    yield from _legend(drawing)
    yield "}"


def _node(node: Node) -> str:
    look = node.look
    border, fill = COLOURS[look.colour]
    styles = ",".join(["filled", *(["rounded"] if look.outline == "round" else []), *(["dashed"] if look.dashed else [])])
    rest = f', style="{styles}", color="{border}", fillcolor="{fill}", penwidth={2.5 if look.heavy else 1}'
    double = ", peripheries=2" if look.outline == "double" else ""
    return f"label={quoted(*node.lines)}, tooltip={quoted(*node.hint.splitlines())}, shape={SHAPES[look.outline]}{rest}{double}"


def _stroke(stroke: Stroke) -> str:
    free = "" if stroke.orders else ", constraint=false"
    return f'style={stroke.line}, arrowhead={HEADS[stroke.head]}, penwidth={stroke.weight}, color="#6b7280"{free}'


def _tie(link: Link) -> str:
    return f"{_stroke(link.stroke)}, tooltip={quoted(link.reason or link.stroke.meaning)}"


def _legend(drawing: Drawing) -> Iterator[str]:
    strokes, looks = drawing.strokes(), drawing.looks()
    if not strokes and not looks:
        return
    yield "  subgraph cluster_legend {"
    yield '    label="Legend"; style="rounded"; color="#d0d7de";'
    for number, look in enumerate(looks):
        node = Node((), (f"{look.mark} {look.word}".strip(), look.meaning), look, hint=look.meaning)
        yield f"    k{number} [{_node(node)}];"
    for number, stroke in enumerate(strokes):
        yield f"    a{number} [label={quoted('this')}, shape=plaintext]; b{number} [label={quoted('that')}, shape=plaintext];"
        yield f"    a{number} -> b{number} [{_stroke(stroke)}, label={quoted(stroke.meaning)}];"
    yield "  }"
