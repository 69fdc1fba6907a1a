"""A plan in, the text of `tfclean plan` out, which is also what a person sees before the question."""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Action, Confidence, Kept, Plan, Step
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import GAPS, gaps, header, listed
from tfclean.report.text import by_kind, joined, quantity

MOST = 60
"""Of a plan with more steps, or more that is kept, than this, the first few are listed, unless verbose."""
ROOM = (36, 12, 8)
"""Lines that such a plan has for steps, for leftovers, and for what is kept."""

MARKS = {Action.DELETE: "-", Action.CASCADE: "-", Action.DETACH: "~", Action.CLEAR: "~", Action.WAIT: "."}
MEANINGS = {
    Action.DELETE: "- is deleted",
    Action.CASCADE: "- is deleted",
    Action.DETACH: "~ is untied",
    Action.CLEAR: "~ is untied",
    Action.WAIT: ". OpenStack takes away by itself",
}
COLOURS = {Action.DELETE: "red", Action.CASCADE: "red", Action.DETACH: "yellow", Action.CLEAR: "yellow", Action.WAIT: "dim"}


def write(page: Page, plan: Plan, context: Context, look: Look) -> None:
    """Write `plan`: how much of what, each step with its reason, and what is kept."""
    header(page, context)
    page.gap()
    if context.back:
        _back(page, plan)
        return
    page.prose(headline(plan), "bold")
    large = not look.verbose and max(len(plan.steps), len(plan.kept)) > MOST
    rooms: tuple[int | None, ...] = ROOM if large else (None, None, None)
    if plan.steps:
        used = dict.fromkeys(MEANINGS[step.action] for step in plan.steps)
        page.head(f"Steps ({len(plan.steps)})", f"{', '.join(used)}; independent ones run side by side")
        listed(page, (row(step, verbose=look.verbose) for step in plan.steps), [s.target.kind for s in plan.steps], rooms[0])
    _kept(page, "Leftovers", "are, or may be, the job's, and stay", [k for k in plan.kept if k.leftover], rooms[1])
    _kept(page, "Kept", "stay, as they should", [k for k in plan.kept if not k.leftover], rooms[2])
    gaps(page, plan.gaps, verbose=look.verbose, most=GAPS // 2 if large else GAPS)


def _back(page: Page, plan: Plan) -> None:
    """Write what would be taken back, in that order."""
    if not plan.steps:
        page.prose("Nothing to take back; what was deleted stays deleted.", "bold")
        return
    page.prose(f"Would take back {by_kind(s.target.kind for s in plan.steps)}; what was deleted stays deleted.", "bold")
    page.head(f"Steps ({len(plan.steps)})", "< is tied again, as an equivalent, if both ends are still there; one after the other")
    page.rows([Row("<", noun(s.target.kind), s.name, s.target.id, "yellow") for s in plan.steps])


def headline(plan: Plan) -> str:
    """Say how much would be deleted, and how sure that is."""
    deleted = [s for s in plan.steps if s.action in (Action.DELETE, Action.CASCADE)]
    parts = sum(len(s.parts) for s in plan.steps)
    undone = [s for s in plan.steps if s.action in (Action.DETACH, Action.CLEAR)]
    if not plan.steps:
        stay = sum(k.leftover for k in plan.kept)
        left = f"; {quantity(stay, 'leftover')} {'stays' if stay == 1 else 'stay'}" if stay else ""
        return f"Nothing to delete{left}."
    said = [f"delete {quantity(len(deleted), 'object')}: {by_kind(s.target.kind for s in deleted)}"] if deleted else []
    if parts:
        said.append(f"{quantity(parts, 'part')} go with them" if parts > 1 else "1 part goes with them")
    if undone:
        said.append(f"untie {by_kind(s.target.kind for s in undone)}")
    unsure = [s for s in plan.steps if s.confidence < Confidence.CERTAIN]
    sure = f"{len(plan.steps) - len(unsure)} certain" if len(unsure) < len(plan.steps) else ""
    rest = [f"{n} {c.label}" for c in (Confidence.PROBABLE, Confidence.POSSIBLE) if (n := sum(s.confidence is c for s in unsure))]
    return f"Would {'; '.join(said)}. {joined([p for p in (sure, *rest) if p]).capitalize()}."


def row(step: Step, *, verbose: bool) -> Row:
    """Make one line of one step."""
    notes = [f"{step.confidence.label}: {step.reason}"] if verbose or step.confidence < Confidence.CERTAIN else []
    notes += [f"changed before that: {reason}" for reason in step.attributes.get("prepare", ())]
    if step.parts:
        notes.append(f"with it: {by_kind(p.kind for p in step.parts)}")
    return Row(
        mark=MARKS[step.action],
        noun=noun(step.target.kind),
        name=step.name,
        id=step.target.id,
        colour=COLOURS[step.action],
        notes=tuple(notes),
        addresses=step.addresses if verbose else (),
    )


def _kept(page: Page, title: str, meaning: str, members: Sequence[Kept], room: int | None) -> None:
    if members:
        page.head(f"{title} ({len(members)})", meaning, "bold cyan")
        rows = (Row(" ", noun(k.target.kind), k.name, k.target.id, notes=(k.because,)) for k in members)
        listed(page, rows, [k.target.kind for k in members], room)
