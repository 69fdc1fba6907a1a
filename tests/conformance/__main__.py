"""The suite's command line: who is compared with the recorded answers, or recorded."""

from __future__ import annotations

import sys

from tests.conformance.comparing import differences, table, unexplained
from tests.conformance.known import KNOWN
from tests.conformance.places import simulator
from tests.conformance.recording import listen, record, recorded
from tests.conformance.stories import STORIES


def main(arguments: list[str]) -> int:
    """Run ``[simulator|lab|record] [FILE[.STORY]]...``; 1 if something differs that nobody knows."""
    what = arguments[0] if arguments else "simulator"
    chosen = [each.partition(".") for each in arguments[1:]] or [(name, "", "") for name in STORIES]
    found = []
    for name, _, only in chosen:
        if what == "simulator":
            told = listen(name, simulator, only)
        else:
            from tests.conformance.lab import lab  # noqa: PLC0415 - it needs the lab

            told = listen(name, lab, only)
        if what == "record":
            record(name, {**(recorded(name) if only else {}), **told})
            print(f"{name}: {sum(map(len, told.values()))} answers", flush=True)
            continue
        kept = recorded(name)
        for title, records in told.items():
            found += differences(f"{name}.{title}", kept.get(title, []), records)
    left, _ = unexplained(found, KNOWN if what == "simulator" else ())
    if left:
        print(table(left, what))
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
