"""Routers, their interfaces and routes, floating IPs and port forwardings."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tfclean.simulator.api import Request, Response, Row
from tfclean.simulator.listing import ordered, paged, selected
from tfclean.simulator.network_addresses import INTERFACES
from tfclean.simulator.network_kinds import NETWORK_KINDS, refusal
from tfclean.simulator.network_part import NetworkPart
from tfclean.simulator.routing import body_of, shown, subset

if TYPE_CHECKING:
    from tfclean.simulator.network import Network

FORWARDING = ("internal_ip_address", "internal_port", "internal_port_id", "protocol", "external_port")


class Layer3(NetworkPart):
    """Rules of routers and floating IPs."""

    def __init__(self, service: Network) -> None:
        super().__init__(service)
        self.rules = {
            ("create", "router"): self.create_router,
            ("update", "router"): self.update_router,
            ("delete", "router"): self.delete_router,
            ("view", "floatingip"): self.show_address,
            ("create", "floatingip"): self.create_address,
            ("update", "floatingip"): self.update_address,
            ("delete", "floatingip"): self.delete_address,
        }
        forwardings = "/floatingips/{}/port_forwardings"
        self.routes = [
            ("PUT", "/routers/{}/add_router_interface", self.add_interface),
            ("PUT", "/routers/{}/remove_router_interface", self.remove_interface),
            ("PUT", "/routers/{}/add_extraroutes", self.add_routes),
            ("PUT", "/routers/{}/remove_extraroutes", self.remove_routes),
            ("GET", forwardings, self.list_forwardings),
            ("POST", forwardings, self.create_forwarding),
            ("GET", forwardings + "/{}", self.get_forwarding),
            ("PUT", forwardings + "/{}", self.update_forwarding),
            ("DELETE", forwardings + "/{}", self.delete_forwarding),
        ]

    # -- routers --------------------------------------------------------------------------------------------------------

    def create_router(self, request: Request, row: Row, body: Row) -> Row:
        """Make a router, with a gateway if one is wanted."""
        row |= {"status": "ACTIVE", "routes": [], "availability_zones": [], "external_gateway_info": None}
        made = self.store.add("router", row)
        if body.get("external_gateway_info"):
            info = self._gateway(request, made, body["external_gateway_info"])
            made = self.store.change("router", made["id"], external_gateway_info=info)
        return made

    def _gateway(self, request: Request, router: Row, wanted: Row) -> Row:
        network = self.service.visible(request, NETWORK_KINDS["network"], wanted["network_id"])
        if "enable_snat" in wanted and not request.admin:
            rules = "(rule:update_router and rule:update_router:external_gateway_info:enable_snat)"
            raise refusal(403, "PolicyNotAuthorized", f"{rules} is disallowed by policy")
        if not network["router:external"]:
            raise refusal(400, "BadRequest", f"Bad router request: Network {network['id']} is not an external network.")
        fixed = self.service.addresses.allot(network, wanted.get("external_fixed_ips"))
        owner = {"device_owner": "network:router_gateway", "device_id": router["id"], "project_id": ""}
        self.service.addresses.make_port(network, fixed, **owner)
        return {"network_id": network["id"], "enable_snat": wanted.get("enable_snat", True), "external_fixed_ips": fixed}

    def update_router(self, request: Request, row: Row, body: Row, fields: Row) -> Row:
        """Change a router: its gateway stays while floating IPs need it, its routes lead to neighbours only."""
        if "external_gateway_info" in body:
            wanted, present = body["external_gateway_info"] or {}, row["external_gateway_info"]
            if not present or wanted.get("network_id") != present["network_id"] or "enable_snat" in wanted:
                if present:
                    self._check_gateway(row)
                    self._drop_gateway(row)
                fields["external_gateway_info"] = self._gateway(request, row, wanted) if wanted else None
        if "routes" in body:
            fields["routes"] = self._checked(row, list(body["routes"] or ()))
        return fields

    def _check_gateway(self, router: Row) -> None:
        if self.store.rows("floatingip", router_id=router["id"]):
            network = router["external_gateway_info"]["network_id"]
            text = f"Gateway cannot be updated for router {router['id']}, since a gateway to external network {network} is required by "
            raise refusal(409, "RouterExternalGatewayInUseByFloatingIp", text + "one or more floating IPs.")

    def _drop_gateway(self, router: Row) -> None:
        for port in self.store.rows("port", device_id=router["id"], device_owner="network:router_gateway"):
            self.store.drop("port", port["id"])

    def delete_router(self, _: Request, row: Row) -> None:
        """Delete a router without interfaces, and whose gateway no floating IP needs."""
        ports = self.interfaces(row["id"])
        if ports:
            text = f"Router {row['id']} has ports still attached: {', '.join(p['id'] for p in ports)}"
            raise refusal(409, "RouterInUse", text)
        if row["external_gateway_info"]:
            self._check_gateway(row)
        self._drop_gateway(row)
        self.store.drop("router", row["id"])

    def interfaces(self, router: str) -> list[Row]:
        """Give the ports by which a router is on networks."""
        return [p for p in self.store.rows("port", device_id=router) if p["device_owner"] in INTERFACES]

    def add_interface(self, request: Request, id_: str) -> Response:
        """Put a router on a subnet, by a new port or by one that is free."""
        router = self.service.owned(request, NETWORK_KINDS["router"], id_, "add_router_interface")
        body = _which(request, both=False)
        addresses = self.service.addresses
        if body.get("port_id"):
            port = self.service.visible(request, NETWORK_KINDS["port"], body["port_id"])
            if port["device_id"]:
                text = f"Unable to complete operation on port {port['id']} for network {port['network_id']}. "
                raise refusal(409, "PortInUse", f"{text}Port already has an attached device {port['device_id']}.")
            if not port["fixed_ips"]:
                raise refusal(400, "BadRequest", "Bad router request: Router port must have at least one fixed IP.")
            self._check_apart(router, [f["subnet_id"] for f in port["fixed_ips"]])
            port = self.store.change("port", port["id"], device_id=id_, device_owner="network:router_interface", status="ACTIVE")
        else:
            subnet = self.service.visible(request, NETWORK_KINDS["subnet"], body.get("subnet_id", ""))
            self._check_apart(router, [subnet["id"]])
            if not subnet["gateway_ip"]:
                raise refusal(400, "BadRequest", "Bad router request: Subnet for router interface must have a gateway IP.")
            network = self.store.tables["network"][subnet["network_id"]]
            fixed = addresses.allot(network, [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}])
            owner: Row = {
                "device_id": id_,
                "device_owner": "network:router_interface",
                "status": "ACTIVE",
                "project_id": router["project_id"],
            }
            owner["port_security_enabled"] = False
            port = addresses.make_port(network, fixed, **owner)
        addresses.touch("router", id_)
        return Response(200, _interface(router, port))

    def _check_apart(self, router: Row, subnets: list[str]) -> None:
        for port in self.interfaces(router["id"]):
            for fixed in port["fixed_ips"]:
                if fixed["subnet_id"] in subnets:
                    text = f"Bad router request: Router already has a port on subnet {fixed['subnet_id']}."
                    raise refusal(400, "BadRequest", text)
                mine = self.store.tables["subnet"][fixed["subnet_id"]]
                for other in (self.store.tables["subnet"][s] for s in subnets):
                    if ipaddress.ip_network(mine["cidr"]).overlaps(ipaddress.ip_network(other["cidr"])):
                        text = f"Bad router request: Cidr {other['cidr']} of subnet {other['id']} overlaps with cidr {mine['cidr']} "
                        raise refusal(400, "BadRequest", f"{text}of subnet {mine['id']}.")

    def remove_interface(self, request: Request, id_: str) -> Response:
        """Take a router off a subnet; the port goes, whoever made it."""
        router = self.service.owned(request, NETWORK_KINDS["router"], id_, "remove_router_interface")
        body = _which(request, both=True)
        mine = self.interfaces(id_)
        if body.get("port_id"):
            port = next((p for p in mine if p["id"] == body["port_id"]), None)
            if port is None:
                raise refusal(404, "RouterInterfaceNotFound", f"Router {id_} does not have an interface with id {body['port_id']}")
        else:
            subnet = str(body.get("subnet_id"))
            if self.store.get("subnet", subnet) is None:
                raise NETWORK_KINDS["subnet"].not_found(subnet)
            port = next((p for p in mine if subnet in {f["subnet_id"] for f in p["fixed_ips"]}), None)
            if port is None:
                raise refusal(404, "RouterInterfaceNotFoundForSubnet", f"Router {id_} has no interface on subnet {subnet}")
        for fixed in port["fixed_ips"]:
            self._check_needed(router, fixed["subnet_id"])
        self.service.addresses.remove_port(port["id"])
        self.service.addresses.touch("router", id_)
        return Response(200, _interface(router, port))

    def _check_needed(self, router: Row, subnet_id: str) -> None:
        subnet = self.store.tables["subnet"][subnet_id]
        net = ipaddress.ip_network(subnet["cidr"])
        text = f"Router interface for subnet {subnet_id} on router {router['id']} cannot be deleted, as it is required by one or more "
        if any(ipaddress.ip_address(r["nexthop"]) in net for r in router["routes"]):
            raise refusal(409, "RouterInterfaceInUseByRoute", text + "routes.")
        for address in self.store.rows("floatingip", router_id=router["id"]):
            inside = [address["fixed_ip_address"]] if address["port_id"] else []
            inside += [f["internal_ip_address"] for f in self.store.rows("port_forwarding", _floatingip=address["id"])]
            if any(ipaddress.ip_address(i) in net for i in inside):
                raise refusal(409, "RouterInterfaceInUseByFloatingIP", text + "floating IPs.")

    def _checked(self, router: Row, routes: list[Row]) -> list[Row]:
        legs = [f for p in self.store.rows("port", device_id=router["id"]) for f in p["fixed_ips"]]
        nets = [ipaddress.ip_network(self.store.tables["subnet"][f["subnet_id"]]["cidr"]) for f in legs]
        if any(routes.count(route) > 1 for route in routes):
            raise refusal(400, "HTTPBadRequest", "Invalid input for routes. Reason: Duplicate hostroute.")
        for route in routes:
            try:
                ipaddress.ip_network(route["destination"])
                hop = ipaddress.ip_address(route["nexthop"])
            except ValueError:
                raise refusal(400, "AddrFormatError", f"invalid IPNetwork {route['destination']}") from None
            if not any(hop in n for n in nets):
                text = f"Invalid format for routes: {routes}, the nexthop is not connected with router"
                raise refusal(400, "InvalidRoutes", text)
            if str(hop) in {f["ip_address"] for f in legs}:
                raise refusal(400, "InvalidRoutes", f"Invalid format for routes: {routes}, the nexthop is used by router")
        return routes

    def add_routes(self, request: Request, id_: str) -> Response:
        """Add routes, each once."""
        router = self.service.owned(request, NETWORK_KINDS["router"], id_, "add_extraroutes")
        new = [r for r in body_of(request, "router").get("routes", ()) if r not in router["routes"]]
        return self._routed(id_, self._checked(router, [*router["routes"], *new]))

    def remove_routes(self, request: Request, id_: str) -> Response:
        """Take routes away; those that are not there do not matter."""
        router = self.service.owned(request, NETWORK_KINDS["router"], id_, "remove_extraroutes")
        gone = body_of(request, "router").get("routes", ())
        return self._routed(id_, [r for r in router["routes"] if r not in gone])

    def _routed(self, id_: str, routes: list[Row]) -> Response:
        row = self.store.change("router", id_, routes=routes)
        return Response(200, {"router": self.service.view(NETWORK_KINDS["router"], row)})

    # -- floating IPs ---------------------------------------------------------------------------------------------------

    def show_address(self, row: Row) -> Row:
        """Add what follows from its port and its forwardings."""
        port = self.store.get("port", row["port_id"]) if row["port_id"] else None
        names = ("admin_state_up", "device_id", "device_owner", "mac_address", "name", "network_id", "status")
        forwardings = [{"id": f["id"], **subset(f, FORWARDING)} for f in self.store.rows("port_forwarding", _floatingip=row["id"])]
        return {**row, "port_details": subset(port, names) if port else None, "port_forwardings": forwardings}

    def create_address(self, request: Request, row: Row, body: Row) -> Row:
        """Take an address of an external network."""
        network = self.service.visible(request, NETWORK_KINDS["network"], row["floating_network_id"])
        if not network["router:external"]:
            text = f"Bad floatingip request: Network {network['id']} is not a valid external network."
            raise refusal(400, "BadRequest", text)
        if body.get("floating_ip_address") and not request.admin:
            rules = "(rule:create_floatingip and rule:create_floatingip:floating_ip_address)"
            raise refusal(403, "PolicyNotAuthorized", f"{rules} is disallowed by policy")
        wanted = {k: v for k, v in (("ip_address", body.get("floating_ip_address")), ("subnet_id", body.get("subnet_id"))) if v}
        fixed = self.service.addresses.allot(network, [wanted] if wanted else None)
        if not fixed:
            raise refusal(409, "ExternalIpAddressExhausted", f"Unable to find any IP address on external network {network['id']}.")
        row |= {
            "floating_ip_address": fixed[0]["ip_address"],
            "status": "DOWN",
            "port_id": None,
            "router_id": None,
            "fixed_ip_address": None,
        }
        tie = self._tie(request, row, body) if body.get("port_id") else {}
        owner: Row = {"device_owner": "network:floatingip", "device_id": row["id"], "project_id": "", "port_security_enabled": False}
        self.service.addresses.make_port(network, fixed[:1], **{**owner, "status": "N/A"})
        return self.store.add("floatingip", {**row, **tie})

    def update_address(self, request: Request, row: Row, body: Row, fields: Row) -> Row:
        """Associate or dissociate; a body that does not name the port dissociates, as Neutron does."""
        if "port_id" not in body and not (body.keys() & {"fixed_ip_address"}):
            return fields
        if self.store.rows("port_forwarding", _floatingip=row["id"]):
            raise refusal(409, "FipInUseByPortForwarding", f"Floating IP {row['id']} in use by Port Forwarding resources.")
        fields["revision_number"] = row["revision_number"] + 1  # it grows even if nothing changes
        if not body.get("port_id"):
            return {**fields, "port_id": None, "router_id": None, "fixed_ip_address": None, "status": "DOWN"}
        return {**fields, **self._tie(request, row, body)}

    def _tie(self, request: Request, row: Row, body: Row) -> Row:
        port = self.service.visible(request, NETWORK_KINDS["port"], body["port_id"])
        fixed = next((f for f in port["fixed_ips"] if body.get("fixed_ip_address") in (None, f["ip_address"])), None)
        if fixed is None:
            raise refusal(
                400, "BadRequest", f"Bad floatingip request: Port {port['id']} does not have fixed ip {body.get('fixed_ip_address')}."
            )
        for other in self.store.rows("floatingip", port_id=port["id"], fixed_ip_address=fixed["ip_address"]):
            if other["id"] != row["id"]:
                text = f"Cannot associate floating IP {row['floating_ip_address']} ({row['id']}) with port {port['id']} using fixed IP "
                text += (
                    f"{fixed['ip_address']}, as that fixed IP already has a floating IP on external network {row['floating_network_id']}."
                )
                raise refusal(409, "FloatingIPPortAlreadyAssociated", text)
        router = self._way(row["floating_network_id"], fixed["subnet_id"], port["id"])
        return {"port_id": port["id"], "router_id": router, "fixed_ip_address": fixed["ip_address"], "status": "ACTIVE"}

    def _way(self, external: str, subnet: str, port: str) -> str:
        for router in self.store.tables["router"].values():
            leads = router["external_gateway_info"] and router["external_gateway_info"]["network_id"] == external
            if leads and any(f["subnet_id"] == subnet for p in self.interfaces(router["id"]) for f in p["fixed_ips"]):
                return str(router["id"])
        text = f"External network {external} is not reachable from subnet {subnet}. Therefore, cannot associate Port {port} "
        text += "with a Floating IP."
        raise refusal(404, "ExternalGatewayForFloatingIPNotFound", text)

    def dissociate(self, address: Row) -> None:
        """Cut an address from its port."""
        self.store.change("floatingip", address["id"], port_id=None, router_id=None, fixed_ip_address=None, status="DOWN")

    def delete_address(self, _: Request, row: Row) -> None:
        """Give an address back, unless it forwards ports."""
        if self.store.rows("port_forwarding", _floatingip=row["id"]):
            raise refusal(409, "FipInUseByPortForwarding", f"Floating IP {row['id']} in use by Port Forwarding resources.")
        for port in self.store.rows("port", device_id=row["id"], device_owner="network:floatingip"):
            self.store.drop("port", port["id"])
        self.store.drop("floatingip", row["id"])

    # -- port forwardings -----------------------------------------------------------------------------------------------

    def _forwarding(self, request: Request, address: str, id_: str) -> Row:
        self.service.visible(request, NETWORK_KINDS["floatingip"], address)
        row = self.store.get("port_forwarding", id_)
        if row is None or row["_floatingip"] != address:
            raise refusal(404, "PortForwardingNotFound", f"Port Forwarding {id_} could not be found.")
        return row

    def list_forwardings(self, request: Request, address: str) -> Response:
        """List what one address forwards."""
        self.service.visible(request, NETWORK_KINDS["floatingip"], address)
        rows = [shown(f) for f in self.store.rows("port_forwarding", _floatingip=address)]
        return Response(200, {"port_forwardings": paged(ordered(selected(rows, request), request), request)[0]})

    def create_forwarding(self, request: Request, address: str) -> Response:
        """Forward a port of an address that is associated with nothing else."""
        row = self.service.owned(request, NETWORK_KINDS["floatingip"], address, "create_floatingip_port_forwarding")
        body = body_of(request, "port_forwarding")
        port = self.service.visible(request, NETWORK_KINDS["port"], body["internal_port_id"])
        for bound in self.store.rows("floatingip", port_id=port["id"]):
            text = f"Cannot create port forwarding to floating IP {row['floating_ip_address']} ({address}) with port {port['id']} using "
            text += f"fixed IP {bound['fixed_ip_address']}, as that port already has a binding floating IP."
            raise refusal(409, "PortHasBindingFloatingIP", text)
        if row["port_id"]:
            raise refusal(409, "FipInUseByPortForwarding", f"Floating IP {address} already associated to a port")
        self._check_forwarding(address, body)
        fixed = next((f for f in port["fixed_ips"] if body.get("internal_ip_address") in (None, f["ip_address"])), port["fixed_ips"][0])
        router = self._way(row["floating_network_id"], fixed["subnet_id"], port["id"])
        made = {"id": self.store.uuid(), "description": "", "protocol": "tcp", **body, "internal_ip_address": fixed["ip_address"]}
        made |= {f"{side}_port_range": f"{body[f'{side}_port']}:{body[f'{side}_port']}" for side in ("internal", "external")}
        self.store.add("port_forwarding", {**made, "_floatingip": address})
        self.store.change("floatingip", address, router_id=router)
        return Response(201, {"port_forwarding": made})

    def _check_forwarding(self, address: str, body: Row) -> None:
        for name in ("internal_port", "external_port"):
            if not 1 <= int(body[name]) <= 65535:
                raise refusal(400, "HTTPBadRequest", f"Invalid input for {name}. Reason: '{body[name]}' is not a valid port number.")
        for other in self.store.rows("port_forwarding", _floatingip=address, protocol=body.get("protocol", "tcp")):
            if other["external_port"] == body["external_port"]:
                text = "Bad port_forwarding request: A duplicate port forwarding entry with same attributes already exists."
                raise refusal(400, "BadRequest", text)

    def get_forwarding(self, request: Request, address: str, id_: str) -> Response:
        """Show one."""
        return Response(200, {"port_forwarding": shown(self._forwarding(request, address, id_))})

    def update_forwarding(self, request: Request, address: str, id_: str) -> Response:
        """Change one."""
        self._forwarding(request, address, id_)
        fields = subset(body_of(request, "port_forwarding"), (*FORWARDING, "description"))
        for side in ("internal", "external"):
            if f"{side}_port" in fields:
                fields[f"{side}_port_range"] = f"{fields[f'{side}_port']}:{fields[f'{side}_port']}"
        return Response(200, {"port_forwarding": shown(self.store.change("port_forwarding", id_, **fields))})

    def delete_forwarding(self, request: Request, address: str, id_: str) -> Response:
        """Forward no longer."""
        self.service.owned(request, NETWORK_KINDS["floatingip"], address, "delete_floatingip_port_forwarding")
        self.drop_forwarding(self._forwarding(request, address, id_))
        return Response(204)

    def drop_forwarding(self, row: Row) -> None:
        """Take a forwarding away; with the last one the address leaves its router."""
        self.store.drop("port_forwarding", row["id"])
        address = self.store.get("floatingip", row["_floatingip"])
        if address and not self.store.rows("port_forwarding", _floatingip=address["id"]):
            self.store.change("floatingip", address["id"], router_id=None)


def _which(request: Request, *, both: bool) -> Row:
    """Give a body that names a subnet or a port.

    Raises:
        Refused: it names neither; or it names both, and `both` may not be.
    """
    body: Row = request.body or {}
    if not body.get("subnet_id") and not body.get("port_id"):
        raise refusal(400, "BadRequest", "Bad router request: Either subnet_id or port_id must be specified.")
    if body.get("subnet_id") and body.get("port_id") and not both:
        raise refusal(400, "BadRequest", "Bad router request: Cannot specify both subnet-id and port-id.")
    return body


def _interface(router: Row, port: Row) -> Row:
    subnets = [f["subnet_id"] for f in port["fixed_ips"]]
    out = {"id": router["id"], "project_id": router["project_id"], "port_id": port["id"], "network_id": port["network_id"]}
    return {**out, "subnet_id": subnets[0] if subnets else None, "subnet_ids": subnets}
