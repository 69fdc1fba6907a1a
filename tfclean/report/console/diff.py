"""A judgement in, the text of `tfclean diff` out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from tfclean.kinds.registry import noun
from tfclean.model import Confidence, Finding, GapKind, Judgement, Key, Verdict
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import candidates, gaps, header, more
from tfclean.report.console.pending import pending
from tfclean.report.problems import IN_SYNC, Problems, Section, problems
from tfclean.report.text import by_kind, change, joined, nearby, quantity

MOST = 40
"""More objects of one section than this are counted and not listed, unless verbose."""

TELLING = frozenset({Verdict.ZOMBIE, Verdict.POSSIBLE})
"""Verdicts whose reason is told unasked where it is not certain: of the others the section says it all."""


def write(page: Page, judgement: Judgement, context: Context, look: Look) -> None:
    """Write `judgement`: counts, problems with the biggest first, what could not be known, and what to do."""
    found = problems(judgement)
    header(page, context)
    _sources(page, judgement, look)
    page.gap()
    page.prose(headline(judgement, found), "bold")
    for line in _quiet(judgement):
        page.prose(line)
    rows = _Rows(judgement, found, verbose=look.verbose)
    for section, members in found.groups:
        page.head(f"{section.title} ({len(members)})", section.meaning, f"bold {section.colour}")
        if section.name == Verdict.POSSIBLE.value:
            candidates(page, judgement)
        shown = members if look.verbose else members[:MOST]
        page.rows(rows.of(section, shown))
        more(page, [f.kind for f in members[len(shown) :]])
    pending(page, judgement.pending, partial(_name, judgement), verbose=look.verbose)
    if look.verbose:
        _listed(page, judgement)
    gaps(page, judgement.gaps, verbose=look.verbose)
    _next(page, judgement, found)


def _name(judgement: Judgement, key: Key) -> str:
    return judgement.findings[key].name if key in judgement.findings else ""


def headline(judgement: Judgement, found: Problems) -> str:
    """Say it in one sentence."""
    parts = [section.many(len(members)) for section, members in found.groups]
    follow = f"; {quantity(found.following, 'consequence')} of that" if found.following else ""
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
    if look.verbose:
        told = [f"{source.path} ({source.kind.value}{', ' + source.place if source.place else ''})" for source in sources]
    else:
        # The members of a plan file are sources of their own.
        told = list(dict.fromkeys(f"{nearby(source.path)} ({source.kind.value})" for source in sources))
    if told:
        page.prose(f"Evidence: {', '.join(told)}", "dim")


class _Rows:
    """Findings in, rows out; consequences below their cause."""

    def __init__(self, judgement: Judgement, found: Problems, *, verbose: bool) -> None:
        self._found = found
        self._verbose = verbose
        self._grouped = {key for group in judgement.candidates for key in group.resources}

    def of(self, section: Section, findings: Sequence[Finding]) -> list[Row]:
        return [row for finding in findings for row in self._rows(finding, section)]

    def _rows(self, finding: Finding, section: Section, depth: int = 0) -> Iterator[Row]:
        top = depth == 0
        yield Row(
            mark=section.mark if top else "└",
            noun=noun(finding.kind),
            name=finding.name,
            id=finding.id or "",
            colour=section.colour if top else "dim",
            depth=depth,
            addresses=finding.addresses if top or self._verbose else (),
            notes=(*_changes(finding), *(self._reasons(finding) if top or self._verbose else ())),
        )
        following = sorted(self._found.consequences.get(finding.key, []), key=lambda f: (f.kind, f.name))
        shown = following if self._verbose else following[:MOST]
        for follower in shown:
            yield from self._rows(follower, section, depth + 1)
        if len(following) > len(shown):
            yield Row("└", f"{len(following) - len(shown)} more consequences", "", "", "dim", depth + 1)

    def _reasons(self, finding: Finding) -> Iterator[str]:
        # What a state or a log names by id needs no argument, and the candidates of a group have been told together.
        plain = finding.confidence is Confidence.CERTAIN and finding.addresses
        if not self._verbose and (finding.verdict not in TELLING or plain or finding.key in self._grouped):
            return
        for evidence in finding.evidence if self._verbose else finding.evidence[:1]:
            yield f"{evidence.text} [{nearby(evidence.source)}]" if evidence.source else evidence.text


def _changes(finding: Finding) -> Iterator[str]:
    for drift in finding.drift:
        if drift.sensitive:
            yield f"{drift.attribute}: changed (sensitive, values withheld)"
        else:
            yield from change(drift.attribute, drift.before, drift.after)
    also = sorted(finding.flags & {"tainted", "deposed"})
    if also and finding.verdict is not Verdict.MANAGED:
        yield f"also {joined(also)}"
    if finding.keep:
        yield f"never deleted unasked: {finding.keep}"


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
        since = f" since {lock.created:%Y-%m-%d %H:%M:%SZ}" if lock.created else ""
        held = "" if lock.held else ": left behind, or held elsewhere"
        page.prose(f"Lock {lock.id} of {lock.who or 'somebody'} on {lock.path}{since}{held}", "yellow")
