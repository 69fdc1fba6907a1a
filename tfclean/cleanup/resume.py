"""Going on with a run that was interrupted or killed, or going back. In: its journal and a cloud. Out: a result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tfclean.cleanup.journal import Journal
from tfclean.cleanup.options import Options
from tfclean.cleanup.ports import Cloud, Interrupt, Machine
from tfclean.cleanup.proof import Judge
from tfclean.cleanup.runner import run, take_back
from tfclean.model import Event, Result


def resume(
    path: Path | str,
    cloud: Cloud,
    *,
    options: Options | None = None,
    on_event: Callable[[Event], None] | None = None,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    proof: Judge | None = None,
    proof_pause: float | None = None,
    machine: Machine | None = None,
) -> Result:
    """Go on with the run that left the journal at `path`; the plan is the one that was approved then.

    Args:
        path: the journal.
        cloud: where the run was deleting.
        options: what the caller allows now.
        on_event: told everything that happens.
        timeout: seconds after which nothing new is started.
        interrupt: when set, nothing new is started.
        proof: judges a fresh inventory by the evidence.
        proof_pause: seconds between the two looks that prove the end, if not as many as always.
        machine: clock and threads.

    Returns:
        How it ended; calls and refusals are those of this run.

    Raises:
        JournalError: it is no journal of ours, or torn before its last line.
        Refused: the connection is for another project, or another run is using the journal.
        CloudError: the cloud cannot be asked before the first call.
    """
    with Journal.resume(path) as journal:
        assert journal.contents is not None
        return run(
            journal.contents.plan,
            cloud,
            options=options,
            journal=journal,
            on_event=on_event,
            timeout=timeout,
            interrupt=interrupt,
            proof=proof,
            records=journal.contents.events,
            proof_pause=proof_pause,
            machine=machine,
        )


def undo(
    path: Path | str,
    cloud: Cloud,
    *,
    on_event: Callable[[Event], None] | None = None,
    timeout: float | None = None,
    interrupt: Interrupt | None = None,
    machine: Machine | None = None,
) -> Result:
    """Tie again what the run that left the journal at `path` untied, as far as both ends are still there.

    Args:
        path: the journal; what is done now is recorded in it too, so that this can be killed and repeated.
        cloud: where the run was deleting.
        on_event: told everything that happens.
        timeout: seconds after which nothing new is started.
        interrupt: when set, nothing new is started.
        machine: clock and threads.

    Returns:
        How it ended: `undone` tells each step, and there are no outcomes.

    Raises:
        JournalError: it is no journal of ours, or torn before its last line.
        Refused: the connection is for another project, or another run is using the journal.
        CloudError: the cloud cannot be asked before the first call.
    """
    with Journal.resume(path) as journal:
        return take_back(journal, cloud, on_event=on_event, timeout=timeout, interrupt=interrupt, machine=machine)
