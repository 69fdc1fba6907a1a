"""Transfers of volumes to other projects: while one is offered, the volume waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfclean.simulator.api import Request, Response, Row
from tfclean.simulator.refusing import invalid, missing
from tfclean.simulator.routing import body_of, shown

if TYPE_CHECKING:
    from tfclean.simulator.block_storage import BlockStorage

BRIEF = ("id", "name", "volume_id")


class Transfers:
    """Offers of volumes.

    Args:
        service: gets the routes.
    """

    def __init__(self, service: BlockStorage) -> None:
        self.service = service
        self.store = service.store
        for path in ("/os-volume-transfer", "/volume-transfers"):
            service.route("GET", path, lambda r: self._list(r, brief=True))
            service.route("GET", f"{path}/detail", lambda r: self._list(r, brief=False))
            service.route("POST", path, self._create)
            service.route("GET", f"{path}/{{}}", lambda r, i: Response(200, {"transfer": shown(self._row(r, i))}))
            service.route("DELETE", f"{path}/{{}}", self._delete)

    def _row(self, request: Request, id_: str) -> Row:
        row = self.store.get("transfer", id_)
        if row is None or row["_project"] != request.project:
            raise missing(f"Transfer {id_} could not be found.")
        return row

    def _list(self, request: Request, *, brief: bool) -> Response:
        rows = [shown(r) for r in self.store.rows("transfer", _project=request.project)]
        return Response(200, {"transfers": [{k: r[k] for k in BRIEF} for r in rows] if brief else rows})

    def _create(self, request: Request) -> Response:
        body = body_of(request, "transfer")
        volume = self.service.volume(request, str(body.get("volume_id")))
        if volume["status"] != "available":
            raise invalid("Invalid volume: status must be available")
        self.store.change("volume", volume["id"], status="awaiting-transfer")
        row: Row = {"id": self.store.uuid(), "volume_id": volume["id"], "name": body.get("name"), "created_at": self.store.stamp(like=".")}
        self.store.add("transfer", {**row, "_project": request.project})
        return Response(202, {"transfer": {**row, "auth_key": "simulated"}})

    def _delete(self, request: Request, id_: str) -> Response:
        row = self._row(request, id_)
        self.store.drop("transfer", id_)
        if self.store.get("volume", row["volume_id"]):
            self.store.change("volume", row["volume_id"], status="available")
        return Response(202)
