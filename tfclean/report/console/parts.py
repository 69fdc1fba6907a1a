"""What several documents have in common, as text: head, gaps, candidates, and the count of what is not listed."""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.model import CandidateGroup, Gap, GapKind, Judgement
from tfclean.report.base import Context
from tfclean.report.console.page import Page
from tfclean.report.text import by_kind, many, moment, quantity

SERIOUS = frozenset({GapKind.NOT_LISTED, GapKind.STATE_LOST, GapKind.UNREADABLE, GapKind.ENCRYPTED, GapKind.REMOTE})
"""Gaps in which objects can hide; the others are told in grey."""


def header(page: Page, context: Context) -> None:
    """Write where and when."""
    page.prose(
        _there(
            [
                f"cloud {context.cloud}" if context.cloud else "",
                f"region {context.region}" if context.region else "",
                moment(context.time),
            ]
        ),
        "dim",
    )
    if context.project:
        page.prose(f"project {context.project}", "dim")


def _there(parts: Sequence[str]) -> str:
    """Join what is there with commas."""
    return ", ".join(p for p in parts if p)


def gaps(page: Page, found: Sequence[Gap], *, verbose: bool) -> None:
    """Write what could not be read or listed; services that the cloud does not have only on request."""
    shown = [g for g in found if verbose or g.kind is not GapKind.NO_SERVICE]
    if not shown:
        return
    page.head(f"Not known ({len(shown)})", "what could not be read or listed", "bold yellow")
    for gap in sorted(shown, key=lambda g: (g.kind not in SERIOUS, g.subject)):
        page.prose(f"{'!' if gap.kind in SERIOUS else '.'} {gap.subject} ({gap.kind.value}): {gap.reason}", indent=2)


def candidates(page: Page, judgement: Judgement) -> None:
    """Write the groups that circumstance cannot tell apart: ``2 of these 4 floating IPs``."""
    for group in judgement.candidates:
        page.prose(which(group), indent=2)
        for address in group.creates:
            page.line(f"from {address}", "dim", 4)


def which(group: CandidateGroup) -> str:
    """Say how many of how many: ``2 of these 4 floating IPs``, unless the reason says so itself."""
    if " of these " in group.reason:
        return group.reason
    kinds = [key.kind for key in group.resources]
    what = many(kinds[0], len(kinds)) if len(set(kinds)) == 1 else quantity(len(kinds), "object")
    count = min(len(group.creates), len(kinds))
    return f"{count} of these {what}: {group.reason}" if count < len(kinds) else f"{what}: {group.reason}"


def more(page: Page, kinds: Sequence[str]) -> None:
    """Count what was left out of a list."""
    if kinds:
        page.prose(f"... and {by_kind(kinds)} more (-v lists them, -o json=FILE has all)", "dim", 4)
