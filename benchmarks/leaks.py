"""Projects in which a run was killed beside a twin of the same module, in: how much of each class of leak is found, as a table, out.

python -m benchmarks.leaks [WORLDS]      # 2000 of them
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import show
from tests.worlds.leaks import CLASSES
from tests.worlds.verdicts import found, judged, stolen
from tfclean.model import Confidence

WORDS = {
    "recorded": "in the present state",
    "L1": "finished, not persisted",
    "L2": "the state was lost, or never there",
    "L3": "in flight",
    "L4": "in a provisioner",
    "L5": "given up after it was made",
    "L6": "let go by state rm",
    "L7": "deposed",
    "L8": "only in errored.tfstate",
    "L9": "in the state of another lineage",
    "L10": "made by OpenStack",
}


def main() -> int:
    """Judge so many worlds and print the table; fails if anything of a twin's is said to be the job's."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    counts: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0, 0])
    wrong = []
    with TemporaryDirectory() as folder:
        for seed in range(worlds):
            verdicts = judged(seed, Path(folder, str(seed)))
            wrong += stolen(verdicts)
            full = verdicts.left.has >= {"log", "plan"}
            for name, finding in found(verdicts):
                count = counts[name, full]
                count[0] += 1
                # What its owner let go of is found and kept: it goes only if it is asked for.
                count[1] += finding.confidence >= Confidence.PROBABLE or bool(finding.keep)
                count[2] += finding.confidence >= Confidence.POSSIBLE or bool(finding.keep)
    rows = []
    for name in CLASSES:
        for full in (True, False):
            objects, sure, told = counts[name, full]
            if objects:
                evidence = "log and plan" if full else "less"
                rows.append((name, WORDS[name], evidence, objects, 100 * sure / objects, 100 * told / objects))
    title = f"{worlds} projects, a run killed in each, a twin of the same module beside it: % of the job's objects found"
    show(title, ("class", "", "evidence", "objects", "certain or probable", "possible too"), rows)
    print(f"objects of others said to be the job's: {len(wrong)}", *wrong, sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
