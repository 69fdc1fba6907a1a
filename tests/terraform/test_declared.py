"""What a configuration adds to what traces say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.configuration import configuration, given
from tests.recorded import FIXTURES
from tfclean.errors import InputError, NothingToGoOn
from tfclean.model import OWNING, Claim, Footprint, Source, SourceKind, Tense
from tfclean.terraform.read import read
from tfclean.terraform.reading import Reading
from tfclean.terraform.unite import unite

PORT = "openstack_networking_port_v2"
CONFIG = Source(SourceKind.CONFIGURATION, "main.tf", "line 1")
LOG = Source(SourceKind.LOG_TEXT, "apply.log", "line 1")
PLAN = Source(SourceKind.PLAN_JSON, "plan.json")
STATE = Source(SourceKind.STATE, "terraform.tfstate")


def declared(*claims: Claim) -> Reading:
    return Reading(Source(SourceKind.CONFIGURATION, "."), claims)


def claim(tense: Tense, source: Source, **more: object) -> Claim:
    return Claim(f"{PORT}.p", PORT, tense, source, **more)  # type: ignore[arg-type]


WANTED = claim(Tense.PLANNED, CONFIG, attributes={"name": "p"}, unknown=frozenset({"network_id"}), refers=(("network_id", "x.n"),))


def test_a_create_that_a_log_shows_gets_the_attributes_of_the_configuration() -> None:
    (found,) = unite([Reading(LOG, (claim(Tense.IN_FLIGHT, LOG),)), declared(WANTED)]).claims
    assert (found.tense, found.source) == (Tense.IN_FLIGHT, LOG)
    assert (found.attributes, found.unknown, found.refers) == (WANTED.attributes, WANTED.unknown, WANTED.refers)


def test_a_plan_knows_the_attributes_better_and_learns_what_they_refer_to() -> None:
    plan = claim(Tense.PLANNED, PLAN, attributes={"name": "planned"})
    (found,) = unite([Reading(PLAN, (plan,)), declared(WANTED)]).claims
    assert (found.source, found.attributes, found.refers) == (PLAN, {"name": "planned"}, WANTED.refers)


def test_what_the_state_knows_is_not_expected_once_more() -> None:
    state = Reading(STATE, (claim(Tense.RECORDED, STATE, id="1"),), lineage="l", serial=1, is_state=True)
    (found,) = unite([state, declared(WANTED)]).claims
    assert (found.tense, found.attributes) == (Tense.RECORDED, {})


def test_where_a_trace_tells_of_creates_the_configuration_adds_none() -> None:
    other = Claim(f"{PORT}.other", PORT, Tense.CREATED, LOG, id="1")
    assert [c.address for c in unite([Reading(LOG, (other,)), declared(WANTED)]).claims] == [other.address]


def test_what_only_the_configuration_knows_is_planned_and_told_as_the_configurations() -> None:
    footprint = unite([declared(WANTED)])
    assert footprint.claims == (WANTED,)
    assert (footprint.complete, footprint.logged, footprint.horizon) == (False, False, None)


@pytest.mark.parametrize("tense", sorted({Tense.RECORDED, Tense.TAINTED, Tense.CREATED} & OWNING))
def test_what_the_configuration_asks_to_keep_is_kept_whoever_recorded_it(tense: Tense) -> None:
    made = Claim(f"module.m[0].{PORT}.p[1]", PORT, tense, STATE, id="1")
    removed = Claim(f"module.m.{PORT}.p", PORT, Tense.FORGOTTEN, CONFIG, keep="removed")
    guarded = Claim(made.address, PORT, Tense.PLANNED, CONFIG, keep="prevent_destroy")
    for wish in (removed, guarded):
        state = Reading(STATE, (made,), lineage="l", serial=1, is_state=True)
        found = next(c for c in unite([state, declared(wish)]).claims if c.id)
        assert found.keep == wish.keep
    assert all(c.keep is None for c in unite([state]).claims)


def folder(scenario: str, tmp_path: Path, *files: str) -> Path:
    configuration(scenario, tmp_path)
    for name in files:
        shutil.copy(FIXTURES / scenario / name, tmp_path / name)
    return tmp_path


def creates(footprint: Footprint) -> dict[str, object]:
    return {c.address: c.attributes.get("name") for c in footprint.claims if c.tense in (Tense.IN_FLIGHT, Tense.CREATED)}


@pytest.mark.parametrize("scenario", ["killed-middle", "http-killed", "interrupted", "own-router"])
def test_a_machine_log_and_the_configuration_know_together_what_log_and_plan_know(scenario: str, tmp_path: Path) -> None:
    beside = read([folder(scenario, tmp_path, "apply.log")], environ={}, variables=given(scenario))
    whole = read([FIXTURES / scenario / "apply.log", FIXTURES / scenario / "plan.json"], environ={})
    assert creates(beside) == creates(whole)
    assert any(creates(beside).values())


def test_an_empty_state_beside_log_and_configuration_stays_lost(tmp_path: Path) -> None:
    footprint = read([folder("tofu-killed", tmp_path, "apply.log", "terraform.tfstate")], environ={}, variables=given("tofu-killed"))
    assert not footprint.complete
    assert {c.source.kind for c in footprint.claims if c.tense is Tense.PLANNED} == {SourceKind.LOG_TEXT}


def test_a_configuration_alone_is_nothing_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(NothingToGoOn, match="no state, plan or log"):
        read([folder("applied", tmp_path)], environ={}, variables=given("applied"))


def test_one_file_of_configuration_means_its_directory(tmp_path: Path) -> None:
    where = folder("killed-middle", tmp_path / "config")
    log = FIXTURES / "killed-middle" / "apply.log"
    environ = {f"TF_VAR_{name}": variable.value for name, variable in given("killed-middle").items()}
    by_file = read([where / "main.tf", log], environ=environ)
    by_directory = read([where, log], environ=environ)
    assert by_file.claims == by_directory.claims
    assert any(creates(by_file).values())


def test_a_bad_file_of_configuration_is_an_error_when_named_and_a_gap_when_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.tf"
    bad.write_text("resource {\n  = 1\n}\n")
    log = FIXTURES / "killed-middle" / "apply.log"
    with pytest.raises(InputError, match=r"bad\.tf: line 2: "):
        read([bad, log], environ={})
    assert [gap.subject for gap in read([tmp_path, log], environ={}).gaps] == [str(bad)]
