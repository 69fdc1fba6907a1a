"""What governs networks: security groups, address groups, pools and scopes, QoS, grants."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from tfclean.simulator.api import Request, Response, Row
from tfclean.simulator.network_kinds import NETWORK_KINDS, refusal
from tfclean.simulator.network_part import NetworkPart
from tfclean.simulator.network_rules import check_rule
from tfclean.simulator.routing import body_of, shown

if TYPE_CHECKING:
    from tfclean.simulator.network import Network

SAME = ("direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_group_id", "remote_ip_prefix")
QOS_RULES = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate")


class Governing(NetworkPart):
    """Rules of these kinds."""

    def __init__(self, service: Network) -> None:
        super().__init__(service)
        self.rules = {
            ("view", "security_group"): self.show_group,
            ("create", "security_group"): self.create_group,
            ("update", "security_group"): self.update_group,
            ("delete", "security_group"): self.delete_group,
            ("create", "security_group_rule"): self.create_rule,
            ("delete", "security_group_rule"): self.delete_rule,
            ("create", "address_group"): self._plain("address_group"),
            ("delete", "address_group"): self.delete_address_group,
            ("create", "subnetpool"): self.create_pool,
            ("delete", "subnetpool"): self.delete_pool,
            ("create", "address_scope"): self._plain("address_scope"),
            ("delete", "address_scope"): self.delete_scope,
            ("view", "qos_policy"): self.show_policy,
            ("create", "qos_policy"): self.create_policy,
            ("delete", "qos_policy"): self.delete_policy,
            ("create", "rbac_policy"): self.create_grant,
            ("delete", "rbac_policy"): self.delete_grant,
        }
        self.routes = [
            ("PUT", "/address-groups/{}/add_addresses", self.add_addresses),
            ("PUT", "/address-groups/{}/remove_addresses", self.remove_addresses),
        ]
        for name in QOS_RULES:
            path = f"/qos/policies/{{}}/{name}_rules"
            self.routes += [
                ("GET", path, lambda r, p, n=name: self.list_qos_rules(r, p, n)),
                ("POST", path, lambda r, p, n=name: self.create_qos_rule(r, p, n)),
                ("DELETE", path + "/{}", self.delete_qos_rule),
            ]

    def _plain(self, kind: str) -> Any:
        return lambda _request, row, _body: self.store.add(kind, row)

    # -- security groups ------------------------------------------------------------------------------------------------

    def default_group(self, project: str) -> Row:
        """Give a project's default group; it comes into being when somebody looks for it."""
        found = next((g for g in self.store.rows("security_group", project_id=project) if g["name"] == "default"), None)
        if found:
            return found
        group = self.new_group(project, name="default", description="Default security group")
        for ethertype in ("IPv4", "IPv6"):
            self._new_rule(
                group,
                {"direction": "ingress", "ethertype": ethertype, "remote_group_id": group["id"], "belongs_to_default_sg": True}
                | {"description": None},
            )
        return self.store.tables["security_group"][group["id"]]

    def new_group(self, project: str, **fields: Any) -> Row:
        """Make a group on behalf of a service.

        Args:
            project: whose it is.
            fields: what differs from a group without a name.
        """
        kind = NETWORK_KINDS["security_group"]
        row: Row = {"id": self.store.uuid(), "project_id": project, "created_at": self.store.stamp(), "updated_at": self.store.stamp()}
        row |= {"revision_number": 1, **{k: list(v) if isinstance(v, tuple) else v for k, v in kind.defaults.items()}, **fields}
        group = self.store.add("security_group", row)
        for ethertype in ("IPv6", "IPv4"):
            self._new_rule(group, {"direction": "egress", "ethertype": ethertype, "description": None})
        return self.store.tables["security_group"][group["id"]]

    def _new_rule(self, group: Row, fields: Row) -> Row:
        stamp = self.store.stamp()
        row: Row = {"id": self.store.uuid(), "project_id": group["project_id"], "created_at": stamp, "updated_at": stamp}
        row |= {"revision_number": 0, **NETWORK_KINDS["security_group_rule"].defaults, **fields, "security_group_id": group["id"]}
        return self.store.add("security_group_rule", row)

    def show_group(self, row: Row) -> Row:
        """Add the rules."""
        rules = self.store.rows("security_group_rule", security_group_id=row["id"])
        return {**row, "security_group_rules": [{**shown(r), "tenant_id": r["project_id"], "tags": []} for r in rules]}

    def create_group(self, _request: Request, row: Row, _: Row) -> Row:
        """Make a group with the two rules that let everything out."""
        if row["name"].lower() == "default":
            raise refusal(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
        self.default_group(row["project_id"])
        fields = {k: row[k] for k in NETWORK_KINDS["security_group"].defaults}
        return self.new_group(row["project_id"], **fields)

    def update_group(self, _request: Request, row: Row, _body: Row, fields: Row) -> Row:
        """Change a group: the default one keeps its name, and one in use its nature."""
        if row["name"] == "default" and fields.get("name", "default") != "default":
            raise refusal(409, "SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
        if row["name"] != "default" and fields.get("name") == "default":
            raise refusal(409, "SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
        if fields.get("stateful", row["stateful"]) != row["stateful"]:
            self._check_unused(row)
        return fields

    def _check_unused(self, group: Row) -> None:
        if any(group["id"] in p["security_groups"] for p in self.store.tables["port"].values()):
            raise refusal(409, "SecurityGroupInUse", f"Security Group {group['id']} in use.")

    def delete_group(self, request: Request, row: Row) -> None:
        """Delete a group that no port has; rules of other groups that name it vanish without a word."""
        self._check_unused(row)
        if row["name"] == "default" and not request.admin:
            raise refusal(409, "SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.")
        self.drop_group(row)

    def drop_group(self, row: Row) -> None:
        """Take a group away, with its rules and those that name it."""
        for rule in list(self.store.tables["security_group_rule"].values()):
            if row["id"] in (rule["security_group_id"], rule["remote_group_id"]):
                self.store.drop("security_group_rule", rule["id"])
                if rule["security_group_id"] != row["id"]:
                    self.service.addresses.touch("security_group", rule["security_group_id"])
        self.store.drop("security_group", row["id"])

    def create_rule(self, request: Request, row: Row, body: Row) -> Row:
        """Make a rule that the group does not have yet."""
        check_rule(row)
        found = self.store.get("security_group", row["security_group_id"])
        if found and not request.admin and found["project_id"] != request.project:
            raise NETWORK_KINDS["security_group_rule"].forbidden("create")
        group = self.service.visible(request, NETWORK_KINDS["security_group"], row["security_group_id"])
        if body.get("remote_group_id"):
            self.service.visible(request, NETWORK_KINDS["security_group"], body["remote_group_id"])
        if body.get("remote_address_group_id"):
            self.service.visible(request, NETWORK_KINDS["address_group"], body["remote_address_group_id"])
        for other in self.store.rows(
            "security_group_rule", security_group_id=group["id"], remote_address_group_id=row["remote_address_group_id"]
        ):
            if all(other[k] == row[k] for k in SAME):
                raise refusal(409, "SecurityGroupRuleExists", f"Security group rule already exists. Rule id is {other['id']}.")
        row["normalized_cidr"] = row["remote_ip_prefix"]
        made = self.store.add("security_group_rule", row)
        self.service.addresses.touch("security_group", group["id"])
        return made

    def delete_rule(self, _: Request, row: Row) -> None:
        """Delete a rule."""
        self.store.drop("security_group_rule", row["id"])
        self.service.addresses.touch("security_group", row["security_group_id"])

    # -- address groups, pools, scopes ----------------------------------------------------------------------------------

    def delete_address_group(self, _: Request, row: Row) -> None:
        """Delete an address group that no rule names."""
        if self.store.rows("security_group_rule", remote_address_group_id=row["id"]):
            raise refusal(409, "AddressGroupInUse", f"Address group {row['id']} is in use on one or more security group rules.")
        self.store.drop("address_group", row["id"])

    def add_addresses(self, request: Request, id_: str) -> Response:
        """Add addresses to a group."""
        return self._readdress(request, id_, add=True)

    def remove_addresses(self, request: Request, id_: str) -> Response:
        """Take addresses out of a group."""
        return self._readdress(request, id_, add=False)

    def _readdress(self, request: Request, id_: str, *, add: bool) -> Response:
        kind = NETWORK_KINDS["address_group"]
        row = self.service.owned(request, kind, id_, "update")
        given = body_of(request, "address_group").get("addresses", [])
        left = [a for a in row["addresses"] if a not in given]
        return Response(
            200,
            {"address_group": self.service.view(kind, self.store.change("address_group", id_, addresses=[*left, *given] if add else left))},
        )

    def create_pool(self, request: Request, row: Row, body: Row) -> Row:
        """Make a pool of ranges."""
        if body.get("address_scope_id"):
            self.service.visible(request, NETWORK_KINDS["address_scope"], body["address_scope_id"])
            self._check_prefixes(row)
        row["default_prefixlen"] = body.get("default_prefixlen") or row["min_prefixlen"]
        row |= {k: str(row[k]) for k in ("default_prefixlen", "min_prefixlen", "max_prefixlen")}
        return self.store.add("subnetpool", row)

    def _check_prefixes(self, row: Row) -> None:
        own = [ipaddress.ip_network(p) for p in row["prefixes"]]
        for other in self.store.rows("subnetpool", address_scope_id=row["address_scope_id"]):
            if any(a.version == b.version and a.overlaps(b) for a in own for b in map(ipaddress.ip_network, other["prefixes"])):
                text = "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."
                raise refusal(409, "AddressScopePrefixConflict", text)

    def delete_pool(self, _: Request, row: Row) -> None:
        """Delete a pool from which no subnet has its range."""
        if self.store.rows("subnet", subnetpool_id=row["id"]):
            raise refusal(400, "SubnetPoolDeleteError", "Unable to delete subnet pool: Subnet pool has existing allocations.")
        self.store.drop("subnetpool", row["id"])

    def delete_scope(self, _: Request, row: Row) -> None:
        """Delete a scope in which no pool is."""
        if self.store.rows("subnetpool", address_scope_id=row["id"]):
            text = f"Unable to complete operation on address scope {row['id']}. There are one or more subnet pools "
            text += "in use on the address scope."
            raise refusal(409, "AddressScopeInUse", text)
        self.store.drop("address_scope", row["id"])

    # -- QoS ------------------------------------------------------------------------------------------------------------

    def show_policy(self, row: Row) -> Row:
        """Add the rules."""
        return {**row, "rules": [shown(r) for r in self.store.rows("qos_rule", qos_policy_id=row["id"])]}

    def create_policy(self, request: Request, row: Row, _: Row) -> Row:
        """Make a policy, which only administrators may."""
        if not request.admin:
            raise NETWORK_KINDS["qos_policy"].forbidden("create")
        return self.store.add("qos_policy", row)

    def delete_policy(self, request: Request, row: Row) -> None:
        """Delete a policy that nothing uses."""
        if not request.admin:
            raise NETWORK_KINDS["qos_policy"].forbidden("delete")
        for kind in ("network", "port", "floatingip"):
            for user in self.store.rows(kind, qos_policy_id=row["id"]):
                raise refusal(409, "QosPolicyInUse", f"QoS Policy {row['id']} is used by {kind} {user['id']}.")
        for rule in self.store.rows("qos_rule", qos_policy_id=row["id"]):
            self.store.drop("qos_rule", rule["id"])
        self.store.drop("qos_policy", row["id"])

    def list_qos_rules(self, request: Request, policy: str, name: str) -> Response:
        """List the rules of one type."""
        self.service.visible(request, NETWORK_KINDS["qos_policy"], policy)
        return Response(200, {f"{name}_rules": [shown(r) for r in self.store.rows("qos_rule", qos_policy_id=policy, type=name)]})

    def create_qos_rule(self, request: Request, policy: str, name: str) -> Response:
        """Make a rule of one type."""
        self.service.visible(request, NETWORK_KINDS["qos_policy"], policy)
        if not request.admin:
            raise refusal(403, "PolicyNotAuthorized", f"rule:create_policy_{name}_rule is disallowed by policy")
        made = self.store.add(
            "qos_rule", {**body_of(request, f"{name}_rule"), "id": self.store.uuid(), "qos_policy_id": policy, "type": name}
        )
        self.service.addresses.touch("qos_policy", policy)
        return Response(201, {f"{name}_rule": shown(made)})

    def delete_qos_rule(self, request: Request, policy: str, id_: str) -> Response:
        """Delete a rule."""
        row = self.store.get("qos_rule", id_)
        if row is None or row["qos_policy_id"] != policy:
            raise refusal(404, "QosRuleNotFound", f"QoS rule {id_} for policy {policy} could not be found.")
        if not request.admin:
            raise refusal(403, "PolicyNotAuthorized", f"rule:delete_policy_{row['type']}_rule is disallowed by policy")
        self.store.drop("qos_rule", id_)
        return Response(204)

    # -- grants ---------------------------------------------------------------------------------------------------------

    def create_grant(self, request: Request, row: Row, body: Row) -> Row:
        """Let another project use an object."""
        kind = NETWORK_KINDS.get(str(body["object_type"]))
        if kind is None or not ({"shared", "stateful"} & kind.defaults.keys() or kind.name == "address_group"):
            raise refusal(400, "InvalidInput", f"Invalid input for operation: {body['object_type']} is not a valid object type.")
        if self.store.get(kind.name, str(body["object_id"])) is None:
            raise refusal(400, "InvalidInput", f"Invalid input for operation: {kind.name} {body['object_id']} could not be found.")
        if body["target_tenant"] == "*" and not request.admin:
            rules = "(rule:create_rbac_policy and rule:create_rbac_policy:target_tenant)"
            raise refusal(403, "PolicyNotAuthorized", f"{rules} is disallowed by policy")
        self.service.owned(request, kind, str(body["object_id"]), "create_rbac_policy")
        if self.store.rows("rbac_policy", **{k: body[k] for k in ("object_id", "action", "target_tenant")}):
            raise refusal(409, "DuplicateRbacPolicy", "An RBAC policy already exists with those values.")
        return self.store.add("rbac_policy", row)

    def delete_grant(self, _: Request, row: Row) -> None:
        """Take a grant back, unless the other project has a port there."""
        network = self.store.get("network", row["object_id"])
        ports = self.store.rows("port", network_id=row["object_id"])
        if network and any(p["project_id"] not in ("", network["project_id"]) for p in ports):
            text = f"RBAC policy on object {row['object_id']} cannot be removed because other objects depend on it.\nDetails: Callback "
            text += "neutron.plugins.ml2.plugin.NeutronDbPluginV2.validate_network_rbac_policy_change-1 failed with "
            text += f'"Unable to reconfigure sharing settings for network {row["object_id"]}. Multiple projects are using it."'
            raise refusal(409, "RbacPolicyInUse", text)
        self.store.drop("rbac_policy", row["id"])
