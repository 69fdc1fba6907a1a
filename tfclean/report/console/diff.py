"""A judgement in, the text of `tfclean diff` out."""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.kinds.registry import noun
from tfclean.model import Finding, GapKind, Judgement, Verdict
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import candidates, gaps, header, more
from tfclean.report.problems import IN_SYNC, Problems, problems
from tfclean.report.text import by_kind, joined, quantity, value

MOST = 40
"""More objects of one section than this are counted and not listed, unless verbose."""


def write(page: Page, judgement: Judgement, context: Context, look: Look) -> None:
    """Write `judgement`: counts, problems with the biggest first, what could not be known, and what to do."""
    found = problems(judgement)
    header(page, context)
    _sources(page, judgement, look)
    page.gap()
    page.prose(headline(judgement, found), "bold")
    for line in _quiet(judgement):
        page.prose(line)
    for section, members in found.groups:
        page.head(f"{section.title} ({len(members)})", section.meaning, f"bold {section.colour}")
        if section.name == Verdict.POSSIBLE.value:
            candidates(page, judgement)
        shown = members if look.verbose else members[:MOST]
        rows = [row for finding in shown for row in _rows(finding, section.mark, section.colour, found, verbose=look.verbose)]
        page.rows(rows)
        more(page, [f.kind for f in members[len(shown) :]])
    if look.verbose:
        _listed(page, judgement)
    gaps(page, judgement.gaps, verbose=look.verbose)
    _next(page, judgement, found)


def headline(judgement: Judgement, found: Problems) -> str:
    """Say it in one sentence."""
    parts = [f"{count} {name}" for name, count in found.counts.items()]
    follow = f", and {quantity(found.following, 'consequence')} of that" if found.following else ""
    if parts:
        return f"{joined(parts)}{follow}."
    if any(gap.kind is GapKind.NOT_LISTED for gap in judgement.gaps):
        return "Nothing was found, but the inventory is incomplete."
    if judgement.footprint.complete:
        return "In sync: what is live is what the present state says."
    return "Nothing of the job is live, as far as this evidence goes; no present state could be read."


def _quiet(judgement: Judgement) -> Iterator[str]:
    """Count what is no problem, and what is nobody's business here."""
    quiet = {
        v: [f for f in judgement.findings.values() if f.verdict is v and "tie" not in f.flags and "stranger" not in f.flags]
        for v in Verdict
    }
    own = [f"{len(quiet[v])} {v.value}" for v in Verdict if v in IN_SYNC and quiet[v]]
    if own:
        yield f"No problem: {joined(own)}."
    if quiet[Verdict.FOREIGN]:
        others = quiet[Verdict.FOREIGN]
        yield f"Nothing ties {quantity(len(others), 'other object')} of the project to the job."


def _sources(page: Page, judgement: Judgement, look: Look) -> None:
    sources = judgement.footprint.sources
    shown = sources if look.verbose else sources[:3]
    if shown:
        told = [f"{source.path} ({source.kind.value}{', ' + source.place if source.place else ''})" for source in shown]
        rest = f" and {len(sources) - len(shown)} more" if len(sources) > len(shown) else ""
        page.prose(f"Evidence: {', '.join(told)}{rest}", "dim")


def _rows(finding: Finding, mark: str, colour: str, found: Problems, depth: int = 0, *, verbose: bool = False) -> Iterator[Row]:
    yield Row(
        mark=mark if depth == 0 else "└",
        noun=noun(finding.kind),
        name=finding.name,
        id=finding.id or "",
        colour=colour if depth == 0 else "dim",
        depth=depth,
        addresses=finding.addresses if depth == 0 or verbose else (),
        notes=tuple(_notes(finding, depth, verbose=verbose)),
    )
    following = found.consequences.get(finding.key, [])
    shown = following if verbose else following[:MOST]
    for follower in sorted(shown, key=lambda f: (f.kind, f.name)):
        yield from _rows(follower, mark, colour, found, depth + 1, verbose=verbose)
    if len(following) > len(shown):
        yield Row("└", f"{len(following) - len(shown)} more consequences", "", "", "dim", depth + 1)


def _notes(finding: Finding, depth: int, *, verbose: bool) -> Iterator[str]:
    for drift in finding.drift:
        if drift.sensitive:
            yield f"{drift.attribute}: changed (sensitive, values withheld)"
        else:
            yield f"{drift.attribute}: {value(drift.before)} -> {value(drift.after)}"
    if finding.flags & {"tainted", "deposed"} and finding.verdict is not Verdict.MANAGED:
        yield f"also {joined(sorted(finding.flags & {'tainted', 'deposed'}))}"
    if finding.keep:
        yield f"never deleted unasked: {finding.keep}"
    if depth == 0 or verbose:
        told = finding.evidence if verbose else finding.evidence[:1]
        if finding.verdict is not Verdict.DRIFTED or verbose:
            for evidence in told:
                yield f"{evidence.text} [{evidence.source}]" if evidence.source else evidence.text


def _listed(page: Page, judgement: Judgement) -> None:
    """List what is otherwise only counted."""
    for verdict in Verdict:
        members = [f for f in judgement.findings.values() if f.verdict is verdict and verdict in IN_SYNC | {Verdict.FOREIGN}]
        if members:
            page.head(f"{verdict.value.capitalize()} ({len(members)})")
            page.rows([Row(" ", noun(f.kind), f.name, f.id or "", addresses=f.addresses) for f in members])


def _next(page: Page, judgement: Judgement, found: Problems) -> None:
    if not found.groups:
        return
    page.gap()
    deletable = found.counts.get("zombie", 0) + found.counts.get("stranger", 0)
    kinds = [f.kind for section, members in found.groups for f in members if section.name in ("zombie", "stranger")]
    if deletable:
        page.prose(f"No Terraform run will ever delete {by_kind(kinds)}.")
    first = found.groups[0][1][0]
    page.prose(f"Why: tfclean explain {first.id or (first.addresses[0] if first.addresses else first.name)}", "dim")
    page.prose("What a destroy would delete: tfclean plan", "dim")
    for lock in judgement.footprint.locks:
        page.prose(
            f"Lock {lock.id} of {lock.who or 'somebody'} on {lock.path}{'' if lock.held else ': left behind, or held elsewhere'}", "yellow"
        )
