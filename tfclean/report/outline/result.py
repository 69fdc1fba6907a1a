"""A result in, its outline out: what went wrong, what is left and why, and what was done."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

from tfclean.model import Key, Outcome, OutcomeKind, QuotaChange, Result
from tfclean.report.base import Context
from tfclean.report.console.result import effort, headline
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.outline.plan import kept_entries
from tfclean.report.text import joined, titled

WRONG = (
    (OutcomeKind.FAILED, "Failed", "could not be deleted", "x", State.BAD),
    (OutcomeKind.BLOCKED, "Blocked", "something that no step can free holds them", "x", State.BAD),
    (OutcomeKind.SKIPPED, "Skipped", "what must go before them did not", "/", State.BAD),
)
"""Outcomes after which an object is still there: causes first, consequences last."""

DONE = (
    (OutcomeKind.DELETED, "Deleted", "are gone", "-", State.GOOD),
    (OutcomeKind.ALREADY_GONE, "Already gone", "were gone when their turn came", "-", State.GOOD),
    (OutcomeKind.KEPT, "Kept", "stay, as they should", "", State.ASIDE),
)
"""The others."""

BACK = frozenset({OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE})
"""Outcomes of what was taken back."""


def outline(result: Result, context: Context) -> Outline:
    """Outline how a run ended.

    Args:
        result: its end.
        context: where and when; it tells whether something was taken back.
    """
    sections = tuple(s for s in _sections(result) if s.entries)
    facts = (("effort", effort(result)), ("quota", "; ".join(_quota(q) for q in result.quotas)), ("journal", result.journal))
    return Outline(
        document="result",
        title="What was taken back" if context.back else "What was deleted",
        context=context,
        sentence=headline(result),
        state=State.GOOD if result.exit_code == 0 else State.BAD,
        label="Outcome",
        facts=tuple((name, text) for name, text in facts if text),
        counts=tuple((s.name.replace("_", " "), len(s.entries), s.state) for s in sections),
        sections=sections,
        gaps=result.gaps,
        advice=tuple(_advice(result, context)),
        proof=None if context.back else result.proven,
        subject=result,
        seconds=result.seconds,
    )


def _sections(result: Result) -> Iterator[Section]:
    names = {o.target: o.name for o in (*result.undone, *result.outcomes)} | {k.target: k.name for k in result.leftovers}
    wrong = {o.target for o in result.outcomes if o.outcome in {kind for kind, *_ in WRONG}}
    left = [k for k in result.leftovers if k.target not in wrong]
    told = {k.target for k in left}
    for kind, title, meaning, mark, state in WRONG:
        yield Section(kind.value, title, meaning, state, tuple(_entry(o, mark, state, names) for o in result.outcomes if o.outcome is kind))
    yield Section("left", "Left", "are, or may be, the job's", State.BAD, kept_entries(left, "left", State.BAD, "!"))
    stuck = tuple(_back(o, names) for o in result.undone if o.outcome not in BACK)
    yield Section("not_taken_back", "Not taken back", "not as they were before", State.BAD, stuck)
    for kind, title, meaning, mark, state in DONE:
        members = (o for o in result.outcomes if o.outcome is kind and o.target not in told)
        yield Section(kind.value, title, meaning, state, tuple(_entry(o, mark, state, names) for o in members))
    again = tuple(_back(o, names) for o in result.undone if o.outcome in BACK)
    yield Section("taken_back", "Taken back", "tied again as they were", State.GOOD, again, judged=False)


def _entry(outcome: Outcome, mark: str, state: State, names: dict[Key, str]) -> Entry:
    # The reason usually names who holds it already.
    held = [titled(k, names.get(k, "")) for k in outcome.blockers if k.id not in outcome.because]
    notes = tuple(n for n in (outcome.because, f"held by {joined(held)}" if held else "") if n)
    return Entry(outcome.target, outcome.name, outcome.target.id, outcome.outcome.value.replace("_", " "), state, mark, notes=notes)


def _back(outcome: Outcome, names: dict[Key, str]) -> Entry:
    if outcome.outcome in BACK:
        return replace(_entry(outcome, "<", State.GOOD, names), word="taken back")
    return replace(_entry(outcome, "x", State.BAD, names), word="not taken back")


def _advice(result: Result, context: Context) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in result.by_hand:
        whole = (each.instead,) if each.instead and len(each.commands) != 1 else ()
        yield f"{each.what}{':' if each.commands or whole else '.'}", (*whole, *each.commands)
    undo = ("--undo",) if context.back else ()
    if result.journal and result.exit_code in (5, 130):
        yield "To go on:", (shlex.join(["tfclean", "resume", *undo, result.journal]),)
    elif result.journal and result.exit_code and context.back:
        yield "To try again:", (shlex.join(["tfclean", "resume", *undo, result.journal]),)
    elif any(o.outcome in {kind for kind, *_ in WRONG} for o in result.outcomes):
        held = any(o.outcome is OutcomeKind.BLOCKED for o in result.outcomes)
        yield f"To try again{' once what holds it is gone' if held else ''}: the same command.", ()


def _quota(change: QuotaChange) -> str:
    moved = change.before is not None and change.before != change.after
    before = f" from {change.before} to" if moved else ""
    limit = f" of {change.limit}" if change.limit >= 0 else ""
    return f"{change.name}{before} {change.after}{limit}{', nearly used up' if change.near else ''}"
