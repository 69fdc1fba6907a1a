"""Neutron's quotas: how many objects of a kind a project may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tfclean.simulator.api import Request, Response, Row
from tfclean.simulator.network_kinds import NetworkKind, refusal
from tfclean.simulator.network_part import NetworkPart
from tfclean.simulator.routing import body_of

if TYPE_CHECKING:
    from tfclean.simulator.network import Network

COUNTED = (
    "network",
    "subnet",
    "port",
    "router",
    "floatingip",
    "security_group",
    "security_group_rule",
    "subnetpool",
    "rbac_policy",
    "trunk",
)


class Quotas(NetworkPart):
    """Quotas of projects; without one there is no limit."""

    def __init__(self, service: Network) -> None:
        super().__init__(service)
        self._limits: dict[str, Row] = {}
        self.routes = [
            ("GET", "/quotas/{}", self._show),
            ("GET", "/quotas/{}/default", lambda _, __: Response(200, {"quota": dict.fromkeys(COUNTED, -1)})),
            ("GET", "/quotas/{}/details", self._details),
            ("GET", "/quotas/{}/details.json", self._details),
            ("PUT", "/quotas/{}", self._set),
            ("DELETE", "/quotas/{}", self._drop),
        ]

    def of(self, project: str) -> Row:
        """Give a project's limits; -1 is none."""
        return {**dict.fromkeys(COUNTED, -1), **self._limits.get(project, {})}

    def _used(self, kind: str, project: str) -> int:
        return len(self.store.rows(kind, project_id=project))

    def check(self, kind: NetworkKind, project: str) -> None:
        """Refuse one more.

        Raises:
            Refused: the project has as many as it may.
        """
        limit = self.of(project).get(kind.name, -1)
        if limit >= 0 and self._used(kind.name, project) >= limit:
            raise refusal(409, "OverQuota", f"Quota exceeded for resources: ['{kind.name}'].")

    def _allowed(self, request: Request, project: str, action: str) -> None:
        if not request.admin and (action != "get" or project != request.project):
            raise refusal(403, "PolicyNotAuthorized", f"rule:{action}_quota is disallowed by policy")

    def _show(self, request: Request, project: str) -> Response:
        self._allowed(request, project, "get")
        return Response(200, {"quota": self.of(project)})

    def _details(self, request: Request, project: str) -> Response:
        if not request.admin and project != request.project:
            text = "User does not have admin privileges: Only admin is authorized to access quotas for another project."
            raise refusal(403, "AdminRequired", text)
        return Response(
            200, {"quota": {k: {"limit": n, "used": self._used(k, project), "reserved": 0} for k, n in self.of(project).items()}}
        )

    def _set(self, request: Request, project: str) -> Response:
        self._allowed(request, project, "update")
        self._limits[project] = {**self._limits.get(project, {}), **{k: int(v) for k, v in body_of(request, "quota").items()}}
        return Response(200, {"quota": self.of(project)})

    def _drop(self, request: Request, project: str) -> Response:
        self._allowed(request, project, "delete")
        self._limits.pop(project, None)
        return Response(204)
