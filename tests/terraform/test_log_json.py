"""Machine logs."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import SourceKind, Tense
from tfclean.terraform import log_json

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOGS = sorted(p for p in FIXTURES.glob("*/*.log") if p.read_bytes()[:1] == b"{")
PORT = "openstack_networking_port_v2.a"
A, B = "0a1c51aa-b170-4dc0-a9ad-ddbed1891398", "5e9fbb2d-2746-4cd1-ba93-48db838001d4"


def line(kind: str, second: int = 0, **more: Any) -> str:
    return json.dumps({"@level": "info", "@message": kind, "@timestamp": f"2026-11-23T00:00:{second:02}.123456Z", "type": kind, **more})


def hook(kind: str, action: str, second: int = 0, id_: str | None = None, addr: str = PORT) -> str:
    told: dict[str, Any] = {"resource": {"addr": addr}, "action": action}
    if id_:
        told |= {"id_key": "id", "id_value": id_}
    return line(kind, second, hook=told)


def claims(*lines: str) -> list[tuple[Tense, str | None]]:
    reading = log_json.read(io.BytesIO("\n".join(lines).encode()), "apply.log")[0]
    return [(c.tense, c.id) for c in reading.claims]


@pytest.mark.parametrize("path", LOGS, ids=lambda p: p.parent.name)
def test_every_recorded_log_gives_what_its_messages_count(path: Path) -> None:
    started: dict[str, str] = {}
    planned: set[str] = set()
    for text in path.read_text().splitlines():
        message = json.loads(text)
        told = message.get("hook") or message.get("change")
        if not told or "resource" not in told or not told["resource"]["resource_type"].startswith("openstack_"):
            continue
        address = told["resource"]["addr"]
        if message["type"] == "planned_change" and told["action"] == "create":
            planned.add(address)
        if told.get("action") == "create" and message["type"] in ("apply_start", "apply_complete"):
            started[address] = message["type"]
    with path.open("rb") as stream:
        found = Counter(c.tense for c in log_json.read(stream, "x")[0].claims)
    assert found[Tense.CREATED] == sum(kind == "apply_complete" for kind in started.values())
    assert found[Tense.IN_FLIGHT] == sum(kind == "apply_start" for kind in started.values())
    assert found[Tense.PLANNED] == len(planned - started.keys())


def test_the_candidates_of_an_interrupted_run_are_the_objects_that_it_left() -> None:
    folder = FIXTURES / "interrupted"
    made = {id_ for kind in json.loads((folder / "made.json").read_text()).values() for id_ in kind}
    with (folder / "apply.log").open("rb") as stream:
        found = {c for claim in log_json.read(stream, "x")[0].claims for c in claim.candidates}
    assert found
    assert found <= made


def test_a_create_has_the_times_of_its_start_and_end() -> None:
    text = "\n".join([hook("apply_start", "create", 1), hook("apply_complete", "create", 3, A)])
    reading = log_json.read(io.BytesIO(text.encode()), "x")[0]
    (claim,) = reading.claims
    assert claim.started is not None
    assert claim.ended is not None
    assert (claim.started.second, claim.ended.second, reading.first, reading.last) == (1, 3, claim.started, claim.ended)


def test_a_create_that_errored_is_in_flight() -> None:
    assert claims(hook("apply_start", "create"), hook("apply_errored", "create")) == [(Tense.IN_FLIGHT, None)]


def test_a_destroy_has_the_id_of_its_start() -> None:
    assert claims(hook("apply_start", "delete", id_=A), hook("apply_complete", "delete")) == [(Tense.DESTROYED, A)]


def test_of_two_objects_of_one_address_none_is_gone_until_both_are() -> None:
    both = [hook("apply_start", "delete", id_=A), hook("apply_start", "delete", id_=B), hook("apply_complete", "delete")]
    assert claims(*both) == [(Tense.RECORDED, A), (Tense.RECORDED, B)]
    assert claims(*both, hook("apply_complete", "delete")) == [(Tense.DESTROYED, A), (Tense.DESTROYED, B)]


def test_a_replace_is_a_destroy_and_a_create() -> None:
    lines = [hook("apply_start", "delete", id_=A), hook("apply_complete", "delete"), hook("apply_start", "create")]
    assert claims(*lines) == [(Tense.DESTROYED, A), (Tense.IN_FLIGHT, None)]


def test_a_data_source_is_referenced_and_a_refreshed_object_recorded() -> None:
    data = "data.openstack_images_image_v2.x"
    assert claims(hook("apply_start", "read", addr=data), hook("apply_complete", "read", id_=A, addr=data)) == [(Tense.REFERENCED, A)]
    assert claims(hook("refresh_complete", "", id_=A)) == [(Tense.RECORDED, A)]


def test_a_name_in_the_place_of_an_id_is_none() -> None:
    told = {"resource": {"addr": PORT}, "action": "create", "id_key": "name", "id_value": "n"}
    assert claims(hook("apply_start", "create"), line("apply_complete", hook=told)) == [(Tense.IN_FLIGHT, None)]


def test_what_is_let_go_is_forgotten_with_the_id_of_its_refresh() -> None:
    gone = line("planned_change", change={"resource": {"addr": PORT}, "action": "remove"})
    assert claims(hook("refresh_complete", "", id_=A), gone) == [(Tense.FORGOTTEN, A)]


def test_what_is_imported_is_no_create() -> None:
    told = line("planned_change", change={"resource": {"addr": PORT}, "action": "import", "importing": {"id": A}})
    assert claims(told) == [(Tense.IMPORTED, A)]


def test_a_line_that_was_cut_off_is_passed_over() -> None:
    whole = hook("apply_start", "create")
    assert claims(whole, hook("apply_complete", "create", id_=A)[:-20]) == [(Tense.IN_FLIGHT, None)]


def test_an_emergency_dump_is_read_as_a_state() -> None:
    state = {"version": 4, "serial": 3, "lineage": "l", "resources": []}
    for dump in (state, json.dumps(state)):
        readings = log_json.read(io.BytesIO(line("log", state=dump).encode()), "x")
        assert [(r.source.kind, r.serial, r.lineage) for r in readings[1:]] == [(SourceKind.ERRORED_STATE, 3, "l")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=8), x, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["apply_start", "apply_complete", "diagnostic", "planned_change", "refresh_complete", "log"]), JSON)
def test_no_message_makes_the_reader_raise(kind: str, value: Any) -> None:
    for name in ("hook", "change", "diagnostic", "state"):
        log_json.read(io.BytesIO(line(kind, **{name: value}).encode()), "x")
        log_json.read(io.BytesIO(line(kind, **{name: {"resource": {"addr": PORT}, "action": value, "address": value}}).encode()), "x")
