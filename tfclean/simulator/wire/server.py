"""On loopback: a `Wire` in, its URL out, for as long as somebody wants it. One thread per connection, connections stay open.

werkzeug's own server closes a connection after each request, which real services behind a proxy do not do.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any, cast

from werkzeug.serving import DechunkedInput

from tfclean.simulator.wire.application import Hung, Wire
from tfclean.simulator.wire.calling import Whole, call

HOST = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    """Head and body of an answer leave together."""

    def log_message(self, *_: Any) -> None:
        """Say nothing: the one who started it tells what there is to tell."""

    def _serve(self) -> None:
        url = f"http://{self.headers.get('Host') or self.server.place}{self.path}"
        try:
            whole = call(self.server.wire, self.command, url, self.headers.items(), self._body())
        except (Hung, ConnectionError, ValueError):
            self.close_connection = True  # the client learns that no answer comes
            return
        except Exception as error:  # noqa: BLE001 - a mistake of the world is its services' 500
            sentence = json.dumps({"error": {"code": 500, "title": "Internal Server Error", "message": f"{type(error).__name__}: {error}"}})
            whole = Whole(
                500,
                "Internal Server Error",
                [("Content-Type", "application/json"), ("Content-Length", str(len(sentence.encode())))],
                sentence.encode(),
            )
        self.send_response(whole.status, whole.reason)
        for name, value in whole.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(whole.body)

    def _body(self) -> bytes:
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            return bytes(DechunkedInput(cast("IO[bytes]", self.rfile)).readall() or b"")
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, wire: Wire, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.wire = wire
        self.place = f"{HOST}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serving(wire: Wire, port: int = 0) -> Iterator[str]:
    """Serve in a thread of its own.

    Args:
        wire: who answers; its `url` becomes the server's.
        port: where; 0 for any that is free.

    Yields:
        The URL below which all services are.

    Raises:
        OSError: the port is taken.
    """
    server = _Server(wire, port)
    wire.url = f"http://{server.place}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulator", daemon=True)
    thread.start()
    try:
        yield wire.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
