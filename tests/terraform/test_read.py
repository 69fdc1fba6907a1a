"""From paths to a footprint: every recorded run, and everything that cannot be read."""

from __future__ import annotations

import io
import json
import os
import shutil
import threading
import tracemalloc
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tfclean.errors import InputError, NothingToGoOn
from tfclean.model import OWNING, Footprint, GapKind, Tense, Variable
from tfclean.terraform.log_lines import moment
from tfclean.terraform.read import read

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLDERS = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
LOST = {"tofu-killed", "twin-tofu-killed", "http-killed", "tofu-encrypted"}
PORT = "openstack_networking_port_v2"


def recorded(path: Path) -> dict[tuple[str, str], str]:
    """Read a state with nothing but a JSON parser: (type, id) → address without keys."""
    document = json.loads(path.read_text() or "{}")
    found: dict[tuple[str, str], str] = {}
    for resource in document.get("resources", []):
        if resource["mode"] == "managed" and resource["type"].startswith("openstack_"):
            for instance in resource["instances"]:
                found[resource["type"], instance["attributes"]["id"]] = resource["name"]
    return found


def state_of(folder: Path) -> Path | None:
    for name in ("errored.tfstate", "terraform.tfstate"):
        path = folder / name
        if path.exists() and path.stat().st_size and folder.name != "tofu-encrypted":
            return path
    return None


def state(**more: Any) -> str:
    return json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "L", "resources": [], **more})


def with_port(id_: str, **more: Any) -> str:
    return state(resources=[{"mode": "managed", "type": PORT, "name": "a", "instances": [{"attributes": {"id": id_}}]}], **more)


@cache
def told(folder: Path) -> Footprint:
    return read([folder], environ={})


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_the_present_claims_are_the_instances_of_the_state(folder: Path) -> None:
    footprint = told(folder)
    path = state_of(folder)
    found = {(c.type, c.id) for c in footprint.claims if c.present and c.tense is not Tense.REFERENCED}
    assert found == (recorded(path).keys() if path else set())
    assert footprint.complete == (folder.name not in LOST)


def test_every_create_is_told_exactly_once_in_flight_or_planned(folder: Path) -> None:
    footprint = told(folder)
    pending = Counter(c.address for c in footprint.claims if c.tense in (Tense.IN_FLIGHT, Tense.PLANNED))
    assert set(pending.values()) <= {1}
    known = {c.address for c in footprint.claims if c.present or c.tense is Tense.CREATED}
    if folder.name != "drifted":  # its second plan wants to make again what was deleted by hand
        assert not known & pending.keys()


@pytest.mark.parametrize("name", ["killed-early", "killed-middle", "killed-late", "tofu-killed", "http-killed"])
def test_every_named_object_of_a_killed_job_is_owned_or_has_the_name_of_a_create_in_flight(name: str) -> None:
    truth = json.loads((FIXTURES / name / "made.json").read_text())
    footprint = told(FIXTURES / name)
    owned = {c.id for c in footprint.claims if c.tense in OWNING}
    names = {c.attributes.get("name") for c in footprint.claims if c.tense is Tense.IN_FLIGHT}
    left = {made for kind in truth.values() for id_, made in kind.items() if id_ not in owned and made}
    # a balancer makes a port of its own; floating IPs are named by their addresses, which no plan knows
    assert {made for made in left if not made.startswith(("octavia-", "10."))} <= names


def test_the_horizon_begins_with_the_plan_and_does_not_last_an_hour(folder: Path) -> None:
    footprint = told(folder)
    assert footprint.horizon is not None
    if folder.name != "tofu-encrypted":
        plan = json.loads((folder / "plan.json").read_text())["timestamp"]
        assert footprint.horizon.start.isoformat().startswith(plan[:19])
    assert (footprint.horizon.end - footprint.horizon.start).total_seconds() < 3600


def test_all_objects_that_the_job_made_with_a_date_lie_inside_the_horizon() -> None:
    for name in ("applied", "killed-early", "killed-late", "tofu-killed", "http-killed"):
        footprint = told(FIXTURES / name)
        made = {id_ for kind in json.loads((FIXTURES / name / "made.json").read_text()).values() for id_ in kind}
        networks = json.loads((FIXTURES / name / "cloud.json").read_text())["network"]
        dates = [
            moment(item["created_at"])
            for body in networks.values()
            for items in body.values()
            if isinstance(items, list)
            for item in items
            if isinstance(item, dict) and item.get("id") in made and item.get("created_at")
        ]
        assert dates
        assert footprint.horizon is not None
        assert all(date is not None and footprint.horizon.holds(date) for date in dates), name


def test_variables_of_the_plan_are_there_and_those_given_are_stronger() -> None:
    given = {"job": Variable("mine", True, "--var")}
    footprint = read([FIXTURES / "applied"], environ={"TF_VAR_job": "weak", "TF_VAR_other": "x"}, variables=given)
    assert {name: footprint.variables[name].value for name in ("job", "masters", "other")} == {"job": "mine", "masters": "2", "other": "x"}


def test_no_planted_password_enters_a_footprint(folder: Path) -> None:
    assert "planted-" not in repr(told(folder))


def test_files_one_by_one_say_the_same_as_their_directory() -> None:
    folder = FIXTURES / "killed-middle"
    names = ("terraform.tfstate", "state.json", "plan.tfplan", "plan.json", "apply.log")
    assert read([folder / name for name in reversed(names)], environ={}).claims == read([folder], environ={}).claims


def test_the_twin_beside_the_job_is_left_out() -> None:
    twin = {id_ for _, id_ in recorded(FIXTURES / "twin-killed" / "twin.tfstate")}
    for name in ("twin-killed", "twin-tofu-killed"):
        footprint = told(FIXTURES / name)
        assert not twin & {c.id for c in footprint.claims if c.tense in OWNING}


def test_an_encrypted_state_is_named_with_what_to_do() -> None:
    footprint = read([FIXTURES / "tofu-encrypted" / "terraform.tfstate", FIXTURES / "tofu-encrypted" / "apply.log"], environ={})
    assert [(g.kind, "tofu state pull" in g.reason) for g in footprint.gaps] == [(GapKind.ENCRYPTED, True)]
    assert not footprint.complete


def test_no_paths_mean_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "terraform.tfstate").write_text(with_port("x"))
    monkeypatch.chdir(tmp_path)
    assert [c.id for c in read(environ={}).claims] == ["x"]


def test_standard_input_is_told_apart_by_content() -> None:
    assert [c.id for c in read(["-"], environ={}, stdin=io.BytesIO(with_port("x").encode())).claims] == ["x"]
    log = f"{PORT}.a: Creation complete after 1s [id=y]\n"
    assert [c.id for c in read(["-"], environ={}, stdin=io.BytesIO(log.encode())).claims] == ["y"]


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(with_port("x"),))
    writer.start()
    assert [c.id for c in read([pipe], environ={}).claims] == ["x"]
    writer.join()


def test_a_state_without_resources_is_complete_and_says_nothing_exists(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state())
    footprint = read([tmp_path], environ={})
    assert (footprint.claims, footprint.complete) == ((), True)


def refused(tmp_path: Path, name: str, data: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError) as error:
        read([path], environ={})
    assert str(path) in str(error.value)
    return str(error.value)


def test_what_was_named_and_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    plan = (FIXTURES / "applied" / "plan.tfplan").read_bytes()
    refused(tmp_path, "binary", b"\x7fELF\0\0\0")
    refused(tmp_path, "other.json", b'{"a": 1}')
    refused(tmp_path, "text", b"hello\n")
    refused(tmp_path, "cut.tfplan", plan[: len(plan) // 2])
    refused(tmp_path, "old.tfplan", b"tfplan\x02")
    refused(tmp_path, "new.tfstate", json.dumps({"version": 9, "serial": 1, "lineage": "x", "resources": []}).encode())
    refused(tmp_path, "old.tfstate", json.dumps({"version": 3, "serial": 1, "lineage": "x", "modules": {}}).encode())
    refused(tmp_path, "plan.json", b'{"format_version":"1.2","variables":{"a"')
    with pytest.raises(InputError, match="none"):
        read([tmp_path / "none"], environ={})


def test_the_same_in_a_directory_is_a_gap(tmp_path: Path) -> None:
    plan = (FIXTURES / "applied" / "plan.tfplan").read_bytes()
    (tmp_path / "terraform.tfstate").write_text(with_port("x"))
    (tmp_path / "cut.tfplan").write_bytes(plan[: len(plan) // 2])
    (tmp_path / "other.json").write_text('{"a": 1}')
    footprint = read([tmp_path], environ={})
    assert [(g.kind, Path(g.subject).name) for g in footprint.gaps] == [(GapKind.UNREADABLE, "cut.tfplan")]
    assert [c.id for c in footprint.claims] == ["x"]


@pytest.mark.parametrize(
    "files", [{}, {"main.tf": 'resource "a" "b" {}'}, {"notes.txt": "hi"}, {"terraform.tfstate": ""}, {"a.log": "Error: x\n"}]
)
def test_evidence_that_holds_nothing_is_never_all_well(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(NothingToGoOn) as error:
        read([tmp_path], environ={})
    assert str(tmp_path) in str(error.value)


def test_a_lost_state_alone_asks_for_plan_or_log(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").touch()
    with pytest.raises(NothingToGoOn, match="plan or its log"):
        read([tmp_path], environ={})


def test_a_cut_off_state_gives_what_is_whole_and_is_not_complete(tmp_path: Path) -> None:
    data = (FIXTURES / "applied" / "terraform.tfstate").read_bytes()
    (tmp_path / "terraform.tfstate").write_bytes(data[: len(data) // 2])
    footprint = read([tmp_path], environ={})
    assert footprint.claims
    assert (footprint.complete, [g.kind for g in footprint.gaps]) == (False, [GapKind.STATE_LOST])


def test_a_state_of_another_lineage_in_the_directory_is_left_out_unless_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(with_port("x"))
    (tmp_path / "pulled.json").write_text(with_port("y", lineage="other"))
    footprint = read([tmp_path], environ={})
    assert ([c.id for c in footprint.claims], [g.kind for g in footprint.gaps]) == (["x"], [GapKind.REMOTE])
    assert {c.id for c in read([tmp_path, tmp_path / "pulled.json"], environ={}).claims} == {"x", "y"}


def test_a_held_lock_beside_the_state_is_seen(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(with_port("x"))
    (tmp_path / ".terraform.tfstate.lock.info").write_text(
        json.dumps({"ID": "1", "Who": "me", "Operation": "OperationTypeApply", "Created": "2026-11-23T00:00:00Z"})
    )
    footprint = read([tmp_path], environ={})
    assert [(lock.who, lock.held) for lock in footprint.locks] == [("me", False)]
    assert footprint.horizon is not None


def test_a_log_far_behind_a_jobs_own_output_is_found_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "job"
    path.write_text("pulling image layer\n" * 20000 + f"{PORT}.a: Creation complete after 1s [id=y]\n")
    assert [c.id for c in read([path], environ={}).claims] == ["y"]


def test_a_large_log_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    line = f"{PORT}.a: Still creating... [10s elapsed]\n"
    path.write_text(f"{PORT}.a: Creating...\n" + line * 50_000)
    tracemalloc.start()
    footprint = read([path], environ={})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [c.tense for c in footprint.claims] == [Tense.IN_FLIGHT]
    assert peak < path.stat().st_size / 3


def test_a_copied_directory_says_the_same_whatever_its_file_times(tmp_path: Path) -> None:
    original = FIXTURES / "tofu-killed"
    copy = shutil.copytree(original, tmp_path / "copy", copy_function=shutil.copyfile)

    def told(footprint: Footprint) -> Any:
        return footprint.horizon, sorted((c.address, c.tense, c.id or "") for c in footprint.claims)

    assert told(read([copy], environ={})) == told(read([original], environ={}))
