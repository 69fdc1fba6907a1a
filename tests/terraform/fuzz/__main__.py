"""New cases for as long as asked: ``python -m tests.terraform.fuzz [--minutes N] [--only .tf] [--from SEED] [--seed SEED]``."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.terraform.fuzz.targets import Case, Hang, attempt, case, spent

MEMORY = 2 * 1024**3
"""Bytes that all of it may take: no broken file of some hundred kilobytes can need them."""

_SLOW = 5.0


def main() -> int:
    """Try cases, tell each finding once by where it is raised, and end with 1 if there was any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="SEED")
    parser.add_argument("--seed", type=int, help="one case only")
    parser.add_argument("--only", default="", metavar="ENDING", help="files whose names end so, such as .tf")
    told = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found: dict[str, int] = {}
    end = time.monotonic() + 60 * told.minutes
    seed = told.first if told.seed is None else told.seed
    with tempfile.TemporaryDirectory() as folder:
        while True:
            _try(seed, told.only, Path(folder), found)
            seed += 1
            if told.seed is not None or time.monotonic() > end:
                break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{seed - told.first if told.seed is None else 1} cases, {len(found)} findings, {peak} MiB at most")
    return 1 if found else 0


def _try(seed: int, only: str, folder: Path, found: dict[str, int]) -> None:
    tried: Case | None = None
    try:
        tried = case(seed, only)
        took = spent(lambda: attempt(tried, folder))
    except (Exception, Hang) as error:  # noqa: BLE001
        where = traceback.extract_tb(error.__traceback__)[-1]
        key = f"{type(error).__name__} at {where.filename}:{where.lineno}"
        found[key] = found.get(key, 0) + 1
        if found[key] == 1:
            print(f"--seed {seed} ({tried.name if tried else '?'}): {key}", flush=True)
            if tried:
                with tempfile.NamedTemporaryFile(prefix=f"fuzz-{seed}-", delete=False) as kept:
                    kept.write(tried.data)
                print(f"the file: {kept.name}")
            traceback.print_exception(error, limit=-8)
        return
    if took > _SLOW:
        print(f"--seed {seed} ({tried.name}): {took:.1f} s for {len(tried.data)} bytes", flush=True)


if __name__ == "__main__":
    sys.exit(main())
