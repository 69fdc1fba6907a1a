"""A judgement and a choice in; the keys of the objects that are drawn, and what is only counted, out. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tfclean.model import Finding, Judgement, Key, Verdict
from tfclean.report.problems import section
from tfclean.report.text import by_kind

MOST = 60
"""More nodes than this are hard to read: then what hangs on others is folded into them."""

NEAR = 2
"""How many ties away is near, where nobody says."""

OUTSIDE = frozenset({Verdict.FOREIGN, Verdict.PROTECTED, Verdict.USED})
"""Verdicts of what is not the job's: drawn where it touches the job's."""


class Only(StrEnum):
    """Which objects are drawn."""

    OURS = "ours"  # the job's, and what touches them
    PROBLEMS = "problems"  # problems, and what touches them
    ALL = "all"  # everything


@dataclass(frozen=True, slots=True)
class Scope:
    """What is drawn, and how much of it.

    Attributes:
        only: which objects; has no meaning together with `around`.
        around: objects whose surroundings are drawn, and nothing else.
        depth: how many ties away from `around`.
        limit: fold when there are more nodes than this; None folds nothing.
    """

    only: Only = Only.OURS
    around: tuple[Key, ...] = ()
    depth: int = NEAR
    limit: int | None = MOST


def ours(finding: Finding) -> bool:
    """Tell whether `finding` is, or may be, the job's."""
    return finding.verdict not in OUTSIDE


def selected(judgement: Judgement, scope: Scope) -> tuple[list[Key], list[str]]:
    """Choose what is drawn.

    Args:
        judgement: everything.
        scope: the choice.

    Returns:
        Keys in the judgement's order; and what was left out, in sentences.
    """
    findings = judgement.findings
    if scope.around:
        chosen = _near(judgement, scope.around, scope.depth)
        rest = len(findings) - len(chosen)
        far = f"{rest} {'object is' if rest == 1 else 'objects are'} farther away, and not drawn."
        return [k for k in findings if k in chosen], [far] if rest else []
    if scope.only is Only.ALL:
        return list(findings), []
    wanted = ours if scope.only is Only.OURS else section
    core = {key for key, finding in findings.items() if wanted(finding)}
    chosen = core | _touching(judgement, core)
    left = [f for k, f in findings.items() if k not in chosen]
    outside = [f.kind for f in left if not ours(f)]
    inside = [f.kind for f in left if ours(f)]
    notes = [f"No problem, and not drawn: {by_kind(inside)}."] if inside else []
    return [k for k in findings if k in chosen], notes + ([f"Not the job's, and not drawn: {by_kind(outside)}."] if outside else [])


def _touching(judgement: Judgement, core: set[Key]) -> set[Key]:
    findings = judgement.findings
    ends = ((edge.source, edge.target) for edge in judgement.edges)
    near = {far for pair in ends for here, far in (pair, pair[::-1]) if here in core and far in findings}
    return near | {f.cause for k, f in findings.items() if k in core and f.cause is not None and f.cause in findings}


def _near(judgement: Judgement, start: Iterable[Key], depth: int) -> set[Key]:
    ties: dict[Key, set[Key]] = defaultdict(set)
    pairs = [(edge.source, edge.target) for edge in judgement.edges]
    pairs += [(key, f.cause) for key, f in judgement.findings.items() if f.cause is not None]
    for one, other in pairs:
        ties[one].add(other)
        ties[other].add(one)
    seen = {key for key in start if key in judgement.findings}
    edge = set(seen)
    for _ in range(depth):
        edge = {far for key in edge for far in ties[key] if far in judgement.findings} - seen
        seen |= edge
    return seen
