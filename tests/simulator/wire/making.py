"""Clients of a wire: keystoneauth and openstacksdk as they are, without sockets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keystoneauth1 import session as ks
from keystoneauth1.identity import v3
from openstack.connection import Connection

from tfclean.cloud import Cloud, login
from tfclean.cloud.inventory import Scope
from tfclean.cloud.transport import Transport
from tfclean.simulator import Request, Response
from tfclean.simulator.wire import Wire, in_process


def session(wire: Wire, auth: Any = None) -> ks.Session:
    return ks.Session(auth=auth or v3.Password(**wire.settings()["auth"]), session=in_process(wire))


def connection(wire: Wire, auth: Any = None, **settings: Any) -> Connection:
    return Connection(session=session(wire, auth), region_name=wire.world.region, **settings)


def body(wire: Wire, **identity: Any) -> dict[str, Any]:
    """What logs in with these methods, for the world's project."""
    return {"auth": {"identity": {"methods": list(identity), **identity}, "scope": {"project": {"id": wire.world.project}}}}


def password(wire: Wire, secret: str = "secret") -> dict[str, Any]:
    return {"user": {"id": wire.world.user, "password": secret}}


def token(wire: Wire) -> str:
    answer = in_process(wire).post(f"{wire.url}/identity/v3/auth/tokens", json=body(wire, password=password(wire)))
    assert answer.status_code == 201, answer.text
    return str(answer.headers["X-Subject-Token"])


@dataclass
class Told:
    """Answers as a test dictates, and keeps what was asked."""

    answer: Response = field(default_factory=lambda: Response(200, {}))
    error: Exception | None = None
    asked: list[Request] = field(default_factory=list)

    def request(self, request: Request) -> Response:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return self.answer


def get(wire: Wire, path: str, headers: Mapping[str, str] | None = None, method: str = "GET", **more: Any) -> Any:
    """Ask with a token; give the answer of `requests`."""
    sent = {"X-Auth-Token": token(wire), **(headers or {})}
    return in_process(wire).request(method, wire.url + path, headers=sent, allow_redirects=False, **more)


def tfcleans(wire: Wire, client: Connection | None = None, time: Mapping[str, Any] | None = None, **settings: Any) -> Cloud:
    """tfclean's own cloud, logged in by openstacksdk, without sockets; on the given time, if there is one."""
    client = client or connection(wire)
    access = client.session.auth.get_access(client.session)
    services, absent = login._services(client, access)
    scope = Scope(access.project_id, access.user_id, wire.url, wire.world.region, absent)
    return Cloud(Transport(services, **(time or {})), scope, **settings)
