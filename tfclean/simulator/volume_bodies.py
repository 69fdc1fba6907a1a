"""What a body for Cinder may hold."""

from __future__ import annotations

from collections.abc import Collection

from tfclean.simulator.api import Row
from tfclean.simulator.refusing import invalid, missing

ZONE = "nova"
NEW = frozenset(
    (
        *("name", "description", "size", "metadata", "snapshot_id", "source_volid", "volume_type", "availability_zone", "multiattach"),
        *("imageRef", "image_id", "consistencygroup_id", "group_id", "backup_id", "project_id", "user_id", "display_name"),
        *("display_description", "status", "attach_status", "OS-SCH-HNT:scheduler_hints"),
    )
)
CHANGING = frozenset(("name", "description", "metadata", "display_name", "display_description", "connector", "instance_uuid"))
SORTABLE = frozenset(
    ("id", "status", "size", "availability_zone", "name", "display_name", "bootable", "created_at", "updated_at", "host", "volume_id")
)


def _unexpected(body: Row, known: Collection[str]) -> None:
    unknown = sorted(body.keys() - set(known))
    if unknown:
        raise invalid(f"Invalid input for field/attribute. Additional properties are not allowed ('{unknown[0]}' was unexpected)")


def check_update(kind: str, body: Row) -> None:
    """Refuse a change of what cannot be changed.

    Args:
        kind: of what; for the sentence.
        body: what is to be changed.

    Raises:
        Refused: 400.
    """
    if not body:
        raise invalid(f"Invalid input for field/attribute {kind}. Value: {{}}.")
    _unexpected(body, CHANGING)


def check_volume(body: Row, types: Collection[str]) -> None:
    """Refuse a new volume whose body the schema does not allow.

    Args:
        body: what the caller wants.
        types: names and ids of the types that there are.

    Raises:
        Refused: 400; 404 for a type that is not there.
    """
    if not body:
        raise invalid("Invalid input for field/attribute volume. 'volume' is a required property")
    _unexpected(body, NEW)
    size = body.get("size")
    if size is None and not any(body.get(k) for k in ("snapshot_id", "source_volid", "backup_id")):
        raise invalid("Invalid input received: 'size' parameter must be greater than 0")
    if size is not None and (not str(size).isdigit() or int(size) < 1):
        raise invalid(f"Invalid input received: Volume size '{size}' must be an integer and greater than 0")
    if body.get("volume_type") and body["volume_type"] not in types:
        raise missing(f"Volume type with name {body['volume_type']} could not be found.")
    if (body.get("availability_zone") or ZONE) != ZONE:
        raise invalid(f"Availability zone '{body['availability_zone']}' is invalid.")


def needed(body: Row, key: str, name: str) -> None:
    """Refuse a body without a field that it must have.

    Args:
        body: the object in it.
        key: its wrapper.
        name: of the field.

    Raises:
        Refused: 400.
    """
    if not body.get(name):
        raise invalid(f"Invalid input for field/attribute {key}. Value: {body}. '{name}' is a required property")
