"""Recorded scenarios with every part of their evidence in: recall and precision for each part, as a table, out.

python -m benchmarks.evidence
"""

from __future__ import annotations

import sys

from benchmarks.table import show
from tests.estate.subsets import BY_HAND, SUBSETS, Score, score
from tests.recorded import JOBS

KILLED = [s for s in JOBS if "killed" in s or s == "interrupted"]
ALONE = [s for s in KILLED if not s.startswith("twin-") and s not in BY_HAND]


def main() -> int:
    """Print the tables; fails if anything of others was said to be a job's."""
    wrong = 0
    for title, scenarios, baseline in (
        (f"All {len(JOBS)} scenarios", JOBS, False),
        (f"The {len(KILLED)} that were killed or interrupted", KILLED, False),
        (f"The {len(ALONE)} of these in whose project nobody else was at work, against an inventory from before", ALONE, True),
    ):
        rows = []
        for parts in SUBSETS:
            scores = [score(s, parts, baseline=baseline) for s in scenarios]
            rows.append((", ".join(parts), *_shares(scores)))
            wrong += sum(len(s.wrong) for s in scores)
        show(f"{title}: % of the jobs' objects", ("evidence", "objects", "recall", "recall, possible too", "precision"), rows)
    return 1 if wrong else 0


def _shares(scores: list[Score]) -> tuple[int, float, float, float | str]:
    objects, sure, told, wrong = (sum(s) for s in zip(*((s.objects, s.sure, s.told, len(s.wrong)) for s in scores), strict=True))
    # By nothing, nothing is said.
    return objects, 100 * sure / objects, 100 * told / objects, 100 * sure / (sure + wrong) if sure + wrong else "-"


if __name__ == "__main__":
    sys.exit(main())
