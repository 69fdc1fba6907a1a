"""Neutron: networks, subnets and ports; and what all of its kinds have in common."""

from __future__ import annotations

from typing import Any

from tests.conformance.places import ADMIN, OTHER
from tests.conformance.telling import Teller

NET = "network"
NOBODY = "00000000-0000-4000-8000-000000000000"


def network(t: Teller, name: str = "net", cidr: str = "10.1.0.0/24") -> tuple[str, str]:
    """Make a network with a subnet."""
    net = t.make(NET, "/networks", "network", name=name)["id"]
    return net, t.make(NET, "/subnets", "subnet", network_id=net, name=name, cidr=cidr, ip_version=4)["id"]


def port(t: Teller, net: str, **fields: Any) -> dict[str, Any]:
    """Make a port on a network."""
    return t.make(NET, "/ports", "port", network_id=net, **fields)


def networks(t: Teller) -> None:
    net = t.make(NET, "/networks", "network", name="net", description="a job's", admin_state_up=True)["id"]
    one = f"/networks/{net}"
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"{one}?fields=id&fields=name")
    t.ask(NET, "GET", "/networks?name=net")
    t.ask(NET, "GET", f"/networks?project_id={t['project']}")
    t.ask(NET, "GET", "/networks?router:external=true&name=public")
    t.ask(NET, "PUT", one, {"network": {"name": "new"}})
    t.ask(NET, "PUT", one, {"network": {"name": "new"}})
    t.ask(NET, "PUT", one, {"network": {"shared": True}})
    t.ask(NET, "PUT", one, {"network": {"id": NOBODY}})
    t.ask(NET, "PUT", one, {"network": {"no_such_field": 1}})
    t.ask(NET, "PUT", one, {"network": {"admin_state_up": "perhaps"}})
    t.ask(NET, "POST", "/networks", {"network": {"name": "net", "no_such_field": 1}})
    t.ask(NET, "POST", "/networks", {"network": {"name": "net", "router:external": True}})
    t.ask(NET, "POST", "/networks", {"network": {"name": "net", "project_id": t["other project"]}})
    t.ask(NET, "POST", "/networks", {})
    t.ask(NET, "POST", "/networks", {"network": "net"})
    t.ask(NET, "POST", "/networks", data=b"{nonsense", headers={"Content-Type": "application/json"})
    t.ask(NET, "POST", "/networks", {"networks": [{"name": "a"}, {"name": "b"}]})
    t.ask(NET, "DELETE", one)
    t.ask(NET, "GET", one)
    t.ask(NET, "DELETE", one)


def subnets(t: Teller) -> None:
    net, subnet = network(t)
    one = f"/subnets/{subnet}"
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"/networks/{net}")
    t.ask(NET, "PUT", one, {"subnet": {"dns_nameservers": ["10.1.0.5"], "name": "new"}})
    t.ask(NET, "PUT", one, {"subnet": {"cidr": "10.2.0.0/24"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": net, "ip_version": 4}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": net, "ip_version": 4, "cidr": "10.1.0.0/25"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": net, "ip_version": 4, "cidr": "nonsense"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": NOBODY, "ip_version": 4, "cidr": "10.3.0.0/24"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"ip_version": 4, "cidr": "10.3.0.0/24"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": t["public"], "ip_version": 4, "cidr": "10.3.0.0/24"}})
    fields = {"network_id": net, "ip_version": 6, "cidr": "fd00:1::/64", "ipv6_address_mode": "slaac", "ipv6_ra_mode": "slaac"}
    six = t.make(NET, "/subnets", "subnet", name="six", **fields)["id"]
    bare = {"network_id": net, "ip_version": 4, "cidr": "10.9.0.0/29", "gateway_ip": None, "enable_dhcp": False}
    t.make(NET, "/subnets", "subnet", name="bare", **bare)
    pools = [{"start": "10.8.0.10", "end": "10.8.0.20"}]
    t.make(NET, "/subnets", "subnet", name="pools", network_id=net, ip_version=4, cidr="10.8.0.0/24", allocation_pools=pools)
    held = port(t, net, fixed_ips=[{"subnet_id": subnet}])["id"]
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", f"/subnets/{six}")
    t.ask(NET, "DELETE", f"/ports/{held}")
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)
    t.ask(NET, "GET", f"/networks/{net}")


def ports(t: Teller) -> None:
    net, subnet = network(t)
    made = port(t, net, name="port")
    one = f"/ports/{made['id']}"
    t.ask(NET, "GET", one)
    t.ask(NET, "GET", f"/ports?network_id={net}")
    t.ask(NET, "GET", "/ports?device_owner=nobody")
    t.ask(NET, "PUT", one, {"port": {"name": "new", "description": "text"}})
    pairs = [{"ip_address": "10.1.0.77"}]
    t.ask(NET, "PUT", one, {"port": {"allowed_address_pairs": pairs}})
    t.ask(NET, "PUT", one, {"port": {"network_id": NOBODY}})
    t.ask(NET, "PUT", one, {"port": {"security_groups": []}})
    t.ask(NET, "PUT", one, {"port": {"security_groups": [NOBODY]}})
    t.ask(NET, "PUT", one, {"port": {"fixed_ips": [{"subnet_id": subnet, "ip_address": "10.1.0.50"}]}})
    t.ask(NET, "PUT", one, {"port": {"device_id": "something", "device_owner": "somebody"}})
    port(t, net, name="open", port_security_enabled=False)
    port(t, net, name="none", fixed_ips=[])
    port(t, net, name="fixed", fixed_ips=[{"subnet_id": subnet, "ip_address": "10.1.0.60"}])
    wanted = [{"subnet_id": subnet, "ip_address": "10.1.0.60"}]
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net, "fixed_ips": wanted}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net, "fixed_ips": [{"ip_address": "10.77.0.1"}]}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net, "fixed_ips": [{"subnet_id": NOBODY}]}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net, "security_groups": [NOBODY]}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": NOBODY}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": "no uuid"}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": t["public"]}})
    t.ask(NET, "DELETE", f"/networks/{net}")
    t.ask(NET, "DELETE", f"/subnets/{subnet}")
    t.ask(NET, "DELETE", one)
    t.ask(NET, "DELETE", one)


def a_full_subnet(t: Teller) -> None:
    net = t.make(NET, "/networks", "network", name="net")["id"]
    t.make(NET, "/subnets", "subnet", network_id=net, name="small", cidr="10.1.0.0/30", ip_version=4)
    port(t, net)
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net}})
    t.ask(NET, "POST", "/ports", {"port": {"network_id": t["public"], "name": "outside"}})


def revisions(t: Teller) -> None:
    net, subnet = network(t)
    made = port(t, net)
    t.ask(NET, "GET", f"/networks/{net}")
    t.ask(NET, "DELETE", f"/networks/{net}", headers={"If-Match": "revision_number=999"})
    t.ask(NET, "DELETE", f"/ports/{made['id']}", headers={"If-Match": "revision_number=999"})
    t.ask(NET, "PUT", f"/ports/{made['id']}", {"port": {"name": "n"}}, headers={"If-Match": "revision_number=999"})
    number = t.ask(NET, "GET", f"/ports/{made['id']}").row()["revision_number"]
    t.ask(NET, "DELETE", f"/ports/{made['id']}", headers={"If-Match": f"revision_number={number}"})
    t.ask(NET, "PUT", f"/subnets/{subnet}", {"subnet": {"name": "new"}})
    t.ask(NET, "GET", f"/networks/{net}")
    group = t.make(NET, "/security-groups", "security_group", name="g")["id"]
    rule = t.make(NET, "/security-group-rules", "security_group_rule", security_group_id=group, direction="ingress")["id"]
    t.ask(NET, "GET", f"/security-groups/{group}")
    t.ask(NET, "DELETE", f"/security-group-rules/{rule}")
    t.ask(NET, "GET", f"/security-groups/{group}")
    plugged = port(t, net, security_groups=[group])
    t.ask(NET, "GET", f"/security-groups/{group}")
    t.ask(NET, "PUT", f"/networks/{net}/tags/job", headers={})
    t.ask(NET, "GET", f"/networks/{net}")
    t.ask(NET, "DELETE", f"/ports/{plugged['id']}")


def revisions_of_what_is_in_use(t: Teller) -> None:
    old = {"If-Match": "revision_number=999"}
    net, subnet = network(t)
    group = t.make(NET, "/security-groups", "security_group", name="g")["id"]
    router = t.make(NET, "/routers", "router", name="r")["id"]
    t.ask(NET, "PUT", f"/routers/{router}/add_router_interface", {"subnet_id": subnet})
    made = port(t, net, security_groups=[group])["id"]
    trunk = t.make(NET, "/trunks", "trunk", port_id=made, admin_state_up=False)["id"]
    for path in (f"/networks/{net}", f"/subnets/{subnet}", f"/routers/{router}", f"/security-groups/{group}", f"/ports/{made}"):
        t.ask(NET, "DELETE", path, headers=old)
    t.ask(NET, "DELETE", f"/trunks/{trunk}", headers=old)
    free, _ = network(t, "free", "10.2.0.0/24")
    ip = t.make(NET, "/floatingips", "floatingip", floating_network_id=t["public"])["id"]
    pool = t.make(NET, "/subnetpools", "subnetpool", name="pool", prefixes=["10.64.0.0/16"])["id"]
    empty = t.make(NET, "/security-groups", "security_group", name="empty")["id"]
    for path in (f"/networks/{free}", f"/floatingips/{ip}", f"/subnetpools/{pool}", f"/security-groups/{empty}"):
        t.ask(NET, "DELETE", path, headers=old)
    t.ask(NET, "PUT", f"/floatingips/{ip}", {"floatingip": {"port_id": None}}, headers=old)
    t.ask(NET, "DELETE", f"/floatingips/{ip}", headers={"If-Match": "nonsense"})


def tags(t: Teller) -> None:
    net = t.make(NET, "/networks", "network", name="net")["id"]
    one = f"/networks/{net}/tags"
    t.ask(NET, "GET", one)
    t.ask(NET, "PUT", one, {"tags": ["b", "a"]})
    t.ask(NET, "PUT", f"{one}/c")
    t.ask(NET, "PUT", f"{one}/c")
    t.ask(NET, "GET", f"{one}/c")
    t.ask(NET, "GET", f"{one}/nothing")
    t.ask(NET, "DELETE", f"{one}/a")
    t.ask(NET, "DELETE", f"{one}/a")
    t.ask(NET, "GET", f"/networks/{net}")
    for query in ("tags=b", "tags=b,c", "tags=b,x", "tags-any=b,x", "not-tags=b", "not-tags-any=x"):
        t.ask(NET, "GET", f"/networks?name=net&{query}")
    t.ask(NET, "DELETE", one)
    t.ask(NET, "PUT", f"/networks/{NOBODY}/tags/a")
    t.ask(NET, "PUT", f"/nothings/{net}/tags/a")


def somebody_elses(t: Teller) -> None:
    net, subnet = network(t)
    made = port(t, net)["id"]
    router = t.make(NET, "/routers", "router", name="r")["id"]
    group = t.make(NET, "/security-groups", "security_group", name="g")["id"]
    for path in (f"/networks/{net}", f"/subnets/{subnet}", f"/ports/{made}", f"/routers/{router}", f"/security-groups/{group}"):
        t.ask(NET, "GET", path, who=OTHER)
        t.ask(NET, "DELETE", path, who=OTHER)
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net}}, who=OTHER)
    t.ask(NET, "GET", f"/networks?project_id={t['project']}", who=OTHER)
    t.ask(NET, "DELETE", f"/networks/{t['public']}")
    t.ask(NET, "PUT", f"/networks/{t['public']}", {"network": {"name": "mine"}})
    t.ask(NET, "DELETE", f"/ports/{made}", who=ADMIN)


def a_lent_network(t: Teller) -> None:
    net, subnet = network(t)
    policies = "/rbac-policies"
    grant = {"object_type": "network", "object_id": net, "action": "access_as_shared", "target_tenant": t["other project"]}
    made = t.make(NET, policies, "rbac_policy", **grant)["id"]
    t.ask(NET, "POST", policies, {"rbac_policy": grant})
    t.ask(NET, "POST", policies, {"rbac_policy": {**grant, "object_id": NOBODY}})
    t.ask(NET, "POST", policies, {"rbac_policy": {**grant, "object_type": "nothing"}})
    t.ask(NET, "POST", policies, {"rbac_policy": {**grant, "target_tenant": "*"}})
    t.ask(NET, "GET", policies)
    t.ask(NET, "GET", f"{policies}/{made}")
    t.ask(NET, "GET", f"/networks/{net}", who=OTHER)
    t.ask(NET, "DELETE", f"/networks/{net}", who=OTHER)
    t.ask(NET, "DELETE", f"/subnets/{subnet}", who=OTHER)
    theirs = t.make(NET, "/ports", "port", who=OTHER, network_id=net)["id"]
    t.ask(NET, "GET", f"/ports/{theirs}")
    t.ask(NET, "DELETE", f"{policies}/{made}")
    t.ask(NET, "DELETE", f"/networks/{net}")
    t.ask(NET, "DELETE", f"/ports/{theirs}")
    t.ask(NET, "DELETE", f"{policies}/{made}")
    t.ask(NET, "DELETE", f"{policies}/{made}")
    t.ask(NET, "DELETE", f"{policies}/{NOBODY}", who=OTHER)


COLLECTIONS = (
    *("networks", "subnets", "ports", "routers", "floatingips", "security-groups", "security-group-rules", "trunks", "subnetpools"),
    *("address-scopes", "address-groups", "qos/policies", "rbac-policies"),
)


def what_is_not_there(t: Teller) -> None:
    for collection in COLLECTIONS:
        t.ask(NET, "GET", f"/{collection}/{NOBODY}")
        t.ask(NET, "DELETE", f"/{collection}/{NOBODY}")
        t.ask(NET, "DELETE", f"/{collection}/not-an-id")
    t.ask(NET, "GET", f"/floatingips/{NOBODY}/port_forwardings")
    t.ask(NET, "DELETE", f"/floatingips/{NOBODY}/port_forwardings/{NOBODY}")
    t.ask(NET, "PUT", f"/routers/{NOBODY}/remove_router_interface", {"port_id": NOBODY})
    t.ask(NET, "PUT", f"/routers/{NOBODY}/remove_extraroutes", {"router": {"routes": []}})
    t.ask(NET, "GET", "/nothings")
    t.ask(NET, "GET", "/networks?no_such_field=1")


def lists(t: Teller) -> None:
    for collection in COLLECTIONS:
        t.ask(NET, "GET", f"/{collection}?project_id={t['project']}&limit=1000")
    t.ask(NET, "GET", f"/quotas/{t['project']}")
    t.ask(NET, "GET", f"/quotas/{t['other project']}")
    t.ask(NET, "GET", f"/quotas/{t['project']}/details.json")
    t.ask(NET, "GET", f"/quotas/{t['project']}/details")
    t.ask(NET, "GET", "/extensions/trunk")
    t.ask(NET, "GET", "/extensions/nothing")
    t.ask(NET, "GET", "/availability_zones")
    t.ask(NET, "GET", "/agents")
    t.ask(NET, "GET", "/service-providers")


def a_quota(t: Teller) -> None:
    path = f"/quotas/{t['project']}"
    t.ask(NET, "PUT", path, {"quota": {"network": 1}})
    t.ask(NET, "PUT", path, {"quota": {"network": 1, "port": 1, "subnet": 1}}, who=ADMIN)
    net, _ = network(t)
    t.ask(NET, "POST", "/networks", {"network": {"name": "second"}})
    t.ask(NET, "POST", "/subnets", {"subnet": {"network_id": net, "ip_version": 4, "cidr": "10.9.0.0/24"}})
    port(t, net)
    t.ask(NET, "POST", "/ports", {"port": {"network_id": net}})
    t.ask(NET, "DELETE", path, who=ADMIN)
    t.ask(NET, "POST", "/networks", {"network": {"name": "second"}})


STORIES = (
    *(
        networks,
        subnets,
        ports,
        a_full_subnet,
        revisions,
        revisions_of_what_is_in_use,
        tags,
        somebody_elses,
        a_lent_network,
        what_is_not_there,
        lists,
        a_quota,
    ),
)
