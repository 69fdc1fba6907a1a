"""DOT, Mermaid and SVG: well formed whatever objects are called, the same for the same input, and readable without colour."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache, partial
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estate.test_scenarios import judged
from tests.exhaustive import examples
from tests.making import live
from tests.recorded import JOBS
from tests.report.graph.languages import LABEL, dot_text, mermaid_text, read_dot
from tests.report.graph.making import estate, large, renamed
from tests.report.making import finding, judgement, plan, result, shown
from tfclean.model import EdgeType, Event, Judgement, Verdict
from tfclean.report.graph import Scope, dot, mermaid, svg
from tfclean.report.graph.building import of_inventory, of_judgement, of_plan, of_result
from tfclean.report.graph.drawing import STROKES, Drawing, Look
from tfclean.report.graph.flowchart import ARROWS, HARMLESS
from tfclean.report.graph.flowchart import write as flowchart
from tfclean.report.graph.graphviz import write as graphviz
from tfclean.report.graph.layout import layout
from tfclean.report.graph.looks import _LOOKS, _OUTCOMES, _STEPS
from tfclean.report.graph.vector import write as vector

NAMES = st.one_of(
    st.text(max_size=40),
    st.text(st.sampled_from("\"\\\n\r\t;]}{[<>&'#|%-=.()/NGELTH`*_$@ \x00\x1b\u202e\u2028a0"), max_size=30),
    st.sampled_from(
        ['"];x[label="', "\\N\\G\\", "</text><script>alert(1)</script>", '"]; click n0 href "javascript:alert(1)"', "%%{init: {}}%%"]
    ),
)
SVG = "{http://www.w3.org/2000/svg}"


MADE: dict[str, Callable[[], Drawing]] = {
    "judgement": lambda: of_judgement(judgement(), Scope()),
    "nothing": lambda: of_judgement(Judgement({}, ()), Scope()),
    "plan": lambda: of_plan(plan(), 60),
    "journal": lambda: of_plan(plan(), 60, events()),
    "result": lambda: of_result(result(), 60),
    "inventory": lambda: of_inventory(judgement().inventory, 60),
    "large": lambda: of_judgement(large(500), Scope()),
    **{name: partial(lambda name: of_judgement(judged(name), Scope()), name) for name in JOBS},
}


def events() -> list[Event]:
    types = ("gone", "blocked", "failed")
    return [Event(type_, plan().made_at, step.target) for type_, step in zip(types, plan().steps, strict=False)]  # type: ignore[arg-type]


@cache
def made(name: str) -> Drawing:
    return MADE[name]()


@pytest.fixture(params=MADE)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drawing(name: str) -> Drawing:
    return made(name)


def test_dot_holds_every_node_and_every_tie(name: str, drawing: Drawing) -> None:
    read = read_dot(graphviz(drawing))
    own = {f"n{number}": node for number, node in enumerate(drawing.nodes)}
    assert {n for n in read.nodes if n.startswith("n")} == set(own)
    for each, node in own.items():
        assert dot_text(read.nodes[each]["label"]) == list(node.lines)
    ties = [(a, b) for a, b, _ in read.edges if a in own]
    assert ties == [(f"n{link.source}", f"n{link.target}") for link in drawing.links]
    for index, group in enumerate(drawing.groups, 1):
        assert set(read.clusters[f"cluster_{index}"]) == {each for each, node in own.items() if node.group == group}


def test_mermaid_holds_every_node_and_every_tie(name: str, drawing: Drawing) -> None:
    lines = flowchart(drawing).splitlines()
    assert lines[0] == "flowchart TB"
    for number, node in enumerate(drawing.nodes):
        own = [line for line in lines if re.match(rf" *n{number}[\[({{]", line)]
        assert len(own) == 1
        found = LABEL.search(own[0])
        assert found is not None
        assert mermaid_text(found[1]) == list(node.lines)
    ties = [m.groups() for line in lines if (m := re.fullmatch(r" *n(\d+) (?:-->|==>|--o|-\.->|-\.-o|-\.-x|-\.-) n(\d+)", line))]
    assert ties == [(str(link.source), str(link.target)) for link in drawing.links]
    opened = sum(line.strip().startswith("subgraph ") for line in lines)
    assert opened == sum(line.strip() == "end" for line in lines) == len(drawing.groups) + bool(drawing.nodes)


def test_svg_is_whole_labelled_and_without_script(name: str, drawing: Drawing) -> None:
    text = vector(drawing)
    root = ET.fromstring(text)
    assert root.attrib["role"] == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert title.text == drawing.title
    assert root.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]
    for note in (drawing.description, *drawing.notes):
        assert note in str(desc.text)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "polygon", "path", "g", "text", "tspan"}
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    assert "prefers-color-scheme" in text
    assert "url(" not in text
    nodes = [element for element in root.iter(f"{SVG}g") if re.fullmatch(r"tfg-\d+", element.attrib.get("id", ""))]
    assert [[t.text for t in element.iter(f"{SVG}text")] for element in nodes] == [list(node.lines) for node in drawing.nodes]


def test_no_two_nodes_share_a_place_and_groups_never_cross(name: str, drawing: Drawing) -> None:
    plan_ = layout(drawing)
    rows: dict[int, list[float]] = {}
    for column, row in plan_.places:
        assert 0 <= column <= plan_.columns - 1
        assert 0 <= row < plan_.rows
        assert all(abs(column - other) >= 1 for other in rows.setdefault(row, []))
        rows[row].append(column)
    spans = sorted((first, first + columns) for first, columns, _, _ in plan_.lanes.values())
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    for node, (column, row) in zip(drawing.nodes, plan_.places, strict=True):
        first, columns, top, bottom = plan_.lanes[node.group]
        assert first <= column <= first + columns - 1
        assert top <= row <= bottom


@pytest.mark.parametrize("scenario", JOBS)
def test_what_must_go_first_stands_above(scenario: str) -> None:
    drawing = of_judgement(judged(scenario), Scope())
    plan_ = layout(drawing)
    wrong = [
        link for link in drawing.links if link.stroke.type == "needs_gone" and plan_.places[link.source][1] >= plan_.places[link.target][1]
    ]
    assert wrong == []


def test_an_estate_that_is_not_folded_is_drawn_whole_however_large() -> None:
    drawing = of_judgement(large(400), Scope(limit=None))
    assert len(drawing.nodes) == 2 + 800 + 160
    assert vector(drawing).count('class="shape"') >= len(drawing.nodes)


def test_circles_of_any_sort_are_drawn() -> None:
    one, other = live("network.port", "a"), live("load_balancer.load_balancer", "b")
    ties = ((one, other, EdgeType.IMPLIED_BY), (other, one, EdgeType.HOLDS))
    drawing = of_judgement(estate([finding(one, Verdict.IMPLICIT), finding(other, Verdict.ZOMBIE)], *ties), Scope())
    rows = {node.members[0].id: place[1] for node, place in zip(drawing.nodes, layout(drawing).places, strict=True)}
    # what must be gone first counts for more than who made it
    assert rows["b"] < rows["a"]
    held = of_judgement(
        estate([finding(one, Verdict.ZOMBIE), finding(other, Verdict.ZOMBIE)], *ties[1:], (one, other, EdgeType.HOLDS)), Scope()
    )
    assert len(held.links) == 2
    assert {row for _, row in layout(held).places} == {0, 1}


@settings(max_examples=examples(150), deadline=None)
@given(NAMES)
def test_no_name_is_syntax_in_any_format(name: str) -> None:
    j = renamed(judgement(), name)
    drawing = of_judgement(j, Scope())
    read = read_dot(dot(j))
    assert {n for n in read.nodes if n.startswith("n")} == {f"n{n}" for n in range(len(drawing.nodes))}
    assert [dot_text(read.nodes[f"n{n}"]["label"]) for n in range(len(drawing.nodes))] == [list(node.lines) for node in drawing.nodes]
    for line in mermaid(j).splitlines():
        assert line.count('"') == 2 * len(LABEL.findall(line))
        for label in LABEL.findall(line):
            plain = re.sub(r"#\d+;|<br/>", "", label)
            assert all(c.isalnum() or c in HARMLESS for c in plain), line
    root = ET.fromstring(svg(j))
    nodes = [element for element in root.iter(f"{SVG}g") if re.fullmatch(r"tfg-\d+", element.attrib.get("id", ""))]
    shown_ = [[t.text or "" for t in element.iter(f"{SVG}text")] for element in nodes]
    assert shown_ == [list(node.lines) for node in drawing.nodes]


@pytest.mark.parametrize("name", ["dot", "mermaid", "svg"])
def test_every_document_can_be_drawn(name: str) -> None:
    j = judgement()
    texts = {
        "diff": shown(name, lambda r: r.diff(j)),
        "plan": shown(name, lambda r: r.plan(plan(), {})),
        "result": shown(name, lambda r: r.result(result())),
        "inventory": shown(name, lambda r: r.inventory(j.inventory, {})),
        "explanation": shown(name, lambda r: r.explanation(next(iter(j.findings.values())), j, plan())),
        "journal": shown(name, lambda r: r.journal("j", plan(), [])),
    }
    assert len(set(texts.values())) == len(texts) - 1
    assert texts["plan"] == texts["journal"]
    assert all("node-a" in text for text in texts.values())
    assert len(shown(name, lambda r: r.diff(large(60)), verbose=True)) > len(shown(name, lambda r: r.diff(large(60))))


@pytest.mark.parametrize("write", [dot, mermaid, svg])
def test_the_same_estate_is_drawn_the_same(write: object) -> None:
    assert callable(write)
    assert write(judged("twin-killed")) == write(judged.__wrapped__("twin-killed"))


def test_looks_are_told_without_colour() -> None:
    every: list[Look] = [*_LOOKS.values(), *_STEPS.values(), *_OUTCOMES.values()]
    for looks in (_LOOKS, _STEPS, _OUTCOMES):
        words = [look.word for look in looks.values()]
        assert len(set(words)) == len(words)
    problems = [look for look in every if look.heavy]
    assert all(look.mark for look in problems)
    by_colour = {(look.colour, look.outline, look.dashed, look.heavy) for look in _LOOKS.values()}
    assert len({each[1:] for each in by_colour}) >= 6


def test_every_stroke_has_an_arrow_of_its_own_sort() -> None:
    for stroke in STROKES.values():
        assert (stroke.line, stroke.head) in ARROWS


def test_a_page_can_hold_several_and_lead_from_each_node_to_its_row() -> None:
    text = svg(judgement(), link=lambda key: f"#row-{key.id}", prefix="second", standalone=False)
    root = ET.fromstring(text)
    assert not text.startswith("<?xml")
    # what can be reached by keyboard must not hide in an image
    assert root.attrib["role"] == "group"
    links = [element.attrib["href"] for element in root.iter(f"{SVG}a")]
    assert len(links) == len(of_judgement(judgement(), Scope()).nodes)
    assert all(link.startswith("#row-") for link in links)
    assert not [e for e in root.iter() if e.attrib.get("id", "second").partition("-")[0] != "second"]
