"""Outlines in, JUnit XML out: one case for each object, one suite for each module.

What the job left, lost or changed is a failure; what nobody can decide is skipped; what could not be listed is an error. The form is what
Ant's schema and that of Jenkins have in common, so that either accepts it; GitLab reads the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from typing import ClassVar
from xml.etree import ElementTree as ET

from tfclean.model import Gap, GapKind
from tfclean.report.grouping import grouped, module
from tfclean.report.outline.nouns import Entry, Outline, Section, State
from tfclean.report.outline.report import OutlineReport
from tfclean.report.text import change, safe

BLIND = frozenset({GapKind.NOT_LISTED, GapKind.STATE_LOST, GapKind.UNREADABLE, GapKind.ENCRYPTED, GapKind.REMOTE})
"""Gaps in which objects can hide: errors."""

MOST = 4000
"""A longer text is cut: a viewer shows it beside its case."""


class JunitReport(OutlineReport):
    """JUnit XML for CI systems."""

    lacks: ClassVar[Mapping[str, str]] = {
        name: f"{what} has nothing that passes or fails; use console, json, markdown or html"
        for name, what in (("explanation", "an explanation"), ("inventory", "an inventory"), ("journal", "a journal"))
    }

    def write(self, outline: Outline) -> None:
        """Write one document."""
        root = ET.Element("testsuites")
        told = [(e, s) for s in outline.sections if s.judged for e in s.entries if e.state is not State.ASIDE]
        names = Counter(_name(e) for e, _ in told)
        suites: list[tuple[str, list[ET.Element]]] = []
        own = [*_proof(outline), *(_gap(gap) for gap in outline.gaps if gap.kind is not GapKind.NO_SERVICE)]
        if own or not told:
            suites.append(("whole", own))
        for place, members in grouped(told, lambda pair: pair[0].place, lambda pair: pair[0].state is State.BAD):
            suites.append((place or "no module", [_case(e, s, alone=names[_name(e)] == 1) for e, s in members]))
        for number, (name, cases) in enumerate(suites):
            root.append(_suite(number, name, cases, outline))
        ET.indent(root)
        self.stream.write('<?xml version="1.0" encoding="utf-8"?>\n')
        self.stream.write(ET.tostring(root, encoding="unicode"))
        self.stream.write("\n")


def _suite(number: int, name: str, cases: list[ET.Element], outline: Outline) -> ET.Element:
    context = outline.context
    counted = {tag: sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        {
            "id": str(number),
            "package": "tfclean",
            "name": f"tfclean {safe(context.command or outline.document)}: {safe(name)}",
            "timestamp": context.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": safe(context.cloud).strip() or "localhost",
            "tests": str(len(cases)),
            "failures": str(counted["failure"]),
            "errors": str(counted["error"]),
            "skipped": str(counted["skipped"]),
            "time": f"{outline.seconds if number == 0 else 0:.3f}",
        },
    )
    properties = ET.SubElement(suite, "properties")
    whole = (("version", context.version), *outline.facts, *((word, str(n)) for word, n, _ in outline.counts)) if number == 0 else ()
    for key, text in (*outline.where, *whole):
        ET.SubElement(properties, "property", {"name": safe(key), "value": safe(text)})
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = safe(outline.sentence) if number == 0 else None
    ET.SubElement(suite, "system-err")
    return suite


def _case(entry: Entry, section: Section, *, alone: bool) -> ET.Element:
    where = next((module(a) for a in entry.addresses if module(a)), "")
    name = _name(entry) if alone or not entry.id else f"{_name(entry)} ({entry.id})"
    case = _named(".".join(part for part in (where, entry.key.kind) if part) or "tfclean", name)
    text = "\n".join(_told(entry))[:MOST]
    message = f"{entry.word}: {section.meaning}" if section.meaning else entry.word
    if entry.state is State.BAD:
        ET.SubElement(case, "failure", {"type": safe(entry.word), "message": safe(message)}).text = text
    elif entry.state is State.OPEN:
        # Ant's schema has no text in it.
        reason = next((safe(t) for t in _short(entry)), "")
        ET.SubElement(case, "skipped", {"message": f"{safe(message)}{f' ({reason})' if reason else ''}"})
    return case


def _name(entry: Entry) -> str:
    """Name a case so that it is the same in every run: by address, else by name and id."""
    if entry.addresses:
        return entry.addresses[0]
    if entry.name and entry.id and entry.name != entry.id:
        return f"{entry.name} ({entry.id})"
    return entry.name or entry.id or entry.noun


def _named(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": safe(classname), "name": safe(name).strip() or "without a name", "time": "0"})


def _told(entry: Entry) -> Iterator[str]:
    """Tell all that is known, line by line, escaped."""
    yield f"{safe(entry.noun)} {safe(entry.name)} {safe(entry.id)}".strip()
    yield from (safe(a) for a in entry.addresses)
    for drift in entry.drift:
        if drift.sensitive:
            yield f"{safe(drift.attribute)}: changed (sensitive, values withheld)"
        else:
            yield from change(drift.attribute, drift.before, drift.after)
    yield from (safe(n) for n in entry.notes)
    for reason in entry.reasons:
        yield f"{safe(reason.text)}{f' [{safe(reason.source)}]' if reason.source else ''}"


def _short(entry: Entry) -> Iterable[str]:
    return (*(r.text for r in entry.reasons[:1]), *entry.notes)


def _proof(outline: Outline) -> Iterator[ET.Element]:
    if outline.proof is None:
        return
    case = _named("tfclean", "nothing of the job is left, proven by two looks")
    if not outline.proof:
        ET.SubElement(case, "failure", {"type": "not proven", "message": safe(outline.sentence)}).text = safe(outline.sentence)
    yield case


def _gap(gap: Gap) -> ET.Element:
    case = _named("tfclean", f"{gap.kind.value}: {gap.subject}")
    if gap.kind in BLIND:
        ET.SubElement(case, "error", {"type": gap.kind.value, "message": safe(gap.reason)}).text = safe(gap.reason)
    else:
        ET.SubElement(case, "skipped", {"message": safe(gap.reason)})
    return case
