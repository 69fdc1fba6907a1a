"""Nova: its API. What happens to servers behind it is in `servers`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.listing import PAGING, check_page, next_link, ordered, paged, selected
from tfclean.simulator.quota_sets import QuotaSets
from tfclean.simulator.refusing import conflict, invalid, missing
from tfclean.simulator.routing import Service, body_of, shown, truth
from tfclean.simulator.server_bodies import UPDATABLE, check_known
from tfclean.simulator.servers import Servers

if TYPE_CHECKING:
    from tfclean.simulator.world import World

BRIEF = ("id", "name", "links")
MOST = 1000
# What lists of servers are filtered by; from STRICT on anything else is refused.
FILTERS = PAGING | {
    *("name", "status", "all_tenants", "image", "flavor", "ip", "ip6", "tags", "tags-any", "not-tags", "not-tags-any", "deleted", "host"),
    *("user_id", "project_id", "tenant_id", "reservation_id", "uuid", "changes-since", "changes-before", "vm_state", "task_state"),
    *("power_state", "key_name", "availability_zone", "hostname", "locked", "access_ip_v4", "access_ip_v6", "config_drive", "description"),
    *("node", "launched_at", "terminated_at", "created_at", "progress", "root_device_name", "launch_index", "disk_config", "display_name"),
    *("display_description", "instance_name", "soft_deleted"),
}
SORTABLE = frozenset(
    (
        *("uuid", "display_name", "created_at", "updated_at", "launched_at", "terminated_at", "vm_state", "task_state", "power_state"),
        *("host", "hostname", "key_name", "availability_zone", "project_id", "user_id", "image_ref", "instance_type_id", "node", "locked"),
    )
)
NETWORKS_ARE_GIVEN, STRICT, KEYS_ARE_GIVEN = (2, 37), (2, 75), (2, 92)
POLICIES = ("affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity")
# Path → rule that keeps it from plain users, key of its list, which is empty.
FOR_OPERATORS = {
    "/os-hypervisors": ("os-hypervisors:list", "hypervisors"),
    "/os-hypervisors/detail": ("os-hypervisors:list-detail", "hypervisors"),
    "/os-services": ("os-services:list", "services"),
    "/os-aggregates": ("os-aggregates:index", "aggregates"),
    "/os-availability-zone/detail": ("os-availability-zone:detail", "availabilityZoneInfo"),
}


class Compute(Service):
    """The compute service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.servers = Servers(world)
        for name, ram, disk, vcpus in (("m1.tiny", 128, 1, 1), ("m1.small", 2048, 20, 1), ("m1.medium", 4096, 40, 2)):
            self.add_flavor(name, ram, disk, vcpus)
        one = "/servers/{}"
        for method, path, handler in (
            ("GET", "/servers", lambda r: self._list(r, brief=True)),
            ("GET", "/servers/detail", lambda r: self._list(r, brief=False)),
            ("POST", "/servers", self._create),
            ("GET", one, lambda r, i: Response(200, {"server": self._view(r, self._server(r, i), alone=True)})),
            ("PUT", one, self._update),
            ("DELETE", one, self._delete),
            ("POST", one + "/action", self._action),
            ("GET", one + "/os-interface", self._list_interfaces),
            ("GET", one + "/os-interface/{}", self._get_interface),
            ("POST", one + "/os-interface", self._plug),
            ("DELETE", one + "/os-interface/{}", self._unplug),
            ("GET", one + "/os-volume_attachments", self._list_attachments),
            ("GET", one + "/os-volume_attachments/{}", self._get_attachment),
            ("POST", one + "/os-volume_attachments", self._attach),
            ("DELETE", one + "/os-volume_attachments/{}", self._detach),
            ("GET", one + "/os-instance-actions", self._actions),
            ("GET", one + "/os-security-groups", self._groups_of),
            ("GET", one + "/metadata", lambda r, i: Response(200, {"metadata": self._server(r, i)["metadata"]})),
            ("POST", one + "/metadata", self._set_metadata),
            ("PUT", one + "/metadata", self._set_metadata),
            ("DELETE", one + "/metadata/{}", self._drop_metadata),
            ("GET", one + "/tags", lambda r, i: Response(200, {"tags": self._server(r, i)["tags"]})),
            ("PUT", one + "/tags", self._set_tags),
            ("DELETE", one + "/tags", self._set_tags),
            ("GET", one + "/tags/{}", self._has_tag),
            ("PUT", one + "/tags/{}", self._tag),
            ("DELETE", one + "/tags/{}", self._untag),
            ("GET", one + "/metadata/{}", self._metadata_item),
            ("GET", "/os-server-groups", self._list_groups),
            ("POST", "/os-server-groups", self._create_group),
            ("GET", "/os-server-groups/{}", lambda r, i: Response(200, {"server_group": self._show_group(self._group(r, i))})),
            ("DELETE", "/os-server-groups/{}", self._delete_group),
            ("GET", "/os-keypairs", self._list_keypairs),
            ("POST", "/os-keypairs", self._create_keypair),
            ("GET", "/os-keypairs/{}", lambda r, n: Response(200, {"keypair": shown(self._keypair(r, n))})),
            ("DELETE", "/os-keypairs/{}", self._delete_keypair),
            ("GET", "/flavors", self._flavors),
            ("GET", "/flavors/detail", self._flavors),
            ("GET", "/flavors/{}", lambda _, i: Response(200, {"flavor": self.servers.flavor(i, 404)})),
            ("GET", "/flavors/{}/os-extra_specs", lambda _, i: Response(200, {"extra_specs": self.servers.flavor(i, 404)["extra_specs"]})),
            ("GET", "/os-availability-zone", lambda _: Response(200, {"availabilityZoneInfo": [_zone("nova")]})),
            ("GET", "/limits", self._limits),
            ("GET", "/extensions", lambda _: Response(200, {"extensions": []})),
        ):
            self.route(method, path, handler)
        for path, (rule, key) in FOR_OPERATORS.items():
            self.route("GET", path, lambda r, n=rule, k=key: self._for_operators(r, n, k))
        self.route("GET", "/os-simple-tenant-usage/{}", self._usage)
        self.quotas = QuotaSets(self, self._counts(), "os_compute_api:os-quota-sets")

    def unknown_path(self) -> Refused:
        """Answer as Nova does to a path that it does not have."""
        return Refused(
            404, {"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}
        )

    def _counts(self) -> dict[str, Callable[[str], int]]:
        def sized(name: str) -> Callable[[str], int]:
            return lambda p: sum(int(s["flavor"][name]) for s in self.store.rows("server", tenant_id=p))

        out: dict[str, Callable[[str], int]] = {"instances": lambda p: len(self.store.rows("server", tenant_id=p))}
        out |= {"cores": sized("vcpus"), "ram": sized("ram"), "server_groups": lambda p: len(self.store.rows("server_group", project_id=p))}
        return out | {name: lambda _: 0 for name in ("key_pairs", "metadata_items", "server_group_members")}

    def _limits(self, request: Request) -> Response:
        limit, project = self.quotas.of(request.project), request.project
        most = {"maxTotalInstances": "instances", "maxTotalCores": "cores", "maxTotalRAMSize": "ram", "maxTotalKeypairs": "key_pairs"}
        most |= {"maxServerMeta": "metadata_items", "maxServerGroups": "server_groups", "maxServerGroupMembers": "server_group_members"}
        used = {
            "totalInstancesUsed": "instances",
            "totalCoresUsed": "cores",
            "totalRAMUsed": "ram",
            "totalServerGroupsUsed": "server_groups",
        }
        absolute = {k: limit[n] for k, n in most.items()} | {k: self.quotas.used(n, project) for k, n in used.items()}
        return Response(200, {"limits": {"rate": [], "absolute": absolute}})

    def _for_operators(self, request: Request, rule: str, key: str) -> Response:
        if not request.admin:
            raise _not_allowed(f"os_compute_api:{rule}")
        return Response(200, {key: []})

    def _usage(self, request: Request, project: str) -> Response:
        """Give what has been used: no hours, for nobody counts them here; nothing at all without servers."""
        if not request.admin and project != request.project:
            raise _not_allowed("os_compute_api:os-simple-tenant-usage:show")
        if not self.store.rows("server", tenant_id=project):
            return Response(200, {"tenant_usage": {}})
        totals = dict.fromkeys(("total_hours", "total_memory_mb_usage", "total_vcpus_usage", "total_local_gb_usage"), 0.0)
        span = {"start": request.first("start"), "stop": request.first("end")}
        return Response(200, {"tenant_usage": {"tenant_id": project, "server_usages": [], **span, **totals}})

    def add_flavor(self, name: str, ram: int, disk: int, vcpus: int) -> Row:
        """Add a size of servers."""
        row: Row = {"id": self.store.uuid(), "name": name, "ram": ram, "disk": disk, "vcpus": vcpus, "swap": 0, "rxtx_factor": 1.0}
        row |= {"OS-FLV-EXT-DATA:ephemeral": 0, "OS-FLV-DISABLED:disabled": False, "os-flavor-access:is_public": True}
        return self.store.add("flavor", {**row, "extra_specs": {}, "description": None, "links": []})

    # -- servers --------------------------------------------------------------------------------------------------------

    def _server(self, request: Request, id_: str) -> Row:
        row = self.store.get("server", id_)
        if row is None or not (request.admin or row["tenant_id"] == request.project):
            raise missing(f"Instance {id_} could not be found.")
        return row

    def _view(self, request: Request, row: Row, *, alone: bool = False) -> Row:
        out = {**shown(self.servers.view(row)), "links": [{"rel": "self", "href": f"{request.root}/servers/{row['id']}"}]}
        if row["image"] and not row["image"].get("links"):
            link = {"rel": "bookmark", "href": f"{request.root.rpartition('/')[0]}/images/{row['image']['id']}"}
            out["image"] = {"id": row["image"]["id"], "links": [link]}
        if alone:
            out["server_groups"] = [g["id"] for g in self.store.tables["server_group"].values() if row["id"] in g["members"]]
        return out

    def _list(self, request: Request, *, brief: bool) -> Response:
        everyone = request.admin and any(k == "all_tenants" and (truth(v) or not v) for k, v in request.query)
        if any(k == "all_tenants" for k, _ in request.query) and not request.admin:
            raise _not_allowed(f"os_compute_api:servers:{'index' if brief else 'detail'}:get_all_tenants")
        check_page(request, SORTABLE, _bad_page)
        unknown = sorted({k for k, _ in request.query if k[:1] != "_"} - FILTERS)
        if unknown and _version(request) >= STRICT:
            raise invalid(f"'{unknown[0]}' does not match any of the regexes: '^_'")
        rows = [r for r in self.store.tables["server"].values() if everyone or r["tenant_id"] == request.project]
        if request.first("tags"):
            rows = [r for r in rows if set((request.first("tags") or "").split(",")) <= set(r["tags"])]
        name, status = request.first("name"), request.first("status")
        if name is not None:
            rows = [r for r in rows if re.search(name, r["name"])]
        if status is not None:
            rows = [r for r in rows if r["status"] == status.upper()]
        views = [self._view(request, r) for r in rows]
        views = selected(views, request, ignore=("name", "status", "all_tenants", "image", "flavor", "ip", "tags", "deleted", "user_id"))
        views.reverse()  # the newest first, where nothing else is asked for
        if request.first("sort_key"):
            views = [
                {k: r[k] for k in r if k != "display_name"} for r in ordered([{**r, "display_name": r["name"]} for r in views], request)
            ]
        page, after = paged(views, request, most=MOST)
        body: Row = {"servers": [{k: r[k] for k in BRIEF} for r in page] if brief else page}
        if after:
            body["servers_links"] = [{"rel": "next", "href": next_link(request, after)}]
        return Response(200, body)

    def _create(self, request: Request) -> Response:
        body = body_of(request, "server")
        if "networks" not in body and _version(request) >= NETWORKS_ARE_GIVEN:
            raise invalid("Invalid input for field/attribute server. 'networks' is a required property")
        hints = body_of(request, "os:scheduler_hints") or body_of(request, "OS-SCH-HNT:scheduler_hints")
        row = self.servers.create(request, body, hints)
        groups = [{"name": g.get("name", "")} for g in body.get("security_groups", [{"name": "default"}])]
        links = [{"rel": "self", "href": f"{request.root}/servers/{row['id']}"}]
        made = {"id": row["id"], "links": links, "OS-DCF:diskConfig": "MANUAL", "security_groups": groups, "adminPass": "simulated"}
        return Response(202, {"server": made})

    def _update(self, request: Request, id_: str) -> Response:
        self._server(request, id_)
        check_known(body_of(request, "server"), UPDATABLE)
        fields = {k: v for k, v in body_of(request, "server").items() if k in ("name", "description", "accessIPv4", "accessIPv6")}
        return Response(200, {"server": self._view(request, self.store.change("server", id_, **fields), alone=True)})

    def _delete(self, request: Request, id_: str) -> Response:
        row = self._server(request, id_)
        _check_unlocked(request, row)
        self.servers.delete(row)
        return Response(204)

    def _action(self, request: Request, id_: str) -> Response:
        row = self._server(request, id_)
        name, value = next(iter((request.body or {}).items()), ("", None))
        if name in ("lock", "unlock"):
            reason = value.get("locked_reason") if isinstance(value, dict) else None
            self.store.change("server", id_, locked=name == "lock", locked_reason=reason)
        elif name == "forceDelete":
            _check_unlocked(request, row)
            self.servers.delete(row)
        elif name == "os-resetState":
            if not request.admin:
                text = "Policy doesn't allow os_compute_api:os-admin-actions:reset_state to be performed."
                raise Refused(403, {"forbidden": {"code": 403, "message": text}})
            self.servers.reset(row, str((value or {}).get("state", "error")))
        elif name in ("os-start", "os-stop", "reboot"):
            _check_unlocked(request, row)
            self.servers.power(row, name)
        else:
            raise invalid(f"There is no such action: {name}")
        return Response(202)

    def _actions(self, request: Request, id_: str) -> Response:
        self._server(request, id_)
        return Response(200, {"instanceActions": []})

    def _set_metadata(self, request: Request, id_: str) -> Response:
        row = self._server(request, id_)
        data = body_of(request, "metadata")
        self.store.change("server", id_, metadata=data if request.method == "PUT" else {**row["metadata"], **data})
        return Response(200, {"metadata": self.store.tables["server"][id_]["metadata"]})

    def _drop_metadata(self, request: Request, id_: str, key: str) -> Response:
        row = self._server(request, id_)
        if key not in row["metadata"]:
            raise missing("Metadata item was not found")
        self.store.change("server", id_, metadata={k: v for k, v in row["metadata"].items() if k != key})
        return Response(204)

    def _set_tags(self, request: Request, id_: str) -> Response:
        self._server(request, id_)
        tags = list((request.body or {}).get("tags", ()))
        self.store.change("server", id_, tags=tags)
        return Response(200, {"tags": tags}) if request.method == "PUT" else Response(204)

    def _has_tag(self, request: Request, id_: str, tag: str) -> Response:
        if tag not in self._server(request, id_)["tags"]:
            raise missing(f"Server {id_} has no tag '{tag}'")
        return Response(204)

    def _tag(self, request: Request, id_: str, tag: str) -> Response:
        tags = self._server(request, id_)["tags"]
        self.store.change("server", id_, tags=sorted({*tags, tag}))
        return Response(204 if tag in tags else 201)

    def _untag(self, request: Request, id_: str, tag: str) -> Response:
        self._has_tag(request, id_, tag)
        self.store.change("server", id_, tags=[t for t in self._server(request, id_)["tags"] if t != tag])
        return Response(204)

    def _metadata_item(self, request: Request, id_: str, key: str) -> Response:
        data = self._server(request, id_)["metadata"]
        if key not in data:
            raise missing("Metadata item was not found")
        return Response(200, {"meta": {key: data[key]}})

    def _groups_of(self, request: Request, id_: str) -> Response:
        groups = {g for p in self.servers.ports(self._server(request, id_)["id"]) for g in p["security_groups"]}
        rows = [self.store.tables["security_group"][g] for g in sorted(groups) if self.store.get("security_group", g)]
        return Response(200, {"security_groups": [{"id": r["id"], "name": r["name"]} for r in rows]})

    # -- interfaces and volumes -----------------------------------------------------------------------------------------

    def _list_interfaces(self, request: Request, id_: str) -> Response:
        return Response(200, {"interfaceAttachments": [_interface(p) for p in self.servers.ports(self._server(request, id_)["id"])]})

    def _port(self, request: Request, id_: str, port: str) -> Row:
        self._server(request, id_)
        found = next((p for p in self.servers.ports(id_) if p["id"] == port), None)
        if found is None:
            raise missing(f"Instance {id_} does not have a port with id {port}")
        return found

    def _get_interface(self, request: Request, id_: str, port: str) -> Response:
        return Response(200, {"interfaceAttachment": _interface(self._port(request, id_, port))})

    def _plug(self, request: Request, id_: str) -> Response:
        row = self._server(request, id_)
        _check_unlocked(request, row)
        body = body_of(request, "interfaceAttachment")
        if body.get("port_id") and self.store.get("port", body["port_id"]) is None:
            raise missing(f"Port {body['port_id']} could not be found.")
        wanted = {"port": body["port_id"]} if body.get("port_id") else {"uuid": body.get("net_id")}
        return Response(200, {"interfaceAttachment": _interface(self.servers.plug(request, row, wanted))})

    def _unplug(self, request: Request, id_: str, port: str) -> Response:
        _check_unlocked(request, self._server(request, id_))
        # Whether the port is the server's is found out later, where nobody is told.
        found = next((p for p in self.servers.ports(id_) if p["id"] == port), None)
        if found:
            self.servers.unplug_later(id_, found)
        return Response(202)

    def _list_attachments(self, request: Request, id_: str) -> Response:
        self._server(request, id_)
        return Response(200, {"volumeAttachments": [_attached(a) for a in self.store.rows("volume_attachment", serverId=id_)]})

    def _attachment(self, request: Request, id_: str, volume: str) -> Row:
        self._server(request, id_)
        found = self.store.rows("volume_attachment", serverId=id_, volumeId=volume)
        if not found:
            raise missing(f"Instance {id_} is not attached to volume {volume}")
        return found[0]

    def _get_attachment(self, request: Request, id_: str, volume: str) -> Response:
        return Response(200, {"volumeAttachment": _attached(self._attachment(request, id_, volume))})

    def _attach(self, request: Request, id_: str) -> Response:
        row = self._server(request, id_)
        body = body_of(request, "volumeAttachment")
        if not body.get("volumeId"):
            raise invalid("Invalid input for field/attribute volumeAttachment. 'volumeId' is a required property")
        _check_unlocked(request, row)
        made = self.servers.attach(request, row, body)
        return Response(200, {"volumeAttachment": {k: v for k, v in _attached(made).items() if k not in ("attachment_id", "bdm_uuid")}})

    def _detach(self, request: Request, id_: str, volume: str) -> Response:
        row = self._server(request, id_)
        self.world.block_storage.volume(request, volume)
        _check_unlocked(request, row)
        tie = self._attachment(request, id_, volume)
        if tie.get("_root"):
            raise invalid("Cannot detach a root device volume")
        self.servers.detach(tie)
        return Response(202)

    # -- groups, keypairs, flavors --------------------------------------------------------------------------------------

    def _group(self, request: Request, id_: str) -> Row:
        row = self.store.get("server_group", id_)
        if row is None or not (request.admin or row["project_id"] == request.project):
            raise missing(f"Instance group {id_} could not be found.")
        return row

    def _show_group(self, row: Row) -> Row:
        return {**shown(row), "members": [m for m in row["members"] if self.store.get("server", m)]}

    def _list_groups(self, request: Request) -> Response:
        everyone = request.admin and request.first("all_projects") is not None
        rows = [g for g in self.store.tables["server_group"].values() if everyone or g["project_id"] == request.project]
        check_page(request, (), invalid)
        start, size = (int(request.first(name) or 0) for name in ("offset", "limit"))
        rows = rows[start : start + min(size or MOST, MOST)]
        return Response(200, {"server_groups": [self._show_group(g) for g in rows]})

    def _create_group(self, request: Request) -> Response:
        body = body_of(request, "server_group")
        policy = body.get("policy") or next(iter(body.get("policies") or ()), None)
        if policy not in POLICIES:
            raise invalid(f"Invalid input for field/attribute policy. Value: {policy}. '{policy}' is not one of {list(POLICIES)}")
        row: Row = {
            "id": self.store.uuid(),
            "name": body.get("name", ""),
            "policy": policy,
            "rules": body.get("rules") or {},
            "members": [],
        }
        return Response(
            200, {"server_group": self.store.add("server_group", {**row, "project_id": request.project, "user_id": request.user})}
        )

    def _delete_group(self, request: Request, id_: str) -> Response:
        self._group(request, id_)
        self.store.drop("server_group", id_)
        return Response(204)

    def _keypair(self, request: Request, name: str) -> Row:
        user = request.first("user_id") if request.admin and request.first("user_id") else request.user
        row = self.store.get("keypair", f"{user}/{name}")
        if row is None:
            raise missing(f"Keypair {name} not found for user {user}")
        return row

    def _list_keypairs(self, request: Request) -> Response:
        user = request.first("user_id") if request.admin and request.first("user_id") else request.user
        rows = sorted(self.store.rows("keypair", user_id=user), key=lambda k: str(k["name"]))
        brief = [{"keypair": {k: r[k] for k in ("name", "public_key", "fingerprint", "type")}} for r in rows]
        page, after = paged([{**b, "name": b["keypair"]["name"]} for b in brief], request, most=MOST, key="name")
        body: Row = {"keypairs": [{"keypair": p["keypair"]} for p in page]}
        if after:
            body["keypairs_links"] = [{"rel": "next", "href": next_link(request, after)}]
        return Response(200, body)

    def _create_keypair(self, request: Request) -> Response:
        body = body_of(request, "keypair")
        name = str(body.get("name"))
        if self.store.get("keypair", f"{request.user}/{name}"):
            raise conflict(f"Key pair '{name}' already exists.")
        if not body.get("public_key") and _version(request) >= KEYS_ARE_GIVEN:
            raise invalid("Invalid input for field/attribute keypair. 'public_key' is a required property")
        if not body.get("name"):
            raise invalid("Invalid input for field/attribute keypair. 'name' is a required property")
        made_up = base64.b64encode(self.store.uuid().encode()).decode()
        key = body.get("public_key") or f"ssh-rsa {made_up} simulated"
        text = _fingerprint(key)
        row: Row = {"id": len(self.store.tables["keypair"]) + 1, "name": name, "public_key": key, "type": body.get("type", "ssh")}
        row |= {"fingerprint": ":".join(re.findall("..", text)), "user_id": request.user}
        row |= {"created_at": self.store.stamp(like=".") + "", "deleted": False, "deleted_at": None, "updated_at": None}
        self.store.add("keypair", row, f"{request.user}/{name}")
        made = {k: row[k] for k in ("name", "public_key", "fingerprint", "type", "user_id")}
        secret = {} if body.get("public_key") else {"private_key": "simulated"}
        return Response(201, {"keypair": {**made, **secret}})

    def _delete_keypair(self, request: Request, name: str) -> Response:
        row = self._keypair(request, name)
        self.store.drop("keypair", f"{row['user_id']}/{name}")
        return Response(204)

    def _flavors(self, request: Request) -> Response:
        page, after = paged(list(self.store.tables["flavor"].values()), request, most=MOST)
        body: Row = {"flavors": page}
        if after:
            body["flavors_links"] = [{"rel": "next", "href": next_link(request, after)}]
        return Response(200, body)


def _version(request: Request) -> tuple[int, ...]:
    """Give the microversion that a request was agreed to be of; the oldest, which forgives most, where nobody says."""
    found = re.search(r"compute (\d+)\.(\d+)", request.header("OpenStack-API-Version") or "")
    return (int(found[1]), int(found[2])) if found else (2, 1)


def _bad_page(text: str) -> Refused:
    return invalid(f"{text} is not one of {sorted(SORTABLE)}" if "sort key" in text else text)


def _not_allowed(rule: str) -> Refused:
    return Refused(403, {"forbidden": {"code": 403, "message": f"Policy doesn't allow {rule} to be performed."}})


def _fingerprint(key: str) -> str:
    """Give the MD5 of a public key, without separators; one that only looks like a key, as tests have them, is taken as it stands.

    Raises:
        Refused: it is none.
    """
    words = key.split()
    if len(words) < 2 or not words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        raise invalid("Keypair data is invalid: failed to generate fingerprint")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        blob = words[1].encode()
    return hashlib.md5(blob, usedforsecurity=False).hexdigest()


def _check_unlocked(request: Request, row: Row) -> None:
    if row["locked"] and not request.admin:
        raise conflict(f"Instance {row['id']} is locked")


def _interface(port: Row) -> Row:
    out = {"fixed_ips": port["fixed_ips"], "mac_addr": port["mac_address"], "net_id": port["network_id"], "port_id": port["id"]}
    return {**out, "port_state": port["status"], "tag": None}


def _attached(row: Row) -> Row:
    # Since microversion 2.89 there is no other id than these.
    return {k: v for k, v in shown(row).items() if k != "id"}


def _zone(name: str) -> Row:
    return {"zoneName": name, "zoneState": {"available": True}, "hosts": None}
