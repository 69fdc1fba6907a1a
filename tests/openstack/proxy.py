"""A bad network between tfclean and the lab: a proxy for every endpoint of the catalog, with faults that are dealt from a shuffled pack.

with through(project, tmp_path, Faults(seed=1)) as (same_project, proxy):
    tfclean(same_project, ...)      logs in through the proxy, whose catalog names nothing but the proxy
    proxy.faults.dealt              what went wrong, in order
    proxy.requests                  what came, in order

It knows nothing of OpenStack but what tells a login from a list and a list from a change. Addresses of services in answers become
its own, so that no request finds a way around it.
"""

from __future__ import annotations

import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.openstack.cli import changed
from tests.openstack.lab.testing import LabProject

Moment = Callable[["Request", bool], None]
"""Told of each request before it is passed on (False), and when the service has done it but nobody knows yet (True)."""


class Fault(StrEnum):
    """What can happen to a request."""

    RESET = "connection reset, and never passed on"
    BUSY = "503, and never passed on"
    BUSY_FOR = "503 with Retry-After, and never passed on"
    SLOW = "done, and answered late"
    DROPPED = "done, and the connection reset instead of an answer"
    CUT = "done, and the answer broken off before its announced end"
    SHORT = "done, and half an answer that looks whole"


class Role(StrEnum):
    """What a request is for: the pack that its fault is dealt from."""

    LOGIN = "login"  # and the services' lists of versions
    LIST = "list"
    CHANGE = "change"


PACK = {Role.LOGIN: 80, Role.LIST: 42, Role.CHANGE: 14}
"""How many requests share one fault of each sort."""
LATE = 0.7
"""Seconds of a slow answer."""
VERSIONS = re.compile(r"/(v[\d.]+/?)?")
HOP = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})


@dataclass(frozen=True)
class Request:
    """One request, as it came."""

    method: str
    path: str

    @property
    def role(self) -> Role:
        """What it is for."""
        plain = urlsplit(self.path).path
        if plain.endswith("/auth/tokens") or VERSIONS.fullmatch(plain):
            return Role.LOGIN
        return Role.LIST if self.method == "GET" else Role.CHANGE


class Faults:
    """Deals faults: of each role's requests, so many share one fault of each sort, in an order that the seed gives."""

    def __init__(self, seed: int, pack: dict[Role, int] | None = None) -> None:
        self.dealt: list[tuple[Request, Fault]] = []
        self._lock = threading.Lock()
        self._packs = {role: _shuffled(random.Random(f"{seed} {role}"), size) for role, size in (pack or PACK).items()}

    def deal(self, request: Request) -> Fault | None:
        """Give what is to happen to a request; None: nothing."""
        with self._lock:
            fault = next(self._packs[request.role]) if request.role in self._packs else None
            if fault is not None:
                self.dealt.append((request, fault))
            return fault

    def counted(self, role: Role) -> Counter[Fault]:
        """Count what was dealt to the requests of a role."""
        return Counter(fault for request, fault in self.dealt if request.role is role)


def _shuffled(chance: random.Random, size: int) -> Iterator[Fault | None]:
    while True:
        pack: list[Fault | None] = [*Fault, *[None] * (size - len(Fault))]
        chance.shuffle(pack)
        yield from pack


@dataclass
class Proxy:
    """All endpoints of a catalog, each with a port of its own.

    Attributes:
        faults: what goes wrong.
        origins: of each service, and what stands for it.
        requests: what came.
        moment: told of each request.
        deaf: the client is dead: what it had sent is not passed on any more.
    """

    faults: Faults
    origins: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    moment: Moment = lambda request, done: None
    deaf: bool = False

    def turned(self, data: bytes) -> bytes:
        """Put our addresses for the services'."""
        for origin, ours in self.origins.items():
            data = data.replace(origin.encode(), ours.encode())
        return data

    def changes(self) -> list[Request]:
        """What came and would change the cloud."""
        return [r for r in self.requests if r.role is Role.CHANGE]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close, without the polite end that would come before a reset."""
        self.close_request(request)


class _Handler(BaseHTTPRequestHandler):
    """Passes requests on to one service."""

    protocol_version = "HTTP/1.1"
    proxy: Proxy
    upstream: str

    def serve(self) -> None:
        proxy, request = self.proxy, Request(self.command, self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        proxy.requests.append(request)
        fault = proxy.faults.deal(request)
        proxy.moment(request, False)
        if fault is Fault.RESET or proxy.deaf:
            self._reset()
        elif fault in (Fault.BUSY, Fault.BUSY_FOR):
            self._send(503, [("Retry-After", "1")] if fault is Fault.BUSY_FOR else [], b"upstream connect error")
        else:
            status, headers, answer = self._passed_on(body)
            proxy.moment(request, True)
            if fault is Fault.DROPPED or proxy.deaf:
                self._reset()
            else:
                time.sleep(LATE if fault is Fault.SLOW else 0)
                self._send(status, headers, proxy.turned(answer), fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = serve  # noqa: N815 - names of the base class

    def _passed_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection(self.upstream, timeout=120)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in {*HOP, "host", "accept-encoding"}}
            connection.request(self.command, self.path, body or None, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            kept = [(k, self.proxy.turned(v.encode()).decode()) for k, v in answer.getheaders() if k.lower() not in HOP]
            return answer.status, kept, answer.read()
        finally:
            connection.close()

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes, fault: Fault | None = None) -> None:
        """Answer: whole, with half a body that is given out for a whole one, or broken off; where it has no body, in its first line."""
        short = body[: len(body) // 2] if fault in (Fault.CUT, Fault.SHORT) else body
        length = len(short if fault is Fault.SHORT else body)
        lines = [f"HTTP/1.1 {status} -", *(f"{k}: {v}" for k, v in headers)]
        # 204 has no body, and says nothing about its length.
        lines += [f"Content-Length: {length}"] if status != 204 else []
        data = "\r\n".join([*lines, "", ""]).encode("latin-1") + short
        self.close_connection = fault is Fault.CUT
        self.wfile.write(data[: len("HTTP/1.1 2")] if fault is Fault.CUT and not body else data)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """Serve a connection until either side ends it; a client that was killed ends it anyhow."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


@contextmanager
def through(project: LabProject, folder: Path, faults: Faults) -> Iterator[tuple[LabProject, Proxy]]:
    """Give the same project by way of a proxy, whose clouds.yaml is in `folder`."""
    session = project.conn.session
    catalog = session.auth.get_access(session).service_catalog.catalog
    auth_url = str(session.auth.auth_url)
    urls = [auth_url, *(endpoint["url"] for service in catalog for endpoint in service["endpoints"])]
    proxy = Proxy(faults)
    with ExitStack() as stack:
        for origin in dict.fromkeys("{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls):
            handler = type("Handler", (_Handler,), {"proxy": proxy, "upstream": urlsplit(origin).netloc})
            server = _Server(("127.0.0.1", 0), handler)
            stack.callback(server.server_close)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
            proxy.origins[origin] = f"http://127.0.0.1:{server.server_port}"
        yield changed(project, folder, auth={"auth_url": proxy.turned(auth_url.encode()).decode()}), proxy
