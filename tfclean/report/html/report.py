"""An outline in, one HTML file out: a template around it, and its rows as data for the script that filters them.

Nothing is loaded: styles and scripts stand in the file, and its content security policy allows these and nothing else, by their hashes.
What came from the cloud is text to the template, which escapes it, and to the script, which only ever sets text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby

import jinja2
from markupsafe import Markup

from tfclean.model import Inventory, Judgement, Plan, Result
from tfclean.report.graph import building, vector
from tfclean.report.graph.scope import MOST as GRAPH
from tfclean.report.graph.scope import Scope
from tfclean.report.html.data import Head, Rows, brief, named, shown
from tfclean.report.machine import stamp
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.outline.report import OutlineReport
from tfclean.report.text import moment

PLAIN = 200
"""Rows that stand in the file as HTML, for those who have no scripts."""

MOST = 30
"""More gaps, or modules, than this are counted."""

DRAWING = 600_000
"""Bytes above which a drawing is left out: it could not be read either."""

HEADS = {"journal": "Events", "checkup": "Checks"}
"""What is listed, where it is not objects."""

GLYPHS = {State.BAD: "✕", State.OPEN: "?", State.GOOD: "✓", State.DUE: "→", State.ASIDE: "·"}

STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class HtmlReport(OutlineReport):
    """A page for people, in one file."""

    def write(self, outline: Outline) -> None:
        """Write one document."""
        drawing = _drawing(outline)
        between = " in " if outline.place == "Module" else ": "
        rows = [(head(section, entry, between), entry) for section in outline.sections for entry in section.entries]
        places = _places(outline)
        data = Rows(rows, _glyph)
        style, script = asset("page.css"), asset("page.js")
        self.stream.writelines(
            _template().generate(
                page=outline,
                head=HEADS.get(outline.document, "Objects"),
                style=Markup(style),  # noqa: S704 - ours
                script=Markup(script),  # noqa: S704 - ours
                styles=" ".join(_digest(each) for each in (style, *STYLES.findall(drawing))),
                scripts=_digest(script),
                drawing=Markup(drawing),  # noqa: S704 - escaped by who drew it
                data=Markup(data.json()),  # noqa: S704 - escaped as JSON in HTML
                stamp=stamp(outline.context.time),
                time=moment(outline.context.time),
                most=MOST,
                gaps=outline.gaps[:MOST],
                places=places[:MOST],
                more_places=len(places[MOST:]),
                total=len(rows),
                listed=data.listed,
                plain=min(len(rows), PLAIN),
                groups=list(_groups(rows[:PLAIN])),
                glyphs=GLYPHS,
            )
        )


def head(section: Section, entry: Entry, between: str) -> Head:
    """Give what stands above a row: its class, and its place if the class is in that order."""
    where = f"{between}{entry.place}" if entry.place and section.grouped else ""
    return Head(section.title + where, section.meaning, section.open)


def _groups(rows: Sequence[tuple[Head, Entry]]) -> Iterator[tuple[Head, list[Entry]]]:
    for above, members in groupby(rows, key=lambda row: row[0]):
        yield above, [entry for _, entry in members]


def _places(outline: Outline) -> list[tuple[str, int, int, int]]:
    """Count what is where: problems, what is open, and all; nothing where it is all in one place."""
    counts: dict[str, list[int]] = {}
    for section in outline.sections:
        for entry in section.entries:
            if entry.place:
                count = counts.setdefault(entry.place, [0, 0, 0])
                count[0] += entry.state is State.BAD
                count[1] += entry.state is State.OPEN
                count[2] += 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1][0], -item[1][1], -item[1][2], item[0]))
    return [(place, *count) for place, count in ordered] if len(ordered) > 1 else []  # type: ignore[misc]


def _drawing(outline: Outline) -> str:
    """Draw what the document is about; nothing where there is nothing to be seen, or too much."""
    match outline.subject:
        case Judgement() as judgement:
            drawing = building.of_judgement(judgement, Scope(around=outline.around))
        case Plan() as plan:
            drawing = building.of_plan(plan, GRAPH)
        case Result() as result:
            drawing = building.of_result(result, GRAPH)
        case Inventory() as inventory:
            drawing = building.of_inventory(inventory, GRAPH)
        case None:
            return ""
    drawn = vector.write(drawing, standalone=False) if drawing.links else ""
    return drawn if len(drawn) <= DRAWING else ""


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def asset(name: str) -> str:
    """Give the text of a file that the page is made of."""
    return files("tfclean.report.html").joinpath(name).read_text(encoding="utf-8").strip()


@cache
def _template() -> jinja2.Template:
    """Read the template; a name in it that nobody gave is an error, and everything is escaped."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters.update(shown=brief, value=shown)
    environment.globals.update(named=named, glyph=_glyph)
    return environment.from_string(asset("page.html.j2"))


def _glyph(entry: Entry) -> str:
    return entry.mark.strip() or GLYPHS[entry.state]
