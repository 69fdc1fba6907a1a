"""An explanation in, its outline out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tfclean.kinds.registry import noun
from tfclean.model import Confidence, Edge, EdgeType, Key
from tfclean.report.base import Context
from tfclean.report.console.explanation import TIES, fate, verdict
from tfclean.report.console.parts import which
from tfclean.report.console.pending import outcome, since
from tfclean.report.explanation import Explanation
from tfclean.report.outline.diff import entry, standing
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.text import quantity, titled


def outline(explanations: Sequence[Explanation], context: Context) -> Outline:
    """Outline why objects are, or are not, the job's.

    Args:
        explanations: all that is known about each; one at least.
        context: where and when.
    """
    first, *others = explanations
    title = _title(first)
    return Outline(
        document="explanation",
        title=quantity(len(explanations), "object") if others else title,
        context=context,
        sentence=" ".join(f"{_title(e)} {verdict(e.finding)}." for e in explanations),
        state=min((standing(e.finding) for e in explanations), key=list(State).index),
        label="What it is",
        facts=tuple((f"{_title(e)}: {name}" if others else name, text) for e in explanations for name, text in _facts(e)),
        sections=tuple(
            replace(section, title=f"{_title(e)}: {section.title}") if others else section
            for e in explanations
            for section in _sections(e)
            if section.entries or section.notes
        ),
        gaps=first.gaps,
    )


def _title(explanation: Explanation) -> str:
    title = titled(explanation.finding.key, explanation.finding.name)
    return title[0].upper() + title[1:]


def _facts(explanation: Explanation) -> Iterator[tuple[str, str]]:
    finding = explanation.finding
    yield "would it be deleted", fate(explanation)
    if finding.confidence is not Confidence.NONE:
        yield "to be the job's", finding.confidence.label
    if finding.cause is not None:
        yield "follows from", titled(finding.cause, explanation.names.get(finding.cause, ""))


def _sections(explanation: Explanation) -> Iterator[Section]:
    finding, names = explanation.finding, explanation.names
    yield Section("object", "The object", "", standing(finding), (entry(finding),), unfolded=True)
    others = tuple(f"not {a.verdict}: {a.because}" for a in explanation.alternatives)
    yield Section("alternatives", "What else it could have been", "", State.ASIDE, notes=others, judged=False)
    yield _ties("held_by", "What holds it", explanation.held_by, names, incoming=True)
    yield _ties("holds", "What it holds", explanation.holds, names, incoming=False)
    as_good = {k for g in explanation.candidates for k in g.resources if k != finding.key}
    beside = tuple(Entry(k, names.get(k, ""), k.id, "as good", State.OPEN, "?") for k in sorted(as_good))
    yield Section("candidates", "Which one", "", State.OPEN, beside, tuple(which(g) for g in explanation.candidates), judged=False)
    pending = tuple(
        Entry(
            Key(p.kind, p.address),
            p.name,
            "",
            "pending",
            State.OPEN,
            "?",
            addresses=(p.address,),
            notes=(f"{since(p)}; {outcome(p, lambda key: names.get(key, ''))}",),
        )
        for p in explanation.pending
    )
    yield Section("pending", "Which create", "of those of which no trace tells what came of them", State.OPEN, pending, judged=False)
    yield Section("consequences", "What follows from it", "", State.ASIDE, tuple(entry(f) for f in explanation.consequences), judged=False)


def _ties(name: str, title: str, edges: Sequence[Edge], names: dict[Key, str], *, incoming: bool) -> Section:
    strength = list(EdgeType)
    entries = []
    for edge in sorted(edges, key=lambda e: (strength.index(e.type), e.source, e.target)):
        other = edge.source if incoming else edge.target
        reason = (f"{noun(edge.source.kind)} {edge.reason} {noun(edge.target.kind)}",) if edge.reason else ()
        meaning = TIES[edge.type][0 if incoming else 1] if edge.type in TIES else edge.type.value
        entries.append(Entry(other, names.get(other, ""), other.id, meaning, State.ASIDE, notes=reason))
    return Section(name, title, "", State.ASIDE, tuple(entries), judged=False)
