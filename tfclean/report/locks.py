"""A lock of a state in; what it means for who reads a diff, and the line that frees it, out.

Measured with Terraform 1.11.4: what a killed run leaves beside a local state locks nothing, for the lock itself went with the process.
``terraform force-unlock`` then ends with "LocalState not locked", and the next run takes the file away.
"""

from __future__ import annotations

import shlex

from tfclean.model import Lock
from tfclean.report.text import moment


def told(lock: Lock, engine: str) -> tuple[str, str]:
    """Say what a lock means.

    Args:
        lock: of a state of the job.
        engine: the program that the job runs: ``terraform`` or ``tofu``.

    Returns:
        A sentence, and the line to be copied if one helps; else it is empty.
    """
    since = f" since {moment(lock.created)}" if lock.created else ""
    who = lock.who or "somebody"
    if lock.remote:
        said = f"{lock.path} is locked by {who}{since}"
        return (f"{said}; if that run is dead:", f"{engine} force-unlock {shlex.quote(lock.id)}") if lock.id else (f"{said}.", "")
    if lock.held:
        return f"{who} holds {lock.path}{since}: a run is going on; wait for its end.", ""
    return f"{lock.path} was left by {who}{since}: it locks nothing, and the next run takes it away.", ""
