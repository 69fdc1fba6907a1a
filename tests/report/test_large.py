"""Twenty thousand objects on a screen: less than a hundred lines, the biggest problem first, counts before lists."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.report.large import JOBS, MODULES, large, large_plan, large_result
from tests.report.making import shown
from tfclean.model import Judgement, Plan, Result
from tfclean.report.problems import problems

COUNT = 20_000


@cache
def judgement() -> Judgement:
    return large(COUNT)


@cache
def plan() -> Plan:
    return large_plan(COUNT)


@cache
def result() -> Result:
    return large_result(COUNT)


def document(name: str) -> Any:
    return {
        "diff": lambda r: r.diff(judgement()),
        "plan": lambda r: r.plan(plan(), {}),
        "result": lambda r: r.result(result()),
        "inventory": lambda r: r.inventory(judgement().inventory, {}),
        "explain": lambda r: r.explanation(next(iter(judgement().findings.values())), judgement(), plan()),
    }[name]


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", ["diff", "plan", "result", "inventory", "explain"])
def test_twenty_thousand_objects_are_less_than_a_hundred_lines(name: str, width: int) -> None:
    lines = shown("console", document(name), width=width).splitlines()
    assert len(lines) < 100, "\n".join(lines)
    addresses = ("module.", "from module.", "create: module.")
    assert [each for each in lines if len(each) > width and not each.strip().startswith(addresses)] == []


def test_every_class_of_problem_is_counted_and_shows_its_first() -> None:
    found = problems(judgement())
    text = shown("console", document("diff"))
    assert len(found.groups) == 9
    for section, members in found.groups:
        assert f"\n{section.title} ({len(members)})" in text
        assert (members[0].id or "-") in text
    assert text.index("Where (80 places)") < text.index("\nZombies")
    assert "in 76 more places (--tree shows all)" in text


def test_what_is_not_listed_is_counted() -> None:
    assert text_of("diff").count("others more") == len(problems(judgement()).groups)
    assert "-v lists all" in text_of("diff")
    assert f"Steps ({len(plan().steps)})" in text_of("plan")
    assert "more (-v lists them, -o json=FILE has all)" in text_of("plan")
    assert text_of("result").count("more (-v lists them, -o json=FILE has all)") >= 3


def text_of(name: str) -> str:
    return " ".join(shown("console", document(name)).split())


def test_a_tree_names_every_place() -> None:
    lines = shown("console", lambda r: r.diff(large(2000)), tree=True).splitlines()
    assert sum(each.startswith("/ci/jobs/") for each in lines) == JOBS * MODULES // 4
    assert any(each == "  on network job-3-net" for each in lines)


def test_all_of_it_is_there_on_request() -> None:
    judgement, plan, result = large(2000), large_plan(2000), large_result(2000)
    for write, keys in (
        (lambda r: r.diff(judgement), judgement.findings),
        (lambda r: r.plan(plan, {}), [s.target for s in plan.steps]),
        (lambda r: r.result(result), [o.target for o in result.outcomes]),
    ):
        words = set(shown("console", write, verbose=True).split())
        assert [key.id for key in keys if key.id not in words] == []
