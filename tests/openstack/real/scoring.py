"""A killed run's folder and a part of its evidence in; what is found of the job by it, and what of others is taken for the job's, out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import tfclean
from tests.openstack.real.owners import Owners
from tfclean.verbs import EvidenceOptions

FILES = {
    "state": ("terraform.tfstate*", "errored.tfstate", ".terraform.tfstate.lock.info"),
    "log": ("apply.log",),
    "plan": ("plan.tfplan",),
    "config": ("*.tf", "*.tf.json", "*.tfvars.json", "nodes", "balancer"),
}
ALL = ("state", "log", "plan", "config")
SUBSETS = (ALL, ("log", "config"), ("log",), ("state",), ("plan", "config"))


@dataclass(frozen=True)
class Miss:
    """One of the job's objects that is neither certain nor probable.

    Attributes:
        id: the object's.
        what: its kind and name.
        confidence: of the product.
        why: what the product says of it.
    """

    id: str
    what: str
    confidence: tfclean.Confidence
    why: str


@dataclass(frozen=True)
class Score:
    """How a project was judged by a part of the evidence.

    Attributes:
        objects: of the job that are live.
        missed: those that are neither certain nor probable.
        wrong: what is said to be the job's, certainly or probably, and is not.
    """

    objects: int
    missed: tuple[Miss, ...]
    wrong: tuple[str, ...]

    @property
    def sure(self) -> int:
        """How many are certain or probable."""
        return self.objects - len(self.missed)

    @property
    def possible(self) -> int:
        """How many are possible and no more."""
        return sum(miss.confidence is tfclean.Confidence.POSSIBLE for miss in self.missed)


def part(folder: Path, parts: tuple[str, ...], target: Path) -> Path:
    """Copy some of the traces in `folder` to `target`."""
    target.mkdir(parents=True)
    for path in (p for name in parts for pattern in FILES[name] for p in sorted(folder.glob(pattern))):
        if path.is_dir():
            shutil.copytree(path, target / path.name)
        else:
            shutil.copy(path, target)
    return target


def score(folder: Path, inventory: Path, owners: Owners, **options: Unpack[EvidenceOptions]) -> Score:
    """Judge an inventory by the evidence in `folder`, with `options`, and hold that against the truth."""
    try:
        findings = tuple(tfclean.diff(folder, inventory=inventory, **options).findings.values())
    except tfclean.NothingToGoOn:
        findings = ()
    told = {f.key.id: f for f in findings if "tie" not in f.flags}
    return Score(len(owners.objects()), tuple(_missed(told, owners)), tuple(_wrong(findings, owners)))


def _missed(told: dict[str, tfclean.Finding], owners: Owners) -> Iterator[Miss]:
    for id_, what in owners.objects().items():
        finding = told.get(id_)
        confidence = finding.confidence if finding else tfclean.Confidence.NONE
        if confidence < tfclean.Confidence.PROBABLE:
            yield Miss(id_, what, confidence, finding.evidence[0].text if finding and finding.evidence else "nothing tells of it")


def _wrong(findings: tuple[tfclean.Finding, ...], owners: Owners) -> Iterator[str]:
    """Tell of what is said to be the job's: an object that is not, and is on no network of its; a tie with an end of others'."""
    ours = owners.ids("job") | owners.inside
    theirs = owners.ids("twin") | owners.ids("before")
    for finding in findings:
        if finding.confidence >= tfclean.Confidence.PROBABLE and finding.resource is not None:
            ends = finding.key.id.split("/")
            if theirs.intersection(ends) or ("tie" not in finding.flags and finding.key.id not in ours):
                yield f"{finding.kind} {finding.name} {finding.key.id}: {'; '.join(e.text for e in finding.evidence)}"
