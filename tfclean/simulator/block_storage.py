"""Cinder: volumes, snapshots, backups and attachments; one sentence for every reason why a volume cannot go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.listing import check_page, next_link, ordered, paged, selected
from tfclean.simulator.quota_sets import QuotaSets
from tfclean.simulator.refusing import conflict, invalid, missing
from tfclean.simulator.routing import Service, body_of, shown, truth
from tfclean.simulator.volume_bodies import SORTABLE, check_update, check_volume, needed
from tfclean.simulator.volume_transfers import Transfers

if TYPE_CHECKING:
    from tfclean.simulator.world import World

TENANT = "os-vol-tenant-attr:tenant_id"
SNAPSHOT_TENANT = "os-extended-snapshot-attributes:project_id"
DELETABLE = frozenset(("available", "error", "error_restoring", "error_extending", "error_managing"))
SENTENCE = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be "
    "migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer."
)
LISTS = {"volume": "volumes", "snapshot": "snapshots", "backup": "backups", "attachment": "attachments"}
NAMES = {"volume": "Volume", "snapshot": "Snapshot", "backup": "Backup", "attachment": "Volume attachment"}
BRIEF = ("id", "name", "links")
MOST = 1000


class BlockStorage(Service):
    """The block storage service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.store.add(
            "volume_type", {"id": self.store.uuid(), "name": "standard", "is_public": True, "extra_specs": {}, "description": None}
        )
        for kind, many in LISTS.items():
            self.route("GET", f"/{many}", lambda r, k=kind: self._list(r, k, brief=True))
            self.route("GET", f"/{many}/detail", lambda r, k=kind: self._list(r, k, brief=False))
            self.route("GET", f"/{many}/{{}}", lambda r, i, k=kind: Response(200, {k: self._view(r, k, self._row(r, k, i))}))
            self.route("PUT", f"/{many}/{{}}", lambda r, i, k=kind: self._update(r, k, i))
        for method, path, handler in (
            ("POST", "/volumes", self._create_volume),
            ("DELETE", "/volumes/{}", self._delete_volume),
            ("POST", "/volumes/{}/action", self._action),
            ("POST", "/volumes/{}/metadata", self._metadata),
            ("PUT", "/volumes/{}/metadata", self._metadata),
            ("DELETE", "/volumes/{}/metadata/{}", self._drop_metadata),
            ("POST", "/snapshots/{}/action", self._snapshot_action),
            ("POST", "/snapshots", self._create_snapshot),
            ("DELETE", "/snapshots/{}", self._delete_snapshot),
            ("POST", "/backups", self._create_backup),
            ("DELETE", "/backups/{}", self._delete_backup),
            ("POST", "/attachments", self._create_attachment),
            ("DELETE", "/attachments/{}", self._delete_attachment),
            ("GET", "/types", lambda _: Response(200, {"volume_types": list(self.store.tables["volume_type"].values())})),
            ("GET", "/types/{}", self._type),
            ("GET", "/os-availability-zone", lambda _: Response(200, {"availabilityZoneInfo": [_zone()]})),
            ("DELETE", "/types/{}", lambda r, _: self._for_operators(r, "volume_extension:type_delete")),
            ("GET", "/os-services", lambda r: self._for_operators(r, "volume_extension:services:index")),
            ("GET", "/groups/detail", lambda _: Response(200, {"groups": []})),
            ("GET", "/limits", self._limits),
            ("GET", "/extensions", lambda _: Response(200, {"extensions": []})),
        ):
            self.route(method, path, handler)
        self.transfers = Transfers(self)
        self.quotas = QuotaSets(self, self._counts(), "volume_extension:quotas", dropped=200)

    def unknown_path(self) -> Refused:
        """Answer as Cinder does to a path that it does not have."""
        return Refused(
            404, {"message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found", "title": "Not Found"}
        )

    def _for_operators(self, request: Request, rule: str) -> Response:
        """Refuse what is only for administrators, who have nothing to see or to delete here either."""
        if not request.admin:
            raise Refused(403, {"forbidden": {"code": 403, "message": f"Policy doesn't allow {rule} to be performed."}})
        return Response(200, {"services": []})

    def _counts(self) -> dict[str, Callable[[str], int]]:
        def count(kind: str) -> Callable[[str], int]:
            return lambda p: len(self.store.rows(kind, _project=p))

        def size(*kinds: str) -> Callable[[str], int]:
            return lambda p: sum(int(r["size"]) for kind in kinds for r in self.store.rows(kind, _project=p))

        out = {"volumes": count("volume"), "snapshots": count("snapshot"), "gigabytes": size("volume", "snapshot")}
        out |= {"backups": count("backup"), "backup_gigabytes": size("backup")}
        return out | {"per_volume_gigabytes": lambda _: 0, "groups": lambda _: 0}

    def _limits(self, request: Request) -> Response:
        limit, names = self.quotas.of(request.project), {"Volumes": "volumes", "Snapshots": "snapshots", "Backups": "backups"}
        names["BackupGigabytes"] = "backup_gigabytes"
        absolute = {f"maxTotal{title}": limit[n] for title, n in names.items()} | {"maxTotalVolumeGigabytes": limit["gigabytes"]}
        used = {**names, "Gigabytes": "gigabytes"}
        absolute |= {f"total{title}Used": self.quotas.used(n, request.project) for title, n in used.items()}
        return Response(200, {"limits": {"rate": [], "absolute": absolute}})

    def _within(self, request: Request, what: str, **more: int) -> None:
        name = self.quotas.exceeded(request.project, **more)
        if name:
            text = f"{what}LimitExceeded: Maximum number of {name} allowed ({self.quotas.of(request.project)[name]}) exceeded"
            raise Refused(413, {"overLimit": {"code": 413, "message": text}})

    # -- all kinds ------------------------------------------------------------------------------------------------------

    def volume(self, request: Request, id_: str) -> Row:
        """Give a volume of the caller's.

        Raises:
            Refused: there is none.
        """
        return self._row(request, "volume", id_)

    def _row(self, request: Request, kind: str, id_: str) -> Row:
        row = self.store.get(kind, id_)
        if row is None or not (request.admin or row["_project"] == request.project):
            text = f"Volume attachment could not be found with filter: attachment_id = {id_}." if kind == "attachment" else ""
            raise missing(text or f"{NAMES[kind]} {id_} could not be found.")
        return row

    def _view(self, request: Request, kind: str, row: Row) -> Row:
        out = shown(row)
        if kind == "backup" and not request.admin:
            del out["os-backup-project-attr:project_id"]
        if kind == "volume":
            out["attachments"] = [_tie(a) for a in self.store.rows("attachment", volume_id=row["id"]) if a["status"] != "reserved"]
        if kind == "backup":
            out["has_dependent_backups"] = bool(self.store.rows("backup", _parent=row["id"]))
        return out if kind == "attachment" else {**out, "links": [{"rel": "self", "href": f"{request.root}/{LISTS[kind]}/{row['id']}"}]}

    def _list(self, request: Request, kind: str, *, brief: bool) -> Response:
        check_page(request, SORTABLE, invalid)
        everyone = request.admin and truth(request.first("all_tenants") or "")
        rows = [r for r in self.store.tables[kind].values() if everyone or r["_project"] == request.project]
        views = selected([self._view(request, kind, r) for r in rows], request, ignore=("all_tenants", "metadata", "project_id"))
        views.reverse()
        if request.first("sort") or request.first("sort_key"):
            views = ordered(views, request)
        page, after = paged(views, request, most=MOST, bad=missing(f"{NAMES[kind]} {request.first('marker')} could not be found."))
        names = ("id", "status", "instance", "volume_id") if kind == "attachment" else BRIEF
        page = [{k: r[k] for k in names if k in r} for r in page] if brief else page
        body: Row = {LISTS[kind]: page}
        if after:
            body[f"{LISTS[kind]}_links"] = [{"rel": "next", "href": next_link(request, after)}]
        return Response(200, body)

    def _update(self, request: Request, kind: str, id_: str) -> Response:
        self._row(request, kind, id_)
        check_update(kind, body_of(request, kind))
        fields = {k: v for k, v in body_of(request, kind).items() if k in ("name", "description", "metadata")}
        return Response(200, {kind: _unsaid(self._view(request, kind, self.store.change(kind, id_, **fields)), TENANT, SNAPSHOT_TENANT)})

    def _times(self) -> Row:
        return {"created_at": self.store.stamp(like="."), "updated_at": self.store.stamp(like=".")}

    def _end(self, what: str, kind: str, id_: str, well: str, badly: str) -> None:
        def end(status: str) -> None:
            if status == "gone":
                self.store.drop(kind, id_)
            else:
                self.store.change(kind, id_, status=status)

        self.world.after(self.world.pace.volume, what, kind, id_, lambda: end(well), lambda: end(badly))

    def _begin_delete(self, kind: str, row: Row) -> None:
        self.store.change(kind, row["id"], status="deleting", _turn=row.get("_turn", 0) + 1)
        self._end("delete", kind, row["id"], "gone", "error_deleting" if kind != "backup" else "error")

    # -- volumes --------------------------------------------------------------------------------------------------------

    def make(self, project: str, user: str, **fields: Any) -> Row:
        """Put a new volume in.

        Args:
            project: whose it is.
            user: who asked.
            fields: what differs from an empty one of 1 GiB that is being made.
        """
        row: Row = {
            "id": self.store.uuid(),
            "name": "",
            "status": "creating",
            "size": 1,
            "description": None,
            "metadata": {},
            **self._times(),
        }
        row |= {"volume_type": "standard", "user_id": user, TENANT: project, "_project": project, "availability_zone": "nova"}
        row |= {"bootable": "false", "encrypted": False, "multiattach": False, "snapshot_id": None, "source_volid": None}
        row |= {"replication_status": None, "consistencygroup_id": None, "group_id": None}
        return self.store.add("volume", {**row, **fields})

    def _create_volume(self, request: Request) -> Response:
        body = body_of(request, "volume")
        check_volume(body, [t for r in self.store.tables["volume_type"].values() for t in (r["id"], r["name"])])
        self._within(request, "Volume", volumes=1, gigabytes=int(body.get("size") or 0))
        for kind, field in (("snapshot", "snapshot_id"), ("volume", "source_volid")):
            if body.get(field):
                self._row(request, kind, body[field])
        image = self.store.get("image", str(body["imageRef"])) if body.get("imageRef") else None
        if body.get("imageRef") and image is None:
            raise invalid(f"Invalid image identifier or unable to access requested image: {body['imageRef']}")
        names = (
            "name",
            "description",
            "size",
            "metadata",
            "snapshot_id",
            "source_volid",
            "volume_type",
            "availability_zone",
            "multiattach",
        )
        fields = {k: body[k] for k in names if body.get(k) is not None}
        if image:
            fields |= {"bootable": "true", "volume_image_metadata": {"image_id": image["id"], "image_name": image["name"]}}
        row = self.make(request.project, request.user, **fields)
        self._end("create", "volume", row["id"], "available", "error")
        return Response(202, {"volume": _unsaid(self._view(request, "volume", row), TENANT)})

    def _delete_volume(self, request: Request, id_: str) -> Response:
        row = self._row(request, "volume", id_)
        snapshots = self.store.rows("snapshot", volume_id=id_)
        cascade = truth(request.first("cascade") or "")
        held = row["status"] not in DELETABLE or self.store.rows("attachment", volume_id=id_) or (snapshots and not cascade)
        if held or any(s["status"] not in ("available", "error", "error_deleting") for s in snapshots):
            raise invalid(SENTENCE)
        for snapshot in snapshots:
            self._begin_delete("snapshot", snapshot)
        self._begin_delete("volume", row)
        return Response(202)

    def _metadata(self, request: Request, id_: str) -> Response:
        row = self._row(request, "volume", id_)
        data = body_of(request, "metadata")
        data = data if request.method == "PUT" else {**row["metadata"], **data}
        self.store.change("volume", id_, metadata=data)
        return Response(200, {"metadata": data})

    def _drop_metadata(self, request: Request, id_: str, key: str) -> Response:
        data = self._row(request, "volume", id_)["metadata"]
        if key not in data:
            raise missing(f"Volume {id_} has no metadata with key {key}.")
        self.store.change("volume", id_, metadata={k: v for k, v in data.items() if k != key})
        return Response(200)

    def _action(self, request: Request, id_: str) -> Response:
        row = self._row(request, "volume", id_)
        name, value = next(iter((request.body or {}).items()), ("", None))
        actions: dict[str, Callable[[Row, Row], None]] = {
            "os-extend": self._extend,
            "os-attach": self._os_attach,
            "os-set_bootable": lambda r, v: _none(self.store.change("volume", r["id"], bootable=str(bool(v.get("bootable"))).lower())),
            "os-detach": self._os_detach,
            "os-reserve": lambda r, _: self._move(r, "available", "attaching"),
            "os-unreserve": lambda r, _: self._move(r, "attaching", "available"),
            "os-begin_detaching": lambda r, _: self._move(r, "in-use", "detaching"),
            "os-roll_detaching": lambda r, _: self._move(r, "detaching", "in-use"),
        }
        if name in ("os-reset_status", "os-force_delete"):
            if not request.admin:
                text = f"Policy doesn't allow volume_extension:volume_admin_actions:{name.removeprefix('os-')} to be performed."
                raise Refused(403, {"forbidden": {"code": 403, "message": text}})
            if name == "os-force_delete":
                self._begin_delete("volume", row)
            else:
                self._reset("volume", row, str((value or {}).get("status", "error")))
        elif name in actions:
            actions[name](row, value or {})
            if name == "os-set_bootable":
                return Response(200)
        else:
            raise invalid(f"There is no such action: {name}")
        return Response(202)

    def _reset(self, kind: str, row: Row, status: str) -> None:
        if kind == "volume" and status == "in-use" and not self.store.rows("attachment", volume_id=row["id"]):
            raise invalid("Invalid volume: Cannot reset-state to in-use because volume does not have any attachments.")
        self.store.change(kind, row["id"], status=status, _turn=row.get("_turn", 0) + 1)

    def _snapshot_action(self, request: Request, id_: str) -> Response:
        row = self._row(request, "snapshot", id_)
        if not request.admin:
            text = "Policy doesn't allow volume_extension:snapshot_admin_actions:reset_status to be performed."
            raise Refused(403, {"forbidden": {"code": 403, "message": text}})
        self._reset("snapshot", row, str(body_of(request, "os-reset_status").get("status", "error")))
        return Response(202)

    def _extend(self, row: Row, value: Row) -> None:
        if int(value["new_size"]) <= row["size"]:
            text = f"New size for extend must be greater than current size. (current: {row['size']}, extended: {value['new_size']})."
            raise invalid(f"Invalid input received: {text}")
        self.store.change("volume", row["id"], size=int(value["new_size"]))

    def _os_attach(self, row: Row, value: Row) -> None:
        if row["status"] not in ("available", "attaching"):
            raise invalid(f"Invalid volume: Volume status must be available or attaching, but is {row['status']}.")
        tie: Row = {"id": self.store.uuid(), "volume_id": row["id"], "instance": value.get("instance_uuid"), "status": "attached"}
        tie |= {"attached_at": self.store.stamp(like="."), "detached_at": "", "attach_mode": "rw", "connection_info": {}}
        self.store.add("attachment", {**tie, "_project": row["_project"], "_device": value.get("mountpoint")})
        self.store.change("volume", row["id"], status="in-use", metadata={**row["metadata"], "attached_mode": "rw", "readonly": "False"})

    def _move(self, row: Row, before: str, after: str) -> None:
        if row["status"] != before:
            raise invalid(f"Invalid volume: Volume status must be {before}, but current status is: {row['status']}.")
        self.store.change("volume", row["id"], status=after)

    def _os_detach(self, row: Row, value: Row) -> None:
        for attachment in self.store.rows("attachment", volume_id=row["id"]):
            if value.get("attachment_id") in (None, attachment["id"]):
                self._check_unused(attachment)
                self.released(attachment["id"])
                self.store.change("volume", row["id"], metadata={k: v for k, v in row["metadata"].items() if k != "attached_mode"})

    # -- attachments ----------------------------------------------------------------------------------------------------

    def reserve(self, volume: Row, server: str, device: str) -> Row:
        """Begin an attachment: the volume is reserved, then in use."""
        row: Row = {"id": self.store.uuid(), "volume_id": volume["id"], "instance": server, "status": "reserved", "attached_at": ""}
        row |= {"detached_at": "", "attach_mode": "null", "connection_info": {}, "_project": volume["_project"], "_device": device}
        made = self.store.add("attachment", row)
        self.store.change("volume", volume["id"], status="reserved")

        def end() -> None:
            if self.store.get("volume", volume["id"]):
                self.store.change("attachment", made["id"], status="attached", attached_at=self.store.stamp(like="."), attach_mode="rw")
                self.store.change("volume", volume["id"], status="in-use")

        self.world.after(self.world.pace.attach, "update", "attachment", made["id"], end, lambda: None)
        return made

    def released(self, id_: str, *, delete: bool = False) -> None:
        """End an attachment: the volume is available again, or goes where the server wanted that.

        Args:
            id_: of the attachment.
            delete: whether the volume was to go with its server.
        """
        attachment = self.store.drop("attachment", id_)
        volume = self.store.get("volume", attachment["volume_id"]) if attachment else None
        if volume is None or self.store.rows("attachment", volume_id=volume["id"]) or volume["status"] == "deleting":
            return
        row = self.store.change("volume", volume["id"], status="available")
        if delete:
            self._begin_delete("volume", row)

    def _create_attachment(self, request: Request) -> Response:
        body = body_of(request, "attachment")
        needed(body, "attachment", "volume_uuid")
        volume = self._row(request, "volume", str(body.get("volume_uuid")))
        if volume["status"] not in ("available", "in-use") or (volume["status"] == "in-use" and not volume["multiattach"]):
            text = f"Invalid volume: Volume {volume['id']} status must be available or downloading to reserve, but the current status is "
            raise invalid(f"{text}{volume['status']}.")
        row: Row = {"id": self.store.uuid(), "volume_id": volume["id"], "instance": body.get("instance_uuid"), "status": "reserved"}
        row |= {"attached_at": "", "detached_at": "", "attach_mode": "null", "connection_info": {}, "_project": volume["_project"]}
        self.store.add("attachment", {**row, "_device": None})
        self.store.change("volume", volume["id"], status="reserved")
        return Response(200, {"attachment": shown(row)})

    def _check_unused(self, attachment: Row) -> None:
        server = attachment["instance"]
        if server and self.store.get("server", server) and self.store.get("volume_attachment", attachment["id"]):
            raise conflict(f"ConflictNovaUsingAttachment: Detach volume from instance {server} using the Compute API")

    def _delete_attachment(self, request: Request, id_: str) -> Response:
        row = self._row(request, "attachment", id_)
        self._check_unused(row)
        self.released(id_)
        return Response(200, {"attachments": [shown(a) for a in self.store.rows("attachment", volume_id=row["volume_id"])]})

    # -- snapshots and backups ------------------------------------------------------------------------------------------

    def _create_snapshot(self, request: Request) -> Response:
        body = body_of(request, "snapshot")
        needed(body, "snapshot", "volume_id")
        volume = self._row(request, "volume", str(body.get("volume_id")))
        if volume["status"] not in ("available", "in-use"):
            raise invalid(f"Invalid volume: Volume {volume['id']} is {volume['status']}: no snapshot can be taken of it.")
        self._within(request, "Snapshot", snapshots=1)
        row: Row = {
            "id": self.store.uuid(),
            "volume_id": volume["id"],
            "name": body.get("name"),
            "status": "creating",
            "size": volume["size"],
        }
        row |= {
            "description": body.get("description"),
            "metadata": body.get("metadata") or {},
            "_project": request.project,
            **self._times(),
        }
        row |= {"user_id": request.user, "group_snapshot_id": None, "os-extended-snapshot-attributes:project_id": request.project}
        self.store.add("snapshot", {**row, "os-extended-snapshot-attributes:progress": "0%", "consumes_quota": True})
        self._end("create", "snapshot", row["id"], "available", "error")
        return Response(202, {"snapshot": _unsaid(self._view(request, "snapshot", row), SNAPSHOT_TENANT)})

    def _delete_snapshot(self, request: Request, id_: str) -> Response:
        row = self._row(request, "snapshot", id_)
        if row["status"] not in ("available", "error", "error_deleting"):
            raise invalid("Invalid snapshot: Snapshot status must be available or error or error_deleting and must not be part of a group.")
        self._begin_delete("snapshot", row)
        return Response(202)

    def _create_backup(self, request: Request) -> Response:
        body = body_of(request, "backup")
        needed(body, "backup", "volume_id")
        volume = self._row(request, "volume", str(body.get("volume_id")))
        if volume["status"] not in ("available", "in-use"):
            raise invalid(
                f"Invalid volume: Volume to be backed up must be available or in-use, but the current status is {volume['status']}."
            )
        earlier = self.store.rows("backup", volume_id=volume["id"])
        if body.get("incremental") and not earlier:
            raise invalid("Invalid backup: No backups available to do an incremental backup.")
        row: Row = {
            "id": self.store.uuid(),
            "volume_id": volume["id"],
            "name": body.get("name"),
            "status": "creating",
            "size": volume["size"],
        }
        row |= {
            "description": body.get("description"),
            "is_incremental": bool(body.get("incremental")),
            "snapshot_id": body.get("snapshot_id"),
        }
        row |= {"container": body.get("container"), "availability_zone": None, "fail_reason": None, "object_count": 0, "metadata": {}}
        row |= {"_project": request.project, "_parent": earlier[-1]["id"] if body.get("incremental") else None, **self._times()}
        self.store.add("backup", {**row, "os-backup-project-attr:project_id": request.project, "user_id": request.user})
        if self.world.backups:
            self._end("create", "backup", row["id"], "available", "error")
        else:
            self._end("create", "backup", row["id"], "error", "error")
            self.store.change("volume", volume["id"], status="backing-up")
            self._end("update", "volume", volume["id"], volume["status"], volume["status"])
        made = {k: row[k] for k in ("id", "name")}
        return Response(202, {"backup": {**made, "links": []}})

    def _delete_backup(self, request: Request, id_: str) -> Response:
        row = self._row(request, "backup", id_)
        if not self.world.backups:
            raise missing("Service cinder-backup could not be found.")
        if row["status"] not in ("available", "error"):
            raise invalid("Invalid backup: Backup status must be available or error")
        if self.store.rows("backup", _parent=id_):
            raise invalid("Invalid backup: Incremental backups exist for this backup.")
        self._begin_delete("backup", row)
        return Response(202)

    def _type(self, _: Request, id_: str) -> Response:
        for row in self.store.tables["volume_type"].values():
            if id_ in (row["id"], row["name"], "default"):
                return Response(200, {"volume_type": row})
        raise missing(f"Volume type {id_} could not be found.")


def _unsaid(row: Row, *names: str) -> Row:
    """Leave out what only the list and the object itself say."""
    return {k: v for k, v in row.items() if k not in names}


def _none(_: object) -> None:
    return None


def _tie(attachment: Row) -> Row:
    out = {"id": attachment["volume_id"], "volume_id": attachment["volume_id"], "attachment_id": attachment["id"]}
    out |= {
        "server_id": attachment["instance"],
        "host_name": None,
        "device": attachment["_device"],
        "attached_at": attachment["attached_at"],
    }
    return out


def _zone() -> Row:
    return {"zoneName": "nova", "zoneState": {"available": True}}
