"""A result in, the text at the end of `tfclean destroy`, `apply` and `resume` out: short enough to be pasted into a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Kept, Key, Outcome, OutcomeKind, Result
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import header, more
from tfclean.report.text import by_kind, duration, joined, quantity, titled

MOST = 40
"""More objects of one outcome than this are counted and not listed, unless verbose."""

TOLD = (
    (OutcomeKind.FAILED, "Failed", "x", "red"),
    (OutcomeKind.BLOCKED, "Blocked", "x", "red"),
    (OutcomeKind.SKIPPED, "Skipped", "/", "yellow"),
)
"""Outcomes that are listed always: causes first, consequences last."""


def write(page: Page, result: Result, context: Context, look: Look) -> None:
    """Write `result`: the sentence, the counts, what went wrong, what is left, and how to go on."""
    header(page, context)
    page.gap()
    page.prose(headline(result), f"bold {'green' if result.exit_code == 0 else 'red'}")
    page.prose(effort(result) if context.back else counts(result))
    names = {o.target: o.name for o in result.outcomes} | {k.target: k.name for k in result.leftovers}
    for kind, title, mark, colour in TOLD:
        found = [o for o in result.outcomes if o.outcome is kind]
        if found and (kind is not OutcomeKind.SKIPPED or look.verbose):
            page.head(f"{title} ({len(found)})", "", f"bold {colour}")
            _outcomes(page, found, (mark, colour), names, look)
        elif found:
            page.gap()
            causes = any(o.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED) for o in result.outcomes)
            what = "Skipped because of that" if causes else "Not seen gone"
            page.prose(f"{what}: {by_kind(o.target.kind for o in found)} (-v lists them).", colour)
    _leftovers(page, result, look)
    if look.verbose:
        for kind in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE, OutcomeKind.KEPT):
            found = [o for o in result.outcomes if o.outcome is kind]
            if found:
                page.head(f"{kind.value.replace('_', ' ').capitalize()} ({len(found)})")
                _outcomes(page, found, (" ", ""), names, look)
    _undone(page, result, context, look)
    _next(page, result, context)


def headline(result: Result) -> str:
    """Say it in one sentence, the run's own if it has one."""
    if result.message:
        return result.message
    if result.exit_code == 0 and result.proven:
        return "Everything asked for is gone, and two fresh looks prove it."
    if result.leftovers:
        return f"{quantity(len(result.leftovers), 'object')} of the job {'is' if len(result.leftovers) == 1 else 'are'} left."
    return "The end is not proven: look again with `tfclean diff`."


def counts(result: Result) -> str:
    """Count outcomes, and what it took."""
    order = (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE, OutcomeKind.KEPT, OutcomeKind.BLOCKED, OutcomeKind.SKIPPED, OutcomeKind.FAILED)
    found = [f"{n} {kind.value.replace('_', ' ')}" for kind in order if (n := sum(o.outcome is kind for o in result.outcomes))]
    return f"{joined(found) if found else 'Nothing was done'}; {'proven' if result.proven else 'not proven'}; {effort(result)}"


def effort(result: Result) -> str:
    """Tell what it took."""
    return f"{quantity(result.calls, 'call')}, {quantity(result.refusals, 'refusal')}, {duration(result.seconds)}."


def _undone(page: Page, result: Result, context: Context, look: Look) -> None:
    back = [o for o in result.undone if o.outcome in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE)]
    stuck = [o for o in result.undone if o not in back]
    names = {o.target: o.name for o in result.undone}
    if back:
        page.head(f"Taken back ({len(back)})", "" if context.back else "steps that were in vain, or were needed for a while only")
        _outcomes(page, back, ("<", ""), names, look)
    if stuck:
        page.head(f"Not taken back ({len(stuck)})", "it is not as it was before", "bold red")
        _outcomes(page, stuck, ("x", "red"), names, look)


def _outcomes(page: Page, found: Sequence[Outcome], marked: tuple[str, str], names: dict[Key, str], look: Look) -> None:
    mark, colour = marked
    shown = found if look.verbose else found[:MOST]
    page.rows(
        [
            Row(mark, noun(o.target.kind), o.name, o.target.id, colour, notes=tuple(n for n in (o.because, _blockers(o, names)) if n))
            for o in shown
        ]
    )
    more(page, [o.target.kind for o in found[len(shown) :]])


def _blockers(outcome: Outcome, names: dict[Key, str]) -> str:
    # The reason usually names who holds it already.
    told = [titled(k, names.get(k, "")) for k in outcome.blockers if k.id not in outcome.because]
    return f"held by {joined(told)}" if told else ""


def _leftovers(page: Page, result: Result, look: Look) -> None:
    told = {o.target for o in result.outcomes if o.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED, OutcomeKind.SKIPPED)}
    left: list[Kept] = [k for k in result.leftovers if k.target not in told]
    if left:
        page.head(f"Left ({len(left)})", "are, or may be, the job's", "bold cyan")
        shown = left if look.verbose else left[:MOST]
        page.rows([Row(" ", noun(k.target.kind), k.name, k.target.id, notes=(k.because,)) for k in shown])
        more(page, [k.target.kind for k in left[len(shown) :]])


def _next(page: Page, result: Result, context: Context) -> None:
    if not result.journal:
        return
    page.gap()
    page.line(f"Journal: {result.journal}", "dim")
    if result.exit_code in (5, 130):
        page.line(f"To go on: tfclean resume {'--undo ' if context.back else ''}{result.journal}")
    elif result.exit_code and context.back:
        page.line(f"To try again: tfclean resume --undo {result.journal}")
    elif result.exit_code:
        held = any(o.outcome is OutcomeKind.BLOCKED for o in result.outcomes)
        page.prose(f"To try again{' once what holds it is gone' if held else ''}: the same tfclean destroy.")
