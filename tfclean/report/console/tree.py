"""Findings in, the text of `tfclean diff --tree` out: below their module, and below the network that they live on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Finding, Judgement, Verdict
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import Sites
from tfclean.report.grouping import grouped
from tfclean.report.problems import Problems, section
from tfclean.report.text import by_kind, joined

OUTSIDE = frozenset({Verdict.FOREIGN, Verdict.PROTECTED})
"""Verdicts of what has no place in the job's tree."""


def write(page: Page, judgement: Judgement, found: Problems) -> None:
    """Write all that is the job's, or may be: the modules with most problems first; what is no problem is only counted."""
    sites = Sites(judgement)
    own = [f for f in judgement.findings.values() if f.verdict not in OUTSIDE]
    for title, members in grouped(own, sites.of, lambda f: section(f) is not None):
        bad = [f for f in members if section(f) is not None]
        page.head(title, _counts(bad, found) or "no problem")
        networks: dict[str, list[Finding]] = defaultdict(list)
        for finding in bad:
            networks[sites.network(finding)].append(finding)
        for network in sorted(networks):
            if network:
                page.prose(f"on network {network}", "bold", 2)
            page.rows([_row(f, depth=bool(network)) for f in sorted(networks[network], key=lambda f: (f.kind, f.name, f.id or ""))])
        quiet = [f.kind for f in members if section(f) is None]
        if quiet:
            page.prose(f"no problem: {by_kind(quiet)}", "dim", 2)


def _counts(findings: Sequence[Finding], found: Problems) -> str:
    names = [own.name for f in findings if (own := section(f))]
    return joined([own.many(names.count(own.name)) for own, _ in found.groups if own.name in names])


def _row(finding: Finding, *, depth: int) -> Row:
    own = section(finding)
    assert own is not None
    return Row(own.mark, f"{own.name} {noun(finding.kind)}", finding.name, finding.id or "", own.colour, depth, addresses=finding.addresses)
