"""Whatever an object is called, reports say it and do nothing else: no markup, link, mention or script is born from data."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import html5lib
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.report.hostile import checkups, contexts, events, judgements, plans, results, sweeps, texts
from tests.report.test_junit import SCHEMA
from tfclean.report.base import Context, Report
from tfclean.report.html.report import asset
from tfclean.report.markdown import LIMIT, code, prose
from tfclean.report.registry import report_class

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SAFE = re.compile(r"[A-Za-z0-9 .,:;()'…❌❔✅➡️▫️-]*")
"""What may stand outside code spans: nothing of it is read as anything by GitHub or GitLab."""
BLOCKS = ("heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td")
TOKENS = frozenset(f"{name}_open" for name in BLOCKS) | {"html_block", "inline"}
PAGE = frozenset({
    "html", "head", "meta", "title", "link", "style", "body", "a", "header", "p", "h1", "h2", "span", "dl", "div", "dt", "dd", "time",
    "nav", "main", "section", "ul", "li", "b", "code", "form", "label", "input", "select", "button", "table", "caption", "colgroup", "col",
    "thead", "tbody", "tr", "th", "td", "details", "summary", "footer", "script",
})  # fmt: skip
DRAWING = frozenset({"svg", "style", "title", "desc", "g", "path", "rect", "text", "tspan", "polygon", "ellipse"})
ELEMENTS = PAGE | DRAWING
REFERENCES = {"#objects", "#where", "#graph", "data:,"}
relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Write = Callable[[Report], None]


@st.composite
def documents(draw: Any, *, judged: bool = False) -> Write:
    """Draw a document; with `judged`, one of which something can pass or fail."""
    some = ("diff", "plan", "sweep", "result", "checkup")
    match draw(st.sampled_from(some if judged else (*some, "explanation", "inventory", "journal"))):
        case "diff":
            found = draw(judgements())
            return lambda report: report.diff(found)
        case "plan":
            planned = draw(plans())
            return lambda report: report.plan(planned, {})
        case "sweep":
            swept, planned = draw(sweeps()), draw(plans())
            return lambda report: report.sweep(swept, planned, {})
        case "checkup":
            examined = draw(checkups())
            return lambda report: report.checkup(examined)
        case "result":
            ended = draw(results())
            return lambda report: report.result(ended)
        case "explanation":
            found, planned = draw(judgements()), draw(plans())
            return lambda report: report.explanations(list(found.findings.values())[:2], found, planned)
        case "inventory":
            found = draw(judgements())
            return lambda report: report.inventory(found.inventory, {})
        case _:
            planned, path, happened = draw(plans()), draw(texts), draw(events())
            return lambda report: report.journal(path, planned, happened)


def written(name: str, write: Write, context: Context) -> str:
    stream = io.StringIO()
    write(report_class(name)(stream, context))
    stream.getvalue().encode()  # a file takes it
    return stream.getvalue()


@relaxed
@given(documents(judged=True), contexts())
def test_junit_is_well_formed_and_valid(write: Write, context: Context) -> None:
    text = written("junit", write, context)
    ET.fromstring(text)
    SCHEMA.validate(text)
    assert isinstance(SCHEMA, xmlschema.XMLSchema)


@relaxed
@given(documents(), contexts())
def test_markdown_has_no_markup_from_data(write: Write, context: Context) -> None:
    text = written("markdown", write, context)
    assert len(text.encode()) <= LIMIT
    for token in MARKDOWN.parse(text):
        assert token.type in TOKENS or token.type.endswith("_close"), token.type
        if token.type == "html_block":
            assert_folds(token.content)
        for child in token.children or ():
            assert child.type in ("text", "code_inline", "strong_open", "strong_close", "softbreak"), child.type
            assert child.type != "text" or SAFE.fullmatch(child.content), child.content


def assert_folds(block: str) -> None:
    """Only sections are folded, and their titles hold no markup but ours."""
    for line in block.strip().split("\n"):
        if line == "</details>":
            continue
        title = re.fullmatch(r"<details(?: open)?><summary>(.*)</summary>", line)
        assert title, line
        tree = html5lib.parseFragment(title[1], namespaceHTMLElements=False)
        assert {(e.tag, *e.attrib) for e in tree.iter()} <= {("DOCUMENT_FRAGMENT",), ("b",), ("code",)}
        assert SAFE.fullmatch("".join(outside_code(tree))), title[1]


def outside_code(tree: Any) -> Iterator[str]:
    if tree.tag != "code":
        yield tree.text or ""
        for child in tree:
            yield from outside_code(child)
            yield child.tail or ""


@given(texts)
def test_a_code_span_holds_all_of_a_text_and_nothing_else(text: str) -> None:
    (paragraph, inline, *_) = MARKDOWN.parse(f"x {code(text)} y") if code(text) else (None, None)
    if inline is not None:
        assert [child.type for child in inline.children or ()] == ["text", "code_inline", "text"], paragraph


@given(texts)
def test_a_sentence_holds_no_more_than_words_and_code(text: str) -> None:
    for token in MARKDOWN.parse(prose(text)):
        assert token.type in ("paragraph_open", "inline", "paragraph_close")
        for child in token.children or ():
            assert child.type in ("text", "code_inline"), child.type
            assert child.type != "text" or SAFE.fullmatch(child.content)


@relaxed
@given(documents(), contexts())
def test_html_parses_and_has_no_element_or_attribute_from_data(write: Write, context: Context) -> None:
    text = written("html", write, context)
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    scripts = []
    for element in tree.iter():
        tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "comment"
        assert tag in ELEMENTS, tag
        scripts += [element] if tag == "script" else []
        for name, item in element.attrib.items():
            local = str(name).rpartition("}")[2]
            assert not local.startswith("on")
            assert local not in ("style", "src", "srcset", "action", "formaction", "ping", "background")
            assert local not in ("href", "xlink:href") or item in REFERENCES, item
    data, script = scripts
    assert data.attrib == {"type": "application/json", "id": "data"}
    assert json.loads(data.text)["rows"] is not None
    assert script.text == asset("page.js")
