"""Neutron: security groups and their rules, address groups, pools and scopes, QoS."""

from __future__ import annotations

from tests.conformance.places import ADMIN, OTHER
from tests.conformance.stories.network import NET, NOBODY, network, port
from tests.conformance.telling import Teller

GROUPS, RULES = "/security-groups", "/security-group-rules"


def security_groups(t: Teller) -> None:
    group = t.make(NET, GROUPS, "security_group", name="g", description="text")["id"]
    one = f"{GROUPS}/{group}"
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"{GROUPS}?name=g")
    t.ask(NET, "GET", f"{RULES}?security_group_id={group}")
    t.ask(NET, "PUT", one, {"security_group": {"name": "new"}})
    t.ask(NET, "PUT", one, {"security_group": {"name": "default"}})
    t.ask(NET, "POST", GROUPS, {"security_group": {"name": "default"}})
    t.make(NET, GROUPS, "security_group", name="new")
    net, _ = network(t)
    made = port(t, net, security_groups=[group])["id"]
    t.ask(NET, "DELETE", one)
    t.ask(NET, "PUT", one, {"security_group": {"stateful": False}})
    t.ask(NET, "DELETE", f"/ports/{made}")
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)
    default = t.ask(NET, "GET", f"{GROUPS}?name=default&project_id={t['project']}").body["security_groups"][0]["id"]
    t.name(default, "default group")
    t.ask(NET, "GET", f"{GROUPS}/{default}")
    t.ask(NET, "DELETE", f"{GROUPS}/{default}")
    t.ask(NET, "PUT", f"{GROUPS}/{default}", {"security_group": {"name": "mine"}})
    t.ask(NET, "PUT", f"{GROUPS}/{default}", {"security_group": {"description": "mine"}})


def rules(t: Teller) -> None:
    group = t.make(NET, GROUPS, "security_group", name="g")["id"]
    other = t.make(NET, GROUPS, "security_group", name="other")["id"]
    plain = {"security_group_id": group, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
    ssh = {**plain, "port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": "0.0.0.0/0"}
    rule = t.make(NET, RULES, "security_group_rule", **ssh)["id"]
    t.ask(NET, "GET", f"{RULES}/{rule}")
    t.ask(NET, "POST", RULES, {"security_group_rule": ssh})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "remote_group_id": NOBODY}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "security_group_id": NOBODY}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "direction": "sideways"}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "port_range_min": 9, "port_range_max": 3}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "ethertype": "IPv6", "remote_ip_prefix": "10.0.0.0/8"}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**plain, "protocol": "nothing"}})
    t.ask(NET, "POST", RULES, {"security_group_rule": {**ssh, "remote_group_id": other}})
    named = t.make(NET, RULES, "security_group_rule", **{**plain, "protocol": None}, remote_group_id=other)["id"]
    t.ask(NET, "PUT", f"{RULES}/{rule}", {"security_group_rule": {"description": "x"}})
    t.ask(NET, "PUT", f"{RULES}/{rule}", {"security_group_rule": {"protocol": "udp"}})
    t.ask(NET, "DELETE", f"{GROUPS}/{other}")
    t.ask(NET, "GET", f"{RULES}/{named}")
    t.ask(NET, "GET", f"{GROUPS}/{group}")
    t.ask(NET, "DELETE", f"{RULES}/{rule}")
    t.ask(NET, "DELETE", f"{RULES}/{rule}")
    t.ask(NET, "POST", RULES, {"security_group_rule": ssh}, who=OTHER)
    t.ask(NET, "DELETE", f"{GROUPS}/{group}")


def address_groups(t: Teller) -> None:
    groups = "/address-groups"
    made = t.make(NET, groups, "address_group", name="ag", addresses=["10.0.0.0/24"])["id"]
    one = f"{groups}/{made}"
    t.ask(NET, "GET", one)
    t.ask(NET, "PUT", f"{one}/add_addresses", {"address_group": {"addresses": ["10.0.1.0/24"]}})
    t.ask(NET, "PUT", f"{one}/remove_addresses", {"address_group": {"addresses": ["10.0.1.0/24"]}})
    t.ask(NET, "PUT", f"{one}/remove_addresses", {"address_group": {"addresses": ["10.0.9.0/24"]}})
    group = t.make(NET, GROUPS, "security_group", name="g")["id"]
    rule = {"security_group_id": group, "direction": "ingress", "remote_address_group_id": made}
    held = t.make(NET, RULES, "security_group_rule", **rule)["id"]
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", f"{RULES}/{held}")
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)


def pools_and_scopes(t: Teller) -> None:
    scopes, pools = "/address-scopes", "/subnetpools"
    scope = t.make(NET, scopes, "address_scope", name="scope", ip_version=4)["id"]
    t.ask(NET, "GET", f"{scopes}/{scope}")
    fields = {"prefixes": ["10.64.0.0/16"], "default_prefixlen": 24, "address_scope_id": scope}
    pool = t.make(NET, pools, "subnetpool", name="pool", **fields)["id"]
    t.ask(NET, "GET", f"{pools}/{pool}")
    t.ask(NET, "POST", pools, {"subnetpool": {**fields, "name": "second"}})
    t.ask(NET, "POST", pools, {"subnetpool": {"name": "none"}})
    t.ask(NET, "POST", scopes, {"address_scope": {"name": "shared", "ip_version": 4, "shared": True}})
    net = t.make(NET, "/networks", "network", name="net")["id"]
    subnet = t.make(NET, "/subnets", "subnet", network_id=net, ip_version=4, subnetpool_id=pool)["id"]
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": net, "ip_version": 4, "subnetpool_id": pool, "prefixlen": 4}})
    t.ask(NET, "DELETE", f"{scopes}/{scope}")
    t.ask(NET, "DELETE", f"{pools}/{pool}")
    t.ask(NET, "DELETE", f"/subnets/{subnet}")
    t.ask(NET, "DELETE", f"{pools}/{pool}")
    t.ask(NET, "DELETE", f"{scopes}/{scope}")
    t.ask(NET, "DELETE", f"{scopes}/{scope}")


def qos(t: Teller) -> None:
    policies = "/qos/policies"
    t.ask(NET, "POST", policies, {"policy": {"name": "mine"}})
    made = t.make(NET, policies, "policy", who=ADMIN, name="qos", project_id=t["project"])["id"]
    limits = f"{policies}/{made}/bandwidth_limit_rules"
    t.ask(NET, "POST", limits, {"bandwidth_limit_rule": {"max_kbps": 1000}})
    rule = t.make(NET, limits, "bandwidth_limit_rule", who=ADMIN, max_kbps=1000)["id"]
    t.ask(NET, "GET", limits)
    t.ask(NET, "GET", f"{policies}/{made}")
    t.ask(NET, "GET", f"{policies}?project_id={t['project']}")
    net = t.make(NET, "/networks", "network", name="net", qos_policy_id=made)["id"]
    t.ask(NET, "DELETE", f"{policies}/{made}")
    t.ask(NET, "DELETE", f"{policies}/{made}", who=ADMIN)
    t.ask(NET, "DELETE", f"{limits}/{rule}")
    t.ask(NET, "DELETE", f"{limits}/{rule}", who=ADMIN)
    t.ask(NET, "DELETE", f"{limits}/{rule}", who=ADMIN)
    t.ask(NET, "DELETE", f"/networks/{net}")
    t.ask(NET, "DELETE", f"{policies}/{made}", who=ADMIN)
    t.ask(NET, "POST", "/networks", {"network": {"name": "net", "qos_policy_id": NOBODY}})


STORIES = (security_groups, rules, address_groups, pools_and_scopes, qos)
