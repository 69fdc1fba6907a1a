"""Objects that the rows of another kind already hold: ties and routes, which have no list of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfclean.kinds.base import Row, values
from tfclean.model import Resource

ROUTER_INTERFACE = ("network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface")
"""`device_owner` of a port that is a router's leg in a subnet."""


def volume_attachments(volume: Row) -> Iterator[Row]:
    """Give a volume's attachments to servers; Terraform's id of one is ``<server>/<volume>``."""
    for row in volume.get("attachments") or ():
        if row.get("server_id"):
            yield {
                **row,
                "id": f"{row['server_id']}/{volume['id']}",
                "volume_id": volume["id"],
                "os-vol-tenant-attr:tenant_id": volume.get("os-vol-tenant-attr:tenant_id"),
            }


def router_interfaces(port: Row) -> Iterator[Row]:
    """Give a port that is a router's interface, with the subnet that its undo needs; Terraform's id of one is the port's."""
    if port.get("device_owner") in ROUTER_INTERFACE:
        yield {**port, "subnet_id": next(values(port, "fixed_ips[].subnet_id"), None)}


def plain_ports(port: Row) -> bool:
    """Tell whether a port is no router's interface: those are a kind of their own."""
    return port.get("device_owner") not in ROUTER_INTERFACE


def associations(floating_ip: Row) -> Iterator[Row]:
    """Give a floating IP's tie to a port; Terraform's id of one is the floating IP's."""
    if floating_ip.get("port_id"):
        yield {**floating_ip, "created_at": None, "floating_ip": floating_ip.get("floating_ip_address")}


def routes(router: Row) -> Iterator[Row]:
    """Give a router's extra routes; Terraform's id of one is ``<router>-route-<destination>-<next hop>``."""
    for row in router.get("routes") or ():
        yield {
            **row,
            "id": f"{router['id']}-route-{row['destination']}-{row['nexthop']}",
            "router_id": router["id"],
            "project_id": router.get("project_id"),
        }


def security_groups(port: Row) -> Iterator[Row]:
    """Give a port's ties to its security groups; Terraform's id of all that one instance made is the port's."""
    groups = port.get("security_groups") or ()
    for group in groups:
        yield {
            "id": f"{port['id']}/{group}",
            "name": port.get("name") or port["id"],
            "port_id": port["id"],
            "security_group_id": group,
            "others": [other for other in groups if other != group],
            "project_id": port.get("project_id"),
            "revision_number": port.get("revision_number"),
        }


def other_groups(port: Resource, fields: Mapping[str, Any]) -> list[str]:
    """Give the groups that a port has beside the one of a tie."""
    return [group for group in port.attributes.get("security_groups") or () if group != fields["security_group_id"]]


def subports(trunk: Row) -> Iterator[Row]:
    """Give a trunk's ties to its subports; Terraform has no type for one of them."""
    for row in trunk.get("sub_ports") or ():
        yield {
            **row,
            "id": f"{trunk['id']}/{row['port_id']}",
            "name": f"{row.get('segmentation_type')} {row.get('segmentation_id')} of {trunk.get('name') or trunk['id']}",
            "trunk_id": trunk["id"],
            "admin_state_up": trunk.get("admin_state_up"),
            "project_id": trunk.get("project_id"),
        }


def qos_rules(policy: Row) -> Iterator[Row]:
    """Give a policy's rules; Terraform's id of one is ``<policy>/<rule>``."""
    for row in policy.get("rules") or ():
        yield {**row, "id": f"{policy['id']}/{row['id']}", "policy_id": policy["id"], "project_id": policy.get("project_id")}
