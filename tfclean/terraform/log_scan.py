"""A line of a log in, the object that it speaks about out: addresses are scanned, for their keys may hold blanks, dots and quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tfclean.terraform import addresses
from tfclean.terraform.secrets import PROVIDER

_DEPOSED = re.compile(r" \(deposed object ([0-9a-f]{1,8})\)")
_OLD_KEY = re.compile(r"\.(\d{1,9})(?=[: ]|$)")
_LONGEST = 8192
"""Characters of a line in which an address is looked for."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What a line speaks about.

    Attributes:
        address: resource instance address, without a deposed key.
        type: resource type.
        mode: ``managed``, ``data`` or ``ephemeral``.
        deposed: the deposed key; None for the current object.
    """

    address: str
    type: str
    mode: str = "managed"
    deposed: str | None = None


def is_ours(kind: str) -> bool:
    """Tell whether a resource type belongs to OpenStack.

    Args:
        kind: resource type, such as ``openstack_networking_port_v2`` or ``terraform_data``.
    """
    return kind.startswith(PROVIDER)


def scan(text: str, start: int = 0) -> tuple[Spot, int] | None:
    """Read an address, and the deposed key behind it.

    Args:
        text: a line.
        start: where the address begins.

    Returns:
        What it names, and the position behind it; None if no address stands there.
    """
    if len(text) > _LONGEST:
        text = text[: start + _LONGEST]
    try:
        address, end = addresses.scan(text, start)
    except ValueError:
        return None
    old = _OLD_KEY.match(text, end) if address.key is None else None
    if old:
        # 0.11 wrote instances of count as `type.name.0`
        address, end = replace(address, key=int(old[1])), old.end()
    deposed = _DEPOSED.match(text, end)
    if deposed:
        end = deposed.end()
    return Spot(str(address), address.type, address.mode, deposed[1] if deposed else None), end
