"""The crash of Kubespray's cleanup script, `409 ... in use`, and the same worlds with tfclean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openstack.exceptions import ConflictException, ForbiddenException

from tests.defects.kubespray import script
from tests.defects.making import Scene, deleted

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")


def killed_job(*, servers: bool = True) -> Scene:
    """What a killed job of Kubespray leaves: nodes with ports, groups and addresses of their own, behind a router.

    Args:
        servers: whether they are there still; an earlier run of the script takes them, and no more.
    """
    scene = Scene()
    net, subnet = scene.network("k8s")
    scene.router(subnet)
    groups = [scene.job("security_group", scene.me.group(f"k8s-{name}")) for name in ("master", "worker")]
    for group in groups:
        port = scene.job("port", scene.me.port(net, security_groups=[group]))
        if servers:
            scene.job("server", scene.me.server({"port": port}))
        scene.job("floatingip", scene.me.address(port_id=port))
    return scene


def outside(scene: Scene) -> str:
    """Give the id of the external network's subnet."""
    return next(i for i, row in scene.world.tables["subnet"].items() if row["network_id"] == scene.world.external)


def test_a_port_goes_after_its_server_is_gone_and_not_after_it_was_asked_to_go(tmp_path: Path) -> None:
    scene = killed_job()
    scene.now()
    with pytest.raises(ForbiddenException, match="delete_port"):
        script(scene.connection())
    assert set(scene.left()) | {"server"} == set(scene.ours)

    scene = killed_job()
    scene.now()
    result = scene.destroy(tmp_path)
    assert (scene.left(), result.exit_code, result.refusals) == ({}, 0, 0)


def test_an_interface_that_an_address_needs_goes_after_the_address(tmp_path: Path) -> None:
    scene = killed_job(servers=False)
    scene.now()
    # It would stop at the operator's subnet, which it sees and may not delete, were that as old as the job.
    scene.world.tables["subnet"][outside(scene)]["created_at"] = datetime.now(UTC).isoformat()
    with pytest.raises(ConflictException, match="network:router_interface"):
        script(scene.connection())
    assert set(scene.left()) >= {"network", "subnet", "router", "interface", "security_group"}

    scene = killed_job(servers=False)
    scene.now()
    result = scene.destroy(tmp_path)
    assert (scene.left(), result.exit_code, result.refusals) == ({}, 0, 0)


def test_a_group_that_somebody_elses_port_is_in_stops_nothing_else(tmp_path: Path) -> None:
    def world() -> tuple[Scene, str, str]:
        """The job, of which a port is left; and a group of it on the port of somebody who has just begun."""
        scene = Scene()
        scene.network("k8s")
        group = scene.job("security_group", scene.me.group("k8s-master"))
        theirs = scene.me.network("theirs", "10.9.0.0/24")[0]
        scene.now()
        return scene, group, scene.me.port(theirs, security_groups=[group])

    scene, group, _ = world()
    with pytest.raises(ConflictException, match=rf"{group}.*in use"):
        script(scene.connection())
    assert scene.left() == scene.ours

    scene, group, port = world()
    result = scene.destroy(tmp_path)
    assert scene.left() == {"security_group": [group]}
    assert scene.lives("port", port)
    assert result.exit_code == 1
    assert [[b.id for b in o.blockers] for o in result.outcomes if o.target.id == group] == [[port]]


def test_what_is_old_is_not_therefore_the_jobs(tmp_path: Path) -> None:
    def world() -> tuple[Scene, str, str]:
        """The job, and beside it a server that is meant to stay, on a network of its own."""
        scene = killed_job()
        net = scene.me.network("kept", "10.9.0.0/24")[0]
        port = scene.me.port(net)
        server = scene.me.server({"port": port})
        scene.now()
        return scene, server, port

    scene, server, _ = world()
    with pytest.raises(ForbiddenException):
        script(scene.connection())
    assert server in deleted(scene.wire)

    scene, server, port = world()
    result = scene.destroy(tmp_path)
    assert scene.lives("server", server)
    assert scene.lives("port", port)
    assert (scene.left(), result.exit_code) == ({}, 0)
