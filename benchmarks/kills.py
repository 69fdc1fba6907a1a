"""Real runs killed on the lab beside a twin, in: how much of what they left is found, and what its destroy leaves, as tables, out.

    python -m benchmarks.kills [--kills 20] [--seed 1] [--binary terraform] [--provider 1.54.1]

Needs the lab (`python -m tests.openstack.lab up`), `terraform` or `tofu`, and the provider where their ``init`` finds it.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.table import show
from tests.openstack import truth
from tests.openstack.lab.testing import LabProject
from tests.openstack.real import ENGINES, Engine, Kill, Played, play
from tests.openstack.real.scoring import ALL, SUBSETS, Score

RUN = ("engine", "provider", "seed", "signal", "when", "of", "log", "router", "balancer")
HEAD = (*RUN, "live", "by the state", "sure", "possible", "unknown", "precision", "recall")


def one(engine: Engine, kill: Kill, folder: Path) -> Played:
    """Play one kill in a project of its own."""
    with LabProject.make(f"kills-{uuid.uuid4().hex[:6]}") as project:
        try:
            return play(project, engine, kill, folder)
        finally:
            truth.wipe(project.conn)


def row(engine: Engine, kill: Kill, played: Played) -> tuple[object, ...]:
    """Give a line of the table."""
    by_all = played.scores[ALL]
    return (
        engine.binary,
        engine.provider,
        kill.seed,
        *(kill.signal.name, played.moment, played.events, kill.form, "shared" if kill.shared else "own", "yes" if kill.balancer else "no"),
        *(by_all.objects, played.scores["state",].sure, by_all.sure, by_all.possible, len(by_all.missed) - by_all.possible),
        *(precision([by_all]), recall([by_all])),
    )


def precision(scores: list[Score]) -> float | str:
    """Give how much of what is said to be the job's is, in percent."""
    sure, wrong = sum(s.sure for s in scores), sum(len(s.wrong) for s in scores)
    return 100 * sure / (sure + wrong) if sure + wrong else "-"


def recall(scores: list[Score]) -> float | str:
    """Give how much of what is the job's is said to be, in percent."""
    objects = sum(s.objects for s in scores)
    return 100 * sum(s.sure for s in scores) / objects if objects else "-"


def main() -> int:
    """Play so many kills and print the tables; fails if anything was as it ought not to be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary")
    parser.add_argument("--provider")
    given = parser.parse_args()
    engines = [e for e in ENGINES if given.binary in (None, e.binary) and given.provider in (None, e.provider)]
    missing = list(filter(None, (engine.missing() for engine in engines)))
    engines = [e for e in engines if not e.missing()]
    if not engines:
        sys.exit("; ".join(missing) or "there is no such engine")
    told: list[tuple[Engine, Kill, Played]] = []
    wrong = 0
    base = Path(mkdtemp(prefix="kills-"))
    for number in range(given.kills):
        engine, kill = engines[number % len(engines)], Kill.drawn(given.seed + number)
        played = one(engine, kill, base / str(kill.seed))
        told.append((engine, kill, played))
        print(*row(engine, kill, played), flush=True)
        for miss in played.scores[ALL].missed:
            print(f"   {miss.confidence.label}: {miss.what}: {miss.why}")
        for fault in played.faults():
            wrong += 1
            print(f"   WRONG {fault}", flush=True)
    show(f"{len(told)} real runs, each killed beside a twin; judged by all evidence", HEAD, [row(*each) for each in told])
    named = {", ".join(names): [p.scores[names] for _, _, p in told] for names in SUBSETS}
    named["all, baseline"] = [p.baseline for _, _, p in told]
    named["all, baseline, twin protected"] = [p.protected for _, _, p in told]
    rows = [
        (name, sum(s.objects for s in scores), recall(scores), sum(s.possible for s in scores), precision(scores))
        for name, scores in named.items()
    ]
    show("By part of the evidence", ("evidence", "objects", "recall", "possible", "precision"), rows)
    kinds = Counter((m.what.split()[0], m.confidence.label) for _, _, p in told for m in p.scores[ALL].missed)
    show("Missed by all evidence", ("kind", "is", "objects"), [(*what, n) for what, n in kinds.most_common()])
    print(f"what ought not to be: {wrong}; folders: {base}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
