"""What is not this run's stays, however much it looks like it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.openstack import truth
from tests.openstack.cli import tfclean
from tests.openstack.lab.testing import LabProject
from tests.openstack.replay import replay
from tests.openstack.replay.catalogue import FIXTURES


def test_a_later_job_of_the_same_name_is_left_alone(project: LabProject, tmp_path: Path) -> None:
    """The recorded run ended hours ago; what is live now has the same names, the same key, and other ids."""
    replay(project.conn, "tofu-killed", tmp_path / "live", twin=False)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("plan.tfplan", "apply.log"):
        shutil.copy(FIXTURES / "tofu-killed" / name, old)
    before = truth.fingerprint(project.conn)
    diff = tfclean(project, old, "diff")
    ours = [r for r in diff.document["resources"] if r["verdict"] in ("zombie", "managed", "possible", "drifted")]
    assert ours == [], diff.out
    tfclean(project, old, "destroy", "--auto-approve")
    assert truth.fingerprint(project.conn) == before
