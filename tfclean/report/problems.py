"""A judgement in; what of it is a problem, in which order it is told, and the exit code of a diff out. Pure."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tfclean.model import Finding, GapKind, Judgement, Key, Verdict


@dataclass(frozen=True, slots=True)
class Section:
    """One class of problem.

    Attributes:
        name: for programs: ``zombie``.
        title: for the head of the list.
        meaning: what that is, in half a sentence.
        mark: one character that stands before each object, so that it can be told without colour.
        colour: style for those who see it.
        holds: tells whether a finding belongs here; the first section that says yes has it.
    """

    name: str
    title: str
    meaning: str
    mark: str
    colour: str
    holds: Callable[[Finding], bool]

    def many(self, count: int) -> str:
        """Say how many: ``1 zombie``, ``2 zombies``, ``2 drifted``."""
        plural = self.title.lower() if count != 1 else self.name
        return f"{count} {plural}"


def _flagged(finding: Finding, flag: str) -> bool:
    return finding.verdict is Verdict.MANAGED and flag in finding.flags


SECTIONS: tuple[Section, ...] = (
    Section(
        name="stranger",
        title="Strangers",
        meaning="Terraform cannot see them, but they are on what is the job's",
        mark="+",
        colour="yellow",
        holds=lambda f: f.verdict is Verdict.ZOMBIE and "stranger" in f.flags,
    ),
    Section("zombie", "Zombies", "the job's, but in no present state", "!", "red", lambda f: f.verdict is Verdict.ZOMBIE),
    Section(
        name="elsewhere",
        title="Elsewhere",
        meaning="in the present state, but in another project",
        mark="?",
        colour="yellow",
        holds=lambda f: f.verdict is Verdict.MISSING and "elsewhere" in f.flags,
    ),
    Section("missing", "Missing", "in the present state, but not live", "-", "red", lambda f: f.verdict is Verdict.MISSING),
    Section("drifted", "Drifted", "not as the present state says", "~", "yellow", lambda f: f.verdict is Verdict.DRIFTED),
    Section("deposed", "Deposed", "already replaced, and still to be destroyed", "!", "yellow", lambda f: _flagged(f, "deposed")),
    Section("tainted", "Tainted", "half made, and marked to be replaced", "!", "yellow", lambda f: _flagged(f, "tainted")),
    Section("possible", "Possible", "circumstance only; look before you delete", "?", "cyan", lambda f: f.verdict is Verdict.POSSIBLE),
    Section("unknown", "Unknown", "their kind could not be listed", "?", "magenta", lambda f: f.verdict is Verdict.UNKNOWN),
)
"""Classes of problem; of those that apply to one object the first one here is its own."""

ORDER = ("zombie", "missing", "elsewhere", "drifted", "stranger", "deposed", "tainted", "possible", "unknown")
"""In which order they are told: biggest problem first."""

LOST = frozenset({"zombie", "stranger"})
"""Classes that no Terraform run will ever delete."""

IN_SYNC = frozenset({Verdict.MANAGED, Verdict.USED, Verdict.IMPLICIT, Verdict.PROTECTED})
"""Verdicts that are only counted."""


def section(finding: Finding) -> Section | None:
    """Give the class of problem that `finding` is; None if it is none."""
    if finding.verdict is Verdict.PROTECTED:
        return None
    return next((s for s in SECTIONS if s.holds(finding)), None)


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems of a judgement, ordered.

    Attributes:
        groups: sections in the order of telling, each with its causes; those with most consequences first.
        consequences: by key of the cause, what follows from it.
        counts: by section, without ties and without consequences.
        following: how many consequences there are.
    """

    groups: tuple[tuple[Section, tuple[Finding, ...]], ...]
    consequences: dict[Key, list[Finding]]
    counts: dict[str, int]
    following: int

    def size(self, key: Key) -> int:
        """Count what follows from `key`, directly or through others."""
        return sum(1 + self.size(f.key) for f in self.consequences.get(key, ()))


def problems(judgement: Judgement) -> Problems:
    """Sort the findings of `judgement` into causes and consequences, biggest problem first."""
    consequences: dict[Key, list[Finding]] = defaultdict(list)
    causes: dict[str, list[Finding]] = defaultdict(list)
    for finding in judgement.findings.values():
        own = section(finding)
        if own is None:
            continue
        if _nested(finding, judgement):
            consequences[finding.cause or finding.key].append(finding)
        else:
            causes[own.name].append(finding)
    found = Problems((), dict(consequences), {}, sum(len(c) for c in consequences.values()))
    by_name = {s.name: s for s in SECTIONS}
    groups = tuple(
        (by_name[name], tuple(sorted(causes[name], key=lambda f: (-found.size(f.key), "tie" in f.flags, f.kind, f.name, f.id or ""))))
        for name in ORDER
        if causes[name]
    )
    return Problems(groups, found.consequences, {s.name: len(members) for s, members in groups}, found.following)


def next_steps(found: Problems, engine: str) -> tuple[tuple[str, str], ...]:
    """Say what to do about problems.

    Args:
        found: the problems.
        engine: the program that the job runs: ``terraform`` or ``tofu``.

    Returns:
        What for, and the line to be copied: first who explains the first of them, then who clears up; nothing where there is no problem.
    """
    if not found.groups:
        return ()
    first = found.groups[0][1][0]
    subject = first.id or (first.addresses[0] if first.addresses else first.name)
    if all(own.name == Verdict.MISSING.value for own, _ in found.groups):
        way = ("To have the state forget what is gone", f"{engine} apply -refresh-only")
    else:
        way = ("What a destroy would delete, and in which order", "tfclean plan")
    return (("Why the first of them is there", f"tfclean explain {shlex.quote(subject)}"), way)


def _nested(finding: Finding, judgement: Judgement) -> bool:
    """A cause that is itself no problem, or that leads back to the finding, would hide it: then it stands by itself."""
    cause = judgement.findings.get(finding.cause) if finding.cause else None
    if cause is None or section(cause) is None:
        return False
    seen: set[Key] = set()
    while cause is not None and cause.key not in seen:
        if cause.key == finding.key:
            return False
        seen.add(cause.key)
        cause = judgement.findings.get(cause.cause) if cause.cause else None
    return True


def diff_exit_code(judgement: Judgement) -> int:
    """Give the exit code of a diff: 0 in sync, 1 something was found, 3 the inventory is incomplete."""
    if any(gap.kind is GapKind.NOT_LISTED for gap in judgement.gaps):
        return 3
    return 1 if any(section(f) for f in judgement.findings.values()) else 0
