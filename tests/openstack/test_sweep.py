"""The janitor, and the script that it replaces, each with three old jobs, a young one, and a router that three of them share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openstack.exceptions import SDKException

from tests.defects.kubespray import script
from tests.openstack import truth
from tests.openstack.cli import tfclean
from tests.openstack.job import make, shared_router
from tests.openstack.lab.testing import LabProject

APART = 75.0
"""Seconds between the last old object and the limit: the services of the lab put no date on their answers, so that a minute is in doubt."""
AFTER = 20.0
"""Seconds between the limit and the first young object."""


@dataclass
class Scene:
    """What is in the project.

    Attributes:
        project: where.
        old: kind → ids of what was there before the pause.
        young: the same of what was made after it, as it was then.
        limit: the moment between them.
    """

    project: LabProject
    old: dict[str, set[str]]
    young: dict[str, dict[str, Any]]
    limit: float

    @classmethod
    def set(cls, project: LabProject, looks: Path) -> Scene:
        """Make the jobs; note what has no date while only the old ones are there."""
        conn = project.conn
        external = conn.network.find_network("public", ignore_missing=False)
        own = conn.network.create_router(name="a-router", external_gateway_info={"network_id": external.id})
        for number, (name, router) in enumerate((("a", own), ("b", shared_router(conn)), ("c", shared_router(conn)))):
            make(conn, f"{name}{project.cloud[-4:]}", 1, cidr=f"10.{20 + number}.0.0/24", router=router)
        looked = tfclean(project, looks.parent, "sweep", "--dry-run", "--older-than", "1s", "--force", "--two-looks", looks)
        assert looked.code == 0, looked.out + looked.err
        old = {kind: set(found) for kind, found in truth.listing(conn).items()}
        time.sleep(APART)
        limit = time.time()
        time.sleep(AFTER)
        make(conn, f"y{project.cloud[-4:]}", 1, cidr="10.30.0.0/24", router=shared_router(conn))
        now = truth.fingerprint(conn)
        young = {kind: {i: row for i, row in found.items() if i not in old.get(kind, ())} for kind, found in now.items()}
        return cls(project, old, young, limit)

    @property
    def age(self) -> float:
        return time.time() - self.limit

    def left(self) -> dict[str, set[str]]:
        """Give what is there still of the old."""
        found = truth.listing(self.project.conn)
        return {kind: own for kind, those in found.items() if (own := set(those) & self.old.get(kind, set()))}

    def unharmed(self) -> bool:
        now = truth.fingerprint(self.project.conn)
        return all(now.get(kind, {}).get(i) == row for kind, found in self.young.items() for i, row in found.items())


def test_three_old_jobs_go_whole_and_the_young_one_and_the_router_that_they_share_stay(project: LabProject, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    scene = Scene.set(project, work / "seen.json")
    arguments = ("--older-than", f"{scene.age:.0f}s", "--force", "--two-looks", work / "seen.json")
    refused = tfclean(project, work, "sweep", *arguments)
    assert refused.code == 4, refused.out + refused.err
    assert scene.left() == scene.old
    swept = tfclean(project, work, "sweep", "--auto-approve", *arguments)
    assert swept.code == 0, swept.out + swept.err
    shared = project.conn.network.find_router("shared", ignore_missing=False)
    assert scene.left() == {"router": {shared.id}}
    assert scene.unharmed()
    again = tfclean(project, work, "sweep", "--dry-run", *arguments)
    assert again.document["summary"]["going"] == 0, again.out


def test_kubesprays_script_stops_at_its_first_surprise_and_leaves_the_old_jobs(project: LabProject, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    scene = Scene.set(project, work / "seen.json")
    with pytest.raises(SDKException):
        script(project.conn, scene.age / 3600)
    left = scene.left()
    assert left.keys() >= {"network", "subnet", "router", "secgroup", "keypair"}
    time.sleep(10)  # the servers that it asked to go may go
    # The keypairs have lost their servers, and the routers those who used them: they go by name.
    arguments = ("--older-than", f"{scene.age:.0f}s", "--force", "--two-looks", work / "seen.json", "--name", ".*")
    swept = tfclean(project, work, "sweep", "--auto-approve", *arguments)
    assert swept.code == 0, swept.out + swept.err
    shared = project.conn.network.find_router("shared", ignore_missing=False)
    assert scene.left() == {"router": {shared.id}}
    assert scene.unharmed()
