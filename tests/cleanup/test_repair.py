"""`--repair`: what is stuck is freed by what its owner may do, when asked, once each, and told with what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cleanup.machine import START
from tests.cleanup.test_engine import answering, end_of
from tests.cleanup.world import Answer, Crash, World
from tfclean.cleanup.journal import Journal, read_events
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import resume
from tfclean.cleanup.runner import run
from tfclean.model import Event, Key, OutcomeKind, Plan, Result

ASKED = Options(repair=True)


def plan_of(world: World) -> Plan:
    return make_plan(world.judge(world.inventory()))


def destroy(world: World, plan: Plan | None = None, *, repair: bool = True, **more: object) -> Result:
    given = {"options": Options(repair=repair), "proof": world.judge, "machine": world.machine, **more}
    return run(plan or plan_of(world), world, **given)  # type: ignore[arg-type]


def requests(world: World, word: str) -> list[tuple[str, int | None]]:
    return [(method, status) for method, path, status in world.requests if word in path]


def test_without_being_asked_nothing_is_repaired_and_what_would_be_tried_is_said() -> None:
    world = World()
    server = world.server("s", (), stuck=True, helps="again")
    result = destroy(world, repair=False)
    assert end_of(result, server).outcome is OutcomeKind.FAILED
    assert end_of(result, server).because == ("still there after 300 s (ACTIVE); --repair would try a second DELETE, then forceDelete")
    assert requests(world, server) == [("DELETE", 204)]


def test_a_server_whose_deletion_does_not_end_is_deleted_a_second_time() -> None:
    world = World()
    server = world.server("s", (), stuck=True, helps="again")
    told: list[Event] = []
    result = destroy(world, on_event=told.append)
    assert (result.exit_code, world.left()) == (0, set())
    assert end_of(result, server).because == "it was stuck; tried: a second DELETE"
    assert requests(world, server) == [("DELETE", 204)] * 2
    intents = [e for e in told if e.type == "intent"]
    assert [e.data["purpose"] for e in intents] == ["go", "repair"]
    assert (intents[1].time - intents[0].time).total_seconds() >= 300


def test_a_server_that_a_second_delete_does_not_free_is_forced_if_policy_allows() -> None:
    world = World()
    server = world.server("s", (), stuck=True, helps="force")
    result = destroy(world)
    assert (result.exit_code, world.left()) == (0, set())
    assert end_of(result, server).because == "it was stuck; tried: a second DELETE, forceDelete"
    assert requests(world, server) == [("DELETE", 204), ("DELETE", 204), ("POST", 204)]


def test_a_server_that_nothing_frees_is_told_with_all_that_was_tried() -> None:
    world = World()
    server = world.server("s", (), stuck=True)
    result = destroy(world)
    end = end_of(result, server)
    assert end.outcome is OutcomeKind.FAILED
    assert "still there after 3" in end.because
    assert "tried: a second DELETE, forceDelete (refused: not permitted: os_compute_api:os-deferred-delete:force)" in end.because
    assert end.because.endswith("only an administrator can reset its state")
    assert requests(world, server) == [("DELETE", 204), ("DELETE", 204), ("POST", 403)]
    assert result.seconds < 400


def test_a_repair_whose_answer_is_lost_is_told_so_and_what_it_did_counts() -> None:
    world = World()
    server = world.server("s", (), stuck=True, helps="again")
    world.fault = lambda m, p, n: "lost after" if n == 1 else ""
    result = destroy(world)
    assert result.exit_code == 0
    assert end_of(result, server).because == "it was stuck; tried: a second DELETE (no answer came)"


def late(world: World, status: str, instance: str | None = "gone", count: int = 1) -> tuple[str, str, Plan]:
    """The attachment comes to light during the run."""
    volume = world.add("block_storage.volume", name="v", status=status)
    plan = plan_of(world)
    made: list[str] = []

    def appear() -> None:
        made.extend(
            world.add("block_storage.attachment", id=f"at-{n}", volume_id=volume, instance=instance, status=status) for n in range(count)
        )

    world.after(5.0, appear)
    return volume, "at-0", plan


@pytest.mark.parametrize("status", ["reserved", "attaching", "detaching"])
def test_a_volume_that_a_leftover_attachment_holds_is_freed_of_it_after_its_grace(status: str) -> None:
    world = World()
    volume, attachment, plan = late(world, status)
    result = destroy(world, plan)
    assert (result.exit_code, world.left()) == (0, set())
    assert end_of(result, volume).because == f"it was stuck; tried: removal of a leftover attachment {attachment}"
    assert requests(world, "") == [("DELETE", 200), ("DELETE", 202)]
    assert result.seconds > 120


def test_each_leftover_attachment_is_removed() -> None:
    world = World()
    _, _, plan = late(world, "reserved", None, count=3)
    result = destroy(world, plan)
    assert (result.exit_code, world.left()) == (0, set())
    assert len(requests(world, "/attachments/")) == 3


def test_an_attachment_of_a_server_that_lives_is_never_touched() -> None:
    world = World()
    server = world.server("theirs", (), ours=False)
    volume, _, plan = late(world, "reserved", server)
    result = destroy(world, plan)
    assert requests(world, "/attachments/") == []
    assert end_of(result, volume).outcome is OutcomeKind.BLOCKED
    assert result.exit_code == 1


def test_an_attachment_is_not_touched_where_servers_cannot_be_listed() -> None:
    world = World()
    _, _, plan = late(world, "reserved")
    world.after(10.0, lambda: world.broken.add("compute.server"))
    result = destroy(world, plan)
    assert requests(world, "/attachments/") == []
    assert result.exit_code != 0


def test_a_host_that_uses_a_volume_keeps_its_attachment() -> None:
    world = World()
    _, _, plan = late(world, "in-use", None)
    destroy(world, plan)
    assert requests(world, "/attachments/") == []


def test_a_balancer_whose_deletion_turned_into_an_error_is_deleted_again_at_once() -> None:
    world = World()
    net, sub = world.network("job")
    lb = world.balancer("lb", net, sub)
    world.tables["load_balancer.load_balancer"][lb]["breaks"] = True
    result = destroy(world)
    assert (result.exit_code, world.left()) == (0, set())
    assert sum(r[1].endswith(lb) for r in world.requests) == 2


@pytest.mark.parametrize("when", ["before", "going"])
def test_a_balancer_that_stays_pending_is_awaited_and_told_with_who_can_help(when: str) -> None:
    world = World()
    net, sub = world.network("job")
    lb = world.balancer("lb", net, sub, status="PENDING_UPDATE" if when == "before" else "ACTIVE")
    world.tables["load_balancer.load_balancer"][lb]["sticks"] = when == "going"
    result = destroy(world)
    end = end_of(result, lb)
    assert end.outcome in (OutcomeKind.FAILED, OutcomeKind.BLOCKED)
    assert "only an administrator can end PENDING" in end.because
    assert world.machine.now() - START > 300
    assert result.exit_code == 1


def test_a_run_killed_in_a_repair_is_resumed_and_repairs_again(tmp_path: Path) -> None:
    for fault in ("crash", "crash after"):
        world = World()
        server = world.server("s", (), stuck=True, helps="again")
        world.fault = lambda _m, _p, n, fault=fault: fault if n == 1 else ""
        with Journal.create(tmp_path / fault) as journal, pytest.raises(Crash):
            destroy(world, journal=journal)
        world.fault = lambda *_: ""
        assert read_events(journal.path)[-1].data["purpose"] == "repair"
        result = resume(journal.path, world, options=ASKED, proof=world.judge, machine=world.machine)
        assert (result.exit_code, world.left()) == (0, set())
        assert Key("compute.server", server) in {o.target for o in result.outcomes}


def test_a_repair_that_finds_nothing_any_more_goes_on() -> None:
    world = World()
    volume, attachment, plan = late(world, "reserved")
    asked = answering(world, f"/attachments/{attachment}", Answer(404, "{}"))
    world.after(130.0, lambda: world.tables["block_storage.volume"][volume].update(status="available"))
    result = destroy(world, plan)
    assert len(asked) == 1
    assert "(it was gone)" in end_of(result, volume).because


def test_time_that_ran_out_says_what_each_object_was_doing_meanwhile() -> None:
    world = World()
    server = world.server("s", (), stuck=True)
    volume = world.add("block_storage.volume", name="v", size=1, status="attaching")
    result = destroy(world, timeout=10.0)
    assert result.exit_code == 5
    assert end_of(result, server).because == "time ran out; it was asked to go, and is not seen gone yet"
    assert end_of(result, volume).because == "time ran out while it was attaching"
