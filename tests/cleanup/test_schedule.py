"""How long a run takes, and how much it asks: in virtual time, against a list schedule."""

from __future__ import annotations

import cProfile
from pathlib import Path

import pytest

from benchmarks.bound import Task, list_schedule
from benchmarks.virtual import Measured, destroy
from tests.cleanup.jobs import whole_job
from tests.cleanup.machine import START
from tests.cleanup.world import World
from tfclean.cleanup.engine import Engine
from tfclean.cleanup.messages import Answered, CallCommand, ListCommand, Listed, SleepUntil, Tick
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.pressure import Pressure
from tfclean.model import Answer, Event, Key


def key(name: str) -> Key:
    return Key("network.port", name)


def task(name: str, *needs: str, call: float = 1.0, going: float = 0.0, service: str = "network") -> Task:
    return Task(key(name), service, call, going, frozenset(key(n) for n in needs))


@pytest.mark.parametrize(
    ("work", "seconds"),
    [
        ([], 0.0),
        ([task("a", going=5)], 6.0),
        ([task("a"), task("b"), task("c")], 2.0),  # two slots
        ([task("a"), task("b"), task("c", service="compute")], 1.0),  # each service has its own
        ([task("a", going=9), task("b", going=9), task("c", going=9)], 11.0),  # what is going holds no slot
        ([task("a"), task("b"), task("c"), task("d", "c")], 2.0),  # the longest remaining path first
        ([task("a", going=3), task("w", "a", call=0), task("b", "w")], 5.0),  # a wait takes no slot
    ],
)
def test_the_bound_is_that_of_a_list_schedule(work: list[Task], seconds: float) -> None:
    assert list_schedule(work, lambda _: 2) == pytest.approx(seconds)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return destroy(tmp_path_factory.mktemp("large"), 100)


def test_a_large_job_goes_and_the_job_beside_it_stays(large: Measured) -> None:
    assert (large.result.exit_code, large.result.refusals) == (0, 0)
    assert (large.project.left, large.project.harmed) == ("nothing", "nothing")


def test_a_run_takes_hardly_longer_than_its_list_schedule(large: Measured) -> None:
    assert large.timing.ratio >= 1
    # When the last server was seen to be gone is a matter of when the lists of servers happen to be asked for.
    assert large.timing.apart <= 1.1
    assert large.timing.poll <= 2


def test_waiting_and_proving_take_less_than_one_and_a_half_requests_for_each_one_that_deletes(large: Measured) -> None:
    assert large.changing == len(large.plan.steps) > 300
    assert large.each <= 2.4


def test_a_service_never_has_more_calls_at_once_than_its_bound(large: Measured) -> None:
    assert large.most == {"compute": Pressure().bound, "network": Pressure().bound}


@pytest.mark.parametrize("nodes", [3, 30])
def test_a_run_is_as_close_to_its_schedule_whatever_its_size(nodes: int, tmp_path: Path) -> None:
    run = destroy(tmp_path, nodes)
    assert run.result.exit_code == 0
    # An interval of polling and a list before each call weigh more in a small job.
    assert run.timing.apart <= 1.1


def turns(folder: Path, nodes: int) -> int:
    """Count how often a step of the engine got a turn."""
    profile = cProfile.Profile()
    run = profile.runcall(destroy, folder, nodes)
    assert run.result.exit_code == 0
    entries = [e for e in profile.getstats() if not isinstance(e.code, str)]
    return sum(e.callcount for e in entries if e.code.co_qualname == "Engine._turn")


def test_the_work_of_the_engine_grows_with_the_plan_and_not_with_its_square(tmp_path: Path) -> None:
    small, large = turns(tmp_path / "small", 30), turns(tmp_path / "large", 120)
    assert small > 90
    assert large < 6 * small


def test_while_a_call_is_under_way_the_engine_asks_to_be_woken_for_the_others() -> None:
    world = World()
    whole_job(world)
    engine = Engine(make_plan(world.judge(world.inventory())), project=world.project)
    commands = engine.start(world.inventory(), START, START)
    server = next(c for c in commands if isinstance(c, CallCommand) and c.target.kind == "compute.server")
    # Its deletion is accepted; another call stays without an answer, so that nothing else would wake the engine.
    assert sum(isinstance(c, CallCommand) for c in commands) > 1
    commands = engine.handle(Answered(server.number, Answer(204), START + 1))
    wake = min(c.time for c in commands if isinstance(c, SleepUntil))
    assert wake > START + 1
    assert [c.kind for c in engine.handle(Tick(wake)) if isinstance(c, ListCommand)] == ["compute.server"]


def test_an_engine_that_waits_for_what_something_else_took_meanwhile_does_not_spin() -> None:
    world = World()
    net, sub = world.network("job")
    port = world.port("", net, sub, implicit=True)
    server = world.server("node", (port,))
    engine = Engine(make_plan(world.judge(world.inventory())), project=world.project)
    commands = engine.start(world.inventory(), START, START)
    call = next(c for c in commands if isinstance(c, CallCommand))
    assert call.target == Key("compute.server", server)
    engine.handle(Answered(call.number, Answer(204), START))
    del world.tables["compute.server"][server]
    world.tables["network.port"][port]["device_id"] = "somebody else's server"
    now, asked = START, 0
    while now < START + 60 and asked < 200:
        asked += 1
        commands = engine.handle(Tick(now))
        while kinds := [c.kind for c in commands if isinstance(c, ListCommand)]:
            commands = [out for kind in kinds for out in engine.handle(Listed(kind, world.look(kind).resources, "", now))]
        waits = [c.time for c in commands if isinstance(c, SleepUntil)]
        assert all(time > now for time in waits), "woken at once, for nothing"
        now = min(waits)
    assert asked < 200


def test_of_many_addresses_only_the_last_wait_for_the_end_of_their_servers(large: Measured) -> None:
    gone = [o.target.kind for o in large.result.outcomes]
    assert gone.count("network.floating_ip") == 100
    first = first_calls(large.events)
    ends = [e.time for e in large.events if e.type == "gone" and e.target and e.target.kind == "compute.server"]
    early = [k for k, time in first.items() if k.kind == "network.floating_ip" and time < min(ends)]
    assert len(early) == 100 - 2 * Pressure().bound
    by_address = {s.target: s.after for s in large.plan.steps if s.after}
    assert all(first[server] < first[address] for address, after in by_address.items() for server in after)


def first_calls(events: tuple[Event, ...]) -> dict[Key, object]:
    """Give when each object was first called."""
    out: dict[Key, object] = {}
    for event in events:
        if event.type == "intent" and event.target:
            out.setdefault(event.target, event.time)
    return out
