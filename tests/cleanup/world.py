"""A small OpenStack in memory, in virtual time: what services refuse, make by themselves and take away by themselves.

It knows nothing of the product but the shape of its declarations (which fields are listed), and fails the test when an
object that is not the job's is changed.
"""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.cleanup.machine import START, VirtualMachine
from tfclean.kinds.base import Call
from tfclean.kinds.registry import KINDS, everyday, with_named
from tfclean.kinds.relations import edges
from tfclean.model import (
    Confidence,
    Evidence,
    Finding,
    Gap,
    GapKind,
    Inventory,
    Judgement,
    Key,
    Resource,
    Verdict,
)

PROJECT, USER, OCTAVIA = "p" * 32, "u" * 32, "o" * 32
TENANT = "os-vol-tenant-attr:tenant_id"


@dataclass(frozen=True)
class Answer:
    status: int | None
    body: str = ""
    request_id: str = "req-1"
    seconds: float = 0.05
    retry_after: float | None = None
    error: str = ""


@dataclass(frozen=True)
class Look:
    kind: str
    resources: tuple[Resource, ...] = ()
    gap: Gap | None = None


class Crash(BaseException):
    """The process is killed."""


def neutron(status: int, type_: str, message: str) -> Answer:
    return Answer(status, json.dumps({"NeutronError": {"type": type_, "message": message, "detail": ""}}))


def octavia(status: int, text: str) -> Answer:
    return Answer(status, json.dumps({"faultcode": "Client", "faultstring": text, "debuginfo": None}))


def nova(status: int, text: str) -> Answer:
    return Answer(status, json.dumps({"badRequest" if status == 400 else "conflictingRequest": {"code": status, "message": text}}))


VOLUME_SENTENCE = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be "
    "migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer."
)


class World:
    """One project of one cloud, with strangers in it. Implements the cleanup's `Cloud`."""

    name, region, project, user = "memory", "RegionOne", PROJECT, USER

    def __init__(self, machine: VirtualMachine | None = None, seed: int = 0, delay: float = 1.0) -> None:
        self.machine = machine or VirtualMachine(seed)
        self.tables: dict[str, dict[str, dict[str, Any]]] = {name: {} for name, kind in KINDS.items() if kind.listing.rows is None}
        self.job: set[Key] = set()
        self.implicit: set[Key] = set()
        self.requests: list[tuple[str, str, int | None]] = []
        self.looks: list[str] = []
        self.revision: int | None = None
        self.fault: Callable[[str, str, int], str] = lambda *_: ""
        self.broken: set[str] = set()
        self.delay = delay
        self._random = random.Random(seed)
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._ids = random.Random(seed + 1)

    # -- building -------------------------------------------------------------------------------------------------------

    def add(self, kind: str, *, ours: bool = True, implicit: bool = False, **row: Any) -> str:
        declared = KINDS[kind]
        id_ = str(row.get(declared.id) or uuid.UUID(int=self._ids.getrandbits(128)))
        row = {declared.id: id_, **row}
        if declared.owner:
            row.setdefault(declared.owner, PROJECT)
        if declared.created:
            row.setdefault(declared.created, datetime.fromtimestamp(START - 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        if "revision_number" in declared.fields:
            row.setdefault("revision_number", 1)
        if declared.status:
            row.setdefault(declared.status, "available" if declared.service == "block-storage" else "ACTIVE")
        self.tables[kind][id_] = row
        (self.job.add if ours else lambda _: None)(Key(kind, id_))
        if implicit and ours:
            self.implicit.add(Key(kind, id_))
        return id_

    def network(self, name: str, *, ours: bool = True) -> tuple[str, str]:
        net = self.add("network.network", name=name, ours=ours)
        sub = self.add("network.subnet", name=name, network_id=net, cidr=f"10.{len(self.tables['network.subnet'])}.0.0/24", ours=ours)
        self.port(f"dhcp-{name}", net, sub, owner="network:dhcp", device="dhcp-" + net, ours=ours, implicit=True)
        return net, sub

    def port(self, name: str, net: str, sub: str, *, groups: tuple[str, ...] = (), owner: str = "", device: str = "", **more: Any) -> str:
        return self.add(
            "network.port",
            name=name,
            network_id=net,
            fixed_ips=[{"subnet_id": sub, "ip_address": f"10.0.0.{len(self.tables['network.port']) % 250}"}],
            security_groups=list(groups),
            device_owner=owner,
            device_id=device,
            **more,
        )

    def trunk(self, name: str, parent: str, *subports: str, up: bool = False, ours: bool = True) -> str:
        rows = [{"port_id": port, "segmentation_type": "vlan", "segmentation_id": 101 + i} for i, port in enumerate(subports)]
        return self.add("network.trunk", name=name, port_id=parent, sub_ports=rows, admin_state_up=up, ours=ours)

    def interface(self, router: str, net: str, sub: str, *, ours: bool = True) -> str:
        id_ = self.port("", net, sub, owner="network:router_interface", device=router, ours=False)
        if ours:
            self.job.add(Key("network.router_interface", id_))
        return id_

    def server(self, name: str, ports: tuple[str, ...], *, ours: bool = True, **more: Any) -> str:
        id_ = self.add("compute.server", name=name, ours=ours, **more)
        for port in ports:
            self.tables["network.port"][port].update(device_id=id_, device_owner="compute:nova")
        return id_

    def attach(self, server: str, volume: str, *, boot: bool = False, ours: bool = True) -> None:
        row = self.tables["block_storage.volume"][volume]
        row.setdefault("attachments", []).append({"server_id": server, "attachment_id": volume, "id": volume})
        row["status"] = "in-use"
        self.tables["compute.server"][server].setdefault("os-extended-volumes:volumes_attached", []).append(
            {"id": volume, "delete_on_termination": boot}
        )
        if boot and ours:
            self.implicit.add(Key("block_storage.volume", volume))
        if ours:
            self.job.add(Key("compute.volume_attachment", f"{server}/{volume}"))

    def balancer(self, name: str, net: str, sub: str, *, ours: bool = True, status: str = "ACTIVE", children: bool = True) -> str:
        lb = str(uuid.UUID(int=self._ids.getrandbits(128)))
        vip = self.port(f"octavia-lb-{lb}", net, sub, owner="Octavia", device=f"lb-{lb}", ours=ours, implicit=True)
        self.add("network.port", ours=False, name=f"octavia-lb-vrrp-{lb}", network_id=net,
                 fixed_ips=[{"subnet_id": sub, "ip_address": "10.0.0.9"}],
                 device_owner="compute:nova", device_id="amphora-" + lb, project_id=OCTAVIA, security_groups=[])  # fmt: skip
        where = {"vip_network_id": net, "vip_subnet_id": sub, "vip_port_id": vip}
        self.add("load_balancer.load_balancer", id=lb, name=name, ours=ours, provisioning_status=status, **where)
        if children:
            up = {"loadbalancers": [{"id": lb}], "ours": ours}
            pool = self.add("load_balancer.pool", name=name, members=[], **up)
            self.add("load_balancer.listener", name=name, default_pool_id=pool, **up)
            member = self.add("load_balancer.member", name=name, pool_id=pool, ours=ours)
            self.tables["load_balancer.pool"][pool]["members"] = [{"id": member}]
            self.add("load_balancer.health_monitor", name=name, pools=[{"id": pool}], ours=ours)
        return lb

    # -- what the cleanup sees ------------------------------------------------------------------------------------------

    def inventory(self) -> Inventory:
        found = [r for kind in everyday() for r in self.look(kind).resources if kind not in self.broken]
        gaps = tuple(Gap(GapKind.NOT_LISTED, kind, "the service answers 500") for kind in sorted(self.broken))
        taken = datetime.fromtimestamp(self.machine.now(), UTC)
        return Inventory({r.key: r for r in found}, frozenset(everyday()) - self.broken, gaps, PROJECT, USER, self.name, self.region, taken)

    def look(self, kind: str) -> Look:
        self._catch_up()
        self.looks.append(kind)
        if kind in self.broken:
            return Look(kind, (), Gap(GapKind.NOT_LISTED, kind, "the service answers 500"))
        listing = KINDS[kind].listing
        if listing.rows is not None:
            rows = [row for parent in self.tables[listing.rows[0]].values() for row in listing.rows[1](parent)]
        else:
            rows = [row for row in self.tables[kind].values() if listing.keep is None or listing.keep(row)]
        if kind == "compute.server_group":
            rows = [{**row, "members": [m for m in row["members"] if m in self.tables["compute.server"]]} for row in rows]
        return Look(kind, tuple(self._resource(kind, row) for row in rows))

    def _resource(self, kind: str, row: Mapping[str, Any]) -> Resource:
        k = KINDS[kind]
        created = row.get(k.created) if k.created else None
        return Resource(
            kind=kind,
            id=str(row[k.id]),
            name=str(row.get(k.title) or ""),
            owner=str(row.get(k.owner) or "") if k.owner else "",
            created_at=datetime.fromisoformat(created) if created else None,
            status=str(row.get(k.status) or "") if k.status else "",
            revision=row.get("revision_number"),
            attributes={f: json.loads(json.dumps(row[f])) for f in sorted(k.fields) if f in row},
        )

    def judge(self, inventory: Inventory) -> Judgement:
        """Judge by what the world itself knows to be the job's."""
        findings = {}
        inventory = with_named(inventory, self.job)
        for key, resource in inventory.resources.items():
            ours = key in self.job or self._part_of_job(key)
            made = key in self.implicit or "vrrp" in resource.name or (ours and key not in self.job)
            verdict = Verdict.FOREIGN if not (ours or self._vrrp_of_job(resource)) else Verdict.IMPLICIT if made else Verdict.MANAGED
            findings[key] = Finding(
                kind=key.kind,
                id=key.id,
                name=resource.name,
                verdict=verdict,
                confidence=Confidence.NONE if verdict is Verdict.FOREIGN else Confidence.CERTAIN,
                addresses=(f"x.{key.id}",) if verdict is Verdict.MANAGED else (),
                evidence=(Evidence("the world says so"),),
                resource=resource,
            )
        return Judgement(findings, edges(inventory), gaps=inventory.gaps, inventory=inventory)

    def _part_of_job(self, key: Key) -> bool:
        """Ties that nobody claims are the job's when what they tie is."""
        if key.kind == "network.floating_ip_association":
            return Key("network.floating_ip", key.id) in self.job
        if key.kind == "network.trunk_subport":
            return Key("network.trunk", key.id.split("/")[0]) in self.job
        return key.kind == "compute.volume_attachment" and Key("compute.server", key.id.split("/")[0]) in self.job

    def _vrrp_of_job(self, resource: Resource) -> bool:
        return Key("load_balancer.load_balancer", resource.name.removeprefix("octavia-lb-vrrp-")) in self.job

    def left(self) -> set[Key]:
        """Give what of the job is still there."""
        live = with_named(self.inventory(), self.job).resources
        return {key for key in live if key in self.job or key in self.implicit}

    def refused(self) -> list[tuple[str, str, int | None]]:
        return [r for r in self.requests if r[2] is not None and r[2] >= 400 and r[2] not in (404, 412, 429) and r[2] < 500]

    # -- what the cleanup does ------------------------------------------------------------------------------------------

    def perform(self, call: Call, fields: Mapping[str, Any], revision: int | None) -> Answer:
        self._catch_up()
        path = re.sub(r"\{([^{}]+)\}", lambda m: str(fields[m.group(1)]), call.path)
        match self.fault(call.method, path, len(self.requests)):
            case "crash":
                raise Crash
            case "crash after":
                self._carry_out(call, path, fields, revision)
                raise Crash
            case "lost":
                answer = Answer(None, error="connection reset")
            case "lost after":
                self._carry_out(call, path, fields, revision)
                answer = Answer(None, error="read timed out")
            case "429":
                answer = Answer(429, "slow down", retry_after=1.0)
            case "503":
                answer = Answer(503, "overloaded")
            case "500 after":
                self._carry_out(call, path, fields, revision)
                answer = Answer(500, "oops")
            case "400":
                answer = neutron(400, "BadRequest", "Bad request")
            case "403":
                answer = neutron(403, "PolicyNotAuthorized", "rule:delete_network is disallowed by policy")
            case _:
                answer = self._carry_out(call, path, fields, revision)
        self.requests.append((call.method, path, answer.status))
        return answer

    def _carry_out(self, call: Call, path: str, fields: Mapping[str, Any], revision: int | None) -> Answer:
        del path
        self.revision = revision
        for kind, declared in KINDS.items():
            handler = f"{kind.split('.')[1]}"
            if call in (declared.delete, declared.cascade):
                return self._delete(kind, handler, declared.delete is call or declared.cascade is call, fields, call, revision)
            if call is declared.undo:
                method: Callable[[Mapping[str, Any]], Answer] = getattr(self, f"_undo_{handler}")
                return method(fields)
            if call in [r.call for r in declared.repairs if not r.on]:
                repair: Callable[[Mapping[str, Any]], Answer] = getattr(self, f"_repair_{handler}")
                return repair(fields)
            if any(call in (p.call, p.undo) for p in declared.prepare):
                prepare: Callable[[Mapping[str, Any], Call], Answer] = getattr(self, f"_prepare_{handler}")
                return prepare(fields, call)
        raise AssertionError(f"no such request: {call}")

    def _delete(self, kind: str, handler: str, _: bool, fields: Mapping[str, Any], call: Call, revision: int | None) -> Answer:
        if KINDS[kind].listing.rows is not None:
            untie: Callable[[Mapping[str, Any]], Answer] = getattr(self, f"_untie_{handler}")
            return untie(fields)
        row = self.tables[kind].get(fields["id"])
        if row is None:
            return Answer(404, json.dumps({"itemNotFound": {"code": 404, "message": f"{fields['id']} could not be found."}}))
        if revision is not None and revision != row.get("revision_number"):
            return neutron(412, "RevisionNumberConstraintFailed", f"Constrained to {revision}, but current is {row['revision_number']}")
        self._ours(kind, row[KINDS[kind].id])
        method: Callable[[dict[str, Any], Mapping[str, str]], Answer] | None = getattr(self, f"_delete_{handler}", None)
        if method is None:
            del self.tables[kind][fields["id"]]
            return Answer(204)
        return method(row, dict(call.query))

    def _ours(self, kind: str, id_: str) -> None:
        key = Key(kind, id_)
        assert key in self.job or self._part_of_job(key) or key in self.implicit, f"{key} is not the job's"

    def _bump(self, kind: str, id_: str) -> None:
        if id_ in self.tables[kind]:
            self.tables[kind][id_]["revision_number"] += 1

    def _catch_up(self) -> None:
        due = [t for t in self._later if t[0] <= self.machine.now()]
        self._later = [t for t in self._later if t[0] > self.machine.now()]
        for _, action in sorted(due, key=lambda t: t[0]):
            action()
        if due:
            self._catch_up()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        self._later.append((self.machine.now() + seconds * (0.5 + self._random.random()), action))

    def _delete_server(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if row.get("locked"):
            return nova(409, f"Instance {row['id']} is locked")
        if row.get("OS-EXT-STS:task_state") == "deleting" and row.get("helps") == "again":
            self.after(self.delay, lambda: self._server_gone(row))
        if row.get("OS-EXT-STS:task_state") != "deleting":
            row["OS-EXT-STS:task_state"] = "deleting"
            if not row.get("stuck"):
                self.after(self.delay, lambda: self._server_gone(row))
        return Answer(204)

    def _repair_server(self, fields: Mapping[str, Any]) -> Answer:
        row = self.tables["compute.server"][fields["id"]]
        self._ours("compute.server", row["id"])
        if row.get("helps") != "force":
            return Answer(403, json.dumps({"forbidden": {"message": "Policy doesn't allow os_compute_api:os-deferred-delete:force to be"}}))
        self.after(self.delay, lambda: self._server_gone(row))
        return Answer(204)

    def _delete_attachment(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        del self.tables["block_storage.attachment"][row["id"]]
        volume = self.tables["block_storage.volume"][row["volume_id"]]
        if not any(a["volume_id"] == volume["id"] for a in self.tables["block_storage.attachment"].values()):
            self.after(self.delay, lambda: volume.update(status="available", attachments=[]))
        return Answer(200)

    def _server_gone(self, row: dict[str, Any]) -> None:
        self.tables["compute.server"].pop(row["id"], None)
        for port in [p for p in self.tables["network.port"].values() if p["device_id"] == row["id"]]:
            port.update(device_id="", device_owner="")
            self._bump("network.port", port["id"])
            if Key("network.port", port["id"]) in self.implicit and not port.get("outlives"):
                self.after(self.delay, lambda port=port: self.tables["network.port"].pop(port["id"], None))
        for attached in row.get("os-extended-volumes:volumes_attached", []):
            volume = self.tables["block_storage.volume"].get(attached["id"])
            if volume:
                volume.update(attachments=[a for a in volume["attachments"] if a["server_id"] != row["id"]], status="available")
                if attached["delete_on_termination"]:
                    volume["status"] = "deleting"
                    self.after(self.delay, lambda id_=attached["id"]: self.tables["block_storage.volume"].pop(id_, None))

    def _untie_volume_attachment(self, fields: Mapping[str, Any]) -> Answer:
        server, volume = fields["server_id"], self.tables["block_storage.volume"].get(fields["volume_id"])
        if volume is None or not any(a["server_id"] == server for a in volume.get("attachments", [])):
            return Answer(404, "Instance is not attached to volume")
        self._ours("compute.volume_attachment", fields["id"])
        volume["status"] = "detaching"

        def done() -> None:
            volume.update(attachments=[a for a in volume["attachments"] if a["server_id"] != server], status="available")
            row = self.tables["compute.server"].get(server, {})
            row["os-extended-volumes:volumes_attached"] = [
                a for a in row.get("os-extended-volumes:volumes_attached", []) if a["id"] != volume["id"]
            ]

        self.after(self.delay, done)
        return Answer(202)

    def _undo_volume_attachment(self, fields: Mapping[str, Any]) -> Answer:
        self.attach(fields["server_id"], fields["volume_id"])
        return Answer(200)

    def _delete_volume(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        snapshots = any(s["volume_id"] == row["id"] for s in self.tables["block_storage.snapshot"].values())
        if row["status"] not in ("available", "error") or row.get("attachments") or snapshots:
            return nova(400, VOLUME_SENTENCE)
        row["status"] = "deleting"
        if row.get("fails"):
            self.after(self.delay, lambda: row.update(status="error_deleting"))
        else:
            self.after(self.delay, lambda: self.tables["block_storage.volume"].pop(row["id"], None))
        return Answer(202)

    def _delete_snapshot(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        row["status"] = "deleting"
        self.after(self.delay, lambda: self.tables["block_storage.snapshot"].pop(row["id"], None))
        return Answer(202)

    def _ports(self, **where: str) -> list[dict[str, Any]]:
        return [p for p in self.tables["network.port"].values() if all(p.get(k) == v for k, v in where.items())]

    def _delete_network(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        ports = self._ports(network_id=row["id"])
        held = [p["id"] for p in ports if p["device_owner"] != "network:dhcp"]
        if held:
            text = "There are one or more ports still in use on the network, id for these ports is:"
            return neutron(409, "NetworkInUse", f"Unable to complete operation on network {row['id']}. {text} {','.join(held)}.")
        for port in ports:
            del self.tables["network.port"][port["id"]]
        for subnet in [s for s in self.tables["network.subnet"].values() if s["network_id"] == row["id"]]:
            del self.tables["network.subnet"][subnet["id"]]
        del self.tables["network.network"][row["id"]]
        return Answer(204)

    def _delete_subnet(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        ports = [p for p in self.tables["network.port"].values() if any(ip["subnet_id"] == row["id"] for ip in p["fixed_ips"])]
        if any(p["device_owner"] != "network:dhcp" for p in ports):
            text = "One or more ports have an IP allocation from this subnet."
            return neutron(409, "SubnetInUse", f"Unable to complete operation on subnet {row['id']}: {text}")
        for port in ports:
            port["fixed_ips"] = [ip for ip in port["fixed_ips"] if ip["subnet_id"] != row["id"]]
        del self.tables["network.subnet"][row["id"]]
        self._bump("network.network", row["network_id"])
        return Answer(204)

    def _delete_port(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if row["device_owner"].startswith("compute:"):
            return neutron(403, "PolicyNotAuthorized", "rule:delete_port is disallowed by policy")
        for trunk in self.tables["network.trunk"].values():
            if trunk["port_id"] == row["id"]:
                return neutron(409, "PortInUseAsTrunkParent", f"Port {row['id']} is currently a parent port for trunk {trunk['id']}.")
            if any(sub["port_id"] == row["id"] for sub in trunk["sub_ports"]):
                return neutron(409, "PortInUseAsSubPort", f"Port {row['id']} is currently a subport for trunk {trunk['id']}.")
        for ip in self.tables["network.floating_ip"].values():
            if ip.get("port_id") == row["id"]:
                ip.update(port_id=None, router_id=None, fixed_ip_address=None)
                self._bump("network.floating_ip", ip["id"])
        del self.tables["network.port"][row["id"]]
        return Answer(204)

    def _delete_router(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        legs = [p["id"] for p in self._ports(device_id=row["id"])]
        if legs:
            return neutron(409, "RouterInUse", f"Router {row['id']} has ports still attached: {', '.join(legs)}")
        del self.tables["network.router"][row["id"]]
        return Answer(204)

    def _untie_router_interface(self, fields: Mapping[str, Any]) -> Answer:
        router = fields["device_id"]
        port = self.tables["network.port"].get(str(fields["id"]))
        if port is None or port["device_id"] != router:
            return neutron(404, "RouterInterfaceNotFound", f"Router {router} does not have an interface with id {fields['id']}")
        self._ours("network.router_interface", port["id"])
        subnets = {ip["subnet_id"] for ip in port["fixed_ips"]}
        for ip in self.tables["network.floating_ip"].values():
            target = self.tables["network.port"].get(ip.get("port_id") or "")
            if target and ip.get("router_id") == router and subnets & {i["subnet_id"] for i in target["fixed_ips"]}:
                text = "cannot be deleted, as it is required by one or more floating IPs."
                where = f"Router interface for subnet {min(subnets)} on router {router}"
                return neutron(409, "RouterInterfaceInUseByFloatingIP", f"{where} {text}")
        del self.tables["network.port"][port["id"]]
        self._bump("network.router", router)
        return Answer(200)

    def _undo_router_interface(self, fields: Mapping[str, Any]) -> Answer:
        subnet = self.tables["network.subnet"][str(fields["subnet_id"])]
        legs = self._ports(device_id=fields["device_id"])
        if any(ip["subnet_id"] == subnet["id"] for leg in legs for ip in leg["fixed_ips"]):
            return neutron(400, "BadRequest", f"Bad router request: Router already has a port on subnet {subnet['id']}.")
        self.interface(fields["device_id"], subnet["network_id"], subnet["id"])
        return Answer(200)

    def _routes(self, router: str) -> list[dict[str, Any]]:
        routes: list[dict[str, Any]] = self.tables["network.router"][router].setdefault("routes", [])
        return routes

    def _untie_router_route(self, fields: Mapping[str, Any]) -> Answer:
        self._ours("network.router_route", fields["id"])
        routes = self._routes(fields["router_id"])
        routes[:] = [r for r in routes if (r["destination"], r["nexthop"]) != (fields["destination"], fields["nexthop"])]
        return Answer(200)

    def _undo_router_route(self, fields: Mapping[str, Any]) -> Answer:
        row = {"destination": fields["destination"], "nexthop": fields["nexthop"]}
        routes = self._routes(fields["router_id"])
        routes[:] = [r for r in routes if r != row] + [row]
        return Answer(200)

    def _undo_floating_ip_association(self, fields: Mapping[str, Any]) -> Answer:
        row = self.tables["network.floating_ip"][fields["id"]]
        assert not row.get("port_id"), "it is tied already"
        row.update(port_id=fields["port_id"], fixed_ip_address=fields["fixed_ip_address"])
        return Answer(200)

    def _untie_floating_ip_association(self, fields: Mapping[str, Any]) -> Answer:
        self._ours("network.floating_ip_association", fields["id"])
        self.tables["network.floating_ip"][fields["id"]].update(port_id=None, router_id=None, fixed_ip_address=None)
        return Answer(200)

    def _prepare_trunk(self, fields: Mapping[str, Any], call: Call) -> Answer:
        self._ours("network.trunk", fields["id"])
        assert call.body is not None
        assert isinstance(call.body, Mapping)
        self.tables["network.trunk"][fields["id"]].update(call.body["trunk"])
        self._bump("network.trunk", fields["id"])
        return Answer(200)

    def _regroup(self, fields: Mapping[str, Any], groups: list[str]) -> Answer:
        port = self.tables["network.port"][fields["port_id"]]
        if self.revision != port["revision_number"]:
            text = f"Constrained to {self.revision}, but current revision is {port['revision_number']}"
            return neutron(412, "RevisionNumberConstraintFailed", text)
        self._ours("network.port_security_group", f"{port['id']}/{fields['security_group_id']}")
        port["security_groups"] = groups
        self._bump("network.port", port["id"])
        return Answer(200)

    def _untie_port_security_group(self, fields: Mapping[str, Any]) -> Answer:
        return self._regroup(fields, list(fields["others"]))

    def _undo_port_security_group(self, fields: Mapping[str, Any]) -> Answer:
        return self._regroup(fields, [*fields["others"], fields["security_group_id"]])

    def _prepare_trunk_subport(self, fields: Mapping[str, Any], call: Call) -> Answer:
        return self._prepare_trunk({"id": fields["trunk_id"]}, call)

    def _disabled(self, trunk: dict[str, Any]) -> Answer | None:
        return None if trunk["admin_state_up"] else neutron(409, "TrunkDisabled", f"Trunk {trunk['id']} is currently disabled.")

    def _untie_trunk_subport(self, fields: Mapping[str, Any]) -> Answer:
        self._ours("network.trunk_subport", fields["id"])
        trunk, port = self.tables["network.trunk"][fields["trunk_id"]], fields["port_id"]
        if refused := self._disabled(trunk):
            return refused
        if not any(sub["port_id"] == port for sub in trunk["sub_ports"]):
            return neutron(404, "SubPortNotFound", f"SubPort on trunk {trunk['id']} with parent port {port} could not be found.")
        trunk["sub_ports"] = [sub for sub in trunk["sub_ports"] if sub["port_id"] != port]
        return Answer(200)

    def _undo_trunk_subport(self, fields: Mapping[str, Any]) -> Answer:
        trunk = self.tables["network.trunk"][fields["trunk_id"]]
        if refused := self._disabled(trunk):
            return refused
        if any(sub["port_id"] == fields["port_id"] for t in self.tables["network.trunk"].values() for sub in t["sub_ports"]):
            return neutron(409, "TrunkPortInUse", f"Port {fields['port_id']} is in use by another trunk.")
        trunk["sub_ports"].append({name: fields[name] for name in ("port_id", "segmentation_type", "segmentation_id")})
        return Answer(200)

    def _prepare_image(self, fields: Mapping[str, Any], call: Call) -> Answer:
        self._ours("image.image", fields["id"])
        assert call.media == "application/openstack-images-v2.1-json-patch"
        assert call.body is not None
        self.tables["image.image"][fields["id"]].update({step["path"].strip("/"): step["value"] for step in call.body})
        return Answer(200)

    def _delete_image(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if row.get("protected"):
            return Answer(403, json.dumps({"message": f"Image {row['id']} is protected and cannot be deleted.", "title": "Forbidden"}))
        if row.get("used"):
            return Answer(409, json.dumps({"message": f"Image {row['id']} could not be deleted because it is in use: RBD clones."}))
        del self.tables["image.image"][row["id"]]
        return Answer(204)

    def _prepare_server(self, fields: Mapping[str, Any], call: Call) -> Answer:
        self._ours("compute.server", fields["id"])
        assert call.body is not None
        self.tables["compute.server"][fields["id"]]["locked"] = "lock" in call.body
        return Answer(202)

    def _delete_trunk(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if not row["admin_state_up"]:
            return neutron(409, "TrunkDisabled", f"Trunk {row['id']} is currently disabled.")
        del self.tables["network.trunk"][row["id"]]
        return Answer(204)

    def _delete_security_group(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if any(row["id"] in p["security_groups"] for p in self.tables["network.port"].values()):
            return neutron(409, "SecurityGroupInUse", f"Security Group {row['id']} in use.")
        rules = self.tables["network.security_group_rule"]
        for rule in [r for r in rules.values() if row["id"] in (r["security_group_id"], r.get("remote_group_id"))]:
            if rule["security_group_id"] != row["id"]:
                self._ours("network.security_group_rule", rule["id"])
            del rules[rule["id"]]
        del self.tables["network.security_group"][row["id"]]
        return Answer(204)

    def _pending(self, lb: dict[str, Any]) -> Answer | None:
        if lb["provisioning_status"].startswith("PENDING"):
            return octavia(409, f"Load Balancer {lb['id']} is immutable and cannot be updated.")
        return None

    def _delete_load_balancer(self, row: dict[str, Any], query: Mapping[str, str]) -> Answer:
        busy = self._pending(row)
        if busy:
            return busy
        children = [(k, c["id"]) for k in CHILDREN for c in self.tables[k].values() if self._balancer_of(k, c) == row["id"]]
        if children and query.get("cascade") != "true":
            if all(k not in ("load_balancer.pool", "load_balancer.listener") for k, _ in children):
                children = []
            else:
                return octavia(400, f"Validation failure: Cannot delete Load Balancer {row['id']} - it has children")
        for kind, id_ in children:
            self._ours(kind, id_)
        row["provisioning_status"] = "PENDING_DELETE"
        if row.pop("sticks", None):
            return Answer(204)
        if row.pop("breaks", None):
            self.after(self.delay, lambda: row.update(provisioning_status="ERROR"))
            return Answer(204)

        def gone() -> None:
            for kind, id_ in children:
                self.tables[kind].pop(id_, None)
            for port in [p for p in self.tables["network.port"].values() if p["name"].endswith(row["id"])]:
                if not port.get("outlives"):
                    del self.tables["network.port"][port["id"]]
            del self.tables["load_balancer.load_balancer"][row["id"]]

        self.after(2 * self.delay, gone)
        return Answer(204)

    def _balancer_of(self, kind: str, row: Mapping[str, Any]) -> str:
        if kind == "load_balancer.member":
            row = self.tables["load_balancer.pool"].get(row["pool_id"], {})
        elif kind == "load_balancer.health_monitor":
            row = self.tables["load_balancer.pool"].get(row["pools"][0]["id"], {})
        ups = row.get("loadbalancers") or [{"id": ""}]
        return str(ups[0]["id"])

    def _delete_child(self, kind: str, row: dict[str, Any]) -> Answer:
        lb = self.tables["load_balancer.load_balancer"][self._balancer_of(kind, row)]
        busy = self._pending(lb)
        if busy:
            return busy
        lb["provisioning_status"] = row["provisioning_status"] = "PENDING_UPDATE"

        def gone() -> None:
            self.tables[kind].pop(row["id"], None)
            for child in ("load_balancer.member", "load_balancer.health_monitor") if kind == "load_balancer.pool" else ():
                for id_ in [
                    i for i, c in self.tables[child].items() if row["id"] in (c.get("pool_id"), c.get("pools", [{"id": ""}])[0]["id"])
                ]:
                    del self.tables[child][id_]
            lb["provisioning_status"] = "ACTIVE"

        self.after(self.delay, gone)
        return Answer(204)

    def _delete_listener(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        return self._delete_child("load_balancer.listener", row)

    def _delete_pool(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        return self._delete_child("load_balancer.pool", row)

    def _delete_floating_ip(self, row: dict[str, Any], _: Mapping[str, str]) -> Answer:
        if any(f["floatingip_id"] == row["id"] for f in self.tables["network.port_forwarding"].values()):
            return neutron(409, "FipInUseByPortForwarding", f"Floating IP {row['id']} in use by Port Forwarding resources.")
        del self.tables["network.floating_ip"][row["id"]]
        return Answer(204)


CHILDREN = ("load_balancer.listener", "load_balancer.pool", "load_balancer.member", "load_balancer.health_monitor")
