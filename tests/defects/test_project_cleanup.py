"""Six defects of openstacksdk's project cleanup, each shown on the installed version, and the same worlds with tfclean.

If a first half fails, openstacksdk has mended it: then that half may go, and the rule stays.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.defects.making import Scene, project_cleanup
from tests.simulator.making import ADMIN, OTHER, Somebody

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning", "ignore::DeprecationWarning")


def half_a_day_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=6)).isoformat()


# -- 1. floating IPs ----------------------------------------------------------------------------------------------------


def fresh_addresses() -> tuple[Scene, list[str]]:
    """An old job without addresses; somebody has just made three, one for a server that runs."""
    scene = Scene()
    net, subnet = scene.network()
    scene.router(subnet)
    port = scene.me.port(net)
    scene.me.server({"port": port})
    scene.now()
    return scene, [scene.me.address(), scene.me.address(), scene.me.address(port_id=port)]


def test_an_address_that_is_too_young_stays(tmp_path: Path) -> None:
    scene, addresses = fresh_addresses()
    project_cleanup(scene.connection(), filters={"created_at": half_a_day_ago()})
    assert not scene.lives("floatingip", addresses[0])
    assert not scene.lives("floatingip", addresses[1])

    scene, addresses = fresh_addresses()
    scene.destroy(tmp_path)
    assert scene.lives("floatingip", *addresses)


def test_an_address_that_somebody_asked_to_keep_stays(tmp_path: Path) -> None:
    scene, addresses = fresh_addresses()
    project_cleanup(scene.connection(), resource_evaluation_fn=lambda *_: False)
    assert not any(scene.lives("floatingip", a) for a in addresses)
    assert scene.lives("network", *scene.ours["network"])

    scene, addresses = fresh_addresses()
    scene.ours["floatingip"] = addresses
    result = scene.destroy(tmp_path, keep=addresses)
    assert scene.lives("floatingip", *addresses)
    assert result.exit_code == 1


# -- 2. routers without ports -------------------------------------------------------------------------------------------


def fresh_router() -> tuple[Scene, str]:
    scene = Scene()
    scene.router(scene.network()[1])
    scene.now()
    return scene, scene.me.router()


def test_a_router_that_has_no_port_yet_stays(tmp_path: Path) -> None:
    scene, router = fresh_router()
    project_cleanup(scene.connection(), filters={"created_at": half_a_day_ago()}, resource_evaluation_fn=lambda *_: False)
    assert not scene.lives("router", router)

    scene, router = fresh_router()
    result = scene.destroy(tmp_path)
    assert scene.lives("router", router)
    assert (scene.left(), result.exit_code) == ({}, 0)


# -- 3. an administrator's token ----------------------------------------------------------------------------------------


def two_projects() -> tuple[Scene, str, str]:
    """A job, and in another project a router and a balancer."""
    scene = Scene()
    scene.router(scene.network()[1])
    other = Somebody(scene.world, OTHER, roles=ADMIN)
    subnet = other.network("theirs", "10.2.0.0/24")[1]
    balancer, router = other.balancer(subnet), other.router(gateway=False)
    scene.now()
    return scene, router, balancer


def test_with_an_administrators_token_other_projects_stay_untouched(tmp_path: Path) -> None:
    scene, router, balancer = two_projects()
    project_cleanup(scene.connection(admin=True))
    assert not scene.lives("router", router)
    assert not scene.lives("loadbalancer", balancer)

    scene, router, balancer = two_projects()
    result = scene.destroy(tmp_path, admin=True)
    assert scene.lives("router", router)
    assert scene.lives("loadbalancer", balancer)
    assert (scene.left(), result.exit_code) == ({}, 0)


def test_not_even_a_state_that_names_it_reaches_into_another_project(tmp_path: Path) -> None:
    scene, router, _ = two_projects()
    scene.ours["router"].append(router)
    scene.destroy(tmp_path, admin=True)
    assert scene.lives("router", router)


# -- 4. security groups on ports ----------------------------------------------------------------------------------------


def groups_on_ports() -> Scene:
    """What the module of Terraform makes: ports of their own with two groups, and a server."""
    scene = Scene()
    net, subnet = scene.network()
    scene.router(subnet)
    groups = [scene.job("security_group", scene.me.group(name)) for name in ("master", "worker")]
    port = scene.job("port", scene.me.port(net, security_groups=groups))
    scene.job("server", scene.me.server({"port": port}))
    scene.now()
    return scene


def test_groups_go_after_the_ports_that_have_them(tmp_path: Path) -> None:
    scene = groups_on_ports()
    project_cleanup(scene.connection())
    assert scene.left() == {"security_group": scene.ours["security_group"]}

    scene = groups_on_ports()
    result = scene.destroy(tmp_path)
    assert (scene.left(), result.exit_code, result.refusals) == ({}, 0, 0)


# -- 5. trunks ----------------------------------------------------------------------------------------------------------


def trunk() -> Scene:
    scene = Scene()
    net, subnet = scene.network()
    scene.router(subnet)
    group = scene.job("security_group", scene.me.group())
    port = scene.job("port", scene.me.port(net, security_groups=[group]))
    scene.job("trunk", scene.me.make("network", "/trunks", "trunk", port_id=port)["id"])
    scene.now()
    return scene


def test_a_trunk_goes_before_its_port(tmp_path: Path) -> None:
    scene = trunk()
    project_cleanup(scene.connection())
    assert set(scene.left()) == {"trunk", "port", "subnet", "network", "security_group"}

    scene = trunk()
    result = scene.destroy(tmp_path)
    assert (scene.left(), result.exit_code, result.refusals) == ({}, 0, 0)


# -- 6. an interface that cannot go -------------------------------------------------------------------------------------


def held_interface() -> tuple[Scene, str]:
    """Two networks behind a router each; an address that stays holds the interface of the first one."""
    scene = Scene()
    net, subnet = scene.network("first")
    scene.router(subnet)
    scene.router(scene.network("second", "10.2.0.0/24")[1])
    address = scene.job("floatingip", scene.me.address(port_id=scene.job("port", scene.me.port(net))))
    scene.now()
    return scene, address


def test_one_interface_that_cannot_go_keeps_nothing_but_what_hangs_on_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    scene, _ = held_interface()
    with caplog.at_level(logging.ERROR, "openstack"):
        project_cleanup(scene.connection(), skip_resources=["network.floating_ip"])
    assert "UnboundLocalError" in caplog.text
    assert scene.left() == scene.ours

    scene, address = held_interface()
    result = scene.destroy(tmp_path, keep=[address])
    left = scene.left()
    assert left == {kind: ids[:1] for kind, ids in scene.ours.items()}
    assert result.exit_code == 1
    assert any(address in str(k.blockers) + k.because for k in (*result.leftovers, *result.outcomes))
