"""A command, and where its engine works, in; the command run as it was given, with its traces kept, and how it ended out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tfclean import __version__
from tfclean.errors import InputError, UsageError
from tfclean.runs.child import Child
from tfclean.runs.command import Command, redacted, understand
from tfclean.runs.copies import Copies
from tfclean.runs.folder import Folder
from tfclean.runs.output import Output, Show
from tfclean.terraform.discovery import discover
from tfclean.terraform.recognise import Form, recognise
from tfclean.terraform.runs import PLAN, Record

PAUSE = 0.03
"""Seconds between two looks at what the command prints."""
_ERRORED = "errored.tfstate"
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that has ended.

    Attributes:
        code: exit code of the command; 128 and the signal's number if one ended it.
        command: what was run.
        directory: where its engine worked.
        folder: where its traces are kept.
        record: what is recorded of it.
    """

    code: int
    command: Command
    directory: Path
    folder: Path
    record: Record


def run(argv: Sequence[str], directory: Path | None, show: Show, files: Mapping[str, bytes]) -> Ran:
    """Run a command; call it from the main thread, which is where signals arrive.

    Args:
        argv: the command and its arguments.
        directory: where its engine works; as ``-chdir`` says, or here, if not given.
        show: takes what it prints.
        files: what else is to be kept beside its traces, by name.

    Raises:
        UsageError: there is no such command.
        InputError: nothing can be kept in that directory; nothing was run.
    """
    command = understand(argv)
    if shutil.which(argv[0]) is None:
        raise UsageError(f"run: there is no command {argv[0]}")
    where = command.directory if directory is None else directory
    states = _states(command, where)  # a directory that cannot be read is said before one is made in it
    folder = Folder(where, datetime.now(UTC))
    for name, data in files.items():
        folder.replace(name, data)
    _keep_plan(command, where, folder)
    record = Record(
        command=redacted(argv),
        started=datetime.now(UTC),
        engine=command.engine,
        version=_version(command),
        does=command.does,
        environment=tuple(sorted(os.environ)),
        tool_version=__version__,
    )
    folder.write(record)
    copies = Copies(folder, states)
    copies.begin()
    output = Output(folder, show)
    try:
        with Child(argv, output.files) as child:
            while (code := child.poll()) is None:
                copies.look()
                if not output.pump():
                    time.sleep(PAUSE)
    except OSError as error:
        raise UsageError(f"run: {argv[0]} cannot be run: {error.strerror}") from error
    finally:
        output.close()
    # What was initialised by the command itself may keep its state elsewhere.
    copies.watch(_states(command, where))
    copies.end(well=code == 0)
    record = replace(record, ended=datetime.now(UTC), exit_code=code, signals=tuple(child.asked))
    folder.write(record)
    if record.settled:
        folder.tidy()
    return Ran(code, command, where, folder.path, record)


def _states(command: Command, directory: Path) -> list[Path]:
    """Give the files in which the engine may write its state."""
    found = discover(directory, os.environ)
    local = [found.state] if found.state is not None else []
    return [*(command.states or local), directory / _ERRORED]


def _keep_plan(command: Command, directory: Path, folder: Folder) -> None:
    """Copy the saved plan that is applied, unless it is found in the directory anyway."""
    if command.plan is None or not command.plan.is_file() or command.plan.resolve().parent == directory.resolve():
        return
    try:
        data = command.plan.read_bytes()
    except OSError as error:
        raise InputError(f"{command.plan}: cannot be read ({error.strerror})") from error
    if recognise(data).form in (Form.PLAN_ZIP, Form.ENCRYPTED):
        folder.replace(PLAN, data)


def _version(command: Command) -> str:
    """Ask the engine for its version; empty if it does not tell."""
    if not command.engine:
        return ""
    try:
        told = subprocess.run(  # noqa: S603 - the engine that is about to be run anyway
            [command.argv[0], "version", "-json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
            timeout=_PATIENCE,
            check=False,
        )
        version = json.loads(told.stdout)["terraform_version"]
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return ""
    return version if isinstance(version, str) else ""
