"""What happens to balancers: their ports, their states, and what goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfclean.simulator.api import Refused, Request, Row
from tfclean.simulator.network_kinds import NETWORK_KINDS

if TYPE_CHECKING:
    from tfclean.simulator.world import World

MUTABLE = ("ACTIVE", "ERROR")
PARTS = ("l7rule", "l7policy", "member", "healthmonitor", "listener", "pool")
# part → what goes with it: kind and the field that names the part.
BELOW = {
    "listener": (("l7policy", "listener_id"),),
    "l7policy": (("l7rule", "_l7policy"),),
    "pool": (("member", "_pool"), ("healthmonitor", "_pool")),
}


def refusal(status: int, text: str) -> Refused:
    """Refuse as Octavia does."""
    return Refused(status, {"faultcode": "Client", "faultstring": text, "debuginfo": None})


class Balancers:
    """Balancers and their states."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store

    def of(self, kind: str, row: Row) -> Row:
        """Give the balancer of a part."""
        return row if kind == "loadbalancer" else self.store.tables["loadbalancer"][row["_balancer"]]

    def view(self, kind: str, row: Row) -> Row:
        """Add what follows from other parts."""
        ids = self._ids
        if kind == "loadbalancer":
            return {**row, "listeners": ids("listener", _balancer=row["id"]), "pools": ids("pool", _balancer=row["id"])}
        if kind == "listener":
            return {**row, "loadbalancers": [{"id": row["_balancer"]}], "l7policies": ids("l7policy", listener_id=row["id"])}
        if kind == "pool":
            monitor = next(iter(self.store.rows("healthmonitor", _pool=row["id"])), None)
            out = {**row, "loadbalancers": [{"id": row["_balancer"]}], "listeners": self._listeners(row["id"])}
            out["members"] = ids("member", _pool=row["id"])
            return {**out, "healthmonitor_id": monitor["id"]} if monitor else out  # Octavia leaves the field out where there is none
        if kind == "healthmonitor":
            return {**row, "pools": [{"id": row["_pool"]}]}
        return {**row, "rules": ids("l7rule", _l7policy=row["id"])} if kind == "l7policy" else row

    def _listeners(self, pool: str) -> list[Row]:
        """Give the listeners that send to a pool, by themselves or by a policy."""
        out = {r["id"] for r in self.store.rows("listener", default_pool_id=pool)}
        out |= {p["listener_id"] for p in self.store.rows("l7policy", redirect_pool_id=pool)}
        return [{"id": id_} for id_ in sorted(out)]

    def _ids(self, kind: str, **fields: Any) -> list[Row]:
        return [{"id": r["id"]} for r in self.store.rows(kind, **fields)]

    def check_mutable(self, balancer: Row) -> None:
        """Refuse a change of a part while the balancer is busy."""
        if balancer["provisioning_status"] not in MUTABLE:
            raise refusal(409, f"Load Balancer {balancer['id']} is immutable and cannot be updated.")

    # -- coming ---------------------------------------------------------------------------------------------------------

    def create(self, request: Request, row: Row, body: Row) -> Row:
        """Begin to make a balancer: its VIP port is there at once, Octavia's own port comes later.

        Args:
            request: on whose behalf.
            row: without its address.
            body: what the caller wants of it.

        Raises:
            Refused: it does not say where.
        """
        network = self.world.network
        if body.get("vip_port_id"):
            try:
                port = network.visible(request, NETWORK_KINDS["port"], body["vip_port_id"])
            except Refused:
                raise refusal(400, f"Port {body['vip_port_id']} not found.") from None
            # It stays the caller's, but for the groups.
            self.store.change("port", port["id"], security_groups=[self._group(row["id"])])
        else:
            port = self._vip(request, row, body)
        fixed = port["fixed_ips"][0] if port["fixed_ips"] else {"ip_address": None, "subnet_id": None}
        row |= {"vip_port_id": port["id"], "vip_network_id": port["network_id"], "vip_address": fixed["ip_address"]}
        row |= {"vip_subnet_id": fixed["subnet_id"], "_own_vip": not body.get("vip_port_id")}
        made = self.store.add("loadbalancer", row)
        self.store.later(self.world.pace.balancer_port, lambda: self._amphora(made["id"]))
        self.world.after(
            self.world.pace.balancer, "create", "loadbalancer", made["id"], lambda: self._up(made["id"]), lambda: self._error(made["id"])
        )
        return made

    def _vip(self, request: Request, row: Row, body: Row) -> Row:
        network = self.world.network
        if body.get("vip_subnet_id"):
            subnet = self.store.get("subnet", str(body["vip_subnet_id"]))
            if subnet is None or not network.sees(request, NETWORK_KINDS["subnet"], subnet):
                raise refusal(400, f"Subnet {body['vip_subnet_id']} not found.")
            wanted = [{"subnet_id": subnet["id"], **({"ip_address": body["vip_address"]} if body.get("vip_address") else {})}]
            where = self.store.tables["network"][subnet["network_id"]]
        elif body.get("vip_network_id") and self.store.get("network", body["vip_network_id"]):
            wanted, where = None, self.store.tables["network"][body["vip_network_id"]]
        else:
            raise refusal(400, "Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.")
        owner = {"device_id": f"lb-{row['id']}", "device_owner": "Octavia", "name": f"octavia-lb-{row['id']}"}
        try:
            fixed = network.addresses.allot(where, wanted)
        except Refused as no:
            raise Refused(
                500, {"faultcode": "Server", "faultstring": f"Error creating neutron port on network: {no}", "debuginfo": None}
            ) from no
        more: Row = {"project_id": row["project_id"], "security_groups": [self._group(row["id"])], "admin_state_up": False}
        return network.addresses.make_port(where, fixed, **owner, **more)

    def _group(self, id_: str) -> str:
        return str(self.world.network.governing.new_group(self.world.service_project, name=f"lb-{id_}")["id"])

    def _amphora(self, id_: str) -> None:
        """Plug Octavia's own port into the network: it belongs to a project that the caller does not see into."""
        row = self.store.get("loadbalancer", id_)
        subnet = self.store.get("subnet", row["vip_subnet_id"]) if row and row["vip_subnet_id"] else None
        if row is None or subnet is None or row["provisioning_status"] == "PENDING_DELETE":
            return
        network = self.store.tables["network"][subnet["network_id"]]
        fields: Row = {"name": f"octavia-lb-vrrp-{self.store.uuid()}", "device_owner": "compute:nova", "device_id": self.store.uuid()}
        vip = self.store.get("port", row["vip_port_id"])
        fields["security_groups"] = list(vip["security_groups"]) if vip and row["_own_vip"] else []
        self.world.network.addresses.make_port(
            network, [self.world.network.addresses.pick(subnet)], **fields, project_id=self.world.service_project, _balancer=id_
        )

    def _up(self, id_: str) -> None:
        self._all(id_, {"provisioning_status": "ACTIVE", "operating_status": "ONLINE"}, ("PENDING_CREATE", "PENDING_UPDATE"))

    def _all(self, id_: str, fields: Row, when: tuple[str, ...]) -> None:
        for kind in (*PARTS, "loadbalancer"):
            for row in [self.store.tables[kind][id_]] if kind == "loadbalancer" else self.store.rows(kind, _balancer=id_):
                if row["provisioning_status"] in when:
                    unwatched = kind == "member" and not self.store.rows("healthmonitor", _pool=row["_pool"])
                    self.store.change(kind, row["id"], **{**fields, **({"operating_status": "NO_MONITOR"} if unwatched else {})})

    def _error(self, id_: str) -> None:
        self._all(id_, {"provisioning_status": "ERROR"}, ("PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"))

    # -- changing -------------------------------------------------------------------------------------------------------

    def tie(self, kind: str, row: Row) -> None:
        """Let a new pool be its listener's."""
        if kind == "pool" and row.get("_listener"):
            self.store.change("listener", row["_listener"], default_pool_id=row["id"])

    def work(self, what: str, kind: str, id_: str) -> None:
        """Let one part change: the balancer is busy meanwhile.

        Args:
            what: ``create``, ``update`` or ``delete``.
            kind: of the part.
            id_: of the part.
        """
        row = self.store.tables[kind][id_]
        balancer = self.of(kind, row)["id"]
        self.store.change(kind, id_, provisioning_status=f"PENDING_{what.upper()}")
        if kind != "loadbalancer":
            self.store.change("loadbalancer", balancer, provisioning_status="PENDING_UPDATE")

        def well() -> None:
            if what == "delete":
                self._drop(kind, id_)
            self._up(balancer)

        def badly() -> None:
            self.store.change(kind, id_, provisioning_status="ERROR")
            self._up(balancer)

        self.world.after(self.world.pace.balancer_update, what, kind, id_, well, badly)

    def _drop(self, kind: str, id_: str) -> None:
        for below, name in BELOW.get(kind, ()):
            for row in self.store.rows(below, **{name: id_}):
                self._drop(below, row["id"])
        if kind == "pool":
            for listener in self.store.rows("listener", default_pool_id=id_):
                self.store.change("listener", listener["id"], default_pool_id=None)
            for policy in self.store.rows("l7policy", redirect_pool_id=id_):
                self.store.change("l7policy", policy["id"], redirect_pool_id=None)
        self.store.drop(kind, id_)

    # -- going ----------------------------------------------------------------------------------------------------------

    def delete(self, row: Row, *, cascade: bool) -> None:
        """Begin to delete a balancer.

        Args:
            row: the balancer.
            cascade: with all that it has.

        Raises:
            Refused: it is busy, or has children.
        """
        id_ = row["id"]
        if not cascade and (self.store.rows("listener", _balancer=id_) or self.store.rows("pool", _balancer=id_)):
            raise refusal(400, f"Validation failure: Cannot delete Load Balancer {id_} - it has children")
        if row["provisioning_status"] not in MUTABLE:
            raise refusal(409, f"Invalid state {row['provisioning_status']} of loadbalancer resource {id_}")
        turn = row.get("_turn", 0) + 1
        self.store.change("loadbalancer", id_, provisioning_status="PENDING_DELETE", _turn=turn)
        pace = self.world.pace.balancer
        self.world.after(pace, "delete", "loadbalancer", id_, lambda: self._gone(id_), lambda: self._error(id_))

    def _gone(self, id_: str) -> None:
        for kind in PARTS:
            for part in self.store.rows(kind, _balancer=id_):
                self.store.drop(kind, part["id"])
        addresses = self.world.network.addresses
        for port in self.store.rows("port", _balancer=id_):
            addresses.release_port(port, delete=True)
        row = self.store.tables["loadbalancer"][id_]
        vip = self.store.get("port", row["vip_port_id"])
        if vip:
            if row["_own_vip"]:
                addresses.release_port(vip, delete=True)
            else:
                self.store.change("port", vip["id"], security_groups=[])
            for group in vip["security_groups"]:
                self._drop_group(group)
        self.store.drop("loadbalancer", id_)

    def _drop_group(self, id_: str) -> None:
        row = self.store.get("security_group", id_)
        used = any(id_ in p["security_groups"] for p in self.store.tables["port"].values())
        if row and row["name"].startswith("lb-") and row["project_id"] == self.world.service_project and not used:
            self.world.network.governing.drop_group(row)
