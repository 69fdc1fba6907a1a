"""The world: requests in, responses out, and time that passes. Nothing here knows HTTP."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.clock import Clock, VirtualClock
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


class World:
    """One OpenStack. Calls may come from any thread; each is carried out alone.

    Attributes:
        project: id of the project that the world starts with; `projects` has all, by name.
        user: id of the user that the world starts with; `users` has all, by name.
        projects: id → name. Whoever carries the requests may add.
        users: id → name.
        region: name of its only region.
        store: rows, events and the audit.
        pace: how long things take.
    """

    def __init__(self, clock: Clock | None = None, *, seed: int = 0, pace: Pace | None = None) -> None:
        self.clock: Clock = clock or VirtualClock()
        self.store = Store(self.clock, seed)
        self.pace = pace or Pace()
        self.region = "RegionOne"
        self.project, self.user = (self.store.uuid().replace("-", "") for _ in range(2))
        self.service_project = self.store.uuid().replace("-", "")
        self.projects = {self.project: "demo", self.service_project: "service"}
        self.users = {self.user: "demo"}
        self._lock = threading.RLock()
        self._count = 0

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
            The answer that the real service gives; a call that makes no sense is answered too, and never raises.
        """
        with self._lock:
            self._count += 1
            headers = {"x-openstack-request-id": f"req-{self.store.uuid()}"}
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
        raise Refused(404, {"message": f"no such service: {request.service}"})

    def advance(self, seconds: float) -> None:
        """Let virtual time pass: everything that is due happens at its own time.

        Args:
            seconds: how long.
        """
        clock = self.clock
        assert isinstance(clock, VirtualClock), "real time passes by itself"
        with self._lock:
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
