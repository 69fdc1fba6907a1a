"""``tfclean destroy``: evidence and a cloud in; the job's objects deleted, and the proof."""

from __future__ import annotations

import argparse

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Deletion, Session
from tfclean.cli.terminal import Terminal

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "destroy",
        "[PATH...] [OPTION...]",
        "Delete what the job left, in an order that works, and prove the end.",
        """\
The fallback after terraform destroy, or instead of it when the run was killed.
It shows the plan and asks; deletes what is certain or probable; says who blocks
what; looks twice at the end. Exit code: 0 all gone and proven, 1 something is
left, 4 refused, 5 time ran out, 130 interrupted: tfclean resume goes on.

examples:
  tfclean destroy                              here; asks
  tfclean destroy -auto-approve --timeout 30m  in CI
  tfclean destroy plan.tfplan apply.log        the state is lost
  tfclean destroy --protect ../other           never touch the other job""",
    )
    arguments.evidence(made, offline=False)
    arguments.policy(made)
    arguments.running(made)
    arguments.output(made)
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    with Deletion(Session("destroy", args, terminal, document="result")) as deletion:
        return deletion.finish(verbs.destroy(args.paths, cloud=args.os, **arguments.chosen(args), **deletion.options()))
