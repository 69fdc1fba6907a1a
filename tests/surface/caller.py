"""A caller of the library, as a type checker sees it: what comes back is typed, and a wrong call is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

import tfclean


def look() -> None:
    """Everything that only reads."""
    judgement = tfclean.diff("job/", cloud="ci", protect=["infra/"])
    assert_type(judgement, tfclean.Judgement)
    assert_type(judgement.findings, Mapping[tfclean.Key, tfclean.Finding])
    for finding in judgement.findings.values():
        assert_type(finding.verdict, tfclean.Verdict)
        assert_type(finding.confidence, tfclean.Confidence)
    assert_type(tfclean.plan("job/", include_possible=True), tfclean.Plan)
    assert_type(tfclean.read("job/"), tfclean.Footprint)
    assert_type(tfclean.inventory(cloud={"cloud": "ci", "region_name": "one"}), tfclean.Inventory)
    assert_type(tfclean.explain("3f2504e0", "job/").finding, tfclean.Finding)
    assert_type(tfclean.plan_sweep(cloud="ci"), tfclean.SweepPlan)
    assert_type(tfclean.doctor("job/"), tfclean.Checkup)
    assert_type(tfclean.adopt(["3f2504e0"], "job/"), tfclean.Adoption)


def delete() -> int:
    """Everything that deletes."""
    result = tfclean.destroy("job/", cloud="ci", approve=lambda plan: len(plan.steps) < 100, timeout=1800, max_deletions=50)
    assert_type(result, tfclean.Result)
    assert_type(tfclean.apply("plan.json", approve=lambda plan: True), tfclean.Result)
    assert_type(tfclean.resume("journal.jsonl", undo=True), tfclean.Result)
    assert_type(tfclean.sweep(cloud="ci", names=["ci-.*"]), tfclean.Result)
    with tfclean.watching(tfclean.destroy, "job/", cloud="ci", approve=lambda plan: True) as run:
        for event in run:
            assert_type(event, tfclean.Event)
    assert_type(run.result, tfclean.Result)
    try:
        tfclean.connect("ci")
    except tfclean.CloudError as error:
        assert_type(error.exit_code, int)
    return result.exit_code


def mistakes() -> None:
    """Each of these is told; if it were not, the comment beside it would be."""
    tfclean.destroy("job/", aprove=lambda plan: True)  # type: ignore[call-arg]
    tfclean.destroy("job/", max_deletions="many")  # type: ignore[arg-type]
    tfclean.diff("job/").verdicts  # type: ignore[attr-defined]  # noqa: B018
    tfclean.nothing_of_the_kind()  # type: ignore[attr-defined]
