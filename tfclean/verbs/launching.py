"""A command in; the command run with its traces kept, for `tfclean.diff` and `tfclean.destroy` to find."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfclean.errors import CloudError, UsageError
from tfclean.model import GapKind
from tfclean.verbs.asking import connect
from tfclean.verbs.options import StrPath

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Cloud
    from tfclean.runs.run import Ran

BASELINE = "baseline.json"
"""Name of the inventory from before a run, in the directory of its traces."""


def run(
    command: Sequence[str],
    *,
    directory: StrPath | None = None,
    baseline: bool = False,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    show: Callable[[str, bytes], None] | None = None,
) -> Ran:
    """Run a command of Terraform's so that it can be cleaned up after, whatever becomes of it.

    Its output, copies of its local state and a record are kept in ``.tfclean/runs/`` of the directory where its engine works, where the
    other verbs find them. Signals are passed on while it runs; call it from the main thread.

    Args:
        command: the command and its arguments, run exactly so.
        directory: where its engine works, if ``-chdir`` does not tell and it is not the current directory.
        baseline: keep an inventory of before beside the traces. It is never found by itself: give it to the other verbs.
        cloud: where the inventory is taken.
        show: takes the name of a stream and what the command has printed there, piece by piece.

    Returns:
        How it ended; a command that failed is no error.

    Raises:
        UsageError: there is no such command.
        InputError: nothing can be kept there; nothing was run.
        CloudError: no whole inventory could be taken; nothing was run.
    """
    from tfclean.runs.run import run as start

    if not command:
        raise UsageError("run: the command is missing")
    files = {BASELINE: _inventory(cloud)} if baseline else {}
    return start(list(command), Path(directory) if directory is not None else None, show or _unseen, files)


def _unseen(stream: str, piece: bytes) -> None:
    """Show nothing."""


def _inventory(cloud: str | Mapping[str, Any] | Cloud | None) -> bytes:
    from tfclean.cloud.document import dump

    found = connect(cloud).inventory()
    for gap in found.gaps:
        if gap.kind is GapKind.NOT_LISTED:
            raise CloudError(f"{gap.subject}: {gap.reason.rstrip('.')}: what was there before cannot all be told; nothing was run")
    return json.dumps(dump(found)).encode()
