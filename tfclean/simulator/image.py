"""Glance: images and who may see them."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.listing import PAGING, ordered, paged, selected
from tfclean.simulator.routing import Service, shown, truth

if TYPE_CHECKING:
    from tfclean.simulator.world import World

PAGE, MOST = 25, 1000
PATCHES = ("application/openstack-images-v2.0-json-patch", "application/openstack-images-v2.1-json-patch")
VISIBILITIES = ("community", "public", "private", "shared")
CONTAINERS = ("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed")
DISKS = ("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop", "gpt", "luks")
SORTABLE = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
FIXED = frozenset(("id", "owner", "created_at", "updated_at", "status", "checksum", "size", "schema", "self", "file"))


def refusal(status: int, text: str) -> Refused:
    """Refuse as Glance does."""
    title = HTTPStatus(status).phrase
    return Refused(status, {"message": f"{text}<br /><br />\n\n\n", "code": f"{status} {title}", "title": title})


def unsupported(media: str) -> Refused:
    """Refuse a change of an image that is no JSON patch."""
    text = f"The request media type {media} is not supported by this server.\n<br /><br />\nImage PATCH expects Content-Type one of: "
    title = HTTPStatus(415).phrase
    return Refused(415, {"message": f"{text}{', '.join(PATCHES)}", "code": f"415 {title}", "title": title})


class Image(Service):
    """The image service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        one = "/images/{}"
        for method, path, handler in (
            ("GET", "/images", self._list),
            ("POST", "/images", self._create),
            ("GET", one, lambda r, i: Response(200, self._view(self._image(r, i)))),
            ("PATCH", one, self._patch),
            ("DELETE", one, self._delete),
            ("PUT", one + "/file", self._upload),
            ("PUT", one + "/tags/{}", lambda r, i, t: self._tag(r, i, t, add=True)),
            ("DELETE", one + "/tags/{}", lambda r, i, t: self._tag(r, i, t, add=False)),
            ("GET", one + "/members", self._members),
            ("POST", one + "/members", self._add_member),
            ("PUT", one + "/members/{}", self._update_member),
            ("DELETE", one + "/members/{}", self._drop_member),
        ):
            self.route(method, path, handler)

    def malformed(self, text: str) -> Refused:
        """Answer to a body that is not as the schema wants it."""
        return refusal(400, text)

    def unknown_path(self) -> Refused:
        """Answer as Glance does to a path that it does not have."""
        return refusal(404, "The resource could not be found.")

    # -- who sees what --------------------------------------------------------------------------------------------------

    def _lent(self, request: Request, row: Row) -> Row | None:
        return self.store.get("image_member", f"{row['id']}/{request.project}")

    def _sees(self, request: Request, row: Row) -> bool:
        open_ = row["visibility"] in ("public", "community")
        return request.admin or open_ or row["owner"] == request.project or self._lent(request, row) is not None

    def _image(self, request: Request, id_: str, text: str = "No image found with ID {}") -> Row:
        row = self.store.get("image", id_)
        if row is None or not self._sees(request, row):
            raise refusal(404, text.format(id_))
        return row

    def _owned(self, request: Request, id_: str, action: str, text: str = "No image found with ID {}") -> Row:
        row = self._image(request, id_, text)
        if not request.admin and row["owner"] != request.project:
            raise refusal(403, f"You are not authorized to complete {action} action.")
        return row

    def _view(self, row: Row) -> Row:
        path = f"/v2/images/{row['id']}"
        return {**shown(row), "self": path, "file": f"{path}/file", "schema": "/v2/schemas/image"}

    def _listed(self, request: Request, row: Row) -> bool:
        member = self._lent(request, row)
        wanted = request.first("visibility")
        mine = row["owner"] == request.project
        if row["os_hidden"] != truth(request.first("os_hidden") or ""):
            return False
        if row["visibility"] == "community" and not mine and wanted != "community":
            return False
        accepted = request.first("member_status") or "accepted"
        if row["visibility"] == "shared" and not mine and not request.admin:
            return member is not None and accepted in ("all", member["status"])
        return self._sees(request, row)

    # -- images ---------------------------------------------------------------------------------------------------------

    def _list(self, request: Request) -> Response:
        rows = [self._view(r) for r in self.store.tables["image"].values() if self._listed(request, r)]
        for key, value in request.query:
            if key == "tag":
                rows = [r for r in rows if value in r["tags"]]
            elif key == "name" and value.startswith("in:"):
                rows = [r for r in rows if r["name"] in value[3:].split(",")]
        ignore = ("os_hidden", "member_status", "tag", *(("name",) if (request.first("name") or "").startswith("in:") else ()))
        # A property that an image does not have is none with that value.
        own = PAGING | {"visibility", "size_min", "size_max", *ignore}
        rows = [r for r in rows if all(k in r or k in own for k, _ in request.query)]
        if (request.first("limit") or "0").startswith("-"):
            raise refusal(400, "limit param must be positive")
        for key in (v for k, v in request.query if k == "sort_key"):
            if key not in SORTABLE:
                raise refusal(400, f"Invalid sort key: {key}. It must be one of the following: {', '.join(SORTABLE)}.")
        rows = selected(rows, request, ignore=ignore)
        rows.reverse()
        if request.first("sort_key") or request.first("sort"):
            rows = ordered(rows, request)
        size = PAGE if request.first("limit") is None else MOST
        marker = request.first("marker")
        page, after = paged(rows, request, most=size, bad=refusal(400, f"Invalid marker. Image {marker} could not be found."))
        body: Row = {"images": page, "schema": "/v2/schemas/images"}
        query = [(k, v) for k, v in request.query if k != "marker"]
        body["first"] = "/v2/images" + (f"?{urlencode(query)}" if query else "")
        if after:
            body["next"] = "/v2/images?" + urlencode([*query, ("marker", after)])
        return Response(200, body)

    def make(self, owner: str, **fields: Any) -> Row:
        """Put a new image in.

        Args:
            owner: a project.
            fields: what differs from a queued one without a name.
        """
        stamp = self.store.stamp()
        row: Row = {"id": self.store.uuid(), "name": None, "owner": owner, "status": "queued", "visibility": "shared", "protected": False}
        row |= {"os_hidden": False, "tags": [], "min_disk": 0, "min_ram": 0, "size": None, "virtual_size": None, "checksum": None}
        row |= {"container_format": None, "disk_format": None, "created_at": stamp, "updated_at": stamp}
        return self.store.add("image", {**row, "os_hash_algo": None, "os_hash_value": None, **fields})

    def _create(self, request: Request) -> Response:
        body = request.body if isinstance(request.body, dict) else {}
        if body.get("visibility") == "public" and not request.admin:
            raise refusal(403, "You are not authorized to complete publicize_image action.")
        self._check_new(request, body)
        row = self.make(request.project, **{k: v for k, v in body.items() if k not in FIXED or k == "id"})
        return Response(201, self._view(row))

    def _check_new(self, request: Request, body: Row) -> None:
        for name, known in (("visibility", VISIBILITIES), ("disk_format", DISKS), ("container_format", CONTAINERS)):
            if body.get(name) is not None and body[name] not in known:
                raise refusal(400, f"Provided object does not match schema 'image': {body[name]!r} is not one of {list(known)}")
        if not isinstance(body.get("name", ""), str | None):
            raise refusal(400, f"Provided object does not match schema 'image': {body['name']!r} is not of type 'null', 'string'")
        if body.get("id") and self.store.get("image", str(body["id"])):
            raise refusal(409, f"Image ID {body['id']} already exists!")
        if body.get("owner", request.project) != request.project and not request.admin:
            raise refusal(403, f"You are not permitted to create images owned by '{body['owner']}'")

    def _patch(self, request: Request, id_: str) -> Response:
        media = request.header("Content-Type")
        if media is not None and media not in PATCHES:
            raise unsupported(media)
        row = self._owned(request, id_, "modify_image")
        fields: Row = {}
        for step in request.body if isinstance(request.body, list) else ():
            name = str(step.get("path", "")).strip("/").replace("~1", "/").replace("~0", "~")
            if name in FIXED:
                raise refusal(403, f"Attribute '{name}' is read-only.")
            if step.get("op") in ("replace", "remove") and name not in row:
                raise refusal(409, f"Property {name} does not exist.")
            fields[name] = None if step.get("op") == "remove" else step.get("value")
        if fields.get("visibility") == "public" and not request.admin:
            raise refusal(403, "You are not authorized to complete publicize_image action.")
        row = self.store.change("image", id_, **fields)
        return Response(200, self._view(row))

    def _delete(self, request: Request, id_: str) -> Response:
        row = self._owned(request, id_, "delete_image", "Failed to find image {} to delete")
        if row["protected"]:
            raise refusal(403, f"Image {id_} is protected and cannot be deleted.")
        for member in self.store.rows("image_member", image_id=id_):
            self.store.drop("image_member", f"{id_}/{member['member_id']}")
        self.store.drop("image", id_)
        return Response(204)

    def _upload(self, request: Request, id_: str) -> Response:
        row = self._owned(request, id_, "upload_image")
        if row["status"] != "queued":
            raise refusal(409, f"Image status transition from {row['status']} to saving is not allowed")
        size = len(request.body) if isinstance(request.body, bytes | str) else 0
        data = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.store.change("image", id_, status="saving", size=size, checksum=digest)

        def end(status: str) -> None:
            self.store.change("image", id_, status=status)

        self.world.after(self.world.pace.image, "create", "image", id_, lambda: end("active"), lambda: end("killed"))
        return Response(204)

    def _tag(self, request: Request, id_: str, tag: str, *, add: bool) -> Response:
        row = self._owned(request, id_, "modify_image")
        if not add and tag not in row["tags"]:
            raise refusal(404, f"Failed to find image {id_} tag {tag}")
        left = [t for t in row["tags"] if t != tag]
        self.store.change("image", id_, tags=[*left, tag] if add else left)
        return Response(204)

    # -- members --------------------------------------------------------------------------------------------------------

    def _members(self, request: Request, id_: str) -> Response:
        row = self._image(request, id_)
        if row["visibility"] != "shared" and not request.admin:
            raise refusal(403, "Only shared images have members.")
        rows = self.store.rows("image_member", image_id=id_)
        if not request.admin and row["owner"] != request.project:
            rows = [m for m in rows if m["member_id"] == request.project]
        return Response(200, {"members": rows, "schema": "/v2/schemas/members"})

    def _add_member(self, request: Request, id_: str) -> Response:
        if self._owned(request, id_, "add_member")["visibility"] != "shared":
            raise refusal(403, "Only shared images have members.")
        if not isinstance(request.body, dict) or not request.body.get("member"):
            raise refusal(400, "Expected a member id in the request body.")
        member, stamp = str((request.body or {}).get("member")), self.store.stamp()
        if self.store.get("image_member", f"{id_}/{member}"):
            raise refusal(409, f"Image member {member} already exists for image {id_}")
        made: Row = {"image_id": id_, "member_id": member, "status": "pending", "created_at": stamp, "updated_at": stamp}
        return Response(200, self.store.add("image_member", {**made, "schema": "/v2/schemas/member"}, f"{id_}/{member}"))

    def _update_member(self, request: Request, id_: str, member: str) -> Response:
        self._image(request, id_)
        if self.store.get("image_member", f"{id_}/{member}") is None:
            raise refusal(404, f"{member} not found in the member list of the image {id_}.")
        if not request.admin and member != request.project:
            raise refusal(403, "You are not authorized to complete modify_member action.")
        return Response(200, self.store.change("image_member", f"{id_}/{member}", status=(request.body or {}).get("status", "pending")))

    def _drop_member(self, request: Request, id_: str, member: str) -> Response:
        self._owned(request, id_, "delete_member")
        if self.store.drop("image_member", f"{id_}/{member}") is None:
            raise refusal(404, f"{member} not found in the member list of the image {id_}.")
        return Response(204)
