"""Whatever is asked, in whatever order: the world stays whole, answers everything, and its revisions only grow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.invariants import broken
from tests.simulator.making import ADMIN, OTHER, Somebody
from tfclean.simulator import Pace, World, cluster

Ask = tuple[str, str, str, Any]
DELETABLE = {
    "network": ("network", "/networks/{}"),
    "subnet": ("network", "/subnets/{}"),
    "port": ("network", "/ports/{}"),
    "router": ("network", "/routers/{}"),
    "floatingip": ("network", "/floatingips/{}"),
    "security_group": ("network", "/security-groups/{}"),
    "security_group_rule": ("network", "/security-group-rules/{}"),
    "trunk": ("network", "/trunks/{}"),
    "rbac_policy": ("network", "/rbac-policies/{}"),
    "server": ("compute", "/servers/{}"),
    "server_group": ("compute", "/os-server-groups/{}"),
    "volume": ("block-storage", "/volumes/{}"),
    "snapshot": ("block-storage", "/snapshots/{}"),
    "attachment": ("block-storage", "/attachments/{}"),
    "loadbalancer": ("load-balancer", "/lbaas/loadbalancers/{}"),
    "listener": ("load-balancer", "/lbaas/listeners/{}"),
    "pool": ("load-balancer", "/lbaas/pools/{}"),
    "healthmonitor": ("load-balancer", "/lbaas/healthmonitors/{}"),
    "l7policy": ("load-balancer", "/lbaas/l7policies/{}"),
}


class Monkey:
    """Asks anything of a world."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.world = World(seed=seed, dhcp=seed % 2 == 0, pace=Pace(server_build=4, server_delete=5))
        self.me = Somebody(self.world)
        self.other = Somebody(self.world, OTHER, OTHER)
        self.admin = Somebody(self.world, roles=ADMIN)

    def some(self, kind: str) -> str:
        return self.dice.choice([*self.world.tables[kind], "gone"])

    def step(self) -> None:
        if self.dice.random() < 0.3:
            self.world.advance(self.dice.choice((0.5, 2, 7)))
        who = self.dice.choice((self.me, self.me, self.me, self.admin, self.other))
        choose: Callable[[], Ask] = self.dice.choice((self.delete, self.create, self.create, self.change))
        service, method, path, body = choose()
        answer = who.ask(service, method, path, body)
        assert answer.status in (200, 201, 202, 204, 400, 403, 404, 409), answer
        assert "Malformed" not in str(answer.body), (service, method, path, body, answer.body)

    def delete(self) -> Ask:
        kind = self.dice.choice(sorted(DELETABLE))
        service, path = DELETABLE[kind]
        return service, "DELETE", path.format(self.some(kind)), None

    def create(self) -> Ask:
        some, name = self.some, f"n{self.dice.randrange(99)}"
        options: list[Ask] = [
            ("network", "POST", "/networks", {"network": {"name": name}}),
            ("network", "POST", "/subnets", {"subnet": {"network_id": some("network"), "cidr": f"10.{self.dice.randrange(9)}.0.0/28"}}),
            ("network", "POST", "/ports", {"port": {"network_id": some("network")}}),
            ("network", "POST", "/routers", {"router": {"name": name, "external_gateway_info": {"network_id": self.world.external}}}),
            ("network", "PUT", f"/routers/{some('router')}/add_router_interface", {"subnet_id": some("subnet")}),
            ("network", "PUT", f"/routers/{some('router')}/add_router_interface", {"port_id": some("port")}),
            ("network", "POST", "/floatingips", {"floatingip": {"floating_network_id": self.world.external, "port_id": some("port")}}),
            ("network", "POST", "/security-groups", {"security_group": {"name": name}}),
            (
                "network",
                "POST",
                "/security-group-rules",
                {
                    "security_group_rule": {
                        "security_group_id": some("security_group"),
                        "direction": "ingress",
                        "remote_group_id": some("security_group"),
                    }
                },
            ),
            ("network", "POST", "/trunks", {"trunk": {"port_id": some("port"), "sub_ports": [{"port_id": some("port")}]}}),
            (
                "network",
                "POST",
                "/rbac-policies",
                {
                    "rbac_policy": {
                        "object_id": some("network"),
                        "object_type": "network",
                        "action": "access_as_shared",
                        "target_tenant": OTHER,
                    }
                },
            ),
            ("compute", "POST", "/servers", {"server": {"name": name, **self.flavor(), "networks": [{"port": some("port")}]}}),
            ("compute", "POST", "/servers", {"server": {"name": name, **self.flavor(), "networks": [{"uuid": some("network")}]}}),
            ("compute", "POST", f"/servers/{some('server')}/os-volume_attachments", {"volumeAttachment": {"volumeId": some("volume")}}),
            ("compute", "POST", f"/servers/{some('server')}/os-interface", {"interfaceAttachment": {"port_id": some("port")}}),
            ("block-storage", "POST", "/volumes", {"volume": {"size": 1}}),
            ("block-storage", "POST", "/snapshots", {"snapshot": {"volume_id": some("volume")}}),
            ("block-storage", "POST", "/attachments", {"attachment": {"volume_uuid": some("volume")}}),
            ("load-balancer", "POST", "/lbaas/loadbalancers", {"loadbalancer": {"vip_subnet_id": some("subnet")}}),
            ("load-balancer", "POST", "/lbaas/listeners", {"listener": {"loadbalancer_id": some("loadbalancer"), "protocol": "TCP"}}),
            ("load-balancer", "POST", "/lbaas/pools", {"pool": {"listener_id": some("listener")}}),
            ("load-balancer", "POST", "/lbaas/healthmonitors", {"healthmonitor": {"pool_id": some("pool")}}),
            ("load-balancer", "POST", f"/lbaas/pools/{some('pool')}/members", {"member": {"address": "10.0.0.9"}}),
            (
                "load-balancer",
                "POST",
                "/lbaas/l7policies",
                {"l7policy": {"listener_id": some("listener"), "redirect_pool_id": some("pool")}},
            ),
        ]
        return self.dice.choice(options)

    def flavor(self) -> dict[str, str]:
        return {"imageRef": next(iter(self.world.tables["image"])), "flavorRef": next(iter(self.world.tables["flavor"]))}

    def change(self) -> Ask:
        some = self.some
        server = some("server")
        options: list[Ask] = [
            ("network", "PUT", f"/routers/{some('router')}/remove_router_interface", {"subnet_id": some("subnet")}),
            ("network", "PUT", f"/routers/{some('router')}", {"router": {"external_gateway_info": None}}),
            ("network", "PUT", f"/floatingips/{some('floatingip')}", {"floatingip": {"port_id": None}}),
            ("network", "PUT", f"/floatingips/{some('floatingip')}", {"floatingip": {"port_id": some("port")}}),
            ("network", "PUT", f"/ports/{some('port')}", {"port": {"name": "x", "security_groups": [some("security_group")]}}),
            ("network", "PUT", f"/ports/{some('port')}", {"port": {"device_owner": "", "device_id": ""}}),
            ("compute", "DELETE", f"/servers/{server}/os-volume_attachments/{some('volume')}", None),
            ("compute", "DELETE", f"/servers/{server}/os-interface/{some('port')}", None),
            ("compute", "POST", f"/servers/{server}/action", {"os-resetState": {"state": "active"}}),
            ("load-balancer", "PUT", f"/lbaas/loadbalancers/{some('loadbalancer')}", {"loadbalancer": {"name": "x"}}),
            ("load-balancer", "PUT", f"/lbaas/listeners/{some('listener')}", {"listener": {"default_pool_id": some("pool")}}),
        ]
        return self.dice.choice(options)


@pytest.mark.parametrize("seed", range(60))
def test_random_requests_leave_the_world_whole(seed: int) -> None:
    monkey = Monkey(seed)
    cluster(monkey.me, "base", 2, volumes=1)
    for number in range(250):
        monkey.step()
        if number % 25 == 0:
            assert broken(monkey.world) == [], (seed, number)
    monkey.world.settle()
    assert broken(monkey.world) == [], seed


def test_the_same_seed_makes_the_same_world() -> None:
    first, second = Monkey(7), Monkey(7)
    for monkey in (first, second):
        for _ in range(100):
            monkey.step()
    assert first.world.tables == second.world.tables


NONSENSE = (None, [], "x", {}, {"server": None}, {"port": {"network_id": 7}}, {"router": {"routes": None}}, {"volume": {"size": "much"}})


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_nonsense_is_answered(method: str, body: Any) -> None:
    me = Somebody(World())
    paths = (("network", "/ports"), ("network", f"/routers/{me.router()}"), ("compute", "/servers"), ("nothing", "/"), ("image", "/x/y/z"))
    for service, path in (*paths, ("block-storage", "/volumes"), ("load-balancer", "/lbaas/listeners"), ("image", "/images")):
        assert me.ask(service, method, path, body).status in (200, 201, 202, 204, 400, 404)
