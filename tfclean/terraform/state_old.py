"""A state of Terraform before 0.12 (versions 1 to 3), parsed, in; the same as a version 4 document out.

The rules are those of Terraform's own upgrade (``internal/states/statefile/version{1,2,3}_upgrade.go``), with two that it does not need:
version 1 kept tainted instances in a list of their own, which the upgrade drops, and dependencies are told as version 4 tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tfclean.terraform.problems import Problems

_KEY = re.compile(r"(?P<data>data\.)?(?P<type>[^.]+)\.(?P<name>[^.]+)(?:\.(?P<index>\d{1,9}))?")
_DEPENDENCY = re.compile(r"module\.[^.]+|(?:data\.)?[^.]+\.[^.]+")
_ROOT = "root"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """An old state in the shape of today.

    Attributes:
        document: a state of version 4; attributes are flat.
        places: for each of its resources, where it stands in the old document.
    """

    document: Mapping[str, Any]
    places: tuple[str, ...]


def upgrade(document: Mapping[str, Any], problems: Problems) -> Upgraded:
    """Give an old state the shape of version 4.

    Args:
        document: a state of version 1, 2 or 3, or what is left of one.
        problems: takes what cannot be read; it is left out.

    Returns:
        One resource of version 4 for each entry, in the order of the file.
    """
    resources: list[dict[str, Any]] = []
    places: list[str] = []
    modules = document.get("modules")
    if not isinstance(modules, list):
        if modules is not None:
            problems.add("modules", "is no list")
        modules = []
    for at, module in enumerate(modules):
        for place, resource in _module(module, f"modules[{at}]", problems):
            resources.append(resource)
            places.append(place)
    kept = {name: document[name] for name in ("terraform_version", "serial", "lineage") if name in document}
    return Upgraded({"version": 4, **kept, "resources": resources}, tuple(places))


def _module(module: Any, place: str, problems: Problems) -> Iterator[tuple[str, dict[str, Any]]]:
    if not isinstance(module, dict):
        problems.add(place, "is no object")
        return
    # version 1 may leave out the path of the root module
    path = module.get("path") or [_ROOT]
    if not isinstance(path, list) or path[0] != _ROOT or not all(isinstance(name, str) and name for name in path):
        problems.add(f"{place}.path", "is no path of a module")
        return
    resources = module.get("resources")
    if not isinstance(resources, dict):
        if resources is not None:
            problems.add(f"{place}.resources", "is no object")
        return
    address = ".".join(f"module.{name}" for name in path[1:])
    for key, resource in resources.items():
        where = f"{place}.resources[{key[:80]!r}]"
        match = _KEY.fullmatch(key)
        if match is None:
            problems.add(where, "is named by no address")
        elif not isinstance(resource, dict):
            problems.add(where, "is no object")
        else:
            found = {"mode": "data" if match["data"] else "managed", "type": match["type"], "name": match["name"]}
            instances = list(_instances(resource, match["index"], address, where, problems))
            yield where, {**({"module": address} if address else {}), **found, "instances": instances}


def _instances(resource: Mapping[str, Any], index: str | None, module: str, place: str, problems: Problems) -> Iterator[dict[str, Any]]:
    common: dict[str, Any] = {"dependencies": list(_dependencies(resource.get("depends_on"), module))}
    if index is not None:
        common["index_key"] = int(index)
    # `tainted` was a list of instances in version 1, and is a mark of an instance since
    rows = [("primary", [resource.get("primary")]), ("tainted", resource.get("tainted")), ("deposed", resource.get("deposed"))]
    for row, members in rows:
        if members is not None and not isinstance(members, list):
            problems.add(f"{place}.{row}", "is no list")
            continue
        for at, instance in enumerate(members or ()):
            if instance is None:
                continue
            if not isinstance(instance, dict):
                problems.add(f"{place}.{row}", "is no object")
                continue
            attributes = instance.get("attributes")
            id_ = instance.get("id")
            if isinstance(attributes, dict) or attributes is None:
                attributes = dict(attributes or {})
                if not attributes.get("id"):
                    attributes["id"] = id_
                if not attributes["id"]:
                    # Terraform itself took an instance without an id for one that does not exist
                    continue
            tainted = row == "tainted" or (instance.get("tainted") is True)
            yield {
                **common,
                **({"status": "tainted"} if tainted else {}),
                **({"deposed": f"{at + 1:08x}"} if row == "deposed" else {}),
                "attributes_flat": attributes,
            }


def _dependencies(value: Any, module: str) -> Iterator[str]:
    """Give configuration addresses: old ones are relative to their module, and name instances as ``type.name.*`` and ``type.name.0``."""
    for item in value if isinstance(value, list) else ():
        match = _DEPENDENCY.match(item) if isinstance(item, str) else None
        if match:
            yield f"{module}.{match[0]}" if module else match[0]
