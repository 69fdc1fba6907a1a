"""A drawing in, Mermaid's flowchart out, as GitHub and GitLab draw it inside Markdown.

Every name of ours is ``n1``, ``g1``; every text stands between quotes, and whatever is neither letter nor digit nor a few harmless signs is
written as a numbered entity (``#34;``), so that nothing in it is markup for Mermaid, for Markdown, or for HTML.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.report.graph.drawing import Drawing, Look, Stroke

BRACKETS = {
    "box": ("[", "]"),
    "round": ("(", ")"),
    "double": ("[[", "]]"),
    "hexagon": ("{{", "}}"),
    "slanted": ("[/", "/]"),
    "oval": ("([", "])"),
}
COLOURS = {
    "plain": "fill:#ffffff,stroke:#57606a,color:#1f2328",
    "bad": "fill:#fdecea,stroke:#b3261e,color:#1f2328",
    "warn": "fill:#fff6dd,stroke:#8a5a00,color:#1f2328",
    "doubt": "fill:#e4f6fa,stroke:#0b6476,color:#1f2328",
    "aside": "fill:#e9ebee,stroke:#6b7280,color:#1f2328",
    "good": "fill:#e6f6ea,stroke:#1a7037,color:#1f2328",
}
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
HARMLESS = frozenset(f" .,:-_/+?!()={APOSTROPHE}")
"""Signs that mean nothing inside Mermaid's quotes."""
ARROWS = {
    ("solid", "full"): "-->",
    ("solid", "open"): "--o",
    ("dashed", "full"): "-.->",
    ("dashed", "open"): "-.-o",
    ("dotted", "full"): "-.-x",
    ("dotted", "open"): "-.-o",
    ("dotted", "none"): "-.-",
}
HEAVY = {"-->": "==>"}
"""Arrows of the ties that count most."""


def quoted(*lines: str) -> str:
    """Write lines as one quoted label."""
    return '"' + "<br/>".join("".join(c if c.isalnum() or c in HARMLESS else f"#{ord(c)};" for c in line) for line in lines) + '"'


def write(drawing: Drawing) -> str:
    """Write `drawing` as a ``flowchart``."""
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "flowchart TB"
    yield f"  accTitle: {_plain(drawing.title)}"
    yield f"  accDescr: {_plain(' '.join((drawing.description, *drawing.notes)))}"
    for index, group in enumerate(("", *drawing.groups)):
        members = [(number, node) for number, node in enumerate(drawing.nodes) if node.group == group]
        if group:
            yield f"  subgraph g{index}[{quoted(group)}]"
        for number, node in members:
            yield f"  {'  ' if group else ''}{_node(f'n{number}', node.lines, node.look)}"
        if group:
            yield "  end"
    for link in drawing.links:
        yield f"  n{link.source} {_arrow(link.stroke)} n{link.target}"
    yield from _legend(drawing)
    for colour in dict.fromkeys(look.colour for look in drawing.looks()):
        yield f"  classDef {colour} {COLOURS[colour]}"
    yield "  classDef heavy stroke-width:3px"
    yield "  classDef dashed stroke-dasharray:6 4"


def _node(name: str, lines: tuple[str, ...], look: Look) -> str:
    before, after = BRACKETS[look.outline]
    return f"{name}{before}{quoted(*lines)}{after}"


def _arrow(stroke: Stroke) -> str:
    arrow = ARROWS[stroke.line, stroke.head]
    return HEAVY.get(arrow, arrow)


def _plain(line: str) -> str:
    return "".join(c if c.isalnum() or c in HARMLESS else " " for c in line.replace("'", APOSTROPHE))


def _legend(drawing: Drawing) -> Iterator[str]:
    for number, node in enumerate(drawing.nodes):
        for name in _classes(node.look):
            yield f"  class n{number} {name}"
    strokes, looks = drawing.strokes(), drawing.looks()
    if not strokes and not looks:
        return
    yield f"  subgraph legend[{quoted('Legend')}]"
    for number, look in enumerate(looks):
        yield f"    {_node(f'k{number}', (f'{look.mark} {look.word}'.strip(), look.meaning), look)}"
        for name in _classes(look):
            yield f"    class k{number} {name}"
    for number, stroke in enumerate(strokes):
        yield f"    a{number}[{quoted('this')}] {_arrow(stroke)}|{quoted(stroke.meaning)}| b{number}[{quoted('that')}]"
    yield "  end"
    if drawing.notes:
        yield f"  notes[{quoted(*drawing.notes)}]"


def _classes(look: Look) -> list[str]:
    return [look.colour, *(["heavy"] if look.heavy else []), *(["dashed"] if look.dashed else [])]
