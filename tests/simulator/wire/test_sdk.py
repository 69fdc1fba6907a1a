"""An unmodified openstacksdk against the world, without sockets."""

from __future__ import annotations

import pytest
from openstack import exceptions as sdk
from openstack.connection import Connection

from tests.recorded import document
from tests.simulator.wire.making import connection, tfcleans
from tfclean.kinds.registry import KINDS
from tfclean.simulator import World, load
from tfclean.simulator.wire import Account, Wire

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # openstacksdk announces what it will drop


@pytest.fixture
def wire() -> Wire:
    return Wire(World(), tick=1.0)


@pytest.fixture
def cloud(wire: Wire) -> Connection:
    return connection(wire)


def subnet(cloud: Connection, name: str = "ours") -> tuple[str, str]:
    network = cloud.network.create_network(name=name)
    return network.id, cloud.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.0.0.0/24").id


def test_it_creates_lists_and_deletes_networks(cloud: Connection) -> None:
    made = cloud.network.create_network(name="ours")
    assert [n.id for n in cloud.network.networks(name="ours")] == [made.id]
    assert cloud.network.get_network(made.id).name == "ours"
    cloud.network.update_network(made, name="renamed")
    assert cloud.network.find_network("renamed").id == made.id
    cloud.network.delete_network(made, ignore_missing=False)
    assert cloud.network.find_network("renamed") is None


def test_it_goes_through_pages(cloud: Connection, wire: Wire) -> None:
    made = {cloud.network.create_security_group(name=f"group-{n}").id for n in range(7)}
    asked = len(wire.exchanges)
    found = [g.id for g in cloud.network.security_groups(limit=2)]
    assert set(found) >= made
    assert len(found) == len(set(found))
    assert len(wire.exchanges) - asked >= 4


@pytest.mark.parametrize(
    ("service", "what"),
    [
        *(("compute", "servers"), ("compute", "keypairs"), ("compute", "flavors"), ("block_storage", "volumes"), ("image", "images")),
        *(("network", "ports"), ("network", "security_group_rules"), ("load_balancer", "load_balancers")),
    ],
)
def test_pages_of_one_hold_the_same_as_one_page(service: str, what: str) -> None:
    world = World()
    load(world, document("twin-killed", "cloud.json"))
    many = getattr(getattr(connection(Wire(world)), service), what)
    whole = [each.id for each in many()]
    assert whole
    assert sorted(each.id for each in many(limit=1)) == sorted(whole)


def test_tfclean_takes_an_inventory_and_deletes_without_sockets() -> None:
    world = World()
    load(world, document("killed-middle", "cloud.json"))
    wire = Wire(world)
    cloud = tfcleans(wire)
    taken = cloud.inventory()
    assert not taken.gaps
    assert {r.name for r in taken.of("compute.server")} == {"800004-worker-1", "800004-worker-2"}
    server = next(iter(taken.of("compute.server")))
    delete = KINDS["compute.server"].delete
    assert delete is not None
    answer = cloud.perform(delete, {"id": server.id})
    assert answer.status == 204
    assert answer.request_id.startswith("req-")
    world.advance(60)
    assert server.id not in {r.id for r in cloud.look("compute.server").resources}


def test_what_is_gone_is_its_404(cloud: Connection) -> None:
    with pytest.raises(sdk.NotFoundException):
        cloud.network.delete_port("00000000-0000-4000-8000-000000000000", ignore_missing=False)
    with pytest.raises(sdk.NotFoundException):
        cloud.compute.get_server("00000000-0000-4000-8000-000000000000")
    with pytest.raises(sdk.NotFoundException):
        cloud.block_storage.get_volume("00000000-0000-4000-8000-000000000000")
    with pytest.raises(sdk.NotFoundException):
        cloud.image.get_image("00000000-0000-4000-8000-000000000000")
    with pytest.raises(sdk.NotFoundException):
        cloud.load_balancer.get_load_balancer("00000000-0000-4000-8000-000000000000")


def test_what_is_in_use_is_its_409(cloud: Connection) -> None:
    network, _ = subnet(cloud)
    cloud.network.create_port(network_id=network)
    with pytest.raises(sdk.ConflictException):
        cloud.network.delete_network(network)


def test_a_server_comes_up_and_goes(cloud: Connection) -> None:
    network, _ = subnet(cloud)
    image, flavor = next(cloud.image.images()), next(cloud.compute.flavors())
    server = cloud.compute.create_server(name="one", image_id=image.id, flavor_id=flavor.id, networks=[{"uuid": network}])
    server = cloud.compute.wait_for_server(server, interval=0)
    assert server.status == "ACTIVE"
    assert [s.name for s in cloud.compute.servers()] == ["one"]
    cloud.compute.delete_server(server)
    cloud.compute.wait_for_delete(server, interval=0)
    assert not list(cloud.compute.servers())
    assert not list(cloud.network.ports(device_id=server.id))


def test_a_volume_comes_and_goes(cloud: Connection) -> None:
    volume = cloud.block_storage.create_volume(name="data", size=1)
    volume = cloud.block_storage.wait_for_status(volume, interval=0)
    assert volume.status == "available"
    assert [v.id for v in cloud.block_storage.volumes(status="available")] == [volume.id]
    cloud.block_storage.delete_volume(volume)
    cloud.block_storage.wait_for_delete(volume, interval=0)


def test_a_load_balancer_comes_and_goes_with_its_parts(cloud: Connection) -> None:
    _, below = subnet(cloud)
    balancer = cloud.load_balancer.create_load_balancer(name="api", vip_subnet_id=below)
    balancer = cloud.load_balancer.wait_for_load_balancer(balancer.id, interval=0)
    cloud.load_balancer.create_listener(name="l", protocol="TCP", protocol_port=80, load_balancer_id=balancer.id)
    cloud.load_balancer.wait_for_load_balancer(balancer.id, interval=0)
    cloud.load_balancer.delete_load_balancer(balancer.id, cascade=True)
    cloud.load_balancer.wait_for_delete(balancer, interval=0)
    assert not list(cloud.load_balancer.listeners())


def test_keypairs_belong_to_the_user(cloud: Connection, wire: Wire) -> None:
    key = cloud.compute.create_keypair(name="mine", public_key="ssh-ed25519 AAAA x")
    other = wire.directory.add(Account("e" * 32, "other", "pw", {wire.world.project: frozenset({"member"})}))
    wire.world.users[other.id] = other.name
    assert [k.name for k in cloud.compute.keypairs()] == [key.name]
    from keystoneauth1.identity import v3  # noqa: PLC0415

    assert not list(connection(wire, v3.Password(**wire.settings(other.id)["auth"])).compute.keypairs())


def test_another_project_is_not_seen(cloud: Connection, wire: Wire) -> None:
    cloud.network.create_network(name="ours")
    project = "d" * 32
    wire.world.projects[project] = "another"
    other = wire.directory.add(Account("e" * 32, "other", "pw", {project: frozenset({"member"})}))
    wire.world.users[other.id] = other.name
    from keystoneauth1.identity import v3  # noqa: PLC0415

    elsewhere = connection(wire, v3.Password(**wire.settings(other.id, project)["auth"]))
    assert not list(elsewhere.network.networks(name="ours"))
    assert list(elsewhere.network.networks(is_router_external=True))
