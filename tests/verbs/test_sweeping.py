"""`tfclean.sweep` on a cloud: what is old goes, the end is proven by the same clock, and nobody can forget the limit."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import Obedient
from tests.defects.making import HOURS, Scene
from tests.estate.sweeping import OLD, YOUNG, gone, job, port, project, security_group, swept
from tests.making import START, live
from tests.simulator.wire.making import tfcleans
from tfclean.cleanup.documents import load_plan, plan_document
from tfclean.cleanup.journal import Journal
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.runner import run
from tfclean.errors import InputError, Refused, UsageError
from tfclean.estate.sweep import Choice
from tfclean.kinds.base import Call
from tfclean.model import Answer, Key, OutcomeKind, Plan
from tfclean.verbs import carrying

YES: Any = {"approve": lambda plan: True}


def made(scene: Scene, name: str, cidr: str, router: str) -> list[tuple[str, str]]:
    """Make a job in a scene, and give its objects."""
    me = scene.me
    net, subnet = me.network(f"{name}-net", cidr)
    group = me.group(f"{name}-group")
    key = me.make("compute", "/os-keypairs", "keypair", name=f"{name}-key")["name"]
    me.send("network", "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
    port = me.port(net, security_groups=[group], name=f"{name}-port")
    server = me.server({"port": port}, name=f"{name}-server", key_name=key)
    ip = me.address(port_id=port)
    found = (("network", net), ("subnet", subnet), ("security_group", group), ("port", port), ("server", server), ("floatingip", ip))
    return [*found, ("keypair", key)]


def lives(scene: Scene, objects: list[tuple[str, str]]) -> list[str]:
    names = {row["name"] for row in scene.world.tables["keypair"].values()}
    return [kind for kind, id_ in objects if (id_ in names if kind == "keypair" else scene.lives(kind, id_))]


def test_three_old_jobs_go_and_the_young_one_and_the_router_of_all_stay(tmp_path: Path) -> None:
    scene = Scene()
    router = scene.me.router()
    old = [x for n in range(3) for x in made(scene, f"old{n}", f"10.{n}.0.0/24", router)]
    scene.world.advance((scene.age - 1) * HOURS)
    young = made(scene, "young", "10.9.0.0/24", router)
    scene.now()
    result = tfclean.sweep(cloud=tfcleans(scene.wire), journal=tmp_path / "journal", **YES)
    assert (result.exit_code, result.proven, result.leftovers) == (0, True, ())
    assert lives(scene, old) == []
    assert lives(scene, young) == [kind for kind, _ in young]
    assert scene.lives("router", router)
    again = tfclean.plan_sweep(cloud=tfcleans(scene.wire))
    assert again.plan.steps == ()


def test_an_address_that_was_reserved_and_is_kept_outlives_the_job_that_it_led_to(tmp_path: Path) -> None:
    scene = Scene()
    reserved = scene.me.address(description="do-not-delete")
    scene.world.advance(HOURS)
    old = made(scene, "old", "10.1.0.0/24", scene.me.router())
    port = next(id_ for kind, id_ in old if kind == "port")
    scene.me.send("network", "PUT", f"/floatingips/{next(i for k, i in old if k == 'floatingip')}", {"floatingip": {"port_id": None}})
    scene.me.send("network", "PUT", f"/floatingips/{reserved}", {"floatingip": {"port_id": port}})
    scene.world.advance(5 * HOURS)
    scene.now()
    result = tfclean.sweep(cloud=tfcleans(scene.wire), journal=tmp_path / "journal", **YES)
    assert (result.exit_code, result.proven, result.leftovers) == (0, True, ())
    assert lives(scene, old) == []
    assert scene.world.tables["floatingip"][reserved]["port_id"] is None


def test_an_interrupted_sweep_is_ended_by_resume_without_anything_young(tmp_path: Path) -> None:
    scene = Scene()
    router = scene.me.router()
    old = [x for n in range(2) for x in made(scene, f"old{n}", f"10.{n}.0.0/24", router)]
    scene.world.advance((scene.age - 1) * HOURS)
    scene.now()
    stop = threading.Event()

    def event(told: tfclean.Event) -> None:
        if told.type == "gone":
            stop.set()

    result = tfclean.sweep(cloud=tfcleans(scene.wire), journal=tmp_path / "journal", on_event=event, interrupt=stop, **YES)
    assert result.exit_code == 130
    assert lives(scene, old)
    beside = scene.me.network("beside", "10.8.0.0/24")[0]
    result = tfclean.resume(tmp_path / "journal", cloud=tfcleans(scene.wire), **YES)
    assert (result.exit_code, result.proven) == (0, True)
    assert lives(scene, old) == []
    assert scene.lives("network", beside)


def test_what_became_young_while_somebody_thought_it_over_does_not_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    obedient = Obedient(project(*job("a")))
    monkeypatch.setattr(carrying, "SOON", -1.0)

    def thinking(_: Plan) -> bool:
        disk = live("block_storage.volume", "v", "v", after=YOUNG)
        tie = live("compute.volume_attachment", "a-server/v", after=YOUNG, server_id="a-server", volume_id="v")
        obedient.live = project(disk, tie, *job("a"))
        return True

    with pytest.raises(Refused, match=r"would not be swept any more: volume (v|attachment)"):
        tfclean.sweep(cloud=obedient, journal=tmp_path / "journal", approve=thinking)
    assert obedient.calls == []


def test_a_saved_plan_and_a_journal_are_refused_when_something_young_was_tied_to_what_is_in_them(tmp_path: Path) -> None:
    plan = make_plan(swept(project(*job("a"))))
    young = port("x", "a-net", "a-sub", [], YOUNG)
    obedient = Obedient(project(*young, *job("a")))
    with pytest.raises(Refused, match="port x is young"):
        tfclean.apply(plan, cloud=obedient, journal=tmp_path / "journal", **YES)
    with Journal.create(tmp_path, name="killed") as journal:
        journal.begin(plan, cloud="made", project=plan.project, user=plan.user, region=plan.region, now=START)
    with pytest.raises(Refused, match="port x is young"):
        tfclean.resume(tmp_path / "killed", cloud=obedient, **YES)
    with pytest.raises(Refused, match="asked to keep a-net"):
        tfclean.resume(tmp_path / "killed", cloud=Obedient(project(*job("a"))), keep=["a-net"], **YES)
    assert obedient.calls == []


def test_a_saved_plan_of_what_outlives_its_users_is_carried_out(tmp_path: Path) -> None:
    lasting = (live("network.router", "r", "r", after=OLD), live("compute.server_group", "g", "g"))
    seen = {Key("compute.server_group", "g"): START - timedelta(hours=9)}
    plan = make_plan(swept(project(*lasting), choice=Choice((re.compile("."),)), seen=seen))
    obedient = Obedient(project(*lasting))
    assert tfclean.apply(plan, cloud=obedient, journal=tmp_path / "journal", **YES).exit_code == 0
    assert sorted(obedient.calls) == ["DELETE compute.server_group", "DELETE network.router"]


def cloud(**more: Any) -> Obedient:
    both = (live("network.network", name, name, after=at) for name, at in (("old", OLD), ("young", YOUNG)))
    return Obedient(project(*both), **more)


def test_what_is_made_while_it_sweeps_is_young_and_nothing_left(tmp_path: Path) -> None:
    class Busy(Obedient):
        def perform(self, call: Call, fields: Any, revision: int | None = None) -> Answer:
            answer = super().perform(call, fields, revision)
            new = live("network.network", "new", "old", after=1)
            self.live = replace(self.live, resources={**self.live.resources, new.key: new})
            return answer

    busy = Busy(cloud().live)
    result = tfclean.sweep(cloud=busy, journal=tmp_path / "journal", **YES)
    assert (result.exit_code, result.leftovers) == (0, ())
    assert Key("network.network", "new") in busy.live.resources


def test_what_could_not_be_deleted_is_left_though_nothing_old_is_tied_to_it_any_more(tmp_path: Path) -> None:
    """A router alone is none that a sweep takes; this one was to go."""
    router = Key("network.router", "a-router")
    stuck = Obedient(project(*(r for r in job("a") if r.kind == "network.router")), stuck=frozenset({router}))
    result = tfclean.sweep(cloud=stuck, journal=tmp_path / "journal", names=[".*"], **YES)
    assert result.exit_code == 1
    assert [k.target for k in result.leftovers] == [router]


def test_without_approval_nothing_goes(tmp_path: Path) -> None:
    obedient = cloud()
    with pytest.raises(Refused, match="not approved"):
        tfclean.sweep(cloud=obedient, journal=tmp_path / "journal")
    assert obedient.calls == []


@pytest.mark.parametrize("limit", [59 * 60, timedelta(minutes=59), 0.5])
def test_less_than_an_hour_has_to_be_meant(limit: Any) -> None:
    with pytest.raises(Refused, match="--force"):
        tfclean.plan_sweep(limit, cloud=cloud())
    assert tfclean.plan_sweep(limit, cloud=cloud(), force=True).plan.steps


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e300, timedelta(days=-1), timedelta(days=9999)])
def test_a_limit_that_makes_no_sense_is_an_error(limit: Any) -> None:
    with pytest.raises(UsageError):
        tfclean.plan_sweep(limit, cloud=cloud(), force=True)


@pytest.mark.parametrize("options", [{"names": ["("]}, {"names": [""]}, {"tags": [""]}])
def test_a_pattern_that_makes_no_sense_is_an_error(options: Any) -> None:
    with pytest.raises(UsageError):
        tfclean.plan_sweep(cloud=cloud(), **options)


def test_limits_hold_as_for_every_plan() -> None:
    with pytest.raises(Refused, match="max-share"):
        tfclean.plan_sweep(cloud=cloud(), max_share=0.2)
    with pytest.raises(Refused, match="max-deletions"):
        tfclean.plan_sweep(cloud=cloud(), max_deletions=0)


def test_a_state_that_cannot_be_read_protects_nothing_and_so_nothing_goes(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("{")
    obedient = cloud()
    with pytest.raises(InputError, match="--protect"):
        tfclean.sweep(cloud=obedient, protect=tmp_path, journal=tmp_path / "journal", **YES)
    assert obedient.calls == []


def test_a_second_look_dates_what_has_no_date(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    group = live("compute.server_group", "g", "g")
    first = Obedient(project(group))
    assert tfclean.plan_sweep(cloud=first, two_looks=seen).plan.steps == ()
    later = START + timedelta(hours=5)
    second = Obedient(project(group, taken_at=later, clock=later))
    assert tfclean.plan_sweep(cloud=second).plan.steps == ()
    result = tfclean.sweep(cloud=second, two_looks=seen, journal=tmp_path / "journal", **YES)
    assert result.exit_code == 0
    assert second.calls == ["DELETE compute.server_group"]


def test_a_second_look_at_an_old_group_does_not_wait_for_what_the_group_dates(tmp_path: Path) -> None:
    group = live("compute.server_group", "g", "g", members=["a-server"])
    found = tfclean.plan_sweep(cloud=Obedient(project(group, *job("a"))), two_looks=tmp_path / "seen.json")
    assert Key("compute.server_group", "g") in {key for swept in found.sweep.going() for key in swept.members}


def plan_of(*resources: Any) -> Plan:
    return make_plan(swept(project(*resources)))


def test_the_guards_refuse_what_is_young_whoever_carries_a_sweeps_plan_out() -> None:
    """The object was deleted and made again: its plan is taken up without a word about age."""
    plan = plan_of(*security_group("g", OLD))
    young = security_group("g", YOUNG)
    obedient = Obedient(project(*young))
    # Even if the plan had seen it as it is now.
    seen = replace(plan, steps=tuple(replace(s, identity=replace(s.identity, created_at=young[0].created_at)) for s in plan.steps))
    result = run(seen, obedient, options=Options(), proof_pause=0)
    assert [o.outcome for o in result.outcomes] == [OutcomeKind.KEPT]
    assert "young" in result.outcomes[0].because
    assert obedient.calls == []


def test_the_guards_refuse_what_nobody_dated() -> None:
    plan = plan_of(live("compute.server_group", "g", "g", members=["a-server"]), *job("a"))
    group = next(s for s in plan.steps if s.target.kind == "compute.server_group")
    alone = replace(plan, steps=(replace(group, needs=()),), kept=())
    assert plan.options["sweep"]["dated"]
    for options, calls in ((alone.options, 1), ({**alone.options, "sweep": {**alone.options["sweep"], "dated": []}}, 0)):
        obedient = Obedient(project(live("compute.server_group", "g", "g", members=["a-server"])))
        run(replace(alone, options=options), obedient, options=Options(), proof_pause=0)
        assert len(obedient.calls) == calls


def test_a_plan_can_make_no_limit_looser() -> None:
    before = datetime(2026, 1, 1, tzinfo=UTC)
    strict = Options().sweeping(before, [])
    assert strict.sweeping(before + timedelta(days=9), []).before == before
    assert strict.sweeping(before - timedelta(days=9), []).before == before - timedelta(days=9)


@pytest.mark.parametrize(
    "said", [{}, {"before": "x", "dated": []}, {"before": None, "dated": []}, [], "x", {"before": "2026-01-01T00:00:00Z"}]
)
def test_a_sweeps_plan_that_does_not_say_what_was_young_is_refused(said: Any) -> None:
    plan = plan_of(*security_group("g", OLD))
    obedient = Obedient(project(*security_group("g", OLD)))
    with pytest.raises(Refused):
        run(replace(plan, options={**plan.options, "sweep": said}), obedient, options=Options(), proof_pause=0)
    assert obedient.calls == []


def test_a_saved_plan_keeps_its_limit_and_cannot_lose_it_unnoticed() -> None:
    plan = plan_of(*security_group("g", OLD))
    document = plan_document(plan)
    assert load_plan(document).options["sweep"] == plan.options["sweep"]
    with pytest.raises(InputError, match="changed after it was written"):
        load_plan({**document, "options": {k: v for k, v in document["options"].items() if k != "sweep"}})


def test_options_of_the_caller_keep_what_they_name() -> None:
    judgement = swept(project(*job("a"), *job("b")), keep=["a-net"])
    assert gone(judgement) == {r.id for r in job("b")}
