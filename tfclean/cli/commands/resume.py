"""``tfclean resume``: the journal of an interrupted run in; its rest carried out, or what it untied tied again."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal
from tfclean.errors import UsageError
from tfclean.model import Event, Key

CLOUD = True
NOT_FROM_SETTINGS = frozenset({"paths"})
"""Evidence is given to a run that goes on, or it is proven for its plan alone; going back takes none."""


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "resume",
        "JOURNAL [PATH...] [OPTION...]",
        "Go on with a run that was interrupted or killed, or go back.",
        """\
It looks at every object first, and adds no step to what was approved then. With
PATH, the end is proven by that evidence, as destroy does; without, for the
plan's objects only. If the journal is lost, a fresh destroy comes to the same
end.

With --undo, what that run untied (router interfaces, routes, floating IPs,
attached volumes) is tied again, the last one first, if both ends are still
there; what was deleted stays deleted. Exit code: 0 all of it is taken back, or
there was nothing, 1 something could not be, and why.

examples:
  tfclean resume .tfclean/JOURNAL
  tfclean resume .tfclean/JOURNAL terraform.tfstate apply.log --auto-approve
  tfclean resume --undo .tfclean/JOURNAL""",
    )
    made.add_argument("path", metavar="JOURNAL", help="as the interrupted run named it at its end")
    made.add_argument("--undo", action="store_true", help="go back: tie again what the run untied; deletes nothing")
    arguments.evidence(made, offline=False, default="none")
    made.add_argument("--ignore-lock", action="store_true", help="go on although a remote backend says the state is locked")
    arguments.limits(made)
    arguments.running(made, journal=False)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    if args.undo and args.paths:
        raise UsageError("resume: going back needs no evidence: leave the paths out, or --undo")
    done = frozenset[Key]() if args.undo else settled(verbs.load_journal(args.path).events)
    with Deletion(Session("resume", args, terminal, document="result", back=args.undo, done=done)) as deletion:
        options = {**arguments.limited(args), **arguments.traced(args), "ignore_lock": args.ignore_lock, **deletion.options()}
        return deletion.finish(verbs.resume(args.path, args.paths, cloud=args.os, undo=args.undo, **options))


def settled(events: Iterable[Event]) -> frozenset[Key]:
    """Give the targets that a journal's last word of is that they are gone, or untied."""
    last = {e.target: e.type for e in events if e.target is not None and e.type in ("gone", "undone")}
    return frozenset(target for target, type_ in last.items() if type_ == "gone")
