from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfclean.model import Claim, GapKind, Tense
from tfclean.terraform import state, state_json

FIXTURES = Path(__file__).parents[2] / "fixtures"
BOTH = [path.parent for path in sorted(FIXTURES.rglob("state.json")) if path.parent.name != "tofu-encrypted"]


def shown(resource: Any) -> bytes:
    module = {"address": 'module.a["x"]', "resources": [resource]}
    return json.dumps({"format_version": "1.0", "values": {"root_module": {"child_modules": [module]}}}).encode()


RESOURCE = {
    "address": 'module.a["x"].openstack_x.y[0]',
    "mode": "managed",
    "type": "openstack_x",
    "name": "y",
    "values": {"id": "1", "name": "n"},
}


def facts(claim: Claim) -> tuple[Any, ...]:
    return (claim.address, claim.tense, claim.id, claim.attributes, claim.sensitive, claim.deposed, sorted(claim.dependencies))


@pytest.mark.parametrize("folder", BOTH, ids=lambda folder: folder.name)
def test_a_shown_state_says_what_the_state_says(folder: Path) -> None:
    raw = state.read((folder / "terraform.tfstate").read_bytes(), "x")
    reading = state_json.read((folder / "state.json").read_bytes(), "x")
    assert sorted(map(facts, reading.claims), key=repr) == sorted(map(facts, raw.claims), key=repr)
    assert (reading.whole, reading.is_state, reading.serial, reading.lineage) == (True, True, None, None)


def test_an_encrypted_state_can_be_read_once_it_is_shown() -> None:
    assert len(state_json.read((FIXTURES / "tofu-encrypted" / "state.json").read_bytes(), "x").claims) == 24


def test_tainted_deposed_and_sensitive_are_seen() -> None:
    assert state_json.read(shown({**RESOURCE, "tainted": True}), "x").claims[0].tense is Tense.TAINTED
    deposed = state_json.read(shown({**RESOURCE, "deposed_key": "3867ac38"}), "x").claims[0]
    assert (deposed.tense, deposed.deposed) == (Tense.DEPOSED, "3867ac38")
    marked = state_json.read(shown({**RESOURCE, "sensitive_values": {"name": True}}), "x").claims[0]
    assert (marked.attributes, marked.sensitive) == ({"id": "1"}, {"name"})


def test_no_state_at_all_is_a_whole_reading_of_nothing() -> None:
    reading = state_json.read(b'{"format_version":"1.0"}', "x")
    assert (reading.claims, reading.gaps, reading.whole) == ((), (), True)


@pytest.mark.parametrize("resource", ["x", {**RESOURCE, "values": 1}, {**RESOURCE, "address": "nonsense"}, {"values": {}}])
def test_a_broken_resource_is_a_gap_with_its_place(resource: Any) -> None:
    reading = state_json.read(shown(resource), "x")
    assert reading.claims == ()
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert "child_modules[0].resources[0]" in reading.gaps[0].reason


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b'{"format_version":"1.0","values":{',
        b'{"format_version":"1.0","values":7}',
        b'{"format_version":"1.0","values":{"root_module":{"resources":7}}}',
    ],
)
def test_what_is_no_shown_state_is_one_gap(content: bytes) -> None:
    reading = state_json.read(content, "x")
    assert [gap.kind for gap in reading.gaps] == [GapKind.UNREADABLE]
    assert not reading.whole
