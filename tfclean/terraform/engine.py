"""Files of a run in, the program that wrote them out: `terraform`, or `tofu`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tfclean.model import Source

ENOUGH = 256 * 1024
"""Bytes of a file that are read: a state names its first provider, and a log its program, near their beginning."""

MARKS = re.compile(rb'registry\.opentofu\.org/|\bOpenTofu\b|"tofu":\s*"\d|"encrypted_data":')
"""What only OpenTofu writes: its registry in states and lock files, its name in text logs, its version in machine logs, encryption."""


def engine(sources: Iterable[Source]) -> str:
    """Tell whose commands the owner of these files uses.

    Args:
        sources: what was read; what is not a file here any more, says nothing.

    Returns:
        ``tofu`` if any of them, or the lock of the providers beside it, was written by OpenTofu; else ``terraform``.
    """
    paths = [Path(source.path) for source in sources if "://" not in source.path]
    beside = [path.parent / ".terraform.lock.hcl" for path in paths]
    return "tofu" if any(MARKS.search(_head(path)) for path in dict.fromkeys((*paths, *beside))) else "terraform"


def _head(path: Path) -> bytes:
    try:
        # A pipe that was read once has nothing more to say, and would never end.
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(ENOUGH)
    except (OSError, ValueError):
        return b""
