"""Runs from plan to proof, in virtual time, against the OpenStack in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from tests.cleanup.jobs import twin, whole_job
from tests.cleanup.machine import VirtualMachine
from tests.cleanup.world import Crash, World
from tfclean.cleanup.journal import Journal, read_events
from tfclean.cleanup.machine import RealMachine
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import resume
from tfclean.cleanup.runner import FRESH, run
from tfclean.errors import JournalError, Refused
from tfclean.model import Confidence, Event, Key, OutcomeKind, Plan, Result, Verdict


def plan_of(world: World, **options: object) -> Plan:
    return make_plan(world.judge(world.inventory()), options=Options(**options))  # type: ignore[arg-type]


def destroy(world: World, plan: Plan | None = None, **more: object) -> Result:
    return run(plan or plan_of(world), world, proof=world.judge, machine=world.machine, **more)  # type: ignore[arg-type]


def outcomes(result: Result) -> dict[Key, OutcomeKind]:
    return {o.target: o.outcome for o in result.outcomes}


def test_a_whole_job_goes_without_a_single_refused_call() -> None:
    world = World()
    whole_job(world)
    twin(world)
    result = destroy(world)
    assert world.left() == set()
    assert world.refused() == []
    assert (result.exit_code, result.proven, result.refusals) == (0, True, 0)
    assert set(outcomes(result).values()) == {OutcomeKind.DELETED}


def test_a_second_run_finds_nothing_to_do() -> None:
    world = World()
    whole_job(world)
    destroy(world)
    result = destroy(world)
    assert (result.exit_code, result.calls, result.outcomes) == (0, 0, ())


def test_a_port_from_outside_is_named_as_the_blocker_of_its_group_and_all_else_goes() -> None:
    world = World()
    ids = whole_job(world)
    net, sub = world.network("other", ours=False)
    stranger = world.port("stranger", net, sub, groups=(ids["workers"],), ours=False)
    began = world.machine.now()
    result = destroy(world)
    group = Key("network.security_group", ids["workers"])
    assert result.exit_code == 1
    kept = next(o for o in result.outcomes if o.target == group)
    assert stranger in kept.because
    assert [k.target for k in result.leftovers if k.target.kind != "network.security_group_rule"] == [group]
    assert world.refused() == []
    assert world.machine.now() - began < 20
    world.tables["network.port"].pop(stranger)
    assert destroy(world).exit_code == 0
    assert world.left() == set()


def test_a_stranger_that_appears_after_the_plan_is_named_and_nothing_of_it_is_touched() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    world.port("late", ids["net"], ids["sub"], ours=False)
    result = destroy(world, plan)
    ends = {o.target.kind: o for o in result.outcomes if o.outcome is not OutcomeKind.DELETED}
    assert {kind: o.outcome for kind, o in ends.items()} == {
        "network.subnet": OutcomeKind.BLOCKED,
        "network.network": OutcomeKind.SKIPPED,
        "network.router_interface": OutcomeKind.KEPT,
    }
    assert "plan again" in ends["network.subnet"].because
    assert (result.exit_code, result.refusals) == (1, 0)


def test_a_stranger_that_appears_during_the_run_is_found_through_the_refusal() -> None:
    world = World()
    ids = whole_job(world)
    world.after(1.0, lambda: world.port("late", ids["net"], ids["sub"], ours=False))
    result = destroy(world)
    subnet = next(o for o in result.outcomes if o.target.kind == "network.subnet")
    assert subnet.outcome is OutcomeKind.BLOCKED
    assert "late" in subnet.because
    network = next(o for o in result.outcomes if o.target.kind == "network.network")
    assert network.outcome is OutcomeKind.SKIPPED
    assert result.exit_code == 1


def test_a_router_interface_that_was_removed_for_nothing_is_put_back() -> None:
    world = World()
    ids = whole_job(world)
    world.after(1.0, lambda: world.port("late", ids["net"], ids["sub"], ours=False))
    result = destroy(world)
    assert [o.target.kind for o in result.undone] == ["network.router_interface"]
    legs = [r for r in world.look("network.router_interface").resources if r.attributes["device_id"] == ids["router"]]
    assert [ip["subnet_id"] for leg in legs for ip in leg.attributes["fixed_ips"]] == [ids["sub"]]


class Killed(Journal):
    """A journal whose process is killed after so many records."""

    limit = 0

    def _sync(self) -> None:
        """What a killed process has written is not lost; only a machine that goes down needs the disk."""

    def _append(self, record: object, *, durable: bool) -> None:
        if self.limit <= 0:
            raise Crash
        type(self).limit -= 1
        super()._append(record, durable=durable)  # type: ignore[arg-type]


def telling_records(tmp_path: Path) -> list[int]:
    """Give the numbers of the records of a whole run after which something is different (not so after a look)."""
    world = World()
    whole_job(world)
    twin(world)
    with Journal.create(tmp_path) as journal:
        destroy(world, journal=journal)
    return [n for n, e in enumerate(read_events(journal.path), start=2) if e.type in ("started", "intent", "answered", "gone", "proof")]


def test_a_run_killed_after_any_record_is_resumed_to_a_clean_end(tmp_path: Path) -> None:
    limits = telling_records(tmp_path / "whole")
    assert len(limits) > 40
    (tmp_path / "killed").mkdir()
    for limit in limits:
        world = World()
        whole_job(world)
        twin(world)
        Killed.limit = limit
        with Killed.create(tmp_path / "killed", name=f"{limit}.jsonl") as journal, pytest.raises(Crash):
            destroy(world, journal=journal)
        result = resume(journal.path, world, proof=world.judge, machine=world.machine)
        assert (limit, result.exit_code, world.left(), world.refused()) == (limit, 0, set(), [])


def test_a_run_killed_before_its_plan_is_on_disk_has_deleted_nothing(tmp_path: Path) -> None:
    world = World()
    whole_job(world)
    Killed.limit = 0
    with Killed.create(tmp_path, name="x") as journal, pytest.raises(Crash):
        destroy(world, journal=journal)
    assert world.requests == []
    with pytest.raises(JournalError):
        resume(journal.path, world, machine=world.machine)


def test_a_call_that_was_under_way_when_the_run_was_killed_is_neither_taken_for_done_nor_for_undone(tmp_path: Path) -> None:
    for fault in ("crash", "crash after"):
        for number in range(12):
            world = World(seed=number)
            whole_job(world)
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            name = f"{fault}-{number}.jsonl"
            with Journal.create(tmp_path, name=name) as journal, pytest.raises(Crash):
                destroy(world, journal=journal)
            world.fault = lambda *_: ""
            result = resume(tmp_path / name, world, proof=world.judge, machine=world.machine)
            assert (name, result.exit_code, world.left()) == (name, 0, set())


@pytest.mark.parametrize("fault", ["lost", "lost after", "429", "503", "500 after"])
def test_what_passes_by_itself_does_not_change_the_end(fault: str) -> None:
    world = World()
    whole_job(world)
    twin(world)
    world.fault = lambda _m, _p, n: fault if n % 3 == 0 else ""
    result = destroy(world)
    assert (result.exit_code, world.left(), result.refusals) == (0, set(), 0)


def test_a_changed_revision_means_look_again_and_is_no_refusal() -> None:
    world = World()
    ids = whole_job(world)
    bumped: list[str] = []

    def bump(_method: str, path: str, _number: int) -> str:
        if path == f"/networks/{ids['net']}" and not bumped:
            bumped.append(path)
            world.tables["network.network"][ids["net"]]["revision_number"] += 1
        return ""

    world.fault = bump
    result = destroy(world)
    assert (result.exit_code, result.refusals, len(bumped)) == (0, 0, 1)
    assert 412 in [status for _, _, status in world.requests]


def test_a_policy_refusal_is_final_and_names_the_permission() -> None:
    world = World()
    ids = whole_job(world)
    world.fault = lambda _m, p, _n: "403" if p == f"/networks/{ids['net']}" else ""
    result = destroy(world)
    network = next(o for o in result.outcomes if o.target.kind == "network.network")
    assert network.outcome is OutcomeKind.BLOCKED
    assert "delete_network" in network.because
    assert result.exit_code == 1


class Slow(World):
    """The same world for real threads and the real clock."""

    def __init__(self) -> None:
        super().__init__(RealMachine(), delay=0.02)  # type: ignore[arg-type]
        self.lock = threading.RLock()

    def perform(self, *given: Any) -> Any:
        with self.lock:
            return super().perform(*given)

    def look(self, kind: str) -> Any:
        with self.lock:
            return super().look(kind)


def test_with_real_threads_and_the_real_clock_it_is_the_same(tmp_path: Path) -> None:
    world = Slow()
    whole_job(world)
    twin(world)
    with Journal.create(tmp_path / "j") as journal:
        result = destroy(world, journal=journal, proof_pause=0.01)
    assert (result.exit_code, world.left(), result.refusals) == (0, set(), 0)
    intents = [e for e in read_events(journal.path) if e.type == "intent"]
    assert len(intents) == result.calls == len(world.requests)


class Flag:
    """Set after so many calls."""

    def __init__(self, world: World, calls: int) -> None:
        self.world, self.calls = world, calls

    def is_set(self) -> bool:
        return len(self.world.requests) >= self.calls


def test_two_looks_without_time_between_them_prove_nothing() -> None:
    world = World()
    whole_job(world)
    interrupt = threading.Event()
    looks: list[Event] = []

    class Machine(VirtualMachine):
        """Somebody presses Ctrl-C in the pause between the two looks."""

        def wait(self, inbox: SimpleQueue[Any], until: float) -> Any:
            if looks:
                interrupt.set()
            return super().wait(inbox, until)

    def told(event: Event) -> None:
        if event.type == "proof":
            looks.append(event)

    world.machine = Machine()
    result = destroy(world, interrupt=interrupt, on_event=told)
    assert (len(looks), result.proven, result.exit_code) == (1, False, 130)
    assert world.left() == set()


def test_an_interrupt_starts_nothing_new_and_resume_goes_on(tmp_path: Path) -> None:
    world = World()
    whole_job(world)
    with Journal.create(tmp_path) as journal:
        result = destroy(world, journal=journal, interrupt=Flag(world, 3))
    assert result.exit_code == 130
    assert f"tfclean resume {journal.path}" in result.message
    assert world.left()
    assert resume(journal.path, world, proof=world.judge, machine=world.machine).exit_code == 0
    assert world.left() == set()


def test_time_that_runs_out_ends_with_five() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["compute.server"][ids["server"]]["stuck"] = True
    result = destroy(world, timeout=30.0)
    assert result.exit_code == 5
    assert world.machine.now() < 1_760_000_000 + 60


def test_every_wait_has_an_end() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["compute.server"][ids["server"]]["stuck"] = True
    result = destroy(world)
    server = next(o for o in result.outcomes if o.target.kind == "compute.server")
    assert server.outcome is OutcomeKind.FAILED
    assert "still there after 300 s (ACTIVE)" in server.because
    assert result.exit_code == 1


def test_a_deletion_that_openstack_gave_up_ends_at_once() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["block_storage.volume"][ids["data"]]["fails"] = True
    result = destroy(world)
    volume = next(o for o in result.outcomes if o.target.id == ids["data"])
    assert (volume.outcome, "error_deleting" in volume.because) == (OutcomeKind.FAILED, True)
    assert result.seconds < 30


def test_ports_that_nova_made_and_left_behind_are_deleted_as_parts_of_their_server() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["network.port"][ids["nova"]]["outlives"] = True
    result = destroy(world)
    assert (result.exit_code, world.left(), world.refused()) == (0, set(), [])


def test_a_balancer_that_is_being_made_is_awaited() -> None:
    world = World()
    ids = whole_job(world)
    world.tables["load_balancer.load_balancer"][ids["lb"]]["provisioning_status"] = "PENDING_CREATE"
    world.after(10.0, lambda: world.tables["load_balancer.load_balancer"][ids["lb"]].update(provisioning_status="ACTIVE"))
    result = destroy(world)
    assert (result.exit_code, world.left(), world.refused()) == (0, set(), [])


def test_an_object_that_became_another_one_is_kept() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world)
    world.tables["network.security_group"][ids["masters"]]["name"] = "mine now"
    result = destroy(world, plan)
    group = next(o for o in result.outcomes if o.target.id == ids["masters"])
    assert (group.outcome, "renamed" in group.because) == (OutcomeKind.KEPT, True)
    assert result.exit_code == 1


def test_a_plan_for_another_project_is_refused() -> None:
    world = World()
    whole_job(world)
    plan = plan_of(world)
    world.project = "q" * 32
    with pytest.raises(Refused):
        destroy(world, plan)
    assert world.requests == []


def test_an_inventory_with_gaps_ends_with_three_and_deletes_nothing_that_could_be_held() -> None:
    world = World()
    ids = whole_job(world)
    world.broken = {"load_balancer.load_balancer"}
    result = destroy(world)
    assert result.exit_code == 3
    assert ids["net"] in world.tables["network.network"]
    assert ids["server"] not in world.tables["compute.server"]


def test_all_or_none_deletes_nothing_when_one_object_cannot_go() -> None:
    world = World()
    ids = whole_job(world)
    plan = plan_of(world, all_or_none=True)
    world.port("late", ids["net"], ids["sub"], ours=False)
    result = destroy(world, plan, options=Options(all_or_none=True))
    assert world.requests == []
    assert result.exit_code == 1


def test_nothing_is_listed_once_for_each_object() -> None:
    looks = []
    for servers in (5, 40):
        world = World()
        net, sub = world.network("job")
        for n in range(servers):
            world.server(f"n{n}", (world.port("", net, sub, implicit=True),))
        destroy(world)
        assert world.left() == set()
        looks.append(len(world.looks))
    assert looks[1] <= looks[0] + 2 * 35


def test_everything_that_happens_is_told_in_the_vocabulary_of_the_journal() -> None:
    world = World()
    whole_job(world)
    told: list[Event] = []
    destroy(world, on_event=told.append)
    types = [e.type for e in told]
    assert types[0] == "planned"
    assert types[-1] == "finished"
    assert {"started", "intent", "answered", "looked", "waiting", "gone", "proof"} <= set(types)
    assert types.count("intent") == types.count("answered")


def test_what_was_listed_a_moment_ago_is_not_listed_again_before_the_first_call() -> None:
    world = World()
    whole_job(world)
    seen = world.inventory()
    plan, before = make_plan(world.judge(seen)), len(world.looks)
    first: list[int] = []
    result = destroy(world, plan, seen=seen, on_event=lambda e: first.append(len(world.looks)) if e.type == "intent" else None)
    assert (result.exit_code, world.left()) == (0, set())
    assert first[0] == before


@pytest.mark.parametrize("age", [FRESH, -1.0])
def test_a_list_that_is_older_than_a_moment_or_of_another_clock_is_made_again(age: float) -> None:
    world = World()
    ids = whole_job(world)
    seen = world.inventory()
    plan = make_plan(world.judge(seen))
    world.machine.time += age
    world.tables["network.port"][ids["named"]]["name"] = "somebody else's now"
    world.tables["network.port"][ids["named"]]["device_id"] = ""
    before, first = len(world.looks), []
    result = destroy(world, plan, seen=seen, on_event=lambda e: first.append(len(world.looks)) if e.type == "intent" else None)
    assert first[0] > before
    assert outcomes(result)[Key("network.port", ids["named"])] is OutcomeKind.KEPT
    assert [r for r in world.requests if ids["named"] in r[1]] == []


def test_limits_are_asked_again_of_what_was_listed_a_moment_ago() -> None:
    world = World()
    whole_job(world)
    seen = world.inventory()
    with pytest.raises(Refused):
        destroy(world, make_plan(world.judge(seen)), seen=seen, options=Options(max_deletions=1))
    assert world.requests == []


def test_what_might_be_the_jobs_stays_a_leftover_when_what_told_so_is_gone() -> None:
    world = World()
    whole_job(world)
    net, sub = world.network("other", ours=False)
    perhaps = Key("network.port", world.port("perhaps", net, sub, ours=False))
    known = world.judge(world.inventory())
    guess = replace(known.findings[perhaps], verdict=Verdict.POSSIBLE, confidence=Confidence.POSSIBLE)
    plan = make_plan(replace(known, findings={**known.findings, perhaps: guess}), options=Options())
    result = destroy(world, plan)
    assert [kept.target for kept in result.leftovers] == [perhaps]
    assert (result.exit_code, result.proven) == (1, False)
