"""What an inventory holds, and what it says when it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.small_cloud import PROJECT, USER, SmallCloud, small_cloud
from tfclean.errors import CredentialsError, Unreachable
from tfclean.kinds.registry import everyday
from tfclean.model import GapKind, Inventory, Key

THEIRS = "f" * 32


def network(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_, "project_id": PROJECT, "created_at": "2026-11-22T23:50:35Z", "revision_number": 3, **more}


def take(**state: Any) -> tuple[SmallCloud, Inventory]:
    with small_cloud(**state) as cloud:
        return cloud, cloud.connect().inventory()


def gap(inventory: Inventory, subject: str) -> GapKind | None:
    return next((g.kind for g in inventory.gaps if g.subject == subject), None)


def test_an_empty_project_is_listed_whole() -> None:
    _, inventory = take()
    assert inventory.listed == frozenset(everyday())
    assert inventory.resources == {}
    assert inventory.gaps == ()
    assert (inventory.project, inventory.user, inventory.region) == (PROJECT, USER, "RegionOne")
    assert inventory.taken_at is not None
    assert inventory.taken_at.tzinfo is not None


def test_how_far_it_is_is_told_from_nothing_to_all_and_never_backwards() -> None:
    networks = [network(f"{n}") for n in range(200)]  # of their ports is asked only when they are there
    pools = [{"id": f"p{n}", "name": "p", "members": [{"id": "m"}]} for n in range(3)]
    told: list[tuple[int, int]] = []
    with small_cloud(rows={("network", "/networks"): networks, ("load-balancer", "/lbaas/pools"): pools}) as cloud:
        inventory = cloud.connect().take(lambda done, total: told.append((done, total)))
        assert inventory.of("network.network")
    assert {total for _, total in told} == {len(everyday())}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] < told[-1][0] == len(everyday())


def test_one_list_per_kind_whatever_the_number_of_objects() -> None:
    few, first = take(rows={("network", "/ports"): [network("a")]})
    many, second = take(rows={("network", "/ports"): [network(f"{n}") for n in range(500)]})
    assert first.calls == second.calls == len(few.requests) == len(many.requests)
    assert len(second.of("network.port")) == 500


@pytest.mark.parametrize(
    ("service", "path", "kind"),
    [
        ("compute", "/servers/detail", "compute.server"),
        ("compute", "/os-server-groups", "compute.server_group"),
        ("network", "/networks", "network.network"),
        ("block-storage", "/volumes/detail", "block_storage.volume"),
        ("load-balancer", "/lbaas/loadbalancers", "load_balancer.load_balancer"),
        ("image", "/images", "image.image"),
    ],
)
def test_every_way_of_paging_is_followed_though_links_name_another_host(service: str, path: str, kind: str) -> None:
    rows = [{"id": f"{n:03}", "name": "x"} for n in range(25)]
    with small_cloud(rows={(service, path): rows}, page=10) as cloud:
        inventory = cloud.connect(page=10).inventory()
        assert [r.id for r in inventory.of(kind)] == [r["id"] for r in rows]
        assert kind in inventory.listed


def test_pages_that_go_in_a_circle_are_a_gap_and_not_a_loop() -> None:
    body = json.dumps({"networks": [network("a")], "networks_links": [{"rel": "next", "href": "http://x/?marker=a"}]})
    cloud, inventory = take(always={"/network/v2.0/networks": (200, {}, body)})
    assert gap(inventory, "network.network") is GapKind.NOT_LISTED
    assert len(cloud.asked("/networks")) < 5


def test_objects_of_other_owners_are_left_out_even_if_the_service_lists_them() -> None:
    rows = {("network", "/networks"): [network("ours"), {**network("theirs"), "project_id": None}]}
    body = json.dumps({"routers": [network("r"), network("s", project_id=THEIRS)]})
    _, inventory = take(rows=rows, always={"/network/v2.0/routers": (200, {}, body)})
    assert [r.id for r in inventory.of("network.network")] == ["ours"]
    assert [r.id for r in inventory.of("network.router")] == ["r"]


def test_ports_of_strangers_on_our_networks_are_there_with_their_owner() -> None:
    networks = [network(f"net-{n}") for n in range(170)]
    ports = [network("mine", network_id="net-1"), network("stranger", project_id=THEIRS, network_id="net-169")]
    elsewhere = network("elsewhere", project_id=THEIRS, network_id="not-ours")
    with small_cloud(rows={("network", "/networks"): networks, ("network", "/ports"): [*ports, elsewhere]}) as small:
        cloud = small.connect()
        inventory = cloud.inventory()
        assert {r.id: r.owner for r in inventory.of("network.port")} == {"mine": PROJECT, "stranger": THEIRS}
        asked = small.asked("/ports")
        assert len(asked) == 4  # the project's, and 170 networks in chunks of 80
        assert max(len(str(r.query)) for r in asked) < 8000
        # A second look at ports alone still knows the networks.
        assert {r.id for r in cloud.look("network.port").resources} == {"mine", "stranger"}


def test_interfaces_routes_and_associations_come_from_their_parents_rows() -> None:
    leg = network("leg", device_owner="network:router_interface", device_id="r", fixed_ips=[{"subnet_id": "s", "ip_address": "10.0.0.1"}])
    router = network("r", routes=[{"destination": "10.9.0.0/16", "nexthop": "10.0.0.9"}])
    ip = network("ip", port_id="p", floating_ip_address="192.0.2.1")
    rows = {("network", "/ports"): [leg, network("p")], ("network", "/routers"): [router], ("network", "/floatingips"): [ip]}
    _, inventory = take(rows=rows)
    assert [r.id for r in inventory.of("network.port")] == ["p"]
    assert inventory.resources[Key("network.router_interface", "leg")].attributes["subnet_id"] == "s"
    assert [r.id for r in inventory.of("network.router_route")] == ["r-route-10.9.0.0/16-10.0.0.9"]
    assert [r.name for r in inventory.of("network.floating_ip_association")] == ["192.0.2.1"]


def test_lists_below_a_parent_are_asked_for_only_where_something_is_and_say_whose_it_is() -> None:
    rows = {
        ("load-balancer", "/lbaas/pools"): [network("full", members=[{"id": "m"}]), network("empty", members=[])],
        ("load-balancer", "/lbaas/pools/full/members"): [network("m", address="10.0.0.5")],
    }
    cloud, inventory = take(rows=rows)
    assert inventory.resources[Key("load_balancer.member", "m")].attributes["pool_id"] == "full"
    assert [r.path for r in cloud.requests if "members" in r.path] == ["/lb/v2.0/lbaas/pools/full/members"]


def test_a_parent_that_went_meanwhile_has_no_children() -> None:
    rows = {("load-balancer", "/lbaas/pools"): [network("gone", members=[{"id": "m"}])]}
    _, inventory = take(rows=rows, always={"/lb/v2.0/lbaas/pools/gone/members": (404, {}, "{}")})
    assert "load_balancer.member" in inventory.listed


def test_only_declared_fields_enter_and_no_secret_does() -> None:
    server = {"id": "s", "name": "s", "tenant_id": PROJECT, "adminPass": "planted", "OS-EXT-SRV-ATTR:user_data": "planted"}
    attachment = {"id": "a", "volume_id": "v", "connection_info": {"auth_password": "planted"}}
    _, inventory = take(rows={("compute", "/servers/detail"): [server], ("block-storage", "/attachments/detail"): [attachment]})
    assert len(inventory.resources) == 2
    assert "planted" not in str(inventory)


def test_keypairs_belong_to_the_user() -> None:
    _, inventory = take(rows={("compute", "/os-keypairs"): [{"keypair": {"name": "k/1", "public_key": "ssh-ed25519 A"}}]})
    key = inventory.resources[Key("compute.keypair", "k/1")]
    assert (key.owner, key.created_at) == (USER, None)


def test_a_service_that_the_catalog_lacks_is_no_error() -> None:
    _, inventory = take(catalog={"network": "/network"})
    assert gap(inventory, "load-balancer") is GapKind.NO_SERVICE
    assert "network.port" in inventory.listed
    assert "load_balancer.pool" not in inventory.listed
    # What Nova's tie is derived from belongs to another service.
    assert gap(inventory, "compute.volume_attachment") is GapKind.NO_SERVICE


def test_an_extension_that_is_not_loaded_is_no_error() -> None:
    _, inventory = take(always={"/network/v2.0/trunks": (404, {}, "The resource could not be found.")})
    assert gap(inventory, "network.trunk") is GapKind.NO_SERVICE


def test_a_404_of_a_service_that_answers_nothing_else_is_a_wrong_address() -> None:
    _, inventory = take(always={"/image/v2/images": (404, {}, "nothing here")})
    assert gap(inventory, "image.image") is GapKind.NOT_LISTED


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (403, '{"message": "Policy does not allow"}'),
        (500, "oops"),
        (200, "<html>log in to the Wi-Fi</html>"),
        (200, "[]"),
        (200, '{"x": 1}'),
        (0, ""),
    ],
)
def test_a_list_that_fails_is_a_gap_for_all_kinds_in_it(status: int, text: str) -> None:
    _, inventory = take(always={"/network/v2.0/ports": (status, {"Retry-After": "0"}, text)})
    assert gap(inventory, "network.port") is GapKind.NOT_LISTED
    assert gap(inventory, "network.router_interface") is GapKind.NOT_LISTED
    assert inventory.listed.isdisjoint({"network.port", "network.router_interface"})
    assert "network.network" in inventory.listed


def test_members_are_unknown_where_pools_are() -> None:
    _, inventory = take(always={"/lb/v2.0/lbaas/pools": (403, {}, "no")})
    assert "load_balancer.member" not in inventory.listed


def test_a_row_without_an_id_is_a_gap() -> None:
    body = json.dumps({"networks": [{"name": "x"}]})
    _, inventory = take(always={"/network/v2.0/networks": (200, {}, body)})
    assert gap(inventory, "network.network") is GapKind.NOT_LISTED


def test_a_busy_service_is_asked_again_when_it_says() -> None:
    cloud, inventory = take(
        dictated={"/network/v2.0/ports": [(503, {"Retry-After": "0"}, ""), (429, {"Retry-After": "0"}, ""), (0, {}, "")]}
    )
    assert "network.port" in inventory.listed
    assert len(cloud.asked("/ports")) == 4


@pytest.mark.parametrize("text", ['{"ports": [{"id": "a", "na', "<html>one moment, please</html>", "[]"])
def test_a_list_that_was_not_understood_is_asked_for_again(text: str) -> None:
    cloud, inventory = take(dictated={"/network/v2.0/ports": [(200, {}, text)]})
    assert "network.port" in inventory.listed
    assert len(cloud.asked("/ports")) == 2


def test_a_404_beside_pages_that_are_no_answers_does_not_mean_that_the_service_lacks_the_kind() -> None:
    page = (200, {}, "<html>log in</html>")
    paths = {"/compute/v2.1/servers/detail": page, "/compute/v2.1/os-keypairs": page}
    _, inventory = take(always={**paths, "/compute/v2.1/os-server-groups": (404, {}, "")})
    assert gap(inventory, "compute.server_group") is GapKind.NOT_LISTED


def test_an_expired_token_is_renewed_once() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        small.valid.clear()
        assert cloud.inventory().listed == frozenset(everyday())
        assert small.tokens >= 2


def test_credentials_that_are_withdrawn_end_it() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        small.valid.clear()
        small.login = 401
        with pytest.raises(CredentialsError):
            cloud.inventory()
        look = cloud.look("network.port")
        assert look.gap is not None
        assert look.gap.kind is GapKind.NOT_LISTED


def test_nothing_at_all_answers() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        small.dead = True
        with pytest.raises(Unreachable):
            cloud.inventory()
        assert cloud.look("network.port").gap is not None


def test_a_look_at_one_kind_is_one_call() -> None:
    with small_cloud(rows={("network", "/trunks"): [network("t")]}) as small:
        cloud = small.connect()
        assert [r.id for r in cloud.look("network.trunk").resources] == ["t"]
        assert len(small.requests) == 1
