"""HTML: one file that loads nothing, is whole without scripts, and stays small however much there is to tell."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import html5lib
import pytest

from tests.exhaustive import lengthy
from tests.making import inventory, live
from tests.report.large import large, large_plan, large_result
from tests.report.making import NETWORK, NODE, PORT, SERVER, TIME, finding, judgement, plan, result, shown, uuid
from tfclean.model import Check, Checkup, Drift, Event, Evidence, Footprint, Group, Judgement, Mark, Resource, Sweep, Verdict
from tfclean.report.html.data import BARE, LIMIT, Head, Rows
from tfclean.report.html.report import PLAIN
from tfclean.report.outline.nouns import Entry, State

SWEEP = Sweep(
    (
        Group((SERVER.key, PORT.key), SERVER.key, goes=True, because="older than 4h", oldest=TIME, newest=TIME),
        Group((NETWORK.key,), NETWORK.key, goes=False, because="young", oldest=TIME, newest=TIME),
    ),
    TIME,
    TIME,
    timedelta(hours=4),
    names={SERVER.key: "node-a", PORT.key: "node-a", NETWORK.key: "job-net"},
)
CHECKUP = Checkup(
    (Check("credentials", Mark.OK, "found"), Check("evidence", Mark.WARN, "none", "give a state", 1), Check("evidence", Mark.FAIL, "bad"))
)
DOCUMENTS: dict[str, Any] = {
    "diff": lambda report: report.diff(judgement()),
    "plan": lambda report: report.plan(plan(), {}),
    "sweep": lambda report: report.sweep(SWEEP, plan(), {}),
    "result": lambda report: report.result(result()),
    "explanation": lambda report: report.explanation(judgement().findings[SERVER.key], judgement(), plan()),
    "explanations": lambda report: report.explanations(list(judgement().findings.values())[:3], judgement(), plan()),
    "checkup": lambda report: report.checkup(CHECKUP),
    "inventory": lambda report: report.inventory(judgement().inventory, {}),
    "journal": lambda report: report.journal("j", plan(), (Event("intent", TIME, SERVER.key, {"call": 1}), Event("finished", TIME))),
}


def page(write: Any) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(shown("html", write))


def said(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def rows(tree: Any) -> list[str]:
    (table,) = [t for t in tree.iter("table") if t.get("id") == "list"]
    return [said(row) for body in table.findall("tbody") for row in body.findall("tr") if row.get("class") != "group"]


def data(tree: Any) -> Any:
    return json.loads(next(s for s in tree.iter("script") if s.get("id") == "data").text)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_document_is_a_page_with_language_title_and_one_head(document: str) -> None:
    tree = page(DOCUMENTS[document])
    assert tree.get("lang") == "en"
    assert said(tree.find("head/title"))
    assert len(list(tree.iter("h1"))) == len(list(tree.iter("main"))) == 1


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_is_loaded_and_only_what_stands_in_the_file_runs(document: str) -> None:
    text = shown("html", DOCUMENTS[document])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    allowed = dict(part.split(" ", 1) for part in policy[1].replace("&#39;", "'").split("; "))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["form-action"] == "'none'"
    for directive, blocks in (
        ("style-src", re.findall("<style>(.*?)</style>", text, re.DOTALL)),
        ("script-src", re.findall("<script>(.*?)</script>", text, re.DOTALL)),
    ):
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()}'" for block in blocks}
        assert set(allowed[directive].split()) == hashes
    assert "http:" not in text.replace("http://www.w3.org/", "")
    assert "https:" not in text


def test_without_scripts_everything_is_there_with_reasons_and_changes() -> None:
    tree = page(DOCUMENTS["diff"])
    found = rows(tree)
    assert len(found) == len(data(tree)["rows"]) == len(judgement().findings)
    first = next(row for row in found if "node-a" in row)
    assert NODE in first
    assert "the log shows that it was created apply.log: line 12" in first
    drifted = next(row for row in found if "job-group" in row)
    assert 'description "as made" "changed"' in drifted
    assert "admin_pass changed; sensitive, values withheld" in drifted


def test_a_verdict_is_told_in_words_and_not_by_colour_alone() -> None:
    for row in rows(page(DOCUMENTS["diff"])):
        assert any(
            word in row.split() for word in ("zombie", "missing", "drifted", "stranger", "tainted", "possible", "managed", "foreign")
        )


def test_the_filter_is_hidden_until_a_script_shows_it() -> None:
    tree = page(DOCUMENTS["diff"])
    assert [form.get("hidden") is not None for form in tree.iter("form")] == [True]
    (live_region,) = [e for e in tree.iter() if e.get("role") == "status"]
    assert said(live_region) == "11 of 11 shown."


def test_controls_have_labels_and_tables_have_heads() -> None:
    tree = page(DOCUMENTS["diff"])
    labelled = {label.get("for") for label in tree.iter("label")}
    assert {e.get("id") for tag in ("input", "select") for e in tree.iter(tag)} == labelled
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all(head.get("scope") for head in table.iter("th"))


def huge(count: int, *, longer: str = "") -> Judgement:
    verdicts = (Verdict.ZOMBIE, Verdict.DRIFTED, Verdict.MISSING, Verdict.POSSIBLE, Verdict.MANAGED)

    def one(number: int) -> Any:
        resource = Resource("network.port", f"{number:08x}-1111-4111-8111-{number:012x}", f"800004-port-{number}{longer}")
        address = f'module.cluster[{number % 40}].openstack_networking_port_v2.port["{number}"]'
        verdict = verdicts[number % len(verdicts)]
        reason = f'it is named "{resource.name}", as {address} would have named it, and was made in its time'
        drift = (Drift("description", "as it was made", f"changed by hand, {number}"),) if verdict is Verdict.DRIFTED else ()
        return finding(resource, verdict, addresses=(address,), evidence=(Evidence(reason, f"apply.log: line {number}"),), drift=drift)

    found = [one(n) for n in range(count)]
    return Judgement({f.key: f for f in found}, (), footprint=Footprint(complete=True), inventory=inventory())


def test_twenty_thousand_objects_are_all_there_in_less_than_five_megabytes() -> None:
    text = shown("html", lambda report: report.diff(huge(20_000)))
    assert len(text.encode()) < 5_000_000
    found = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert len(found["rows"]) == found["total"] == 20_000
    assert all(len(row) == 8 for row in found["rows"])  # each with its details
    assert text.count('<td class="kind">') == PLAIN
    assert "200 of 20,000 shown, the biggest problems first" in text


@pytest.mark.parametrize("document", ["diff", lengthy("plan"), lengthy("result")])
def test_every_document_of_a_large_project_is_less_than_five_megabytes(document: str) -> None:
    writes: dict[str, Any] = {
        "diff": lambda report: report.diff(large(20_000)),
        "plan": lambda report: report.plan(large_plan(20_000), {}),
        "result": lambda report: report.result(large_result(20_000)),
    }
    assert 100_000 < len(shown("html", writes[document]).encode()) < 5_000_000


def entries(count: int, note: str) -> list[tuple[Head, Entry]]:
    return [
        (
            Head("Zombies", "", open=False),
            Entry(live("network.port", uuid(n)).key, f"p{n}", uuid(n), "zombie", State.BAD, notes=(f"{note}{n}",)),
        )
        for n in range(count)
    ]


def test_details_that_do_not_fit_are_left_to_the_biggest_problems() -> None:
    made = Rows(entries(15_000, "<&>" * 120), lambda _: "!")
    text = made.json()
    found = json.loads(text)
    assert len(text.encode()) < LIMIT + 100_000
    assert made.listed == found["total"] == 15_000
    assert len(found["rows"][0]) == 8
    assert len(found["rows"][-1]) == 7


def test_rows_that_do_not_fit_are_counted() -> None:
    made = Rows(entries(60_000, ""), lambda _: "!")
    assert made.listed < 60_000
    assert json.loads(made.json())["total"] == 60_000
    assert BARE < len(made.json().encode()) < LIMIT + 100_000


def test_a_row_that_is_left_out_is_told() -> None:
    found = huge(18_000, longer="-and-more" * 12)
    text = shown("html", lambda report: report.diff(found))
    assert "are only counted" in text
    assert len(text.encode()) < 5_000_000


def test_a_text_that_differs_by_the_rows_own_name_stands_once() -> None:
    same = [
        (
            Head("Zombies", "", open=False),
            Entry(live("network.port", uuid(n)).key, f"port-{n}", uuid(n), "zombie", State.BAD, notes=(f"port-{n} is {uuid(n)}",)),
        )
        for n in range(100)
    ]
    assert json.loads(Rows(same, lambda _: "!").json())["texts"] == ["", "\x01 is \x02"]
