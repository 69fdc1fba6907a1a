"""A sweep in, its text out: how much goes, each group that goes, and what keeps each of the others."""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.kinds.registry import KINDS, noun
from tfclean.model import Group, Key, Plan, Sweep
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page, Row
from tfclean.report.console.parts import gaps, header
from tfclean.report.console.plan import headline
from tfclean.report.console.plan import row as step_row
from tfclean.report.text import by_kind, duration, moment, quantity

MOST = 9
"""More groups of a sort than this are counted and not listed, unless verbose."""


def write(page: Page, sweep: Sweep, plan: Plan, context: Context, look: Look) -> None:
    """Write `sweep`: counts, the groups that go, those that stay with the reason, and on request every step."""
    header(page, context)
    page.gap()
    going, staying = sweep.going(), [g for g in sweep.groups if not g.goes]
    page.prose(_headline(sweep, going, plan), "bold")
    page.prose(f"What was made at {moment(sweep.before)} or later is young.", "dim")
    _groups(page, ("Go", "all of each is old, and nothing that stays is tied to it"), going, sweep, look)
    _groups(page, ("Stay", "as they are"), [g for g in staying if not g.common], sweep, look)
    common = [g for g in staying if g.common]
    _groups(page, ("Stay, and are nobody's own", "what several groups can use, or what outlives them"), common, sweep, look)
    if look.verbose and plan.steps:
        page.head(f"Steps ({len(plan.steps)})", headline(plan))
        page.rows([step_row(step, verbose=True) for step in plan.steps])
    held = [kept for kept in plan.kept if kept.leftover]
    if held:
        page.head(f"Cannot go ({len(held)})", "old, and held all the same", "bold cyan")
        page.rows([Row(" ", noun(k.target.kind), k.name, k.target.id, notes=(k.because,)) for k in held[:MOST]])
    gaps(page, plan.gaps, verbose=look.verbose)


def _headline(sweep: Sweep, going: Sequence[Group], plan: Plan) -> str:
    limit = duration(sweep.older_than.total_seconds()).removesuffix(" 0m").removesuffix(" 0s")
    groups = quantity(len(sweep.groups), "group")
    if not sweep.groups:
        return "Nothing goes: the project is empty."
    if not going:
        return f"Nothing goes: of {groups} none is older than {limit} as a whole, and free."
    keys = [key for group in going for key in group.members if not KINDS[key.kind].tie]
    much = f"{quantity(len(keys), 'object')} in {quantity(len(plan.steps), 'step')}"
    return f"Would delete {len(going)} of {groups}, {much}: older than {limit}."


def _groups(page: Page, title: tuple[str, str], groups: Sequence[Group], sweep: Sweep, look: Look) -> None:
    if not groups:
        return
    page.head(f"{title[0]} ({len(groups)})", title[1], "bold red" if groups[0].goes else "bold")
    shown = groups if look.verbose else groups[:MOST]
    page.rows([_row(group, sweep) for group in shown])
    if len(groups) > len(shown):
        count = sum(len(g.members) for g in groups[len(shown) :])
        page.prose(f"... and {quantity(len(groups) - len(shown), 'more group')} of {quantity(count, 'object')} (-v lists them)", "dim", 4)


def _row(group: Group, sweep: Sweep) -> Row:
    kinds = [key.kind for key in group.members if not KINDS[key.kind].tie]
    # Of a single object that stays by itself, the reason says how old it is if that matters.
    alone = len(kinds) == 1 and group.blockers[:1] == (group.title,)
    whole = ": ".join(part for part in ("" if alone else _age(group, sweep), by_kind(kinds) if len(kinds) > 1 else "") if part)
    why = [] if group.goes and group.oldest else [group.because]
    return Row(
        mark="-" if group.goes else " ",
        noun=noun(group.title.kind),
        name=sweep.names.get(group.title, ""),
        id=_id(group.title, sweep),
        colour="red" if group.goes else "",
        notes=tuple(note for note in (*why, whole) if note),
    )


def _id(key: Key, sweep: Sweep) -> str:
    return "" if sweep.names.get(key) == key.id else key.id


def _age(group: Group, sweep: Sweep) -> str:
    """Tell how old a group is: its first object, and its last if that is another age."""
    if group.oldest is None or group.newest is None:
        return ""
    oldest, newest = (duration(max((sweep.moment - made).total_seconds(), 0)) for made in (group.oldest, group.newest))
    return f"{oldest} old" if oldest == newest else f"{oldest} to {newest} old"
