"""Octavia's kinds as declarations: where they are listed, what a new one looks like, what their fields may hold."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tfclean.simulator.api import Row
from tfclean.simulator.balancers import refusal


@dataclass(frozen=True)
class Part:
    """One kind of Octavia.

    Attributes:
        kind: in the store.
        path: of the list; its gap is the parent.
        one: key of one.
        many: key of the list.
        title: what it is called in a 404.
        parent: private field that names the parent in the path.
        defaults: fields of a new one that the caller may give.
    """

    kind: str
    path: str
    one: str
    many: str
    title: str
    parent: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)


PARTS = {
    p.kind: p
    for p in (
        Part(
            "loadbalancer",
            "/lbaas/loadbalancers",
            "loadbalancer",
            "loadbalancers",
            "Load Balancer",
            "",
            {
                "provider": "amphora",
                "flavor_id": None,
                "availability_zone": None,
                "vip_qos_policy_id": None,
                "vip_sg_ids": (),
                "additional_vips": (),
                "vip_vnic_type": "normal",
                "description": "",
            },
        ),
        Part(
            "listener",
            "/lbaas/listeners",
            "listener",
            "listeners",
            "Listener",
            "",
            {
                "protocol": "TCP",
                "protocol_port": 80,
                "connection_limit": -1,
                "default_tls_container_ref": None,
                "allowed_cidrs": None,
                "sni_container_refs": (),
                "insert_headers": {},
                "timeout_client_data": 50000,
                "timeout_member_connect": 5000,
                "timeout_member_data": 50000,
                "timeout_tcp_inspect": 0,
                "description": "",
                "client_authentication": "NONE",
                "alpn_protocols": None,
                "client_ca_tls_container_ref": None,
                "client_crl_container_ref": None,
                "hsts_max_age": None,
                "hsts_include_subdomains": False,
                "hsts_preload": False,
                "tls_ciphers": None,
                "tls_versions": None,
            },
        ),
        Part(
            "pool",
            "/lbaas/pools",
            "pool",
            "pools",
            "Pool",
            "",
            {
                "protocol": "TCP",
                "lb_algorithm": "ROUND_ROBIN",
                "session_persistence": None,
                "description": "",
                "tls_enabled": False,
                "alpn_protocols": None,
                "ca_tls_container_ref": None,
                "crl_container_ref": None,
                "tls_ciphers": None,
                "tls_container_ref": None,
                "tls_versions": None,
            },
        ),
        Part(
            "member",
            "/lbaas/pools/{}/members",
            "member",
            "members",
            "Member",
            "_pool",
            {
                "address": "",
                "protocol_port": 80,
                "subnet_id": None,
                "weight": 1,
                "backup": False,
                "monitor_address": None,
                "monitor_port": None,
                "vnic_type": "normal",
            },
        ),
        Part(
            "healthmonitor",
            "/lbaas/healthmonitors",
            "healthmonitor",
            "healthmonitors",
            "Health Monitor",
            "",
            {
                "type": "TCP",
                "delay": 10,
                "timeout": 5,
                "max_retries": 3,
                "max_retries_down": 3,
                "http_method": None,
                "url_path": None,
                "expected_codes": None,
                "domain_name": None,
                "http_version": None,
            },
        ),
        Part(
            "l7policy",
            "/lbaas/l7policies",
            "l7policy",
            "l7policies",
            "L7 Policy",
            "",
            {
                "action": "REJECT",
                "position": 1,
                "redirect_pool_id": None,
                "redirect_url": None,
                "redirect_prefix": None,
                "redirect_http_code": None,
                "description": "",
            },
        ),
        Part(
            "l7rule",
            "/lbaas/l7policies/{}/rules",
            "rule",
            "rules",
            "L7 Rule",
            "_l7policy",
            {"type": "PATH", "compare_type": "EQUAL_TO", "key": None, "value": "", "invert": False},
        ),
    )
}
# Fields that callers may give, beside those with a default.
COMMON = frozenset(("name", "admin_state_up", "tags", "project_id", "tenant_id"))
TIES: Mapping[str, frozenset[str]] = {
    "loadbalancer": frozenset(("vip_address", "vip_network_id", "vip_port_id", "vip_subnet_id", "listeners", "pools")),
    "listener": frozenset(("loadbalancer_id", "default_pool_id", "default_pool", "l7policies")),
    "pool": frozenset(("loadbalancer_id", "listener_id", "members", "healthmonitor")),
    "healthmonitor": frozenset(("pool_id",)),
    "l7policy": frozenset(("listener_id", "rules", "redirect_pool")),
}
# Of these, an object that is there may be given another one.
CHANGING = frozenset(("default_pool_id",))
HTTP = ("HTTP", "HTTPS", "TERMINATED_HTTPS", "TCP", "UDP", "SCTP", "PROMETHEUS", "PROXY", "PROXYV2")
PROVIDERS = ("amphora", "octavia")


def check(part: Part, body: Row, *, new: bool) -> None:
    """Refuse a body that the API's types do not allow.

    Args:
        part: of what.
        body: what the caller wants of it.
        new: it is for a new object; else for one that is there.

    Raises:
        Refused: 400.
    """
    ties = TIES.get(part.kind, frozenset())
    unknown = sorted(body.keys() - COMMON - part.defaults.keys() - (ties if new else ties & CHANGING))
    if unknown:
        raise refusal(400, f"Unknown attribute for argument {part.kind}.{part.one}: {unknown[0]}")
    if part.kind in ("listener", "pool") and body.get("protocol", "TCP") not in HTTP:
        raise refusal(
            400, f"Invalid input for field/attribute protocol. Value: '{body['protocol']}'. Value should be one of: {', '.join(HTTP)}"
        )
    if part.kind == "member" and new:
        try:
            ipaddress.ip_address(str(body.get("address")))
        except ValueError:
            text = f"Invalid input for field/attribute address. Value: '{body.get('address')}'. Value should be IPv4 or IPv6 format"
            raise refusal(400, text) from None
    if part.kind == "loadbalancer" and new and body.get("provider", "amphora") not in PROVIDERS:
        raise refusal(400, f"Provider '{body['provider']}' is not enabled.")
    if part.kind == "loadbalancer" and new and body.get("flavor_id"):
        raise refusal(400, f"Validation failure: Invalid flavor_id: {body['flavor_id']}")
