"""Quota sets, as Nova and Cinder have them: how many things of a name a project may have, and has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tfclean.simulator.api import Refused, Request, Response, Row
from tfclean.simulator.routing import Service, body_of, truth

Count = Callable[[str], int]
"""Project → how many of something it has."""


class QuotaSets:
    """The quotas of one service; without one there is no limit.

    Args:
        service: gets the routes.
        counts: name of a quota → what counts against it.
        rule: what its policy is called; the action comes behind it.
        dropped: status of the answer to the deletion of a quota.
    """

    def __init__(self, service: Service, counts: Mapping[str, Count], rule: str, *, dropped: int = 202) -> None:
        self._counts = counts
        self._rule = rule
        self._dropped = dropped
        self._limits: dict[str, Row] = {}
        one = "/os-quota-sets/{}"
        service.route("GET", one, lambda r, p: self._show(r, p, usage=truth(r.first("usage") or "")))
        service.route("GET", f"{one}/detail", lambda r, p: self._show(r, p, usage=True, action="detail"))
        service.route("GET", f"{one}/defaults", lambda _, p: Response(200, {"quota_set": {"id": p, **dict.fromkeys(counts, -1)}}))
        service.route("PUT", one, self._set)
        service.route("DELETE", one, self._drop)

    def of(self, project: str) -> Row:
        """Give a project's limits; -1 is none."""
        return {**dict.fromkeys(self._counts, -1), **self._limits.get(project, {})}

    def exceeded(self, project: str, **more: int) -> str:
        """Tell which quota so much more would exceed; empty if none."""
        limits = self.of(project)
        return next((n for n, count in more.items() if 0 <= limits[n] < self._counts[n](project) + count), "")

    def used(self, name: str, project: str) -> int:
        """Tell how many of something a project has."""
        return self._counts[name](project)

    def _allowed(self, request: Request, project: str, action: str) -> None:
        if not request.admin and (action not in ("show", "detail") or project != request.project):
            text = f"Policy doesn't allow {self._rule}:{action} to be performed."
            raise Refused(403, {"forbidden": {"code": 403, "message": text}})

    def _show(self, request: Request, project: str, *, usage: bool, action: str = "show") -> Response:
        self._allowed(request, project, action)
        limits: Row = self.of(project)
        if usage:
            limits = {n: {"limit": limit, "in_use": self.used(n, project), "reserved": 0} for n, limit in limits.items()}
        return Response(200, {"quota_set": {"id": project, **limits}})

    def _set(self, request: Request, project: str) -> Response:
        self._allowed(request, project, "update")
        wanted = {name: int(value) for name, value in body_of(request, "quota_set").items() if name in self._counts}
        self._limits[project] = {**self._limits.get(project, {}), **wanted}
        return Response(200, {"quota_set": self.of(project)})

    def _drop(self, request: Request, project: str) -> Response:
        self._allowed(request, project, "delete")
        self._limits.pop(project, None)
        return Response(self._dropped)
