"""Trees of what holds what in, their lines out: ``port a is on this network``, and below that what holds the port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tfclean.kinds.registry import noun
from tfclean.model import EdgeType, Verdict
from tfclean.report.console.page import Page
from tfclean.report.explanation import Branch
from tfclean.report.text import many, titled

MOST = 6
"""More objects of one kind below one other than this are counted, unless verbose."""

MEANINGS = {
    EdgeType.HOLDS: ("", ""),
    EdgeType.BREAKS: (" (or lets go of it)", " (or lets go of it)"),
    EdgeType.PART_OF: (" (goes with it)", " (goes when that goes)"),
    EdgeType.IMPLIED_BY: (" (goes with it)", " (goes when that goes)"),
    EdgeType.EASES: (" (better gone before it)", " (better goes before it)"),
    EdgeType.WARNS: (" (suffers when it goes)", " (suffers when that goes)"),
    EdgeType.USES: ("", ""),
}
"""What a tie means beside its reason: for those that hold the object, and for those that it holds."""

PLAIN = frozenset({Verdict.MANAGED})
"""Verdicts that are not told in a tree."""


def tree(page: Page, branches: Sequence[Branch], *, incoming: bool, verbose: bool) -> None:
    """Write a tree.

    Args:
        page: where.
        branches: what stands directly below the object.
        incoming: they hold the object; else it holds them.
        verbose: count nothing that can be listed.
    """
    for first, text in _lines(branches, "  ", "it", incoming=incoming, verbose=verbose):
        page.hanging(first, text)


def _lines(branches: Sequence[Branch], before: str, subject: str, *, incoming: bool, verbose: bool) -> Iterator[tuple[str, str]]:
    shown = list(_shown(branches, verbose=verbose))
    for number, branch in enumerate(shown):
        last = number == len(shown) - 1
        first = f"{before}{'└' if last else '├'} "
        if isinstance(branch, str):
            yield first, branch
            continue
        yield first, told(branch, incoming=incoming) if incoming else f"{subject} {told(branch, incoming=incoming)}"
        yield from _lines(branch.branches, f"{before}{' ' if last else '│'} ", "which", incoming=incoming, verbose=verbose)


def _shown(branches: Sequence[Branch], *, verbose: bool) -> Iterator[Branch | str]:
    """Give the branches, and a count for those of a kind and a tie of which there are too many."""
    classes: dict[tuple[str, EdgeType], list[Branch]] = defaultdict(list)
    for branch in branches:
        classes[branch.key.kind, branch.edge.type].append(branch)
    for (kind, _), members in classes.items():
        shown = members if verbose or len(members) <= MOST else members[: MOST - 1]
        yield from shown
        if len(shown) < len(members):
            yield f"and {many(kind, len(members) - len(shown))} more (-v lists them)"


def told(branch: Branch, *, incoming: bool) -> str:
    """Tell one tie: ``port a (3f2c...) is on this network``, or ``is on network b (3f2c...)``."""
    finding = branch.finding
    title = titled(branch.key, finding.name if finding else "")
    verdict = finding.verdict if finding else Verdict.UNKNOWN
    title = title if verdict in PLAIN else f"{verdict.value} {title}"
    meaning = MEANINGS[branch.edge.type][0 if incoming else 1]
    reason = branch.edge.reason or "hangs on"
    return f"{title} {reason} this {noun(branch.edge.target.kind)}{meaning}" if incoming else f"{reason} {title}{meaning}"
