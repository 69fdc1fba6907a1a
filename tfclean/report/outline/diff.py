"""A judgement in, the outline of a diff out."""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.model import Finding, GapKind, Judgement, Key, Verdict
from tfclean.report.base import Context
from tfclean.report.console.diff import headline
from tfclean.report.console.parts import which
from tfclean.report.console.pending import outcome, since
from tfclean.report.grouping import Places, grouped
from tfclean.report.hints import hints
from tfclean.report.locks import told
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.problems import ORDER, SECTIONS, Problems, diff_exit_code, next_steps, problems, section
from tfclean.report.problems import Section as Problem
from tfclean.report.text import joined, moment, nearby

UNDECIDED = frozenset({"possible", "unknown"})
"""Classes of problem that nobody can decide from what is known."""

OUTSIDE = frozenset({Verdict.PROTECTED, Verdict.FOREIGN})
"""Verdicts of what is, all in all, not the job's."""

QUIET = {
    Verdict.MANAGED: ("Managed", "in the present state, and as that says"),
    Verdict.IMPLICIT: ("Implicit", "made by OpenStack for what is the job's"),
    Verdict.USED: ("Used", "looked up by the job, never made by it"),
    Verdict.PROTECTED: ("Protected", "never deleted"),
    Verdict.FOREIGN: ("Foreign", "nothing ties them to the job"),
}
"""Head and meaning of the verdicts that are no problem."""


def outline(judgement: Judgement, context: Context) -> Outline:
    """Outline what is live against what Terraform's traces say.

    Args:
        judgement: what was found.
        context: where and when.
    """
    found = problems(judgement)
    places = Places(judgement)
    sections = [_problem(own, members, found, judgement, places) for own, members in found.groups]
    if judgement.pending:
        sections.append(_pending(judgement))
    sections += _quiet(judgement, places)
    code = diff_exit_code(judgement)
    return Outline(
        document="diff",
        title="What is live, against Terraform's traces",
        context=context,
        sentence=headline(judgement, found),
        state=State.GOOD if code == 0 else State.BAD if any(s.state is State.BAD for s in sections) else State.OPEN,
        label="Verdict",
        facts=_evidence(judgement),
        counts=tuple(_counts(judgement)),
        sections=tuple(sections),
        gaps=judgement.gaps,
        advice=tuple(_advice(judgement, found)),
        subject=judgement,
    )


def standing(finding: Finding) -> State:
    """Tell how it stands with one finding."""
    own = section(finding)
    if own is not None:
        return State.OPEN if own.name in UNDECIDED else State.BAD
    # What no trace of the job speaks of is nobody's business here, however well it is protected.
    outside = finding.verdict is Verdict.FOREIGN or (finding.verdict is Verdict.PROTECTED and not finding.addresses)
    return State.ASIDE if outside else State.GOOD


def entry(finding: Finding, place: str = "", depth: int = 0) -> Entry:
    """Tell of one finding."""
    own = section(finding)
    also = sorted(finding.flags & {"tainted", "deposed"} - {own.name if own else ""})
    made = moment(finding.resource.created_at) if finding.resource else ""
    status = finding.resource.status if finding.resource else ""
    return Entry(
        key=finding.key,
        name=finding.name,
        id=finding.id or "",
        word=own.name if own else finding.verdict.value,
        state=standing(finding),
        mark=own.mark if own else "",
        depth=depth,
        place=place,
        addresses=finding.addresses,
        notes=tuple(
            note
            for note in (
                f"also {joined(also)}" if also else "",
                f"never deleted unasked: {finding.keep}" if finding.keep else "",
                ", ".join(p for p in (status, f"made {made}" if made else "") if p),
            )
            if note
        ),
        reasons=finding.evidence,
        drift=finding.drift,
    )


def _problem(own: Problem, members: tuple[Finding, ...], found: Problems, judgement: Judgement, places: Places) -> Section:
    entries: list[Entry] = []
    for place, group in grouped(members, places.of, lambda f: 1 + found.size(f.key)):
        for cause in group:
            entries += _nested(cause, found, place)
    notes = [which(g) for g in judgement.candidates] if own.name == Verdict.POSSIBLE.value else []
    state = State.OPEN if own.name in UNDECIDED else State.BAD
    return Section(own.name, own.title, own.meaning, state, tuple(entries), tuple(notes), grouped=True)


def _nested(finding: Finding, found: Problems, place: str, depth: int = 0) -> Iterator[Entry]:
    yield entry(finding, place, depth)
    for follower in sorted(found.consequences.get(finding.key, []), key=lambda f: (f.kind, f.name)):
        yield from _nested(follower, found, place, depth + 1)


def _pending(judgement: Judgement) -> Section:
    def named(key: Key) -> str:
        return judgement.findings[key].name if key in judgement.findings else ""

    entries = [
        Entry(
            key=Key(create.kind, create.address),
            name=create.name,
            id="",
            word="pending",
            state=State.OPEN,
            mark="?",
            addresses=(create.address,),
            notes=(f"{since(create)}; {outcome(create, named)}",),
        )
        for create in judgement.pending
    ]
    return Section("pending", "Pending creates", "no trace tells what came of them", State.OPEN, tuple(entries), judged=False)


def _quiet(judgement: Judgement, places: Places) -> Iterator[Section]:
    for verdict, (title, meaning) in QUIET.items():
        members = [f for f in judgement.findings.values() if f.verdict is verdict and not section(f) and "tie" not in f.flags]
        members.sort(key=lambda f: (f.kind, f.name, f.id or ""))
        entries = tuple(entry(f, place) for place, group in grouped(members, places.of, lambda _: 1) for f in group)
        if entries:
            state = State.ASIDE if verdict in OUTSIDE else State.GOOD
            yield Section(verdict.value, title, meaning, state, entries, quiet=True, grouped=True)


def _counts(judgement: Judgement) -> Iterator[tuple[str, int, State]]:
    words: dict[str, int] = {}
    for finding in judgement.findings.values():
        own = section(finding)
        if own is not None or "tie" not in finding.flags:
            word = own.name if own else finding.verdict.value
            words[word] = words.get(word, 0) + 1
    for word in (*ORDER, *(v.value for v in QUIET)):
        if words.get(word):
            undecided = State.OPEN if word in UNDECIDED else State.BAD
            quiet = State.ASIDE if word in {v.value for v in OUTSIDE} else State.GOOD
            yield word, words[word], undecided if word in NAMES else quiet


NAMES = frozenset(s.name for s in SECTIONS)


def _evidence(judgement: Judgement) -> tuple[tuple[str, str], ...]:
    sources = dict.fromkeys(f"{nearby(source.path)} ({source.kind.value})" for source in judgement.footprint.sources)
    return (("evidence", ", ".join(sources)),) if sources else ()


def _advice(judgement: Judgement, found: Problems) -> Iterator[tuple[str, tuple[str, ...]]]:
    for lock in judgement.footprint.locks:
        said, line = told(lock, judgement.footprint.engine)
        yield said, (line,) if line else ()
    for purpose, line in next_steps(found, judgement.footprint.engine):
        yield f"{purpose}:", (line,)
    if not found.groups and any(gap.kind is GapKind.NOT_LISTED for gap in judgement.gaps):
        yield "What could not be listed can hide objects: look again when it can be.", ()
    for hint in hints(judgement):
        yield f"For the next run: {hint.text}", (hint.line,)
