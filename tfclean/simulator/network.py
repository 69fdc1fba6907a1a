"""Neutron: the API that all of its kinds share. The rules of each kind are in the files beside this one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tfclean.simulator import network_bodies as bodies
from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.listing import PAGING, next_link, ordered, paged, selected
from tfclean.simulator.network_addresses import Addresses
from tfclean.simulator.network_kinds import NETWORK_KINDS, NetworkKind, refusal
from tfclean.simulator.network_l3 import Layer3
from tfclean.simulator.network_policy import Governing
from tfclean.simulator.network_quotas import Quotas
from tfclean.simulator.network_trunks import Trunks
from tfclean.simulator.routing import Service, shown, subset

if TYPE_CHECKING:
    from tfclean.simulator.world import World

TAGS = ("tags", "tags-any", "not-tags", "not-tags-any")
SHARED = frozenset(("network", "subnetpool", "address_scope", "qos_policy", "security_group"))
EXTENSIONS = (
    *("address-group", "address-scope", "allowed-address-pairs", "binding", "dhcp_agent_scheduler", "ext-gw-mode", "external-net"),
    *("extra_dhcp_opt", "extraroute", "extraroute-atomic", "floating-ip-port-forwarding", "net-mtu", "pagination", "port-security", "qos"),
    *("quotas", "rbac-policies", "revision-if-match", "router", "security-group", "sorting", "standard-attr-description"),
    *("standard-attr-revisions", "standard-attr-tag", "standard-attr-timestamp", "subnet_allocation", "trunk", "trunk-details"),
)


class Network(Service):
    """The network service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.addresses = Addresses(self)
        self.layer3 = Layer3(self)
        self.governing = Governing(self)
        self.trunks = Trunks(self)
        self.quotas = Quotas(self)
        parts = (self.addresses, self.layer3, self.governing, self.trunks, self.quotas)
        rules = {verb: rule for part in parts for verb, rule in part.rules.items()}
        for kind in NETWORK_KINDS.values():
            self._declare(kind, rules)
        for part in parts:
            for method, path, handler in part.routes:
                self.route(method, path, handler)
        self.route("GET", "/extensions", lambda _: Response(200, {"extensions": [_extension(a) for a in EXTENSIONS]}))
        self.route("GET", "/extensions/{}", self._extension)
        self.route("GET", "/availability_zones", lambda _: Response(200, {"availability_zones": []}))
        self.route("GET", "/service-providers", self._providers)
        self.route("GET", "/agents", lambda _: Response(200, {"agents": []}))

    def _declare(self, kind: NetworkKind, rules: dict[tuple[str, str], Any]) -> None:
        one = f"{kind.path}/{{}}"
        self._rules = rules
        self.route("GET", kind.path, lambda r: self._list(r, kind))
        self.route("POST", kind.path, lambda r: self._create(r, kind))
        self.route("GET", one, lambda r, i: Response(200, {kind.one: self._fields(r, self.shown_to(r, kind, self.visible(r, kind, i)))}))
        self.route("PUT", one, lambda r, i: self._update(r, kind, i))
        self.route("DELETE", one, lambda r, i: self._delete(r, kind, i))
        if "tags" in kind.defaults:
            self.route("GET", f"{one}/tags", lambda r, i: Response(200, {"tags": self.visible(r, kind, i)["tags"]}))
            self.route("PUT", f"{one}/tags", lambda r, i: self._set_tags(r, kind, i, list((r.body or {}).get("tags", ()))))
            self.route("DELETE", f"{one}/tags", lambda r, i: self._set_tags(r, kind, i, []))
            self.route("GET", f"{one}/tags/{{}}", lambda r, i, tag: self._has_tag(r, kind, i, tag))
            self.route("PUT", f"{one}/tags/{{}}", lambda r, i, tag: self._tag(r, kind, i, tag))
            self.route("DELETE", f"{one}/tags/{{}}", lambda r, i, tag: self._untag(r, kind, i, tag))

    def malformed(self, text: str) -> Refused:
        """Answer to a body that is not as the schema wants it."""
        return refusal(400, "HTTPBadRequest", text)

    def unknown_path(self) -> Refused:
        """Answer as Neutron does to a path that it does not have."""
        return refusal(404, "HTTPNotFound", "The resource could not be found.")

    # -- who sees what --------------------------------------------------------------------------------------------------

    def sees(self, request: Request, kind: NetworkKind, row: Row) -> bool:
        """Whether the caller may know of an object: its own, what is shared with it, and what is on its networks."""
        if request.admin or row.get("project_id") == request.project:
            return True
        if kind.name in ("subnet", "port"):
            network = self.store.get("network", row["network_id"]) or {}
            mine = network.get("project_id") == request.project
            return mine or (kind.name == "subnet" and self.sees(request, NETWORK_KINDS["network"], network))
        if kind.name == "security_group_rule":
            return (self.store.get("security_group", row["security_group_id"]) or {}).get("project_id") == request.project
        return kind.name in SHARED and bool(row.get("shared") or row.get("router:external") or self._lent(request.project, row["id"]))

    def _lent(self, project: str, id_: str) -> bool:
        return any(r["object_id"] == id_ and r["target_tenant"] in (project, "*") for r in self.store.rows("rbac_policy"))

    def visible(self, request: Request, kind: NetworkKind, id_: str) -> Row:
        """Give a row that the caller may know of.

        Raises:
            Refused: 404 otherwise.
        """
        row = self.store.get(kind.name, id_)
        if row is None or not self.sees(request, kind, row):
            raise kind.not_found(id_)
        return row

    def owned(self, request: Request, kind: NetworkKind, id_: str, action: str) -> Row:
        """Give a row that the caller may change.

        Raises:
            Refused: 404 if it may not know of it, 403 if it may.
        """
        row = self.visible(request, kind, id_)
        owner = row["project_id"]
        if not request.admin and owner != request.project:
            network = self.store.get("network", row["network_id"]) if kind.name == "port" else None
            if network is None or network["project_id"] != request.project:
                raise kind.forbidden(action)
        return row

    # -- the five verbs -------------------------------------------------------------------------------------------------

    def shown_to(self, request: Request, kind: NetworkKind, row: Row) -> Row:
        """Show a row to somebody: what was lent to them looks shared."""
        out = self.view(kind, row)
        lent = "shared" in out and not out["shared"] and row["project_id"] != request.project and self._lent(request.project, row["id"])
        return {**out, "shared": True} if lent else out

    def view(self, kind: NetworkKind, row: Row) -> Row:
        """Show a row as the service sends it."""
        rule = self._rules.get(("view", kind.name))
        out = shown(rule(row) if rule else row)
        return {**out, "tenant_id": row["project_id"]} if "project_id" in row else out

    def _list(self, request: Request, kind: NetworkKind) -> Response:
        if kind.name == "security_group" and request.project and not self.store.in_past:
            self.governing.default_group(request.project)
        self._check_page(request, kind)
        views = [self.shown_to(request, kind, r) for r in list(self.store.tables[kind.name].values()) if self.sees(request, kind, r)]
        if views:
            unknown = sorted({k for k, _ in request.query} - PAGING - {*TAGS, *kind.defaults, *views[0], "is_default", "changed_since"})
            if unknown:
                raise refusal(400, "HTTPBadRequest", f"{unknown} is invalid attribute for filtering")
        rows = [r for r in selected(views, request, ignore=TAGS) if _tagged(r, request)]
        rows = ordered(rows, request)
        if request.first("page_reverse") in ("True", "true"):
            rows.reverse()
        marker = request.first("marker")
        page, _ = paged(rows, request, bad=kind.not_found(marker or ""))
        links = _links(request, [str(r["id"]) for r in page]) if kind.paged else []
        return Response(200, {kind.many: [self._fields(request, r) for r in page], **({f"{kind.many}_links": links} if links else {})})

    def _check_page(self, request: Request, kind: NetworkKind) -> None:
        limit = request.first("limit") or "0"
        if not limit.isdigit():
            raise refusal(400, "BadRequest", f"Bad limit request: Limit must be an integer 0 or greater and not '{limit}'.")
        keys, ways = ([v for k, v in request.query if k == name] for name in ("sort_key", "sort_dir"))
        if len(keys) != len(ways):
            raise refusal(400, "HTTPBadRequest", "The number of sort_keys and sort_dirs must be same")
        known = {*kind.defaults, *kind.required, *bodies.MORE.get(kind.name, ()), *bodies.READ_ONLY, "project_id", "tenant_id"}
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise refusal(400, "HTTPBadRequest", f"{unknown} is invalid attribute for sort_keys")

    def _fields(self, request: Request, row: Row) -> Row:
        names = [v for k, v in request.query if k == "fields"]
        return subset(row, names) if names else row

    def _create(self, request: Request, kind: NetworkKind) -> Response:
        bulk = request.body.get(kind.many) if isinstance(request.body, dict) else None
        if isinstance(bulk, list):
            rows = [{**self.view(kind, self.create(request, kind, item)), **kind.told_once} for item in bulk]
            return Response(201, {kind.many: rows})
        made = self.create(request, kind, bodies.object_in(request, kind))
        return Response(201, {kind.one: {**self.view(kind, made), **kind.told_once}})

    def create(self, request: Request, kind: NetworkKind, body: Row) -> Row:
        """Make one object.

        Args:
            request: on whose behalf.
            kind: of what.
            body: what the caller wants of it.

        Raises:
            Refused: the service's rules.
        """
        project = body.get("project_id") or body.get("tenant_id") or request.project
        if project != request.project and not request.admin:
            text = "Specifying 'project_id' other than the authenticated project in request is not allowed for the current user."
            raise refusal(400, "HTTPBadRequest", text)
        for name in kind.required:
            if name not in body:
                raise refusal(400, "HTTPBadRequest", f"Failed to parse request. Required attribute '{name}' not specified")
        bodies.check(request, kind, body, new=True)
        self.quotas.check(kind, project)
        row: Row = {"id": self.store.uuid(), "project_id": project}
        if kind.stamped:
            row |= {"created_at": self.store.stamp(), "updated_at": self.store.stamp(), "revision_number": 0}
        row |= {k: list(v) if isinstance(v, tuple) else v for k, v in kind.defaults.items()}
        row |= {k: v for k, v in body.items() if k in kind.defaults or k in kind.required}
        made: Row = self._rules["create", kind.name](request, row, body)
        return made

    def _update(self, request: Request, kind: NetworkKind, id_: str) -> Response:
        body = bodies.object_in(request, kind)
        row = self.owned(request, kind, id_, "update")
        bodies.check(request, kind, body, new=False)
        fixed = sorted(kind.fixed & {k for k, v in body.items() if row.get(k) != v})
        if fixed:
            raise refusal(400, "HTTPBadRequest", f"Cannot update read-only attribute {fixed[0]}")
        rule = self._rules.get(("update", kind.name))
        fields = {k: v for k, v in body.items() if k in kind.defaults}
        with self.store.checking(lambda: _check_revision(request, row)):
            if rule:
                fields = rule(request, row, body, fields)
            row = self.store.change(kind.name, id_, **fields)
        if kind.name == "subnet":
            self.addresses.touch("network", row["network_id"])
        return Response(200, {kind.one: self.view(kind, row)})

    def _delete(self, request: Request, kind: NetworkKind, id_: str) -> Response:
        row = self.owned(request, kind, id_, "delete")
        with self.store.checking(lambda: _check_revision(request, row)):
            self._rules["delete", kind.name](request, row)
        return Response(204)

    # -- tags -----------------------------------------------------------------------------------------------------------

    def _set_tags(self, request: Request, kind: NetworkKind, id_: str, tags: list[str]) -> Response:
        self.owned(request, kind, id_, "update")
        self.store.change(kind.name, id_, tags=sorted(set(tags)))
        return Response(200, {"tags": sorted(set(tags))}) if request.method == "PUT" else Response(204)

    def _has_tag(self, request: Request, kind: NetworkKind, id_: str, tag: str) -> Response:
        if tag not in self.visible(request, kind, id_)["tags"]:
            raise refusal(404, "TagNotFound", f"Tag {tag} could not be found.")
        return Response(204)

    def _tag(self, request: Request, kind: NetworkKind, id_: str, tag: str) -> Response:
        row = self.owned(request, kind, id_, "update")
        self.store.change(kind.name, id_, tags=sorted({*row["tags"], tag}))
        return Response(201)

    def _untag(self, request: Request, kind: NetworkKind, id_: str, tag: str) -> Response:
        row = self.owned(request, kind, id_, "update")
        if tag not in row["tags"]:
            raise refusal(404, "TagNotFound", f"Tag {tag} could not be found.")
        self.store.change(kind.name, id_, tags=[t for t in row["tags"] if t != tag])
        return Response(204)

    def _providers(self, request: Request) -> Response:
        rows: list[Row] = [{"service_type": "L3_ROUTER_NAT", "name": "single_node", "default": True}]
        return Response(200, {"service_providers": selected(rows, request)})

    def _extension(self, _: Request, alias: str) -> Response:
        if alias not in EXTENSIONS:
            raise refusal(404, "HTTPNotFound", "The resource could not be found.")
        return Response(200, {"extension": _extension(alias)})


def _extension(alias: str) -> Row:
    return {"alias": alias, "name": alias, "description": "", "updated": "2016-01-01T00:00:00-00:00", "links": []}


def _links(request: Request, ids: list[str]) -> list[Row]:
    """Give the neighbours of a page: Neutron tells of a next one whenever a page is full, and of one before it always."""
    limit = request.first("limit") or ""
    if not limit.isdigit() or not int(limit):
        return []
    back = request.first("page_reverse") in ("True", "true")
    links = []
    if ids and (len(ids) >= int(limit) or back):
        links.append({"rel": "next", "href": next_link(request, ids[-1])})
    if len(ids) >= int(limit) or not back:
        links.append({"rel": "previous", "href": next_link(request, ids[0] if ids else "") + "&page_reverse=True"})
    return links


def _check_revision(request: Request, row: Row) -> None:
    """Refuse a change by somebody who knows an older revision; a header of another form is none."""
    wanted = re.fullmatch(r"\s*\"?revision_number=(\d+)\"?\s*", request.header("If-Match") or "")
    if wanted is not None and "revision_number" in row and int(wanted[1]) != row["revision_number"]:
        text = f"Constrained to {wanted[1]}, but current revision is {row['revision_number']}"
        raise refusal(412, "RevisionNumberConstraintFailed", text)


def _tagged(row: Row, request: Request) -> bool:
    tags = set(row.get("tags") or ())
    for name, value in request.query:
        asked = set(value.split(","))
        every, some = asked <= tags, bool(asked & tags)
        if name in TAGS and not {"tags": every, "tags-any": some, "not-tags": not every, "not-tags-any": not some}[name]:
            return False
    return True
