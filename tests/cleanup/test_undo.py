"""Going back: `resume --undo`, and undos within a run. What was untied is tied again, once, as an equivalent, if both ends are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cleanup.jobs import whole_job
from tests.cleanup.world import Crash, World
from tfclean.cleanup.equivalents import ends, kinds_needed
from tfclean.cleanup.identity import call_fields, identity
from tfclean.cleanup.journal import Journal, read_events
from tfclean.cleanup.plan import digest, make_plan
from tfclean.cleanup.resume import resume, undo
from tfclean.cleanup.runner import run
from tfclean.errors import JournalError, Refused
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Confidence, Event, Key, OutcomeKind, Plan, Result, Step

DETACHING = ("/remove_router_interface", "/remove_extraroutes", "/os-volume_attachments/")


def job_with_ties(world: World) -> dict[str, str]:
    """A job on a router of somebody else's: a leg, a route behind it, and a volume on a server that is kept."""
    ids = whole_job(world)
    kept = world.server("kept", (), ours=False)
    spare = world.add("block_storage.volume", name="spare", size=1, ours=False)
    world.attach(kept, spare, ours=False)
    world.job.add(Key("compute.volume_attachment", f"{kept}/{spare}"))
    row = {"destination": "10.9.0.0/24", "nexthop": "10.2.0.9"}
    world.tables["network.router"][ids["router"]]["routes"] = [row]
    world.job.add(Key("network.router_route", f"{ids['router']}-route-{row['destination']}-{row['nexthop']}"))
    return {**ids, "kept": kept, "spare": spare}


def stopped_before(world: World, folder: Path, path: str) -> Path:
    """Run a destroy that is killed right before the first request to `path`; gives its journal."""
    world.fault = lambda _m, p, _n: "crash" if p.endswith(path) else ""
    plan = make_plan(world.judge(world.inventory()))
    with Journal.create(folder) as journal, pytest.raises(Crash):
        run(plan, world, machine=world.machine, journal=journal)
    world.fault = lambda *_: ""
    world.requests.clear()
    return journal.path


def untied(world: World, folder: Path) -> tuple[dict[str, str], Path]:
    """A job that was killed when everything was untied and the subnet was still there."""
    ids = job_with_ties(world)
    sub = ids["sub"]
    return ids, stopped_before(world, folder, f"/subnets/{sub}")


def back(world: World, path: Path, **more: object) -> Result:
    return undo(path, world, machine=world.machine, **more)  # type: ignore[arg-type]


def legs(world: World, router: str) -> list[str]:
    found = [r for r in world.look("network.router_interface").resources if r.attributes["device_id"] == router]
    return [ip["subnet_id"] for leg in found for ip in leg.attributes["fixed_ips"]]


def test_what_was_untied_is_tied_again_in_reverse_order_and_nothing_else_is_called(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    assert legs(world, ids["router"]) == []
    before = [e.target for e in read_events(path) if e.type == "intent" and any(d in e.data["path"] for d in DETACHING)]
    result = back(world, path)
    assert (result.exit_code, result.outcomes) == (0, ())
    assert [o.outcome for o in result.undone] == [OutcomeKind.DELETED] * len(before)
    assert [o.target for o in result.undone] == before[::-1]
    assert legs(world, ids["router"]) == [ids["sub"]]
    assert world.tables["network.router"][ids["router"]]["routes"]
    assert world.tables["block_storage.volume"][ids["spare"]]["attachments"]
    assert len(world.requests) == len(before) == result.calls
    assert "3 of 3" in result.message


def test_going_back_twice_does_it_once(tmp_path: Path) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    back(world, path)
    world.requests.clear()
    result = back(world, path)
    assert (result.exit_code, result.undone, world.requests) == (0, (), [])
    assert "nothing to take back" in result.message


def test_going_back_is_killed_at_any_call_and_repeated_without_tying_anything_twice(tmp_path: Path) -> None:
    for fault in ("crash", "crash after"):
        for number in range(3):
            world = World()
            ids, path = untied(world, tmp_path / f"{fault}{number}")
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            with pytest.raises(Crash):
                back(world, path)
            world.fault = lambda *_: ""
            result = back(world, path)
            assert result.exit_code == 0
            assert legs(world, ids["router"]) == [ids["sub"]]
            assert len(world.tables["network.router"][ids["router"]]["routes"]) == 1
            assert len(world.tables["block_storage.volume"][ids["spare"]]["attachments"]) == 1


@pytest.mark.parametrize("fault", ["lost", "lost after", "503", "500 after", "429"])
def test_what_passes_by_itself_does_not_keep_anything_from_being_taken_back(tmp_path: Path, fault: str) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    seen: set[str] = set()

    def once(_method: str, where: str, _number: int) -> str:
        first = where not in seen
        seen.add(where)
        return fault if first else ""

    world.fault = once
    result = back(world, path)
    assert (result.exit_code, legs(world, ids["router"])) == (0, [ids["sub"]])
    assert len(world.tables["network.router"][ids["router"]]["routes"]) == 1


def test_a_refused_undo_is_no_success_though_an_earlier_answer_was_lost(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    seen: list[str] = []

    def lost_then_refused(_method: str, where: str, _number: int) -> str:
        if not where.endswith("add_router_interface"):
            return ""
        seen.append(where)
        return "lost" if len(seen) == 1 else "400"

    world.fault = lost_then_refused
    result = back(world, path)
    assert result.exit_code == 1
    leg = next(o for o in result.undone if o.target.id == ids["leg"])
    assert (leg.outcome, "400" in leg.because) == (OutcomeKind.FAILED, True)


def test_what_lost_one_of_its_ends_is_named_and_left_untied(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    del world.tables["compute.server"][ids["kept"]]
    del world.tables["network.subnet"][ids["sub"]]
    result = back(world, path)
    assert result.exit_code == 1
    told = {o.target.kind: (o.outcome, o.because) for o in result.undone}
    assert told["compute.volume_attachment"] == (OutcomeKind.SKIPPED, f"it cannot be tied again: server {ids['kept']} is gone")
    assert told["network.router_interface"] == (OutcomeKind.SKIPPED, f"it cannot be tied again: subnet job ({ids['sub']}) is gone")
    assert told["network.router_route"][0] is OutcomeKind.DELETED
    assert not any("remove" in p or m == "DELETE" for m, p, _ in world.requests)


def test_what_somebody_tied_again_is_not_tied_twice(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    world.interface(ids["router"], ids["net"], ids["sub"], ours=False)
    result = back(world, path)
    assert result.exit_code == 0
    leg = next(o for o in result.undone if o.target.id == ids["leg"])
    assert leg.outcome is OutcomeKind.ALREADY_GONE
    assert legs(world, ids["router"]) == [ids["sub"]]


def test_what_is_tied_to_something_else_now_is_left_to_that(tmp_path: Path) -> None:
    world = World()
    net, sub = world.network("job")
    router = world.add("network.router", name="shared", ours=False)
    world.interface(router, net, sub)
    port = world.port("kept", net, sub, ours=False)
    more = {"floating_ip_address": "203.0.113.7", "port_id": port, "router_id": router, "fixed_ip_address": "10.0.0.3"}
    ip = world.add("network.floating_ip", **more)
    tie = world.look("network.floating_ip_association").resources[0]
    fields = call_fields(KINDS[tie.kind], tie)
    step = Step(Action.DETACH, tie.key, tie.name, "", Confidence.CERTAIN, identity(tie), attributes=fields)
    plan = Plan((step,), project=world.project)
    with Journal.create(tmp_path) as journal:
        run(replace(plan, digest=digest(plan)), world, machine=world.machine, journal=journal)
    row = world.tables["network.floating_ip"][ip]
    assert row["port_id"] is None
    row.update(port_id=world.port("other", net, sub, ours=False), router_id=router, fixed_ip_address="10.0.0.4")
    told = back(world, journal.path)
    assert [(o.outcome, o.because) for o in told.undone] == [(OutcomeKind.SKIPPED, "it is tied to something else now")]
    assert row["fixed_ip_address"] == "10.0.0.4"
    row.update(port_id=None, fixed_ip_address=None)
    assert back(world, journal.path).exit_code == 0
    assert (row["port_id"], row["fixed_ip_address"]) == (port, "10.0.0.3")


def test_a_preparation_is_taken_back_unless_its_object_is_gone(tmp_path: Path) -> None:
    world = World()
    ids = whole_job(world)
    path = stopped_before(world, tmp_path / "a", f"/trunks/{ids['trunk']}")
    assert not world.tables["network.trunk"][ids["trunk"]]["admin_state_up"], "it was killed before its first call to the trunk"
    world = World()
    ids = whole_job(world)
    world.fault = lambda m, p, _n: "crash" if (m, p) == ("DELETE", f"/trunks/{ids['trunk']}") else ""
    with Journal.create(tmp_path / "b") as journal, pytest.raises(Crash):
        run(make_plan(world.judge(world.inventory())), world, machine=world.machine, journal=journal)
    world.fault = lambda *_: ""
    trunk = world.tables["network.trunk"][ids["trunk"]]
    assert trunk["admin_state_up"]
    assert back(world, journal.path).exit_code == 0
    assert not trunk["admin_state_up"]
    del world.tables["network.trunk"][ids["trunk"]]
    assert back(world, journal.path).exit_code == 0
    assert path != journal.path


def test_a_whole_run_leaves_nothing_that_could_be_tied_and_says_so(tmp_path: Path) -> None:
    world = World()
    ids = whole_job(world)
    with Journal.create(tmp_path) as journal:
        run(make_plan(world.judge(world.inventory())), world, machine=world.machine, journal=journal)
    world.requests.clear()
    result = back(world, journal.path)
    assert (result.exit_code, world.requests) == (1, [])
    assert {o.outcome for o in result.undone} == {OutcomeKind.SKIPPED}
    assert any(ids["sub"] in o.because for o in result.undone)


def back_and_on(world: World, folder: Path, times: int) -> tuple[dict[str, str], Path]:
    """A killed job that was taken back so many times, each time on again until right before the subnet."""
    ids, path = untied(world, folder)
    for number in range(times):
        back(world, path)
        world.job |= {r.key for r in world.look("network.router_interface").resources if r.attributes["device_id"] == ids["router"]}
        if number + 1 < times:
            world.fault = lambda _m, p, _n: "crash" if p.endswith(f"/subnets/{ids['sub']}") else ""
            with pytest.raises(Crash):
                resume(path, world, proof=world.judge, machine=world.machine)
            world.fault = lambda *_: ""
    return ids, path


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_came_back_under_another_id_is_what_the_run_goes_on_with(tmp_path: Path, times: int) -> None:
    world = World()
    _, path = back_and_on(world, tmp_path, times)
    result = resume(path, world, proof=world.judge, machine=world.machine)
    assert (result.exit_code, world.left()) == (0, set())


def test_what_was_untied_again_under_another_id_is_taken_back_again(tmp_path: Path) -> None:
    world = World()
    ids, _ = back_and_on(world, tmp_path, 2)
    assert legs(world, ids["router"]) == [ids["sub"]]


def test_what_came_back_and_was_changed_since_is_not_what_the_plan_meant(tmp_path: Path) -> None:
    world = World()
    ids, path = back_and_on(world, tmp_path, 1)
    leg = next(r for r in world.look("network.router_interface").resources if r.attributes["device_id"] == ids["router"])
    world.tables["network.port"][leg.id]["fixed_ips"][0]["subnet_id"] = "another"
    result = resume(path, world, machine=world.machine)
    assert leg.id in world.tables["network.port"]
    assert Key("network.router_interface", leg.id) not in {o.target for o in result.outcomes if o.outcome is OutcomeKind.DELETED}


def test_going_back_needs_the_journals_project_and_a_kind_that_can_be_listed(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    world.broken = {"compute.server"}
    result = back(world, path)
    assert result.exit_code == 1
    assert any("servers cannot be listed" in o.because for o in result.undone)
    assert legs(world, ids["router"]) == [ids["sub"]]
    world.project = "q" * 32
    with pytest.raises(Refused):
        back(world, path)
    with pytest.raises(JournalError):
        back(world, tmp_path / "none")


class Asked:
    """Asked to stop after so many requests."""

    def __init__(self, world: World, requests: int, level: int = 1) -> None:
        self.world, self.requests, self.level = world, requests, level

    def is_set(self) -> bool:
        return len(self.world.requests) >= self.requests


@pytest.mark.parametrize("level", [1, 2])
def test_going_back_is_interrupted_and_goes_on_later(tmp_path: Path, level: int) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    result = back(world, path, interrupt=Asked(world, 1, level))
    assert (result.exit_code, len(world.requests)) == (130, 1)
    assert f"tfclean resume --undo {path}" in result.message
    assert back(world, path, interrupt=Asked(world, 0)).exit_code == 130
    assert len(world.requests) == 1
    assert back(world, path, timeout=0.0).exit_code == 5
    assert back(world, path).exit_code == 0
    assert legs(world, ids["router"]) == [ids["sub"]]


def test_going_back_is_told_in_the_vocabulary_of_the_journal(tmp_path: Path) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    told: list[Event] = []
    back(world, path, on_event=told.append)
    assert [e.type for e in told if e.type not in ("looked", "intent", "answered", "undone")] == ["started", "finished"]
    assert [e.type for e in told].count("undone") == 3
    assert [e.data["purpose"] for e in told if e.type == "intent"] == ["undo"] * 3


def test_every_undo_names_its_ends() -> None:
    found = {name: [field for field, _ in ends(name)] for name, kind in KINDS.items() if kind.undo}
    assert found == {
        "network.router_interface": ["subnet_id", "device_id"],
        "network.router_route": ["router_id"],
        "network.floating_ip_association": ["id", "port_id"],
        "network.trunk_subport": ["trunk_id", "port_id"],
        "network.port_security_group": ["port_id", "security_group_id"],
        "compute.volume_attachment": ["server_id", "volume_id"],
    }
    assert kinds_needed("network.router_route") == {"network.router", "network.router_route"}


def test_an_interrupt_during_the_first_listing_starts_nothing(tmp_path: Path) -> None:
    world = World()
    whole_job(world)
    asked = Asked(world, 0)
    inventory = world.inventory
    flag = [False]

    def listing() -> object:
        found = inventory()
        flag[0] = True
        return found

    asked.is_set = lambda: flag[0]  # type: ignore[method-assign]
    plan = make_plan(world.judge(world.inventory()))
    world.inventory = listing  # type: ignore[method-assign, assignment]
    with Journal.create(tmp_path) as journal:
        result = run(plan, world, machine=world.machine, interrupt=asked, journal=journal)
    assert (result.exit_code, world.requests) == (130, [])
    assert not any(e.type == "intent" for e in read_events(journal.path))


def test_an_undo_that_failed_is_tried_again_by_the_run_that_goes_on(tmp_path: Path) -> None:
    world = World()
    router = world.add("network.router", name="shared", ours=False)
    net, sub = world.network("job")
    world.interface(router, net, sub)
    world.fault = lambda _m, p, _n: "403" if p.endswith((f"/subnets/{sub}", "/add_router_interface")) else ""
    with Journal.create(tmp_path) as journal:
        first = run(make_plan(world.judge(world.inventory())), world, machine=world.machine, journal=journal)
    assert ([o.outcome for o in first.undone], legs(world, router)) == ([OutcomeKind.FAILED], [])
    world.fault = lambda _m, p, _n: "403" if p.endswith(f"/subnets/{sub}") else ""
    second = resume(journal.path, world, machine=world.machine)
    assert ([o.outcome for o in second.undone], legs(world, router)) == ([OutcomeKind.DELETED], [sub])
