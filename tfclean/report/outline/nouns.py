"""What a document consists of, whatever format tells it. Texts are as they came: each format escapes them in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tfclean.kinds.registry import noun
from tfclean.model import Drift, Evidence, Gap, Inventory, Judgement, Key, Plan, Result
from tfclean.report.base import Context

FEW = 10
"""So many problems of one class are read without opening each."""


class State(StrEnum):
    """How it stands with an object."""

    BAD = "bad"  # a problem
    OPEN = "open"  # nobody can tell
    GOOD = "good"  # as it should be
    DUE = "due"  # about to be changed
    ASIDE = "aside"  # not the document's business


@dataclass(frozen=True, slots=True)
class Entry:
    """One object, as one document tells it.

    Attributes:
        key: the object; its kind is empty for what is about no object.
        name: what it is called.
        id: its id; empty if it never had one.
        word: what the document says of it: ``zombie``, ``deleted``.
        state: how it stands with it.
        mark: one character for `word`.
        depth: how deep it is nested: it follows from the nearest entry above that is less deep.
        place: where in the job it stands: module, and state where there are several.
        addresses: Terraform addresses that claim it.
        notes: what else is told of it, most important first.
        reasons: why it is, or is not, the job's, strongest first.
        drift: attributes that changed.
    """

    key: Key
    name: str
    id: str
    word: str
    state: State
    mark: str = ""
    depth: int = 0
    place: str = ""
    addresses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reasons: tuple[Evidence, ...] = ()
    drift: tuple[Drift, ...] = ()

    @property
    def noun(self) -> str:
        """What it is, for people."""
        return noun(self.key.kind) if self.key.kind else ""

    @property
    def title(self) -> str:
        """What it is called; else what names it."""
        return self.name or (self.addresses[0] if self.addresses and not self.id else "")


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one class.

    Attributes:
        name: for programs.
        title: for the head of the list.
        meaning: what that is, in half a sentence.
        state: how it stands with its members.
        entries: its members.
        notes: what holds for all of them together.
        judged: its members passed or failed, each by itself; else they are told beside others.
        quiet: where there is little room it is only counted.
        grouped: its members stand by place; else in an order of their own.
        unfolded: what is told of each stands beside it at once; of a few problems it always does.
    """

    name: str
    title: str
    meaning: str
    state: State
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    judged: bool = True
    quiet: bool = False
    grouped: bool = False
    unfolded: bool = False

    @property
    def open(self) -> bool:
        """What is told of each is shown unasked."""
        return self.unfolded or (self.state is State.BAD and len(self.entries) <= FEW)


@dataclass(frozen=True, slots=True)
class Outline:
    """One document.

    Attributes:
        document: its name, as the method of `Report` has it.
        title: what it is.
        context: where and when.
        sentence: all of it in one sentence.
        state: how it stands with all of it.
        label: what the words of its entries are: ``Verdict``.
        facts: what it was made from, and how: names and texts.
        counts: words, how many, and how it stands with them; the worst first.
        sections: the biggest problem first; what is merely counted by others comes last.
        gaps: what could not be read or listed.
        advice: what to do next: a text, and lines for a shell.
        place: what the places of its entries are.
        proof: whether an end was proven; None where there was none to prove.
        subject: what it was made from, for a drawing.
        around: objects that alone, with their surroundings, are to be drawn; none for all.
        seconds: how long it took.
    """

    document: str
    title: str
    context: Context
    sentence: str
    state: State
    label: str
    facts: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[str, int, State], ...] = ()
    sections: tuple[Section, ...] = ()
    gaps: tuple[Gap, ...] = ()
    advice: tuple[tuple[str, tuple[str, ...]], ...] = ()
    place: str = "Module"
    proof: bool | None = None
    subject: Judgement | Plan | Result | Inventory | None = None
    around: tuple[Key, ...] = ()
    seconds: float = 0.0

    @property
    def where(self) -> tuple[tuple[str, str], ...]:
        """Where: cloud, region, project, as far as they are known."""
        given = (("cloud", self.context.cloud), ("region", self.context.region), ("project", self.context.project))
        return tuple((name, text) for name, text in given if text)
