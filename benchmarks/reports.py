"""What a report over a large project costs: seconds, bytes and lines, for each format that tells the document.

    python -m benchmarks.reports [OBJECTS]

By default 20,000. The console is to stay below a hundred lines, the page below 5 MB, both in less than 5 seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks.table import show
from tests.report.large import large, large_plan, large_result
from tests.report.making import shown
from tfclean.report.base import Report

FORMATS = ("console", "json", "html", "markdown", "junit")


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    judgement, plan, result = large(count), large_plan(count), large_result(count)
    documents: dict[str, Callable[[Report], None]] = {
        "diff": lambda report: report.diff(judgement),
        "plan": lambda report: report.plan(plan, {}),
        "result": lambda report: report.result(result),
    }
    rows: list[tuple[object, ...]] = []
    for name, write in documents.items():
        for format_ in FORMATS:
            if format_ == "json" and name == "plan":
                continue  # it is written as it is in its file
            start = time.perf_counter()
            text = shown(format_, write)
            rows.append((name, format_, time.perf_counter() - start, len(text.encode()) / 1e6, text.count("\n")))
    show(f"reports over {count} objects", ("document", "format", "seconds", "MB", "lines"), rows)


if __name__ == "__main__":
    main()
