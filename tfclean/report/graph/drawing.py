"""What a drawing consists of, whatever format it is written in. Shapes only.

A drawing reads from top to bottom: what must go first stands above. Texts in it are safe to show, and escaped for no format yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from tfclean.model import Key


@dataclass(frozen=True, slots=True)
class Look:
    """How objects of one standing are drawn: the outline tells it without colour, and the word tells it without either.

    Attributes:
        word: what is said of the object: ``zombie``.
        meaning: what that is, for the legend.
        mark: one character before the word.
        outline: ``box``, ``round``, ``double``, ``hexagon``, ``slanted`` or ``oval``.
        dashed: its border is broken: it is not there, or it is not certain.
        heavy: its border is thick: it is a problem.
        colour: ``plain``, ``bad``, ``warn``, ``doubt``, ``aside`` or ``good``.
    """

    word: str
    meaning: str
    mark: str = ""
    outline: str = "box"
    dashed: bool = False
    heavy: bool = False
    colour: str = "plain"


@dataclass(frozen=True, slots=True)
class Stroke:
    """How ties of one type are drawn.

    Attributes:
        type: name of the tie.
        meaning: what it means, read between this, where the arrow starts, and that, where it points.
        line: ``solid``, ``dashed`` or ``dotted``.
        head: ``full``, ``open`` or ``none``.
        weight: width of the line: 1 or 2.
        orders: it tells what must go first, so that its source stands above.
    """

    type: str
    meaning: str
    line: str = "solid"
    head: str = "full"
    weight: int = 1
    orders: bool = True


@dataclass(frozen=True, slots=True)
class Node:
    """One object, or several that are told as one.

    Attributes:
        members: the objects, the one that gave its name first.
        lines: what is written into it, most important first.
        look: how it is drawn.
        group: name of the group that it stands in; empty for none.
        hint: what is told of it to those who point at it.
    """

    members: tuple[Key, ...]
    lines: tuple[str, ...]
    look: Look
    group: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A tie, or several of one type between the same nodes.

    Attributes:
        source: index of the node that it starts from.
        target: index of the node that it points to.
        stroke: how it is drawn.
        reason: in words; empty if its type says enough.
        count: how many ties it stands for.
    """

    source: int
    target: int
    stroke: Stroke
    reason: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that is drawn.

    Attributes:
        title: what it is a drawing of.
        description: the same as the drawing tells, in a sentence or two.
        nodes: in a stable order; links name them by index.
        links: ties between them.
        groups: names of the groups, in order.
        notes: what was folded or left out.
    """

    title: str
    description: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    groups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def looks(self) -> list[Look]:
        """Give the looks that occur, problems first."""
        return sorted({node.look for node in self.nodes}, key=lambda look: (not look.heavy, look.outline, look.word))

    def strokes(self) -> list[Stroke]:
        """Give the strokes that occur, in the order of their strength."""
        return [stroke for stroke in STROKES.values() if any(link.stroke is stroke for link in self.links)]


STROKES: dict[str, Stroke] = {
    stroke.type: stroke
    for stroke in (
        Stroke("needs_gone", "must be gone before", weight=2),
        Stroke("breaks", "must be gone, or let go, before", "dashed", weight=2),
        Stroke("part_of", "goes with", head="open"),
        Stroke("implied_by", "was made by OpenStack for, and goes with", "dashed", "open"),
        Stroke("blocks", "blocks", weight=2),
        Stroke("warns", "is changed by the end of", "dotted", orders=False),
        Stroke("eases", "had better be gone before", "dotted", "open"),
        Stroke("uses", "names, but does not hold", "dotted", "none"),
        Stroke("follows", "is a consequence of", "dotted", "open", orders=False),
    )
}
"""Ties by type, strongest first."""
