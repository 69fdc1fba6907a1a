"""Every recorded scenario, judged against what was recorded of the cloud, and held against the truth beside it."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.recorded import FIXTURES, JOBS, WIDE, document, inventory, truth
from tfclean.estate.judge import judge
from tfclean.model import Confidence, Finding, GapKind, Judgement, Key, Verdict
from tfclean.terraform.read import read

TRACES = ("terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate", "plan.tfplan", "plan.json", "apply.log", "destroy.log")
STRANGERS = {
    "drifted": {"3232b6ba-3ff2-4a44-9562-128829324bff"},
    "destroy-failed": {"d80b45d9-8432-4a63-95dd-6df346483dbd", "2965eef8-d9f4-41e9-94b1-eb69627106fc"},
}
# Only circumstance speaks of these: floating IPs in flight, and what an operator named like the job.
CIRCUMSTANCE = {"killed-middle": {"floatingip"}, "twin-killed": {"floatingip"}, "twin-tofu-killed": {"floatingip"}, "drifted": set[str]()}
BY_HAND = "4725ad0a-58f9-41ea-a621-9996e73b5fd3"
PROBLEMS = (Verdict.MISSING, Verdict.DRIFTED, Verdict.ZOMBIE, Verdict.POSSIBLE)


@cache
def judged(scenario: str, traces: tuple[str, ...] = TRACES) -> Judgement:
    with TemporaryDirectory() as folder:
        for name in traces:
            if (FIXTURES / scenario / name).exists():
                shutil.copy(FIXTURES / scenario / name, folder)
        if (FIXTURES / scenario / ".terraform").exists():
            shutil.copytree(FIXTURES / scenario / ".terraform", Path(folder, ".terraform"))
        return judge(read([folder]), inventory(scenario))


def problems(judgement: Judgement) -> dict[Key, Finding]:
    return {k: f for k, f in judgement.findings.items() if f.verdict in PROBLEMS and f.cause is None}


@pytest.mark.parametrize("scenario", JOBS)
def test_all_that_the_run_made_is_found(scenario: str) -> None:
    j = judged(scenario)
    for kind, objects in truth(scenario).items():
        for id_ in objects.keys() - STRANGERS.get(scenario, set()) - {BY_HAND}:
            found = next(f for k, f in j.findings.items() if k.id == id_ and "tie" not in f.flags)
            expected = Confidence.POSSIBLE if kind in CIRCUMSTANCE.get(scenario, set()) else Confidence.PROBABLE
            assert found.confidence >= expected, (kind, objects[id_])


@pytest.mark.parametrize("scenario", JOBS)
def test_nothing_that_the_run_did_not_make_is_the_jobs(scenario: str) -> None:
    j = judged(scenario)
    made = {i for objects in truth(scenario).values() for i in objects}
    before = {i for objects in document(scenario, "before.json").values() for i in objects}
    after = {i for objects in document(scenario, "after.json").values() for i in objects}
    for key, finding in j.findings.items():
        if finding.confidence >= Confidence.POSSIBLE and key.id in after:
            assert key.id in made - before, finding


@pytest.mark.parametrize("scenario", ["applied", "errored", "own-router", "provider-1", "tofu-plain", "tainted"])
def test_a_whole_apply_is_in_sync(scenario: str) -> None:
    assert problems(judged(scenario)) == {}


def test_drifted_has_its_eight_causes_and_nothing_else() -> None:
    found = sorted((f.verdict.value, f.kind, f.name) for f in problems(judged("drifted")).values())
    assert found == [
        ("drifted", "compute.server", "800002-master-1"),
        ("drifted", "network.port", "800002-renamed"),
        ("drifted", "network.security_group", "800002-worker"),
        ("missing", "compute.server", "800002-worker-1"),
        ("missing", "network.floating_ip_association", "10.100.2.6"),
        ("possible", "block_storage.volume", "800002-by-hand"),
        ("zombie", "network.port", "left-by-hand"),
        ("zombie", "network.security_group_rule", "ingress"),
    ]


def test_what_is_missing_with_the_server_is_nested_under_it() -> None:
    nested = [f for f in judged("drifted").findings.values() if f.cause is not None]
    assert [(f.kind, f.cause.kind) for f in nested if f.cause] == [("compute.volume_attachment", "compute.server")]


@pytest.mark.parametrize("scenario", ["twin-killed", "twin-tofu-killed"])
def test_nameless_addresses_of_twins_are_counted_and_those_on_foreign_ports_left_out(scenario: str) -> None:
    (group,) = judged(scenario).candidates
    assert group.reason.startswith("2 of these 4 floating IPs")
    assert set(group.contradicted) == {k for k in group.resources if k.id not in truth(scenario)["floatingip"]}


@pytest.mark.parametrize("scenario", ["tofu-killed", "twin-tofu-killed", "http-killed"])
def test_log_and_plan_alone_find_what_is_named_or_contained(scenario: str) -> None:
    j = judged(scenario, ("apply.log", "plan.json"))
    for kind, objects in truth(scenario).items():
        for id_, name in objects.items():
            found = next(f for k, f in j.findings.items() if k.id == id_ and "tie" not in f.flags)
            assert found.confidence >= (Confidence.POSSIBLE if kind == "floatingip" else Confidence.PROBABLE), name


def test_an_encrypted_state_is_a_gap_that_says_what_it_is() -> None:
    gaps = [g for g in judged("tofu-encrypted").gaps if g.kind is GapKind.ENCRYPTED]
    assert any("terraform.tfstate" in g.subject and "OpenTofu" in g.reason for g in gaps)


@pytest.mark.parametrize("scenario", WIDE)
def test_types_of_other_services_read_and_are_named_as_gaps(scenario: str) -> None:
    j = judged(scenario)
    named = {g.subject for g in j.gaps if g.kind is GapKind.UNKNOWN_TYPE}
    assert "openstack_objectstorage_container_v1" in named
    assert j.counts()["managed"] > 5


@pytest.mark.parametrize("scenario", JOBS + WIDE)
def test_every_finding_that_is_the_jobs_says_why(scenario: str) -> None:
    for finding in judged(scenario).findings.values():
        if finding.confidence:
            assert finding.evidence, finding.key


def test_what_terraform_spreads_over_25_entries_is_five_causes_and_a_consequence_and_three_it_cannot_see() -> None:
    entries = {d["address"] for d in document("drifted", "refresh.json")["resource_drift"]}
    assert len(entries) == 25
    findings = judged("drifted").findings.values()
    causes = [f for f in findings if f.verdict in (Verdict.MISSING, Verdict.DRIFTED)]
    assert len(causes) == 6
    assert all(set(f.addresses) & entries for f in causes)
    unseen = problems(judged("drifted"))
    assert len([f for f in unseen.values() if not f.addresses]) == 3
