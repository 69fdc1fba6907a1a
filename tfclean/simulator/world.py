"""The world: requests in, responses out, and time that passes. Nothing here knows HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tfclean.simulator.api import SERVICES, Refused, Request, Response, Row
from tfclean.simulator.block_storage import BlockStorage
from tfclean.simulator.clock import Clock, VirtualClock
from tfclean.simulator.compute import Compute
from tfclean.simulator.image import Image
from tfclean.simulator.load_balancer import LoadBalancer
from tfclean.simulator.network import Network
from tfclean.simulator.network_kinds import NETWORK_KINDS
from tfclean.simulator.routing import Service
from tfclean.simulator.store import Actor, Change, Store


@dataclass(frozen=True)
class Pace:
    """How many seconds the services take for what they do behind the answer."""

    server_build: float = 8.0
    server_delete: float = 10.0
    volume: float = 2.0
    attach: float = 2.0
    balancer: float = 6.0
    balancer_port: float = 3.0
    balancer_update: float = 2.0
    image: float = 1.0


@dataclass(frozen=True)
class Fate:
    """How something that takes time will end, if not well and in its time.

    Attributes:
        factor: how many times its usual time it takes.
        stuck: it never ends.
        later: it does not end before this time.
        fails: it ends in an error.
    """

    factor: float = 1.0
    stuck: bool = False
    later: float = 0.0
    fails: bool = False


class World:
    """One OpenStack. Calls may come from any thread; each is carried out alone.

    Attributes:
        project: id of the project that the world starts with; `projects` has all, by name.
        user: id of the user that the world starts with; `users` has all, by name.
        projects: id → name. Whoever carries the requests may add.
        users: id → name.
        region: name of its only region.
        external: id of the network that leads outside.
        store: rows, events and the audit.
        pace: how long things take.
        fate: asked about each thing that takes time: (``create``, ``delete`` or ``update``, kind, id) → how it will end.
        lock: is held while a request is carried out; whoever needs several without another between them may take it.
        dhcp: whether subnets get serving ports.
        backups: whether a backup service runs; deleting a backup without one answers 404, and the backup stays.
    """

    def __init__(
        self, clock: Clock | None = None, *, seed: int = 0, pace: Pace | None = None, dhcp: bool = False, backups: bool = True
    ) -> None:
        self.clock: Clock = clock or VirtualClock()
        self.store = Store(self.clock, seed)
        self.pace = pace or Pace()
        self.region = "RegionOne"
        self.project, self.user = (self.store.uuid().replace("-", "") for _ in range(2))
        self.service_project = self.store.uuid().replace("-", "")
        self.projects = {self.project: "demo", self.service_project: "service"}
        self.users = {self.user: "demo"}
        self.dhcp = dhcp
        self.backups = backups
        self.fate: Callable[[str, str, str], Fate] = lambda *_: Fate()
        self.lock = threading.RLock()
        self._count = 0
        self.network = Network(self)
        self.compute = Compute(self)
        self.block_storage = BlockStorage(self)
        self.image = Image(self)
        self.load_balancer = LoadBalancer(self)
        self._ground()
        self._services: dict[str, Service] = dict(
            zip(SERVICES, (self.compute, self.network, self.block_storage, self.image, self.load_balancer), strict=True)
        )

    def _ground(self) -> None:
        """Lay out what is everybody's: an external network and a public image. It is no change that anybody made."""
        stamp, owner = self.store.stamp(), self.service_project
        common: Row = {"project_id": owner, "created_at": stamp, "updated_at": stamp, "revision_number": 1}
        plain = {
            k: {n: list(v) if isinstance(v, tuple) else v for n, v in NETWORK_KINDS[k].defaults.items()} for k in ("network", "subnet")
        }
        network = {
            **plain["network"],
            **common,
            "id": self.store.uuid(),
            "name": "public",
            "router:external": True,
            "is_default": False,
            "status": "ACTIVE",
        }
        network |= {
            "is_default": False,
            "availability_zones": [],
            "ipv4_address_scope": None,
            "ipv6_address_scope": None,
            "l2_adjacency": True,
        }
        subnet = {**plain["subnet"], **common, "id": self.store.uuid(), "name": "public", "network_id": network["id"], "enable_dhcp": False}
        subnet |= {"cidr": "10.100.0.0/16", "gateway_ip": "10.100.0.1"}
        self.store.add("network", network)
        self.store.add("subnet", {**subnet, "allocation_pools": [{"start": "10.100.0.2", "end": "10.100.255.254"}]})
        formats = {"container_format": "bare", "disk_format": "raw", "size": 1024, "virtual_size": 1024, "checksum": "0" * 32}
        self.image.make(owner, name="cirros", status="active", visibility="public", **formats)
        self.external = str(network["id"])
        self.audit.clear()

    def past(self, seconds: float) -> AbstractContextManager[None]:
        """Show the world as it was, to what is read meanwhile.

        Args:
            seconds: how long ago.
        """
        self.store.run_due()
        return self.store.past(seconds)

    def clear(self) -> None:
        """Empty the world, its ground included: for recordings, which bring their own."""
        for kind in self.store.tables:
            if kind not in ("flavor", "volume_type"):
                self.store.tables[kind].clear()
        self.audit.clear()

    @property
    def audit(self) -> list[Change]:
        """Every change so far, in order."""
        return self.store.audit

    @property
    def tables(self) -> Mapping[str, Mapping[str, Row]]:
        """Kind → key → row, as they are now; rows hold private fields too, whose names begin with an underscore."""
        return self.store.tables

    def request(self, request: Request) -> Response:
        """Carry out one call.

        Args:
            request: what is asked, and by whom.

        Returns:
            The answer that the real service gives; a call that makes no sense is answered with 400 or 404.
        """
        with self.lock:
            self._count += 1
            headers = {"x-openstack-request-id": f"req-{self.store.uuid()}"}
            if not self.store.in_past:
                self.store.run_due()
            outer, self.store.actor = self.store.actor, Actor(request.project, request.user, self._count)
            try:
                answer = self._answer(request)
            except Refused as no:
                answer = Response(no.status, no.body)
            finally:
                self.store.actor = outer
            return Response(answer.status, answer.body, {**headers, **answer.headers}, answer.seconds)

    def _answer(self, request: Request) -> Response:
        service = self._services.get(request.service)
        if service is None:
            raise Refused(404, {"message": f"no such service: {request.service}"})
        try:
            return service.handle(request)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Handlers read bodies as callers that know the schema send them; here ends who does not.
            raise service.malformed(f"Malformed request: {type(error).__name__}: {error}") from error

    def after(self, seconds: float, what: str, kind: str, id_: str, well: Callable[[], None], badly: Callable[[], None]) -> None:  # noqa: PLR0917  a thing, its time and both its ends
        """Let something take its time, and end as fate wants.

        Args:
            seconds: its usual time.
            what: ``create``, ``delete`` or ``update``.
            kind: of the object.
            id_: of the object; if it is gone by then, nothing happens.
            well: the good end.
            badly: the other one.
        """
        fate = self.fate(what, kind, id_)
        if fate.stuck:
            return
        row = self.store.get(kind, id_)
        began = row.get("_turn", 0) if row else 0

        def end() -> None:
            now = self.store.get(kind, id_)
            # A deletion overtakes whatever was under way before it.
            if now is not None and now.get("_turn", 0) == began:
                (badly if fate.fails else well)()

        self.store.later(max(seconds * fate.factor, fate.later - self.clock.now()), end)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass: everything that is due happens at its own time.

        Args:
            seconds: how long.
        """
        clock = self.clock
        assert isinstance(clock, VirtualClock), "real time passes by itself"
        with self.lock:
            end = clock.now() + seconds
            while (due := self.store.next_due()) is not None and due <= end:
                clock.advance(due - clock.now())
                self.store.run_due()
            clock.advance(end - clock.now())

    def settle(self, limit: float = 3600.0) -> None:
        """Let virtual time pass until nothing is under way any more.

        Args:
            limit: longest time that passes.
        """
        end = self.clock.now() + limit
        while (due := self.store.next_due()) is not None and due <= end:
            self.advance(max(0.0, due - self.clock.now()))
