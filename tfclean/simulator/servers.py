"""What happens to servers: they take time to come and to go, plug ports, hold volumes, and leave some of it behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfclean.simulator.api import Refused, Request, Row
from tfclean.simulator.network_kinds import NETWORK_KINDS
from tfclean.simulator.refusing import conflict, invalid, missing
from tfclean.simulator.server_bodies import ZONE, check_server

if TYPE_CHECKING:
    from tfclean.simulator.world import World

OWNER = "compute:nova"
STATES = {"active": ("ACTIVE", 1), "stopped": ("SHUTOFF", 4), "building": ("BUILD", 0), "error": ("ERROR", 0)}


class Servers:
    """Servers, their ports and their volumes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store

    def view(self, row: Row) -> Row:
        """Add what follows from ports, floating IPs and volumes."""
        addresses: dict[str, list[Row]] = {}
        groups: list[Row] = []
        for port in self.ports(row["id"]):
            network = self.store.get("network", port["network_id"]) or {"name": ""}
            mac = {"OS-EXT-IPS-MAC:mac_addr": port["mac_address"]}
            entries = addresses.setdefault(network["name"], [])
            floating = {f["fixed_ip_address"]: f["floating_ip_address"] for f in self.store.rows("floatingip", port_id=port["id"])}
            for fixed in port["fixed_ips"]:
                ip = fixed["ip_address"]
                entries.append({**mac, "OS-EXT-IPS:type": "fixed", "addr": ip, "version": 6 if ":" in ip else 4})
                if ip in floating:
                    entries.append({**mac, "OS-EXT-IPS:type": "floating", "addr": floating[ip], "version": 4})
            found = (self.store.get("security_group", g) for g in port["security_groups"])
            groups += [{"name": g["name"]} for g in found if g]
        held = self.store.rows("volume_attachment", serverId=row["id"])
        volumes = [{"id": a["volumeId"], "delete_on_termination": a["delete_on_termination"]} for a in held]
        out = {**row, "addresses": addresses, "os-extended-volumes:volumes_attached": volumes}
        return {**out, "security_groups": groups} if groups else out

    def ports(self, server: str) -> list[Row]:
        """Give the ports that a server has."""
        return [p for p in self.store.rows("port", device_id=server) if p["device_owner"].startswith("compute:")]

    def flavor(self, id_: str, status: int = 400) -> Row:
        """Give a flavor.

        Raises:
            Refused: there is none.
        """
        row = self.store.get("flavor", id_)
        if row is None:
            raise (missing if status == 404 else invalid)(f"Flavor {id_} could not be found.")
        return row

    # -- coming ---------------------------------------------------------------------------------------------------------

    def create(self, request: Request, body: Row, hints: Row) -> Row:
        """Begin to build a server.

        Args:
            request: on whose behalf.
            body: what the caller wants of it.
            hints: for the scheduler.

        Raises:
            Refused: something that it names is not there, or in use.
        """
        check_server(body)
        flavor = self.flavor(str(body.get("flavorRef", "")).rpartition("/")[2])
        image = str(body.get("imageRef") or "")
        if image and not self.store.get("image", image):
            raise invalid("Can not find requested image")
        key = body.get("key_name")
        if key and not self.store.get("keypair", f"{request.user}/{key}"):
            raise invalid("Invalid key_name provided.")
        group = self.store.get("server_group", hints["group"]) if hints.get("group") else None
        if hints.get("group") and group is None:
            raise invalid(f"Instance group {hints['group']} could not be found.")
        for named in body.get("security_groups") or ():
            self._check_group(request, str(named.get("name")))
        wanted = self._networks(request, body.get("networks", "auto"))
        for disk in body.get("block_device_mapping_v2") or ():
            if disk.get("source_type") == "volume":
                try:
                    volume = self.world.block_storage.volume(request, str(disk["uuid"]))
                except Refused:
                    raise invalid(f"Block Device Mapping is Invalid: failed to get volume {disk['uuid']}.") from None
                self._check_available(volume)
        row = self.store.add("server", self._row(request, body, flavor, image))
        if group:
            self.store.change("server_group", group["id"], members=[*group["members"], row["id"]])
        names = [g["name"] for g in body.get("security_groups") or () if g.get("name")]
        pace = self.world.pace.server_build

        def furnish() -> None:
            if self._coming(row["id"]):
                try:
                    self._furnish(request, row["id"], wanted, names, body.get("block_device_mapping_v2") or ())
                except Refused as no:
                    self.fail(row["id"], str(no))

        self.store.later(pace / 4, furnish)
        self.world.after(
            pace, "create", "server", row["id"], lambda: self._up(row["id"]), lambda: self.fail(row["id"], "No valid host was found.")
        )
        return row

    def _check_group(self, request: Request, name: str) -> None:
        mine = self.store.rows("security_group", project_id=request.project)
        if name != "default" and not any(name in (g["name"], g["id"]) for g in mine):
            raise invalid(f"Security group {name} not found for project {request.project}.")

    def _row(self, request: Request, body: Row, flavor: Row, image: str) -> Row:
        stamp = self.store.stamp()
        row: Row = {
            "id": self.store.uuid(),
            "name": body.get("name", ""),
            "status": "BUILD",
            "tenant_id": request.project,
            "user_id": request.user,
        }
        row |= {"created": stamp, "updated": stamp, "metadata": body.get("metadata") or {}, "key_name": body.get("key_name"), "tags": []}
        row |= {"OS-EXT-STS:task_state": "scheduling", "OS-EXT-STS:vm_state": "building", "OS-EXT-STS:power_state": 0, "progress": 0}
        row |= {"OS-SRV-USG:launched_at": None, "OS-SRV-USG:terminated_at": None, "OS-DCF:diskConfig": "MANUAL", "config_drive": ""}
        row |= {"OS-EXT-AZ:availability_zone": body.get("availability_zone") or ZONE, "accessIPv4": "", "accessIPv6": "", "hostId": ""}
        row |= {"OS-EXT-SRV-ATTR:hostname": body.get("name", ""), "description": body.get("description")}
        row |= {"locked": False, "locked_reason": None, "trusted_image_certificates": None, "pinned_availability_zone": None}
        row["flavor"] = {k: flavor[k] for k in ("disk", "ram", "swap", "vcpus", "extra_specs")}
        row["flavor"] |= {"ephemeral": 0, "original_name": flavor["name"]}
        return {**row, "image": {"id": image} if image else ""}

    def _networks(self, request: Request, wanted: object) -> list[Row]:
        if wanted == "none":
            return []
        if wanted == "auto" or not isinstance(wanted, Sequence):
            networks = self.store.rows("network", project_id=request.project)
            if len(networks) > 1:
                raise conflict("Multiple possible networks found, use a Network ID to be more specific.")
            return [{"uuid": n["id"]} for n in networks]
        items = [dict(w) for w in wanted]
        for item in items:
            if item.get("port"):
                self._free_port(request, item["port"])
            elif self.store.get("network", str(item.get("uuid"))) is None:
                raise invalid(f"Network {item.get('uuid')} could not be found.")
        return items

    def _free_port(self, request: Request, id_: str) -> Row:
        port = self.store.get("port", id_)
        if port is None or not (request.admin or port["project_id"] == request.project):
            raise invalid(f"Port {id_} could not be found.")
        if port["device_id"]:
            raise conflict(f"Port {id_} is still in use.")
        return port

    def _coming(self, id_: str) -> bool:
        row = self.store.get("server", id_)
        return row is not None and row["OS-EXT-STS:task_state"] != "deleting"

    def check_staying(self, row: Row, what: str) -> None:
        """Refuse, because the server is being deleted."""
        if row["OS-EXT-STS:task_state"] == "deleting":
            raise conflict(f"Cannot '{what}' instance {row['id']} while it is in task_state deleting")

    def _furnish(self, request: Request, id_: str, wanted: Sequence[Row], names: Sequence[str], disks: Sequence[Row]) -> None:
        row = self.store.change("server", id_, **{"OS-EXT-STS:task_state": "spawning"})
        for item in wanted:
            self.plug(request, row, item, names)
        for disk in disks:
            self._furnish_disk(request, row, disk)

    def _furnish_disk(self, request: Request, row: Row, disk: Row) -> None:
        ending = {"delete_on_termination": bool(disk.get("delete_on_termination"))}
        ending["root"] = disk.get("boot_index") in (0, "0")
        if disk.get("source_type") == "volume":
            self.attach(request, row, {"volumeId": disk["uuid"], **ending})
        elif disk.get("destination_type") == "volume":
            made: Row = {"size": int(disk.get("volume_size") or 1), "status": "available", "description": ""}
            if disk.get("source_type") == "blank":
                made["name"] = f"{row['id']}-blank-vol"
            elif disk.get("source_type") == "snapshot":
                made |= {"bootable": "true", "snapshot_id": disk.get("uuid")}
            else:
                made |= {"bootable": "true", "volume_image_metadata": {"image_id": disk.get("uuid")}}
            volume = self.world.block_storage.make(request.project, request.user, **made)
            self.attach(request, row, {"volumeId": volume["id"], **ending})

    def _up(self, id_: str) -> None:
        row = self.store.tables["server"][id_]
        if row["status"] != "BUILD":
            return
        now = {"OS-EXT-STS:vm_state": "active", "OS-EXT-STS:task_state": None, "OS-EXT-STS:power_state": 1}
        self.store.change("server", id_, status="ACTIVE", **now, **{"OS-SRV-USG:launched_at": self.store.stamp(like=".")})
        for port in self.ports(id_):
            self.store.change("port", port["id"], status="ACTIVE")

    def fail(self, id_: str, text: str) -> None:
        """Let a server end in an error."""
        fault = {"code": 500, "created": self.store.stamp(), "message": text}
        states = {"OS-EXT-STS:vm_state": "error", "OS-EXT-STS:task_state": None}
        self.store.change("server", id_, status="ERROR", fault=fault, **states)

    def power(self, row: Row, action: str) -> None:
        """Start, stop or reboot."""
        state = row["OS-EXT-STS:vm_state"]
        wanted = {"os-start": "stopped", "os-stop": "active", "reboot": "active"}[action]
        if state != wanted:
            raise conflict(f"Cannot '{action.removeprefix('os-')}' instance {row['id']} while it is in vm_state {state}")
        self.reset(row, "stopped" if action == "os-stop" else "active")

    def reset(self, row: Row, state: str) -> None:
        """Put a server into a state."""
        status, power = STATES.get(state, STATES["error"])
        now = {"OS-EXT-STS:vm_state": state, "OS-EXT-STS:task_state": None, "OS-EXT-STS:power_state": power}
        # Whatever was under way has nothing to end any more.
        self.store.change("server", row["id"], status=status, **now, _turn=row.get("_turn", 0) + 1)

    # -- going ----------------------------------------------------------------------------------------------------------

    def delete(self, row: Row) -> None:
        """Begin to delete a server; asked again, it goes on as it was."""
        if row["OS-EXT-STS:task_state"] == "deleting":
            return
        turn = row.get("_turn", 0) + 1
        self.store.change("server", row["id"], _turn=turn, **{"OS-EXT-STS:task_state": "deleting"})
        pace = self.world.pace.server_delete
        self.world.after(
            pace, "delete", "server", row["id"], lambda: self._gone(row["id"]), lambda: self.fail(row["id"], "Failed to delete")
        )

    def _gone(self, id_: str) -> None:
        for port in self.ports(id_):
            self.unplug(port)
        for attachment in self.store.rows("volume_attachment", serverId=id_):
            self.store.drop("volume_attachment", attachment["id"])
            self.world.block_storage.released(attachment["id"], delete=attachment["delete_on_termination"])
        for group in list(self.store.tables["server_group"].values()):
            if id_ in group["members"]:
                self.store.change("server_group", group["id"], members=[m for m in group["members"] if m != id_])
        self.store.drop("server", id_)

    # -- ports ----------------------------------------------------------------------------------------------------------

    def plug(self, request: Request, row: Row, wanted: Row, names: Sequence[str] = ()) -> Row:
        """Give a server a port: one that is there, or a new one that goes with it.

        Args:
            request: on whose behalf.
            row: the server.
            wanted: ``port``, or ``uuid`` of a network.
            names: security groups of a new port.

        Raises:
            Refused: the port is in use, or there is no address.
        """
        self.check_staying(row, "attach_interface")
        owner = {"device_id": row["id"], "device_owner": OWNER, "status": "ACTIVE" if row["status"] == "ACTIVE" else "DOWN"}
        if wanted.get("port"):
            port = self._free_port(request, wanted["port"])
            return self.store.change("port", port["id"], **owner)
        network = self.store.get("network", str(wanted.get("uuid")))
        if network is None or not self.world.network.sees(request, NETWORK_KINDS["network"], network):
            raise invalid(f"Network {wanted.get('uuid')} could not be found.")
        addresses, governing = self.world.network.addresses, self.world.network.governing
        fixed = addresses.allot(network, [{"ip_address": wanted["fixed_ip"]}] if wanted.get("fixed_ip") else None)
        mine = self.store.rows("security_group", project_id=row["tenant_id"])
        groups = [g["id"] for g in mine if g["name"] in names or g["id"] in names]
        groups = groups or [governing.default_group(row["tenant_id"])["id"]]
        return addresses.make_port(network, fixed, **owner, project_id=row["tenant_id"], security_groups=groups, _nova=True)

    def unplug_later(self, server: str, port: Row) -> None:
        """Take a port out of a server, in its time."""

        def end() -> None:
            now = self.store.get("port", port["id"])
            if now and now["device_id"] == server:
                self.unplug(now)

        self.store.later(self.world.pace.attach, end)

    def unplug(self, port: Row) -> None:
        """Take a port out of its server: what Nova made goes, anything else is free again."""
        self.world.network.addresses.release_port(port, delete=bool(port.get("_nova")))

    # -- volumes --------------------------------------------------------------------------------------------------------

    def _check_available(self, volume: Row) -> None:
        if volume["status"] != "available":
            raise invalid(f"Invalid volume: volume '{volume['id']}' status must be 'available'. Currently in '{volume['status']}'")

    def attach(self, request: Request, row: Row, body: Row) -> Row:
        """Begin to attach a volume.

        Args:
            request: on whose behalf.
            row: the server.
            body: ``volumeId``, and perhaps ``device`` and ``delete_on_termination``.

        Raises:
            Refused: the volume is not available.
        """
        self.check_staying(row, "attach_volume")
        volume = self.world.block_storage.volume(request, str(body.get("volumeId")))
        self._check_available(volume)
        held = self.store.rows("volume_attachment", serverId=row["id"])
        letter = "a" if body.get("root") else chr(ord("b") + sum(not a.get("_root") for a in held))
        device = body.get("device") or f"/dev/vd{letter}"
        attachment = self.world.block_storage.reserve(volume, row["id"], device)
        made: Row = {"id": attachment["id"], "attachment_id": attachment["id"], "bdm_uuid": self.store.uuid(), "volumeId": volume["id"]}
        made |= {"serverId": row["id"], "device": device, "tag": body.get("tag"), "_root": bool(body.get("root"))}
        return self.store.add("volume_attachment", {**made, "delete_on_termination": bool(body.get("delete_on_termination"))})

    def detach(self, attachment: Row) -> None:
        """Begin to detach a volume."""
        volume = self.store.get("volume", attachment["volumeId"])
        if volume is None or volume["status"] == "detaching":
            return
        self.store.change("volume", volume["id"], status="detaching")

        def end() -> None:
            if self.store.drop("volume_attachment", attachment["id"]):
                self.world.block_storage.released(attachment["id"])

        def fail() -> None:
            self.store.change("volume", volume["id"], status="in-use")

        self.world.after(self.world.pace.attach, "update", "volume", volume["id"], end, fail)
