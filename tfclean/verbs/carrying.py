"""A plan in, carried out with approval and a journal; a result out."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfclean.errors import Interrupted, Refused
from tfclean.model import Footprint, Inventory, Judgement, Key, Plan, Result, Verdict
from tfclean.verbs.asking import basis, connect, others, policy, refuse_locked
from tfclean.verbs.files import load_journal
from tfclean.verbs.options import ApplyOptions, Paths, ResumeOptions, RunOptions, StrPath
from tfclean.verbs.stale import still_old

if TYPE_CHECKING:
    from tfclean.cleanup.journal import Journal
    from tfclean.cleanup.ports import Cloud


def approved(plan: Plan, options: RunOptions) -> None:
    """Show the plan, and have it approved if it does anything.

    Raises:
        Refused: it was not approved; nothing was deleted.
    """
    tell = options.get("on_plan")
    if tell is not None:
        tell(plan)
    if not plan.steps:
        return
    approve = options.get("approve")
    if approve is None or not approve(plan):
        raise Refused("the plan was not approved; nothing was changed")


def carry_out(
    plan: Plan,
    connection: Cloud,
    options: ApplyOptions,
    *,
    proof: Callable[[Inventory], Judgement] | None,
    seen: Inventory | None = None,
    protect: Paths = (),
) -> Result:
    """Have `plan` approved, and run it with a journal.

    Args:
        plan: what is to be done.
        connection: where.
        options: limits, and how it is run.
        proof: judges a fresh inventory by the evidence; None where there is none.
        seen: what the plan was made from just now; if the approval took its time, everything is listed again.
        protect: paths of jobs' traces, for a sweep that is looked at again.
    """
    from tfclean.cleanup.runner import run
    from tfclean.verbs.aftermath import Remembering, conclude, usages

    asked = time.monotonic()
    approved(plan, options)
    if seen is None or time.monotonic() - asked > SOON:
        seen = still_old(plan, connection, policy(options), protect) or seen
    interrupt = options.get("interrupt")
    if interrupt is not None and interrupt.is_set():
        raise Interrupted("interrupted before anything was changed")
    judge = Remembering(proof) if proof else None
    with _journal(options.get("journal")) as journal:
        before = usages(connection)
        result = run(
            plan,
            connection,
            options=policy(options),
            journal=journal,
            on_event=options.get("on_event"),
            timeout=options.get("timeout"),
            interrupt=interrupt,
            proof=judge,
            seen=seen,
        )
    return conclude(result, connection, before=before, proof=judge)


def take_up(path: StrPath, paths: Paths, cloud: str | Mapping[str, Any] | Cloud | None, options: ResumeOptions, *, undo: bool) -> Result:
    """Go on with the run of a journal, or back; no cloud is asked before all files are read.

    Args:
        path: the journal.
        paths: evidence to prove the end by; empty for none.
        cloud: where.
        options: limits, evidence, and how it is run.
        undo: go back.
    """
    from tfclean.cleanup import resume
    from tfclean.cleanup.renewal import follow
    from tfclean.cleanup.reversal import plan_back
    from tfclean.verbs.aftermath import Remembering, conclude, usages

    contents, allowed = load_journal(path), policy(options)
    told, timeout, interrupt = options.get("on_event"), options.get("timeout"), options.get("interrupt")
    if undo:
        back = plan_back(*follow(contents.plan, contents.events))
        connection = connect(cloud)
        approved(back, options)
        return resume.undo(os.fspath(path), connection, on_event=told, timeout=timeout, interrupt=interrupt)
    proof = None
    if isinstance(paths, str | os.PathLike) or (paths := list(paths)):
        found = basis(paths, options)
        refuse_locked(found.footprint, ignore_lock=options.get("ignore_lock", False))
        proof, protect = Remembering(found.judge), found.protect
    else:
        protect = others(options.get("protect", ()))
    connection = connect(cloud)
    approved(contents.plan, options)
    if still_old(contents.plan, connection, allowed, options.get("protect", ())) is None and protect:
        allowed = replace(allowed, outside=_of_others(protect, connection.inventory()))
    before = usages(connection)
    result = resume.resume(os.fspath(path), connection, options=allowed, on_event=told, timeout=timeout, interrupt=interrupt, proof=proof)
    return conclude(result, connection, before=before, proof=proof)


def _of_others(protect: Sequence[Footprint], inventory: Inventory) -> dict[Key, str]:
    """Say of each live object that is other jobs', by what they recorded or because it goes with that, why it stays."""
    from tfclean.estate.judge import judge

    findings = judge(Footprint(), inventory, protect=protect).findings.values()
    return {finding.key: finding.keep for finding in findings if finding.verdict is Verdict.PROTECTED}


def _journal(path: StrPath | None) -> Journal:
    """Make a journal, in a directory of ours or under the name that was asked for."""
    from tfclean.cleanup.journal import Journal

    if path is None:
        return Journal.create(JOURNALS)
    wanted = Path(path)
    return Journal.create(wanted.parent, name=wanted.name)


SOON = 5.0
"""Seconds within which a yes is a yes to what was seen."""
JOURNALS = ".tfclean"
"""Where journals are kept by default."""
