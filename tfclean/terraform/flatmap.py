"""Flat attributes (``{"network.#": "1", "network.0.uuid": "x"}``) of states from before 0.12, or upgraded from those, in; nested ones out.

Values stay texts (``"true"``, ``"80"``): the types stand in the provider's schema only. Rules: facts A2.
"""

from __future__ import annotations

import re
from typing import Any

_DEEPEST = 32
_NUMBER = re.compile(r"-?\d+")


def unflatten(flat: Any) -> dict[str, Any] | None:
    """Nest flat attributes: ``x.#`` announces a list or set, ``x.%`` a map; members of a set come in the order of their hashes.

    Up to version 2 of states ``x.#`` announces maps as well: their keys are no numbers.

    Returns:
        Nested attributes; an empty mapping if there are none at all; None if `flat` is no mapping of texts.
    """
    if flat is None:
        return {}
    if not isinstance(flat, dict):
        return None
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        if isinstance(value, str):
            _plant(tree, path, value)
    return {name: _grown(branch) for name, branch in tree.items()}


def _plant(tree: dict[str, Any], path: str, value: str) -> None:
    here = tree
    *steps, last = path.split(".", _DEEPEST)
    for at, step in enumerate(steps):
        # keys of a map may hold dots: they are not steps
        if here is not tree and ("%" in here or ("#" in here and not _NUMBER.fullmatch(step))):
            last = ".".join([*steps[at:], last])
            break
        branch = here.setdefault(step, {})
        if not isinstance(branch, dict):
            return
        here = branch
    if not isinstance(here.get(last), dict):
        here[last] = value


def _grown(branch: Any) -> Any:
    if not isinstance(branch, dict):
        return branch
    if "#" in branch and all(name == "#" or _NUMBER.fullmatch(name) for name in branch):
        members = sorted((name for name in branch if name != "#"), key=lambda name: (len(name), name))
        return [_grown(branch[name]) for name in members]
    return {name: _grown(value) for name, value in branch.items() if name not in ("%", "#")}
