"""tfclean's own cloud on the simulator's world, without HTTP, in virtual time and in one thread: the same seed gives the same story."""

from __future__ import annotations

import heapq
import itertools
import json
import math
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import Any, Protocol

from tfclean.cleanup.messages import Answered, Listed
from tfclean.cloud import Cloud
from tfclean.cloud.inventory import Scope
from tfclean.cloud.login import MICROVERSIONS
from tfclean.cloud.transport import Lost, Service, Transport
from tfclean.errors import CredentialsError
from tfclean.kinds.registry import KINDS
from tfclean.model import Gap, GapKind
from tfclean.simulator import Dropped, Request, Response, World
from tfclean.simulator.api import SERVICES
from tfclean.simulator.clock import VirtualClock

ABSENT = frozenset(kind.service for kind in KINDS.values()) - frozenset(SERVICES)


class Asked(Protocol):
    """A world, with faults or without."""

    def request(self, request: Request) -> Response: ...


class Crash(BaseException):
    """The process is killed."""


class Inline(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - as pools do
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        pass


class VirtualMachine(Executor):
    """The runner's clock and pool, on the world's clock.

    A task runs at the moment at which its request reaches the cloud; its answer arrives later, by which time other things have happened.
    """

    def __init__(self, world: World, seed: int = 0, latency: float = 0.1) -> None:
        assert isinstance(world.clock, VirtualClock)
        self.world = world
        self.latency = latency
        self.slept = 0.0
        self._dice = random.Random(seed)
        self._events: list[tuple[float, int, Callable[[], Any] | None, Any]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self.world.clock.now()

    def sleep(self, seconds: float) -> None:
        self.world.advance(seconds)

    def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
        while True:
            if self._events and self._events[0][0] <= until:
                at, _, task, message = heapq.heappop(self._events)
                self._move(at)
                if task is None:
                    return self._stamped(message)
                task()
                while not inbox.empty():
                    self._push(self.now() + self._leg(), None, inbox.get())
                continue
            assert until < math.inf, "the runner waits, and nothing will ever happen"
            self._move(until)
            return None

    def pool(self, workers: int) -> Executor:
        del workers
        self._events.clear()
        return self

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._push(self.now() + self._leg(), lambda: fn(*args, **kwargs), None)
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        pass

    def _leg(self) -> float:
        return self.latency * (0.25 + self._dice.random() / 2)

    def _push(self, at: float, task: Callable[[], Any] | None, message: Any) -> None:
        heapq.heappush(self._events, (at, next(self._count), task, message))

    def _move(self, at: float) -> None:
        if at > self.now():
            self.world.advance(at - self.now())

    def _stamped(self, message: Any) -> Any:
        return replace(message, time=self.now()) if isinstance(message, Answered | Listed) else message


@dataclass(frozen=True)
class Reply:
    """What of a `requests` answer the transport reads."""

    status_code: int
    body: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return self.status_code < 400

    @property
    def text(self) -> str:
        return self.body if isinstance(self.body, str) else json.dumps(self.body)

    def json(self) -> Any:
        return json.loads(self.body) if isinstance(self.body, str) else self.body


@dataclass
class Line:
    """One service at the other end of a line.

    Attributes:
        service: its type.
        asked: the world, with its faults.
        machine: whose time passes while answers are under way.
        before: called with each request that changes the world, before it is done; may raise `Crash`.
        after: the same, when it is done and not yet answered.
        sent: all requests so far.
    """

    service: str
    asked: Asked
    machine: VirtualMachine
    project: str
    user: str
    before: Callable[[Request], None]
    after: Callable[[Request], None]
    sent: list[Request] = field(default_factory=list)

    def request(self, path: str, method: str, **kwargs: Any) -> Reply:
        sent = Request(
            self.service,
            method,
            path,
            tuple(kwargs.get("params") or ()),
            kwargs.get("json"),
            self._headers(kwargs),
            self.project,
            self.user,
        )
        self.sent.append(sent)
        if method != "GET":
            self.before(sent)
        answer = self._answer(sent)
        if answer.status == 401:
            # keystoneauth asks for a new token and sends again, once.
            answer = self._answer(sent)
            if answer.status == 401:
                raise CredentialsError("the token could not be renewed")
        return Reply(answer.status, answer.body, answer.headers)

    def _answer(self, sent: Request) -> Response:
        try:
            answer = self.asked.request(sent)
        except Dropped as dropped:
            self._has_been_sent(sent)
            self.machine.sleep(dropped.seconds)
            raise Lost("the connection was closed without an answer") from None
        self._has_been_sent(sent)
        self.machine.sleep(answer.seconds)
        return answer

    def _has_been_sent(self, sent: Request) -> None:
        if sent.method != "GET":
            self.after(sent)

    def _headers(self, kwargs: Mapping[str, Any]) -> dict[str, str]:
        headers = dict(kwargs.get("headers") or {})
        version = kwargs.get("microversion")
        if version:
            name = "volume" if self.service == "block-storage" else self.service
            headers["OpenStack-API-Version"] = f"{name} {version}"
        return headers


def cloud(
    world: World,
    machine: VirtualMachine,
    *,
    asked: Asked | None = None,
    before: Callable[[Request], None] = lambda _: None,
    after: Callable[[Request], None] = lambda _: None,
    page: int = 1000,
) -> tuple[Cloud, list[Request]]:
    """Give the product's own cloud, connected to `world`, and the list of its requests as it grows.

    Args:
        world: where.
        machine: whose time it is.
        asked: the world with faults, if there are any.
        before: called before each request that changes the world.
        after: called after it, before its answer.
        page: rows per page of a list.
    """
    sent: list[Request] = []
    versions = {name: ".".join(map(str, version)) for name, version in MICROVERSIONS.items()}
    services = {
        name: Service(Line(name, asked or world, machine, world.project, world.user, before, after, sent), versions.get(name))
        for name in SERVICES
    }
    absent = {name: Gap(GapKind.NO_SERVICE, name, "the cloud's catalog does not have it") for name in ABSENT}
    transport = Transport(services, now=machine.now, sleep=machine.sleep)
    scope = Scope(world.project, world.user, "world", world.region, absent)
    return Cloud(transport, scope, page=page, pool=lambda _: Inline()), sent
