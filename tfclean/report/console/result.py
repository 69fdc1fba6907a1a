"""A result in, the text at the end of `tfclean destroy`, `apply` and `resume` out: short enough to be pasted into a ticket."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from tfclean.kinds.registry import KINDS, noun
from tfclean.model import ByHand, Kept, Key, Outcome, OutcomeKind, QuotaChange, Result
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import gaps, header, listed
from tfclean.report.console.plan import kept_rows
from tfclean.report.text import by_kind, cells, duration, joined, quantity, safe, titled

MOST = 40
"""Of a result with more objects to tell of than this, the first few of each outcome are listed, unless verbose."""
ROOM = 12
"""Lines that each outcome has in such a result."""

LINES = 5
"""Lines for a shell of one sort that are written; of more, one line does the same."""
INSTEAD = "all at once, or one by one:"

TOLD = (
    (OutcomeKind.FAILED, "Failed", "x", "red"),
    (OutcomeKind.BLOCKED, "Blocked", "x", "red"),
    (OutcomeKind.SKIPPED, "Skipped", "/", "yellow"),
)
"""Outcomes that are listed always: causes first, consequences last."""


HOW = re.compile(r"; go on with `tfclean resume [^`]*`(?=\.$)")
"""How the sentence of a run that was cut short ends."""
WRONG = frozenset(kind for kind, *_ in TOLD)
"""Outcomes after which trying again can help; what is only possible stays however often it is tried."""


def write(page: Page, result: Result, context: Context, look: Look) -> None:
    """Write `result`: the sentence, the counts, what went wrong, what is left, and how to go on."""
    header(page, context)
    page.gap()
    # How to go on stands in a line of its own at the end, unbroken.
    page.prose(HOW.sub("", headline(result)), f"bold {'green' if result.exit_code == 0 else 'red'}")
    page.prose(effort(result) if context.back else counts(result))
    names = {o.target: o.name for o in result.outcomes} | {k.target: k.name for k in result.leftovers}
    large = not look.verbose and _told(result) > MOST
    room = ROOM if large else None
    for kind, title, mark, colour in TOLD:
        found = [o for o in result.outcomes if o.outcome is kind]
        if found and (kind is not OutcomeKind.SKIPPED or look.verbose):
            page.head(f"{title} ({len(found)})", "", f"bold {colour}")
            _outcomes(page, found, (mark, colour), names, room)
        elif found:
            page.gap()
            causes = any(o.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED) for o in result.outcomes)
            what = "Skipped because of that" if causes else "Not seen gone"
            page.prose(f"{what}: {by_kind(o.target.kind for o in found)} (-v lists them).", colour)
    _leftovers(page, result, room)
    if look.verbose:
        for kind in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE, OutcomeKind.KEPT):
            found = [o for o in result.outcomes if o.outcome is kind]
            if found:
                page.head(f"{kind.value.replace('_', ' ').capitalize()} ({len(found)})")
                _outcomes(page, found, (" ", ""), names, room)
    _undone(page, result, context, room)
    by_hand(page, result.by_hand, None if look.verbose else LINES)
    quotas(page, result.quotas)
    if look.verbose:
        gaps(page, result.gaps, verbose=True)
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
    order = (OutcomeKind.ALREADY_GONE, OutcomeKind.KEPT, OutcomeKind.BLOCKED, OutcomeKind.SKIPPED, OutcomeKind.FAILED)
    done = [o.target.kind for o in result.outcomes if o.outcome is OutcomeKind.DELETED]
    untied = sum(kind in KINDS and KINDS[kind].undo is not None for kind in done)
    found = [f"{n} {word}" for word, n in (("deleted", len(done) - untied), ("untied", untied)) if n]
    found += [f"{n} {kind.value.replace('_', ' ')}" for kind in order if (n := sum(o.outcome is kind for o in result.outcomes))]
    # What is left speaks for itself: there is nothing to prove.
    end = "" if result.leftovers else "; proven" if result.proven else "; not proven"
    return f"{joined(found) if found else 'Nothing was done'}{end}; {effort(result)}"


def effort(result: Result) -> str:
    """Tell what it took."""
    return f"{quantity(result.calls, 'call')}, {quantity(result.refusals, 'refusal')}, {duration(result.seconds)}."


def _told(result: Result) -> int:
    """Count what is told one by one."""
    return len(result.leftovers) + len(result.undone) + sum(o.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED) for o in result.outcomes)


def _undone(page: Page, result: Result, context: Context, room: int | None) -> None:
    back = [o for o in result.undone if o.outcome in (OutcomeKind.DELETED, OutcomeKind.ALREADY_GONE)]
    stuck = [o for o in result.undone if o not in back]
    names = {o.target: o.name for o in result.undone}
    if back:
        page.head(f"Taken back ({len(back)})", "" if context.back else "steps that were in vain, or were needed for a while only")
        _outcomes(page, back, ("<", ""), names, room)
    if stuck:
        page.head(f"Not taken back ({len(stuck)})", "it is not as it was before", "bold red")
        _outcomes(page, stuck, ("x", "red"), names, room)


def _outcomes(page: Page, found: Sequence[Outcome], marked: tuple[str, str], names: dict[Key, str], room: int | None) -> None:
    mark, colour = marked
    rows = (
        Row(mark, noun(o.target.kind), o.name, o.target.id, colour, notes=tuple(n for n in (o.because, _blockers(o, names)) if n))
        for o in found
    )
    listed(page, rows, [o.target.kind for o in found], room)


def _blockers(outcome: Outcome, names: dict[Key, str]) -> str:
    # The reason usually names who holds it already.
    told = [titled(k, names.get(k, "")) for k in outcome.blockers if k.id not in outcome.because]
    return f"held by {joined(told)}" if told else ""


def _leftovers(page: Page, result: Result, room: int | None) -> None:
    told = {o.target for o in result.outcomes if o.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED, OutcomeKind.SKIPPED)}
    left: list[Kept] = [k for k in result.leftovers if k.target not in told]
    if left:
        page.head(f"Left ({len(left)})", "are, or may be, the job's", "bold cyan")
        listed(page, kept_rows(left, "!"), [k.target.kind for k in left], room)


def by_hand(page: Page, found: Sequence[ByHand], most: int | None) -> None:
    """Write what remains for a person to do, each with its lines for a shell, unbroken: at most so many of each."""
    if not found:
        return
    page.head(f"By hand ({len(found)})", "what is left for a person to do")
    for each in found:
        one = len(each.commands) == 1
        page.hanging("  - ", f"{each.what}{f': {INSTEAD}' if each.instead and not one else ':' if each.commands else '.'}")
        lines = [each.instead] if each.instead and not one else []
        for line in (*lines, *each.commands[:most]):
            page.line(line, "", 6)
        if most is not None and len(each.commands) > most:
            page.prose(f"... and {quantity(len(each.commands) - most, 'more line')} (-v lists them, -o json=FILE has all)", "dim", 6)


def quotas(page: Page, changed: Sequence[QuotaChange]) -> None:
    """Write what was used of quotas before and after."""
    if not changed:
        return
    page.head("Quota", "in use before and after; what changed, and what is nearly used up")
    width = max(cells(safe(c.name)) for c in changed)
    for change in changed:
        before = "?" if change.before is None else str(change.before)
        moved = f"{before:>7} -> {change.after}" if change.before != change.after else f"{change.after:>7}"
        limit = f" of {change.limit}" if change.limit >= 0 else ""
        near = " (nearly used up)" if change.near else ""
        page.line(f"{safe(change.name):<{width}}{moved}{limit}{near}", "yellow" if change.near else "", 2)


def _next(page: Page, result: Result, context: Context) -> None:
    if not result.journal:
        return
    page.gap()
    page.line(f"Journal: {result.journal}", "dim")
    if result.exit_code in (5, 130):
        page.line(f"To go on: tfclean resume {'--undo ' if context.back else ''}{result.journal}")
    elif result.exit_code and context.back:
        page.line(f"To try again: tfclean resume --undo {result.journal}")
    elif any(o.outcome in WRONG for o in result.outcomes):
        held = any(o.outcome is OutcomeKind.BLOCKED for o in result.outcomes)
        again = "sweep" if context.command == "sweep" else "destroy"
        page.prose(f"To try again{' once what holds it is gone' if held else ''}: the same tfclean {again}.")
    elif result.leftovers and not result.by_hand and context.command != "sweep":
        page.line(f"Why it is left: tfclean explain {shlex.quote(safe(result.leftovers[0].target.id))}")
