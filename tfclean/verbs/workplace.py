"""A directory in; what is fine there, what is not, and what to do about it out: versions, rules, evidence, journals. No network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from tfclean import __version__
from tfclean.errors import JournalError, NothingToGoOn, TfcleanError
from tfclean.model import Check, Footprint, GapKind, Inventory, Mark
from tfclean.verbs.asking import keeping, listed, read
from tfclean.verbs.asking import others as read_others
from tfclean.verbs.files import load_inventory, load_journal
from tfclean.verbs.options import EvidenceOptions, Paths

ENGINES = {"terraform": "Terraform", "tofu": "OpenTofu"}
HIDING = frozenset({GapKind.STATE_LOST, GapKind.ENCRYPTED, GapKind.REMOTE, GapKind.UNREADABLE})
"""Gaps in which objects can hide."""
UNENDED = {5: "ran out of time", 130: "was interrupted"}
"""Exit codes of runs that can be gone on with."""


def versions() -> Iterator[Check]:
    """Tell what runs here."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Check("versions", Mark.OK, f"tfclean {__version__}, Python {python}, openstacksdk {version('openstacksdk')}")
    engines = [f"{title} {told}" for name, title in ENGINES.items() if (told := _engine(name))]
    yield Check(
        "engine", Mark.OK if engines else Mark.NOTE, ", ".join(engines) or "neither terraform nor tofu is on the PATH; tfclean needs none"
    )


def _engine(name: str) -> str:
    """Give the version of an engine, as it tells it, or the empty string."""
    path = shutil.which(name)
    if path is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - what PATH has under the engine's name
            [path, "version", "-json"],
            capture_output=True,
            timeout=20,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        )
        told = json.loads(done.stdout).get("terraform_version")
    except (OSError, subprocess.SubprocessError, ValueError, AttributeError):
        told = None
    return str(told) if told else f"at {path}, which does not say its version"


def rules(options: EvidenceOptions) -> Iterator[Check]:
    """Read the ignore file."""
    if options.get("ignore") is None:
        return
    try:
        ignore = keeping(options).ignore
    except TfcleanError as error:
        yield Check("ignore file", Mark.FAIL, str(error), f"mend the ignore file: {error}", 2)
    else:
        yield Check("ignore file", Mark.OK, f"{ignore.source}: {many(len(ignore.rules), 'rule')}")


def evidence(paths: Paths, options: EvidenceOptions) -> Iterator[Check]:
    """Read all evidence, and say what each file is."""
    try:
        footprint = read(paths, variables=options.get("variables", ()))
    except NothingToGoOn as error:
        if _is_there(listed(paths)):
            yield Check("evidence", Mark.FAIL, str(error), "name more evidence of the run: its plan, its log, another state", 2)
        else:
            yield Check("evidence", Mark.NOTE, str(error))
        return
    except TfcleanError as error:
        yield Check("evidence", Mark.FAIL, str(error), "name evidence that can be read", 2)
        return
    for source in footprint.sources:
        yield Check("evidence", Mark.OK, f"{source} ({source.kind.value})")
    yield from _told(footprint)


def others(options: EvidenceOptions) -> Iterator[Check]:
    """Read what protects, each by itself: the traces of other jobs, and the inventory from before the run."""
    from tfclean.terraform.remote import shown  # noqa: PLC0415 - as heavy as the readers

    for path in listed(options.get("protect", ())):
        try:
            claims = [claim for footprint in read_others(path) for claim in footprint.claims]
        except TfcleanError as error:
            yield Check("protect", Mark.FAIL, str(error), f"mend or leave out what protects nothing: {error}", 2)
        else:
            yield Check("protect", Mark.OK, f"{shown(path)}: {many(len(claims), 'trace')} of objects that stay")
    baseline = options.get("baseline")
    if baseline is None:
        return
    try:
        inventory = baseline if isinstance(baseline, Inventory) else load_inventory(baseline)
    except TfcleanError as error:
        yield Check("baseline", Mark.FAIL, str(error), f"give an inventory from before the run, or leave it out: {error}", 2)
        return
    where = "the inventory given" if isinstance(baseline, Inventory) else os.fspath(baseline)
    taken = f" of {inventory.taken_at:%Y-%m-%d %H:%M:%SZ}" if inventory.taken_at else ""
    yield Check("baseline", Mark.OK, f"{where}: {many(len(inventory.resources), 'object')}{taken} that were there before the run")


def _is_there(paths: Sequence[str]) -> bool:
    """Tell whether there is evidence that says nothing: none at all in the current directory is no fault."""
    from tfclean.terraform.discovery import discover  # noqa: PLC0415 - as heavy as the readers

    if paths and paths != ["."]:
        return True
    found = discover(Path(), os.environ)
    return found.backend is not None or any(path.exists() for path in found.states)


def _told(footprint: Footprint) -> Iterator[Check]:
    """Say what evidence amounts to, and what is wrong with it."""
    since = f", since {footprint.horizon.start:%Y-%m-%d %H:%M:%SZ}" if footprint.horizon else ", and no trace tells when"
    whole = "a present state was read whole" if footprint.complete else "no present state was read whole"
    yield Check("evidence", Mark.OK, f"{many(len(footprint.claims), 'trace')} of objects{since}; {whole}")
    minor: dict[str, int] = {}
    for gap in footprint.gaps:
        if gap.kind in HIDING:
            yield Check("evidence", Mark.WARN, f"{gap.subject}: {gap.kind.value}: {gap.reason}", f"{gap.subject}: {gap.reason}", 1)
        else:
            minor[gap.kind.value] = minor.get(gap.kind.value, 0) + 1
    for kind, count in minor.items():
        yield Check("evidence", Mark.NOTE, f"{many(count, 'thing')} not known ({kind}); tfclean diff tells which")
    for lock in footprint.locks:
        who = f"{lock.path}: held by {lock.who or 'somebody'}" + (f" since {lock.created:%Y-%m-%d %H:%M:%SZ}" if lock.created else "")
        if lock.held or lock.remote:
            yield Check("lock", Mark.WARN, who, f"wait for the end of the run that holds {lock.path}, or end it", 1)
        else:
            yield Check("lock", Mark.NOTE, f"{lock.path}: left by {lock.who or 'a run'} that died; the next run takes it away")


def journals(directory: Path) -> Iterator[Check]:
    """Look for runs that did not come to their end."""
    ended = 0
    for path in sorted(directory.glob("journal-*.jsonl")):
        try:
            contents = load_journal(path)
        except (JournalError, OSError) as error:
            yield Check("journal", Mark.NOTE, str(error))
            continue
        codes = [event.data.get("exit_code") for event in contents.events if event.type == "finished"]
        if codes and codes[-1] not in UNENDED:
            ended += 1
            continue
        how = UNENDED[int(codes[-1] or 0)] if codes else "was killed, or is still running"
        started = str(contents.header.get("time", ""))[:19].replace("T", " ")
        yield Check("journal", Mark.WARN, f"{path}: the run of {started} {how}", f"go on with it: tfclean resume {path}", 1)
    if ended:
        yield Check("journal", Mark.OK, f"{many(ended, 'run')} in {directory}/ came to an end")


def many(count: int, noun: str) -> str:
    """Say how many."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
