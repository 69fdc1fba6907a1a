"""Recorded scenarios with a part of their evidence in; what was found, and what was taken for the job's and is not, out."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.configuration import configuration, given
from tests.recorded import FIXTURES, document, inventory, truth
from tfclean.errors import NothingToGoOn
from tfclean.estate.judge import judge
from tfclean.model import Confidence, Finding, Inventory, Judgement
from tfclean.terraform.read import read

FILES = {
    "state": ("terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate"),
    "log": ("apply.log", "destroy.log"),
    "plan": ("plan.tfplan", "plan.json"),
    "configuration": (),
}
SUBSETS = tuple(chain.from_iterable(combinations(FILES, n) for n in range(1, len(FILES) + 1)))
"""Every part of the evidence, smallest first."""
BY_HAND = {
    "drifted": {"3232b6ba-3ff2-4a44-9562-128829324bff", "4725ad0a-58f9-41ea-a621-9996e73b5fd3"},
    "destroy-failed": {"d80b45d9-8432-4a63-95dd-6df346483dbd", "2965eef8-d9f4-41e9-94b1-eb69627106fc"},
}
"""What somebody added to a scenario by hand: on the job's network it goes with it, and no create of the job explains it."""
NAMELESS = ("floatingip", "servergroup")
"""What the module gives no name of the run's, and puts into nothing of the job's."""


@dataclass(frozen=True)
class Score:
    """How a scenario was judged by a part of its evidence.

    Attributes:
        objects: of the job.
        sure: of these, certain or probable.
        told: of these, possible at least.
        missed: kind and name of those that are neither certain nor probable.
        wrong: what is said to be the job's, certainly or probably, and is not.
    """

    objects: int
    sure: int
    told: int
    missed: tuple[tuple[str, str], ...]
    wrong: tuple[str, ...]


@cache
def score(scenario: str, parts: tuple[str, ...], *, baseline: bool = False) -> Score:
    """Judge a scenario by some of its traces.

    Args:
        scenario: its name.
        parts: names of `FILES`.
        baseline: with an inventory from before the run.
    """
    made = {i: (kind, name) for kind, objects in truth(scenario).items() for i, name in objects.items()}
    before = {i for objects in document(scenario, "before.json").values() for i in objects}
    after = {i for objects in document(scenario, "after.json").values() for i in objects}
    own = made.keys() - before - BY_HAND.get(scenario, set())
    judgement = _judged(scenario, parts, baseline=baseline)
    confidence = {f.key.id: f.confidence for f in _objects(judgement)}
    sure = {i for i in own if confidence.get(i, 0) >= Confidence.PROBABLE}
    told = {i for i in own if confidence.get(i, 0) >= Confidence.POSSIBLE}
    others = after - made.keys() | before
    wrong = tuple(f"{f.kind} {f.name}" for f in _objects(judgement) if f.confidence >= Confidence.PROBABLE and f.key.id in others)
    return Score(len(own), len(sure), len(told), tuple(sorted(made[i] for i in own - sure)), wrong)


def _objects(judgement: Judgement | None) -> Iterable[Finding]:
    return [f for f in judgement.findings.values() if "tie" not in f.flags] if judgement else ()


def _judged(scenario: str, parts: tuple[str, ...], *, baseline: bool) -> Judgement | None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        configured = "configuration" in parts
        if configured:
            configuration(scenario, folder)
        for file in (f for part in parts for f in FILES[part]):
            if (FIXTURES / scenario / file).exists():
                shutil.copy(FIXTURES / scenario / file, folder)
        try:
            # Who has the configuration knows what the run was given.
            footprint = read([folder], variables=given(scenario) if configured else {})
        except NothingToGoOn:
            return None
    return judge(footprint, inventory(scenario), baseline=_before(scenario) if baseline else None)


def _before(scenario: str) -> Inventory:
    """Give what was live before the run: what was made by nobody since."""
    now = inventory(scenario)
    made = {i for objects in truth(scenario).values() for i in objects}
    began = min(r.created_at for r in now.resources.values() if r.id in made and r.created_at)
    old = {i for objects in document(scenario, "before.json").values() for i in objects}
    kept = {k: r for k, r in now.resources.items() if r.id in old or (r.created_at is not None and r.created_at < began)}
    return replace(now, resources=kept)
