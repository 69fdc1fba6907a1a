"""``tfclean sweep``: a cloud and an age in; whole groups of old objects deleted, and the proof."""

from __future__ import annotations

import argparse
from typing import Any

from tfclean import verbs
from tfclean.cleanup.documents import plan_document
from tfclean.cli import arguments
from tfclean.cli.outputs import check_writable, replacing
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import UsageError
from tfclean.model import GapKind, Plan, SweepPlan
from tfclean.report.base import Report
from tfclean.report.machine import JsonReport
from tfclean.verbs.sweeping import OLD, SIGHTINGS

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "sweep",
        "[OPTION...]",
        "Delete what is old: whole groups of objects that hang together. No state, plan\nor log is needed.",
        """\
A server, its ports, their network, its volumes and addresses are one group. It
goes only if all of it is older than the limit, and nothing young, kept, shared
or protected is in it or tied to it. What several groups have in common, a
router, a keypair, an image, parts them and stays; one that a single group made
for itself goes with it. What has no date takes that of its group, or stays.

With --name a group goes only if every name in it that people gave matches one
of the patterns as a whole: give one for each. Names of parts, and those that
OpenStack gave, do not count. A router, keypair or image that outlives those who
use it goes only by its own name, and only if all who use it go.

Shows the groups and asks. In place of kubespray's openstack-cleanup/main.py:
  tfclean sweep --hours 4 --auto-approve

examples:
  tfclean sweep --dry-run                     what is older than 4 hours?
  tfclean sweep --older-than 1d --auto-approve --timeout 30m
  tfclean sweep --name 'ci-[0-9]+.*'          only what is called so
  tfclean sweep --protect infra/ --keep 'bastion.*' --max-share 50%""",
    )
    group = made.add_argument_group("what is swept")
    group.add_argument("--older-than", metavar="AGE", type=arguments.age, help="40m, 4h, 2d, 1h30m (default: 4h)")
    group.add_argument("--hours", metavar="N", type=arguments.hours, help="the same in hours")
    group.add_argument("--force", action="store_true", help="less than an hour is meant")
    group.add_argument(
        "--name", metavar="REGEX", dest="names", action="append", default=[], help="only groups all of whose names match one; repeatable"
    )
    group.add_argument(
        "--tag",
        metavar="TAG",
        dest="tags",
        action="append",
        default=[],
        help="only groups of which something has this tag, or KEY=VALUE of metadata; repeatable",
    )
    group.add_argument("--protect", metavar="PATH", action="append", default=[], help="traces of a job: what it manages stays; repeatable")
    group.add_argument(
        "--two-looks",
        metavar="FILE",
        nargs="?",
        const=SIGHTINGS,
        help=f"note when what has no date was first seen, and date it by that next time (default: {SIGHTINGS})",
    )
    group.add_argument("--dry-run", action="store_true", help="show it, and delete nothing")
    group.add_argument("--out", metavar="FILE", help="write the plan, for apply, and delete nothing; readable by you alone")
    limits = arguments.limits(made, side_effects=False)
    limits.add_argument(
        "--max-share", metavar="SHARE", type=arguments.share, help="refuse to delete more of the project than this: 0.5, 50%%"
    )
    arguments.running(made)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    if args.hours is not None and args.older_than is not None:
        raise UsageError("sweep: --hours says the same as --older-than: give one of them")
    limit = args.older_than or args.hours or OLD
    if args.dry_run or args.out:
        return _show(args, terminal, limit)
    with _Sweeping(Session("sweep", args, terminal, document="result")) as deletion:
        result = verbs.sweep(limit, cloud=args.os, on_sweep=deletion.swept, **_options(args), **deletion.options())
        return deletion.finish(result)


def _show(args: argparse.Namespace, terminal: Terminal, limit: Any) -> int:
    session = Session("sweep", args, terminal)
    if args.out:
        check_writable(args.out)
    with terminal.listing() as listing:
        made = verbs.plan_sweep(limit, cloud=args.os, on_list=listing, **_options(args))
    document, context = plan_document(made.plan), session.context(made.plan)
    session.outputs.emit(lambda report: report.sweep(made.sweep, made.plan, document), context)
    if args.out:
        with replacing(args.out, private=True) as stream:
            JsonReport(stream, context).plan(made.plan, document)
        terminal.tell(f"Plan written to {args.out}; carry it out with: tfclean apply {args.out}\n")
    return 3 if any(gap.kind is GapKind.NOT_LISTED for gap in made.plan.gaps) else 0


def _options(args: argparse.Namespace) -> dict[str, Any]:
    out = {name: getattr(args, name) for name in ("names", "tags", "protect", "force", "two_looks", "max_share")}
    return {**arguments.limited(args), **out}


class _Sweeping(Deletion):
    """Shows the groups in place of the steps."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._made: SweepPlan | None = None

    def swept(self, made: SweepPlan) -> None:
        """Take in what would be done."""
        self._made = made

    def _tell(self, report: Report, plan: Plan) -> None:
        assert self._made is not None
        report.sweep(self._made.sweep, plan, {})
