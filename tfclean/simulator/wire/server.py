"""On loopback: a `Wire` in, its URL out, for as long as somebody wants it. One thread per connection, connections stay open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler

from tfclean.simulator.wire.application import Wire

HOST = "127.0.0.1"


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's signature
        """Say nothing: the one who started it tells what there is to tell."""

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """End the connection, so that the client knows that no answer comes."""
        del error, environ
        self.close_connection = True


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def make(wire: Wire, port: int = 0) -> BaseWSGIServer:
    """Make a server that listens on loopback and does not serve yet.

    Args:
        wire: who answers; its `url` becomes the server's.
        port: where; 0 for any that is free.

    Raises:
        OSError: the port is taken.
    """
    server = _Server(HOST, port, wire, handler=_Handler)
    wire.url = f"http://{HOST}:{server.server_port}"
    return server


@contextmanager
def serving(wire: Wire, port: int = 0) -> Iterator[str]:
    """Serve in a thread of its own.

    Args:
        wire: who answers; its `url` becomes the server's.
        port: where; 0 for any that is free.

    Yields:
        The URL below which all services are.
    """
    server = make(wire, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="simulator", daemon=True)
    thread.start()
    try:
        yield wire.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
