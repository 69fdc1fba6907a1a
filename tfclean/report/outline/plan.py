"""A plan in, its outline out."""

from __future__ import annotations

from collections import Counter

from tfclean.model import Action, Confidence, Kept, Plan, Step
from tfclean.report.base import Context
from tfclean.report.console.plan import MARKS, headline
from tfclean.report.grouping import grouped, module
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.text import by_kind, moment

WORDS = {
    Action.DELETE: "delete",
    Action.CASCADE: "delete",
    Action.DETACH: "untie",
    Action.CLEAR: "free",
    Action.WAIT: "wait",
}
"""What a step does, in a word."""


def outline(plan: Plan, context: Context) -> Outline:
    """Outline what would be done, and what is kept.

    Args:
        plan: the plan.
        context: where and when; it tells whether something is taken back.
    """
    back = context.back
    sentence = headline(plan)
    if back:
        steps = by_kind(s.target.kind for s in plan.steps)
        sentence = f"{f'Would take back {steps}' if plan.steps else 'Nothing to take back'}; what was deleted stays deleted."
    entries = [_step(step, back=back) for step in plan.steps]
    left = kept_entries([k for k in plan.kept if k.leftover], "leftover", State.OPEN, "?")
    kept = kept_entries([k for k in plan.kept if not k.leftover], "kept", State.ASIDE)
    words = Counter(e.word for e in entries)
    sections = [
        Section("steps", "Steps", "in an order that works; independent ones run side by side", State.DUE, tuple(entries)),
        Section("leftover", "Leftovers", "are, or may be, the job's, and stay", State.OPEN, left),
        Section("kept", "Kept", "stay, as they should", State.ASIDE, kept),
    ]
    counts = [*((word, n, State.DUE) for word, n in words.items()), ("leftover", len(left), State.OPEN), ("kept", len(kept), State.ASIDE)]
    return Outline(
        document="plan",
        title="What would be taken back" if back else "What would be deleted",
        context=context,
        sentence=sentence,
        state=State.OPEN if left or plan.gaps else State.DUE if plan.steps else State.GOOD,
        label="Step",
        facts=tuple((n, t) for n, t in (("made", moment(plan.made_at)), ("digest", plan.digest)) if t),
        counts=tuple(c for c in counts if c[1]),
        sections=tuple(s for s in sections if s.entries),
        gaps=plan.gaps,
        subject=plan,
    )


def kept_entries(members: list[Kept], word: str, state: State, mark: str = "") -> tuple[Entry, ...]:
    """Tell of objects that stay, each with the reason."""
    made = [Entry(k.target, k.name, k.target.id, word, state, mark, notes=(k.because,) if k.because else ()) for k in members]
    return tuple(e for _, group in grouped(made, lambda e: e.notes[0] if e.notes else "", lambda _: 1) for e in group)


def _step(step: Step, *, back: bool) -> Entry:
    unsure = f"{step.confidence.label} to be the job's" if step.confidence < Confidence.CERTAIN else ""
    changed = [f"changed before that: {reason}" for reason in step.attributes.get("prepare", ())]
    parts = [f"with it: {by_kind(p.kind for p in step.parts)}"] if step.parts else []
    return Entry(
        key=step.target,
        name=step.name,
        id=step.target.id,
        word="tie again" if back else WORDS[step.action],
        state=State.DUE,
        mark="<" if back else MARKS[step.action],
        place=module(step.addresses[0]) or "root module" if step.addresses else "",
        addresses=step.addresses,
        notes=tuple(n for n in (unsure, step.reason, *changed, *parts) if n),
    )
