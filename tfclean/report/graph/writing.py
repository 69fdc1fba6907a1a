"""A judgement in, the text of a drawing out: what pages and callers embed."""

from __future__ import annotations

from collections.abc import Callable

from tfclean.model import Judgement, Key
from tfclean.report.graph import flowchart, graphviz, vector
from tfclean.report.graph.building import of_judgement
from tfclean.report.graph.scope import Scope

WHOLE = Scope()


def svg(
    judgement: Judgement,
    *,
    scope: Scope = WHOLE,
    link: Callable[[Key], str] | None = None,
    prefix: str = "tfg",
    standalone: bool = True,
) -> str:
    """Draw an estate as SVG: no script, no network, light and dark by ``prefers-color-scheme``, colours as custom properties.

    Args:
        judgement: what was found.
        scope: what is drawn of it, and how much.
        link: gives the address (``#row-12``) that the node of an object leads to, empty for none.
        prefix: begins every id in the drawing, so that a page can hold several.
        standalone: for a file of its own, with an XML declaration and a background; else for the body of a page.
    """
    return vector.write(of_judgement(judgement, scope), link=link, prefix=prefix, standalone=standalone)


def dot(judgement: Judgement, *, scope: Scope = WHOLE) -> str:
    """Draw an estate in Graphviz' language; the arguments are those of `svg`."""
    return graphviz.write(of_judgement(judgement, scope))


def mermaid(judgement: Judgement, *, scope: Scope = WHOLE) -> str:
    """Draw an estate as Mermaid's flowchart, as GitHub and GitLab show it in Markdown; the arguments are those of `svg`."""
    return flowchart.write(of_judgement(judgement, scope))
