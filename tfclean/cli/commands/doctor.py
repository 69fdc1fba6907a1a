"""``tfclean doctor``: a directory and a cloud in; what is fine, what is not, and what to do about it out."""

from __future__ import annotations

import argparse
from dataclasses import replace

from tfclean import verbs
from tfclean.cli import arguments
from tfclean.cli.session import Session
from tfclean.cli.settings import FILE, SHARED_FILE, Settings
from tfclean.cli.terminal import Terminal
from tfclean.errors import InputError
from tfclean.model import Check, Mark

CLOUD = True
TELLS_SETTINGS = True
"""What is wrong with a file of settings is a part of the result."""


def parser() -> argparse.ArgumentParser:
    """Make the parser."""
    made = arguments.Parser(
        "doctor",
        "[PATH...] [OPTION...]",
        "Examine what a destroy would need, and say what to do. Deletes nothing.",
        """\
Versions, settings, ignore file, evidence, what --protect and --baseline name,
unfinished runs; then credentials, roles, clock, services, and whether
everything can be listed. What a policy of OpenStack refuses to delete, it tells
only when it is asked to: a role that may only read, and the rules of an
application credential, are told here.
Exit code: 0 fine, 1 something to do, 2 a file cannot be read, 3 the cloud.

examples:
  tfclean doctor
  tfclean doctor --os-cloud ci apply.log
  tfclean doctor -o json=doctor.json""",
    )
    arguments.evidence(made, offline=False)
    arguments.keeping(made)
    arguments.output(made, "checkup")
    arguments.cloud(made)
    return made


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run it."""
    session = Session("doctor", args, terminal, document="checkup")
    with terminal.listing() as listing:
        checkup = verbs.doctor(args.paths, cloud=args.os, on_list=listing, **arguments.traced(args))
    # Versions first: they are what a report of a fault begins with.
    checkup = replace(checkup, checks=(*checkup.checks[:1], _settings(args.settings), *checkup.checks[1:]))
    context = replace(session.context(), cloud=checkup.cloud, project=checkup.project, region=checkup.region)
    session.outputs.emit(lambda report: report.checkup(checkup), context)
    return checkup.exit_code


def _settings(found: Settings | InputError) -> Check:
    """Tell how the reading of the settings went."""
    subject = "settings"
    if isinstance(found, InputError):
        return Check(subject, Mark.FAIL, str(found), f"mend the settings: {found}", 2)
    if not found.path:
        return Check(subject, Mark.NOTE, f"neither {FILE} nor [tool.tfclean] of {SHARED_FILE} is read; options have their own defaults")
    return Check(subject, Mark.OK, f"{found.path}: {', '.join(map(str, found.table)) or 'empty'}")
