"""The map of the provider's types holds together."""

from __future__ import annotations

import pytest

from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import Role, live_id, locate, of, referenced, secret_attributes, target_key, types
from tfclean.model import Inventory, Key, Resource

OURS = [known for known in types().values() if known.looked_after]


def test_all_types_of_the_provider_are_known() -> None:
    assert len(types()) == 123
    assert len(OURS) == 47


@pytest.mark.parametrize("known", OURS, ids=lambda known: known.type)
def test_a_type_that_is_looked_after_names_a_kind_whose_fields_are_kept(known: object) -> None:
    assert known in OURS
    kind = KINDS[known.kind or known.target]  # type: ignore[attr-defined]
    for rule in known.drift:  # type: ignore[attr-defined]
        for path in rule.path.split("|"):
            assert path.partition(".")[0].removesuffix("[]") in kind.fields
    assert known.kind is None or known.service == kind.service  # type: ignore[attr-defined]


def test_ties_own_nothing_and_owners_have_a_kind() -> None:
    for known in types().values():
        if known.role is Role.OWNER:
            assert known.kind
        if known.kind is None and known.role is Role.TIE:
            assert known.target in KINDS


def test_every_kind_that_terraform_can_make_has_a_type() -> None:
    made = {known.kind for known in OURS}
    assert {name for name in KINDS if name not in made} == {"block_storage.snapshot", "block_storage.backup", "network.trunk_subport"}


@pytest.mark.parametrize(
    ("type_", "id_", "attributes", "key"),
    [
        ("openstack_networking_port_v2", " abc ", {}, Key("network.port", "abc")),
        ("openstack_compute_keypair_v2", "my/key", {}, Key("compute.keypair", "my/key")),
        ("openstack_networking_router_interface_v2", "port", {}, Key("network.router_interface", "port")),
        ("openstack_networking_floatingip_associate_v2", "ip", {}, Key("network.floating_ip_association", "ip")),
        ("openstack_compute_volume_attach_v2", "s/v", {}, Key("compute.volume_attachment", "s/v")),
        ("openstack_blockstorage_volume_attach_v3", "v/a", {}, Key("block_storage.attachment", "a")),
        ("openstack_networking_qos_dscp_marking_rule_v2", "p/r", {}, Key("network.qos_rule", "p/r")),
        (
            "openstack_networking_router_route_v2",
            "r-route-10.0.0.0/8-10.9.0.1",
            {"router_id": "r", "destination_cidr": "10.0.0.0/8", "next_hop": "10.9.0.1"},
            Key("network.router_route", "r-route-10.0.0.0/8-10.9.0.1"),
        ),
        ("openstack_networking_subnet_route_v2", "s-route-10.0.0.0/8-10.9.0.1", {}, Key("network.subnet", "s")),
        ("openstack_compute_interface_attach_v2", "s/p", {}, Key("network.port", "p")),
        ("openstack_lb_members_v2", "pool", {}, Key("load_balancer.pool", "pool")),
        ("openstack_images_image_access_v2", "i/p", {}, Key("image.image", "i")),
        ("openstack_compute_floatingip_associate_v2", "192.0.2.1/s/", {}, None),
        ("openstack_objectstorage_tempurl_v1", "abc", {}, None),
        ("random_password", "none", {}, None),
        ("openstack_networking_port_v2", "", {}, None),
    ],
)
def test_terraforms_id_becomes_the_live_one(type_: str, id_: str, attributes: dict[str, str], key: Key | None) -> None:
    assert target_key(type_, id_, attributes) == key
    assert live_id(id_, type_, attributes) == (key.id if key else None)


def test_an_id_that_is_an_address_is_found_in_the_inventory() -> None:
    tie = Resource("network.floating_ip_association", "ip", attributes={"floating_ip_address": "192.0.2.1"})
    live = Inventory(resources={tie.key: tie})
    assert locate(live, "openstack_compute_floatingip_associate_v2", "192.0.2.1/server/", {}) == tie
    assert locate(live, "openstack_compute_floatingip_associate_v2", "192.0.2.2/server/", {}) is None
    assert locate(live, "random_password", "none", {}) is None


def test_secrets_are_known_whether_or_not_the_provider_flags_them() -> None:
    assert {"user_data", "admin_pass", "personality"} <= secret_attributes("openstack_compute_instance_v2")
    assert "psk" in secret_attributes("openstack_vpnaas_site_connection_v2")
    assert "private_key" in secret_attributes("openstack_compute_keypair_v2")
    assert "user" in secret_attributes("openstack_db_instance_v1")
    assert "value_specs" in secret_attributes("no_such_type")


def test_references_are_read_through_lists() -> None:
    known = of("openstack_compute_instance_v2")
    assert known is not None
    found = referenced(known, {"key_pair": "k", "network": [{"port": "p", "uuid": ""}], "security_groups": ["g"]})
    assert ("compute.keypair", "k", "name") in found
    assert ("network.port", "p", "id") in found
    assert ("network.security_group", "g", "name") in found
