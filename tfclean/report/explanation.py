"""A finding, its judgement and a plan in; all that is known about that one object out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tfclean.model import CandidateGroup, Edge, EdgeType, Finding, Gap, Judgement, Kept, Key, PendingCreate, Plan, Step, Verdict
from tfclean.report.hints import Hint, hints
from tfclean.report.reasoning import Alternative, alternatives

DEPTH = 3
"""How far the trees of what holds it, and of what it holds, are followed."""
FOLLOWED = frozenset({EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.IMPLIED_BY, EdgeType.BREAKS})
"""Ties beyond which a tree goes on: what only names an object, or suffers with it, ends there."""
STRENGTH = list(EdgeType)


@dataclass(frozen=True, slots=True)
class Branch:
    """One object in a tree of what holds what.

    Attributes:
        edge: the tie to the object that it stands below.
        key: the object.
        finding: what it is; None if nothing is known of it.
        branches: what stands below it, the strongest ties first.
    """

    edge: Edge
    key: Key
    finding: Finding | None
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """When a plan comes to an object.

    Attributes:
        number: of its step, counted from 1.
        steps: how many there are.
        waits_for: steps that must end before, with their numbers.
        frees: steps that wait for it, with their numbers.
    """

    number: int
    steps: int
    waits_for: tuple[tuple[int, Step], ...] = ()
    frees: tuple[tuple[int, Step], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about one object.

    Attributes:
        finding: verdict, confidence, evidence and drift.
        alternatives: which other verdicts were considered, and why they do not hold.
        held_by: ties of others that must be gone before it can go, or that go with it.
        holds: ties by which it keeps others.
        above: the same as `held_by`, as a tree: what holds those, and so on.
        below: the same as `holds`, as a tree.
        names: by key, the names of all objects at the other ends.
        step: what the plan does to it; None if it does nothing to it by itself.
        goes_with: the object with which it goes, if the plan gives it no step of its own.
        turn: when the plan comes to it, or to what it goes with; None if it does not.
        kept: why the plan leaves it alone; None if it does not.
        candidates: creates that it could have come from, and the others that could too.
        pending: creates of which no trace tells what came of them, and which were held against it.
        consequences: findings that follow from this one.
        hints: what would have made it more than possible.
        gaps: what could not be read or listed, and so might change the picture.
        engine: the program that the job runs: ``terraform`` or ``tofu``.
    """

    finding: Finding
    alternatives: tuple[Alternative, ...] = ()
    held_by: tuple[Edge, ...] = ()
    holds: tuple[Edge, ...] = ()
    above: tuple[Branch, ...] = ()
    below: tuple[Branch, ...] = ()
    names: dict[Key, str] = field(default_factory=dict)
    step: Step | None = None
    goes_with: Step | None = None
    turn: Turn | None = None
    kept: Kept | None = None
    candidates: tuple[CandidateGroup, ...] = ()
    pending: tuple[PendingCreate, ...] = ()
    consequences: tuple[Finding, ...] = ()
    hints: tuple[Hint, ...] = ()
    gaps: tuple[Gap, ...] = ()
    engine: str = "terraform"


def gather(finding: Finding, judgement: Judgement, plan: Plan) -> Explanation:
    """Collect all that is known about the object of `finding`.

    Args:
        finding: the object.
        judgement: what was found.
        plan: what would be deleted.
    """
    key = finding.key
    held_by = tuple(e for e in judgement.edges if e.target == key)
    holds = tuple(e for e in judgement.edges if e.source == key)
    pending = tuple(p for p in judgement.pending if key == p.made or key in p.candidates or any(key == r.key for r in p.rejected))
    beside = {k for p in pending for k in (*p.candidates, *(r.key for r in p.rejected))}
    ends = {end for e in (*held_by, *holds) for end in (e.source, e.target)} | set(_others(judgement, key)) | beside
    kept = next((k for k in plan.kept if k.target == key), None)
    ends |= set(kept.blockers) if kept else set()
    step = next((s for s in plan.steps if s.target == key), None)
    goes_with = next((s for s in plan.steps if key in s.parts), None)
    return Explanation(
        finding=finding,
        alternatives=alternatives(finding, judgement),
        held_by=held_by,
        holds=holds,
        above=_tree(judgement, key, incoming=True),
        below=_tree(judgement, key, incoming=False),
        names={end: judgement.findings[end].name for end in ends if end in judgement.findings},
        step=step,
        goes_with=goes_with,
        turn=_turn(plan, step or goes_with),
        kept=kept,
        candidates=tuple(g for g in judgement.candidates if key in g.resources),
        pending=pending,
        consequences=tuple(f for f in judgement.findings.values() if f.cause == key),
        hints=tuple(h for h in hints(judgement) if key in h.objects) if finding.verdict is Verdict.POSSIBLE else (),
        gaps=judgement.gaps,
        engine=judgement.footprint.engine,
    )


def _others(judgement: Judgement, key: Key) -> Iterator[Key]:
    for group in judgement.candidates:
        if key in group.resources:
            yield from group.resources
    cause = judgement.findings[key].cause
    if cause is not None:
        yield cause


def _turn(plan: Plan, step: Step | None) -> Turn | None:
    if step is None:
        return None
    numbered = list(enumerate(plan.steps, 1))
    number = next(n for n, each in numbered if each.target == step.target)
    return Turn(
        number=number,
        steps=len(plan.steps),
        waits_for=tuple((n, each) for n, each in numbered if each.target in step.needs),
        frees=tuple((n, each) for n, each in numbered if step.target in each.needs),
    )


def _tree(judgement: Judgement, root: Key, *, incoming: bool) -> tuple[Branch, ...]:
    ties: dict[Key, list[Edge]] = defaultdict(list)
    for edge in judgement.edges:
        ties[edge.target if incoming else edge.source].append(edge)
    return _grow(root, ties, judgement.findings, incoming=incoming)


def _grow(root: Key, ties: Mapping[Key, Sequence[Edge]], findings: Mapping[Key, Finding], *, incoming: bool) -> tuple[Branch, ...]:
    """Follow the ties level by level, so that each object stands once, as near to the root as it can."""
    seen = {root}
    children: dict[Key, list[tuple[Edge, Key]]] = {}
    level = [root]
    for _ in range(DEPTH):
        following: list[Key] = []
        for here in level:
            children[here] = [(edge, end) for edge, end in _ends(ties.get(here, ()), incoming=incoming) if end not in seen]
            seen.update(end for _, end in children[here])
            following += [end for edge, end in children[here] if edge.type in FOLLOWED]
        level = following

    def branches(key: Key) -> tuple[Branch, ...]:
        return tuple(Branch(edge, end, findings.get(end), branches(end)) for edge, end in children.get(key, ()))

    return branches(root)


def _ends(edges: Iterable[Edge], *, incoming: bool) -> list[tuple[Edge, Key]]:
    """Give the strongest tie to each object at the other end, the strongest first."""
    best: dict[Key, Edge] = {}
    for edge in sorted(edges, key=lambda e: STRENGTH.index(e.type)):
        best.setdefault(edge.source if incoming else edge.target, edge)
    return sorted(((edge, end) for end, edge in best.items()), key=lambda pair: (STRENGTH.index(pair[0].type), pair[1]))
