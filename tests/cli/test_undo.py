"""`tfclean resume`: back with --undo, on with evidence to prove the end by."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cleanup.test_undo import legs, untied
from tests.cleanup.world import World
from tests.cli.making import Obedient, run
from tests.making import inventory, live
from tests.report.making import TIME
from tfclean.cli.argv import understand
from tfclean.cli.commands import load
from tfclean.cli.commands.resume import settled
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import NothingToGoOn, Refused
from tfclean.model import Action, Confidence, Event, Key, Plan, Step
from tfclean.report.base import Context
from tfclean.report.telling import question

GROUP, LATE = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def resuming(arguments: str, cloud: Any, terminal: Terminal) -> int:
    """Do what the command does, with a cloud of ours."""
    args = load("resume").parser().parse_intermixed_args(understand(["resume", *arguments.split()]).rest)
    terminal.settle(verbose=args.verbose, colour=not args.no_color)
    with Deletion(Session("resume", args, terminal, back=args.undo)) as deletion:
        return deletion.finish(tfclean.resume(args.path, args.paths, cloud=cloud, undo=args.undo, **deletion.options()))


def test_going_back_is_shown_asked_for_done_and_told(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    seen: list[Plan] = []
    with pytest.raises(Refused):
        tfclean.resume(path, cloud=world, undo=True, on_plan=seen.append, approve=lambda plan: False)
    assert (world.requests, len(seen[0].steps)) == ([], 3)
    assert Key("network.router_interface", ids["leg"]) in {s.target for s in seen[0].steps}
    out, err = io.StringIO(), io.StringIO()
    assert resuming(f"--undo {path} --auto-approve", world, Terminal(io.StringIO(), out, err)) == 0
    text = out.getvalue()
    assert "Would take back 1 volume attachment" in text
    assert "Taken back (3)" in text
    assert "what was deleted stays deleted" in text
    assert "not proven" not in text
    assert "taken back: router interface" in err.getvalue()
    assert legs(world, ids["router"]) == [ids["sub"]]


def test_what_could_not_be_taken_back_is_told_with_the_reason_and_1(tmp_path: Path) -> None:
    world = World()
    ids, path = untied(world, tmp_path)
    del world.tables["network.subnet"][ids["sub"]]
    out, err = io.StringIO(), io.StringIO()
    assert resuming(f"{path} --undo --auto-approve", world, Terminal(io.StringIO(), out, err)) == 1
    assert "Not taken back (1)" in out.getvalue()
    assert f"it cannot be tied again: subnet job ({ids['sub']}) is gone" in " ".join(out.getvalue().split())
    assert f"To try again: tfclean resume --undo {path}" in out.getvalue()
    assert "not taken back: router interface" in err.getvalue()
    out = io.StringIO()
    assert resuming(f"{path} --undo --auto-approve -json", world, Terminal(io.StringIO(), out, io.StringIO())) == 1
    document = json.loads(out.getvalue())
    assert (document["document"], document["outcomes"], document["exit_code"]) == ("result", [], 1)
    assert [o["outcome"] for o in document["undone"]] == ["skipped"]


def test_going_back_asks_a_question_of_its_own(tmp_path: Path) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    with pytest.raises(Refused, match="nothing was changed"):
        resuming(f"{path} --undo", world, Terminal(io.StringIO(), io.StringIO(), io.StringIO()))


def test_what_a_run_has_done_is_not_asked_about_again() -> None:
    server, leg, port = (Key(kind, kind) for kind in ("compute.server", "network.router_interface", "network.port"))
    told = [("intent", server), ("gone", server), ("gone", leg), ("undone", leg), ("intent", port), ("planned", None)]
    done = settled(Event(type_, TIME, target) for type_, target in told)
    assert done == {server}
    steps = tuple(
        Step(action, key, "n", "r", Confidence.CERTAIN)
        for action, key in zip((*[Action.DELETE] * 2, Action.DETACH), (server, port, leg), strict=True)
    )
    plan = Plan(steps, cloud="ci", project="p")
    assert question(plan, Context(TIME)) == "Delete 2 objects and untie 1 router interface in project p of cloud ci?"
    assert question(plan, Context(TIME, done=done)) == "Delete 1 object and untie 1 router interface in project p of cloud ci?"
    assert question(plan, Context(TIME, done=frozenset({server, leg, port}))) == "Look again at what is gone in project p of cloud ci?"
    assert question(Plan(steps[2:], project="p"), Context(TIME, back=True)) == "Tie 1 router interface again in project p?"


def test_the_question_counts_what_goes_by_itself() -> None:
    port, rule = Key("network.port", "a"), Key("network.security_group_rule", "b")
    gone = Step(Action.WAIT, port, "n", "r", Confidence.CERTAIN)
    group = Step(Action.DELETE, Key("network.security_group", "c"), "n", "r", Confidence.CERTAIN, parts=(rule,))
    assert question(Plan((gone, group), project="p"), Context(TIME)) == "Delete 1 object and 2 more with it in project p?"
    assert question(Plan((gone,), project="p"), Context(TIME)) == "See 1 port go in project p?"


def test_nothing_to_take_back_is_0_without_a_question(tmp_path: Path) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    tfclean.resume(path, cloud=world, undo=True, approve=lambda plan: True)
    out = io.StringIO()
    assert resuming(f"{path} --undo", world, Terminal(io.StringIO(), out, io.StringIO())) == 0
    assert "There is nothing to take back" in out.getvalue()


def test_paths_and_undo_together_are_a_mistake(tmp_path: Path) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    ran = run("resume", "--undo", path, "terraform.tfstate")
    assert ran.code == 2
    assert "needs no evidence" in ran.err


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the state of a job that made two security groups."""
    instances = [{"schema_version": 0, "index_key": n, "attributes": {"id": i, "name": "group"}} for n, i in enumerate((GROUP, LATE))]
    provider = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'
    resource = {"mode": "managed", "type": "openstack_networking_secgroup_v2", "name": "g", "provider": provider, "instances": instances}
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": [resource]}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_with_evidence_a_resumed_run_is_proven_by_it_and_not_by_its_plan_alone(job: Path) -> None:
    first = Obedient(inventory(live("network.security_group", GROUP, "group")))
    result = tfclean.destroy(job, cloud=first, approve=lambda plan: True)
    assert result.exit_code == 0
    late = Obedient(inventory(live("network.security_group", LATE, "group")))
    assert tfclean.resume(result.journal, cloud=late, approve=lambda plan: True).exit_code == 0
    told = tfclean.resume(result.journal, job, cloud=late, approve=lambda plan: True)
    assert (told.exit_code, told.proven) == (1, False)
    assert [k.target.id for k in told.leftovers] == [LATE]
    assert late.calls == []
    empty = job / "empty"
    empty.mkdir()
    with pytest.raises(NothingToGoOn):
        tfclean.resume(result.journal, empty, cloud=late, approve=lambda plan: True)
