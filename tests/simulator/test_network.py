"""Neutron's rules, with the bodies that a real one sent."""

from __future__ import annotations

from tests.simulator.making import ADMIN, OTHER, Somebody, neutron, somebody


def test_a_network_with_a_port_of_a_server_or_router_is_in_use_and_names_the_ports() -> None:
    me = somebody()
    net, subnet = me.network()
    me.router(subnet, gateway=False)
    (port,) = me.list("network", "/ports", network_id=net)
    text = f"Unable to complete operation on network {net}. There are one or more ports still in use on the network, "
    assert neutron(me.delete("network", f"/networks/{net}")) == (409, "NetworkInUse", f"{text}id for these ports is: {port['id']}.")


def test_a_network_takes_its_subnets_serving_ports_and_grants_with_it() -> None:
    me = somebody(dhcp=True)
    net, subnet = me.network()
    fields = {"object_id": net, "object_type": "network", "action": "access_as_shared", "target_tenant": OTHER}
    me.make("network", "/rbac-policies", "rbac_policy", **fields)
    assert [p["device_owner"] for p in me.list("network", "/ports")] == ["network:dhcp"]
    assert me.delete("network", f"/networks/{net}").status == 204
    for path in ("/ports", "/rbac-policies"):
        assert me.list("network", path) == []
    assert subnet not in {s["id"] for s in me.list("network", "/subnets")}


def test_a_subnet_with_an_address_in_it_is_in_use_and_names_nobody() -> None:
    me = somebody()
    net, subnet = me.network()
    me.port(net)
    text = f"Unable to complete operation on subnet {subnet}: One or more ports have an IP allocation from this subnet."
    assert neutron(me.delete("network", f"/subnets/{subnet}")) == (409, "SubnetInUse", text)


def test_an_old_revision_is_412_and_the_present_one_passes() -> None:
    me = somebody()
    net, _ = me.network()
    now = me.one("network", f"/networks/{net}")["revision_number"]
    old = me.ask("network", "DELETE", f"/networks/{net}", headers={"If-Match": "revision_number=99"})
    assert neutron(old) == (412, "RevisionNumberConstraintFailed", f"Constrained to 99, but current revision is {now}")
    assert me.ask("network", "DELETE", f"/networks/{net}", headers={"if-match": f"revision_number={now}"}).status == 204


def test_another_projects_network_is_not_there() -> None:
    me = somebody()
    net, _ = me.network()
    other = Somebody(me.world, OTHER)
    assert neutron(other.delete("network", f"/networks/{net}")) == (404, "NetworkNotFound", f"Network {net} could not be found.")


def test_a_shared_network_is_seen_by_all_and_deleted_by_its_owner_only() -> None:
    me = somebody()
    answer = me.delete("network", f"/networks/{me.world.external}")
    assert neutron(answer) == (403, "PolicyNotAuthorized", "rule:delete_network is disallowed by policy")


def test_a_routers_interface_is_not_deleted_by_the_port_api() -> None:
    me = somebody()
    net, subnet = me.network()
    me.router(subnet)
    (port,) = me.list("network", "/ports", network_id=net)
    text = f"Port {port['id']} cannot be deleted directly via the port API: has device owner network:router_interface."
    assert neutron(me.delete("network", f"/ports/{port['id']}")) == (409, "ServicePortInUse", text)


def test_ports_of_gateways_and_addresses_are_hidden_and_held() -> None:
    me = somebody()
    _, subnet = me.network()
    me.router(subnet)
    me.address()
    admin = Somebody(me.world, roles=ADMIN)
    assert {p["device_owner"] for p in me.list("network", "/ports")} == {"network:router_interface"}
    held = [p for p in admin.list("network", "/ports") if p["network_id"] == me.world.external]
    assert {p["device_owner"]: p["project_id"] for p in held} == {"network:router_gateway": "", "network:floatingip": ""}
    assert {neutron(admin.delete("network", f"/ports/{p['id']}"))[:2] for p in held} == {(409, "ServicePortInUse")}


def test_a_port_in_a_server_is_forbidden_unless_its_owner_is_taken_away() -> None:
    me = somebody()
    net, _ = me.network()
    port = me.port(net)
    me.server({"port": port})
    forbidden = (403, "PolicyNotAuthorized", "rule:delete_port is disallowed by policy")
    assert neutron(me.delete("network", f"/ports/{port}")) == forbidden
    me.send("network", "PUT", f"/ports/{port}", {"port": {"device_owner": "", "device_id": ""}})
    assert me.delete("network", f"/ports/{port}").status == 204


def test_a_port_of_another_project_on_my_network_is_mine_to_delete() -> None:
    me = somebody()
    net, _ = me.network()
    port = Somebody(me.world, OTHER, roles=ADMIN).port(net)
    assert me.one("network", f"/ports/{port}")["project_id"] == OTHER
    assert me.delete("network", f"/ports/{port}").status == 204


def test_deleting_a_port_dissociates_its_address_and_drops_its_forwardings() -> None:
    me = somebody()
    net, subnet = me.network()
    me.router(subnet)
    port, inner = me.port(net), me.port(net)
    tied, forwarding = me.address(port_id=port), me.address()
    fields = {"internal_port_id": inner, "internal_port": 22, "external_port": 2222, "protocol": "tcp"}
    me.make("network", f"/floatingips/{forwarding}/port_forwardings", "port_forwarding", **fields)
    for each in (port, inner):
        assert me.delete("network", f"/ports/{each}").status == 204
    row = me.one("network", f"/floatingips/{tied}")
    assert (row["port_id"], row["router_id"], row["status"]) == (None, None, "DOWN")
    assert me.list("network", f"/floatingips/{forwarding}/port_forwardings") == []


def test_a_router_with_interfaces_is_in_use_and_names_them() -> None:
    me = somebody()
    net, subnet = me.network()
    router = me.router(subnet)
    (port,) = me.list("network", "/ports", network_id=net)
    text = f"Router {router} has ports still attached: {port['id']}"
    assert neutron(me.delete("network", f"/routers/{router}")) == (409, "RouterInUse", text)


def test_an_interface_and_a_gateway_stay_while_a_floating_ip_needs_them() -> None:
    me = somebody()
    net, subnet = me.network()
    router = me.router(subnet)
    address = me.address(port_id=me.port(net))
    removal = me.ask("network", "PUT", f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    text = f"Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one or more floating IPs."
    assert neutron(removal) == (409, "RouterInterfaceInUseByFloatingIP", text)
    clearing = me.ask("network", "PUT", f"/routers/{router}", {"router": {"external_gateway_info": {}}})
    text = f"Gateway cannot be updated for router {router}, since a gateway to external network {me.world.external} is required by "
    assert neutron(clearing) == (409, "RouterExternalGatewayInUseByFloatingIp", text + "one or more floating IPs.")
    me.send("network", "PUT", f"/floatingips/{address}", {"floatingip": {"port_id": None}})
    me.send("network", "PUT", f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    me.send("network", "PUT", f"/routers/{router}", {"router": {"external_gateway_info": {}}})
    assert me.delete("network", f"/routers/{router}").status == 204


def test_a_forwarding_holds_its_address_and_the_interface_behind_it() -> None:
    me = somebody()
    net, subnet = me.network()
    router, address, port = me.router(subnet), me.address(), me.port(net)
    fields = {"internal_port_id": port, "internal_port": 22, "external_port": 2222, "protocol": "tcp"}
    made = me.make("network", f"/floatingips/{address}/port_forwardings", "port_forwarding", **fields)
    busy = (409, "FipInUseByPortForwarding", f"Floating IP {address} in use by Port Forwarding resources.")
    assert neutron(me.delete("network", f"/floatingips/{address}")) == busy
    assert neutron(me.ask("network", "PUT", f"/floatingips/{address}", {"floatingip": {"port_id": port}})) == busy
    removal = me.ask("network", "PUT", f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    assert neutron(removal)[1] == "RouterInterfaceInUseByFloatingIP"
    assert me.delete("network", f"/floatingips/{address}/port_forwardings/{made['id']}").status == 204
    assert me.delete("network", f"/floatingips/{address}").status == 204


def test_routes_hold_the_interface_that_leads_to_their_next_hop() -> None:
    me = somebody()
    net, subnet = me.network()
    router = me.router(subnet)
    routes = {"router": {"routes": [{"destination": "172.16.0.0/16", "nexthop": "10.1.0.9"}]}}
    me.send("network", "PUT", f"/routers/{router}/add_extraroutes", routes)
    (port,) = me.list("network", "/ports", network_id=net)
    removal = me.ask("network", "PUT", f"/routers/{router}/remove_router_interface", {"port_id": port["id"]})
    text = f"Router interface for subnet {subnet} on router {router} cannot be deleted, as it is required by one or more routes."
    assert neutron(removal) == (409, "RouterInterfaceInUseByRoute", text)
    me.send("network", "PUT", f"/routers/{router}/remove_extraroutes", routes)
    me.send("network", "PUT", f"/routers/{router}/remove_router_interface", {"port_id": port["id"]})
    assert me.list("network", "/ports") == []


def test_a_route_leads_to_a_neighbour_only() -> None:
    me = somebody()
    router = me.router(me.network()[1])
    wrong = {"router": {"routes": [{"destination": "172.16.0.0/16", "nexthop": "10.9.9.9"}]}}
    assert neutron(me.ask("network", "PUT", f"/routers/{router}", wrong))[:2] == (400, "InvalidRoutes")


def test_removing_an_interface_deletes_a_port_that_somebody_made() -> None:
    me = somebody()
    net, subnet = me.network()
    router, port = me.router(gateway=False), me.port(net)
    me.send("network", "PUT", f"/routers/{router}/add_router_interface", {"port_id": port})
    me.send("network", "PUT", f"/routers/{router}/remove_router_interface", {"port_id": port})
    assert me.ask("network", "GET", f"/ports/{port}").status == 404
    missing = me.ask("network", "PUT", f"/routers/{router}/remove_router_interface", {"subnet_id": subnet})
    assert neutron(missing) == (404, "RouterInterfaceNotFoundForSubnet", f"Router {router} has no interface on subnet {subnet}")


def test_an_address_needs_a_way_to_its_port_and_a_port_that_has_none() -> None:
    me = somebody()
    net, subnet = me.network()
    port = me.port(net)
    body = {"floatingip": {"floating_network_id": me.world.external, "port_id": port}}
    assert neutron(me.ask("network", "POST", "/floatingips", body))[:2] == (404, "ExternalGatewayForFloatingIPNotFound")
    me.router(subnet)
    me.address(port_id=port)
    assert neutron(me.ask("network", "POST", "/floatingips", body))[:2] == (409, "FloatingIPPortAlreadyAssociated")


def test_a_group_of_a_port_is_in_use_and_the_default_group_stays_at_any_rate() -> None:
    me = somebody()
    net, _ = me.network()
    group = me.group()
    me.port(net, security_groups=[group])
    default = next(g["id"] for g in me.list("network", "/security-groups") if g["name"] == "default")
    assert neutron(me.delete("network", f"/security-groups/{default}"))[:2] == (409, "SecurityGroupCannotRemoveDefault")
    me.port(net)
    for each in (group, default):
        busy = (409, "SecurityGroupInUse", f"Security Group {each} in use.")
        assert neutron(me.delete("network", f"/security-groups/{each}")) == busy


def test_rules_of_other_groups_vanish_with_the_group_that_they_name() -> None:
    me = somebody()
    kept, gone = me.group("kept"), me.group("gone")
    rule = {"security_group_id": kept, "direction": "ingress", "remote_group_id": gone}
    made = me.make("network", "/security-group-rules", "security_group_rule", **rule)["id"]
    before = me.one("network", f"/security-groups/{kept}")["revision_number"]
    assert me.delete("network", f"/security-groups/{gone}").status == 204
    assert me.ask("network", "GET", f"/security-group-rules/{made}").status == 404
    assert me.one("network", f"/security-groups/{kept}")["revision_number"] > before


def test_a_new_group_lets_everything_out_and_takes_each_rule_once() -> None:
    me = somebody()
    group = me.group()
    rules = me.one("network", f"/security-groups/{group}")["security_group_rules"]
    assert {(r["direction"], r["ethertype"]) for r in rules} == {("egress", "IPv4"), ("egress", "IPv6")}
    body = {"security_group_rule": {"security_group_id": group, "direction": "egress", "ethertype": "IPv4"}}
    assert neutron(me.ask("network", "POST", "/security-group-rules", body))[:2] == (409, "SecurityGroupRuleExists")


def test_trunks_hold_their_ports_and_cannot_go_while_disabled() -> None:
    me = somebody()
    net, _ = me.network()
    parent, sub = me.port(net), me.port(net)
    subs = [{"port_id": sub, "segmentation_id": 100, "segmentation_type": "vlan"}]
    trunk = me.make("network", "/trunks", "trunk", port_id=parent, admin_state_up=False, sub_ports=subs)["id"]
    text = "Port {} is currently a {} for trunk " + f"{trunk}."
    assert neutron(me.delete("network", f"/ports/{parent}")) == (409, "PortInUseAsTrunkParent", text.format(parent, "parent port"))
    assert neutron(me.delete("network", f"/ports/{sub}")) == (409, "PortInUseAsSubPort", text.format(sub, "subport"))
    disabled = (409, "TrunkDisabled", f"Trunk {trunk} is currently disabled.")
    assert neutron(me.delete("network", f"/trunks/{trunk}")) == disabled
    assert neutron(me.ask("network", "PUT", f"/trunks/{trunk}/remove_subports", {"sub_ports": subs})) == disabled
    me.send("network", "PUT", f"/trunks/{trunk}", {"trunk": {"admin_state_up": True}})
    assert me.delete("network", f"/trunks/{trunk}").status == 204
    assert me.one("network", f"/ports/{sub}")["device_owner"] == ""


def test_pools_scopes_and_address_groups_stay_while_they_are_used() -> None:
    me = somebody()
    net = me.make("network", "/networks", "network", name="n")["id"]
    scope = me.make("network", "/address-scopes", "address_scope", name="s", ip_version=4)["id"]
    fields = {"prefixes": ["10.64.0.0/16"], "default_prefixlen": 24, "address_scope_id": scope}
    pool = me.make("network", "/subnetpools", "subnetpool", name="p", **fields)["id"]
    subnet = me.make("network", "/subnets", "subnet", network_id=net, ip_version=4, subnetpool_id=pool)
    assert subnet["cidr"] == "10.64.0.0/24"
    text = "Unable to delete subnet pool: Subnet pool has existing allocations."
    assert neutron(me.delete("network", f"/subnetpools/{pool}")) == (400, "SubnetPoolDeleteError", text)
    text = f"Unable to complete operation on address scope {scope}. There are one or more subnet pools in use on the address scope."
    assert neutron(me.delete("network", f"/address-scopes/{scope}")) == (409, "AddressScopeInUse", text)
    group = me.make("network", "/address-groups", "address_group", name="a", addresses=["192.0.2.0/24"])["id"]
    rule = {"security_group_id": me.group(), "direction": "ingress", "remote_address_group_id": group}
    made = me.make("network", "/security-group-rules", "security_group_rule", **rule)["id"]
    text = f"Address group {group} is in use on one or more security group rules."
    assert neutron(me.delete("network", f"/address-groups/{group}")) == (409, "AddressGroupInUse", text)
    for path in (f"/security-group-rules/{made}", f"/address-groups/{group}", f"/subnets/{subnet['id']}"):
        assert me.delete("network", path).status == 204
    for path in (f"/subnetpools/{pool}", f"/address-scopes/{scope}"):
        assert me.delete("network", path).status == 204


def test_policies_are_for_administrators_and_stay_while_a_network_has_them() -> None:
    me = somebody()
    refused = me.ask("network", "POST", "/qos/policies", {"policy": {"name": "x"}})
    assert neutron(refused) == (403, "PolicyNotAuthorized", "rule:create_policy is disallowed by policy")
    admin = Somebody(me.world, roles=ADMIN)
    policy = admin.make("network", "/qos/policies", "policy", name="x")["id"]
    admin.make("network", f"/qos/policies/{policy}/bandwidth_limit_rules", "bandwidth_limit_rule", max_kbps=1)
    net = me.make("network", "/networks", "network", name="n", qos_policy_id=policy)["id"]
    text = f"QoS Policy {policy} is used by network {net}."
    assert neutron(admin.delete("network", f"/qos/policies/{policy}")) == (409, "QosPolicyInUse", text)
    me.delete("network", f"/networks/{net}")
    assert admin.delete("network", f"/qos/policies/{policy}").status == 204


def test_a_grant_stays_while_the_other_project_has_a_port_there() -> None:
    me = somebody()
    net, _ = me.network()
    fields = {"object_id": net, "object_type": "network", "action": "access_as_shared", "target_tenant": OTHER}
    grant = me.make("network", "/rbac-policies", "rbac_policy", **fields)["id"]
    other = Somebody(me.world, OTHER, OTHER)
    port = other.port(net)
    assert neutron(me.delete("network", f"/rbac-policies/{grant}"))[:2] == (409, "RbacPolicyInUse")
    assert other.delete("network", f"/ports/{port}").status == 204
    assert me.delete("network", f"/rbac-policies/{grant}").status == 204
    assert other.ask("network", "GET", f"/networks/{net}").status == 404


def test_lists_filter_sort_page_and_choose_fields() -> None:
    me = somebody()
    for name in "cab":
        me.make("network", "/networks", "network", name=name)
    mine = {"project_id": me.world.project}
    assert [n["name"] for n in me.list("network", "/networks", sort_key="name", sort_dir="desc", **mine)] == ["c", "b", "a"]
    mine |= {"sort_key": "name", "sort_dir": "asc", "limit": "2"}
    first = me.send("network", "GET", "/networks", fields="id", **mine)
    assert [list(n) for n in first["networks"]] == [["id"], ["id"]]
    assert [link["rel"] for link in first["networks_links"]] == ["next", "previous"]
    rest = me.send("network", "GET", "/networks", marker=first["networks"][-1]["id"], **mine)
    assert [n["name"] for n in rest["networks"]] == ["c"]
    assert [link["rel"] for link in rest["networks_links"]] == ["previous"]
    assert neutron(me.ask("network", "GET", "/networks", colour="red"))[:2] == (400, "HTTPBadRequest")


def test_tags_are_set_found_and_taken_away() -> None:
    me = somebody()
    net, _ = me.network()
    me.send("network", "PUT", f"/networks/{net}/tags", {"tags": ["b", "a"]})
    assert me.ask("network", "PUT", f"/networks/{net}/tags/c").status == 201
    assert me.list("network", "/networks", tags="a,c")[0]["tags"] == ["a", "b", "c"]
    assert me.list("network", "/networks", tags="a,d") == []
    assert me.delete("network", f"/networks/{net}/tags/c").status == 204
    assert me.delete("network", f"/networks/{net}/tags/c").status == 404


def test_it_tells_what_it_can_do() -> None:
    me = somebody()
    assert me.one("network", "/extensions/revision-if-match")["alias"] == "revision-if-match"
    assert me.ask("network", "GET", "/extensions/vpnaas").status == 404
    assert me.list("network", "/service-providers", service_type="VPN") == []
    assert [p["service_type"] for p in me.list("network", "/service-providers")] == ["L3_ROUTER_NAT"]
