"""The keyword arguments of the verbs, named like the options of the command line. Shapes only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from tfclean.model import Inventory, Plan

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Interrupt
    from tfclean.model import Event, SweepPlan

StrPath = str | os.PathLike[str]
Paths = StrPath | Iterable[StrPath]
Variables = Mapping[str, str] | Sequence[tuple[str, str]]


class KeepingOptions(TypedDict, total=False):
    """What stays, and is no problem, by wishes that hold for every command of a project.

    Attributes:
        ignore: a file of rules (``.tfcleanignore``), or the rules themselves, one in each item; see `tfclean.kinds.ignore`.
        keep_tags: markers beside the built-in ones: tags, keys of metadata or ``KEY=VALUE`` pairs, words of a description.
    """

    ignore: StrPath | Sequence[str]
    keep_tags: Sequence[str]


class EvidenceOptions(KeepingOptions, total=False):
    """How evidence is read and judged.

    Attributes:
        variables: root variables of the run, by name; or pairs of ``var`` or ``var-file`` and what was given with it.
        protect: paths of other jobs' traces, as for `read`; what they manage is never touched, and what cannot be read is an error.
        baseline: an inventory taken before the run, or the file that holds it.
    """

    variables: Variables
    protect: Paths
    baseline: Inventory | StrPath


class LookOptions(TypedDict, total=False):
    """How one is told what happens before there is anything to tell.

    Attributes:
        on_list: told while everything is listed how many kinds are, and how many there are; 0 of 0 while nobody is logged in.
    """

    on_list: Callable[[int, int], None]


class DiffOptions(EvidenceOptions, LookOptions, total=False):
    """All that is judged by."""


class LimitOptions(KeepingOptions, total=False):
    """What may be deleted of a plan, whoever made it; see `tfclean.cleanup.options.Options`, whose defaults hold.

    Attributes:
        keep: ids, or regular expressions over names and addresses, of what must stay.
        allow_side_effects: also a group that rules of a foreign group name.
        all_or_none: nothing, unless every step's checks pass.
        repair: try to free what is stuck.
        max_deletions: at most so many objects.
        max_share: at most this share (0 to 1) of the project's objects.
    """

    keep: Sequence[str]
    allow_side_effects: bool
    all_or_none: bool
    repair: bool
    max_deletions: int | None
    max_share: float | None


class PolicyOptions(LimitOptions, total=False):
    """What may be planned.

    Attributes:
        include_possible: also what only circumstance ties to the job.
        also: ids or addresses that go although their owner let go of them or asked that they stay.
        ignore_lock: go on although a remote backend says that the state is locked.
    """

    include_possible: bool
    also: Sequence[str]
    ignore_lock: bool


class RunOptions(TypedDict, total=False):
    """How a plan is carried out.

    Attributes:
        on_plan: told the plan as soon as there is one, before the question; also of an empty one.
        approve: asked once, with the plan, before anything is deleted; without it, nothing is.
        journal: file for the journal; by default one in ``.tfclean/``.
        timeout: seconds after which nothing new is started.
        on_event: called with every event, from the caller's thread.
        interrupt: something with ``is_set()``; when that is true, nothing new is started.
    """

    on_plan: Callable[[Plan], None]
    approve: Callable[[Plan], bool]
    journal: StrPath | None
    timeout: float | None
    on_event: Callable[[Event], None]
    interrupt: Interrupt


class PlanOptions(DiffOptions, PolicyOptions, total=False):
    """All that a plan is made from."""


class ApplyOptions(LimitOptions, RunOptions, total=False):
    """All that a plan is carried out with: limits are never taken from a plan or a journal.

    Attributes:
        protect: paths of other jobs' traces, as for `read`; what they manage by now stays, whatever the plan says.
    """

    protect: Paths


class ResumeOptions(EvidenceOptions, ApplyOptions, total=False):
    """All that a run is resumed with; evidence serves the proof alone.

    Attributes:
        ignore_lock: go on although a remote backend says that the state is locked.
    """

    ignore_lock: bool


class DestroyOptions(PlanOptions, RunOptions, total=False):
    """All that a destroy is made from."""


class SweepPlanOptions(LimitOptions, LookOptions, total=False):
    """What a sweep is planned from.

    Attributes:
        names: regular expressions: a group is meant only if every name in it that people gave matches one as a whole. A router, a
            keypair or an image that outlives those who use it, or that several use, goes only by them.
        tags: a group is meant only if something in it has one of these tags, or of these ``key=value`` pairs of metadata.
        protect: paths of jobs' traces; what they manage is never touched, nor the group that it is in.
        force: less than an hour is meant.
        two_looks: file in which is noted when objects without a date were first seen; that is their date then.
    """

    names: Sequence[str]
    tags: Sequence[str]
    protect: Paths
    force: bool
    two_looks: StrPath | None


class SweepOptions(SweepPlanOptions, RunOptions, total=False):
    """All that a sweep is made from.

    Attributes:
        on_sweep: told what would be done and why, before `on_plan`.
    """

    on_sweep: Callable[[SweepPlan], None]
