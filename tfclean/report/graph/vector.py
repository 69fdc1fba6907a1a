"""A drawing in, SVG out: self-contained, without script, readable in light and dark surroundings, and printed as it is shown.

Colours are custom properties of the class ``tfclean-graph``: a page that embeds the drawing may set them.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from tfclean.model import Key
from tfclean.report.graph.drawing import Drawing, Link, Look, Node
from tfclean.report.graph.layout import Layout, layout
from tfclean.report.graph.routing import NODE, STEP, Router
from tfclean.report.text import shorten

MARGIN = 24
LANE = 22
"""Room for the name of a lane."""
LINE = 15

COLOURS = ("plain", "bad", "warn", "doubt", "aside", "good")
STYLE = """\
.tfclean-graph{--tfg-paper:#ffffff;--tfg-ink:#1f2328;--tfg-faint:#57606a;--tfg-lane:#f3f4f6;--tfg-line:#6b7280;\
--tfg-plain:#57606a;--tfg-plain-fill:#ffffff;--tfg-bad:#b3261e;--tfg-bad-fill:#fdecea;--tfg-warn:#8a5a00;--tfg-warn-fill:#fff6dd;\
--tfg-doubt:#0b6476;--tfg-doubt-fill:#e4f6fa;--tfg-aside:#6b7280;--tfg-aside-fill:#e9ebee;--tfg-good:#1a7037;--tfg-good-fill:#e6f6ea;\
font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
@media (prefers-color-scheme:dark){.tfclean-graph{--tfg-paper:#16191d;--tfg-ink:#e6e8eb;--tfg-faint:#a5acb5;--tfg-lane:#1f2429;\
--tfg-line:#8b939d;--tfg-plain:#a5acb5;--tfg-plain-fill:#24292f;--tfg-bad:#ff8a80;--tfg-bad-fill:#3b1d1b;--tfg-warn:#f2c14e;\
--tfg-warn-fill:#352b12;--tfg-doubt:#6fd3e7;--tfg-doubt-fill:#12323a;--tfg-aside:#8b939d;--tfg-aside-fill:#2b3138;--tfg-good:#74d68d;\
--tfg-good-fill:#16301d}}
.tfclean-graph text{fill:var(--tfg-ink)}
.tfclean-graph .faint{fill:var(--tfg-faint)}
.tfclean-graph .strong{font-weight:600}
.tfclean-graph .lane{fill:var(--tfg-lane)}
.tfclean-graph .tie{fill:none;stroke:var(--tfg-line)}
.tfclean-graph .head{stroke:none;fill:var(--tfg-line)}
.tfclean-graph .open{fill:var(--tfg-paper);stroke:var(--tfg-line)}
.tfclean-graph a:focus-visible .shape{stroke-width:4}
"""
DASHES = {"solid": "", "dashed": ' stroke-dasharray="7 4"', "dotted": ' stroke-dasharray="2 4"'}

Named = Callable[[Key], str]


def write(drawing: Drawing, *, link: Named | None = None, prefix: str = "tfg", standalone: bool = True) -> str:
    """Write `drawing` as SVG.

    Args:
        drawing: what is drawn.
        link: gives the address that a node leads to, empty for none.
        prefix: begins every id in the document, so that a page can hold several.
        standalone: for a file of its own; else for the body of a page.
    """
    plan = layout(drawing)
    legend = _Legend(drawing, max(plan.columns * STEP[0], 640))
    width = max(plan.columns * STEP[0], legend.width) + 2 * MARGIN
    top = MARGIN + LANE
    body = top + plan.rows * STEP[1]
    height = body + legend.height + MARGIN
    spread = max((width - 2 * MARGIN - plan.columns * STEP[0]) / 2, 0)
    painter = _Painter(drawing, plan, (MARGIN + spread, top), prefix, link)
    # What can be reached by keyboard must not hide in an image.
    role = "group" if link else "img"
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n' if standalone else "",
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tfclean-graph" role="{role}" aria-labelledby="{prefix}-title {prefix}-desc"',
        f' viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">\n',
        f'<title id="{prefix}-title">{text(drawing.title)}</title>\n',
        f'<desc id="{prefix}-desc">{text(" ".join((drawing.description, *drawing.notes)))}</desc>\n',
        f"<style>\n{STYLE}{''.join(_colour(name) for name in COLOURS)}</style>\n",
        f'<rect width="{width:g}" height="{height:g}" fill="var(--tfg-paper)"/>\n' if standalone else "",
        *painter.lanes(),
        *painter.links(),
        *painter.nodes(),
        *legend.write(MARGIN, body),
        "</svg>\n",
    ]
    return "".join(parts)


def _colour(name: str) -> str:
    return f".tfclean-graph .{name} .shape{{stroke:var(--tfg-{name});fill:var(--tfg-{name}-fill)}}\n"


def text(string: str) -> str:
    """Escape text for XML; characters that XML does not have are gone before, with all others that do not show."""
    return escape(string)


class _Painter:
    """Writes what stands on the grid."""

    def __init__(self, drawing: Drawing, plan: Layout, corner: tuple[float, float], prefix: str, link: Named | None) -> None:
        self._drawing, self._plan, self._prefix, self._link = drawing, plan, prefix, link
        self._left, self._top = corner
        self._router = Router(plan, corner)

    def lanes(self) -> list[str]:
        out = []
        for group, (column, columns, first, last) in self._plan.lanes.items():
            if not group:
                continue
            x, y = self._left + column * STEP[0] + 4, self._top + first * STEP[1] - LANE
            width, height = columns * STEP[0] - 8, (last - first) * STEP[1] + NODE[1] + LANE + 12
            out.append(f'<rect class="lane" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8"/>\n')
            room = int(width / 6.6)
            shown = group if len(group) <= room else f"...{group[-room + 3 :]}"
            out.append(f'<text class="faint strong" x="{x + 8:g}" y="{y + 15:g}">{text(shown)}</text>\n')
        return out

    def links(self) -> list[str]:
        return [self._tie(link) for link in self._drawing.links]

    def nodes(self) -> list[str]:
        return [self._node(number, node) for number, node in enumerate(self._drawing.nodes)]

    def _tie(self, link: Link) -> str:
        path, x, y, angle = self._router.path(link.source, link.target)
        said = self._drawing.nodes
        hint = link.reason or f"{said[link.source].lines[0]} {link.stroke.meaning} {said[link.target].lines[0]}"
        line = f'<path class="tie" d="{path}" stroke-width="{link.stroke.weight}"{DASHES[link.stroke.line]}/>'
        return f"<g><title>{text(hint)}</title>{line}{_head(link.stroke.head, x, y, angle)}</g>\n"

    def _node(self, number: int, node: Node) -> str:
        x, y = self._router.corner(number)
        first = y + (NODE[1] - LINE * len(node.lines)) / 2 + LINE - 3.5
        lines = "".join(
            f'<text x="{x + NODE[0] / 2:g}" y="{first + LINE * row:g}" text-anchor="middle"'
            f"{' class=' + quoteattr('strong') if row == min(1, len(node.lines) - 1) else ''}>{text(line)}</text>"
            for row, line in enumerate(node.lines)
        )
        body = f"<title>{text(node.hint)}</title>{shape(node.look, x, y, *NODE)}{lines}"
        address = self._link(node.members[0]) if self._link else ""
        inner = f"<a href={quoteattr(address)}>{body}</a>" if address else body
        return f'<g id="{self._prefix}-{number}" class="{node.look.colour}">{inner}</g>\n'


def _head(head: str, x: float, y: float, angle: int) -> str:
    if head == "none":
        return ""
    style = "head" if head == "full" else "open"
    return f'<path class="{style}" transform="translate({x:g} {y:g}) rotate({angle})" d="M-3 -5L7 0L-3 5Z"/>'


def shape(look: Look, x: float, y: float, width: float, height: float) -> str:
    """Write the outline of a node."""
    dash = ' stroke-dasharray="6 4"' if look.dashed else ""
    style = f'class="shape" stroke-width="{2.5 if look.heavy else 1.2}"{dash}'
    inset = min(16.0, width / 6)
    points: tuple[tuple[float, float], ...]
    if look.outline == "hexagon":
        points = ((inset, 0), (width - inset, 0), (width, height / 2), (width - inset, height), (inset, height), (0, height / 2))
    elif look.outline == "slanted":
        points = ((inset, 0), (width, 0), (width - inset, height), (0, height))
    else:
        radius = {"oval": height / 2, "round": 14 if height > 30 else 6, "double": 3}.get(look.outline, 3)
        box = f'<rect {style} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}"/>'
        if look.outline != "double":
            return box
        return f'{box}<rect {style} x="{x + 3:g}" y="{y + 3:g}" width="{width - 6:g}" height="{height - 6:g}" rx="2"/>'
    return f'<polygon {style} points="{" ".join(f"{x + px:g},{y + py:g}" for px, py in points)}"/>'


class _Legend:
    """What outlines, lines and notes mean, below the drawing.

    Args:
        drawing: what occurs in it is explained.
        room: width that there is.
    """

    CELL = 396
    ROW = 26

    def __init__(self, drawing: Drawing, room: float) -> None:
        self._looks, self._strokes = drawing.looks(), drawing.strokes()
        self._notes = (drawing.description, *drawing.notes)
        self._columns = max(int(room // self.CELL), 1)
        cells = len(self._looks), len(self._strokes)
        self._rows = [-(-count // self._columns) for count in cells]
        self._lines = [line for note in self._notes for line in _wrapped(note, int(room / 6.4))]
        self.width = min(max(*cells, 1), self._columns) * self.CELL
        self.height = 30 + sum(self._rows) * self.ROW + 12 + 17 * len(self._lines)

    def write(self, x: float, y: float) -> list[str]:
        """Write it, its upper left corner at `x` and `y`."""
        out = [f'<text class="strong" x="{x:g}" y="{y + 14:g}">Legend</text>\n']
        top = y + 28
        for number, look in enumerate(self._looks):
            cx, cy = x + number % self._columns * self.CELL, top + number // self._columns * self.ROW
            said = f"{look.mark} {look.word}".strip()
            meaning = text(shorten(f": {look.meaning}", 54 - len(said)))
            out.append(
                f'<g class="{look.colour}">{shape(look, cx, cy, 34, 18)}'
                f'<text x="{cx + 44:g}" y="{cy + 13:g}"><tspan class="strong">{text(said)}</tspan>{meaning}</text></g>\n'
            )
        top += self._rows[0] * self.ROW
        for number, stroke in enumerate(self._strokes):
            cx, cy = x + number % self._columns * self.CELL, top + number // self._columns * self.ROW
            line = f'<path class="tie" d="M{cx:g} {cy + 9:g}h28" stroke-width="{stroke.weight}"{DASHES[stroke.line]}/>'
            said = f'<text x="{cx + 44:g}" y="{cy + 13:g}">{text(stroke.meaning)}</text>'
            out.append(f"<g>{line}{_head(stroke.head, cx + 28, cy + 9, 0)}{said}</g>\n")
        top += self._rows[1] * self.ROW + 16
        for number, each in enumerate(self._lines):
            out.append(f'<text class="faint" x="{x:g}" y="{top + 17 * number:g}">{text(each)}</text>\n')
        return out


def _wrapped(line: str, width: int) -> list[str]:
    out = [""]
    for word in line.split():
        if out[-1] and len(out[-1]) + 1 + len(word) > width:
            out.append("")
        out[-1] = f"{out[-1]} {word}".strip()
    return out
