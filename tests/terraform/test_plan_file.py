from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfclean.model import Claim, GapKind, SourceKind
from tfclean.terraform import plan_file, plan_json

FIXTURES = Path(__file__).parents[2] / "fixtures"
BOTH = [path for path in sorted(FIXTURES.glob("*/*.tfplan")) if path.parent.name != "tofu-encrypted"]
PLAN = (FIXTURES / "tainted" / "plan.tfplan").read_bytes()


def facts(claim: Claim) -> tuple[Any, ...]:
    return (claim.address, claim.tense, claim.deposed, claim.id, claim.attributes, claim.sensitive, claim.unknown)


def packed(**changed: bytes | None) -> bytes:
    """Give a plan file with other members; None takes one out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAN)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        members = {name: old.read(name) for name in old.namelist()}
        for name, content in {**members, **{name.replace("__", "/"): content for name, content in changed.items()}}.items():
            if content is not None:
                new.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize("path", BOTH, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plan_file_says_what_show_says_of_it(path: Path) -> None:
    shown = plan_json.read(path.with_suffix(".json").read_bytes(), "p")
    plan, *states = plan_file.read(path.read_bytes(), "p")
    expected = [claim for claim in shown.claims if claim.source.place != plan_json.PRIOR]
    assert sorted(map(facts, plan.claims), key=lambda fact: str(fact[:3])) == sorted(map(facts, expected), key=lambda fact: str(fact[:3]))
    assert (plan.first, plan.whole, plan.gaps) == (shown.first, True, ())
    # a variable may be given the value that it has anyway: only the plan file knows
    given = {name: variable.value for name, variable in shown.variables.items() if variable.given}
    told = {name: variable.value for name, variable in plan.variables.items()}
    assert told == {**given, **{name: shown.variables[name].value for name in told.keys() - given.keys()}}
    assert [state.source.place.split(",")[0] for state in states] == list(plan_file.STATES)
    prior = [(claim.address, claim.id) for claim in shown.claims if claim.source.place == plan_json.PRIOR]
    assert sorted((claim.address, claim.id) for claim in states[0].claims) == sorted(prior)


@pytest.mark.parametrize("path", BOTH, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_planted_secret_enters_a_claim(path: Path) -> None:
    assert "planted" not in repr(plan_file.read(path.read_bytes(), "p"))


def test_states_inside_are_older_states() -> None:
    _, refreshed, stored = plan_file.read((FIXTURES / "drifted" / "refresh.tfplan").read_bytes(), "p")
    assert (refreshed.serial, refreshed.is_state, stored.is_state) == (39, True, True)
    assert {claim.source.kind for claim in refreshed.claims} == {SourceKind.PLAN_FILE}
    # the difference is drift: two objects had vanished
    assert (len(refreshed.claims), len(stored.claims)) == (38, 40)
    assert not any(claim.present for claim in (*refreshed.claims, *stored.claims))


def test_sensitive_and_undeclared_variables_are_left_out() -> None:
    def names(main: bytes, name: str = "tfconfig__m-__variables.tf") -> set[str]:
        return set(plan_file.read(packed(**{name: main}), "p")[0].variables)

    assert names(b'variable "job" {\n}\nvariable "router_id" {}\n') == {"job", "router_id"}
    assert names(b'variable "job" {\n  sensitive = true\n}\nvariable "router_id" {}\n') == {"router_id"}
    assert names(b'variable "job" {\n}\noutput "x" { sensitive = true }\n') == {"job"}
    assert names(b'variable job { sensitive = "true" }\nvariable router_id { sensitive = false }\n') == {"router_id"}
    assert names(json.dumps({"variable": {"job": {"sensitive": True}, "router_id": [{}]}}).encode(), "tfconfig__m-__x.tf.json") == {
        "router_id"
    }


def test_a_file_of_configuration_without_any_block_does_no_harm_to_the_plan() -> None:
    assert plan_file.read(packed(**{"tfconfig__m-__notes.tf": b"# nothing yet\n"}), "p")[0].claims


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (PLAN[: len(PLAN) // 2], GapKind.UNREADABLE, "cut off or damaged"),
        (b"PK\x03\x04", GapKind.UNREADABLE, "cut off or damaged"),
        ((FIXTURES / "tofu-encrypted" / "plan.tfplan").read_bytes(), GapKind.ENCRYPTED, "tofu show -json"),
        (b"tfplan\x02", GapKind.UNREADABLE, "before 0.12"),
        (b'{"remote_plan_format":1,"run_id":"run-1","hostname":"h"}', GapKind.UNREADABLE, "HCP Terraform"),
        (b"", GapKind.UNREADABLE, "is empty"),
        (b"hello", GapKind.UNREADABLE, "no saved plan"),
        (packed(tfplan=None), GapKind.UNREADABLE, "without the member tfplan"),
        (packed(tfplan=b"\x08\x02"), GapKind.UNREADABLE, "format version 2"),
        (packed(tfplan=b"\x08\x03\x1a\x05"), GapKind.UNREADABLE, "cut off or damaged"),
        (packed(tfstate=b"{}"), GapKind.UNREADABLE, "p (tfstate) is JSON of another kind"),
        (packed(tfstate=b""), GapKind.STATE_LOST, "p (tfstate) is empty"),
    ],
)
def test_what_is_no_whole_plan_is_one_clear_gap(content: bytes, kind: GapKind, words: str) -> None:
    gaps = [gap for reading in plan_file.read(content, "p") for gap in reading.gaps]
    assert [gap.kind for gap in gaps] == [kind]
    assert words in gaps[0].reason


def test_a_zip_bomb_is_not_unpacked() -> None:
    reading = plan_file.read(packed(tfplan=b"\0" * (64 * 1024 * 1024)), "p")[0]
    assert "would unpack to 67108864 bytes" in reading.gaps[0].reason
    assert not reading.whole


def test_a_damaged_state_inside_does_not_hide_the_plan() -> None:
    plan, *states = plan_file.read(packed(**{"tfstate-prev": b'{"version": 4, "ser'}), "p")
    assert plan.whole
    assert [state.whole for state in states] == [True, False]


@settings(deadline=None)
@given(st.integers(0, len(PLAN)), st.binary(max_size=4), st.integers(0, 8))
def test_a_plan_file_with_any_bytes_replaced_never_raises(at: int, junk: bytes, gone: int) -> None:
    readings = plan_file.read(PLAN[:at] + junk + PLAN[at + gone :], "p")
    assert all(claim.address and claim.type for reading in readings for claim in reading.claims)


@settings(deadline=None)
@given(st.data())
def test_a_plan_message_with_any_bytes_replaced_never_raises(data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAN)) as archive:
        content = archive.read("tfplan")
    at = data.draw(st.integers(0, len(content)))
    broken = content[:at] + data.draw(st.binary(max_size=4)) + content[at + data.draw(st.integers(0, 8)) :]
    reading = plan_file.read(packed(tfplan=broken), "p")[0]
    assert all(claim.address and claim.type for claim in reading.claims)
