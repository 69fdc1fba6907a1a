"""``tfclean graph``: evidence and a cloud (or an inventory) in, a drawing of what hangs on what out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, cast

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import UsageError
from tfclean.report.base import Report
from tfclean.report.graph.scope import MOST, NEAR, Only, Scope

if TYPE_CHECKING:
    from tfclean.report.graph.report import GraphReport

CLOUD = True
FORMATS = ("dot", "mermaid", "svg")


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "graph",
        "[PATH...] [--format FORMAT] [OPTION...]",
        "Draw what is live and what hangs on what: what must go first stands above.\nDeletes nothing.",
        """\
Objects stand in the module that they are from, else in their network. What is
not the job's is drawn where it touches what is. In a large estate parts are
folded into what they go with, and the drawing says how many; -v folds nothing.

examples:
  tfclean graph | dot -Tpng > estate.png      Graphviz
  tfclean graph --format mermaid              for Markdown, between ```mermaid
  tfclean graph -o svg=estate.svg             for a browser, needs nothing else
  tfclean graph --only problems job/
  tfclean graph --around 3f2504e0 --depth 1   what holds it, what it holds""",
    )
    arguments.evidence(made, offline=True)
    arguments.keeping(made)
    group = made.add_argument_group("what is drawn")
    group.add_argument(
        "--only",
        metavar="WHICH",
        choices=[each.value for each in Only],
        default=None,
        help="ours: the job's (default); problems; all. With what touches them",
    )
    group.add_argument(
        "--around",
        metavar="ID|ADDRESS",
        action="append",
        default=[],
        help="only what is near this object: id, address, or name; repeatable",
    )
    group.add_argument("--depth", metavar="N", type=arguments.count, help="how many ties away is near (default: 2)")
    group = made.add_argument_group("output")
    group.add_argument("--format", metavar="FORMAT", choices=FORMATS, help="dot (default), mermaid or svg, on stdout")
    group.add_argument("-o", "--output", metavar="FORMAT[=FILE]", action="append", default=[], help="the same, or into a file; repeatable")
    group.add_argument("-v", "--verbose", action="store_true", help="fold nothing, draw every tie")
    group.add_argument("--no-color", action="store_true", help=argparse.SUPPRESS)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    usual: list[str] | None = getattr(args, "usual_output", None)
    if args.output is usual:
        args.output = [given for given in usual or [] if given.partition("=")[0] in FORMATS]
    args.output = [*([args.format] if args.format else []), *args.output] or ["dot"]
    for given in args.output:
        if given.partition("=")[0] not in FORMATS:
            raise UsageError(f"graph: -o {given}: graph draws {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; see tfclean graph --help")
    if args.depth is not None and not args.around:
        raise UsageError("graph: --depth says how far around something: give --around too")
    if args.only is not None and args.around:
        raise UsageError("graph: --around draws whatever is near: leave --only out")
    session = Session("graph", args, terminal, console=False)
    with terminal.listing() as listing:
        judgement = verbs.diff(args.paths, cloud=args.os, inventory=args.inventory, on_list=listing, **arguments.chosen(args))
    scope = Scope(
        only=Only(args.only or Only.OURS),
        around=tuple(verbs.find(judgement, subject).key for subject in args.around),
        depth=NEAR if args.depth is None else args.depth,
        limit=None if args.verbose else MOST,
    )

    def write(report: Report) -> None:
        cast("GraphReport", report).graph(judgement, scope)

    session.outputs.emit(write, session.context(judgement.inventory))
    return 0
