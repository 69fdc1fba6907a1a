"""Paths in; inventories, plans and journals that tfclean wrote out."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfclean.errors import InputError
from tfclean.model import Inventory, Plan
from tfclean.verbs.options import StrPath

if TYPE_CHECKING:
    from tfclean.cleanup.journal import Contents
    from tfclean.kinds.ignore import Ignore

_LARGEST = 512 * 1024 * 1024
_LARGEST_TEXT = 1024 * 1024


def load_inventory(path: StrPath) -> Inventory:
    """Read an inventory from a file that ``tfclean inventory -o json=FILE`` wrote.

    Raises:
        InputError: the file is no inventory.
    """
    from tfclean.cloud.document import load

    return load(_json(path, "inventory"), os.fspath(path))


def load_plan(path: StrPath) -> Plan:
    """Read a plan from a file that ``tfclean plan --out FILE`` wrote.

    Raises:
        InputError: the file is no plan.
    """
    from tfclean.cleanup.documents import load_plan as load

    return load(_json(path, "plan"), os.fspath(path))


def load_journal(path: StrPath) -> Contents:
    """Read a journal, though it may be in use: what was to be done, and what happened.

    Raises:
        JournalError: the file is no journal, or is torn before its last line.
    """
    from tfclean.cleanup.journal import read as contents

    return contents(os.fspath(path))


def load_ignore(path: StrPath) -> Ignore:
    """Read the rules of an ignore file.

    Raises:
        InputError: it cannot be read, or a rule can fit nothing.
    """
    from tfclean.kinds.ignore import parse

    return parse(read_text(path), os.fspath(path))


def read_text(path: StrPath) -> str:
    """Read a file that people write by hand.

    Raises:
        InputError: it cannot be read, or is no text.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST_TEXT + 1)
    except OSError as error:
        raise InputError(f"{os.fspath(path)}: cannot be read: {error.strerror}") from error
    try:
        if len(data) <= _LARGEST_TEXT:
            return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise InputError(f"{os.fspath(path)}: is no text in UTF-8 of at most 1 MiB")


def _json(path: StrPath, what: str) -> dict[str, Any]:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"{os.fspath(path)}: cannot be read: {error.strerror}") from error
    from tfclean.terraform.recognise import whole_characters

    try:
        document = whole_characters(json.loads(data), data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InputError(f"{os.fspath(path)}: is no {what} of tfclean")
    return document
