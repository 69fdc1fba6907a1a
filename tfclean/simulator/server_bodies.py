"""What a body for Nova's servers may hold."""

from __future__ import annotations

from collections.abc import Collection

from tfclean.simulator.api import Row
from tfclean.simulator.refusing import invalid

ZONE = "nova"
UPDATABLE = frozenset(("name", "description", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig", "hostname"))
KNOWN = UPDATABLE | {
    *("flavorRef", "imageRef", "networks", "metadata", "key_name", "security_groups", "availability_zone", "block_device_mapping_v2"),
    *("block_device_mapping", "user_data", "config_drive", "personality", "adminPass", "min_count", "max_count", "tags", "host"),
    *("hypervisor_hostname", "trusted_image_certificates", "return_reservation_id", "os:scheduler_hints"),
}


def check_known(body: Row, known: Collection[str]) -> None:
    """Refuse names that the schema does not have.

    Raises:
        Refused: 400.
    """
    unknown = sorted(body.keys() - set(known))
    if unknown:
        raise invalid(f"Additional properties are not allowed ('{unknown[0]}' was unexpected)")


def check_server(body: Row) -> None:
    """Refuse a new server whose body the schema does not allow, or that could not be built anywhere.

    Raises:
        Refused: 400.
    """
    check_known(body, KNOWN)
    for name in ("name", "flavorRef"):
        if not body.get(name):
            raise invalid(f"Invalid input for field/attribute server. '{name}' is a required property")
    if any(not isinstance(v, str) for v in (body.get("metadata") or {}).values()):
        raise invalid("Invalid input for field/attribute metadata. A value is not of type 'string'")
    if not body.get("imageRef") and not body.get("block_device_mapping_v2") and not body.get("block_device_mapping"):
        raise invalid("Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping is not valid.")
    if (body.get("availability_zone") or ZONE).partition(":")[0] != ZONE:
        raise invalid("The requested availability zone is not available")
