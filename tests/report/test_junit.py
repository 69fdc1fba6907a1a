"""JUnit XML: valid, one case for each object, and failed where the exit code says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from tests.estate.test_scenarios import judged
from tests.recorded import JOBS
from tests.report.making import ADDRESSES, GROUP, NODE, PORT, SERVER, finding, judgement, plan, result, shown, uuid
from tests.report.test_html import DOCUMENTS
from tfclean.cleanup.plan import make_plan
from tfclean.errors import UsageError
from tfclean.model import Gap, GapKind, Judgement, Kept, Outcome, OutcomeKind, Verdict
from tfclean.report.problems import diff_exit_code, section
from tfclean.report.registry import report_class

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).with_name("junit.xsd")))


def junit(write: Any) -> ET.Element:
    """Give the root of a valid document whose counts are right."""
    text = shown("junit", write)
    root = ET.fromstring(text)
    SCHEMA.validate(text)
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(attribute, "")) == sum(case.find(tag) is not None for case in cases)
    return root


def diff(found: Judgement) -> ET.Element:
    return junit(lambda report: report.diff(found))


def ends(root: ET.Element) -> dict[str, str]:
    """Give what became of each case, by its name."""
    found = {}
    for case in root.iter("testcase"):
        assert case.get("name") not in found
        found[str(case.get("name"))] = next((child.tag for child in case), "passed")
    return found


def test_the_schema_refuses_what_is_no_junit() -> None:
    text = shown("junit", lambda report: report.diff(judgement()))
    for good, bad in (("testcase ", "testcas "), ('time="0"', ""), ("<properties>", ""), ("T12:00:00", "T12:00:00Z")):
        with pytest.raises((xmlschema.XMLSchemaException, ET.ParseError)):
            SCHEMA.validate(text.replace(good, bad))


def test_problems_fail_the_undecided_are_skipped_and_the_rest_passes() -> None:
    found = ends(diff(judgement()))
    assert found[NODE] == "failure"
    assert found[NODE.replace('"a"', '"b"')] == "failure"
    assert found["openstack_networking_secgroup_v2.g"] == "failure"
    assert found[f"by-hand ({uuid(5)})"] == "failure"
    assert found[f"job-net ({uuid(3)})"] == "failure"
    assert found[f"10.0.0.6 ({uuid(6)})"] == found[f"10.0.0.7 ({uuid(7)})"] == "skipped"
    assert found["openstack_networking_port_v2.a"] == "passed"
    assert not [name for name in found if "somebody-elses" in name]


def test_a_case_has_the_class_of_its_module_and_kind() -> None:
    cases = {case.get("name"): case.get("classname") for case in diff(judgement()).iter("testcase")}
    assert cases[NODE] == "module.compute.compute.server"
    assert cases["openstack_networking_port_v2.a"] == "network.port"


def test_what_is_protected_is_a_case_only_where_a_trace_of_the_job_speaks_of_it() -> None:
    own, other = finding(SERVER, Verdict.PROTECTED, addresses=(NODE,)), finding(PORT, Verdict.PROTECTED)
    assert ends(diff(Judgement({f.key: f for f in (own, other)}, ()))) == {NODE: "passed"}


def test_two_objects_of_one_address_are_two_cases() -> None:
    twins = [replace(finding(r, Verdict.ZOMBIE), addresses=(NODE,)) for r in (SERVER, PORT)]
    assert ends(diff(Judgement({f.key: f for f in twins}, ()))) == {f"{NODE} ({uuid(n)})": "failure" for n in (1, 2)}


def test_a_failure_tells_reasons_and_changes_and_withholds_secrets() -> None:
    texts = {case.get("name"): case.findtext("failure") or "" for case in diff(judgement()).iter("testcase")}
    assert "the log shows that it was created [apply.log: line 12]" in texts[NODE]
    assert 'description: "as made" -> "changed"' in texts["openstack_networking_secgroup_v2.g"]
    assert "admin_pass: changed (sensitive, values withheld)" in texts["openstack_networking_secgroup_v2.g"]


def test_properties_tell_where() -> None:
    for suite in diff(judgement()):
        told = {p.get("name"): p.get("value") for p in suite.iter("property")}
        assert (told["cloud"], told["project"], told["region"]) == ("ci", "p" * 32, "RegionOne")
        assert suite.get("timestamp") == "2026-11-22T12:00:00"


def test_what_could_not_be_listed_is_an_error() -> None:
    gaps = (Gap(GapKind.NOT_LISTED, "network.port", "503"), Gap(GapKind.UNKNOWN_TYPE, "x", "look"), Gap(GapKind.NO_SERVICE, "dns", "none"))
    found = ends(diff(Judgement({}, (), gaps=gaps)))
    assert found == {"not listed: network.port": "error", "unknown type: x": "skipped"}


def test_a_document_without_objects_is_valid() -> None:
    assert not ends(diff(Judgement({}, ())))


def test_a_plan_fails_nothing_and_skips_what_it_would_leave() -> None:
    found = ends(junit(lambda report: report.plan(plan(), {})))
    assert Counter(found.values()) == {"passed": 4, "skipped": 1}
    assert found[f"10.0.0.6 ({uuid(6)})"] == "skipped"


def test_all_that_is_left_of_the_job_fails_in_a_result() -> None:
    found = ends(junit(lambda report: report.result(result())))
    assert found[f"node-a ({SERVER.id})"] == found[f"node-a ({PORT.id})"] == "passed"
    assert found[f"job-group ({GROUP.id})"] == found[f"job-net ({uuid(3)})"] == found[f"10.0.0.6 ({ADDRESSES[0].id})"] == "failure"


def test_an_object_that_was_kept_and_is_left_is_one_case() -> None:
    kept = Outcome(GROUP.key, "job-group", OutcomeKind.KEPT, "circumstance")
    left = Kept(GROUP.key, "job-group", "circumstance", leftover=True)
    found = ends(junit(lambda report: report.result(result(outcomes=(kept,), leftovers=(left,)))))
    assert found == {f"job-group ({GROUP.id})": "failure", "nothing of the job is left, proven by two looks": "failure"}


def test_the_end_is_a_case_of_its_own_that_fails_unless_proven() -> None:
    clean = result(outcomes=(Outcome(SERVER.key, "node-a", OutcomeKind.DELETED),), leftovers=(), exit_code=0)
    for proven, end in ((True, "passed"), (False, "failure")):
        found = ends(junit(lambda report, proven=proven: report.result(replace(clean, proven=proven))))
        assert found["nothing of the job is left, proven by two looks"] == end


def test_a_sweep_passes_what_goes_skips_what_is_held_and_leaves_out_what_stays() -> None:
    found = ends(junit(DOCUMENTS["sweep"]))
    assert found == {f"node-a ({SERVER.id})": "passed", f"node-a ({PORT.id})": "passed", f"10.0.0.6 ({uuid(6)})": "skipped"}


def test_a_checkup_fails_where_nothing_goes_on() -> None:
    assert ends(junit(DOCUMENTS["checkup"])) == {"credentials": "passed", "evidence": "skipped", "evidence (2)": "failure"}


@pytest.mark.parametrize("document", ["explanation", "inventory", "journal"])
def test_what_neither_passes_nor_fails_has_no_junit(document: str) -> None:
    assert document in report_class("junit").lacks
    found = judgement()
    writes = {
        "explanation": lambda report: report.explanation(found.findings[SERVER.key], found, plan()),
        "inventory": lambda report: report.inventory(found.inventory, {}),
        "journal": lambda report: report.journal("j", plan(), ()),
    }
    with pytest.raises(UsageError, match="nothing that passes or fails"):
        shown("junit", writes[document])


@pytest.mark.parametrize("scenario", JOBS)
def test_recorded_jobs_fail_where_their_exit_code_says_so(scenario: str) -> None:
    found = judged(scenario)
    told = Counter(ends(diff(found)).values())
    decided = [f for f in found.findings.values() if (own := section(f)) and own.name not in ("possible", "unknown")]
    assert told["failure"] == len(decided)
    assert bool(told["failure"] or told["skipped"] or told["error"]) or diff_exit_code(found) == 0
    junit(lambda report: report.plan(make_plan(found), {}))
