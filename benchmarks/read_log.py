"""How much memory reading a long log takes, and how long, against a loop that only counts its lines.

Run: ``python -m benchmarks.read_log [MEGABYTES]``. The log is made while it is read; each row is a process of its own.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time

from tests.terraform import flood
from tfclean.terraform import log_text

KINDS = {line.__name__: line for line in (flood.noise, flood.running, flood.failing, flood.planning, flood.dumping)}


def row(kind: str, megabytes: int) -> None:
    """Read one log in this process, and print what it took."""

    def log() -> io.BufferedReader:
        return io.BufferedReader(flood.Flood(megabytes * 1_000_000, KINDS[kind]))

    start = time.process_time()
    lines = sum(1 for _ in log())
    counted = time.process_time() - start
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    reading, *_ = log_text.read(log(), "job.log")
    took = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{kind:<10} {megabytes:>5} MB {lines:>9} {len(reading.claims):>7} {counted:>8.1f} s {took:>8.1f} s "
        f"{before / 1024:>7.0f} MiB {after / 1024:>7.0f} MiB"
    )


def main() -> None:
    """Print the table."""
    if len(sys.argv) == 3:
        row(sys.argv[1], int(sys.argv[2]))
        return
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print(f"{'log':<10} {'size':>8} {'lines':>9} {'claims':>7} {'counted':>10} {'read':>10} {'before':>11} {'at most':>11}", flush=True)
    for kind in KINDS:
        for megabytes in dict.fromkeys((max(1, most // 10), most)):
            subprocess.run([sys.executable, "-m", "benchmarks.read_log", kind, str(megabytes)], check=True)


if __name__ == "__main__":
    main()
