"""Terraform's functions by name; one that is not here gives an unknown value.

Left out on purpose: what differs from call to call (``timestamp``, ``uuid``, ``bcrypt``), and what tells of the machine (``abspath``).
"""

from __future__ import annotations

from collections.abc import Mapping

from tfclean.terraform.config.functions import collections, encoding, files, network, numbers, sets, texts
from tfclean.terraform.config.functions.base import Context, Function

FUNCTIONS: Mapping[str, Function] = {
    **texts.TABLE,
    **collections.TABLE,
    **sets.TABLE,
    **numbers.TABLE,
    **encoding.TABLE,
    **network.TABLE,
    **files.TABLE,
}

__all__ = ["FUNCTIONS", "Context", "Function"]
