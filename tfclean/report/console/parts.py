"""What several documents have in common, as text: head, gaps, candidates, and the count of what is not listed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from tfclean.model import CandidateGroup, Finding, Gap, GapKind, Judgement
from tfclean.report.base import Context
from tfclean.report.console.page import WIDEST, Page, Row
from tfclean.report.grouping import Places, grouped
from tfclean.report.hints import Hint
from tfclean.report.networks import Networks
from tfclean.report.problems import Problems, section
from tfclean.report.text import by_kind, cells, many, moment, quantity, safe, shorten

SERIOUS = frozenset({GapKind.NOT_LISTED, GapKind.STATE_LOST, GapKind.UNREADABLE, GapKind.ENCRYPTED, GapKind.REMOTE})
"""Gaps in which objects can hide; the others are told in grey."""


TOLD = re.compile(r"\d+ (?:of these|creates? for) \d+ ")
"""How a reason begins that counts by itself."""
GAPS = 8
"""More gaps than this are counted and not listed, unless verbose."""
KINDS_COUNTED = 2
"""Kinds that are told apart in a count of what is not listed: one, and all others."""
PLACES = 4
"""Places that a large report names."""
CLASSES = 2
"""Classes of problem that are counted for each of them."""


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


def gaps(page: Page, found: Sequence[Gap], *, verbose: bool, most: int = GAPS) -> None:
    """Write what could not be read or listed, the serious ones first; services that the cloud does not have only on request."""
    shown = sorted((g for g in found if verbose or g.kind is not GapKind.NO_SERVICE), key=lambda g: (g.kind not in SERIOUS, g.subject))
    if not shown:
        return
    if not verbose:
        # Several files often lack the same: what is missing is told once.
        shown = list({(gap.kind, gap.subject): gap for gap in reversed(shown)}.values())[::-1]
    page.head(f"Not known ({len(shown)})", "what could not be read or listed", "bold yellow")
    for gap in shown if verbose else shown[:most]:
        mark = f"  {'!' if gap.kind in SERIOUS else '.'} "
        told = f"{gap.subject} ({gap.kind.value}): {gap.reason}"
        page.hanging(mark, told if most >= GAPS else shorten(safe(told), page.width - len(mark)))
    if len(shown) > most and not verbose:
        page.prose(f"... and {len(shown) - most} more (-v lists them)", "dim", 2)


def candidates(page: Page, judgement: Judgement, *, room: int | None = None) -> None:
    """Write the groups that circumstance cannot tell apart, ``2 of these 4 floating IPs``; with `room`, at most so many lines of them."""
    left = room
    for group in judgement.candidates:
        if left is not None and left <= 0:
            return
        page.prose(which(group), indent=2)
        shown = group.creates if left is None else group.creates[: left - 1]
        for address in shown:
            page.line(f"from {address}", "dim", 4)
        left = None if left is None else left - 1 - len(shown)


def places(page: Page, judgement: Judgement, found: Problems) -> None:
    """Write where the problems are: job and module, or network, each with its counts, the most of them first."""
    groups = grouped((f for _, members in found.groups for f in members), Sites(judgement).of, lambda f: 1 + found.size(f.key))
    if len(groups) < 2:
        return
    page.head(f"Where ({quantity(len(groups), 'place')})", "the most first")
    width = len(str(max(len(members) for _, members in groups)))
    for title, members in groups[:PLACES]:
        counts = Counter(own.name for f in members if (own := section(f)))
        classes = [s.many(counts[s.name]) for s, _ in found.groups if counts[s.name]]
        told = ", ".join(classes[:CLASSES]) + (", ..." if len(classes) > CLASSES else "")
        room = min(page.width, WIDEST) - width - 6 - cells(told)
        page.line(f"{len(members):>{width}}  {shorten(safe(title), max(room, 20))}  {told}", "", 2)
    if len(groups) > PLACES:
        rest = sum(len(members) for _, members in groups[PLACES:])
        page.prose(f"... and {rest} in {quantity(len(groups) - PLACES, 'more place')} (--tree shows all)", "dim", 2)


class Sites:
    """Tells where a finding is to be looked for: in its module, or on its network if it stands at no address.

    Args:
        judgement: what was found.
    """

    def __init__(self, judgement: Judgement) -> None:
        self._places = Places(judgement)
        self._networks = Networks(judgement)

    def of(self, finding: Finding) -> str:
        """Give its module, with the state's file where there are several; else its network."""
        network = self._networks.of(finding.key)
        return self._places.of(finding) or (f"on network {network}" if network else "without an address")

    def network(self, finding: Finding) -> str:
        """Give the network below which it stands in its module; empty if its module says it all."""
        return self._networks.of(finding.key) if self._places.of(finding) else ""


def advice(page: Page, found: Sequence[Hint], most: int | None) -> None:
    """Write what would have made a possible object more than that, each with its line, unbroken."""
    if not found:
        return
    page.head("For the next run", "what would have told whose they are")
    for hint in found[:most]:
        page.hanging("  - ", hint.text)
        page.line(hint.line, "", 6)


def which(group: CandidateGroup) -> str:
    """Say how many of how many: ``2 of these 4 floating IPs``, unless the reason says so itself."""
    if TOLD.match(group.reason):
        return group.reason
    kinds = [key.kind for key in group.resources]
    what = many(kinds[0], len(kinds)) if len(set(kinds)) == 1 else quantity(len(kinds), "object")
    count = min(len(group.creates), len(kinds))
    return f"{count} of these {what}: {group.reason}" if count < len(kinds) else f"{what}: {group.reason}"


def listed(page: Page, rows: Iterable[Row], kinds: Sequence[str], room: int | None) -> None:
    """Write rows, as many as fit into `room` lines (None: all), and count the others by their kinds."""
    if room is None:
        page.rows(list(rows))
    else:
        more(page, kinds[page.blocks([[row] for row in islice(rows, room)], room)[0] :])


def more(page: Page, kinds: Sequence[str]) -> None:
    """Count what was left out of a list."""
    if kinds:
        page.prose(f"... and {by_kind(kinds, KINDS_COUNTED)} more (-v lists them, -o json=FILE has all)", "dim", 4)
