"""Kinds that people think of as places: what hangs on one of them is shown inside it."""

from __future__ import annotations

PLACES = frozenset({"network.network"})
"""Kinds that give an object its place, where no Terraform module does."""
