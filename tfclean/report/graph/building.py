"""Documents in, drawings out: of an estate, a plan, a result, an inventory. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfclean.kinds.registry import noun
from tfclean.kinds.relations import edges
from tfclean.model import Event, Inventory, Judgement, Kept, Plan, Result
from tfclean.report.graph import looks
from tfclean.report.graph.drawing import STROKES, Drawing, Link, Node
from tfclean.report.graph.folding import Piece, Sketch, Tie, fold
from tfclean.report.graph.groups import ASIDE, grouped
from tfclean.report.graph.scope import Scope, selected
from tfclean.report.problems import problems
from tfclean.report.text import by_kind, joined, many, quantity, safe, shorten

WIDTH = 26
"""Characters that fit into a node; four less in bold."""
START = 8
"""Characters of an id that are shown."""
UUID = len("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
DIRECTION = "What must go first stands above what it holds."


def of_judgement(judgement: Judgement, scope: Scope) -> Drawing:
    """Draw an estate.

    Args:
        judgement: what was found.
        scope: what is drawn of it, and how much.
    """
    keys, notes = selected(judgement, scope)
    group = grouped(judgement, keys)
    pieces = []
    for key in keys:
        finding = judgement.findings[key]
        hint = "; ".join(finding.addresses)
        pieces.append(Piece(key, finding.name, looks.said(finding), looks.of_finding(finding), group[key], hint))
    drawn = set(keys)
    ties = [Tie(e.source, e.target, e.type.value, e.reason) for e in judgement.edges if e.source in drawn and e.target in drawn]
    causes = ((key, judgement.findings[key].cause) for key in keys)
    ties += [Tie(key, cause, "follows") for key, cause in causes if cause is not None and cause in drawn and cause != key]
    if scope.limit is not None:
        ties = [tie for tie in ties if tie.type != "eases"]
    found = [section.many(len(members)) for section, members in problems(judgement).groups]
    where = f"project {judgement.inventory.project}" if judgement.inventory.project else "the project"
    return _drawing(
        f"Estate of {where}",
        f"{joined(found).capitalize() or 'No problem'}.",
        fold(Sketch(tuple(pieces), tuple(ties), tuple(notes)), scope.limit),
    )


def of_plan(plan: Plan, limit: int | None, events: Iterable[Event] = ()) -> Drawing:
    """Draw a plan: what is done to what, and what waits for what.

    Args:
        plan: the plan.
        limit: as in `Scope`.
        events: what happened to its steps already.
    """
    ended = {e.target: _OUTCOMES.get(e.type, str(e.data.get("outcome") or "deleted")) for e in events if e.type in _ENDINGS and e.target}
    pieces, ties = [], []
    for number, step in enumerate(plan.steps, 1):
        look = looks.of_outcome(ended[step.target]) if step.target in ended else looks.of_step(step.action)
        said = f"{look.mark} {look.word}".strip()
        folded = step.parts
        pieces.append(Piece(step.target, step.name, said, look, hint=f"step {number}: {step.reason}", folded=folded))
        ties += [Tie(need, step.target, "needs_gone") for need in step.needs]
        ties += [Tie(before, step.target, "eases") for before in step.after if limit is None]
    pieces += _kept(plan.kept)
    ties += [Tie(blocker, kept.target, "blocks", kept.because) for kept in plan.kept for blocker in kept.blockers]
    pieces += _holders(ties, pieces)
    title = f"Plan for project {plan.project}" if plan.project else "Plan"
    return _drawing(title, f"{quantity(len(plan.steps), 'step')}.", fold(Sketch(_known(pieces), _known_ties(ties, pieces)), limit))


def of_result(result: Result, limit: int | None) -> Drawing:
    """Draw how a run ended: what is gone, what is not, and who holds it.

    Args:
        result: how it ended.
        limit: as in `Scope`.
    """
    pieces, ties = [], []
    for outcome in result.outcomes:
        look = looks.of_outcome(outcome.outcome)
        pieces.append(Piece(outcome.target, outcome.name, f"{look.mark} {look.word}".strip(), look, hint=outcome.because))
        ties += [Tie(blocker, outcome.target, "blocks", outcome.because) for blocker in outcome.blockers]
    told = {piece.key for piece in pieces}
    pieces += _kept(kept for kept in result.leftovers if kept.target not in told)
    pieces += _holders(ties, pieces)
    return _drawing("End of the run", safe(result.message), fold(Sketch(_known(pieces), _known_ties(ties, pieces)), limit))


def of_inventory(inventory: Inventory, limit: int | None) -> Drawing:
    """Draw what is live, whoever made it.

    Args:
        inventory: what is live.
        limit: as in `Scope`.
    """
    pieces = tuple(Piece(r.key, r.name, safe(r.status.lower()), looks.LIVE) for r in inventory.resources.values())
    ties = tuple(Tie(e.source, e.target, e.type.value, e.reason) for e in edges(inventory))
    where = f"project {inventory.project}" if inventory.project else "the project"
    return _drawing(f"Inventory of {where}", f"{by_kind(p.key.kind for p in pieces)}.", fold(Sketch(pieces, ties), limit))


_ENDINGS = frozenset({"gone", "blocked", "skipped", "failed"})
_OUTCOMES = {name: name for name in ("blocked", "skipped", "failed")}


def _kept(members: Iterable[Kept]) -> list[Piece]:
    out = []
    for kept in members:
        look = looks.LEFTOVER if kept.leftover else looks.KEPT
        out.append(Piece(kept.target, kept.name, f"{look.mark} {look.word}".strip(), look, hint=kept.because))
    return out


def _holders(ties: Iterable[Tie], pieces: Iterable[Piece]) -> list[Piece]:
    """Give a piece to each holder that the document tells nothing else of."""
    told = {piece.key for piece in pieces}
    holders = dict.fromkeys(tie.source for tie in ties if tie.type == "blocks" and tie.source not in told)
    return [Piece(key, "", f"{looks.HOLDER.mark} {looks.HOLDER.word}", looks.HOLDER, ASIDE) for key in holders]


def _known(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    return tuple({piece.key: piece for piece in pieces}.values())


def _known_ties(ties: Iterable[Tie], pieces: Iterable[Piece]) -> tuple[Tie, ...]:
    known = {piece.key for piece in pieces}
    return tuple(tie for tie in ties if tie.source in known and tie.target in known and tie.source != tie.target)


def _drawing(title: str, found: str, sketch: Sketch) -> Drawing:
    nodes = tuple(_node(piece) for piece in sketch.pieces)
    index = {piece.key: number for number, piece in enumerate(sketch.pieces)}
    links = tuple(
        Link(index[tie.source], index[tie.target], STROKES[tie.type], _reason(tie))
        for tie in sketch.ties
        if tie.source in index and tie.target in index
    )
    objects = sum(len(node.members) for node in nodes)
    size = (
        f"{quantity(objects, 'object')} in {quantity(len(nodes), 'box', 'boxes')}" if objects > len(nodes) else quantity(objects, "object")
    )
    description = f"{found} {size} and {quantity(len(links), 'tie')} drawn. {DIRECTION}".strip()
    return Drawing(title, description, nodes, links, _ordered(nodes), sketch.notes)


def _ordered(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Give the groups in the order in which they occur; what is not the job's comes last."""
    found = dict.fromkeys(node.group for node in nodes if node.group)
    return tuple(sorted(found, key=lambda group: group == ASIDE))


def _reason(tie: Tie) -> str:
    return safe(f"{noun(tie.source.kind)} {tie.reason} {noun(tie.target.kind)}") if tie.reason else ""


def _node(piece: Piece) -> Node:
    kind, id_ = noun(piece.key.kind), piece.key.id
    if len(piece.alike) > 1:
        head = [many(piece.key.kind, len(piece.alike))]
        hint = f"{head[0]}, such as {piece.name or id_}"
    else:
        # The start of an id is enough for `tfclean explain`; one that is a name, or that has no room, is told by pointing at it.
        start = id_[:START] if len(id_) >= UUID else ""
        named = piece.name and piece.name != id_
        head = [kind if len(kind) + START >= WIDTH else f"{kind} {start}".strip(), piece.name] if named else [kind, start or id_]
        hint = "\n".join(part for part in (f"{kind} {piece.name}".strip(), id_, piece.hint) if part)
    lines = [*head, *([piece.said] if piece.said else [])]
    if piece.folded:
        parts = f"with {by_kind(key.kind for key in piece.folded)}"
        lines.append(parts if len(parts) <= WIDTH else f"with {quantity(len(piece.folded), 'part')}")
        hint = f"{hint}\n{parts}"
    members = (*(piece.alike or (piece.key,)), *piece.folded)
    return Node(
        members, tuple(shorten(safe(line), WIDTH) for line in lines), piece.look, piece.group, "\n".join(map(safe, hint.split("\n")))
    )
