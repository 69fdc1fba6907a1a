"""What a rule of a security group may say."""

from __future__ import annotations

import ipaddress

from tfclean.simulator.api import Row
from tfclean.simulator.network_kinds import refusal

PROTOCOLS = frozenset(
    (
        *("ah", "dccp", "egp", "esp", "gre", "hopopt", "icmp", "icmpv6", "igmp", "ip", "ipip", "ipv6-encap", "ipv6-frag", "ipv6-icmp"),
        *("ipv6-nonxt", "ipv6-opts", "ipv6-route", "ospf", "pgm", "rsvp", "sctp", "tcp", "udp", "udplite", "vrrp", "any"),
    )
)
BY_PORTS = frozenset(("tcp", "udp", "sctp", "dccp", "udplite", "6", "17"))


def check_rule(row: Row) -> None:
    """Refuse a rule that contradicts itself.

    Raises:
        Refused: as Neutron says it.
    """
    for name, allowed in (("direction", ("ingress", "egress")), ("ethertype", ("IPv4", "IPv6"))):
        if row[name] not in allowed:
            raise refusal(400, "HTTPBadRequest", f"Invalid input for {name}. Reason: '{row[name]}' is not in {list(allowed)}.")
    protocol = None if row["protocol"] is None else str(row["protocol"]).lower()
    if protocol is not None and protocol not in PROTOCOLS and not (protocol.isdigit() and int(protocol) < 256):
        text = f"Security group rule protocol {protocol} not supported. Only protocol values and integer representations [0 to 255]."
        raise refusal(400, "SecurityGroupRuleInvalidProtocol", text)
    if row["remote_ip_prefix"] and row["remote_group_id"]:
        raise refusal(400, "SecurityGroupMultipleRemoteEntites", "Only one of remote_group_id, remote_ip_prefix may be provided.")
    low, high = row["port_range_min"], row["port_range_max"]
    if protocol in BY_PORTS and low is not None and high is not None and int(low) > int(high):
        raise refusal(400, "SecurityGroupInvalidPortRange", "For TCP/UDP protocols, port_range_min must be <= port_range_max")
    prefix = row["remote_ip_prefix"]
    if prefix and f"IPv{ipaddress.ip_network(prefix, strict=False).version}" != row["ethertype"]:
        text = f"Conflicting value ethertype {row['ethertype']} for CIDR {prefix}"
        raise refusal(400, "SecurityGroupRuleParameterConflict", text)
