"""Trunks: a parent port that carries subports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.network_kinds import NETWORK_KINDS, refusal
from tfclean.simulator.network_part import NetworkPart

if TYPE_CHECKING:
    from tfclean.simulator.network import Network

# Ports of these owners have a place on a host.
BOUND = ("compute:", "baremetal:", "network:")


class Trunks(NetworkPart):
    """Rules of trunks."""

    def __init__(self, service: Network) -> None:
        super().__init__(service)
        self.rules = {
            ("create", "trunk"): self.create_trunk,
            ("update", "trunk"): self.update_trunk,
            ("delete", "trunk"): self.delete_trunk,
        }
        self.routes = [
            ("PUT", "/trunks/{}/add_subports", self.add_subports),
            ("PUT", "/trunks/{}/remove_subports", self.remove_subports),
            ("GET", "/trunks/{}/get_subports", lambda r, i: Response(200, {"sub_ports": self._trunk(r, i)["sub_ports"]})),
        ]

    def _trunk(self, request: Request, id_: str) -> Row:
        return self.service.visible(request, NETWORK_KINDS["trunk"], id_)

    def create_trunk(self, request: Request, row: Row, body: Row) -> Row:
        """Make a trunk of a port that is in no other and on no host yet."""
        port = self._untrunked(request, row["port_id"])
        wanted = body.get("sub_ports") or []
        if port["device_owner"].startswith(BOUND) or any(s.get("port_id") == port["id"] for s in wanted):
            raise _parent_in_use(port["id"])
        subs = self._subports(request, row["id"], [], wanted)
        return self.store.add("trunk", {**row, "status": "ACTIVE" if row["admin_state_up"] else "DOWN", "sub_ports": subs})

    def check_untrunked(self, port: str) -> None:
        """Refuse, because a trunk has the port."""
        for trunk in self.store.tables["trunk"].values():
            if port == trunk["port_id"]:
                raise refusal(409, "PortInUseAsTrunkParent", f"Port {port} is currently a parent port for trunk {trunk['id']}.")
            if any(s["port_id"] == port for s in trunk["sub_ports"]):
                raise refusal(409, "PortInUseAsSubPort", f"Port {port} is currently a subport for trunk {trunk['id']}.")

    def _untrunked(self, request: Request, id_: str) -> Row:
        """Give a port that is in no trunk."""
        row = self.service.visible(request, NETWORK_KINDS["port"], id_)
        for trunk in self.store.tables["trunk"].values():
            if id_ == trunk["port_id"]:
                raise _parent_in_use(id_)
            if any(s["port_id"] == id_ for s in trunk["sub_ports"]):
                raise refusal(409, "TrunkPortInUse", f"Port {id_} is in use by another trunk.")
        return row

    def _subports(self, request: Request, trunk: str, present: list[Row], wanted: list[Row]) -> list[Row]:
        keys = ("port_id", "segmentation_id", "segmentation_type")
        out = list(present)
        for sub in wanted:
            port = self._untrunked(request, sub["port_id"])
            if port["device_id"]:
                text = f"Unable to complete operation on port {port['id']} for network {port['network_id']}. "
                raise refusal(409, "PortInUse", f"{text}Port already has an attached device {port['device_id']}.")
            same = [s for s in out if all(s.get(k) == sub.get(k) for k in keys[1:])]
            if same and sub.get("segmentation_id") is not None:
                text = f"segmentation_type {sub.get('segmentation_type')} and segmentation_id {sub['segmentation_id']} "
                raise refusal(409, "DuplicateSubPort", f"{text}already in use on trunk {trunk}.")
            out.append({k: sub.get(k) for k in keys})
        for sub in wanted:
            self.store.change("port", sub["port_id"], device_owner="trunk:subport")
        return out

    def update_trunk(self, _request: Request, _row: Row, _body: Row, fields: Row) -> Row:
        """Switch a trunk on or off."""
        if "admin_state_up" in fields:
            fields["status"] = "ACTIVE" if fields["admin_state_up"] else "DOWN"
        return fields

    def _enabled(self, row: Row) -> None:
        if not row["admin_state_up"]:
            raise refusal(409, "TrunkDisabled", f"Trunk {row['id']} is currently disabled.")

    def add_subports(self, request: Request, id_: str) -> Response:
        """Put ports into an enabled trunk."""
        row = self.service.owned(request, NETWORK_KINDS["trunk"], id_, "add_subports")
        self._enabled(row)
        subs = self._subports(request, id_, row["sub_ports"], list((request.body or {}).get("sub_ports", ())))
        return Response(200, self.service.view(NETWORK_KINDS["trunk"], self.store.change("trunk", id_, sub_ports=subs)))

    def remove_subports(self, request: Request, id_: str) -> Response:
        """Take ports out of an enabled trunk."""
        row = self.service.owned(request, NETWORK_KINDS["trunk"], id_, "remove_subports")
        self._enabled(row)
        gone = [s["port_id"] for s in (request.body or {}).get("sub_ports", ())]
        held = {s["port_id"] for s in row["sub_ports"]}
        for port in gone:
            if port not in held:
                raise refusal(404, "SubPortNotFound", f"SubPort on trunk {id_} with parent port {port} could not be found.")
        self._free(gone)
        left = [s for s in row["sub_ports"] if s["port_id"] not in gone]
        return Response(200, self.service.view(NETWORK_KINDS["trunk"], self.store.change("trunk", id_, sub_ports=left)))

    def _free(self, ports: list[str]) -> None:
        for port in ports:
            if self.store.get("port", port):
                self.store.change("port", port, device_owner="", device_id="")

    def delete_trunk(self, _: Request, row: Row) -> None:
        """Delete an enabled trunk whose parent port is on no host; its ports stay."""
        self._enabled(row)
        if self.store.tables["port"][row["port_id"]]["device_owner"].startswith(BOUND):
            raise refusal(409, "TrunkInUse", f"Trunk {row['id']} is currently in use.")
        self._free([s["port_id"] for s in row["sub_ports"]])
        self.store.drop("trunk", row["id"])


def _parent_in_use(port: str) -> Refused:
    return refusal(409, "ParentPortInUse", f"Port {port} is currently in use and is not eligible for use as a parent port.")
