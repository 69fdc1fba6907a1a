"""Many objects and ties in; as few as can be read, each with what it stands for, out. Pure.

Nothing is lost silently: what is folded is counted on the object that it is folded into, and told in a note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tfclean.model import Key
from tfclean.report.graph.drawing import STROKES, Look
from tfclean.report.text import by_kind, quantity

PARENTS = ("part_of", "implied_by", "follows")
"""Ties to what an object can be folded into, the first that it has."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One object before it is drawn.

    Attributes:
        key: the object.
        name: its name, unescaped.
        said: what is said of it.
        look: how it is drawn.
        group: where it stands.
        hint: what more there is to say of it.
        alike: objects that are told together with it, itself the first.
        folded: what is folded into it.
    """

    key: Key
    name: str
    said: str
    look: Look
    group: str = ""
    hint: str = ""
    alike: tuple[Key, ...] = ()
    folded: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie before it is drawn; `type` names a stroke."""

    source: Key
    target: Key
    type: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Pieces and the ties between them; `notes` say what was folded."""

    pieces: tuple[Piece, ...]
    ties: tuple[Tie, ...]
    notes: tuple[str, ...] = field(default=())


def fold(sketch: Sketch, limit: int | None) -> Sketch:
    """Make `sketch` small enough, in the gentlest way that does.

    Args:
        sketch: everything.
        limit: how many pieces can be read; None folds nothing. From half of it on parts are folded: they say least.

    Returns:
        A sketch of at most `limit` pieces, or the smallest that can be made: one piece for each kind, verdict and confidence.
    """
    sketch = replace(sketch, ties=_distinct(sketch.ties))
    if limit is None:
        return sketch
    for smaller, most in ((_parts, limit // 2), (_alike, limit), (_anywhere, limit)):
        if len(sketch.pieces) > most:
            sketch = smaller(sketch)
    return _needed(sketch)


def _parts(sketch: Sketch) -> Sketch:
    """Fold what goes with another object, unless it is a problem and the other is none."""
    pieces = {p.key: p for p in sketch.pieces}
    parents: dict[Key, Key] = {}
    for type_ in PARENTS:
        for tie in sketch.ties:
            if tie.type == type_ and tie.source in pieces and tie.target in pieces and _quiet(pieces[tie.source], pieces[tie.target]):
                parents.setdefault(tie.source, tie.target)
    tops = {key: _top(key, parents) for key in parents}
    gone = {key: top for key, top in tops.items() if top != key}
    inside: dict[Key, list[Key]] = defaultdict(list)
    for key, top in gone.items():
        inside[top].append(key)
    kept = tuple(replace(p, folded=(*p.folded, *inside[p.key])) for p in sketch.pieces if p.key not in gone)
    note = f"Folded into what they go with: {by_kind(k.kind for k in gone)}." if gone else ""
    return Sketch(kept, _moved(sketch.ties, gone, parts=True), (*sketch.notes, *([note] if note else [])))


def _quiet(part: Piece, whole: Piece) -> bool:
    return not part.look.heavy or part.look == whole.look


def _top(key: Key, parents: Mapping[Key, Key]) -> Key:
    """Give what `key` is folded into in the end; itself if that leads in a circle."""
    seen = {key}
    here = key
    while here in parents:
        here = parents[here]
        if here in seen:
            return key
        seen.add(here)
    return here


def _alike(sketch: Sketch) -> Sketch:
    """Tell those of one group together that are of one kind and of which the same is said."""
    return _together(sketch, anywhere=False)


def _anywhere(sketch: Sketch) -> Sketch:
    """The same, wherever they stand."""
    return _together(sketch, anywhere=True)


def _together(sketch: Sketch, *, anywhere: bool) -> Sketch:
    classes: dict[tuple[str, ...], list[Piece]] = defaultdict(list)
    for piece in sketch.pieces:
        classes[(piece.key.kind, piece.look.word, piece.said, "" if anywhere else piece.group)].append(piece)
    gone: dict[Key, Key] = {}
    kept: list[Piece] = []
    for members in classes.values():
        first = members[0]
        gone |= {piece.key: first.key for piece in members[1:]}
        alike = tuple(key for piece in members for key in (piece.alike or (piece.key,)))
        folded = tuple(key for piece in members for key in piece.folded)
        group = first.group if len({piece.group for piece in members}) == 1 else ""
        kept.append(replace(first, alike=alike, folded=folded, group=group) if len(members) > 1 else first)
    notes = [note for note in sketch.notes if not note.startswith(TOGETHER)]
    several = [piece for piece in kept if len(piece.alike) > 1]
    if several:
        notes.append(f"{TOGETHER} {quantity(sum(len(p.alike) for p in several), 'object')} in {quantity(len(several), 'place')}.")
    return Sketch(tuple(kept), _moved(sketch.ties, gone, parts=False), tuple(notes))


TOGETHER = "Told together, being alike:"


def _moved(ties: Iterable[Tie], gone: Mapping[Key, Key], *, parts: bool) -> tuple[Tie, ...]:
    """Let ties of what is folded be ties of what it is folded into."""
    out = []
    for tie in ties:
        source, target = gone.get(tie.source, tie.source), gone.get(tie.target, tie.target)
        # What ties two objects goes with both; they do not go with each other.
        type_ = "uses" if parts and tie.source in gone and tie.type in PARENTS else tie.type
        if (source, target) == (tie.source, tie.target):
            out.append(tie)
        elif source != target:
            out.append(Tie(source, target, type_))
    return _distinct(out)


def _distinct(ties: Iterable[Tie]) -> tuple[Tie, ...]:
    """Keep of several ties in one direction that tell what goes first the strongest, and of all others one of each type."""
    strength = list(STROKES)
    best: dict[tuple[Key, Key, str], Tie] = {}
    for tie in sorted(ties, key=lambda t: strength.index(t.type)):
        sort = "" if STROKES[tie.type].orders else tie.type
        best.setdefault((tie.source, tie.target, sort), tie)
    return tuple(best.values())


def _needed(sketch: Sketch) -> Sketch:
    """Leave out what follows from other ties: a port that is in a subnet is on its network."""
    import networkx as nx  # noqa: PLC0415 - not for --help

    order: nx.DiGraph[Key] = nx.DiGraph((t.source, t.target) for t in sketch.ties if t.type == "needs_gone")
    if not order or not nx.is_directed_acyclic_graph(order):
        return sketch
    needed = set(nx.transitive_reduction(order).edges)
    kept = tuple(t for t in sketch.ties if t.type != "needs_gone" or (t.source, t.target) in needed)
    count = len(sketch.ties) - len(kept)
    note = f"Not drawn: {quantity(count, 'tie')} that {'follow' if count > 1 else 'follows'} from others."
    return replace(sketch, ties=kept, notes=(*sketch.notes, note) if count else sketch.notes)
