"""A server on loopback that holds what it is given and writes down what it is asked; states to give it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = "openstack_networking_port_v2"
LOCK = {"ID": "lock-1", "Operation": "OperationTypeApply", "Who": "ci@runner", "Created": "2026-11-23T00:10:22Z"}


def state(id_: str = "port-1", **more: Any) -> bytes:
    resource = {"mode": "managed", "type": PORT, "name": "a", "instances": [{"attributes": {"id": id_}}]}
    return json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "L", "resources": [resource], **more}).encode()


def pointer(kind: str, **config: Any) -> str:
    return json.dumps({"version": 3, "backend": {"type": kind, "config": config, "hash": 1}})


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@dataclass
class Server:
    """What a path answers: status, body, header lines; several one after the other if it is a list."""

    port: int
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def methods(self) -> set[str]:
        return {method for method, _, _ in self.asked}

    def next(self, path: str) -> tuple[int, bytes, Mapping[str, str]]:
        answer = self.answers.get(path, (404, b""))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        status, body, *lines = answer
        return status, body, lines[0] if lines else {}


@contextmanager
def serving() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.asked.append((self.command, self.path, dict(self.headers.items())))
            status, body, lines = server.next(self.path)
            self.send_response(status)
            for name, value in lines.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_LOCK = do_UNLOCK = answer  # noqa: N815 - as the server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = Server(listener.server_port)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
