"""Method and path in, handler out; and what all services share: who sees what, and how rows leave the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tfclean.simulator.api import Refused, Request, Response, Row

if TYPE_CHECKING:
    from tfclean.simulator.world import World

Handler = Callable[..., Response]


class Service:
    """One service: a table of routes. Handlers take the request and what stands in the path's gaps.

    Attributes:
        world: the world it lives in.
        store: the world's rows.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.store = world.store
        self._routes: dict[tuple[str, int], list[tuple[list[str], Handler]]] = {}

    def route(self, method: str, pattern: str, handler: Handler) -> None:
        """Declare a route.

        Args:
            method: of HTTP.
            pattern: a path; segments in braces are handed over.
            handler: is called with the request and the segments.
        """
        parts = pattern.strip("/").split("/")
        self._routes.setdefault((method, len(parts)), []).append((parts, handler))

    def handle(self, request: Request) -> Response:
        """Carry out one request.

        Raises:
            Refused: the service says no.
        """
        parts = [unquote(p) for p in request.path.strip("/").split("/")]
        for pattern, handler in self._routes.get((request.method, len(parts)), ()):
            gaps = _match(pattern, parts)
            if gaps is not None:
                return handler(request, *gaps)
        raise self.unknown_path()

    def malformed(self, text: str) -> Refused:
        """Give the answer to a body that is not as the service's schema wants it."""
        return Refused(400, {"badRequest": {"code": 400, "message": text}})

    def unknown_path(self) -> Refused:
        """Give the answer to a path that the service does not have."""
        return Refused(404, {"message": "The resource could not be found."})


def _match(pattern: Sequence[str], parts: Sequence[str]) -> list[str] | None:
    gaps = []
    for wanted, found in zip(pattern, parts, strict=True):
        if wanted[:1] == "{":
            gaps.append(found)
        elif wanted != found:
            return None
    return gaps


def shown(row: Row) -> Row:
    """Leave out what the services keep to themselves."""
    return {k: v for k, v in row.items() if k[:1] != "_"}


def subset(row: Row, names: Iterable[str]) -> Row:
    """Give only these fields."""
    return {k: row[k] for k in names if k in row}


def truth(text: Any) -> bool:
    """Read a boolean of a query."""
    return str(text).lower() in ("true", "1", "yes", "t", "on")


def body_of(request: Request, key: str) -> Row:
    """Give the object in a body.

    Args:
        request: with a body.
        key: its wrapper.

    Returns:
        The object; empty if the body is not like that.
    """
    found = request.body.get(key) if isinstance(request.body, dict) else None
    return found if isinstance(found, dict) else {}
