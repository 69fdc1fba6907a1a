"""A judgement in, the text of `tfclean diff` out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tfclean.kinds.registry import noun
from tfclean.model import Confidence, Finding, GapKind, Judgement, Key, Verdict
from tfclean.report import locks
from tfclean.report.base import Context, Look
from tfclean.report.console import tree
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import GAPS, advice, candidates, gaps, header, places
from tfclean.report.console.pending import MOST as MOST_PENDING
from tfclean.report.console.pending import pending
from tfclean.report.hints import hints
from tfclean.report.problems import IN_SYNC, LOST, Problems, Section, next_steps, problems
from tfclean.report.text import by_kind, change, joined, nearby, quantity, safe, shorten

MOST = 40
"""With more problems than this it is told first where they are, and each section shows its first few, unless verbose."""
ROOM = 24
"""Lines for all objects of such a report together, so that it stays below a hundred."""
LEAST = 3
"""Lines that each section has of those, whatever stands before it."""
FEW = 2
"""Gaps, files of evidence and creates that such a report lists of each."""
BRIEF = 72
"""Cells of the one note that each of its objects has."""
KINDS_TOLD = 5
"""Kinds that a sentence tells apart."""
SOURCES = 8
"""More files of evidence than this are counted."""

MEANINGS = {
    Verdict.MANAGED: "as the present state says",
    Verdict.USED: "looked up, not made, by the job: never touched",
    Verdict.IMPLICIT: "made by OpenStack for what is the job's, and goes with that",
    Verdict.PROTECTED: "shared, default, to be kept, or of another state: never touched",
    Verdict.FOREIGN: "nothing ties them to the job: never touched",
}
"""What is meant by the verdicts that are no problem."""
TELLING = frozenset({Verdict.ZOMBIE, Verdict.POSSIBLE})
"""Verdicts whose reason is told unasked where it is not certain: of the others the section says it all."""


def write(page: Page, judgement: Judgement, context: Context, look: Look) -> None:
    """Write `judgement`: counts and what follows, problems with the biggest first, what could not be known, and where to go on."""
    found = problems(judgement)
    large = sum(found.counts.values()) > MOST and not look.verbose
    header(page, context)
    _sources(page, judgement, None if look.verbose else FEW if large else SOURCES, look)
    page.gap()
    page.prose(headline(judgement, found), "bold")
    for line in (*_prospect(found), *_quiet(judgement)):
        page.prose(line)
    if look.tree:
        tree.write(page, judgement, found)
    else:
        _sections(page, judgement, found, look, large=large)
    told = _told(judgement, found, large=large)
    pending(page, judgement.pending, partial(_name, judgement), verbose=look.verbose, told=told, most=FEW // 2 if large else MOST_PENDING)
    if look.verbose and not look.tree:
        _listed(page, judgement)
    advice(page, hints(judgement), FEW // 2 if large else None)
    gaps(page, judgement.gaps, verbose=look.verbose, most=FEW if large else GAPS)
    _locks(page, judgement)
    _next(page, found, judgement.footprint.engine)


def _sections(page: Page, judgement: Judgement, found: Problems, look: Look, *, large: bool) -> None:
    if large:
        places(page, judgement, found)
    rows = _Rows(judgement, found, verbose=look.verbose, large=large)
    left = ROOM
    for number, (section, members) in enumerate(found.groups, 1):
        page.head(f"{section.title} ({len(members)})", section.meaning, f"bold {section.colour}")
        if section.name == Verdict.POSSIBLE.value:
            candidates(page, judgement, room=1 if large else None)
        room = max(left - LEAST * (len(found.groups) - number), LEAST)
        if not large:
            page.rows([row for finding in members for row in rows.of(section, finding)])
            continue
        shown, used = page.blocks([rows.of(section, finding) for finding in members[:room]], room)
        left -= used
        if shown < len(members):
            page.prose(f"... and {by_kind((f.kind for f in members[shown:]), 2)} more", "dim", 4)
    if large:
        page.gap()
        page.prose("This is the beginning of each list: -v lists all, --tree shows them by place, -o json=FILE has all.", "dim")


def _told(judgement: Judgement, found: Problems, *, large: bool) -> frozenset[str]:
    """Give the creates of which the lists have told already what they made, or may have made."""
    claimed = {address for _, members in found.groups for f in members for address in f.addresses}
    grouped = {address for group in judgement.candidates for address in group.creates}
    return frozenset(p.address for p in judgement.pending if (p.made and p.address in claimed) or (p.address in grouped and not large))


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
        but = ", but for drift that is ignored" if any("ignored" in f.flags for f in judgement.findings.values()) else ""
        return f"In sync: what is live is what the present state says{but}."
    return "Nothing of the job is live, as far as this evidence goes; no present state could be read."


def _prospect(found: Problems) -> Iterator[str]:
    """Say what no Terraform run will do about it, and what tfclean would."""
    lost = [f for section, members in found.groups for f in members if section.name in LOST]
    kinds = [f.kind for f in lost if not f.keep]
    if kinds:
        yield f"No Terraform run will ever delete {by_kind(kinds, KINDS_TOLD)}; tfclean destroy does."
    kept = [f for f in lost if f.keep]
    if kept:
        yield f"It leaves {by_kind(f.kind for f in kept)} alone unless asked for by name (--also)."
    unsure = [f.kind for section, members in found.groups for f in members if section.name == Verdict.POSSIBLE.value]
    if unsure:
        yield f"{by_kind(unsure, KINDS_TOLD)} may be the job's: kept unless --include-possible."


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


def _sources(page: Page, judgement: Judgement, most: int | None, look: Look) -> None:
    sources = judgement.footprint.sources
    if look.verbose:
        told = [f"{source.path} ({source.kind.value}{', ' + source.place if source.place else ''})" for source in sources]
    else:
        # The members of a plan file are sources of their own.
        told = list(dict.fromkeys(f"{nearby(source.path)} ({source.kind.value})" for source in sources))
    if most is not None and len(told) > most:
        told[most:] = [f"{len(told) - most} more"]
    if told:
        page.prose(f"Evidence: {', '.join(told)}", "dim")


class _Rows:
    """Findings in, rows out; consequences below their cause."""

    def __init__(self, judgement: Judgement, found: Problems, *, verbose: bool, large: bool) -> None:
        self._found = found
        self._verbose = verbose
        self._large = large
        self._grouped = {key for group in judgement.candidates for key in group.resources}

    def of(self, section: Section, finding: Finding) -> list[Row]:
        return list(self._rows(finding, section))

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
            notes=self._notes(finding, top=top),
        )
        if self._large:
            return
        following = sorted(self._found.consequences.get(finding.key, []), key=lambda f: (f.kind, f.name))
        shown = following if self._verbose else following[:MOST]
        for follower in shown:
            yield from self._rows(follower, section, depth + 1)
        if len(following) > len(shown):
            yield Row("└", quantity(len(following) - len(shown), "more consequence"), "", "", "dim", depth + 1)

    def _notes(self, finding: Finding, *, top: bool) -> tuple[str, ...]:
        notes = (*_changes(finding), *(self._reasons(finding) if top or self._verbose else ()))
        return tuple(shorten(safe(note), BRIEF) for note in notes[:1]) if self._large else notes

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
            ties = sum("tie" in f.flags for f in members)
            among = f"; beside {quantity(ties, 'tie')} of theirs" if ties else ""
            page.head(f"{verdict.value.capitalize()} ({len(members) - ties})", f"{MEANINGS[verdict]}{among}")
            page.rows([Row(" ", noun(f.kind), f.name, f.id or "", addresses=f.addresses) for f in members])


def _locks(page: Page, judgement: Judgement) -> None:
    if judgement.footprint.locks:
        page.gap()
    for lock in judgement.footprint.locks:
        said, line = locks.told(lock, judgement.footprint.engine)
        page.prose(said, "yellow")
        if line:
            page.line(line, "yellow", 2)


def _next(page: Page, found: Problems, engine: str) -> None:
    steps = next_steps(found, engine)
    if not steps:
        return
    (_, explaining), (purpose, line) = steps
    page.gap()
    page.line(f"Why: {safe(explaining)}", "dim")
    page.prose(f"{purpose}: {line}", "dim")
