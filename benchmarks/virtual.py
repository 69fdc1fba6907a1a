"""A destroy in virtual time: the product's own engine, shell and cloud against the simulator, exact to the last request, and without noise.

Only clock and threads are others: each call and each list takes the same latency, as many are under way at once as the pool has workers,
and nobody sleeps. What the program itself needs to think takes no time here: its CPU time is told apart.
"""

from __future__ import annotations

import heapq
import itertools
import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.bound import list_schedule, tasks
from benchmarks.worlds import Project, paced, project, write_state
from tests.simulator.wire.making import tfcleans
from tfclean.cleanup.messages import CallCommand
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.pressure import Pressure
from tfclean.cleanup.runner import run
from tfclean.kinds.registry import KINDS
from tfclean.model import Event, Plan, Result, Step
from tfclean.simulator.wire import Wire
from tfclean.simulator.world import World
from tfclean.verbs.asking import basis

LIMITS = Options(max_deletions=None)
SERVERS, LISTS = "compute.server", "lists"


@dataclass
class Flight:
    """How many requests are under way, by what is counted, and how many ever were.

    Attributes:
        now: under way.
        most: ever under way at once.
    """

    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    def enter(self, what: str) -> None:
        self.now[what] += 1
        self.most[what] = max(self.most[what], self.now[what])

    def leave(self, what: str) -> None:
        self.now[what] -= 1


class Hurried(Executor):
    """Clock and pool of the runner over a world in virtual time. What a request does, it does at its end.

    Args:
        world: its clock is the only one.
        latency: seconds of each request; a list that has to ask for each object takes twice that.
    """

    def __init__(self, world: World, latency: float) -> None:
        self._world = world
        self._latency = latency
        self._workers = 0
        self._busy: list[tuple[float, int, str, Callable[[], Any]]] = []
        self._line: deque[tuple[str, float, Callable[[], Any]]] = deque()
        self._count = itertools.count()
        self.flight = Flight()

    def now(self) -> float:
        return self._world.clock.now()

    def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
        while inbox.empty():
            at = self._busy[0][0] if self._busy else math.inf
            assert min(at, until) < math.inf, "the runner waits, and nothing will ever happen"
            self._world.advance(min(at, until) - self.now())
            if at > until:
                return None
            _, _, what, task = heapq.heappop(self._busy)
            self.flight.leave(what)
            task()
            self._begin()
        return inbox.get()

    def pool(self, workers: int) -> Executor:
        self._workers = workers
        return self

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        asked = args[0]
        called = isinstance(asked, CallCommand)
        kind = KINDS[asked.target.kind if isinstance(asked, CallCommand) else asked]
        deep = not called and (kind.listing.detail or kind.listing.per)
        self._line.append((kind.service if called else LISTS, self._latency * (2 if deep else 1), lambda: fn(*args, **kwargs)))
        self._begin()
        return Future()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait
        if cancel_futures:
            self._line.clear()
            self._busy.clear()

    def _begin(self) -> None:
        while self._line and len(self._busy) < self._workers:
            what, lasts, task = self._line.popleft()
            self.flight.enter(what)
            heapq.heappush(self._busy, (self.now() + lasts, next(self._count), what, task))


@dataclass(frozen=True)
class Timing:
    """When a run did what.

    Attributes:
        began: when the plan was compared with what is live, in seconds since the epoch.
        wall: seconds from then to the first look of the proof.
        bound: seconds of the list schedule at the runner's own concurrency.
        poll: the longest pause between two lists of servers.
        lists: lists meanwhile, by kind.
    """

    began: float
    wall: float
    bound: float
    poll: float
    lists: Mapping[str, int]

    @classmethod
    def of(cls, plan: Plan, events: Iterable[Event], latency: float, server: float) -> Timing:
        """Read them off a run's events.

        Args:
            plan: what was to be done.
            events: all of the run.
            latency: seconds of a request.
            server: seconds that a server takes to go.
        """

        def going(step: Step) -> float:
            return server if step.target.kind == SERVERS else 0.0

        looks: dict[str, list[float]] = defaultdict(list)
        first: dict[str, float] = {}
        for event in events:
            first.setdefault(event.type, event.time.timestamp())
            if event.type == "looked":
                looks[str(event.data["kind"])].append(event.time.timestamp())
        return cls(
            began=first["started"],
            wall=first["proof"] - first["started"],
            bound=list_schedule(tasks(plan, latency, going), lambda _: Pressure().bound),
            poll=max((b - a for a, b in itertools.pairwise(looks[SERVERS])), default=0.0),
            lists={kind: len(times) for kind, times in looks.items()},
        )

    @property
    def ratio(self) -> float:
        """Wall time against the bound."""
        return self.wall / self.bound

    @property
    def apart(self) -> float:
        """The same, one interval of polling apart."""
        return (self.wall - self.poll) / self.bound


@dataclass(frozen=True)
class Measured:
    """A destroy.

    Attributes:
        project: afterwards.
        plan: what was to be done.
        result: how it ended.
        timing: when.
        calls: all requests, the login and the proof among them.
        changing: those that change something.
        most: changing calls at once, by service.
        events: all that happened, in order; intents stand where their calls were made.
        cpu: seconds that the run took of the processor, the simulator included.
    """

    project: Project
    plan: Plan
    result: Result
    timing: Timing
    calls: int
    changing: int
    most: Mapping[str, int]
    events: tuple[Event, ...]
    cpu: float

    @property
    def each(self) -> float:
        """Requests per object."""
        return self.calls / len(self.plan.steps)


def destroy(folder: Path, nodes: int, *, latency: float = 0.1, server: float = 15.0, volumes: int = 0, balancer: bool = False) -> Measured:
    """Destroy a job of that many nodes.

    Args:
        folder: for the job's state.
        nodes: servers, each with a port and a floating IP.
        latency: seconds of a request.
        server: seconds that a server takes to go.
        volumes: how many servers have a volume.
        balancer: whether there is a load balancer.
    """
    made = project(time.time() - 7200, nodes, pace=paced(server), volumes=volumes, balancer=balancer)
    wire = Wire(made.world)
    cloud = tfcleans(wire)
    evidence = basis(write_state(made, folder), {})
    # The inventory's own time is the real one. Whole seconds, so that rounding does not date it later than its run.
    seen = replace(cloud.inventory(), taken_at=datetime.fromtimestamp(int(made.world.clock.now()), UTC))
    plan = make_plan(evidence.judge(seen), options=LIMITS)
    events: list[Event] = []
    machine = Hurried(made.world, latency)
    began = time.process_time()
    result = run(plan, cloud, options=LIMITS, machine=machine, proof=evidence.judge, on_event=events.append, seen=seen)
    cpu = time.process_time() - began
    return Measured(
        made,
        plan,
        result,
        Timing.of(plan, events, latency, server),
        calls=len(wire.exchanges),
        changing=sum(e.method not in ("GET", "HEAD") for e in wire.exchanges if e.service != "identity"),
        most={k: n for k, n in machine.flight.most.items() if k != LISTS},
        events=tuple(events),
        cpu=cpu,
    )
