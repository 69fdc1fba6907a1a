"""What is not this run's stays, however much it looks like it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.openstack import truth
from tests.openstack.cli import tfclean
from tests.openstack.lab.testing import LabProject
from tests.openstack.replay import replay
from tests.openstack.replay.catalogue import FIXTURES


def test_another_projects_objects_of_the_same_names_are_not_seen_and_not_touched(project: LabProject, tmp_path: Path) -> None:
    with LabProject.make(f"{project.cloud}-other") as other:
        network = other.conn.network.create_network(name="ci-800011")
        other.conn.network.create_subnet(network_id=network.id, name="800011-nodes", cidr="10.7.0.0/24", ip_version=4)
        other.conn.network.create_security_group(name="800011-cluster")
        before = truth.fingerprint(other.conn)
        r = replay(project.conn, "tofu-plain", tmp_path / "work", twin=False)
        destroyed = tfclean(project, r.workdir, "destroy", "--auto-approve")
        assert destroyed.code == 0, destroyed.out + destroyed.err
        assert truth.fingerprint(other.conn) == before


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
