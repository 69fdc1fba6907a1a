"""What a service means by a refusal: service, request, status and body in, a `Refusal` out.

One row per refusal that was seen (on release 2026.2) or read in the services' sources. A row is found by service, status and a loose
fragment of the body; whole sentences change between releases. Only the first reason is told, and half the bodies name nobody: then
`look_for` says where the holder is to be sought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfclean.model import Key

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
RULE = re.compile(
    r"\(rule:(\w+) and .*\) is disallowed|(?:rule:)?(\w+(?::\w+)*) is disallowed by policy"
    r"|Policy doesn't allow (\S+)|complete (\w+) action|requested action: ([\w:]+)"
)
FORMAL = frozenset({"code", "faultcode", "debuginfo", "request_id", "title"})
"""Keys of an error's body that say nothing to a person."""
TAG = re.compile(r"<[^>]{0,200}>")
LONGEST = 240


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call was not carried out.

    Attributes:
        reason: for people, short.
        in_use: something holds the object.
        transient: it passes by itself: busy, in another change, too many requests, an outdated look.
        final: neither waiting nor another step helps; a person has to change something.
        policy: who we are is not allowed to do it; the rule is in the reason.
        gone: the service says that the object is not there; a look has to agree.
        blockers: who holds it, as far as the body says.
        look_for: kinds among which the holder is to be sought when the body names nobody.
    """

    reason: str
    in_use: bool = False
    transient: bool = False
    final: bool = False
    policy: bool = False
    gone: bool = False
    blockers: tuple[Key, ...] = ()
    look_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One known refusal.

    Attributes:
        service: type in the catalog.
        fragment: regular expression sought in type and message, case ignored; a named group ``what`` says a blocker's kind.
        reason: for people.
        nature: name of the flag of `Refusal` that it sets; empty: none, time or a look tells.
        blocker: kind of the ids that stand in the body from the fragment on, the object's own left out; empty: they are no blockers.
        look_for: see `Refusal`.
        statuses: HTTP statuses that it comes with.
    """

    service: str
    fragment: str
    reason: str
    nature: str = "in_use"
    blocker: str = ""
    look_for: tuple[str, ...] = ()
    statuses: tuple[int, ...] = (400, 409)


PORTS = ("network.port", "network.router_interface")
INTERFACES = ("network.router_interface",)
THROUGH = ("network.floating_ip_association", "network.port_forwarding")
BALANCER_PARTS = ("load_balancer.listener", "load_balancer.pool")
DENIED_PORT = "not permitted (rule:delete_port): a server or share server has the port, or the role may not delete ports"
REDIRECTS = ("load_balancer.l7_policy",)
VOLUME_HOLDERS = ("compute.volume_attachment", "block_storage.attachment", "block_storage.snapshot", "block_storage.backup")
USED_BY = {"network": "network.network", "port": "network.port", "floating ip": "network.floating_ip", "router": "network.router"}
"""What Neutron's QoS calls the users of a policy."""

ROWS: tuple[Row, ...] = (
    Row("network", r"RevisionNumberConstraintFailed|Constrained to", "it has changed since it was looked at", "transient", statuses=(412,)),
    Row("network", r"NetworkInUse", "ports are on the network", blocker="network.port", look_for=PORTS),
    Row("network", r"used by endpoint group", "a VPN endpoint group names the subnet", blocker="network.vpn_endpoint_group"),
    Row("network", r"used by ipsec site connection", "a VPN connection uses the subnet", blocker="network.vpn_ipsec_site_connection"),
    Row("network", r"used by VPNService", "a VPN service uses the subnet", blocker="network.vpn_service"),
    Row("network", r"used by VPN service", "a VPN service uses the router", blocker="network.vpn_service"),
    Row("network", r"SubnetInUse\b", "ports have addresses from the subnet", look_for=PORTS),
    Row("network", r"RouterInUse", "the router still has interfaces", blocker="network.router_interface", look_for=INTERFACES),
    Row("network", r"RouterExternalGatewayInUse", "floating IPs leave through the gateway", look_for=("network.floating_ip",)),
    Row("network", r"RouterInterfaceInUseByRoute", "routes need the interface", look_for=("network.router_route",)),
    Row("network", r"RouterInterfaceInUseByFloatingIP", "floating IPs need the interface", look_for=THROUGH),
    Row("network", r"device owner network:floatingip", "it is a floating IP's own port", look_for=("network.floating_ip",)),
    Row("network", r"device owner network:router_gateway", "it is a router's gateway", look_for=("network.router",)),
    Row("network", r"ServicePortInUse|L3PortInUse", "it is a router's interface", look_for=("network.router_interface", "network.router")),
    Row("network", r"PortInUseAsTrunkParent", "it is the parent port of a trunk", blocker="network.trunk", look_for=("network.trunk",)),
    Row("network", r"PortInUseAsSubPort", "it is a subport of a trunk", blocker="network.trunk", look_for=("network.trunk",)),
    Row("network", r"TrunkDisabled", "the trunk is disabled; it has to be enabled first", ""),
    Row("network", r"TrunkInUse|TrunkInErrorState", "the trunk's parent port is plugged in", look_for=("network.port", "compute.server")),
    Row("network", r"FipInUseByPortForwarding", "port forwardings use the floating IP", look_for=("network.port_forwarding",)),
    Row("network", r"SecurityGroupInUse", "ports are in the group", look_for=("network.port", "load_balancer.load_balancer")),
    Row("network", r"SecurityGroupCannotRemoveDefault|default security group", "it is the project's default group", "final"),
    Row("network", r"AddressGroupInUse", "rules name the address group", look_for=("network.security_group_rule",)),
    Row("network", r"SubnetPoolDeleteError|existing allocations", "subnets have their range from the pool", look_for=("network.subnet",)),
    Row("network", r"AddressScopeInUse", "subnet pools are in the scope", look_for=("network.subnet_pool",)),
    Row("network", r"RbacPolicyInUse", "another project uses what the policy shares", look_for=("network.port",)),
    Row("network", r"used by (?P<what>network|port|floating ip|router)", "it is in use", look_for=tuple(USED_BY.values())),
    Row("network", r"SegmentInUse", "a subnet is on the segment", blocker="network.subnet", look_for=("network.subnet",)),
    # VPN and firewalls are nobody's kind here; they answer where one of them holds a router or a subnet.
    Row("network", r"(?:is|still) (?:in use|being used|active)|InUse", "it is in use"),
    Row("network", r"CannotRemoveDefault|default firewall group", "it is the project's default", "final"),
    Row("network", r"rule:delete_port\b", DENIED_PORT, look_for=("compute.server",), statuses=(403,)),
    Row("compute", r"is locked", "the server is locked; unlock it first", "final", statuses=(400, 403, 409)),
    Row("compute", r"root device volume", "it is the server's root disk, which goes with the server", look_for=("compute.server",)),
    Row("compute", r"while it is in|task_state|Instance is busy|in transition", "the server is in another change", "transient"),
    Row("compute", r"Invalid volume|must be .?in-use|detaching", "the volume is in another change", "transient"),
    Row("compute", r"aggregate is not empty", "a host is in it"),
    Row("block-storage", r"Detach volume from instance", "a server uses it", blocker="compute.server", look_for=("compute.server",)),
    Row("block-storage", r"Volume status must be", "it is attached, has snapshots or is changing", look_for=VOLUME_HOLDERS),
    Row("block-storage", r"Incremental backups exist", "incremental backups build on it", look_for=("block_storage.backup",)),
    Row("block-storage", r"Invalid (?:snapshot|backup).*status must be", "it is in another change", "transient"),
    Row("block-storage", r"dependent snapshots|has snapshots", "it has snapshots", look_for=("block_storage.snapshot",)),
    Row("block-storage", r"busy|status must be", "it is in another change", "transient"),
    Row("block-storage", r"still in use", "it is in use"),
    Row("block-storage", r"Service \S+ could not be found", "no backup service runs, so that it stays", "final", statuses=(404,)),
    Row("load-balancer", r"PENDING_|immutable", "the balancer is in another change", "transient"),
    Row("load-balancer", r"has children", "the balancer has listeners or pools", look_for=BALANCER_PARTS),
    Row("load-balancer", r"in use by L7 policy", "an L7 policy redirects to it", blocker="load_balancer.l7_policy", look_for=REDIRECTS),
    Row("load-balancer", r"in use", "it is in use", look_for=BALANCER_PARTS),
    Row("image", r"protected", "the image is protected", "final", statuses=(403,)),
    Row("image", r"in use", "volumes or servers are clones of the image", look_for=("block_storage.volume", "compute.server")),
)  # fmt: skip

BUSY = {
    401: "the token is no longer accepted",
    408: "the service was too slow",
    412: "it has changed since it was looked at",
    423: "it is locked by another request",
    429: "too many requests",
}


def parse(service: str, method: str, path: str, status: int, body: bytes | str) -> Refusal:
    """Read a refusal.

    Args:
        service: type of the service in the catalog.
        method: HTTP method of the request.
        path: its path; ids in it are the object's own and never blockers.
        status: HTTP status of the answer.
        body: the answer's body, of any form.

    Returns:
        What it means. A body that nobody knows is judged by its status alone.
    """
    text = message(body)
    for row in ROWS:
        if row.service == service and status in row.statuses:
            found = re.search(row.fragment, text, re.IGNORECASE | re.DOTALL)
            if found:
                return _known(row, found, path, text)
    if status in BUSY or status >= 500:
        return Refusal(f"{BUSY.get(status, 'the service failed')}{_excerpt(text)}", transient=True)
    if status == 404:
        return Refusal("it is not there", gone=True)
    if status == 403:
        rule = next((group for match in [RULE.search(text)] if match for group in match.groups() if group), "")
        return Refusal(f"not permitted{f': {rule}' if rule else _excerpt(text)}", policy=True)
    if status == 409:
        return Refusal(f"conflict{_excerpt(text)}", in_use=True, blockers=_blockers("", path, text))
    return Refusal(f"{method} was refused with {status}{_excerpt(text)}")


def message(body: bytes | str) -> str:
    """Give type and message of an error in one line of plain text, from JSON of any service, HTML or plain text."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        text = " ".join(_texts(json.loads(text)))
    except (ValueError, RecursionError):
        text = text.strip()
    return " ".join(TAG.sub(" ", text).split())


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for key in value if key not in FORMAL for text in _texts(value[key])]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return []


def _known(row: Row, found: re.Match[str], path: str, text: str) -> Refusal:
    kind = USED_BY.get(str(found.groupdict().get("what") or "").lower(), row.blocker)
    return Refusal(
        reason=row.reason,
        in_use=row.nature == "in_use",
        final=row.nature == "final",
        transient=row.nature == "transient",
        blockers=_blockers(kind, path, text[found.start() :]) if kind else (),
        look_for=row.look_for,
    )


def _blockers(kind: str, path: str, text: str) -> tuple[Key, ...]:
    """Give ids of the text, each once, without those of the path."""
    own = {id_.lower() for id_ in ID.findall(path)}
    named = dict.fromkeys(id_ for id_ in ID.findall(text) if id_.lower() not in own)
    return tuple(Key(kind, id_) for id_ in named)


def _excerpt(text: str) -> str:
    if not text:
        return ""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return f": {clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + '…'}"
