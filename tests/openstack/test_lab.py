"""The lab behaves like an OpenStack, where tfclean depends on it."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from openstack.exceptions import ConflictException, ForbiddenException

from tests.openstack.lab.testing import LabProject

if TYPE_CHECKING:
    from openstack.compute.v2.server import Server
    from openstack.network.v2.network import Network


def make_network(project: LabProject) -> "Network":
    """A network with one subnet."""
    network: Network = project.conn.network.create_network(name="net")
    project.conn.network.create_subnet(name="net", network_id=network.id, ip_version=4, cidr="10.1.0.0/24")
    return network


def make_server(project: LabProject, **options: Any) -> "Server":
    """A server that is ACTIVE."""
    compute = project.conn.compute
    image, flavor = project.conn.image.find_image("cirros"), compute.find_flavor("m1.tiny")
    assert image
    assert flavor
    server = compute.create_server(name="server", image_id=image.id, flavor_id=flavor.id, **options)
    return compute.wait_for_server(server, interval=1, wait=60)


def test_a_server_gets_active_and_goes(project: LabProject) -> None:
    server = make_server(project, networks=[{"uuid": make_network(project).id}])
    assert server.status == "ACTIVE"
    assert [port.device_owner for port in project.conn.network.ports(device_id=server.id)] == ["compute:nova"]

    project.conn.compute.delete_server(server)
    project.conn.compute.wait_for_delete(server, interval=1, wait=60)
    assert not list(project.conn.network.ports(device_id=server.id))


def test_the_port_of_a_server_cannot_be_deleted_by_its_user(project: LabProject) -> None:
    server = make_server(project, networks=[{"uuid": make_network(project).id}])
    (port,) = project.conn.network.ports(device_id=server.id)
    with pytest.raises(ForbiddenException, match="delete_port"):
        project.conn.network.delete_port(port)


def test_a_network_in_use_cannot_be_deleted(project: LabProject) -> None:
    network = make_network(project)
    project.conn.network.create_port(network_id=network.id)
    with pytest.raises(ConflictException):
        project.conn.network.delete_network(network)


def test_a_volume_gets_attached_to_a_server(project: LabProject) -> None:
    volume = project.conn.block_storage.create_volume(name="disk", size=1)
    project.conn.block_storage.wait_for_status(volume, "available", interval=1, wait=60)
    server = make_server(project, networks=[{"uuid": make_network(project).id}])
    project.conn.compute.create_volume_attachment(server, volume_id=volume.id)
    project.conn.block_storage.wait_for_status(volume, "in-use", interval=1, wait=60)


def test_a_load_balancer_gets_active_and_goes_with_all_below_it(project: LabProject) -> None:
    balancers = project.conn.load_balancer
    made = balancers.create_load_balancer(name="lb", vip_network_id=make_network(project).id)
    balancers.wait_for_load_balancer(made.id, interval=1, wait=180)
    assert balancers.get_load_balancer(made.id).provisioning_status == "ACTIVE"
    balancers.create_listener(name="listener", load_balancer_id=made.id, protocol="TCP", protocol_port=80)
    balancers.wait_for_load_balancer(made.id, interval=1, wait=60)

    balancers.delete_load_balancer(made, cascade=True)
    balancers.wait_for_delete(made, interval=1, wait=120)
    assert not list(balancers.listeners())


def test_projects_do_not_see_each_others_networks(project: LabProject) -> None:
    network = make_network(project)
    with LabProject.make(f"test-{uuid.uuid4().hex[:8]}") as other:
        assert network.id not in {seen.id for seen in other.conn.network.networks()}
        assert other.conn.network.find_network(network.id) is None


def test_a_floating_ip_reaches_a_port_behind_a_router(project: LabProject) -> None:
    conn = project.conn
    network = make_network(project)
    public = conn.network.find_network("public")
    assert public
    router = conn.network.create_router(name="router", external_gateway_info={"network_id": public.id})
    (subnet,) = conn.network.subnets(network_id=network.id)
    conn.network.add_interface_to_router(router, subnet.id)
    port = conn.network.create_port(network_id=network.id)
    floating = conn.network.create_ip(floating_network_id=public.id, port_id=port.id)
    assert floating.port_id == port.id
    assert floating.router_id == router.id


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda p, n: p.conn.network.create_security_group(name=f"group-{n}"), id="security groups"),
        pytest.param(lambda p, n: p.conn.block_storage.create_volume(name=f"volume-{n}", size=1), id="volumes"),
    ],
)
def test_quotas_do_not_stop_a_test(project: LabProject, make: Callable[[LabProject, int], object]) -> None:
    for number in range(12):
        make(project, number)
