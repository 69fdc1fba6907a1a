"""Which names an expression can use: those of its module, and those that hold only where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfclean.terraform.config.functions import Context
from tfclean.terraform.config.values import Entity


class Scope:
    """Which names an expression can use.

    Args:
        root: what the module gives: ``var``, ``local``, resource types, ...
        context: what functions may ask for.
        names: names that hold only here: ``each``, ``count``, variables of loops.
    """

    def __init__(self, root: Entity, context: Context, names: Mapping[str, Any] | None = None) -> None:
        self.root = root
        self.context = context
        self.names = dict(names or {})

    def within(self, names: Mapping[str, Any]) -> Scope:
        """Give the scope of what stands inside, where `names` hold as well."""
        return Scope(self.root, self.context, {**self.names, **names})

    def lookup(self, name: str) -> Any:
        """Give what a name stands for.

        Raises:
            Fault: for nothing.
        """
        return self.names[name] if name in self.names else self.root.get(name)
