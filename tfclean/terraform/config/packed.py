"""The configuration inside of a saved plan in, its modules out (facts A4: ``tfconfig/m-<key>/<file>`` and ``tfconfig/modules.json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tfclean.terraform.config.modules import Module, assembled, blocks_of

FOLDER = "tfconfig/"
MANIFEST = f"{FOLDER}modules.json"


class Packed:
    """Gives the modules of a saved plan; other files than configuration it does not hold.

    Args:
        texts: member of the plan → its text.
        path: the plan as the user knows it.
    """

    def __init__(self, texts: Mapping[str, str], path: str) -> None:
        self.problems: list[tuple[str, str]] = []
        self._path = path
        self._texts = texts
        self._places = _places(texts.get(MANIFEST, "[]"))
        self._modules: dict[str, Module | None] = {}

    def module(self, directory: str) -> Module | None:
        """Give a module by its key, once; the root's is a dot."""
        if directory not in self._modules:
            self._modules[directory] = self._module("" if directory == "." else directory)
        return self._modules[directory]

    def directory_of(self, key: str, source: object, caller: str) -> str | None:  # noqa: ARG002 - whatever it says, the plan holds it
        """Give the key of a called module, which is the call's path of names."""
        return key if any(name.startswith(f"{FOLDER}m-{key}/") for name in self._texts) else None

    def file(self, path: str) -> str | None:  # noqa: ARG002
        """Give no file: the plan does not hold those that expressions read."""
        return None

    def _module(self, key: str) -> Module | None:
        folder = f"{FOLDER}m-{key}/"
        names = sorted(name.removeprefix(folder) for name in self._texts if name.startswith(folder))
        if not names:
            return None
        return assembled(
            self._places.get(key, "."),
            [name for name in names if "/" not in name],
            lambda name: blocks_of(self._texts[folder + name], f"{self._path}: {folder}{name}", self.problems),
        )


def _places(manifest: str) -> dict[str, str]:
    try:
        return {str(entry["Key"]): str(entry["Dir"]) for entry in json.loads(manifest)}
    except (ValueError, TypeError, KeyError, RecursionError):
        return {}
