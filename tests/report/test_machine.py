"""Documents for programs: as their schemas say, the same for the same input, and without secrets."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from tests.estate.test_scenarios import judged
from tests.recorded import JOBS
from tests.report.making import NETWORK, SERVER, aftermath, judgement, plan, result, shown, uuid
from tfclean.cleanup.documents import load_plan, plan_document
from tfclean.cleanup.plan import make_plan
from tfclean.cloud.document import dump, load
from tfclean.model import Event, Result
from tfclean.report.problems import diff_exit_code


def schema(name: str) -> Any:
    return json.loads((files("tfclean.report") / "schemas" / f"{name}.json").read_text())


def document(write: Any) -> Any:
    text = shown("json", write)
    assert text.isascii()
    return json.loads(text)


def check(name: str, found: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema(name))
    assert [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(found)] == []


@pytest.mark.parametrize("scenario", ["made", *JOBS])
def test_a_diff_is_as_its_schema_says(scenario: str) -> None:
    j = judgement() if scenario == "made" else judged(scenario)
    found = document(lambda r: r.diff(j))
    check("diff", found)
    assert found["exit_code"] == diff_exit_code(j)
    assert len(found["resources"]) == len(j.findings)


@pytest.mark.parametrize("scenario", JOBS)
def test_a_plan_is_as_its_schema_says_and_can_be_read_back(scenario: str) -> None:
    made = make_plan(judged(scenario))
    found = document(lambda r: r.plan(made, plan_document(made)))
    check("plan", found)
    assert load_plan(found) == load_plan(plan_document(made))


@pytest.mark.parametrize("made", [result(), Result(), aftermath()])
def test_a_result_is_as_its_schema_says(made: Result) -> None:
    check("result", document(lambda r: r.result(made)))


@pytest.mark.parametrize("scenario", JOBS)
def test_an_inventory_is_as_its_schema_says_and_can_be_read_back(scenario: str) -> None:
    inventory = judged(scenario).inventory
    found = document(lambda r: r.inventory(inventory, dump(inventory)))
    check("inventory", found)
    assert load(found, "i.json") == inventory


def test_the_id_of_what_never_had_one_is_null() -> None:
    found = document(lambda r: r.diff(judgement()))
    assert [r["addresses"] for r in found["resources"] if r["id"] is None] == [["openstack_networking_network_v2.x"]]


def test_sensitive_values_are_withheld() -> None:
    found = document(lambda r: r.diff(judgement()))
    drift = next(d for r in found["resources"] for d in r["drift"] if d["sensitive"])
    assert (drift["before"], drift["after"]) == (None, None)


def test_explanations_and_journals_have_the_same_head() -> None:
    j = judgement()
    told = document(lambda r: r.explanation(j.findings[SERVER.key], j, plan()))
    assert (
        told["planned"].items()
        >= {"action": "delete", "target": {"kind": "compute.server", "id": uuid(1)}, "because": "the log shows it"}.items()
    )
    kept = document(lambda r: r.explanation(j.findings[NETWORK.key], j, plan()))
    assert kept["kept"]["because"] == "asked to keep it"
    event = Event("gone", plan().made_at, SERVER.key, {"outcome": "deleted"})  # type: ignore[arg-type]
    journal = document(lambda r: r.journal("j.jsonl", plan(), [event]))
    check("journal", journal)
    assert journal["events"][0]["target"] == {"kind": "compute.server", "id": uuid(1)}
    for found in (told, journal):
        assert {"format_version", "document", "tool_version", "cloud", "project", "region", "time"} <= found.keys()
