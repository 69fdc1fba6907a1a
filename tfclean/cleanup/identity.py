"""What makes a live object the one that a plan means. In: a resource. Out: its identity, or how it differs from the one that was seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tfclean.kinds.base import Call, Kind, values
from tfclean.kinds.registry import KINDS
from tfclean.model import EdgeType, Identity, Resource

TEMPLATE = re.compile(r"\{([^{}]+)\}")
BINDING = frozenset({EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.BREAKS})


def identity(resource: Resource) -> Identity:
    """Give what must still be true of `resource` right before a call that changes it.

    The references are kept as one short hash each, so that one that vanished (the job's own steps take them away) can be
    told from one that is new.
    """
    return Identity(
        owner=resource.owner,
        created_at=resource.created_at,
        name=resource.name,
        device=_device(resource),
        references=" ".join(sorted(_references(resource))),
    )


def difference(seen: Identity, resource: Resource) -> str:
    """Say how `resource` is no longer what was seen, or give the empty string.

    A reference or a device that vanished is no difference; a new one is.
    """
    now = identity(resource)
    if now.owner != seen.owner:
        return "its owner changed"
    if now.created_at != seen.created_at:
        return "it was made at another time: another object has its place"
    if now.name != seen.name:
        return f'it was renamed from "{seen.name}" to "{now.name}"'
    if now.device and now.device != seen.device:
        return f"it was plugged into {now.device}"
    if set(now.references.split()) - set(seen.references.split()):
        return "it was tied to something else"
    return ""


def _device(resource: Resource) -> str:
    return str(resource.attributes.get("device_id") or "")


def _references(resource: Resource) -> Iterator[str]:
    row = {"id": resource.id, **resource.attributes}
    for reference in KINDS[resource.kind].references:
        # What a reversed reference names holds this object and comes and goes without it (members of a server group).
        if reference.reverse or reference.edge not in BINDING:
            continue
        for value in values(row, reference.path):
            yield hashlib.sha256(f"{reference.path}={value}".encode()).hexdigest()[:8]


def call_fields(kind: Kind, resource: Resource) -> dict[str, Any]:
    """Give the fields that the calls of `kind` need as templates, the id left out.

    A field that the object itself lacks is taken from the first row of a list in it (the subnet of a router interface).
    """
    calls = [c for c in (kind.delete, kind.cascade, kind.undo) if c] + [c for p in kind.prepare for c in (p.call, p.undo)]
    out: dict[str, Any] = {}
    for name in sorted({name for call in calls for name in templates(call)} - {"id"}):
        found = next(values(resource.attributes, name), None)
        if found is None:
            found = next((v for field in sorted(resource.attributes) for v in _nested(resource.attributes, field, name)), None)
        if found is not None:
            out[name] = found
    return out


def _nested(row: Mapping[str, Any], field: str, name: str) -> Iterator[Any]:
    if isinstance(row.get(field), list):
        yield from values(row, f"{field}[].{name}")


def templates(call: Call) -> Iterator[str]:
    """Give the names of all fields that `call` takes."""
    yield from TEMPLATE.findall(call.path)
    yield from (name.removeprefix("*") for name in _in_value(call.body))
    for _, value in call.query:
        yield from TEMPLATE.findall(value)


def _in_value(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from TEMPLATE.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _in_value(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _in_value(item)


def path_of(call: Call, fields: Mapping[str, Any]) -> str:
    """Give the path of `call` with its templates filled in."""
    return TEMPLATE.sub(lambda m: str(fields.get(m.group(1), "")), call.path)


def serial_of(kind: Kind, call: Call, fields: Mapping[str, Any]) -> str:
    """Name the object whose changes must not overlap: the first one in the path of `call`."""
    head, found, _ = call.path.partition("}")
    return kind.service + path_of(Call(call.method, head + found), fields)
