"""Somebody who makes objects by requests, as Terraform does, and remembers what was asked, when, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tfclean.simulator import Caller, World

TYPES = {
    "network": "openstack_networking_network_v2",
    "subnet": "openstack_networking_subnet_v2",
    "port": "openstack_networking_port_v2",
    "router": "openstack_networking_router_v2",
    "interface": "openstack_networking_router_interface_v2",
    "route": "openstack_networking_router_route_v2",
    "floatingip": "openstack_networking_floatingip_v2",
    "association": "openstack_networking_floatingip_associate_v2",
    "security_group": "openstack_networking_secgroup_v2",
    "security_group_rule": "openstack_networking_secgroup_rule_v2",
    "trunk": "openstack_networking_trunk_v2",
    "server": "openstack_compute_instance_v2",
    "server_group": "openstack_compute_servergroup_v2",
    "keypair": "openstack_compute_keypair_v2",
    "volume_attachment": "openstack_compute_volume_attach_v2",
    "volume": "openstack_blockstorage_volume_v3",
    "image": "openstack_images_image_v2",
    "loadbalancer": "openstack_lb_loadbalancer_v2",
    "listener": "openstack_lb_listener_v2",
    "pool": "openstack_lb_pool_v2",
    "member": "openstack_lb_member_v2",
    "healthmonitor": "openstack_lb_monitor_v2",
}
TIES = ("interface", "route", "association", "volume_attachment")
"""What has no row of its own under that name."""


@dataclass
class Create:
    """One create of a run.

    Attributes:
        type: Terraform's.
        address: Terraform's.
        id: as the state has it.
        attributes: what the configuration gave; never the id.
        start: seconds since the epoch.
        end: the same, when it was complete.
        ties: it made a tie and no object.
        failed: the service refused.
    """

    type: str
    address: str
    id: str
    attributes: dict[str, Any]
    start: float
    end: float = 0.0
    ties: bool = False
    failed: bool = False


@dataclass
class Builder:
    """A run of a job, or somebody who works by hand.

    Attributes:
        world: where.
        name: literal in all names.
        creates: in the order in which they began.
        budget: how many creates are done before the run is killed.
        asked: numbers of the requests that were made on its behalf: whatever the world makes because of them is its.
    """

    world: World
    name: str
    dice: random.Random
    budget: int = 1000
    creates: list[Create] = field(default_factory=list)

    @property
    def caller(self) -> Caller:
        return Caller(self.world)

    def killed(self) -> bool:
        return len(self.creates) >= self.budget

    def note(self, kind: str, id_: str, attributes: dict[str, Any], start: float, label: str = "") -> str:
        type_ = TYPES[kind]
        index = sum(c.type == type_ for c in self.creates)
        end = self.world.clock.now()
        self.creates.append(Create(type_, f"{type_}.{label or 'it'}[{index}]", id_, attributes, start, end, kind in TIES, not id_))
        return id_

    def make(self, kind: str, service: str, path: str, **fields: Any) -> str:
        """Create an object and give its id; the empty string if it is refused, or once the run is killed."""
        if self.killed():
            return ""
        start = self._pause()
        known = {k: v for k, v in fields.items() if isinstance(v, str | int | bool)}
        try:
            row = self.caller.make(service, path, kind, **fields)
        except ValueError:
            return self.note(kind, "", known, start)
        return self.note(kind, str(row.get("id") or row["name"]), known, start)

    def act(self, kind: str, id_: str, deed: Callable[[], Any], **attributes: Any) -> str:
        """Tie something, and note the tie under `id_`, or under the id that the deed gives."""
        if self.killed():
            return ""
        start = self._pause()
        try:
            given = deed()
        except ValueError:
            return self.note(kind, "", attributes, start)
        return self.note(kind, id_ or str(given), attributes, start)

    def _pause(self) -> float:
        """Let some time pass before, and during, a create."""
        self.world.advance(self.dice.choice((0.1, 0.5, 2.0)))
        return self.world.clock.now()

    def settle(self) -> None:
        """Wait, as Terraform does until what it has made is usable."""
        self.world.settle(120)
