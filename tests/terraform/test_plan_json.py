from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import GapKind, Tense
from tfclean.terraform import plan_json
from tfclean.terraform.reading import Reading

FIXTURES = Path(__file__).parents[2] / "fixtures"
WIDE = (FIXTURES / "wide-applied" / "plan.json").read_bytes()


def plan(*actions: str, before: Any = None, after: Any = None, entry: Any = None, **change: Any) -> Reading:
    body = {"actions": list(actions), "before": before, "after": after, **change}
    document = {"format_version": "1.2", "resource_changes": [{"address": "openstack_x.y", "change": body, **(entry or {})}]}
    return plan_json.read(json.dumps(document).encode(), "p")


def told(reading: Reading) -> list[tuple[Tense, str | None]]:
    return [(claim.tense, claim.id) for claim in reading.claims]


OLD, NEW = {"id": "1", "name": "o"}, {"name": "n"}


def test_each_action_gives_what_is_there_and_what_shall_be() -> None:
    assert told(plan("create", after=NEW)) == [(Tense.PLANNED, None)]
    assert told(plan("no-op", before=OLD, after=OLD)) == [(Tense.RECORDED, "1")]
    assert told(plan("update", before=OLD, after=OLD)) == [(Tense.RECORDED, "1")]
    assert told(plan("delete", before=OLD)) == [(Tense.RECORDED, "1")]
    assert told(plan("delete", "create", before=OLD, after=NEW)) == [(Tense.RECORDED, "1"), (Tense.PLANNED, None)]
    assert told(plan("create", "delete", before=OLD, after=NEW)) == [(Tense.RECORDED, "1"), (Tense.PLANNED, None)]
    assert told(plan("forget", before=OLD)) == [(Tense.FORGOTTEN, "1")]
    assert told(plan("create", "forget", before=OLD, after=NEW)) == [(Tense.FORGOTTEN, "1"), (Tense.PLANNED, None)]


def test_an_imported_object_is_not_created() -> None:
    assert told(plan("no-op", before=OLD, after=OLD, importing={"id": "1"})) == [(Tense.IMPORTED, "1")]
    assert told(plan("update", after=NEW, importing={"id": "7"})) == [(Tense.IMPORTED, "7")]


def test_deposed_and_tainted_objects_are_seen() -> None:
    assert told(plan("delete", before=OLD, entry={"deposed": "3867ac38"})) == [(Tense.DEPOSED, "1")]
    reading = plan("delete", "create", before=OLD, after=NEW, entry={"action_reason": "replace_because_tainted"})
    assert told(reading) == [(Tense.TAINTED, "1"), (Tense.PLANNED, None)]


def test_a_data_source_is_referenced_with_its_id_if_known() -> None:
    data = {"address": "data.openstack_x.y"}
    assert told(plan("read", after={"name": "n"}, after_unknown={"id": True}, entry=data)) == [(Tense.REFERENCED, None)]
    assert told(plan("read", after={"id": "5"}, entry=data)) == [(Tense.REFERENCED, "5")]


def test_a_planned_object_has_its_known_attributes_and_the_names_of_the_others() -> None:
    claims = {claim.address: claim for claim in plan_json.read(WIDE, "p").claims}
    server = claims["openstack_compute_instance_v2.server"]
    assert server.attributes["name"] == "w200-server"
    assert {"id", "network", "flavor_id"} <= server.unknown
    assert "block_device" not in server.unknown
    assert {"admin_pass", "user_data"} <= server.sensitive
    assert not {"admin_pass", "user_data"} & server.attributes.keys()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/plan.json")), ids=lambda path: path.parent.name)
def test_every_recorded_plan_is_read_whole_and_without_planted_secrets(path: Path) -> None:
    reading = plan_json.read(path.read_bytes(), "p")
    document = json.loads(path.read_bytes())
    assert reading.whole
    assert "planted" not in repr(reading)
    creates = sorted(change["address"] for change in document["resource_changes"] if "create" in change["change"]["actions"])
    assert sorted(claim.address for claim in reading.claims if claim.tense is Tense.PLANNED) == creates
    assert reading.first == reading.last == datetime.fromisoformat(document["timestamp"])


def test_the_prior_state_is_older_and_never_present() -> None:
    reading = plan_json.read((FIXTURES / "drifted" / "refresh.json").read_bytes(), "p")
    prior = [claim for claim in reading.claims if claim.source.place == plan_json.PRIOR]
    assert len(prior) == 38
    assert not any(claim.present for claim in reading.claims)
    # two objects had vanished: only the drift tells their ids
    assert len([claim for claim in reading.claims if claim.source.place.startswith("resource_drift")]) == 2


def test_an_errored_plan_is_read() -> None:
    document = json.loads(WIDE)
    assert plan_json.read(json.dumps({**document, "errored": True}).encode(), "p").whole


def test_a_variable_is_given_if_it_is_not_its_default() -> None:
    variables = plan_json.read(WIDE, "p").variables
    assert {name: (variable.value, variable.given) for name, variable in variables.items()} == {
        "external_network": ("public", False),
        "flavor": ("m1.tiny", False),
        "image": ("cirros", False),
        "job": ("w200", True),
        "other_project": ("0123456789abcdef0123456789abcdef", False),
        "stubborn": ("true", True),
    }


def test_sensitive_variables_are_left_out() -> None:
    declared = {"quiet": {"sensitive": True}, "flag": {"default": False}, "nodes": {}}
    values = {
        "quiet": {"value": "s"},
        "flag": {"value": "false"},
        "db_password": {"value": "s"},
        "nodes": {"value": {"a": {"password": "s", "n": 1}}},
    }
    document = {
        "format_version": "1.2",
        "resource_changes": [],
        "variables": values,
        "configuration": {"root_module": {"variables": declared}},
    }
    variables = plan_json.read(json.dumps(document).encode(), "p").variables
    assert {name: (variable.value, variable.given) for name, variable in variables.items()} == {
        "flag": ("false", False),
        "nodes": ('{"a":{"n":1}}', True),
    }


def test_a_time_without_a_zone_is_universal() -> None:
    document = {"format_version": "1.2", "resource_changes": [], "timestamp": "2026-01-01T00:00:00"}
    assert plan_json.read(json.dumps(document).encode(), "p").first == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "content",
    [WIDE[:5000], b"", b"x", b'{"format_version":"1.2","resource_changes":7}', b'{"format_version":"1.2","resource_changes":[7]}'],
)
def test_what_is_no_shown_plan_is_one_gap(content: bytes) -> None:
    reading = plan_json.read(content, "p.json")
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert reading.gaps[0].reason.startswith("p.json")
    assert (reading.claims, reading.whole, reading.is_state) == ((), False, False)


SMALL = json.dumps({**json.loads(WIDE), "resource_changes": json.loads(WIDE)["resource_changes"][:3], "configuration": {}}).encode()
junk = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}) | st.just([{}])


@given(st.data())
def test_a_plan_with_any_value_replaced_never_raises(data: st.DataObject) -> None:
    document = json.loads(SMALL)
    here: Any = document
    while isinstance(here, dict | list) and here:
        step = data.draw(st.sampled_from(sorted(here)) if isinstance(here, dict) else st.integers(0, len(here) - 1))
        if not isinstance(here[step], dict | list) or not here[step] or data.draw(st.integers(0, 3)) == 0:
            here[step] = data.draw(junk)
            break
        here = here[step]
    assert all(claim.address and claim.type for claim in plan_json.read(json.dumps(document).encode(), "p").claims)
