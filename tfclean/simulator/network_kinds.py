"""Neutron's kinds as declarations: where they are listed, what a new one looks like, how a missing one is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfclean.simulator.api import Refused

STAMPED: Mapping[str, Any] = {"description": "", "tags": ()}


def refusal(status: int, type_: str, message: str) -> Refused:
    """Refuse as Neutron does."""
    return Refused(status, {"NeutronError": {"type": type_, "message": message, "detail": ""}})


@dataclass(frozen=True)
class NetworkKind:
    """One kind of Neutron.

    Attributes:
        name: in the store.
        path: of the list.
        one: key of one in a body; also what policies call it.
        many: key of the list.
        missing: type and message of the 404; ``{}`` is the id.
        defaults: fields of a new one that the caller may give.
        required: fields that a caller must give.
        fixed: fields that stay as they were made.
        stamped: whether it has times and a revision.
        policy: what policies call it, where that is not `one`.
        paged: whether its lists come in pages.
        told_once: fields that only the answer to its making shows.
    """

    name: str
    path: str
    one: str
    many: str
    missing: tuple[str, str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    stamped: bool = True
    policy: str = ""
    paged: bool = True
    told_once: Mapping[str, Any] = field(default_factory=dict)

    def not_found(self, id_: str) -> Refused:
        """Refuse, because there is none (or the caller may not know of it)."""
        return refusal(404, self.missing[0], self.missing[1].format(id_))

    def forbidden(self, action: str) -> Refused:
        """Refuse, because policy does not let this caller."""
        return refusal(403, "PolicyNotAuthorized", f"rule:{action}_{self.policy or self.one} is disallowed by policy")


NETWORK_KINDS = {
    k.name: k
    for k in (
        NetworkKind(
            "network",
            "/networks",
            "network",
            "networks",
            ("NetworkNotFound", "Network {} could not be found."),
            {
                "name": "",
                "admin_state_up": True,
                "mtu": 1450,
                "port_security_enabled": True,
                "qos_policy_id": None,
                "router:external": False,
                "shared": False,
                "availability_zone_hints": (),
                **STAMPED,
            },
            told_once={"is_default": False},
        ),
        NetworkKind(
            "subnet",
            "/subnets",
            "subnet",
            "subnets",
            ("SubnetNotFound", "Subnet {} could not be found."),
            {
                "name": "",
                "enable_dhcp": True,
                "dns_nameservers": (),
                "host_routes": (),
                "service_types": (),
                "subnetpool_id": None,
                "ipv6_address_mode": None,
                "ipv6_ra_mode": None,
                "ip_version": 4,
                **STAMPED,
            },
            ("network_id",),
            frozenset(("network_id", "cidr", "ip_version", "subnetpool_id")),
        ),
        NetworkKind(
            "port",
            "/ports",
            "port",
            "ports",
            ("PortNotFound", "Port {} could not be found."),
            {
                "name": "",
                "admin_state_up": True,
                "allowed_address_pairs": (),
                "binding:vnic_type": "normal",
                "device_id": "",
                "device_owner": "",
                "extra_dhcp_opts": (),
                "port_security_enabled": True,
                "qos_policy_id": None,
                **STAMPED,
            },
            ("network_id",),
            frozenset(("network_id",)),
        ),
        NetworkKind(
            "router",
            "/routers",
            "router",
            "routers",
            ("RouterNotFound", "Router {} could not be found"),
            {"name": "", "admin_state_up": True, "availability_zone_hints": (), "flavor_id": None, **STAMPED},
        ),
        NetworkKind(
            "floatingip",
            "/floatingips",
            "floatingip",
            "floatingips",
            ("FloatingIPNotFound", "Floating IP {} could not be found"),
            {"qos_policy_id": None, **STAMPED},
            ("floating_network_id",),
            frozenset(("floating_network_id", "floating_ip_address")),
        ),
        NetworkKind(
            "security_group",
            "/security-groups",
            "security_group",
            "security_groups",
            ("SecurityGroupNotFound", "Security group {} does not exist"),
            {"name": "", "stateful": True, "shared": False, **STAMPED},
        ),
        NetworkKind(
            "security_group_rule",
            "/security-group-rules",
            "security_group_rule",
            "security_group_rules",
            ("SecurityGroupRuleNotFound", "Security group rule {} does not exist"),
            {
                "ethertype": "IPv4",
                "protocol": None,
                "port_range_min": None,
                "port_range_max": None,
                "description": "",
                "remote_group_id": None,
                "remote_ip_prefix": None,
                "remote_address_group_id": None,
                "normalized_cidr": None,
                "belongs_to_default_sg": None,
            },
            ("security_group_id", "direction"),
            frozenset(("security_group_id", "direction", "remote_group_id", "remote_ip_prefix", "remote_address_group_id"))
            | {"protocol", "ethertype", "port_range_min", "port_range_max"},
        ),
        NetworkKind(
            "trunk",
            "/trunks",
            "trunk",
            "trunks",
            ("TrunkNotFound", "Trunk {} could not be found."),
            {"name": "", "admin_state_up": True, **STAMPED},
            ("port_id",),
            frozenset(("port_id", "sub_ports")),
        ),
        NetworkKind(
            "subnetpool",
            "/subnetpools",
            "subnetpool",
            "subnetpools",
            ("SubnetPoolNotFound", "Subnet pool {} could not be found."),
            {
                "name": "",
                "prefixes": (),
                "default_prefixlen": "24",
                "min_prefixlen": "8",
                "max_prefixlen": "32",
                "ip_version": 4,
                "default_quota": None,
                "address_scope_id": None,
                "is_default": False,
                "shared": False,
                **STAMPED,
            },
            ("prefixes",),
        ),
        NetworkKind(
            "address_scope",
            "/address-scopes",
            "address_scope",
            "address_scopes",
            ("AddressScopeNotFound", "Address scope {} could not be found"),
            {"name": "", "ip_version": 4, "shared": False},
            stamped=False,
        ),
        NetworkKind(
            "address_group",
            "/address-groups",
            "address_group",
            "address_groups",
            ("AddressGroupNotFound", "Address group {} could not be found."),
            {"name": "", "addresses": (), "description": ""},
            fixed=frozenset(("addresses",)),
        ),
        NetworkKind(
            "qos_policy",
            "/qos/policies",
            "policy",
            "policies",
            ("QosPolicyNotFound", "QoS policy {} could not be found."),
            {"name": "", "shared": False, "is_default": False, **STAMPED},
        ),
        NetworkKind(
            "rbac_policy",
            "/rbac-policies",
            "rbac_policy",
            "rbac_policies",
            ("RbacPolicyNotFound", "RBAC policy of type network with ID {} not found"),
            {},
            ("object_id", "object_type", "action", "target_tenant"),
            frozenset(("object_id", "object_type", "action")),
            stamped=False,
            paged=False,
        ),
    )
}
