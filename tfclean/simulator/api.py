"""What goes into the world and what comes out of it: one request, one response, a response that never comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
SERVICES = ("compute", "network", "block-storage", "image", "load-balancer")


@dataclass(frozen=True)
class Request:
    """One call, after whoever carries it has looked at the token.

    Attributes:
        service: one of `SERVICES`.
        method: GET, POST, PUT, PATCH, DELETE or HEAD.
        path: below the service's versioned root, without a project: ``/servers/detail``, ``/networks``, ``/volumes/detail``,
            ``/images``, ``/lbaas/loadbalancers``.
        query: decoded pairs in their order.
        body: decoded JSON, or bytes where the type is not JSON (image data).
        headers: names in any case.
        project: whose token it is.
        user: whose token it is.
        roles: ``admin`` among them sees and may do everything.
        root: the service's versioned root as the client knows it (with the project where the client has it there), for links in answers.
    """

    service: str
    method: str
    path: str
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    project: str = ""
    user: str = ""
    roles: frozenset[str] = frozenset({"member"})
    root: str = ""

    @property
    def admin(self) -> bool:
        """Whether the caller is an administrator."""
        return "admin" in self.roles

    def header(self, name: str) -> str | None:
        """Give a header, whatever its case."""
        return next((v for k, v in self.headers.items() if k.lower() == name.lower()), None)

    def first(self, name: str) -> str | None:
        """Give the first value of a parameter of the query."""
        return next((v for k, v in self.query if k == name), None)


@dataclass(frozen=True)
class Response:
    """How a call was answered.

    Attributes:
        status: the HTTP status.
        body: a JSON value, a string (sent as it stands), or nothing.
        headers: what the service adds beyond type and length; a request id is always there.
        seconds: how long the answer takes: the one who carries it sleeps, or moves the clock.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Dropped(Exception):
    """The connection broke before an answer came.

    Attributes:
        done: whether the world had done what was asked. The caller of a real cloud cannot know it.
        seconds: how long the caller hung before.
    """

    def __init__(self, *, done: bool, seconds: float = 0.0) -> None:
        super().__init__("the connection was closed without an answer")
        self.done = done
        self.seconds = seconds


class Refused(Exception):
    """A service says no: raised inside the world, answered as it stands.

    Attributes:
        status: the HTTP status.
        body: the body, in the service's own form.
    """

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
