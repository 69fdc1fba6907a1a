"""An answer in the newest form in, the same answer in the form of an older microversion out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfclean.simulator.wire.services import Version

SINCE: Mapping[str, Mapping[str, Mapping[str, Version]]] = {
    "compute": {
        "server": {
            "locked": (2, 9),
            "description": (2, 19),
            "tags": (2, 26),
            "trusted_image_certificates": (2, 63),
            "server_groups": (2, 71),
            "locked_reason": (2, 73),
            "OS-EXT-SRV-ATTR:hostname": (2, 90),
            "pinned_availability_zone": (2, 96),
            "scheduler_hints": (2, 100),
        },
        "server_group": {"project_id": (2, 13), "user_id": (2, 13), "policy": (2, 64), "rules": (2, 64)},
        "keypair": {"type": (2, 2)},
        "volumeAttachment": {"tag": (2, 70), "delete_on_termination": (2, 79), "attachment_id": (2, 89), "bdm_uuid": (2, 89)},
        "flavor": {"description": (2, 55), "extra_specs": (2, 61)},
    },
    "block-storage": {
        "volume": {
            "group_id": (3, 13),
            "provider_id": (3, 21),
            "service_uuid": (3, 48),
            "shared_targets": (3, 48),
            "volume_type_id": (3, 63),
            "encryption_key_id": (3, 64),
            "consumes_quota": (3, 65),
        },
        "snapshot": {"group_snapshot_id": (3, 14), "user_id": (3, 41), "consumes_quota": (3, 65)},
        "backup": {"metadata": (3, 43), "user_id": (3, 56), "encryption_key_id": (3, 64)},
    },
}
"""Service → key of one object → field → microversion that brought it."""

PATHS: Mapping[str, Mapping[str, Version]] = {"block-storage": {"/attachments": (3, 27)}}
"""Service → start of a path → microversion that brought it."""

EMBEDDED: Version = (2, 47)
"""From here on a server holds its flavor's values and not its id."""
RULES: Version = (2, 64)
"""From here on a server group has one policy with rules."""


def knows(service: str, path: str, version: Version) -> bool:
    """Tell whether a path exists in a microversion."""
    return all(version >= since for start, since in PATHS.get(service, {}).items() if path.startswith(start))


def as_of(service: str, version: Version, body: Any, flavor_id: Callable[[str], str]) -> Any:
    """Give an answer the form of a microversion.

    Args:
        service: as the world calls it.
        version: the microversion.
        body: what the world answered.
        flavor_id: name of a flavor → its id.
    """
    if not isinstance(body, Mapping):
        return body
    out = dict(body)
    for name, since in SINCE.get(service, {}).items():

        def row(value: Any, name: str = name, since: Mapping[str, Version] = since) -> Any:
            return _row(name, since, version, value, flavor_id)

        if isinstance(out.get(name), Mapping):
            out[name] = row(out[name])
        elif isinstance(out.get(f"{name}s"), list):
            out[f"{name}s"] = [{name: row(each[name])} if set(each) == {name} else row(each) for each in out[f"{name}s"]]
    return out


def _row(name: str, since: Mapping[str, Version], version: Version, value: Mapping[str, Any], flavor_id: Callable[[str], str]) -> Any:
    out = {key: field for key, field in value.items() if version >= since.get(key, version)}
    if name == "server_group" and version < RULES and "policy" in value:
        out |= {"policies": [value["policy"]], "metadata": {}}
    flavor = value.get("flavor")
    if name == "server" and version < EMBEDDED and isinstance(flavor, Mapping) and "original_name" in flavor:
        out["flavor"] = {"id": flavor_id(str(flavor["original_name"])), "links": []}
    return out
