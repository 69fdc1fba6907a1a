"""How long each report over a large project takes, and how large it is: `python -m benchmarks.reports [COUNT]`.

Prints processor time, which is the report's own whatever else the machine does, beside that of JSON, which only writes down what is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks.table import show
from tests.report.large import large, large_plan, large_result
from tests.report.making import shown
from tfclean.report.base import Report
from tfclean.report.registry import FORMATS, report_class

PEOPLE = ("console", "json", "junit", "markdown", "html")


def main(count: int = 20_000) -> None:
    """Print the table."""
    judgement, plan, result = large(count), large_plan(count), large_result(count)
    documents: dict[str, Callable[[Report], None]] = {
        "diff": lambda report: report.diff(judgement),
        "plan": lambda report: report.plan(plan, {}),
        "result": lambda report: report.result(result),
        "inventory": lambda report: report.inventory(judgement.inventory, {}),
    }
    rows: list[tuple[object, ...]] = []
    for name in (n for n in FORMATS if n in PEOPLE):
        for document, write in documents.items():
            if document in report_class(name).lacks:
                continue
            begun = time.process_time()
            text = shown(name, write)
            rows.append((name, document, time.process_time() - begun, len(text.encode()), text.count("\n")))
    show(f"{count} objects", ("format", "document", "seconds", "bytes", "lines"), rows)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
