"""Name of a format in, its class out. A new format is one entry here; nothing is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module

from tfclean.errors import UsageError
from tfclean.report.base import Report

FORMATS: dict[str, str] = {
    "console": "tfclean.report.console.report:ConsoleReport",
    "json": "tfclean.report.machine:JsonReport",
    "ndjson": "tfclean.report.machine:NdjsonReport",
    "dot": "tfclean.report.graph.report:DotReport",
    "mermaid": "tfclean.report.graph.report:MermaidReport",
    "svg": "tfclean.report.graph.report:SvgReport",
    "junit": "tfclean.report.junit:JunitReport",
    "markdown": "tfclean.report.markdown:MarkdownReport",
    "html": "tfclean.report.html.report:HtmlReport",
}
"""Formats by the name that ``-o`` takes."""

LACKING: dict[str, frozenset[str]] = {
    "explanation": frozenset({"junit"}),
    "inventory": frozenset({"junit"}),
    "journal": frozenset({"junit"}),
    "checkup": frozenset({"dot", "mermaid", "svg"}),
}
"""Formats that have no form for a document: what their classes say, for a help text that imports none of them."""


def report_class(name: str) -> type[Report]:
    """Give the class that writes the format `name`.

    Raises:
        UsageError: there is no such format.
    """
    try:
        module, _, attribute = FORMATS[name].partition(":")
    except KeyError:
        raise UsageError(f'there is no output format "{name}"; the formats are {", ".join(FORMATS)}') from None
    found: type[Report] = getattr(import_module(module), attribute)
    return found
