"""Load balancers and their parts (Octavia). Every change takes the whole balancer to PENDING_*: one at a time per balancer."""

from __future__ import annotations

from tfclean.kinds.base import Call, Container, Kind, Listing, Reference, Repair, fields
from tfclean.kinds.guards import stalled_balancer
from tfclean.model import EdgeType

MINE = (("project_id", "{project}"),)
PENDING = fields("PENDING_CREATE PENDING_UPDATE PENDING_DELETE")
COMMON = "id name description project_id created_at tags admin_state_up provisioning_status operating_status"

LOAD_BALANCER = Kind(
    name="load_balancer.load_balancer",
    service="load-balancer",
    noun="load balancer",
    listing=Listing("/lbaas/loadbalancers", "loadbalancers", MINE),
    fields=fields(
        COMMON,
        "vip_address vip_network_id vip_subnet_id vip_port_id vip_qos_policy_id vip_sg_ids additional_vips flavor_id provider",
        "availability_zone listeners pools",
    ),
    references=(
        Reference("vip_subnet_id", ("network.subnet",), EdgeType.HOLDS, "has its VIP in"),
        Reference("vip_network_id", ("network.network",), EdgeType.HOLDS, "has its VIP on"),
        Reference("vip_port_id", ("network.port",), EdgeType.HOLDS, "has as its VIP port"),
        Reference("vip_sg_ids[]", ("network.security_group",), EdgeType.HOLDS, "is in"),
        Reference("vip_qos_policy_id", ("network.qos_policy",), EdgeType.HOLDS, "uses"),
    ),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/loadbalancers/{id}"),
    cascade=Call("DELETE", "/lbaas/loadbalancers/{id}", query=(("cascade", "true"),)),
    asynchronous=True,
    stalled=stalled_balancer,
    grace=300.0,
    repairs=(
        Repair("only an administrator can end PENDING, by failover", statuses=PENDING, going=True),
        Repair("only an administrator can end PENDING, by failover", statuses=PENDING),
    ),
    containers=(Container(("network.network",), "has its VIP on"),),
)

LISTENER = Kind(
    name="load_balancer.listener",
    service="load-balancer",
    noun="listener",
    listing=Listing("/lbaas/listeners", "listeners", MINE),
    fields=fields(
        COMMON,
        "protocol protocol_port connection_limit default_pool_id loadbalancers l7policies timeout_client_data",
        "timeout_member_connect timeout_member_data timeout_tcp_inspect insert_headers allowed_cidrs alpn_protocols tls_versions",
        "tls_ciphers",
        "default_tls_container_ref sni_container_refs",
    ),
    references=(
        Reference("loadbalancers[].id", ("load_balancer.load_balancer",), EdgeType.PART_OF, "is a part of"),
        Reference("default_pool_id", ("load_balancer.pool",), EdgeType.USES, "sends to"),
    ),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/listeners/{id}"),
    asynchronous=True,
)

POOL = Kind(
    name="load_balancer.pool",
    service="load-balancer",
    noun="pool",
    listing=Listing("/lbaas/pools", "pools", MINE),
    fields=fields(
        COMMON,
        "protocol lb_algorithm session_persistence loadbalancers listeners members healthmonitor_id tls_enabled tls_ciphers",
        "tls_versions alpn_protocols ca_tls_container_ref crl_container_ref",
    ),
    references=(Reference("loadbalancers[].id", ("load_balancer.load_balancer",), EdgeType.PART_OF, "is a part of"),),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/pools/{id}"),
    asynchronous=True,
)

MEMBER = Kind(
    name="load_balancer.member",
    service="load-balancer",
    noun="member",
    listing=Listing(
        "/lbaas/pools/{id}/members",
        "members",
        per="load_balancer.pool",
        parent="pool_id",
        skip_parent=lambda pool: not pool.get("members"),
    ),
    fields=fields(
        "id name project_id created_at tags admin_state_up provisioning_status operating_status pool_id address protocol_port weight",
        "subnet_id backup monitor_address monitor_port",
    ),
    references=(
        Reference("pool_id", ("load_balancer.pool",), EdgeType.PART_OF, "is a part of"),
        Reference("subnet_id", ("network.subnet",), EdgeType.USES, "is in"),
    ),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/pools/{pool_id}/members/{id}"),
    asynchronous=True,
)

HEALTH_MONITOR = Kind(
    name="load_balancer.health_monitor",
    service="load-balancer",
    noun="health monitor",
    listing=Listing("/lbaas/healthmonitors", "healthmonitors", MINE),
    fields=fields(
        "id name project_id created_at tags admin_state_up provisioning_status operating_status pools type delay timeout max_retries",
        "max_retries_down url_path http_method expected_codes",
    ),
    references=(Reference("pools[].id", ("load_balancer.pool",), EdgeType.PART_OF, "is a part of"),),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/healthmonitors/{id}"),
    asynchronous=True,
)

L7_POLICY = Kind(
    name="load_balancer.l7_policy",
    service="load-balancer",
    noun="L7 policy",
    plural="L7 policies",
    listing=Listing("/lbaas/l7policies", "l7policies", MINE),
    fields=fields(COMMON, "listener_id action position redirect_pool_id redirect_prefix redirect_url rules"),
    references=(
        Reference("listener_id", ("load_balancer.listener",), EdgeType.PART_OF, "is a part of"),
        Reference("redirect_pool_id", ("load_balancer.pool",), EdgeType.HOLDS, "redirects to"),
    ),
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/l7policies/{id}"),
    asynchronous=True,
)

L7_RULE = Kind(
    name="load_balancer.l7_rule",
    service="load-balancer",
    noun="L7 rule",
    listing=Listing(
        "/lbaas/l7policies/{id}/rules",
        "rules",
        per="load_balancer.l7_policy",
        parent="l7policy_id",
        skip_parent=lambda policy: not policy.get("rules"),
    ),
    fields=fields("id project_id created_at tags admin_state_up provisioning_status type compare_type key value invert l7policy_id"),
    references=(Reference("l7policy_id", ("load_balancer.l7_policy",), EdgeType.PART_OF, "is a part of"),),
    title="type",
    status="provisioning_status",
    transitional=PENDING,
    delete=Call("DELETE", "/lbaas/l7policies/{l7policy_id}/rules/{id}"),
    asynchronous=True,
)

KINDS = (LOAD_BALANCER, LISTENER, POOL, MEMBER, HEALTH_MONITOR, L7_POLICY, L7_RULE)
