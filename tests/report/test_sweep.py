"""A sweep told: counts before lists, what keeps each group, and nothing that a terminal would obey."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest

from tests.estate.sweeping import OLD, YOUNG, job, project, random_project, swept
from tests.making import live
from tests.report.making import CONTEXT, result, shown
from tests.report.test_machine import check, document
from tfclean.cleanup.documents import load_plan, plan_document
from tfclean.cleanup.plan import make_plan
from tfclean.model import Gap, GapKind, Judgement
from tfclean.report.console.report import ConsoleReport
from tfclean.report.registry import FORMATS


def told(judgement: Judgement, **look: object) -> str:
    plan = make_plan(judgement)
    assert judgement.sweep is not None
    sweep = judgement.sweep
    return shown("console", lambda r: r.sweep(sweep, plan, {}), **look)


def test_counts_stand_before_lists_and_each_group_says_why_it_stays() -> None:
    text = told(swept(project(*job("a"), *job("b", YOUNG), live("compute.keypair", "k", "k", after=OLD))))
    lines = text.splitlines()
    assert next(line for line in lines if line.startswith("Would")) == "Would delete 1 of 3 groups, 10 objects in 9 steps: older than 4h."
    assert text.index("Go (1)") < text.index("Stay (1)") < text.index("Stay, and are nobody's own (1)")
    assert "is young: it was made 29m ago" in text
    assert "nothing uses it, and it may be meant to last; it goes by --name only" in " ".join(text.split())
    assert "9h 59m" in text
    assert max(map(len, lines)) <= 80


def test_of_a_single_young_object_its_age_is_told_once() -> None:
    text = told(swept(project(live("network.network", "n", "n", after=YOUNG))))
    assert text.count("30m") == 1
    assert " old" not in text.partition("Stay")[2].partition("as they are")[2]


def test_verbose_lists_every_step() -> None:
    judgement = swept(project(*job("a")))
    assert "Steps (9)" in told(judgement, verbose=True)
    assert "Steps (" not in told(judgement)


def test_nothing_to_do_is_said_in_one_line() -> None:
    assert "Nothing goes: the project is empty." in told(swept(project()))
    assert "Nothing goes: of 1 group none is older than 4h as a whole, and free." in told(swept(project(*job("a", YOUNG))))


def test_a_thousand_groups_take_less_than_a_hundred_lines() -> None:
    jobs = [r for n in range(1000) for r in job(f"j{n}", OLD if n % 2 else YOUNG)]
    judgement = swept(project(*jobs))
    assert judgement.sweep is not None
    sweep = judgement.sweep
    plan = make_plan(swept(project(*job("j1"))))
    text = shown("console", lambda r: r.sweep(sweep, plan, {}))
    assert len(text.splitlines()) < 100
    assert "491 more groups" in text


def test_names_from_the_cloud_are_shown_escaped() -> None:
    text = told(swept(project(live("network.network", "n", "a\x1b[31m\u202eb\n[red]", after=OLD))))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a\\x1b[31m\\u202eb\\x0a[red]" in text


def test_what_could_not_be_listed_is_told() -> None:
    gap = Gap(GapKind.NOT_LISTED, "compute.server", "HTTP 503")
    text = told(swept(project(*job("a"), gaps=(gap,))))
    assert "compute.server could not be listed: something young may hang on it" in " ".join(text.split())
    assert "Not known (1)" in text


@pytest.mark.parametrize("seed", range(20))
def test_a_document_is_as_its_schema_says_and_holds_the_plan(seed: int) -> None:
    found, kept = random_project(random.Random(seed))
    judgement = swept(found, keep=[key.id for key in kept])
    assert judgement.sweep is not None
    sweep, plan = judgement.sweep, make_plan(judgement)
    written = document(lambda r: r.sweep(sweep, plan, plan_document(plan)))
    check("sweep", written)
    check("plan", written["plan"])
    assert load_plan(written["plan"]).digest == plan.digest
    assert sum(len(g["members"]) for g in written["groups"]) == len(found.resources)


def test_every_other_format_tells_the_plan_or_says_that_it_has_no_form() -> None:
    judgement = swept(project(*job("a")))
    assert judgement.sweep is not None
    sweep, plan = judgement.sweep, make_plan(judgement)
    for name in FORMATS.keys() - {"console", "json", "dot", "mermaid", "svg"}:
        assert "a-server" in shown(name, lambda r: r.sweep(sweep, plan, plan_document(plan)))


def test_a_sweep_that_left_something_is_tried_again_by_sweep() -> None:
    for command, words in (("sweep", "the same tfclean sweep."), ("destroy", "the same tfclean destroy.")):
        stream = io.StringIO()
        ConsoleReport(stream, replace(CONTEXT, command=command)).result(result())
        assert words in " ".join(stream.getvalue().split())
