"""`tfclean --help` against `python -c pass`: medians of runs in turn.

python -m benchmarks.startup [RUNS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.table import show

LIMIT = 5.0


def seconds(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main(runs: int = 15) -> int:
    """Print the table; exit code 1 when the limit is passed."""
    pairs = [(seconds(sys.executable, "-m", "tfclean", "--help"), seconds(sys.executable, "-c", "pass")) for _ in range(runs + 1)][1:]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    show(
        "start-up",
        ("command", "median ms", "ratio"),
        [("tfclean --help", ours * 1000, ratio), ("python -c pass", theirs * 1000, 1.0)],
    )
    print(f"\nratio {ratio:.2f}, limit {LIMIT}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
