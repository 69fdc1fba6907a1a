"""A cloud in one process that speaks just enough HTTP: login, catalog, versions, paged lists, and answers that a test dictates."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tfclean.cloud import Cloud, connect

PROJECT, USER, PASSWORD = "p" * 32, "u" * 32, "planted-password"
ROOTS = {
    "compute": "/compute/v2.1",
    "network": "/network/v2.0",
    "block-storage": "/volume/v3",
    "load-balancer": "/lb/v2.0",
    "image": "/image/v2",
}
CATALOG = {"compute": "/compute/v2.1", "network": "/network", "volumev3": "/volume/v3", "load-balancer": "/lb", "image": "/image"}


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any


@dataclass
class SmallCloud:
    """State of the server.

    Attributes:
        rows: (service, path) → rows; every other list is empty.
        dictated: path → (status, headers, body) in order, each used once, before anything else.
        always: path → the same, used for ever.
        dead: every connection is cut as soon as something was asked on it.
        catalog: service type in the catalog → path of its endpoint.
        region: region of every endpoint.
        requests: everything that was asked of services.
        page: most rows per page.
        tokens: how many tokens were given out.
        valid: tokens that are accepted.
    """

    rows: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    dictated: dict[str, list[tuple[int, dict[str, str], str]]] = field(default_factory=dict)
    always: dict[str, tuple[int, dict[str, str], str]] = field(default_factory=dict)
    catalog: dict[str, str] = field(default_factory=lambda: dict(CATALOG))
    region: str = "RegionOne"
    login: int = 201
    project: str | None = PROJECT
    requests: list[Request] = field(default_factory=list)
    page: int = 1000
    tokens: int = 0
    valid: set[str] = field(default_factory=set)
    volume_version: str = "3.71"
    dead: bool = False
    url: str = ""

    def connect(self, **settings: Any) -> Cloud:
        """Log in to it."""
        auth = {
            "auth_url": f"{self.url}/v3",
            "username": "someone",
            "password": PASSWORD,
            "project_name": "ours",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        }
        cloud = connect(auth=auth, region_name="RegionOne", load_yaml_config=False, load_envvars=False, **settings)
        cloud._transport.pause = 0.01
        return cloud

    def asked(self, path: str) -> list[Request]:
        """Give requests whose path ends so."""
        return [r for r in self.requests if r.path.endswith(path)]


@contextmanager
def small_cloud(**state: Any) -> Iterator[SmallCloud]:
    """Run one."""
    cloud = SmallCloud(**state)

    class Handler(_Handler):
        state = cloud

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: SmallCloud
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle_any(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode()
        path = url.path.rstrip("/") or "/"
        if self.state.dead:
            return self.raw(0, {}, "")
        if path == "/v3/auth/tokens":
            return self.give_token()
        versions = self.versions(path)
        if versions is not None and self.command == "GET":
            return self.answer(200, versions)
        self.state.requests.append(
            Request(
                self.command, path, parse_qsl(url.query, keep_blank_values=True), dict(self.headers), json.loads(text) if text else None
            )
        )
        if self.headers.get("X-Auth-Token") not in self.state.valid:
            return self.answer(401, {"error": {"message": "The request you have made requires authentication."}})
        if self.state.dictated.get(path):
            return self.raw(*self.state.dictated[path].pop(0))
        if path in self.state.always:
            return self.raw(*self.state.always[path])
        if self.command != "GET":
            return self.raw(204, {"x-openstack-request-id": "req-1"}, "")
        return self.list(path, parse_qs(url.query))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def give_token(self) -> None:
        state = self.state
        if state.login != 201:
            return self.answer(
                state.login, {"error": {"code": state.login, "message": "The request you have made requires authentication."}}
            )
        state.tokens += 1
        token = f"token-{state.tokens}"
        state.valid.add(token)
        endpoints = [
            {"type": name, "name": name, "id": name, "endpoints": [self.endpoint(state.url + path)]} for name, path in state.catalog.items()
        ]
        body: dict[str, Any] = {
            "methods": ["password"],
            "user": {"id": USER, "name": "someone", "domain": {"id": "default", "name": "Default"}},
            "expires_at": "2099-01-01T00:00:00.000000Z",
            "issued_at": "2026-01-01T00:00:00.000000Z",
            "catalog": endpoints,
        }
        if state.project:
            body["project"] = {"id": state.project, "name": "ours", "domain": {"id": "default", "name": "Default"}}
        return self.answer(201, {"token": body}, {"X-Subject-Token": token})

    def endpoint(self, url: str) -> dict[str, str]:
        return {"id": url, "interface": "public", "region": self.state.region, "region_id": self.state.region, "url": url}

    def versions(self, path: str) -> dict[str, Any] | None:
        def one(name: str, self_path: str, **more: str) -> dict[str, Any]:
            return {"id": name, "status": "CURRENT", "links": [{"rel": "self", "href": f"{self.state.url}{self_path}/"}], **more}

        match path:
            case "/v3":
                return {"version": one("v3.14", "/v3")}
            case "/compute/v2.1":
                return {"version": one("v2.1", path, version="2.100", min_version="2.1")}
            case "/volume/v3":
                return {"versions": [one("v3.0", path, version=self.state.volume_version, min_version="3.0")]}
            case "/network":
                return {"versions": [one("v2.0", "/network/v2.0")]}
            case "/lb":
                return {"versions": [one("v2.0", "/lb/v2.0")]}
            case "/image":
                return {"versions": [one("v2.16", "/image/v2")]}
        return None

    def list(self, path: str, query: dict[str, list[str]]) -> None:
        service, root = next((name, root) for name, root in ROOTS.items() if path.startswith(root + "/"))
        below = path.removeprefix(root)
        key = KEYS.get(below) or below.rpartition("/")[2].replace("-", "_")
        rows = [row for row in self.state.rows.get((service, below), []) if _wanted(row, query)]
        limit = min(int(query.get("limit", ["1000"])[0]), self.state.page)
        names = [str(r.get("keypair", r).get("id") or r.get("keypair", r).get("name")) for r in rows]
        start = names.index(query["marker"][0]) + 1 if "marker" in query else int(query.get("offset", ["0"])[0])
        page = rows[start : start + limit]
        body: dict[str, Any] = {key: page}
        if service == "image":
            body["first"] = "/v2/images"
        if start + limit < len(rows) and below != "/os-server-groups":
            pairs = [(k, v) for k, vs in query.items() for v in vs if k not in ("marker", "offset")]
            # As behind a proxy that ends TLS: neither scheme nor host can be reached from here.
            link = f"https://internal.invalid{path}?{urlencode([*pairs, ('marker', names[start + limit - 1])])}"
            if service == "image":
                body["next"] = link
            else:
                body[f"{key}_links"] = [{"rel": "next", "href": link}]
        self.answer(200, body)

    def answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self.raw(status, {"Content-Type": "application/json", **(headers or {})}, json.dumps(body))

    def raw(self, status: int, headers: dict[str, str], text: str) -> None:
        if status == 0:
            # The request was read, and the connection dies.
            self.close_connection = True
            return
        data = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


KEYS = {
    "/os-keypairs": "keypairs",
    "/os-server-groups": "server_groups",
    "/servers/detail": "servers",
    "/volumes/detail": "volumes",
    "/snapshots/detail": "snapshots",
    "/backups/detail": "backups",
    "/attachments/detail": "attachments",
    "/qos/policies": "policies",
}


def _wanted(row: dict[str, Any], query: dict[str, list[str]]) -> bool:
    return all(str(row.get(name)) in query[name] for name in ("project_id", "network_id", "owner") if name in query and name in row)
