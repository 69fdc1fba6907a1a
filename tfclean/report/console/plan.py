"""A plan in, the text of `tfclean plan` out, which is also what a person sees before the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tfclean.kinds.registry import noun
from tfclean.model import Action, Confidence, Kept, Plan, Step
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import GAPS, gaps, header, listed
from tfclean.report.telling import parts_of
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
    if context.done:
        page.prose(f"{done(plan, context)}, as the journal says; each is looked at again.")
        plan = replace(plan, steps=tuple(s for s in plan.steps if s.target not in context.done))
    page.prose(headline(plan), "bold")
    stay = [k.target.kind for k in plan.kept if k.leftover]
    if stay and plan.steps:
        page.prose(f"{by_kind(stay)} {'stays, and is, or may be,' if len(stay) == 1 else 'stay, and are, or may be,'} the job's.", "cyan")
    large = not look.verbose and max(len(plan.steps), len(plan.kept)) > MOST
    rooms: tuple[int | None, ...] = ROOM if large else (None, None, None)
    if plan.steps:
        used = dict.fromkeys(MEANINGS[step.action] for step in plan.steps)
        page.head(f"Steps ({len(plan.steps)})", f"{', '.join(used)}; independent ones run side by side")
        listed(page, (row(step, verbose=look.verbose) for step in plan.steps), [s.target.kind for s in plan.steps], rooms[0])
    _kept(page, ("Leftovers", "are, or may be, the job's, and stay", "?"), [k for k in plan.kept if k.leftover], rooms[1])
    _kept(page, ("Kept", "stay, as they should", " "), [k for k in plan.kept if not k.leftover], rooms[2])
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
    if not plan.steps:
        stay = sum(k.leftover for k in plan.kept)
        left = f"; {quantity(stay, 'leftover')} {'stays' if stay == 1 else 'stay'}" if stay else ""
        return f"Nothing to delete{left}."
    deleted, along, untied = parts_of(plan.steps)
    said = [f"delete {quantity(len(deleted), 'object')}: {by_kind(deleted)}"] if deleted else []
    if along and deleted:
        said.append(f"{by_kind(along)} {'goes' if len(along) == 1 else 'go'} with {'it' if len(deleted) == 1 else 'them'}")
    elif along:
        said.append(f"see {by_kind(along)} go")
    if untied:
        said.append(f"untie {by_kind(untied)}")
    unsure = [s for s in plan.steps if s.confidence < Confidence.CERTAIN]
    if not unsure:
        return f"Would {'; '.join(said)}. {quantity(len(plan.steps), 'step')}, {'all ' if len(plan.steps) > 1 else ''}certain."
    sure = f"{len(plan.steps) - len(unsure)} certain" if len(unsure) < len(plan.steps) else ""
    rest = [f"{n} {c.label}" for c in (Confidence.PROBABLE, Confidence.POSSIBLE) if (n := sum(s.confidence is c for s in unsure))]
    return f"Would {'; '.join(said)}. {quantity(len(plan.steps), 'step')}: {joined([p for p in (sure, *rest) if p])}."


def done(plan: Plan, context: Context) -> str:
    """Say how much of a plan an earlier run has done: ``6 of 18 steps are done``."""
    count = sum(s.target in context.done for s in plan.steps)
    if count == len(plan.steps):
        return f"All {count} steps are done" if count > 1 else "The one step is done"
    return f"{count} of {len(plan.steps)} steps {'is' if count == 1 else 'are'} done"


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


def _kept(page: Page, titled: tuple[str, str, str], members: Sequence[Kept], room: int | None) -> None:
    title, meaning, mark = titled
    if members:
        page.head(f"{title} ({len(members)})", meaning, "bold cyan")
        listed(page, kept_rows(members, mark), [k.target.kind for k in members], room)


def kept_rows(members: Sequence[Kept], mark: str) -> list[Row]:
    """Make the lines of what stays; a reason that is that of the object before is not told again."""
    before = [None, *(k.because for k in members)]
    notes = (k.because if k.because != last else "for the same reason" for k, last in zip(members, before, strict=False))
    return [
        Row(mark, noun(k.target.kind), k.name, k.target.id, "cyan" if mark.strip() else "", notes=(note,) if k.because else ())
        for k, note in zip(members, notes, strict=True)
    ]
