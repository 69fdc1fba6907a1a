"""Two runs of one module in one project at one time, one of them killed: who made what, and what the killed one left in files.

The same random module runs twice, turn by turn, with another literal; some of its names hold that literal, some only a prefix that
both share, some are the same in every run, and some objects have none.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from tests.worlds import topology
from tests.worlds.builder import Builder, Create
from tests.worlds.oracle import made_by
from tfclean.simulator import Caller, Pace, World
from tfclean.simulator.clock import VirtualClock

JOB, TWIN, PREFIX = "48151", "62342", "kube"
NET = "network"
NAMED = ("network", "subnet", "port", "router", "security_group", "server", "server_group", "keypair", "volume", "loadbalancer", "listener",
         "pool", "trunk")  # fmt: skip
"""What the module gives names to."""


class Turns:
    """Lets several runs go on at one time: whoever pauses lets the others go on, by the dice. One thread runs at any moment."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._batons: dict[int, threading.Event] = {}
        self._errors: list[BaseException] = []
        self._done = threading.Event()

    def play(self, runs: Mapping[int, Callable[[], object]]) -> None:
        """Play `runs` to their ends."""
        self._batons = {number: threading.Event() for number in runs}
        threads = [threading.Thread(target=self._one, args=item) for item in runs.items()]
        for thread in threads:
            thread.start()
        self._next()
        self._done.wait()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def over(self, number: int) -> None:
        """Let somebody go on; returns when it is this one's turn again."""
        self._batons[number].clear()
        self._next()
        self._batons[number].wait()

    def _one(self, number: int, run: Callable[[], object]) -> None:
        self._batons[number].wait()
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - is raised again by whoever plays
            self._errors.append(error)
        finally:
            del self._batons[number]
            self._next()

    def _next(self) -> None:
        if self._batons:
            self._batons[self._dice.choice(sorted(self._batons))].set()
        else:
            self._done.set()


@dataclass
class Run(Builder):
    """One run of the module.

    Attributes:
        turns: who else is running.
        number: in `turns`.
        styles: kind → how the module names objects of it: ``own``, ``prefix`` or ``fixed``.
        prefix: what the names of all runs begin with; may be empty.
        unlanded: the last create before the kill never reaches the cloud.
        spans: numbers of the requests that were made on its behalf.
    """

    turns: Turns = field(default_factory=lambda: Turns(random.Random(0)))
    number: int = 0
    styles: dict[str, str] = field(default_factory=dict)
    prefix: str = ""
    unlanded: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)
    _since: int = 0

    def begin(self, module: Callable[[Run], object]) -> None:
        self._since = self.world._count
        module(self)
        self.spans.append((self._since, self.world._count))

    def make(self, kind: str, service: str, path: str, **fields: Any) -> str:
        if "name" in fields:
            fields["name"] = self.named(kind, fields["name"])
        if self.unlanded and len(self.creates) == self.budget - 1:
            known = {k: v for k, v in fields.items() if isinstance(v, str | int | bool)}
            self.note(kind, "", known, self._pause())
            self.creates[-1].failed = False
            return ""
        return super().make(kind, service, path, **fields)

    def named(self, kind: str, name: str) -> str:
        rest = name.removeprefix(f"{self.name}-")
        style = self.styles.get(kind, "own")
        parts = {"own": (self.prefix, self.name), "prefix": (self.prefix,), "fixed": ()}[style] if rest != name else ()
        return "-".join((*filter(None, parts), rest))

    def _pause(self) -> float:
        self.spans.append((self._since, self.world._count))
        self.turns.over(self.number)
        self._since = self.world._count
        return super()._pause()

    def made(self) -> frozenset[str]:
        """Give the keys of all that the world made because of this run."""
        return frozenset().union(*(made_by(self.world, *span) for span in self.spans))


def flat(b: Run, network: str, subnet: str) -> None:
    """Make a job on a network that all jobs share: nothing contains its objects."""
    dice, world = b.dice, b.world
    groups = [b.make("security_group", NET, "/security-groups", name=f"{b.name}-group-{n}") for n in range(dice.choice((1, 2)))]
    for group in filter(None, groups):
        b.make("security_group_rule", NET, "/security-group-rules", security_group_id=group, direction="ingress", protocol="tcp")
    if dice.random() < 0.5:
        b.make("server_group", "compute", "/os-server-groups", name=f"{b.name}-masters", policies=["anti-affinity"])
    image = next(i for i, row in world.tables["image"].items() if row.get("visibility") == "public")
    for n in range(dice.choice((1, 2, 3))):
        port = b.make("port", NET, "/ports", name=f"{b.name}-port-{n}", network_id=network, security_groups=[g for g in groups if g])
        if port and dice.random() < 0.7:
            fields = {"imageRef": image, "flavorRef": next(iter(world.tables["flavor"])), "networks": [{"port": port}]}
            b.make("server", "compute", "/servers", name=f"{b.name}-node-{n}", **fields)
        if dice.random() < 0.5:
            where = {"floating_network_id": world.external}
            b.make("floatingip", NET, "/floatingips", **(where | ({"port_id": port} if port and dice.random() < 0.5 else {})))
    for n in range(dice.choice((0, 1, 2))):
        b.make("volume", "block-storage", "/volumes", name=f"{b.name}-data-{n}", size=1)
    if dice.random() < 0.4:
        lb = b.make("loadbalancer", "load-balancer", "/lbaas/loadbalancers", name=f"{b.name}-lb", vip_subnet_id=subnet)
        if lb:
            b.settle()
            rest = {"protocol": "TCP", "loadbalancer_id": lb}
            b.make("listener", "load-balancer", "/lbaas/listeners", name=f"{b.name}-listener", protocol_port=80, **rest)
            b.settle()
            b.make("pool", "load-balancer", "/lbaas/pools", name=f"{b.name}-pool", lb_algorithm="ROUND_ROBIN", **rest)


@dataclass
class Project:
    """A project in which a run of a random module is killed.

    Attributes:
        seed: everything follows from it.
        alone: no twin runs beside the job.
    """

    seed: int
    alone: bool = False

    def __post_init__(self) -> None:
        self.dice = dice = random.Random(self.seed)
        self._pace = Pace(server_build=dice.choice((1.0, 8.0, 40.0)), volume=dice.choice((0.5, 2.0)), balancer=dice.choice((2.0, 6.0)))
        self._dhcp = dice.random() < 0.5
        self._flat = dice.random() < 0.4
        self._module = dice.random()
        prefix = dice.choice(("", PREFIX))
        ways = ("own", "own", "own", "prefix", "fixed") if prefix else ("own", "own", "fixed")
        self._styles = {kind: dice.choice(ways) for kind in NAMED}
        self._prefix = prefix
        self.variables = {"job": JOB} | ({"prefix": prefix} if prefix else {})
        rehearsal = self._run(self._ground(), Turns(random.Random(0)), 0, JOB)
        rehearsal.turns.play({0: lambda: rehearsal.begin(self._play)})
        self._whole = rehearsal.creates
        self.world = self._ground()
        turns = Turns(dice)
        self.job = self._run(self.world, turns, 0, JOB)
        self.twin = None if self.alone else self._run(self.world, turns, 1, TWIN)
        self.job.budget = dice.randint(1, len(self._whole))
        self.job.unlanded = dice.random() < 0.3

    def play(self) -> None:
        """Let the runs go on: the one until it is killed, the other to its end."""
        runs = [run for run in (self.job, self.twin) if run]
        self.job.turns.play({run.number: partial(run.begin, self._play) for run in runs})
        if self.dice.random() < 0.8:
            self.world.settle(600)
        owners = {id_: "job" for key in self.job.made() for id_ in (key, key.rpartition("/")[2])}
        self._owners = owners | {id_: "twin" for key in (self.twin.made() if self.twin else ()) for id_ in (key, key.rpartition("/")[2])}

    def owner(self, id_: str) -> str:
        """Tell who made an object: ``job``, ``twin``, or nobody of both."""
        return self._owners.get(id_, "")

    def planned(self) -> list[Create]:
        """Give all creates of the job's plan: those that it came to, and those that it would have come to."""
        came = {c.address for c in self.job.creates}
        made = [*self.job.creates, *(c for c in self._whole if c.address not in came)]
        # The id of a keypair is its name, which a plan knows.
        ids = {c.id for c in (*self.job.creates, *self._whole) if c.id != c.attributes.get("name")}
        return [replace(c, id="", attributes={k: v for k, v in c.attributes.items() if v not in ids}) for c in made]

    def _ground(self) -> World:
        world = World(VirtualClock(), seed=self.seed, dhcp=self._dhcp, pace=self._pace)
        me = Caller(world)
        self._router = me.make(NET, "/routers", "router", name="shared", external_gateway_info={"network_id": world.external})["id"]
        self._network = me.make(NET, "/networks", "network", name="common")["id"]
        fields = {"name": "common", "network_id": self._network, "cidr": "10.6.0.0/16", "ip_version": 4}
        self._subnet = me.make(NET, "/subnets", "subnet", **fields)["id"]
        world.advance(3600)
        return world

    def _run(self, world: World, turns: Turns, number: int, name: str) -> Run:
        dice = random.Random(self._module)
        return Run(world, name, dice, turns=turns, number=number, styles=self._styles, prefix=self._prefix)

    def _play(self, b: Run) -> None:
        if self._flat:
            flat(b, self._network, self._subnet)
        else:
            topology.job(b, self._router, 7 + b.number)
