"""Networks, subnets and ports: who has which address, and what holds what."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tfclean.simulator.api import Refused, Request, Row
from tfclean.simulator.network_kinds import NETWORK_KINDS, refusal
from tfclean.simulator.network_part import NetworkPart

if TYPE_CHECKING:
    from tfclean.simulator.network import Network

# Ports that Neutron makes and takes away by itself; they hold nothing.
SERVING = frozenset(("network:dhcp", "network:distributed", "network:floatingip_agent_gateway"))
INTERFACES = frozenset(("network:router_interface", "network:router_interface_distributed", "network:ha_router_replicated_interface"))
# The API of ports does not delete these.
SERVICE_PORTS = INTERFACES | {"network:router_gateway", "network:floatingip"}
FOREIGN_OWNERS = ("compute:", "baremetal:", "manila:")
IN_USE = "Unable to complete operation on subnet {}: One or more ports have an IP allocation from this subnet."


class Addresses(NetworkPart):
    """Rules of networks, subnets and ports."""

    def __init__(self, service: Network) -> None:
        super().__init__(service)
        self.rules = {
            ("view", "network"): self.show_network,
            ("create", "network"): self.create_network,
            ("delete", "network"): self.delete_network,
            ("create", "subnet"): self.create_subnet,
            ("view", "subnet"): self.show_subnet,
            ("update", "subnet"): self.update_subnet,
            ("delete", "subnet"): self.delete_subnet,
            ("view", "port"): self.show_port,
            ("create", "port"): self.create_port,
            ("update", "port"): self.update_port,
            ("delete", "port"): self.delete_port,
        }

    # -- networks -------------------------------------------------------------------------------------------------------

    def show_network(self, row: Row) -> Row:
        """Add what follows from other rows."""
        shared = row["shared"] or any(r["target_tenant"] == "*" for r in self.store.rows("rbac_policy", object_id=row["id"]))
        return {**row, "subnets": [s["id"] for s in self.store.rows("subnet", network_id=row["id"])], "shared": shared}

    def create_network(self, _request: Request, row: Row, _body: Row) -> Row:
        """Make a network."""
        if row["qos_policy_id"] and self.store.get("qos_policy", row["qos_policy_id"]) is None:
            raise NETWORK_KINDS["qos_policy"].not_found(row["qos_policy_id"])
        more: Row = {
            "status": "ACTIVE",
            "availability_zones": [],
            "ipv4_address_scope": None,
            "ipv6_address_scope": None,
            "l2_adjacency": True,
        }
        if row["router:external"]:
            more["is_default"] = False
        return self.store.add("network", {**row, **more})

    def delete_network(self, _: Request, row: Row) -> None:
        """Delete a network with its subnets, serving ports and grants, unless anything else is plugged in."""
        ports = self.store.rows("port", network_id=row["id"])
        held = [p["id"] for p in ports if p["device_owner"] not in SERVING]
        if held:
            text = f"Unable to complete operation on network {row['id']}. There are one or more ports still in use on the network, "
            raise refusal(409, "NetworkInUse", f"{text}id for these ports is: {','.join(held)}.")
        for port in ports:
            self.remove_port(port["id"])
        for subnet in self.store.rows("subnet", network_id=row["id"]):
            self.store.drop("subnet", subnet["id"])
        for grant in self.store.rows("rbac_policy", object_id=row["id"]):
            self.store.drop("rbac_policy", grant["id"])
        self.store.drop("network", row["id"])

    # -- subnets --------------------------------------------------------------------------------------------------------

    def show_subnet(self, row: Row) -> Row:
        """Add what follows from the network."""
        network = self.store.get("network", row["network_id"])
        return {**row, "router:external": bool(network and network["router:external"])}

    def create_subnet(self, request: Request, row: Row, body: Row) -> Row:
        """Make a subnet with a range, a gateway and a pool of addresses."""
        network = self.service.visible(request, NETWORK_KINDS["network"], row["network_id"])
        if not request.admin and network["project_id"] != request.project:
            raise NETWORK_KINDS["subnet"].forbidden("create")
        cidr = body.get("cidr") or self._from_pool(request, row, body)
        try:
            net = ipaddress.ip_network(cidr)
        except ValueError:
            raise refusal(400, "InvalidInput", f"Invalid input for operation: {cidr} is not in a CIDR format.") from None
        for other in self.store.rows("subnet", network_id=network["id"]):
            if net.overlaps(ipaddress.ip_network(other["cidr"])):
                text = f"Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network['id']} overlaps with "
                text += "another subnet."
                raise refusal(400, "InvalidInput", text)
        gateway = body["gateway_ip"] if "gateway_ip" in body else str(net[0 if _slaac(row) else 1])
        pools = body.get("allocation_pools") or _pools(net, gateway)
        row |= {"cidr": str(net), "ip_version": net.version, "gateway_ip": gateway, "allocation_pools": pools}
        made = self.store.add("subnet", row)
        self.touch("network", network["id"])
        if self.service.world.dhcp and made["enable_dhcp"]:
            self._serve(network, made)
        return made

    def update_subnet(self, _: Request, row: Row, body: Row, fields: Row) -> Row:
        """Give a subnet another gateway or other pools."""
        fields |= {k: body[k] for k in ("gateway_ip", "allocation_pools") if k in body}
        gateway = fields.get("gateway_ip")
        for pool in fields.get("allocation_pools") or row["allocation_pools"]:
            first, last = (int(ipaddress.ip_address(pool[end])) for end in ("start", "end"))
            if gateway and first <= int(ipaddress.ip_address(gateway)) <= last:
                text = f"Gateway ip {gateway} conflicts with allocation pool {pool['start']}-{pool['end']}."
                raise refusal(409, "GatewayConflictWithAllocationPools", text)
        return fields

    def _from_pool(self, request: Request, row: Row, body: Row) -> str:
        if not row["subnetpool_id"]:
            raise refusal(400, "BadRequest", "Bad subnets request: a subnetpool must be specified in the absence of a cidr.")
        pool = self.service.visible(request, NETWORK_KINDS["subnetpool"], row["subnetpool_id"])
        length = int(body.get("prefixlen") or pool["default_prefixlen"])
        if length < int(pool["min_prefixlen"]):
            text = f"Unable to allocate subnet with prefix length {length}, minimum allowed prefix is {pool['min_prefixlen']}."
            raise refusal(400, "MinPrefixSubnetAllocationError", text)
        taken = [ipaddress.ip_network(s["cidr"]) for s in self.store.rows("subnet", subnetpool_id=pool["id"])]
        for prefix in pool["prefixes"]:
            for candidate in ipaddress.ip_network(prefix).subnets(new_prefix=length):
                if not any(candidate.overlaps(t) for t in taken):
                    return str(candidate)
        raise refusal(400, "SubnetAllocationError", "Failed to allocate subnet: Insufficient prefix space to allocate subnet size.")

    def _serve(self, network: Row, subnet: Row) -> None:
        port = next((p for p in self.store.rows("port", network_id=network["id"]) if p["device_owner"] == "network:dhcp"), None)
        fixed = self.pick(subnet)
        if port:
            self.store.change("port", port["id"], fixed_ips=[*port["fixed_ips"], fixed])
        else:
            self.make_port(network, [fixed], device_owner="network:dhcp", device_id=f"dhcp{self.store.uuid()}-{network['id']}")

    def delete_subnet(self, _: Request, row: Row) -> None:
        """Delete a subnet, unless a port that does not only serve has an address in it that it has not made itself."""
        using = [p for p in self.store.rows("port", network_id=row["network_id"]) if _in(p, row["id"])]
        if any(p["device_owner"] not in SERVING and (not _slaac(row) or p["device_owner"] in INTERFACES) for p in using):
            raise refusal(409, "SubnetInUse", IN_USE.format(row["id"]))
        for port in using:
            left = [f for f in port["fixed_ips"] if f["subnet_id"] != row["id"]]
            if left or port["device_owner"] not in SERVING:
                self.store.change("port", port["id"], fixed_ips=left)
            else:
                self.remove_port(port["id"])
        self.store.drop("subnet", row["id"])
        self.touch("network", row["network_id"])

    def touch(self, kind: str, id_: str) -> None:
        """Let a revision grow because a part of it changed."""
        row = self.store.get(kind, id_)
        if row is not None:
            self.store.change(kind, id_, revision_number=row["revision_number"] + 1, updated_at=self.store.stamp())

    # -- ports ----------------------------------------------------------------------------------------------------------

    def show_port(self, row: Row) -> Row:
        """Add what follows from a trunk and from the network."""
        network = self.store.get("network", row["network_id"]) or {}
        out = {**row, "ip_allocation": "immediate", "qos_network_policy_id": network.get("qos_policy_id")}
        trunk = next(iter(self.store.rows("trunk", port_id=row["id"])), None)
        if trunk is None:
            return out
        subs = [{**s, "mac_address": self.store.tables["port"][s["port_id"]]["mac_address"]} for s in trunk["sub_ports"]]
        return {**out, "trunk_details": {"trunk_id": trunk["id"], "sub_ports": subs}}

    def create_port(self, request: Request, row: Row, body: Row) -> Row:
        """Make a port, as the API does."""
        network = self.service.visible(request, NETWORK_KINDS["network"], row["network_id"])
        if network["router:external"] and not network["shared"] and not request.admin and network["project_id"] != request.project:
            raise NETWORK_KINDS["port"].forbidden("create")
        row["mac_address"] = body.get("mac_address") or self.mac()
        row["fixed_ips"] = self.allot(network, body.get("fixed_ips"))
        if row["fixed_ips"] or body.get("fixed_ips") is None:
            row["fixed_ips"] += self._own_addresses(network, row)
        groups = body.get("security_groups")
        if groups is None and row["port_security_enabled"] and network.get("port_security_enabled", True):
            groups = [self.service.governing.default_group(row["project_id"])["id"]]
        for group in groups or ():
            self.service.visible(request, NETWORK_KINDS["security_group"], group)
        row["security_groups"] = list(groups or ())
        row["allowed_address_pairs"] = _pairs(row)
        return self.store.add("port", {**row, "status": "DOWN"})

    def _own_addresses(self, network: Row, port: Row) -> list[Row]:
        held = {f["subnet_id"] for f in port["fixed_ips"]}
        own = [s for s in self.store.rows("subnet", network_id=network["id"]) if _slaac(s) and s["id"] not in held]
        return [{"subnet_id": s["id"], "ip_address": _eui64(s["cidr"], port["mac_address"])} for s in own]

    def make_port(self, network: Row, fixed_ips: list[Row], **fields: Any) -> Row:
        """Make a port on behalf of a service: nobody's rights are asked.

        Args:
            network: the row that it is on.
            fixed_ips: its addresses.
            fields: what differs from a plain port of the network's project.
        """
        stamp = self.store.stamp()
        row: Row = {"id": self.store.uuid(), "project_id": network["project_id"], "created_at": stamp, "updated_at": stamp}
        row |= {k: list(v) if isinstance(v, tuple) else v for k, v in NETWORK_KINDS["port"].defaults.items()}
        row |= {"revision_number": 1, "network_id": network["id"], "fixed_ips": fixed_ips, "security_groups": [], "mac_address": self.mac()}
        return self.store.add("port", {**row, "status": "DOWN", **fields})

    def update_port(self, request: Request, row: Row, body: Row, fields: Row) -> Row:
        """Give a port other groups, addresses or an owner (which a plain user may)."""
        for group in body.get("security_groups") or ():
            self.service.visible(request, NETWORK_KINDS["security_group"], group)
        if "security_groups" in body:
            fields["security_groups"] = list(body["security_groups"] or ())
        if "fixed_ips" in body:
            network = self.store.tables["network"][row["network_id"]]
            fields["fixed_ips"] = self.allot(network, body["fixed_ips"], own=row)
        if "allowed_address_pairs" in fields:
            fields["allowed_address_pairs"] = _pairs({**row, **fields})
        return fields

    def delete_port(self, request: Request, row: Row) -> None:
        """Delete a port, unless it is a router's, a floating IP's, a trunk's or a server's."""
        owner = row["device_owner"]
        if owner.startswith(FOREIGN_OWNERS) and not request.admin:
            raise NETWORK_KINDS["port"].forbidden("delete")
        if owner in SERVICE_PORTS and self._served(row):
            text = f"Port {row['id']} cannot be deleted directly via the port API: has device owner {owner}."
            raise refusal(409, "ServicePortInUse", text)
        self.remove_port(row["id"])

    def _served(self, port: Row) -> bool:
        kind = "floatingip" if port["device_owner"] == "network:floatingip" else "router"
        return self.store.get(kind, port["device_id"]) is not None

    def remove_port(self, id_: str) -> None:
        """Take a port away with what hangs on it: floating IPs are dissociated, forwardings to it vanish.

        Raises:
            Refused: it is in a trunk.
        """
        self.service.trunks.check_untrunked(id_)
        for address in self.store.rows("floatingip", port_id=id_):
            self.service.layer3.dissociate(address)
        for forwarding in self.store.rows("port_forwarding", internal_port_id=id_):
            self.service.layer3.drop_forwarding(forwarding)
        self.store.drop("port", id_)

    def release_port(self, port: Row, *, delete: bool) -> None:
        """Let a service end its use of a port.

        Args:
            port: the row.
            delete: whether the service made it; a trunk keeps it even then.
        """
        try:
            if delete:
                self.remove_port(port["id"])
                return
        except Refused:
            pass
        self.store.change("port", port["id"], device_id="", device_owner="", status="DOWN")

    # -- addresses ------------------------------------------------------------------------------------------------------

    def mac(self) -> str:
        """Make a MAC address."""
        return "fa:16:3e:" + ":".join(f"{self.store.random.getrandbits(8):02x}" for _ in range(3))

    def allot(self, network: Row, wanted: Sequence[Row] | None, own: Row | None = None) -> list[Row]:
        """Choose addresses on a network.

        Args:
            network: the row.
            wanted: subnets or addresses; nothing for one address of any subnet.
            own: the port itself, whose present addresses are free for it.

        Raises:
            Refused: an address is taken, or there is none left.
        """
        subnets = {s["id"]: s for s in self.store.rows("subnet", network_id=network["id"])}
        if wanted is None:
            first = next((s for s in subnets.values() if s["ip_version"] == 4), None)
            return [self.pick(first)] if first else []
        out: list[Row] = []
        for item in wanted:
            address = item.get("ip_address")
            subnet = subnets.get(item["subnet_id"]) if item.get("subnet_id") else _holding(subnets.values(), address)
            if subnet is None and item.get("subnet_id") and self.store.get("subnet", item["subnet_id"]) is None:
                raise NETWORK_KINDS["subnet"].not_found(item["subnet_id"])
            if subnet is None:
                text = f"IP address {address} is not a valid IP for any of the subnets on the specified network."
                raise refusal(400, "InvalidIpForNetwork", text)
            if address and ipaddress.ip_address(address) not in ipaddress.ip_network(subnet["cidr"]):
                raise refusal(400, "InvalidIpForSubnet", f"IP address {address} is not a valid IP for the specified subnet.")
            if address and address in self.taken(subnet, own):
                raise refusal(409, "IpAddressAlreadyAllocated", f"IP address {address} already allocated in subnet {subnet['id']}")
            out.append({"subnet_id": subnet["id"], "ip_address": address} if address else self.pick(subnet))
        return out

    def pick(self, subnet: Row) -> Row:
        """Choose the next free address of a subnet.

        Raises:
            Refused: there is none.
        """
        taken = self.taken(subnet)
        for address in _addresses(subnet):
            if address not in taken:
                return {"subnet_id": subnet["id"], "ip_address": address}
        text = f"No more IP addresses available on network {subnet['network_id']}."
        raise refusal(409, "IpAddressGenerationFailure", text)

    def taken(self, subnet: Row, own: Row | None = None) -> set[str]:
        """Give the addresses of a subnet that ports have."""
        ports = (p for p in self.store.rows("port", network_id=subnet["network_id"]) if own is None or p["id"] != own["id"])
        taken = {f["ip_address"] for p in ports for f in p["fixed_ips"] if f["subnet_id"] == subnet["id"]}
        floating = self.store.rows("floatingip", floating_network_id=subnet["network_id"])
        return taken | {f["floating_ip_address"] for f in floating}


def _pairs(port: Row) -> list[Row]:
    """Give the pairs of a port, each with a MAC address: the port's own by default."""
    return [{"mac_address": port["mac_address"], **pair} for pair in port["allowed_address_pairs"] or ()]


def _slaac(subnet: Row) -> bool:
    """Tell whether ports make their addresses in a subnet themselves, of their MAC address."""
    return bool(subnet.get("ipv6_address_mode") in ("slaac", "dhcpv6-stateless"))


def _eui64(cidr: str, mac: str) -> str:
    """Give the address that a MAC address makes in a range."""
    octets = [int(o, 16) for o in mac.split(":")]
    low = bytes([octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
    return str(ipaddress.ip_network(cidr)[int.from_bytes(low, "big")])


def _in(port: Row, subnet: str) -> bool:
    return any(f["subnet_id"] == subnet for f in port["fixed_ips"])


def _holding(subnets: Any, address: str | None) -> Row | None:
    for subnet in subnets:
        if address and ipaddress.ip_address(address) in ipaddress.ip_network(subnet["cidr"]):
            found: Row = subnet
            return found
    return None


def _pools(net: Any, gateway: str | None) -> list[Row]:
    first, last = net[1], net[-2] if net.version == 4 else net[-1]
    if gateway == str(first):
        return [{"start": str(first + 1), "end": str(last)}]
    return [{"start": str(first), "end": str(last)}]


def _addresses(subnet: Row) -> Iterator[str]:
    for pool in subnet["allocation_pools"]:
        address, last = ipaddress.ip_address(pool["start"]), ipaddress.ip_address(pool["end"])
        while int(address) <= int(last):
            if str(address) != subnet["gateway_ip"]:
                yield str(address)
            address += 1
