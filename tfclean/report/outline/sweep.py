"""A sweep and its plan in, their outline out: every object below the group with which it goes or stays."""

from __future__ import annotations

from collections import Counter

from tfclean.kinds.registry import KINDS
from tfclean.model import Group, Plan, Sweep
from tfclean.report.base import Context
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.outline.plan import kept_entries
from tfclean.report.text import duration, moment, quantity, titled


def outline(sweep: Sweep, plan: Plan, context: Context) -> Outline:
    """Outline which groups go, and what keeps the others.

    Args:
        sweep: all groups.
        plan: what is done to those that go.
        context: where and when.
    """
    going = [g for g in sweep.groups if g.goes]
    staying = [g for g in sweep.groups if not g.goes and not g.common]
    common = [g for g in sweep.groups if not g.goes and g.common]
    limit = duration(sweep.older_than.total_seconds()).removesuffix(" 0m")
    held = kept_entries([k for k in plan.kept if k.leftover], "held", State.OPEN, "?")
    sections = [
        Section("go", "Go", "all of each group is old", State.DUE, _entries(going, sweep), grouped=True),
        Section("held", "Cannot go", "old, and held all the same", State.OPEN, held),
        Section("stay", "Stay", "as they are", State.ASIDE, _entries(staying, sweep), quiet=True, grouped=True),
        Section(
            "common",
            "Stay, and are nobody's own",
            "several groups can use them",
            State.ASIDE,
            _entries(common, sweep),
            quiet=True,
            grouped=True,
        ),
    ]
    told = tuple(s for s in sections if s.entries)
    groups = quantity(len(sweep.groups), "group")
    objects = sum(len(s.entries) for s in told if s.name == "go")
    return Outline(
        document="sweep",
        title="What would be swept away",
        context=context,
        sentence=f"{len(going) or 'None'} of {groups} would go, {quantity(objects, 'object')}: older than {limit}."
        if going
        else f"Nothing goes: none of {groups} is as a whole older than {limit}.",
        state=State.OPEN if held or plan.gaps else State.DUE if going else State.GOOD,
        label="Fate",
        facts=(("older than", limit), ("made before", moment(sweep.before))),
        counts=tuple((word, n, state) for (word, state), n in Counter((e.word, e.state) for s in told for e in s.entries).items()),
        sections=told,
        gaps=plan.gaps,
        place="Group",
        subject=plan,
    )


def _entries(groups: list[Group], sweep: Sweep) -> tuple[Entry, ...]:
    return tuple(entry for group in groups for entry in _group(group, sweep))


def _group(group: Group, sweep: Sweep) -> list[Entry]:
    place = titled(group.title, sweep.names.get(group.title, ""))
    age = f"the oldest of its group was made {moment(group.oldest)}, the newest {moment(group.newest)}" if group.oldest else ""
    return [
        Entry(
            key=key,
            name=sweep.names.get(key, ""),
            id=key.id,
            word="goes" if group.goes else "stays",
            state=State.DUE if group.goes else State.ASIDE,
            mark="-" if group.goes else "",
            place=place,
            notes=tuple(note for note in (group.because, age) if note),
        )
        for key in group.members
        if not KINDS[key.kind].tie
    ]
