"""A judgement, a plan, a result or an inventory in; a drawing of it as DOT, Mermaid or SVG out.

Every drawing is made in the same steps: `scope` chooses the objects, `folding` makes them few enough to be read, `layout` gives places
to what we draw ourselves, and `graphviz`, `flowchart` and `vector` only write down what a `drawing` holds. Same input, same output.
"""

from __future__ import annotations

from tfclean.report.graph.scope import Only, Scope
from tfclean.report.graph.writing import dot, mermaid, svg

__all__ = ["Only", "Scope", "dot", "mermaid", "svg"]
