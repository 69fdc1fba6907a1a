"""Why an object must never be deleted, whatever the evidence says: shared, external and default objects, and keep markers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from tfclean.kinds.base import Kind
from tfclean.model import Resource

KEEP = re.compile(r"(?<![\w-])(tfclean[:._-]keep|do[-_ ]not[-_ ]delete|keep)(?![\w-])", re.IGNORECASE)
"""Words in a tag, a metadata key or a description by which people ask that an object stay."""


def shared(resource: Resource) -> str:
    """Guard what other projects can use."""
    return "it is shared with other projects" if resource.attributes.get("shared") else ""


def network_guard(resource: Resource) -> str:
    """Guard external and shared networks."""
    if resource.attributes.get("router:external"):
        return "it is an external network"
    return shared(resource)


def default_policy(resource: Resource) -> str:
    """Guard what Neutron uses by default for the project."""
    return "it is the project's default" if resource.attributes.get("is_default") else shared(resource)


def default_egress(resource: Resource) -> str:
    """Recognise the two rules that Neutron puts into every new group: all egress, once for each IP version."""
    a = resource.attributes
    narrowed = (
        "protocol",
        "port_range_min",
        "port_range_max",
        "remote_ip_prefix",
        "remote_group_id",
        "remote_address_group_id",
        "description",
    )
    free = a.get("direction") == "egress" and not any(a.get(field) for field in narrowed)
    return "Neutron put it into the new group" if free else ""


def protected_image(resource: Resource) -> str:
    """Tell of an image's protection, which its owner can take off."""
    return "it is protected" if resource.attributes.get("protected") else ""


def locked_server(resource: Resource) -> str:
    """Tell of a server's lock, which its owner can take off; Nova lists it since microversion 2.9."""
    return "it is locked" if resource.attributes.get("locked") else ""


def stalled_server(resource: Resource) -> str:
    """Tell of a deletion that Nova gave up: the server is in ERROR again, with no task."""
    task = resource.attributes.get("OS-EXT-STS:task_state")
    return "its deletion ended in ERROR" if resource.status == "ERROR" and not task else ""


def stalled_balancer(resource: Resource) -> str:
    """Tell of a deletion that Octavia gave up: it sets PENDING_DELETE with its answer, and ERROR if it fails."""
    return "its deletion ended in ERROR" if resource.status == "ERROR" else ""


def offered_image(resource: Resource) -> str:
    """Guard images that are public, or offered to other projects."""
    visibility = resource.attributes.get("visibility")
    return f"its visibility is {visibility}" if visibility in ("public", "community") else ""


def keep_marker(kind: Kind, resource: Resource, more: tuple[str, ...] = ()) -> str:
    """Give the marker by which people ask that `resource` stay, or the empty string.

    A tag or a metadata key has to be the marker as a whole; in a description it may be a word among others, save for a bare
    ``keep``, which is too common a word there. No letter case counts.

    Args:
        kind: of the object.
        resource: the object.
        more: markers beside the built-in ones; of metadata, ``KEY=VALUE`` too.
    """
    for field in kind.keep_words:
        value = resource.attributes.get(field)
        if isinstance(value, str):
            found = KEEP.search(value)
            if found and found.group(1).lower() != "keep":
                return f'its {field} says "{found.group(1)}"'
            own = next((marker for marker in more if _word(marker).search(value)), None)
            if own is not None:
                return f'its {field} says "{own}"'
        else:
            wanted = {marker.lower() for marker in more}
            for text in _texts(value):
                if KEEP.fullmatch(text) or text.lower() in wanted:
                    return f'its {field} say "{text}"'
            for text in _pairs(value):
                if text.lower() in wanted:
                    return f'its {field} say "{text}"'
    return ""


@cache
def _word(marker: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(marker)}(?![\w-])", re.IGNORECASE)


def _pairs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{key}={item}" for key, item in value.items())


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if str(item).lower() not in ("false", "no", "0"):
                yield str(key)
    elif isinstance(value, list):
        yield from map(str, value)
