"""Extensions of the network API that the world has: their aliases, and the documents that Neutron makes of them."""

from __future__ import annotations

from typing import Any

ALIASES = [
    "address-group",
    "address-scope",
    "allowed-address-pairs",
    "availability_zone",
    "binding",
    "default-subnetpools",
    "expose-port-forwarding-in-fip",
    "ext-gw-mode",
    "external-net",
    "extra_dhcp_opt",
    "extraroute",
    "extraroute-atomic",
    "fip-port-details",
    "floating-ip-port-forwarding",
    "floating-ip-port-forwarding-description",
    "floating-ip-port-forwarding-port-ranges",
    "l2_adjacency",
    "net-mtu",
    "net-mtu-writable",
    "network_availability_zone",
    "pagination",
    "port-security",
    "project-id",
    "qos",
    "qos-fip",
    "qos-gateway-ip",
    "rbac-address-group",
    "rbac-address-scope",
    "rbac-policies",
    "rbac-security-groups",
    "rbac-subnetpool",
    "revision-if-match",
    "router",
    "router_availability_zone",
    "security-group",
    "security-groups-normalized-cidr",
    "security-groups-remote-address-group",
    "security-groups-rules-belongs-to-default-sg",
    "sorting",
    "standard-attr-description",
    "standard-attr-revisions",
    "standard-attr-tag",
    "standard-attr-timestamp",
    "stateful-security-group",
    "subnet-service-types",
    "subnet_allocation",
    "tag-creation",
    "trunk",
    "trunk-details",
]


def document(path: str) -> tuple[int, Any] | None:
    """Answer what is asked about extensions.

    Args:
        path: below ``/v2.0``.

    Returns:
        A status and a body; nothing if something else is asked.
    """
    if path == "/extensions":
        return 200, {"extensions": [_extension(alias) for alias in ALIASES]}
    if path.startswith("/extensions/"):
        alias = path.removeprefix("/extensions/")
        if alias in ALIASES:
            return 200, {"extension": _extension(alias)}
        sentence = f"The resource could not be found.<br /><br />\nExtension with alias {alias} does not exist\n\n"
        return 404, {"message": sentence, "code": "404 Not Found", "title": "Not Found"}
    return None


def _extension(alias: str) -> dict[str, Any]:
    return {"name": alias, "alias": alias, "description": "", "updated": "2026-04-01T00:00:00-00:00", "links": []}
