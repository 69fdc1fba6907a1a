"""Networks, subnets, ports, routers, addresses and what governs them (Neutron)."""

from __future__ import annotations

from tfclean.kinds.base import Call, Container, Kind, Listing, Prepare, Reference, fields
from tfclean.kinds.derived import (
    associations,
    other_groups,
    plain_ports,
    qos_rules,
    router_interfaces,
    routes,
    security_groups,
    subports,
)
from tfclean.kinds.guards import default_egress, default_policy, network_guard, shared
from tfclean.kinds.ports import holds_network, implied_port, is_plugged_into_server, is_unplugged, is_vip, serves_network, swept_port
from tfclean.model import EdgeType

MINE = (("project_id", "{project}"),)
COMMON = "id name description project_id created_at revision_number tags"
PORT_FIELDS = fields(
    COMMON,
    "network_id fixed_ips security_groups device_id device_owner status admin_state_up mac_address allowed_address_pairs",
    "qos_policy_id binding:vnic_type port_security_enabled dns_name extra_dhcp_opts",
)


def _delete(path: str) -> Call:
    return Call("DELETE", path, conditional=True)


NETWORK = Kind(
    name="network.network",
    service="network",
    noun="network",
    listing=Listing("/networks", "networks", MINE),
    fields=fields(
        COMMON,
        "admin_state_up mtu port_security_enabled qos_policy_id router:external shared is_default status subnets dns_domain",
        "availability_zone_hints",
    ),
    references=(Reference("qos_policy_id", ("network.qos_policy",), EdgeType.HOLDS, "uses"),),
    status="status",
    delete=_delete("/networks/{id}"),
    guard=network_guard,
)

SUBNET = Kind(
    name="network.subnet",
    service="network",
    noun="subnet",
    listing=Listing("/subnets", "subnets", MINE),
    fields=fields(
        COMMON,
        "network_id cidr ip_version gateway_ip enable_dhcp dns_nameservers allocation_pools host_routes ipv6_address_mode",
        "ipv6_ra_mode segment_id subnetpool_id service_types dns_publish_fixed_ip",
    ),
    references=(
        Reference("network_id", ("network.network",), EdgeType.HOLDS, "is on"),
        Reference("subnetpool_id", ("network.subnet_pool",), EdgeType.HOLDS, "has its range from"),
    ),
    delete=_delete("/subnets/{id}"),
    containers=(Container(("network.network",), "is on"),),
)

PORT = Kind(
    name="network.port",
    service="network",
    noun="port",
    listing=Listing("/ports", "ports", MINE, keep=plain_ports),
    fields=PORT_FIELDS,
    references=(
        Reference("network_id", ("network.network",), EdgeType.HOLDS, "is on", when=holds_network),
        Reference("fixed_ips[].subnet_id", ("network.subnet",), EdgeType.HOLDS, "has an address in", when=holds_network),
        Reference("network_id", ("network.network",), EdgeType.IMPLIED_BY, "serves", when=serves_network),
        Reference("security_groups[]", ("network.security_group",), EdgeType.BREAKS, "is in"),
        Reference("qos_policy_id", ("network.qos_policy",), EdgeType.HOLDS, "uses"),
        Reference("device_id", ("compute.server",), EdgeType.HOLDS, "is plugged with", reverse=True, when=is_plugged_into_server),
    ),
    status="status",
    delete=_delete("/ports/{id}"),
    follows=("compute.server",),
    containers=(
        Container(("network.network",), "is plugged into nothing and is on", when=is_unplugged),
        Container(
            ("network.network",),
            "is the VIP port of a load balancer that is gone, on",
            when=is_vip,
            orphan_of="load_balancer.load_balancer",
        ),
    ),
    implied=implied_port,
    swept=swept_port,
)

ROUTER_INTERFACE = Kind(
    name="network.router_interface",
    service="network",
    noun="router interface",
    listing=Listing(rows=("network.port", router_interfaces)),
    fields=PORT_FIELDS | {"subnet_id"},
    references=(
        Reference("network_id", ("network.network",), EdgeType.HOLDS, "is on"),
        Reference("fixed_ips[].subnet_id", ("network.subnet",), EdgeType.HOLDS, "has an address in"),
        Reference("device_id", ("network.router",), EdgeType.HOLDS, "is a leg of"),
    ),
    status="status",
    delete=Call("PUT", "/routers/{device_id}/remove_router_interface", {"port_id": "{id}"}),
    action="detach",
    undo=Call("PUT", "/routers/{device_id}/add_router_interface", {"subnet_id": "{subnet_id}"}),
    containers=(Container(("network.subnet",), "is a router's leg in", beside=("network.router",)),),
    keep_words=(),
)

ROUTER = Kind(
    name="network.router",
    service="network",
    noun="router",
    listing=Listing("/routers", "routers", MINE),
    fields=fields(COMMON, "admin_state_up external_gateway_info routes status distributed ha flavor_id availability_zone_hints"),
    references=(
        Reference("external_gateway_info.network_id", ("network.network",), EdgeType.USES, "has its gateway on"),
        Reference("external_gateway_info.qos_policy_id", ("network.qos_policy",), EdgeType.HOLDS, "uses"),
    ),
    status="status",
    delete=_delete("/routers/{id}"),
    common=True,
    lasting=True,
)

ROUTER_ROUTE = Kind(
    name="network.router_route",
    service="network",
    noun="route",
    listing=Listing(rows=("network.router", routes)),
    fields=fields("id router_id destination nexthop project_id"),
    references=(Reference("router_id", ("network.router",), EdgeType.PART_OF, "is a line of"),),
    title="destination",
    created="",
    delete=Call(
        "PUT", "/routers/{router_id}/remove_extraroutes", {"router": {"routes": [{"destination": "{destination}", "nexthop": "{nexthop}"}]}}
    ),
    action="detach",
    undo=Call(
        "PUT", "/routers/{router_id}/add_extraroutes", {"router": {"routes": [{"destination": "{destination}", "nexthop": "{nexthop}"}]}}
    ),
    tie=True,
    keep_words=(),
)

FLOATING_IP = Kind(
    name="network.floating_ip",
    service="network",
    noun="floating IP",
    listing=Listing("/floatingips", "floatingips", MINE),
    fields=fields(
        "id description project_id created_at revision_number tags status floating_network_id floating_ip_address fixed_ip_address",
        "port_id router_id qos_policy_id port_forwardings dns_name dns_domain",
    ),
    references=(
        # Without a port it is for port forwardings; with one, it is the association that holds the router.
        Reference("router_id", ("network.router",), EdgeType.HOLDS, "leaves through", when=lambda r: not r.attributes.get("port_id")),
        Reference("floating_network_id", ("network.network",), EdgeType.USES, "is from"),
        Reference("qos_policy_id", ("network.qos_policy",), EdgeType.HOLDS, "uses"),
    ),
    title="floating_ip_address",
    status="status",
    delete=_delete("/floatingips/{id}"),
    common=True,
)

FLOATING_IP_ASSOCIATION = Kind(
    name="network.floating_ip_association",
    service="network",
    noun="floating IP association",
    listing=Listing(rows=("network.floating_ip", associations)),
    fields=fields("id floating_ip floating_ip_address fixed_ip_address port_id router_id project_id revision_number"),
    references=(
        Reference("id", ("network.floating_ip",), EdgeType.PART_OF, "ties"),
        Reference("port_id", ("network.port",), EdgeType.PART_OF, "ties a floating IP to"),
        Reference("router_id", ("network.router",), EdgeType.HOLDS, "leaves through"),
    ),
    title="floating_ip_address",
    created="",
    delete=Call("PUT", "/floatingips/{id}", {"floatingip": {"port_id": None}}, conditional=True),
    action="detach",
    undo=Call("PUT", "/floatingips/{id}", {"floatingip": {"port_id": "{port_id}", "fixed_ip_address": "{fixed_ip_address}"}}),
    tie=True,
    keep_words=(),
)

PORT_FORWARDING = Kind(
    name="network.port_forwarding",
    service="network",
    noun="port forwarding",
    listing=Listing(
        "/floatingips/{id}/port_forwardings",
        "port_forwardings",
        per="network.floating_ip",
        parent="floatingip_id",
        skip_parent=lambda ip: not ip.get("port_forwardings"),
    ),
    fields=fields(
        "id description floatingip_id protocol internal_port_id internal_ip_address internal_port external_port internal_port_range",
        "external_port_range",
    ),
    references=(
        Reference("floatingip_id", ("network.floating_ip",), EdgeType.HOLDS, "forwards"),
        Reference("internal_port_id", ("network.port",), EdgeType.PART_OF, "forwards to"),
    ),
    title="protocol",
    owner="",
    created="",
    delete=Call("DELETE", "/floatingips/{floatingip_id}/port_forwardings/{id}"),
    containers=(Container(("network.floating_ip",), "forwards"),),
    keep_words=("description",),
)

SECURITY_GROUP = Kind(
    name="network.security_group",
    service="network",
    noun="security group",
    listing=Listing(
        "/security-groups",
        "security_groups",
        (*MINE, *(("fields", name) for name in f"{COMMON} stateful shared".split())),
    ),
    fields=fields(COMMON, "stateful shared"),
    delete=_delete("/security-groups/{id}"),
    guard=lambda r: "it is the project's default group" if r.name == "default" else shared(r),
    common=True,
)

PORT_SECURITY_GROUP = Kind(
    name="network.port_security_group",
    service="network",
    noun="port's security group",
    plural="ports' security groups",
    listing=Listing(rows=("network.port", security_groups), named=True),
    fields=fields("id name port_id security_group_id others project_id revision_number"),
    references=(
        Reference("port_id", ("network.port", "network.router_interface"), EdgeType.PART_OF, "is one of"),
        Reference("security_group_id", ("network.security_group",), EdgeType.HOLDS, "puts a port into"),
    ),
    created="",
    # Neutron changes the list only as a whole: the revision sees to it that nobody else's change is lost.
    delete=Call("PUT", "/ports/{port_id}", {"port": {"security_groups": "{others}"}}, conditional=True),
    action="detach",
    undo=Call("PUT", "/ports/{port_id}", {"port": {"security_groups": ["{*others}", "{security_group_id}"]}}, conditional=True),
    renew=("others", other_groups),
    tie=True,
    keep_words=(),
)

SECURITY_GROUP_RULE = Kind(
    name="network.security_group_rule",
    service="network",
    noun="rule",
    listing=Listing("/security-group-rules", "security_group_rules", MINE),
    fields=fields(
        "id description project_id created_at revision_number direction ethertype port_range_max port_range_min protocol remote_group_id",
        "remote_address_group_id remote_ip_prefix security_group_id",
    ),
    references=(
        Reference("security_group_id", ("network.security_group",), EdgeType.PART_OF, "is a rule of"),
        Reference("remote_group_id", ("network.security_group",), EdgeType.WARNS, "names"),
        Reference("remote_address_group_id", ("network.address_group",), EdgeType.HOLDS, "names"),
    ),
    title="direction",
    delete=_delete("/security-group-rules/{id}"),
    implied=default_egress,
    keep_words=("description",),
)

TRUNK = Kind(
    name="network.trunk",
    service="network",
    noun="trunk",
    listing=Listing("/trunks", "trunks", MINE),
    fields=fields(COMMON, "admin_state_up port_id sub_ports status"),
    references=(
        Reference("port_id", ("network.port",), EdgeType.HOLDS, "has as its parent"),
        Reference("sub_ports[].port_id", ("network.port",), EdgeType.BREAKS, "has as a subport"),
    ),
    status="status",
    transitional=fields("BUILD"),
    delete=_delete("/trunks/{id}"),
    containers=(Container(("network.port",), "has no other ports than"),),
    prepare=(
        Prepare(
            ("admin_state_up", False),
            Call("PUT", "/trunks/{id}", {"trunk": {"admin_state_up": True}}),
            Call("PUT", "/trunks/{id}", {"trunk": {"admin_state_up": False}}),
            "a disabled trunk cannot be deleted",
        ),
    ),
)

TRUNK_SUBPORT = Kind(
    name="network.trunk_subport",
    service="network",
    noun="subport",
    listing=Listing(rows=("network.trunk", subports)),
    fields=fields("id name trunk_id port_id segmentation_type segmentation_id admin_state_up project_id"),
    references=(
        Reference("trunk_id", ("network.trunk",), EdgeType.PART_OF, "is a subport of"),
        Reference("port_id", ("network.port",), EdgeType.HOLDS, "is made of"),
    ),
    created="",
    delete=Call("PUT", "/trunks/{trunk_id}/remove_subports", {"sub_ports": [{"port_id": "{port_id}"}]}),
    action="detach",
    undo=Call(
        "PUT",
        "/trunks/{trunk_id}/add_subports",
        {"sub_ports": [{"port_id": "{port_id}", "segmentation_type": "{segmentation_type}", "segmentation_id": "{segmentation_id}"}]},
    ),
    prepare=(
        Prepare(
            ("admin_state_up", False),
            Call("PUT", "/trunks/{trunk_id}", {"trunk": {"admin_state_up": True}}),
            Call("PUT", "/trunks/{trunk_id}", {"trunk": {"admin_state_up": False}}),
            "a disabled trunk lets go of no subport",
        ),
    ),
    tie=True,
    apart=True,
    keep_words=(),
)

SUBNET_POOL = Kind(
    name="network.subnet_pool",
    service="network",
    noun="subnet pool",
    listing=Listing("/subnetpools", "subnetpools", MINE),
    fields=fields(
        COMMON, "prefixes default_prefixlen min_prefixlen max_prefixlen default_quota address_scope_id ip_version shared is_default"
    ),
    references=(Reference("address_scope_id", ("network.address_scope",), EdgeType.HOLDS, "is in"),),
    delete=_delete("/subnetpools/{id}"),
    guard=default_policy,
    common=True,
    lasting=True,
)

ADDRESS_SCOPE = Kind(
    name="network.address_scope",
    service="network",
    noun="address scope",
    listing=Listing("/address-scopes", "address_scopes", MINE),
    fields=fields("id name project_id ip_version shared"),
    created="",
    delete=Call("DELETE", "/address-scopes/{id}"),
    guard=shared,
    keep_words=(),
    common=True,
    lasting=True,
)

ADDRESS_GROUP = Kind(
    name="network.address_group",
    service="network",
    noun="address group",
    listing=Listing("/address-groups", "address_groups", MINE),
    fields=fields("id name description project_id addresses shared"),
    created="",
    delete=Call("DELETE", "/address-groups/{id}"),
    guard=shared,
    keep_words=("description",),
    common=True,
    lasting=True,
)

QOS_POLICY = Kind(
    name="network.qos_policy",
    service="network",
    noun="QoS policy",
    plural="QoS policies",
    listing=Listing("/qos/policies", "policies", MINE),
    fields=fields(COMMON, "shared is_default"),
    delete=_delete("/qos/policies/{id}"),
    guard=default_policy,
    common=True,
    lasting=True,
)

QOS_RULE = Kind(
    name="network.qos_rule",
    service="network",
    noun="QoS rule",
    listing=Listing(rows=("network.qos_policy", qos_rules)),
    fields=fields("id policy_id project_id type direction max_kbps max_burst_kbps min_kbps dscp_mark"),
    references=(Reference("policy_id", ("network.qos_policy",), EdgeType.PART_OF, "is a rule of"),),
    title="type",
    created="",
    keep_words=(),
)

RBAC_POLICY = Kind(
    name="network.rbac_policy",
    service="network",
    noun="RBAC policy",
    plural="RBAC policies",
    listing=Listing("/rbac-policies", "rbac_policies", MINE),
    fields=fields("id action object_id object_type target_tenant project_id"),
    references=(
        Reference(
            "object_id",
            (
                "network.network",
                "network.security_group",
                "network.qos_policy",
                "network.address_scope",
                "network.subnet_pool",
                "network.address_group",
            ),
            EdgeType.PART_OF,
            "shares",
        ),
    ),
    title="action",
    created="",
    delete=Call("DELETE", "/rbac-policies/{id}"),
    keep_words=(),
    shares=True,
)

KINDS = (
    NETWORK, SUBNET, PORT, ROUTER_INTERFACE, ROUTER, ROUTER_ROUTE, FLOATING_IP, FLOATING_IP_ASSOCIATION, PORT_FORWARDING, SECURITY_GROUP,
    PORT_SECURITY_GROUP,
    SECURITY_GROUP_RULE, TRUNK, TRUNK_SUBPORT, SUBNET_POOL, ADDRESS_SCOPE, ADDRESS_GROUP, QOS_POLICY, QOS_RULE, RBAC_POLICY,
)  # fmt: skip
