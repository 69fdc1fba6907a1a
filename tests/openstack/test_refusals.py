"""What the services answer to deleting something in use, and that its meaning is read from it."""

from __future__ import annotations

import pytest

from tests.openstack.lab.testing import LabProject
from tfclean.cloud import Cloud, connect
from tfclean.cloud.actions import service_of
from tfclean.kinds.base import Call
from tfclean.kinds.refusals import Refusal, parse
from tfclean.kinds.registry import KINDS


@pytest.fixture
def cloud(project: LabProject, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The project as tfclean sees it."""
    for name, value in project.env.items():
        monkeypatch.setenv(name, value)
    return connect()


def delete(cloud: Cloud, kind: str, id_: str, revision: int | None = None, **fields: str) -> Refusal:
    """Try to delete, and read the refusal."""
    call: Call | None = KINDS[kind].delete
    assert call is not None
    answer = cloud.perform(call, {"id": id_, **fields}, revision)
    assert answer.status is not None
    assert answer.status >= 400, "it was not refused"
    return parse(service_of(call), call.method, call.path.replace("{id}", id_), answer.status, answer.body)


def test_a_network_names_the_ports_on_it(project: LabProject, cloud: Cloud) -> None:
    network = project.conn.network
    net = network.create_network(name="net")
    port = network.create_port(network_id=net.id)
    refusal = delete(cloud, "network.network", net.id)
    assert refusal.in_use
    assert [b.id for b in refusal.blockers] == [port.id]


def test_routers_and_their_interfaces(project: LabProject, cloud: Cloud) -> None:
    network = project.conn.network
    outside = network.find_network("public", ignore_missing=False)
    net = network.create_network(name="net")
    subnet = network.create_subnet(network_id=net.id, ip_version=4, cidr="10.1.0.0/24")
    router = network.create_router(name="router", external_gateway_info={"network_id": outside.id})
    leg = network.add_interface_to_router(router, subnet_id=subnet.id)["port_id"]
    refusal = delete(cloud, "network.router", router.id)
    assert [b.id for b in refusal.blockers] == [leg]
    refusal = delete(cloud, "network.port", leg)
    assert refusal.in_use
    assert "network.router_interface" in refusal.look_for
    refusal = delete(cloud, "network.subnet", subnet.id)
    assert "network.router_interface" in refusal.look_for

    port = network.create_port(network_id=net.id)
    network.create_ip(floating_network_id=outside.id, port_id=port.id)
    refusal = delete(cloud, "network.router_interface", leg, device_id=router.id)
    assert "network.floating_ip_association" in refusal.look_for


def test_what_names_nobody_says_where_to_look(project: LabProject, cloud: Cloud) -> None:
    network, block = project.conn.network, project.conn.block_storage
    net = network.create_network(name="net")
    group = network.create_security_group(name="group")
    port = network.create_port(network_id=net.id, security_group_ids=[group.id])
    assert "network.port" in delete(cloud, "network.security_group", group.id).look_for
    scope = network.create_address_scope(name="scope", ip_version=4)
    pool = network.create_subnet_pool(name="pool", prefixes=["10.64.0.0/16"], default_prefixlen=24, address_scope_id=scope.id)
    network.create_subnet(network_id=net.id, ip_version=4, subnet_pool_id=pool.id)
    assert delete(cloud, "network.address_scope", scope.id).look_for == ("network.subnet_pool",)
    assert delete(cloud, "network.subnet_pool", pool.id).look_for == ("network.subnet",)
    trunk = network.create_trunk(port_id=port.id, is_admin_state_up=False)
    assert [b.id for b in delete(cloud, "network.port", port.id).blockers] == [trunk.id]
    refusal = delete(cloud, "network.trunk", trunk.id)
    assert (refusal.in_use, refusal.transient) == (False, False)
    volume = block.create_volume(size=1, name="volume")
    block.wait_for_status(volume, "available", interval=0.5, wait=60)
    block.create_snapshot(volume_id=volume.id)
    assert "block_storage.snapshot" in delete(cloud, "block_storage.volume", volume.id).look_for


def test_an_outdated_look_passes_by_itself_and_what_is_gone_is_gone(project: LabProject, cloud: Cloud) -> None:
    net = project.conn.network.create_network(name="net")
    assert delete(cloud, "network.network", net.id, revision=99).transient
    call = KINDS["network.network"].delete
    assert call is not None
    revision = cloud.look("network.network").resources[0].revision
    assert cloud.perform(call, {"id": net.id}, revision).status == 204
    assert delete(cloud, "network.network", net.id).gone
    assert delete(cloud, "compute.keypair", "no such key").gone
    assert delete(cloud, "compute.server", net.id).gone
    assert delete(cloud, "load_balancer.load_balancer", net.id).gone
    assert delete(cloud, "image.image", net.id).gone


def test_another_projects_image_is_not_ours_to_delete(project: LabProject, cloud: Cloud) -> None:
    image = project.conn.image.find_image("cirros")
    assert image
    refusal = delete(cloud, "image.image", image.id)
    assert refusal.policy
    assert "delete_image" in refusal.reason
