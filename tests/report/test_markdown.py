"""Markdown: short, problems first, and never more than a comment takes."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.estate.test_scenarios import judged
from tests.making import live
from tests.recorded import JOBS
from tests.report.making import CONTEXT, NODE, PORT, SERVER, finding, judgement, plan, result, shown, uuid
from tfclean.model import Action, Confidence, Evidence, Gap, GapKind, Judgement, Outcome, OutcomeKind, Plan, Result, Step, Verdict
from tfclean.report.markdown import LIMIT, MOST, MarkdownReport, code, prose

DIFF = f"""\
### ❌ tfclean diff

1 zombie, 2 missing, 1 drifted, 1 stranger, 1 tainted and 2 possible; 1 consequence of that.

cloud `ci`, region `RegionOne`, project `{"p" * 32}`, 2026-11-22 12:00:00Z

Evidence: `terraform.tfstate` (state)

| Verdict | Number |
|:--|--:|
| ❌ zombie | 1 |
| ❌ missing | 3 |
| ❌ drifted | 1 |
| ❌ stranger | 1 |
| ❌ tainted | 1 |
| ❔ possible | 2 |
| ✅ managed | 1 |
| ▫️ foreign | 1 |

<details open><summary><b>Zombies (1)</b>: the job's, but in no present state</summary>

- server `node-a` (`{uuid(1)}`)
  - `{NODE}`
  - the log shows that it was created (`apply.log: line 12`)
"""


def markdown(write: Any, **look: Any) -> str:
    return shown("markdown", write, **look)


def many(count: int, **more: Any) -> Judgement:
    found = [finding(live("network.port", uuid(n), f"port-{n}"), Verdict.ZOMBIE, **more) for n in range(count)]
    return Judgement({f.key: f for f in found}, ())


def test_a_diff_tells_sentence_counts_and_the_biggest_problem_first() -> None:
    assert markdown(lambda report: report.diff(judgement())).startswith(DIFF)


def test_what_is_no_problem_is_only_counted_unless_verbose() -> None:
    assert "Managed" not in markdown(lambda report: report.diff(judgement()))
    assert "<b>Managed (1)</b>" in markdown(lambda report: report.diff(judgement()), verbose=True)


def test_sensitive_values_are_withheld() -> None:
    text = markdown(lambda report: report.diff(judgement()))
    assert "`admin_pass`: changed, sensitive, values withheld" in text
    assert '`description: "as made" -> "changed"`' in text


def test_a_result_tells_what_remains_and_why_and_how_to_go_on() -> None:
    text = markdown(lambda report: report.result(result(exit_code=5)))
    assert text.index("Blocked (1)") < text.index("Skipped (1)") < text.index("Left (1)") < text.index("Deleted (1)")
    assert "in use" in text
    assert "To go on: `tfclean resume .tfclean/j.jsonl`" in text


def test_a_plan_tells_its_steps_before_what_stays() -> None:
    text = markdown(lambda report: report.plan(plan(), {}))
    assert text.index("Steps (4)") < text.index("Leftovers (1)") < text.index("Kept (1)")
    assert "untie: router interface" in text


def test_an_explanation_tells_ties_with_what_they_mean() -> None:
    found = judgement()
    text = markdown(lambda report: report.explanation(found.findings[SERVER.key], found, plan()))
    assert "**" not in text
    assert "What it holds (1)" in text
    assert "Would it be deleted: Yes" in text


def test_long_sections_are_cut_and_the_rest_is_counted() -> None:
    text = markdown(lambda report: report.diff(many(MOST + 3)))
    assert text.count("- port `port-") == MOST
    assert "… and 3 more" in text
    assert "… and" not in markdown(lambda report: report.diff(many(MOST + 3)), verbose=True)


def test_a_document_never_grows_beyond_what_a_comment_takes() -> None:
    long = (Evidence("é\\<`@" * 500, "x" * 5000),)
    gaps = tuple(Gap(GapKind.NOT_LISTED, f"kind-{n}" * 50, "y " * 3000) for n in range(200))
    for found in (replace(many(500, evidence=long), gaps=gaps), replace(many(1, evidence=long * 400), gaps=gaps)):
        for verbose in (False, True):
            text = markdown(lambda report, found=found: report.diff(found), verbose=verbose)
            assert len(text.encode()) <= LIMIT
            assert text.count("<details") == text.count("</details>") == 2
            assert "more; " in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it is on network job-net of the job", "it is on network job-net of the job"),
        ('it is named "a-1", with 5', 'it is named `"a-1"`, with 5'),
        ("on (10.0.0.1): see x-1.", "on (`10.0.0.1`): see `x-1`."),
        ("two odd/ones a@b in a row", "two `odd/ones a@b` in a row"),
        ("1. not a list", "`1.` not a list"),
        ("1. @b", "`1.` `@b`"),
        (") .", "`) .`"),
        ("see deadbeef and 12345678", "see `deadbeef` and `12345678`"),
        ("", ""),
    ],
)
def test_words_stand_as_they_are_and_all_else_in_code(text: str, expected: str) -> None:
    assert prose(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), (" a", "`  a `"), (" ", "`   `"), ("", ""), ("\n", "`\\x0a`")],
)
def test_a_code_span_is_fenced_by_more_ticks_than_it_holds(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize("scenario", JOBS)
def test_recorded_jobs_read_well(scenario: str) -> None:
    text = markdown(lambda report: report.diff(judged(scenario)))
    assert len(text) < 30_000
    assert MarkdownIt("commonmark").render(text).count("<summary>") == text.count("<summary>")


def test_what_is_taken_back_is_told_as_that() -> None:
    context = replace(CONTEXT, command="resume", back=True)
    steps = (Step(Action.DETACH, SERVER.key, "node-a", "", Confidence.CERTAIN),)
    undone = (Outcome(SERVER.key, "node-a", OutcomeKind.DELETED), Outcome(PORT.key, "port", OutcomeKind.FAILED, "no"))
    ended = Result(undone=undone, exit_code=1, journal="a b", message="1 of 2 is taken back.")
    told = []
    for write in (lambda r: r.plan(Plan(steps), {}), lambda r: r.plan(Plan(()), {}), lambda r: r.result(ended)):
        stream = io.StringIO()
        write(MarkdownReport(stream, context))
        told.append(stream.getvalue())
    assert "Would take back 1 server; what was deleted stays deleted." in told[0]
    assert "tie again: server `node-a`" in told[0]
    assert "Nothing to take back; what was deleted stays deleted." in told[1]
    assert told[2].index("Not taken back (1)") < told[2].index("Taken back (1)")
    assert "To try again: `tfclean resume --undo 'a b'`" in told[2]
