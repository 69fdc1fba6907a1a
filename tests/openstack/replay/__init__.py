"""Recorded scenarios, made live again in a real OpenStack, with their evidence rewritten to match.

result = replay(conn, "killed-early", tmp_path / "work")
result.job        what the job left: kind -> id -> name, as `truth.listing` has it
result.strangers  what somebody added by hand
result.others     everything else: the shared router and another job's objects
result.workdir    the folder as the run left it
"""

from .catalogue import SCENARIOS, UNSTAGED
from .replayed import Replay, replay

__all__ = ["SCENARIOS", "UNSTAGED", "Replay", "replay"]
