"""A plan in, carried out with approval and a journal; a result out."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfclean.errors import Interrupted, Refused
from tfclean.model import Inventory, Judgement, Plan, Result
from tfclean.verbs.asking import basis, connect, listed, others, policy, refuse_locked
from tfclean.verbs.files import load_journal
from tfclean.verbs.options import ApplyOptions, Paths, ResumeOptions, RunOptions, StrPath
from tfclean.verbs.stale import looked_again

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
        protect: paths of other jobs' traces, for a plan that is not carried out at once.
    """
    from tfclean.cleanup.runner import run
    from tfclean.verbs.aftermath import Remembering, conclude, usages

    asked, allowed = time.monotonic(), policy(options)
    approved(plan, options)
    if seen is None or time.monotonic() - asked > SOON:
        allowed, again = looked_again(plan, connection, allowed, protect)
        seen = again or seen
    interrupt = options.get("interrupt")
    if interrupt is not None and interrupt.is_set():
        raise Interrupted("interrupted before anything was changed")
    judge = Remembering(proof) if proof else None
    with _journal(options.get("journal")) as journal:
        before = usages(connection)
        result = run(
            plan,
            connection,
            options=allowed,
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

    contents, allowed, protect = load_journal(path), policy(options), listed(options.get("protect", ()))
    told, timeout, interrupt = options.get("on_event"), options.get("timeout"), options.get("interrupt")
    if undo:
        back = plan_back(*follow(contents.plan, contents.events))
        connection = connect(cloud)
        approved(back, options)
        return resume.undo(os.fspath(path), connection, on_event=told, timeout=timeout, interrupt=interrupt)
    proof = None
    if isinstance(paths, str | os.PathLike) or (paths := list(paths)):
        options = {**options, "protect": protect}
        found = basis(paths, options)
        refuse_locked(found.footprint, ignore_lock=options.get("ignore_lock", False))
        proof = Remembering(found.judge)
    else:
        others(protect)
    connection = connect(cloud)
    approved(contents.plan, options)
    allowed, _ = looked_again(contents.plan, connection, allowed, protect)
    before = usages(connection)
    result = resume.resume(os.fspath(path), connection, options=allowed, on_event=told, timeout=timeout, interrupt=interrupt, proof=proof)
    return conclude(result, connection, before=before, proof=proof)


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
