"""A project with a killed run in; how it was judged, whether that took anything from the twin, and what was found of each class out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.worlds.cloud import VirtualMachine, cloud
from tests.worlds.leaks import Left, leave
from tests.worlds.twins import Project
from tfclean.errors import NothingToGoOn
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Finding, Inventory, Judgement
from tfclean.verbs.asking import basis


@dataclass(frozen=True)
class Verdicts:
    """How a project was judged.

    Attributes:
        project: the truth.
        left: the evidence.
        judgement: what tfclean says; None if there was nothing to go on.
    """

    project: Project
    left: Left
    judgement: Judgement | None


def judged(seed: int, folder: Path, *, alone: bool = False, baseline: bool = False) -> Verdicts:
    """Play a project and judge it.

    Args:
        seed: everything follows from it.
        folder: for the evidence; is made.
        alone: without a twin.
        baseline: with an inventory from before the run.
    """
    project = Project(seed, alone)
    before = _inventory(project)
    project.play()
    left = leave(folder, project)
    try:
        found = basis([str(folder), *map(str, folder.glob("other.tfstate"))], {"baseline": before} if baseline else {})
    except NothingToGoOn:
        return Verdicts(project, left, None)
    return Verdicts(project, left, found.judge(_inventory(project)))


def stolen(verdicts: Verdicts) -> Iterator[str]:
    """Tell of objects that the job did not make and that are said to be its, certainly or probably."""
    for finding in _own(verdicts):
        owner = verdicts.project.owner(finding.key.id)
        if finding.confidence >= Confidence.PROBABLE and owner != "job":
            reasons = "; ".join(e.text for e in finding.evidence)
            yield f"{verdicts.project.seed}: {finding.kind} {finding.name} of {owner or 'nobody'} is {finding.confidence.label}: {reasons}"


def found(verdicts: Verdicts) -> Iterator[tuple[str, Finding]]:
    """Give the finding and the class of leak of each live object of the job's."""
    for finding in _own(verdicts):
        world = verdicts.project.world
        here = finding.resource is not None and finding.resource.owner in ("", world.project, world.user)
        if here and verdicts.project.owner(finding.key.id) == "job":
            yield verdicts.left.classes.get(finding.key.id, "L10"), finding


def _own(verdicts: Verdicts) -> Iterator[Finding]:
    for finding in verdicts.judgement.findings.values() if verdicts.judgement else ():
        if finding.resource is not None and not KINDS[finding.kind].tie:
            yield finding


def _inventory(project: Project) -> Inventory:
    connection, _ = cloud(project.world, VirtualMachine(project.world))
    return connection.inventory()
