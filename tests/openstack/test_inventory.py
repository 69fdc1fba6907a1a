"""The inventory of a real OpenStack: everything is listed, once, fast, and with its real owner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.openstack import truth
from tests.openstack.lab.testing import LabProject
from tfclean.cloud import Cloud, connect
from tfclean.cloud.document import dump, load
from tfclean.kinds.registry import KINDS, everyday
from tfclean.model import GapKind, Inventory, Key

UNMAKEABLE = {"network.qos_policy", "network.qos_rule", "block_storage.backup"}
"""What a plain user of the lab cannot make: QoS is the administrator's, and no backup service runs."""


@pytest.fixture
def cloud(project: LabProject, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The project as tfclean sees it."""
    return joined(project, monkeypatch)


def joined(project: LabProject, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Cloud:
    for name, value in project.env.items():
        monkeypatch.setenv(name, value)
    return connect(**options)


@pytest.fixture
def furnished(project: LabProject) -> Iterator[LabProject]:
    """A project with at least one object of nearly every kind."""
    network, block, compute = project.conn.network, project.conn.block_storage, project.conn.compute
    outside = network.find_network("public", ignore_missing=False)
    net = network.create_network(name="net")
    subnet = network.create_subnet(name="net", network_id=net.id, ip_version=4, cidr="10.1.0.0/24")
    router = network.create_router(name="router", external_gateway_info={"network_id": outside.id})
    network.add_interface_to_router(router, subnet_id=subnet.id)
    network.add_extra_routes_to_router(router, {"router": {"routes": [{"destination": "10.9.0.0/16", "nexthop": "10.1.0.9"}]}})
    group = network.create_security_group(name="group")
    network.create_security_group_rule(security_group_id=group.id, direction="ingress", ethertype="IPv4", protocol="tcp")
    port = network.create_port(name="port", network_id=net.id, security_group_ids=[group.id])
    inner = network.create_port(name="inner", network_id=net.id)
    network.create_ip(floating_network_id=outside.id, port_id=port.id)
    forwarding = network.create_ip(floating_network_id=outside.id)
    address = inner.fixed_ips[0]["ip_address"]
    network.create_floating_ip_port_forwarding(
        forwarding, internal_port_id=inner.id, internal_ip_address=address, internal_port=22, external_port=2222, protocol="tcp"
    )
    parent = network.create_port(name="parent", network_id=net.id)
    sub = network.create_port(network_id=parent.network_id, name="subport")
    tie = {"port_id": sub.id, "segmentation_type": "vlan", "segmentation_id": 101}
    network.create_trunk(name="trunk", port_id=parent.id, sub_ports=[tie])
    scope = network.create_address_scope(name="scope", ip_version=4)
    network.create_subnet_pool(name="pool", prefixes=["10.64.0.0/16"], default_prefixlen=24, address_scope_id=scope.id)
    network.create_address_group(name="addresses", addresses=["192.0.2.0/24"])
    network.create_rbac_policy(object_type="network", object_id=net.id, action="access_as_shared", target_project_id="0" * 32)
    compute.create_keypair(name="key with space")
    compute.create_server_group(name="servers", policy="soft-anti-affinity")
    volume = block.create_volume(name="volume", size=1)
    block.wait_for_status(volume, "available", interval=0.5, wait=60)
    block.create_snapshot(name="snapshot", volume_id=volume.id)
    project.conn.image.create_image(name="picture", container_format="bare", disk_format="raw", data=b"x")
    image, flavor = project.conn.image.find_image("cirros"), compute.find_flavor("m1.tiny")
    assert image
    assert flavor
    server = compute.create_server(name="server", image_id=image.id, flavor_id=flavor.id, networks=[{"port": port.id}])
    compute.wait_for_server(server, interval=1, wait=60)
    other = block.create_volume(name="attached", size=1)
    block.wait_for_status(other, "available", interval=0.5, wait=60)
    compute.create_volume_attachment(server, volume_id=other.id)
    block.wait_for_status(other, "in-use", interval=0.5, wait=60)
    balance(project, subnet.id)
    yield project
    # The lab has room for forty servers.
    truth.wipe(project.conn)


def balance(project: LabProject, subnet: str) -> None:
    octavia = project.conn.load_balancer
    balancer = octavia.create_load_balancer(name="balancer", vip_subnet_id=subnet)

    def rest() -> None:
        octavia.wait_for_load_balancer(balancer.id, interval=0.5, wait=90)

    rest()
    listener = octavia.create_listener(name="listener", loadbalancer_id=balancer.id, protocol="HTTP", protocol_port=80)
    rest()
    pool = octavia.create_pool(name="pool", loadbalancer_id=balancer.id, protocol="HTTP", lb_algorithm="ROUND_ROBIN")
    rest()
    octavia.create_member(pool, name="member", address="10.1.0.50", protocol_port=80, subnet_id=subnet)
    rest()
    octavia.create_health_monitor(pool_id=pool.id, type="TCP", delay=5, timeout=3, max_retries=2)
    rest()
    policy = octavia.create_l7_policy(name="policy", listener_id=listener.id, action="REDIRECT_TO_POOL", redirect_pool_id=pool.id)
    rest()
    octavia.create_l7_rule(policy, type="PATH", compare_type="STARTS_WITH", value="/spare")
    rest()


def test_every_kind_is_listed_with_what_is_in_it(furnished: LabProject, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = joined(furnished, monkeypatch)
    inventory = cloud.inventory()
    assert inventory.gaps == ()
    assert inventory.listed == frozenset(everyday())
    assert {name for name in everyday() if not inventory.of(name)} == UNMAKEABLE

    small = joined(furnished, monkeypatch, page=1).inventory()
    assert without_time(small) == without_time(inventory)
    assert small.calls > inventory.calls

    for resource in inventory.resources.values():
        kind = KINDS[resource.kind]
        if kind.owner and resource.kind not in ("network.port", "network.router_interface"):
            assert resource.owner == inventory.project, resource
        if kind.created:
            assert resource.created_at is not None, resource
        if kind.status:
            assert resource.status, resource
    member = inventory.of("load_balancer.member")[0]
    assert Key("load_balancer.pool", member.attributes["pool_id"]) in inventory.resources
    forwarding = inventory.of("network.port_forwarding")[0]
    assert Key("network.floating_ip", forwarding.attributes["floatingip_id"]) in inventory.resources
    assert [k.id for k in inventory.of("compute.keypair")] == ["key with space"]
    assert inventory.of("compute.server")[0].attributes["flavor"]["original_name"] == "m1.tiny"

    for name in everyday():
        look = cloud.look(name)
        assert look.gap is None
        assert {r.key for r in look.resources} == {r.key for r in inventory.of(name)}
    assert load(json.loads(json.dumps(dump(inventory))), "file") == inventory


def without_time(inventory: Inventory) -> set[tuple[Any, ...]]:
    return {(r.key, r.name, r.owner, r.status) for r in inventory.resources.values()}


def test_calls_do_not_grow_with_the_number_of_objects(project: LabProject, cloud: Cloud) -> None:
    network = project.conn.network
    before = cloud.inventory()
    for n in range(10):
        network.create_network(name=f"net-{n}")
        network.create_security_group(name=f"group-{n}")
    after = cloud.inventory()
    assert len(after.resources) >= len(before.resources) + 20
    assert after.calls == before.calls + 1  # one question for the ports on all networks


def test_a_strangers_port_on_our_network_is_seen_with_its_owner(project: LabProject, cloud: Cloud, lab: None) -> None:
    net = project.conn.network.create_network(name="net")
    with LabProject.make(f"{project.cloud}-guest") as guest:
        project.conn.network.create_rbac_policy(
            object_type="network", object_id=net.id, action="access_as_shared", target_project_id=guest.conn.current_project_id
        )
        port = guest.conn.network.create_port(name="guest", network_id=net.id)
        seen = cloud.inventory().resources[Key("network.port", port.id)]
        assert seen.owner == guest.conn.current_project_id
        assert port.id in {r.id for r in cloud.look("network.port").resources}
        # The guest sees the network, and it is not his.
        assert net.id not in {key.id for key in joined_resources(guest)}


def joined_resources(project: LabProject) -> list[Key]:
    with pytest.MonkeyPatch.context() as patch:
        return list(joined(project, patch).inventory().resources)


def test_a_service_that_is_not_asked_for_here_is_told(project: LabProject, monkeypatch: pytest.MonkeyPatch) -> None:
    inventory = joined(project, monkeypatch, has_image=False).inventory()
    assert [gap.kind for gap in inventory.gaps if gap.subject == "image"] == [GapKind.NOT_LISTED]
    assert "network.network" in inventory.listed
    assert "image.image" not in inventory.listed


def test_an_administrator_sees_only_the_project_that_he_is_in(monkeypatch: pytest.MonkeyPatch, project: LabProject) -> None:
    made = project.conn.network.create_network(name="theirs")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", project.env["OS_CLIENT_CONFIG_FILE"])
    inventory = connect(cloud="admin").inventory()
    assert Key("network.network", made.id) not in inventory.resources
    assert {r.owner for r in inventory.of("network.network")} <= {inventory.project}
