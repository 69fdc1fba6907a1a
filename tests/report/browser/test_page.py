"""What a person can do with the page, and what it never does."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.estate.test_scenarios import judged
from tests.making import live
from tests.report.browser.conftest import Browser
from tests.report.making import finding, judgement, plan, shown, uuid
from tests.report.test_html import DOCUMENTS, huge
from tfclean.model import Drift, Evidence, Judgement, Verdict

HOSTILE = "<img src=x onerror='window.harmed=1'></script><script>window.harmed=1</script>\x01\u202e`${window.harmed=1}`"


def diff(found: Judgement) -> Any:
    return lambda report: report.diff(found)


def tab_to(browser: Browser, name: str) -> None:
    for _ in range(60):
        if browser.focused() == name:
            return
        browser.press(Keys.TAB)
    raise AssertionError(f"{name} is out of reach, at {browser.focused()}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_page_complains_of_nothing_and_asks_nobody(browser: Browser, document: str) -> None:
    browser.open(DOCUMENTS[document])
    assert browser.complaints() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_with_and_without_scripts_the_same_is_told(browser: Browser, document: str) -> None:
    browser.open(DOCUMENTS[document], scripts=False)
    plain = browser.rows()
    assert browser.run("return document.getElementById('filter').offsetHeight") == 0
    browser.open(DOCUMENTS[document])
    assert browser.rows() == plain
    assert browser.run("return document.getElementById('filter').offsetHeight") > 0


def test_the_filter_works_by_keyboard(browser: Browser) -> None:
    browser.open(diff(judgement()))
    tab_to(browser, "text")
    browser.press("node-a")
    browser.until("2 of 11 match.")
    assert [row for row in browser.rows() if "node-a" in row] == browser.rows()[1::2]
    browser.press(Keys.TAB, "zombie")
    browser.until("1 of 11 match.")
    browser.press(Keys.TAB, Keys.TAB, Keys.TAB)
    assert browser.focused() == "Clear"
    browser.press(Keys.ENTER)
    browser.until("11 of 11 match.")


def test_words_of_a_search_are_found_in_reasons_changes_and_addresses(browser: Browser) -> None:
    browser.open(diff(judgement()))
    tab_to(browser, "text")
    for words, status in (
        ("LOG created", "1 of 11 match."),
        ("PART_OF", "None of 11 matches."),
        ("description", "1 of 11 match."),
        ("compute.node", "None of 11 matches."),
    ):
        browser.press(*[Keys.BACKSPACE] * 20, words)
        browser.until(status)


def test_kind_and_module_filter_too(browser: Browser) -> None:
    browser.open(diff(judgement()))
    tab_to(browser, "kind")
    browser.press("port")
    browser.until("2 of 11 match.")
    browser.press(Keys.TAB, "root")
    browser.until("1 of 11 match.")


def test_a_row_opens_by_keyboard(browser: Browser) -> None:
    browser.open(diff(judgement()))
    tab_to(browser, "10.0.0.6")
    for open_ in (True, False):
        browser.press(Keys.ENTER)
        assert browser.run("return document.activeElement.parentElement.open") is open_


def test_a_few_problems_are_read_without_opening_each(browser: Browser) -> None:
    opened = "return [...document.querySelectorAll('#list details[open] summary')].map(each => each.textContent)"
    for scripts in (True, False):
        browser.open(diff(judgement()), scripts=scripts)
        assert browser.run(opened)[:2] == ["node-a", "node-b"]
    browser.open(diff(huge(250)))
    assert browser.run(opened) == []


def test_the_first_stop_of_the_keyboard_skips_to_the_list(browser: Browser) -> None:
    browser.open(diff(judgement()))
    browser.press(Keys.TAB)
    assert browser.focused() == "Skip to the list"
    browser.press(Keys.ENTER)
    assert browser.focused() == "objects"


def test_what_has_the_focus_is_seen(browser: Browser) -> None:
    browser.open(diff(judgement()))
    for _ in range(12):
        browser.press(Keys.TAB)
        assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_names_run_nothing(browser: Browser) -> None:
    resource = live("network.port", uuid(1), HOSTILE)
    reason = Evidence(f"it is named {HOSTILE}", HOSTILE)
    changed = (Drift(HOSTILE, HOSTILE, {HOSTILE: HOSTILE}),)
    found = finding(resource, Verdict.ZOMBIE, addresses=(HOSTILE,), evidence=(reason,), drift=changed, keep=HOSTILE)
    browser.open(diff(Judgement({found.key: found}, ())))
    assert browser.run("return window.harmed") is None
    assert browser.complaints() == []
    assert browser.run("return document.querySelectorAll('img').length") == 0
    summary = browser.run("return document.querySelector('#list summary').textContent")
    assert summary == HOSTILE.replace("\x01", "\\x01").replace("\u202e", "\\u202e")


def test_long_lists_have_pages(browser: Browser) -> None:
    browser.open(diff(huge(250)))
    assert browser.status() == "250 of 250 match, 1 to 100 shown."
    tab_to(browser, "text")
    browser.press(Keys.TAB)
    browser.run("document.getElementById('next').focus()")
    browser.press(Keys.ENTER, Keys.ENTER)
    browser.until("250 of 250 match, 201 to 250 shown.")
    assert browser.run("return [document.getElementById('previous').disabled, document.getElementById('next').disabled]") == [False, True]


def test_twenty_thousand_objects_are_filtered(browser: Browser) -> None:
    browser.open(diff(huge(20_000)))
    browser.until("20,000 of 20,000 match, 1 to 100 shown.")
    tab_to(browser, "text")
    browser.press("800004-port-1999")
    browser.until("11 of 20,000 match.")
    assert browser.complaints() == []


def test_print_shows_all_and_opens_all(browser: Browser) -> None:
    browser.open(diff(huge(250)))
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("return document.querySelectorAll('#list tr:not(.group) details[open]').length") == 250
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("return document.querySelectorAll('#list details[open]').length") == 0
    assert len(browser.command("Page.printToPDF")["data"]) > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_axe_finds_no_violation(browser: Browser, document: str, width: int, scheme: str) -> None:
    browser.open(DOCUMENTS[document], width=width, scheme=scheme)
    browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_a_recorded_job(browser: Browser, scheme: str) -> None:
    browser.open(diff(judged("killed-middle")), width=320, scheme=scheme)
    browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.violations() == []


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    browser.open(diff(judgement()))
    browser.run("document.querySelector('label[for=word]').remove(); document.documentElement.removeAttribute('lang')")
    assert {line.partition(":")[0] for line in browser.violations()} >= {"html-has-lang", "select-name"}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, document: str) -> None:
    browser.open(DOCUMENTS[document], width=320)
    browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert browser.run("return document.documentElement.scrollWidth") <= 320


def test_the_plan_draws_its_steps(browser: Browser) -> None:
    assert "<svg" in shown("html", lambda report: report.plan(plan(), {}))
    browser.open(DOCUMENTS["plan"])
    assert browser.run("return document.querySelector('svg').getBoundingClientRect().width") > 100
