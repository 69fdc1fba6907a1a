"""A request in whatever form it came in, the WSGI call that it is and its whole answer out."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import run_wsgi_app

from tfclean.simulator.wire.application import PATIENCE, Wire


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer.

    Attributes:
        status: HTTP status.
        reason: the words behind it.
        headers: in their order.
        body: all of it.
    """

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


def call(
    wire: Wire, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes = b"", *, patience: float | None = None
) -> Whole:
    """Have one request answered.

    Args:
        wire: who answers.
        method: HTTP method.
        url: all of the URL, with the host that the client knows.
        headers: of the request.
        body: of the request.
        patience: seconds after which the client gives up.

    Raises:
        Hung: no answer comes.
    """
    parts = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    environ |= {"HTTP_HOST": parts.netloc, "CONTENT_LENGTH": str(len(body))}
    if patience is not None:
        environ[PATIENCE] = float(patience)
    chunks, status, sent = run_wsgi_app(wire, environ, buffered=True)
    code, _, reason = status.partition(" ")
    return Whole(int(code), reason, list(sent), b"".join(chunks))
