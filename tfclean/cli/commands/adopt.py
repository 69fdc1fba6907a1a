"""``tfclean adopt``: evidence, a cloud and names in; ``import`` blocks instead of deletions out."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.outputs import check_writable
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError, UsageError
from tfclean.model import GapKind

CLOUD = True


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "adopt",
        "[OBJECT...] [PATH...] [--out FILE] [OPTION...]",
        "Write import blocks for what is live and in no present state, so that Terraform\n"
        "takes it over instead of having it deleted. Changes nothing by itself.",
        """\
An OBJECT is an id, the start of one, a Terraform address, or a name; what is
there as a file, a URL or - is a PATH. Terraform 1.5 or OpenTofu 1.6 read the
blocks. What the provider cannot import stands there as a comment. Exit code:
0 all of it can be imported, 1 something cannot, 3 something was not listed.

examples:
  tfclean adopt --all --out adopted.tf
  tfclean adopt 3f2504e0 'openstack_compute_instance_v2.node["a"]' apply.log
  tfclean adopt --all --out adopted.tf && terraform plan""",
    )
    made.add_argument("--all", dest="every", action="store_true", help="all zombies; strangers only by name")
    made.add_argument("--out", metavar="FILE", help="write the blocks there; a file that is there is never replaced")
    arguments.evidence(made, offline=True, beside="an OBJECT, or a ")
    arguments.keeping(made)
    group = made.add_argument_group("output")
    group.add_argument("-v", "--verbose", action="store_true", help="show where a fault of tfclean's own happened")
    group.add_argument("--no-color", action="store_true", help="no colour; there is none")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    if args.out:
        check_writable(args.out)
        if os.path.lexists(args.out):
            raise UsageError(f"{args.out}: is there already; it is not replaced")
    subjects, paths = arguments.apart(args)
    with terminal.listing() as listing:
        options = {**arguments.traced(args), "on_list": listing}
        made = verbs.adopt(subjects, paths, cloud=args.os, inventory=args.inventory, every=args.every, **options)
    if args.out:
        try:
            with Path(args.out).open("x", encoding="utf-8") as file:
                file.write(made.text)
        except OSError as error:
            raise InputError(f"{args.out}: cannot be written: {error.strerror}") from error
        terminal.tell(f"Written to {args.out}: {len(made.imports)} to import, {len(made.left)} that cannot be imported\n")
    else:
        terminal.write(made.text)
    if any(gap.kind is GapKind.NOT_LISTED for gap in made.gaps):
        return 3
    return 1 if made.left else 0
