"""What Kubespray's cleanup script does, as a sequence of calls, in our own words.

It takes what is older than some hours, kind by kind, stops at the first error that it did not foresee, and foresees two.
Source: kubespray, ``scripts/openstack-cleanup/main.py`` (https://github.com/kubernetes-sigs/kubespray).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from openstack.connection import Connection
from openstack.exceptions import ConflictException, SDKException

from tests.defects.making import announced


def script(cloud: Connection, hours: float = 4) -> None:
    """Run it.

    Raises:
        SDKException: the first error that it does not foresee; nothing that comes later is done.
    """
    with announced():
        _Script(cloud, datetime.now(UTC) - timedelta(hours=hours)).run()


class _Script:
    def __init__(self, cloud: Connection, limit: datetime) -> None:
        self.cloud, self.net, self.limit = cloud, cloud.network, limit

    def run(self) -> None:
        self.each(self.cloud.compute.servers(), self.cloud.compute.delete_server)
        try:
            self.ports()
        except ConflictException:
            self.untie_subnets()
            self.each(self.net.ips(), self.net.delete_ip)
            self.ports()
        try:
            self.groups()
        except ConflictException:
            self.ports()
            self.groups()
        self.each(self.net.subnets(), self.net.delete_subnet)
        self.each((n for n in self.net.networks() if not n.is_router_external), self.net.delete_network)
        self.each((self.cloud.compute.get_keypair(k.name) for k in self.cloud.compute.keypairs()), self.cloud.compute.delete_keypair)

    def ports(self) -> None:
        self.each(self.net.ports(), self.net.delete_port)

    def groups(self) -> None:
        self.each(self.net.security_groups(), self.net.delete_security_group)

    def untie_subnets(self) -> None:
        """Delete each subnet, or else take it off whatever router will let it go."""
        for subnet in self.net.subnets():
            try:
                self.each([subnet], self.net.delete_subnet)
            except ConflictException:
                for router in self.net.routers():
                    try:
                        self.net.remove_interface_from_router(router, subnet_id=subnet.id)
                    except SDKException:
                        continue

    def each(self, found: Iterable[Any], delete: Callable[[str], Any]) -> None:
        """Delete what is old, at once and without waiting."""
        for thing in found:
            made = datetime.fromisoformat(thing.created_at)
            if thing.name != "default" and (made if made.tzinfo else made.replace(tzinfo=UTC)) < self.limit:
                delete(thing.id)
