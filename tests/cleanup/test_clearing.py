"""What is changed so that something else can go, and is changed back: subports, protections, locks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cleanup.world import Crash, World
from tfclean.cleanup.journal import Journal, read_events
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import resume, undo
from tfclean.cleanup.reversal import plan_back
from tfclean.cleanup.runner import run
from tfclean.model import Action, Key, OutcomeKind, Plan, Result


def trunked(world: World, *, up: bool = False, ours: bool = True, more: int = 2) -> dict[str, str]:
    """A trunk on a network of somebody else's, with subports on one of the job's."""
    net, sub = world.network("job")
    other, other_sub = world.network("other", ours=False)
    parent = world.port("parent", other, other_sub, ours=False)
    subports = {f"sub{i}": world.port(f"sub{i}", net, sub) for i in range(more)}
    return {"net": net, "sub": sub, "trunk": world.trunk("t", parent, *subports.values(), up=up, ours=ours), **subports}


def keeping(ids: dict[str, str]) -> Options:
    return Options(keep=(ids["trunk"],))


def plan_of(world: World, options: Options | None = None) -> Plan:
    return make_plan(world.judge(world.inventory()), options=options)


def destroy(world: World, plan: Plan, options: Options, journal: Journal | None = None) -> Result:
    return run(plan, world, options=options, proof=world.judge, machine=world.machine, journal=journal)


def subports(world: World, ids: dict[str, str]) -> list[str]:
    return [row["port_id"] for row in world.tables["network.trunk"][ids["trunk"]]["sub_ports"]]


def enabled(world: World, ids: dict[str, str]) -> bool:
    up: bool = world.tables["network.trunk"][ids["trunk"]]["admin_state_up"]
    return up


def of_trunk(world: World, ids: dict[str, str]) -> list[str]:
    return [path.rpartition("/")[2] for method, path, _ in world.requests if ids["trunk"] in path and method == "PUT"]


def test_a_trunk_that_goes_takes_its_subports_along_without_a_call_for_them() -> None:
    world = World()
    net, sub = world.network("job")
    ids = {"trunk": world.trunk("t", world.port("parent", net, sub), world.port("sub", net, sub))}
    plan = plan_of(world)
    step = next(s for s in plan.steps if s.target.id == ids["trunk"])
    assert [p.kind for p in step.parts] == ["network.trunk_subport"]
    assert not any(s.target.kind == "network.trunk_subport" for s in plan.steps)
    result = destroy(world, plan, Options())
    assert (result.exit_code, world.left(), world.refused(), result.undone) == (0, set(), [], ())
    assert of_trunk(world, ids) == [ids["trunk"]]


def test_a_trunk_of_somebody_elses_holds_its_subport_and_is_named() -> None:
    world = World()
    ids = trunked(world, ours=False)
    plan = plan_of(world)
    kept = next(k for k in plan.kept if k.target.id == ids["sub0"])
    assert (kept.because, kept.leftover) == (f"held by trunk t ({ids['trunk']})", True)
    assert kept.blockers == (Key("network.trunk", ids["trunk"]),)
    assert not any(s.target.kind == "network.trunk_subport" for s in plan.steps)


def test_a_trunk_that_the_caller_keeps_lets_go_of_what_goes_and_is_as_it_was_before() -> None:
    world = World()
    ids = trunked(world)
    plan = plan_of(world, keeping(ids))
    ties = sorted((s for s in plan.steps if s.target.kind == "network.trunk_subport"), key=lambda s: s.name)
    assert [(s.action, s.name, s.attributes["prepare"]) for s in ties] == [
        (Action.DETACH, "vlan 101 of t", ["a disabled trunk lets go of no subport"]),
        (Action.DETACH, "vlan 102 of t", ["a disabled trunk lets go of no subport"]),
    ]
    result = destroy(world, plan, keeping(ids))
    assert (result.exit_code, world.left() - {Key("network.trunk", ids["trunk"])}, world.refused()) == (0, set(), [])
    assert (subports(world, ids), enabled(world, ids)) == ([], False)
    assert of_trunk(world, ids) == [ids["trunk"], "remove_subports", "remove_subports", ids["trunk"]]
    assert [(o.outcome, o.because) for o in result.undone] == [
        (OutcomeKind.DELETED, "what it is a part of stays, so that was made as it was before")
    ]


def test_an_enabled_trunk_is_left_enabled() -> None:
    world = World()
    ids = trunked(world, up=True)
    result = destroy(world, plan_of(world, keeping(ids)), keeping(ids))
    assert (result.exit_code, enabled(world, ids), result.undone) == (0, True, ())
    assert of_trunk(world, ids) == ["remove_subports", "remove_subports"]


@pytest.mark.parametrize("change", [{"keep": "prevent_destroy"}, {"tags": ["keep"]}])
def test_a_trunk_that_must_not_be_touched_holds_its_subports(change: dict[str, object]) -> None:
    world = World()
    ids = trunked(world)
    world.tables["network.trunk"][ids["trunk"]].update(change)
    judgement = world.judge(world.inventory())
    key = Key("network.trunk", ids["trunk"])
    if "keep" in change:
        object.__setattr__(judgement.findings[key], "keep", "lifecycle prevent_destroy")
    plan = make_plan(judgement)
    assert {k.target.id for k in plan.kept if k.blockers} >= {ids["sub0"], ids["sub1"], ids["sub"], ids["net"]}
    assert plan.steps == ()


def test_a_subport_whose_port_stays_after_all_is_tied_again_before_the_trunk_is_disabled() -> None:
    world = World()
    ids = trunked(world)
    world.fault = lambda m, path, _n: "403" if (m, path) == ("DELETE", f"/ports/{ids['sub0']}") else ""
    result = destroy(world, plan_of(world, keeping(ids)), keeping(ids))
    assert (result.exit_code, subports(world, ids), enabled(world, ids)) == (1, [ids["sub0"]], False)
    assert of_trunk(world, ids) == [ids["trunk"], "remove_subports", "remove_subports", "add_subports", ids["trunk"]]
    assert world.tables["network.trunk"][ids["trunk"]]["sub_ports"][0]["segmentation_id"] == 101


def test_a_trunk_that_cannot_be_disabled_again_is_told_and_no_success() -> None:
    world = World()
    ids = trunked(world)

    def late(method: str, path: str, _: int) -> str:
        return "400" if path == f"/trunks/{ids['trunk']}" and method == "PUT" and not subports(world, ids) else ""

    world.fault = late
    result = destroy(world, plan_of(world, keeping(ids)), keeping(ids))
    assert (result.exit_code, [o.outcome for o in result.undone]) == (1, [OutcomeKind.FAILED])
    assert "it should be as it was before, and that failed (answer 400)" in result.undone[0].because
    assert "could not be taken back" in result.message


@pytest.mark.parametrize("fault", ["lost after", "500 after"])
def test_a_trunk_that_was_enabled_by_a_call_without_an_answer_is_disabled_again(fault: str) -> None:
    world = World()
    ids = trunked(world)
    world.fault = lambda _m, _p, n: fault if n == 0 else ""
    result = destroy(world, plan_of(world, keeping(ids)), keeping(ids))
    assert (result.exit_code, subports(world, ids), enabled(world, ids)) == (0, [], False)


def untrunked(world: World, folder: Path) -> tuple[dict[str, str], Path]:
    """A run that was killed when the subports were untied, and their ports still there."""
    ids = trunked(world)
    world.fault = lambda m, path, _n: "crash" if m == "DELETE" and path.startswith("/ports") else ""
    with Journal.create(folder) as journal, pytest.raises(Crash):
        destroy(world, plan_of(world, keeping(ids)), keeping(ids), journal)
    world.fault = lambda *_: ""
    world.requests.clear()
    return ids, journal.path


def back(world: World, path: Path) -> Result:
    return undo(path, world, machine=world.machine)


def test_going_back_ties_subports_again_and_disables_the_trunk(tmp_path: Path) -> None:
    world = World()
    ids, path = untrunked(world, tmp_path)
    untied = 2 - len(subports(world, ids))
    assert untied
    result = back(world, path)
    assert result.exit_code == 0, result.undone
    assert (sorted(subports(world, ids)), enabled(world, ids)) == (sorted([ids["sub0"], ids["sub1"]]), False)
    assert of_trunk(world, ids) == [*["add_subports"] * untied, ids["trunk"]]
    assert back(world, path).message.startswith("There is nothing to take back")


def test_going_back_enables_a_trunk_that_was_disabled_meanwhile_and_disables_it_again(tmp_path: Path) -> None:
    for fault in ("", "crash", "crash after"):
        for number in range(4 if fault else 1):
            world = World()
            ids, path = untrunked(world, tmp_path / f"{fault}{number}")
            world.tables["network.trunk"][ids["trunk"]]["admin_state_up"] = False
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            if fault:
                try:
                    back(world, path)
                except Crash:
                    world.fault = lambda *_: ""
            result = back(world, path)
            assert result.exit_code == 0, (fault, number, result.undone)
            assert (sorted(subports(world, ids)), enabled(world, ids)) == (sorted([ids["sub0"], ids["sub1"]]), False)
            assert world.refused() == []


def test_a_run_that_ended_can_be_taken_back_though_its_trunk_is_disabled_again(tmp_path: Path) -> None:
    world = World()
    ids = trunked(world)
    held = world.add("network.trunk", name="holds", port_id=ids["sub0"], sub_ports=[], admin_state_up=True, ours=False)
    plan = plan_of(world, keeping(ids))
    assert all(s.target.id != ids["sub0"] for s in plan.steps)
    del world.tables["network.trunk"][held]
    with Journal.create(tmp_path) as journal:
        destroy(world, plan_of(world, keeping(ids)), keeping(ids), journal)
    assert (subports(world, ids), enabled(world, ids)) == ([], False)
    for name in ("sub0", "sub1"):  # somebody puts the ports back under their ids, as a restored database would
        world.add("network.port", id=ids[name], network_id=ids["net"], fixed_ips=[], security_groups=[], device_id="", device_owner="")
    result = back(world, journal.path)
    assert (result.exit_code, len(result.undone)) == (0, 3)
    assert (sorted(subports(world, ids)), enabled(world, ids)) == (sorted([ids["sub0"], ids["sub1"]]), False)
    assert "3 of 3" in result.message


def test_a_killed_run_is_resumed_and_disables_the_trunk_that_it_enabled(tmp_path: Path) -> None:
    for number in range(7):
        for fault in ("crash", "crash after"):
            world = World()
            ids = trunked(world)
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            try:
                with Journal.create(tmp_path / f"{fault}{number}") as journal:
                    destroy(world, plan_of(world, keeping(ids)), keeping(ids), journal)
            except Crash:
                world.fault = lambda *_: ""
                result = resume(journal.path, world, options=keeping(ids), proof=world.judge, machine=world.machine)
                assert result.exit_code == 0, result.message
            assert (world.left(), subports(world, ids)) == ({Key("network.trunk", ids["trunk"])}, [])
            assert enabled(world, ids) is False, (number, fault)


def protected(world: World, what: str) -> tuple[Key, str]:
    """An image or a server of the job's that is protected, and the field that says so."""
    if what == "image":
        return Key("image.image", world.add("image.image", name="base", protected=True, visibility="private", status="active")), "protected"
    return Key("compute.server", world.server("node", (), locked=True)), "locked"


def row_of(world: World, key: Key) -> dict[str, object]:
    return world.tables[key.kind][key.id]


@pytest.mark.parametrize("what", ["image", "server"])
def test_a_protection_is_taken_off_only_from_what_is_asked_for_by_name(what: str) -> None:
    world = World()
    key, _ = protected(world, what)
    plan = plan_of(world)
    assert plan.steps == ()
    assert [(k.target, k.leftover, "--also" in k.because) for k in plan.kept] == [(key, True, True)]
    options = Options(also=(key.id,))
    plan = plan_of(world, options)
    assert [(s.target, s.attributes["prepare"]) for s in plan.steps] == [
        (key, [f"a {'protected image' if what == 'image' else 'locked server'} cannot be deleted"])
    ]
    result = destroy(world, plan, options)
    assert (result.exit_code, world.left(), len(world.requests), result.undone) == (0, set(), 2, ())


@pytest.mark.parametrize("what", ["image", "server"])
def test_a_protection_is_set_again_if_the_deletion_fails(what: str) -> None:
    world = World()
    key, field = protected(world, what)
    options = Options(also=(key.id,))
    world.fault = lambda m, _p, _n: "403" if m == "DELETE" else ""
    result = destroy(world, plan_of(world, options), options)
    assert (result.exit_code, row_of(world, key)[field]) == (1, True)
    assert [(o.target, o.outcome) for o in result.undone] == [(key, OutcomeKind.DELETED)]


@pytest.mark.parametrize("what", ["image", "server"])
@pytest.mark.parametrize("fault", ["crash", "crash after"])
def test_a_protection_that_a_killed_run_took_off_is_set_again_by_going_back(tmp_path: Path, what: str, fault: str) -> None:
    world = World()
    key, field = protected(world, what)
    options = Options(also=(key.id,))
    world.fault = lambda m, _p, n: fault if (n == 0 if fault == "crash after" else m == "DELETE") else ""
    with Journal.create(tmp_path) as journal, pytest.raises(Crash):
        destroy(world, plan_of(world, options), options, journal)
    world.fault = lambda *_: ""
    assert row_of(world, key)[field] is False
    assert [s.target for s in plan_back(journal_plan(journal.path), read_events(journal.path)).steps] == [key]
    assert back(world, journal.path).exit_code == 0
    assert row_of(world, key)[field] is True
    assert "nothing to take back" in back(world, journal.path).message


@pytest.mark.parametrize("what", ["image", "server"])
def test_a_killed_run_that_took_a_protection_off_is_resumed(tmp_path: Path, what: str) -> None:
    for number in range(2):
        for fault in ("crash", "crash after"):
            world = World()
            key, _ = protected(world, what)
            options = Options(also=(key.id,))
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            with Journal.create(tmp_path / f"{fault}{number}") as journal, pytest.raises(Crash):
                destroy(world, plan_of(world, options), options, journal)
            world.fault = lambda *_: ""
            assert resume(journal.path, world, options=options, proof=world.judge, machine=world.machine).exit_code == 0
            assert world.left() == set()


def test_a_protection_that_was_set_after_the_plan_is_not_taken_off() -> None:
    world = World()
    key, _ = protected(world, "image")
    row_of(world, key)["protected"] = False
    options = Options(also=(key.id,))
    plan = plan_of(world, options)
    row_of(world, key)["protected"] = True
    result = destroy(world, plan, options)
    assert (world.requests, row_of(world, key)["protected"]) == ([], True)
    assert [o.because for o in result.outcomes] == ["not what the plan saw: it is protected"]


def journal_plan(path: Path) -> Plan:
    with Journal.resume(path) as journal:
        assert journal.contents is not None
        return journal.contents.plan


def test_what_a_tie_untied_is_taken_back_a_second_time_when_a_resumed_run_untied_it_again(tmp_path: Path) -> None:
    world = World()
    ids, path = untrunked(world, tmp_path)
    back(world, path)
    world.fault = lambda m, p, _n: "403" if m == "DELETE" and p.startswith("/ports") else ""
    result = resume(path, world, options=keeping(ids), proof=world.judge, machine=world.machine)
    assert result.exit_code == 1
    assert (sorted(subports(world, ids)), enabled(world, ids)) == (sorted([ids["sub0"], ids["sub1"]]), False)


def grouped(world: World) -> dict[str, str]:
    """A port of somebody else's that is in a group of its owner's, and that the job put into two of its own."""
    net, sub = world.network("other", ours=False)
    ids = {name: world.add("network.security_group", name=name) for name in ("one", "two")}
    ids["theirs"] = world.add("network.security_group", name="theirs", ours=False)
    ids["port"] = world.port("web", net, sub, groups=(ids["theirs"], ids["one"], ids["two"]), ours=False)
    world.job |= {Key("network.port_security_group", f"{ids['port']}/{ids[name]}") for name in ("one", "two")}
    return ids


def groups_of(world: World, ids: dict[str, str]) -> set[str]:
    names = {id_: name for name, id_ in ids.items()}
    return {names.get(group, group) for group in world.tables["network.port"][ids["port"]]["security_groups"]}


def test_a_port_that_the_job_put_into_its_groups_is_taken_out_of_those_and_no_other() -> None:
    world = World()
    ids = grouped(world)
    plan = plan_of(world)
    assert sorted((s.action, s.target.kind) for s in plan.steps) == [
        (Action.DELETE, "network.security_group"),
        (Action.DELETE, "network.security_group"),
        (Action.DETACH, "network.port_security_group"),
        (Action.DETACH, "network.port_security_group"),
    ]
    result = destroy(world, plan, Options())
    assert (result.exit_code, world.left(), groups_of(world, ids)) == (0, set(), {"theirs"})
    assert len(world.requests) == 4


def test_a_port_that_the_job_did_not_put_into_its_group_holds_that_and_is_named() -> None:
    world = World()
    ids = grouped(world)
    world.job = {key for key in world.job if key.kind == "network.security_group"}
    plan = plan_of(world)
    assert plan.steps == ()
    assert {(k.target.id, k.because) for k in plan.kept} == {(ids[name], f"held by port web ({ids['port']})") for name in ("one", "two")}


def test_a_port_that_goes_leaves_its_groups_without_a_call() -> None:
    world = World()
    net, sub = world.network("job")
    group = world.add("network.security_group", name="one")
    port = world.port("web", net, sub, groups=(group,))
    world.job.add(Key("network.port_security_group", f"{port}/{group}"))
    plan = plan_of(world)
    assert not any(s.target.kind == "network.port_security_group" for s in plan.steps)
    assert destroy(world, plan, Options()).exit_code == 0
    assert not any(method == "PUT" for method, _, _ in world.requests)


def test_what_others_change_of_the_port_meanwhile_is_not_lost() -> None:
    world = World()
    ids = grouped(world)
    late = world.add("network.security_group", name="late", ours=False)
    port = world.tables["network.port"][ids["port"]]
    seen: list[str] = []

    def meanwhile(_method: str, path: str, number: int) -> str:
        if number == 0:
            port["security_groups"].append(late)
            port["revision_number"] += 1
        seen.append(path)
        return ""

    world.fault = meanwhile
    result = destroy(world, plan_of(world), Options())
    assert (result.exit_code, groups_of(world, ids)) == (0, {"theirs", late})
    assert [status for _, _, status in world.requests].count(412) == 1


def test_a_port_is_put_back_into_the_groups_that_stay_and_keeps_what_it_got_meanwhile() -> None:
    world = World()
    ids = grouped(world)
    late = world.add("network.security_group", name="late", ours=False)

    def refused(method: str, path: str, _: int) -> str:
        if method == "DELETE" and path.endswith(ids["one"]):
            port = world.tables["network.port"][ids["port"]]
            if late not in port["security_groups"]:
                port["security_groups"].append(late)
                port["revision_number"] += 1
            return "403"
        return ""

    world.fault = refused
    result = destroy(world, plan_of(world), Options())
    assert (result.exit_code, groups_of(world, ids)) == (1, {"theirs", "one", late})
    assert [o.target.id for o in result.undone] == [f"{ids['port']}/{ids['one']}"]


def test_a_killed_run_puts_the_port_back_into_its_groups_when_it_is_taken_back(tmp_path: Path) -> None:
    for number in range(2):
        for fault in ("crash", "crash after"):
            world = World()
            ids = grouped(world)
            world.fault = lambda m, _p, _n: "crash" if m == "DELETE" else ""
            with Journal.create(tmp_path / f"{fault}{number}") as journal, pytest.raises(Crash):
                destroy(world, plan_of(world), Options(), journal)
            assert groups_of(world, ids) < {"theirs", "one", "two"}
            world.requests.clear()
            world.fault = lambda _m, _p, n, number=number, fault=fault: fault if n == number else ""
            try:
                back(world, journal.path)
            except Crash:
                world.fault = lambda *_: ""
            assert back(world, journal.path).exit_code == 0
            assert groups_of(world, ids) == {"theirs", "one", "two"}
