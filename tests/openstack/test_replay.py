"""A replay is only worth something if what it says of the cloud is so, and if the evidence fits the objects."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from tests.openstack import truth
from tests.openstack.lab.testing import LabProject
from tests.openstack.replay import SCENARIOS, UNSTAGED, Replay, replay
from tests.openstack.replay.catalogue import FIXTURES, TRUTH_FILES
from tests.openstack.replay.recording import read
from tests.openstack.replay.rewriting import Rewriter
from tests.openstack.replay.twin import synthesise

OLD = "f8f3f690-6ce0-49b2-9525-d2f117982909"
NEW = "00000000-6ce0-49b2-9525-d2f117982909"


def rewriter() -> Rewriter:
    return Rewriter({OLD: NEW}, {"10.100.0.1": "10.100.0.22"}, timedelta(hours=1, seconds=1))


def merged(*listings: truth.Listing) -> truth.Listing:
    out: truth.Listing = {}
    for listing in listings:
        for kind, those in listing.items():
            out.setdefault(kind, {}).update(those)
    return dict(sorted(out.items()))


def instance_ids(state: Path) -> list[str]:
    text = state.read_text()
    resources = json.loads(text)["resources"] if text else []
    return [str(i["attributes"]["id"]) for r in resources if r["mode"] == "managed" for i in r["instances"]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f'" {OLD} "', f'" {NEW} "'),
        ("10.100.0.1, 10.100.0.12, 110.100.0.1", "10.100.0.22, 10.100.0.12, 110.100.0.1"),
        ("2026-11-22T23:50:41Z", "2026-11-23T00:50:42Z"),
        ("2026-11-22T23:50:41.888210Z", "2026-11-23T00:50:42.888210Z"),
        ("2026-11-22 23:50:41 +0000 UTC", "2026-11-23 00:50:42 +0000 UTC"),
        ("2026-11-22T23:50:41.000000", "2026-11-23T00:50:42.000000"),
    ],
)
def test_ids_addresses_and_times_are_replaced_and_nothing_beside_them(before: str, after: str) -> None:
    assert rewriter().text(before) == after


def test_inside_a_protobuf_nothing_changes_its_length() -> None:
    before = b"\xd9$" + OLD.encode() + b"\xff10.100.0.1 2026-11-22T23:50:41Z"
    assert rewriter().binary(before) == b"\xd9$" + NEW.encode() + b"\xff10.100.0.1 2026-11-23T00:50:42Z"


def test_a_rewritten_plan_is_a_plan_with_the_same_members(tmp_path: Path) -> None:
    source, target = FIXTURES / "applied" / "plan.tfplan", tmp_path / "plan.tfplan"
    rewriter().file(source, target)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target) as new:
        assert new.namelist() == old.namelist()
        assert len(new.read("tfplan")) == len(old.read("tfplan"))
        assert NEW in new.read("tfstate").decode()
        assert OLD not in new.read("tfplan").decode("latin-1")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_object_that_a_recording_lists_is_known(scenario: str) -> None:
    recording = read(scenario)
    known = {o.id for o in recording.objects}
    after = json.loads((FIXTURES / scenario / "after.json").read_text())
    assert {i for those in after.values() for i in those} - known == {recording.ground.router["id"]}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_twin_shares_no_id_with_the_job_and_begins_with_it(scenario: str) -> None:
    recording = read(scenario)
    twin, _ = synthesise(recording)
    assert not {o.id for o in twin} & {o.id for o in recording.objects}
    assert min(o.created for o in twin if "created_at" in o.row) == recording.begin


def test_every_folder_is_replayed_or_says_why_not() -> None:
    folders = {p.name for p in FIXTURES.iterdir() if p.is_dir()}
    assert folders == set(SCENARIOS) | {name for name in UNSTAGED if name.startswith("wide-")}


def states_fit(result: Replay, live: set[str]) -> None:
    recorded = {o.id for o in result.recording.objects}
    for name in ("terraform.tfstate", "errored.tfstate"):
        if not (result.workdir / name).exists():
            continue
        pairs = zip(instance_ids(result.recording.folder / name), instance_ids(result.workdir / name), strict=True)
        for old, new in ((o, n) for olds, news in pairs for o, n in zip(olds.split("/"), news.split("/"), strict=True)):
            assert (new in live) if old in recorded else (new == old)


@pytest.mark.parametrize("scenario", ["killed-early", "drifted", "destroy-failed", "own-router", "errored", "twin-killed"])
def test_what_is_live_is_what_the_replay_says(project: LabProject, tmp_path: Path, scenario: str) -> None:
    result = replay(project.conn, scenario, tmp_path / "work")
    listing = truth.listing(project.conn)
    assert listing == merged(result.job, result.strangers, result.others)
    assert result.lag < timedelta(seconds=30)
    assert not TRUTH_FILES & {p.name for p in result.workdir.rglob("*")}
    states_fit(result, {i for those in listing.values() for i in those})
    truth.wipe(project.conn)
    assert truth.listing(project.conn) == {}


def test_a_change_by_hand_shows_in_the_fingerprint_of_that_object_alone(project: LabProject, tmp_path: Path) -> None:
    result = replay(project.conn, "destroy-failed", tmp_path / "work", twin=False)
    before = truth.fingerprint(project.conn)
    assert truth.fingerprint(project.conn) == before
    router = next(iter(result.others["router"]))
    project.conn.network.update_router(router, description="changed")
    after = truth.fingerprint(project.conn)
    changed = {(kind, i) for kind, those in after.items() for i in those if before[kind][i] != those[i]}
    assert changed == {("router", router)}
    truth.wipe(project.conn)


def test_without_settling_a_balancer_is_met_as_it_was_after_the_kill(project: LabProject, tmp_path: Path) -> None:
    result = replay(project.conn, "killed-early", tmp_path / "work", twin=False, settle=False)
    (balancer,) = result.job["loadbalancer"]
    assert project.conn.load_balancer.get_load_balancer(balancer).provisioning_status == "PENDING_CREATE"
    truth.wipe(project.conn)
