"""What a body for Neutron may hold: unknown names, wrong types and what only administrators may give are refused at once."""

from __future__ import annotations

import re
from typing import Any

from tfclean.simulator.api import Request, Row
from tfclean.simulator.network_kinds import NetworkKind, refusal

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
IDS = frozenset(("network_id", "subnet_id", "port_id", "floating_network_id", "security_group_id"))
READ_ONLY = frozenset(("id", "status", "created_at", "updated_at", "revision_number"))
# Fields that callers may give and the world has no default for; those without a meaning here are accepted and dropped.
MORE: dict[str, frozenset[str]] = {
    "network": frozenset(("provider:network_type", "provider:physical_network", "provider:segmentation_id", "segments", "dns_domain"))
    | {"vlan_transparent", "is_default"},
    "subnet": frozenset(
        ("cidr", "gateway_ip", "allocation_pools", "prefixlen", "segment_id", "dns_publish_fixed_ip", "use_default_subnetpool")
    ),
    "port": frozenset(("fixed_ips", "mac_address", "security_groups", "binding:host_id", "binding:profile", "dns_name", "dns_domain"))
    | {"propagate_uplink_status", "numa_affinity_policy", "hints"},
    "router": frozenset(("external_gateway_info", "routes", "distributed", "ha", "enable_ndp_proxy", "enable_snat")),
    "floatingip": frozenset(("port_id", "fixed_ip_address", "floating_ip_address", "subnet_id", "dns_name", "dns_domain", "status")),
    "trunk": frozenset(("sub_ports",)),
    "subnetpool": frozenset(("prefixes",)),
    "qos_policy": frozenset(("rules",)),
}
# Who is no administrator may not give these a value.
RESERVED: dict[str, tuple[str, ...]] = {
    "network": (
        "router:external",
        "shared",
        "is_default",
        "provider:network_type",
        "provider:physical_network",
        "provider:segmentation_id",
    ),
    "router": ("distributed", "ha"),
    "address_scope": ("shared",),
    "subnetpool": ("shared", "is_default"),
}


def object_in(request: Request, kind: NetworkKind) -> Row:
    """Give the object in a body.

    Raises:
        Refused: there is none.
    """
    found = request.body.get(kind.one) if isinstance(request.body, dict) else None
    if not isinstance(request.body, dict) or kind.one not in request.body:
        raise refusal(400, "HTTPBadRequest", f"Unable to find '{kind.one}' in request body")
    if not isinstance(found, dict):
        raise refusal(400, "HTTPBadRequest", f"Object '{kind.one}' contains invalid data")
    return found


def check(request: Request, kind: NetworkKind, body: Row, *, new: bool) -> None:
    """Refuse a body that the API's declarations do not allow.

    Args:
        request: on whose behalf.
        kind: of what.
        body: what the caller wants of it.
        new: it is for a new object; else for one that is there.

    Raises:
        Refused: 400, or 403 for what is reserved.
    """
    known = {*kind.defaults, *kind.required, *kind.fixed, *MORE.get(kind.name, ()), "project_id", "tenant_id", "description"}
    unknown = sorted(body.keys() - known - READ_ONLY)
    if unknown:
        raise refusal(400, "HTTPBadRequest", f"Unrecognized attribute(s) '{', '.join(unknown)}'")
    for name, value in body.items():
        if name in READ_ONLY and name not in known:
            verb = "Attribute" if new else "Cannot update read-only attribute"
            raise refusal(400, "HTTPBadRequest", f"{verb} {name}{' not allowed in POST' if new else ''}")
        _check_type(name, value, kind.defaults.get(name))
    verb = "create" if new else "update"
    given = [name for name in RESERVED.get(kind.name, ()) if body.get(name)]
    if given and not request.admin:
        rules = f"(rule:{verb}_{kind.one} and rule:{verb}_{kind.one}:{given[0]})"
        raise refusal(403, "PolicyNotAuthorized", f"{rules} is disallowed by policy")


def _check_type(name: str, value: Any, default: Any) -> None:
    if isinstance(default, bool) and not isinstance(value, bool) and str(value).lower() not in ("true", "false", "0", "1", "none"):
        raise refusal(400, "InvalidInput", f"Invalid input for operation: '{value}' cannot be converted to boolean.")
    if name in IDS and value is not None and not UUID.fullmatch(str(value)):
        raise refusal(400, "HTTPBadRequest", f"Invalid input for {name}. Reason: '{value}' is not a valid UUID.")
