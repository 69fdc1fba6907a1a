from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.model import GapKind, SourceKind, Tense
from tfclean.terraform import state
from tfclean.terraform.flatmap import unflatten
from tfclean.terraform.reading import Reading
from tfclean.terraform.salvage import salvage

FIXTURES = Path(__file__).parents[2] / "fixtures"
APPLIED = (FIXTURES / "applied" / "terraform.tfstate").read_bytes()
SMALL = (FIXTURES / "killed-early" / "terraform.tfstate").read_bytes()
RECORDED = [path for path in sorted(FIXTURES.rglob("*tfstate*")) if path.is_file() and path.parent.name != ".terraform"]
UUID = "6f5d5b2e-6b3c-4a39-9a0c-0d4c8a1d2e3f"


def one(instance: dict[str, Any] | None = None, **resource: Any) -> Reading:
    whole = {"attributes": {"id": UUID, "name": "n"}, **(instance or {})}
    body = {"mode": "managed", "type": "openstack_networking_port_v2", "name": "p", "instances": [whole], **resource}
    return state.read(json.dumps({"version": 4, "serial": 3, "lineage": "l", "resources": [body]}).encode(), "a/terraform.tfstate")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_every_instance_of_a_recorded_state_becomes_a_claim(path: Path) -> None:
    data = path.read_bytes()
    reading = state.read(data, str(path))
    document = json.loads(data) if data else {}
    expected = [
        (resource["type"], instance["attributes"]["id"], instance.get("index_key"))
        for resource in document.get("resources", [])
        for instance in resource["instances"]
    ]
    assert [(claim.type, claim.id) for claim in reading.claims] == [(type_, id_) for type_, id_, _ in expected]
    for claim, (_, _, key) in zip(reading.claims, expected, strict=True):
        assert claim.address.endswith("" if key is None else f"[{json.dumps(key)}]")
    assert reading.whole == bool(document.get("resources"))
    assert (reading.serial, reading.lineage) == (document.get("serial"), document.get("lineage"))
    assert reading.is_state


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_no_planted_secret_enters_a_claim(path: Path) -> None:
    assert "planted" not in repr(state.read(path.read_bytes(), path.name))


def test_tainted_deposed_and_looked_up_objects_are_told_apart() -> None:
    assert one().claims[0].tense is Tense.RECORDED
    assert one({"status": "tainted"}).claims[0].tense is Tense.TAINTED
    deposed = one({"deposed": "3867ac38"}).claims[0]
    assert (deposed.tense, deposed.deposed, deposed.address) == (Tense.DEPOSED, "3867ac38", "openstack_networking_port_v2.p")
    looked_up = one(mode="data").claims[0]
    assert (looked_up.tense, looked_up.address) == (Tense.REFERENCED, "data.openstack_networking_port_v2.p")


def test_keys_and_modules_make_the_address() -> None:
    assert one({"index_key": 0}).claims[0].address == "openstack_networking_port_v2.p[0]"
    assert (
        one({"index_key": 'a"b'}, module='module.m["x.y"]').claims[0].address == r'module.m["x.y"].openstack_networking_port_v2.p["a\"b"]'
    )


def test_a_claim_says_where_it_stands_and_of_what_lineage() -> None:
    claim = one({"dependencies": ["data.a.b", "module.m.c.d"]}).claims[0]
    assert str(claim.source) == "a/terraform.tfstate: serial 3"
    assert (claim.lineage, claim.present, claim.dependencies) == ("l", True, ("data.a.b", "module.m.c.d"))


def test_backups_and_unsent_states_are_told_by_their_names() -> None:
    kinds = [state.read(SMALL, name).claims[0].source.kind for name in ("x.tfstate", "terraform.tfstate.17.backup", "a/errored.tfstate")]
    assert kinds == [SourceKind.STATE, SourceKind.BACKUP, SourceKind.ERRORED_STATE]


def test_skip_destroy_of_opentofu_is_a_wish_to_keep() -> None:
    assert "skip_destroy" in (one({"skip_destroy": True}).claims[0].keep or "")
    assert one().claims[0].keep is None


def test_opentofu_may_write_the_provider_on_each_instance() -> None:
    assert one({"provider": 'provider["registry.opentofu.org/x/openstack"].alias["k"]'}).whole


def test_padded_ids_are_stripped() -> None:
    claim = one({"attributes": {"id": f" {UUID} ", "network_id": f"{UUID}\n", "description": " kept "}}).claims[0]
    assert claim.id == UUID
    assert claim.attributes == {"id": UUID, "network_id": UUID, "description": " kept "}


def test_a_resource_without_instances_claims_nothing() -> None:
    reading = one(instances=[])
    assert reading.claims == ()
    assert reading.whole


def test_marked_attributes_are_withheld() -> None:
    paths: list[Any] = [
        [{"type": "get_attr", "value": "name"}],
        [{"type": "get_attr", "value": "list"}, {"type": "index", "value": {"value": 0, "type": "number"}}],
    ]
    claim = one({"attributes": {"id": UUID, "name": "s", "list": ["s"], "size": 1}, "sensitive_attributes": paths}).claims[0]
    assert claim.attributes == {"id": UUID, "size": 1}
    assert claim.sensitive == {"name", "list"}
    assert one({"sensitive_attributes": [[]]}).claims[0].attributes == {}


def test_flat_attributes_are_nested() -> None:
    flat = {"id": UUID, "network.#": "2", "network.0.uuid": "a", "network.1.uuid": "b", "tags.#": "0", "meta.%": "1", "meta.a.b": "c"}
    claim = one({"attributes": None, "attributes_flat": flat}).claims[0]
    assert claim.id == UUID
    assert claim.attributes == {"id": UUID, "network": [{"uuid": "a"}, {"uuid": "b"}], "tags": [], "meta": {"a.b": "c"}}
    assert unflatten("x") is None


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", GapKind.STATE_LOST, "is empty: the state was lost"),
        (b'{"version": 4, "terraform_version": "1.1', GapKind.STATE_LOST, "ends early (line 1"),
        (b'{"version": 9, "serial": 1}', GapKind.UNREADABLE, "unknown format version 9"),
        (b'{"version": "\\u001b[31m", "serial": 1}', GapKind.UNREADABLE, "unknown format version '\\x1b[31m'"),
        (b'{"serial": 7, "lineage": "l", "encrypted_data": "x"}', GapKind.ENCRYPTED, "tofu state pull"),
        (b"hello", GapKind.UNREADABLE, "is text of another kind and no state"),
        (b'{"a":', GapKind.UNREADABLE, "no state (it ends early"),
        (b"{}", GapKind.UNREADABLE, "no state"),
        (b"PK\x03\x04", GapKind.UNREADABLE, "is a saved plan and no state"),
    ],
)
def test_what_is_no_whole_state_is_one_clear_gap(content: bytes, kind: GapKind, words: str) -> None:
    reading = state.read(content, "x.tfstate")
    assert [gap.kind for gap in reading.gaps] == [kind]
    assert reading.gaps[0].reason.startswith("x.tfstate ")
    assert words in reading.gaps[0].reason
    assert (reading.claims, reading.whole, reading.is_state) == ((), False, True)


def test_an_encrypted_state_tells_serial_and_lineage() -> None:
    reading = state.read((FIXTURES / "tofu-encrypted" / "terraform.tfstate").read_bytes(), "x")
    assert (reading.serial, reading.lineage) == (1, "c9432c92-713e-2fae-c830-5ffaf551be9f")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9, 0.999])
def test_a_cut_off_state_gives_the_instances_before_the_cut_and_says_that_it_is_lost(share: float) -> None:
    whole = state.read(APPLIED, "x")
    cut = state.read(APPLIED[: int(len(APPLIED) * share)], "x")
    assert cut.claims == whole.claims[: len(cut.claims)]
    begun = APPLIED[: int(len(APPLIED) * share)].count(b'"schema_version"')
    assert begun - len(cut.claims) in (0, 1)
    assert [gap.kind for gap in cut.gaps] == [GapKind.STATE_LOST]
    assert not cut.whole


def test_a_state_damaged_in_the_middle_is_lost_too() -> None:
    middle = APPLIED.index(b'"worker-1"')
    reading = state.read(APPLIED[:middle] + b"\xff\x00?" + APPLIED[middle:], "x")
    assert [gap.kind for gap in reading.gaps] == [GapKind.STATE_LOST]
    assert reading.claims


def test_zeros_after_a_power_cut_are_damage_like_any_other() -> None:
    reading = state.read(APPLIED[:9000] + bytes(4096), "x")
    assert [gap.kind for gap in reading.gaps] == [GapKind.STATE_LOST]
    assert reading.claims


def test_a_number_at_the_cut_is_not_believed() -> None:
    assert salvage('{"version": 4, "serial": 12') == {"version": 4}


@pytest.mark.parametrize(
    "resource",
    [
        "x",
        {"mode": "managed", "type": "a b", "name": "p", "instances": []},
        {"mode": "managed", "type": "openstack_x", "name": "", "instances": [{"attributes": {"id": "1"}}]},
        {"mode": "ephemeral", "type": "openstack_x", "name": "p", "instances": [{}]},
        {"mode": "managed", "type": "openstack_x", "name": "p", "module": "module.", "instances": [{}]},
        {"mode": "managed", "type": "openstack_x", "name": "p", "instances": {}},
        {"mode": "managed", "type": "openstack_x", "name": "p", "instances": [7]},
        {"mode": "managed", "type": "openstack_x", "name": "p", "instances": [{"attributes": [], "index_key": 1}]},
        {"mode": "managed", "type": "openstack_x", "name": "p", "instances": [{"index_key": [1]}]},
        {"mode": ["managed"], "type": "openstack_x", "name": "p", "instances": [{}]},
    ],
)
def test_one_broken_resource_is_a_gap_and_the_others_stay(resource: Any) -> None:
    document = json.loads(SMALL)
    document["resources"].insert(1, resource)
    reading = state.read(json.dumps(document).encode(), "x")
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert reading.gaps[0].reason.startswith("x: resources[1]")
    assert len(reading.claims) == len(state.read(SMALL, "x").claims)
    assert not reading.whole


def test_many_broken_resources_are_few_gaps() -> None:
    reading = state.read(json.dumps({"version": 4, "serial": 1, "resources": [0] * 500}).encode(), "x")
    assert len(reading.gaps) == 21
    assert "480 more places" in reading.gaps[-1].reason


junk = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just([]) | st.just({}) | st.just([{}])
)


@given(st.data())
def test_a_state_with_any_value_replaced_never_raises(data: st.DataObject) -> None:
    document = json.loads(SMALL)
    here: Any = document
    while isinstance(here, dict | list) and here:
        step = data.draw(st.sampled_from(sorted(here)) if isinstance(here, dict) else st.integers(0, len(here) - 1))
        if not isinstance(here[step], dict | list) or not here[step] or data.draw(st.integers(0, 3)) == 0:
            here[step] = data.draw(junk)
            break
        here = here[step]
    reading = state.read(json.dumps(document).encode(), "x")
    assert all(claim.address and claim.type for claim in reading.claims)
    assert reading.whole or reading.gaps


@given(st.integers(0, len(SMALL)), st.binary(max_size=4), st.integers(0, 20))
def test_a_state_with_any_bytes_replaced_never_raises(at: int, junk: bytes, gone: int) -> None:
    reading = state.read(SMALL[:at] + junk + SMALL[at + gone :], "x")
    assert reading.whole or reading.gaps
    assert all(claim.address and claim.type for claim in reading.claims)
