"""Octavia: balancers and their parts. While one part changes, the whole balancer is immutable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.balancers import Balancers, refusal
from tfclean.simulator.listing import next_link, ordered, paged, selected
from tfclean.simulator.load_balancer_parts import PARTS, Part, check
from tfclean.simulator.routing import Service, body_of, shown

if TYPE_CHECKING:
    from tfclean.simulator.world import World

POLICY = "Policy does not allow this request to be performed."


class LoadBalancer(Service):
    """The load balancing service."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.balancers = Balancers(world)
        for part in PARTS.values():
            self._declare(part)
        self.route("GET", "/lbaas/loadbalancers/{}/status", self._status)
        self.route("GET", "/lbaas/loadbalancers/{}/statuses", self._status)
        self.route("GET", "/lbaas/providers", lambda _: Response(200, {"providers": [{"name": "amphora", "description": ""}]}))
        self.route("GET", "/lbaas/flavors", lambda _: Response(200, {"flavors": [], "flavors_links": []}))
        self.route("GET", "/lbaas/availabilityzones", lambda _: Response(200, {"availability_zones": [], "availability_zones_links": []}))
        self.route("GET", "/lbaas/quotas/{}", self._quota)
        self.route("DELETE", "/lbaas/quotas/{}", self._drop_quota)
        self.route("GET", "/lbaas/loadbalancers/{}/stats", self._stats)
        self.route("PUT", "/lbaas/pools/{}/members", self._replace_members)

    def _declare(self, part: Part) -> None:
        one = f"{part.path}/{{}}"
        self.route("GET", part.path, lambda r, *above: self._list(r, part, *above))
        self.route("POST", part.path, lambda r, *above: self._create(r, part, *above))
        self.route("GET", one, lambda r, *ids: Response(200, {part.one: self._view(part, self._row(r, part, *ids))}))
        self.route("PUT", one, lambda r, *ids: self._update(r, part, *ids))
        self.route("DELETE", one, lambda r, *ids: self._delete(r, part, *ids))

    def malformed(self, text: str) -> Refused:
        """Answer to a body that is not as the schema wants it."""
        return refusal(400, f"Validation failure: {text}")

    def unknown_path(self) -> Refused:
        """Answer as Octavia does to a path that it does not have."""
        return Refused(404, {"code": 404, "title": "Not Found", "description": "The resource could not be found."})

    def _quota(self, request: Request, project: str) -> Response:
        if not request.admin and project != request.project:
            raise refusal(403, POLICY)
        counted = ("loadbalancer", "load_balancer", "listener", "member", "pool", "healthmonitor", "health_monitor", "l7policy", "l7rule")
        return Response(200, {"quota": {"project_id": project, "tenant_id": project, **dict.fromkeys(counted, -1)}})

    def _stats(self, request: Request, id_: str) -> Response:
        self._row(request, PARTS["loadbalancer"], id_)
        counted = ("active_connections", "bytes_in", "bytes_out", "request_errors", "total_connections")
        return Response(200, {"stats": dict.fromkeys(counted, 0)})

    def _above(self, request: Request, part: Part, *above: str) -> Row:
        """Give what a part is below; a path below nothing is none."""
        if self.store.get(part.parent[1:], above[0]) is None:
            raise self.unknown_path()
        return self._row(request, PARTS[part.parent[1:]], *above)

    def _drop_quota(self, request: Request, _: str) -> Response:
        if not request.admin:
            raise refusal(403, POLICY)
        return Response(204)

    # -- reading --------------------------------------------------------------------------------------------------------

    def _row(self, request: Request, part: Part, *ids: str) -> Row:
        if part.parent and self.store.get(part.parent[1:], ids[0]) is None:
            raise self.unknown_path()
        row = self.store.get(part.kind, ids[-1])
        if row is None or (part.parent and row[part.parent] != ids[0]):
            raise refusal(404, f"{part.title} {ids[-1]} not found.")
        if not request.admin and row["project_id"] != request.project:
            raise refusal(403, POLICY)
        return row

    def _view(self, part: Part, row: Row) -> Row:
        return {**shown(self.balancers.view(part.kind, row)), "tenant_id": row["project_id"]}

    def _list(self, request: Request, part: Part, *above: str) -> Response:
        rows = list(self.store.tables[part.kind].values())
        if part.parent:
            self._above(request, part, *above)
            rows = [r for r in rows if r[part.parent] == above[0]]
        if not request.admin:
            rows = [r for r in rows if r["project_id"] == request.project]
        views = [self._view(part, r) for r in rows]
        balancer = request.first("loadbalancer_id")
        if balancer:
            views = [v for v in views if {"id": balancer} in v.get("loadbalancers", ())]
        views = ordered(selected(views, request, ignore=("loadbalancer_id",)), request)
        page, after = paged(views, request, most=1000)
        links = [{"rel": "next", "href": next_link(request, after)}] if after else []
        names = [v for k, v in request.query if k == "fields"]
        page = [{k: r[k] for k in names if k in r} for r in page] if names else page
        return Response(200, {part.many: page, f"{part.many}_links": links})

    def _status(self, request: Request, id_: str) -> Response:
        row = self._row(request, PARTS["loadbalancer"], id_)
        names = ("id", "name", "provisioning_status", "operating_status")
        tree = {k: row[k] for k in names}
        tree["listeners"] = [{k: x[k] for k in names} for x in self.store.rows("listener", _balancer=id_)]
        tree["pools"] = [{k: x[k] for k in names} for x in self.store.rows("pool", _balancer=id_)]
        return Response(200, {"statuses": {"loadbalancer": tree}})

    # -- making ---------------------------------------------------------------------------------------------------------

    def _create(self, request: Request, part: Part, *above: str) -> Response:
        body = body_of(request, part.one)
        check(part, body, new=True)
        project = body.get("project_id") or request.project
        if project != request.project and not request.admin:
            raise refusal(403, POLICY)
        if part.kind == "loadbalancer":
            row = self.balancers.create(request, self.new(part, project, body), body)
            for listener in body.get("listeners") or ():
                self._nested(request, row, "listener", listener)
            for pool in body.get("pools") or ():
                self._nested(request, row, "pool", pool)
        else:
            balancer, ties = self._ties(request, part, body, *above)
            self.balancers.check_mutable(balancer)
            row = self.store.add(part.kind, {**self.new(part, balancer["project_id"], body), **ties})
            self.balancers.tie(part.kind, row)
            self.balancers.work("create", part.kind, row["id"])
        return Response(201, {part.one: self._view(part, self.store.tables[part.kind][row["id"]])})

    def new(self, part: Part, project: str, body: Row) -> Row:
        """Fill a new row.

        Args:
            part: of what.
            project: whose.
            body: what the caller wants of it.
        """
        stamp = self.store.stamp(like="T")
        row: Row = {"id": self.store.uuid(), "name": body.get("name", ""), "project_id": project, "created_at": stamp, "updated_at": None}
        row |= {"admin_state_up": body.get("admin_state_up", True), "tags": list(body.get("tags") or ())}
        row |= {"provisioning_status": "PENDING_CREATE", "operating_status": "OFFLINE"}
        if part.kind == "l7rule":
            del row["name"]
        row |= {k: list(v) if isinstance(v, tuple) else v for k, v in part.defaults.items()}
        if part.kind == "healthmonitor" and body.get("type") in ("HTTP", "HTTPS"):
            row |= {"http_method": "GET", "url_path": "/", "expected_codes": "200"}
        if part.kind == "member":
            row["operating_status"] = "NO_MONITOR"
        return row | {k: v for k, v in body.items() if k in part.defaults and v is not None}

    def _ties(self, request: Request, part: Part, body: Row, *above: str) -> tuple[Row, Row]:
        """Find the balancer of a new part, and the private fields that hold the part to it."""
        row: Row
        ties: Row
        if part.parent:
            row = self._above(request, part, *above)
            ties = {part.parent: above[0]}
        elif part.kind == "healthmonitor":
            row = self._row(request, PARTS["pool"], str(body.get("pool_id")))
            ties = {"_pool": row["id"]}
        elif body.get("listener_id"):
            row = self._row(request, PARTS["listener"], str(body["listener_id"]))
            ties = {"listener_id": row["id"]} if part.kind == "l7policy" else {"_listener": row["id"]}
        else:
            if not body.get("loadbalancer_id"):
                raise refusal(400, "Validation failure: Must provide at least one of: loadbalancer_id, listener_id")
            row = self._row(request, PARTS["loadbalancer"], str(body["loadbalancer_id"]))
            ties = {}
        balancer = self.store.tables["loadbalancer"][str(row.get("_balancer") or row["id"])]
        if part.kind == "listener":
            ties["default_pool_id"] = body.get("default_pool_id")
            if body.get("default_pool_id"):
                self._row(request, PARTS["pool"], body["default_pool_id"])
            self._check_port(balancer, body)
        if part.kind == "pool" and ties.get("_listener") and row["default_pool_id"]:
            raise refusal(409, "This listener already has a default pool.")
        if part.kind == "member":
            self._check_member(above[0], body)
        if part.kind == "l7policy" and body.get("redirect_pool_id"):
            self._row(request, PARTS["pool"], body["redirect_pool_id"])
        if part.kind == "healthmonitor" and self.store.rows("healthmonitor", _pool=ties["_pool"]):
            raise refusal(409, "This pool already has a health monitor")
        return balancer, {**ties, "_balancer": balancer["id"]}

    def _check_member(self, pool: str, body: Row) -> None:
        for other in self.store.rows("member", _pool=pool, address=body.get("address"), protocol_port=body.get("protocol_port")):
            text = f"Another member on this pool is already using ip {other['address']} on protocol_port {other['protocol_port']}"
            raise refusal(409, text)

    def _check_port(self, balancer: Row, body: Row) -> None:
        for other in self.store.rows("listener", _balancer=balancer["id"], protocol_port=body.get("protocol_port")):
            if other["protocol"] == body.get("protocol"):
                text = f"Another Listener on this Load Balancer is already using protocol {body.get('protocol')} and protocol_port "
                raise refusal(409, text + str(body.get("protocol_port")))

    def _nested(self, request: Request, balancer: Row, kind: str, body: Row, **ties: Any) -> Row:
        part = PARTS[kind]
        if kind == "listener":
            pool = self._nested(request, balancer, "pool", body["default_pool"])["id"] if body.get("default_pool") else None
            ties["default_pool_id"] = pool
        row = self.store.add(kind, {**self.new(part, balancer["project_id"], body), **ties, "_balancer": balancer["id"]})
        if kind == "pool":
            for member in body.get("members") or ():
                self._nested(request, balancer, "member", member, _pool=row["id"])
            if body.get("healthmonitor"):
                self._nested(request, balancer, "healthmonitor", body["healthmonitor"], _pool=row["id"])
        for policy in body.get("l7policies") or ():
            made = self._nested(request, balancer, "l7policy", policy, listener_id=row["id"])
            for rule in policy.get("rules") or ():
                self._nested(request, balancer, "l7rule", rule, _l7policy=made["id"])
        return row

    # -- changing and deleting ------------------------------------------------------------------------------------------

    def _update(self, request: Request, part: Part, *ids: str) -> Response:
        row = self._row(request, part, *ids)
        body = body_of(request, part.one)
        check(part, body, new=False)
        self.balancers.check_mutable(self.balancers.of(part.kind, row))
        names = {*part.defaults, "name", "admin_state_up", "tags", *(("default_pool_id",) if part.kind == "listener" else ())}
        for name in ("default_pool_id", "redirect_pool_id"):
            if name in names and body.get(name):
                self._row(request, PARTS["pool"], body[name])
        self.store.change(part.kind, row["id"], **{k: v for k, v in body.items() if k in names})
        self.balancers.work("update", part.kind, row["id"])
        return Response(200, {part.one: self._view(part, self.store.tables[part.kind][row["id"]])})

    def _replace_members(self, request: Request, pool: str) -> Response:
        """Make a pool's members these: address and port tell which is which."""
        row, part = self._row(request, PARTS["pool"], pool), PARTS["member"]
        self.balancers.check_mutable(self.balancers.of("pool", row))
        wanted = {(m["address"], m["protocol_port"]): m for m in request.body["members"]}
        for member in self.store.rows("member", _pool=pool):
            fields = wanted.pop((member["address"], member["protocol_port"]), None)
            if fields is None and request.first("additive_only") not in ("true", "True"):
                self.balancers.work("delete", "member", member["id"])
            elif fields is not None:
                self.store.change("member", member["id"], **{k: v for k, v in fields.items() if k in (*part.defaults, "name")})
        for fields in wanted.values():
            made = {**self.new(part, row["project_id"], fields), "_pool": pool, "_balancer": row["_balancer"]}
            self.balancers.work("create", "member", self.store.add("member", made)["id"])
        return Response(202)

    def _delete(self, request: Request, part: Part, *ids: str) -> Response:
        row = self._row(request, part, *ids)
        if part.kind == "loadbalancer":
            self.balancers.delete(row, cascade=(request.first("cascade") or "").lower() == "true")
            return Response(204)
        self.balancers.check_mutable(self.balancers.of(part.kind, row))
        if part.kind == "pool":
            for policy in self.store.rows("l7policy", redirect_pool_id=row["id"]):
                raise refusal(409, f"Pool {row['id']} is in use by L7 policy {policy['id']}")
        self.balancers.work("delete", part.kind, row["id"])
        return Response(204)
