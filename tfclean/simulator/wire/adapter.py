"""No sockets: requests of the library `requests` in, calls of the WSGI application, its answers back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.test import run_wsgi_app

from tfclean.simulator.wire.application import PATIENCE, Hung, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Adapter(BaseAdapter):
    """Carries requests to a `Wire` in this process; mounted into a `requests.Session`.

    Args:
        wire: who answers.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire
        self._builder = HTTPAdapter()

    def send(  # noqa: PLR0917
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Carry a request.

        Raises:
            requests.ConnectionError: no answer came.
            requests.ReadTimeout: it would have come too late.
        """
        del stream, verify, cert, proxies
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        try:
            chunks, status, headers = run_wsgi_app(self._wire, _environ(request, patience), buffered=True)
        except Hung as error:
            kind = requests.ConnectionError if "closed" in str(error) else requests.ReadTimeout
            raise kind(str(error), request=request) from error
        code, _, reason = status.partition(" ")
        raw = HTTPResponse(
            io.BytesIO(b"".join(chunks)),
            headers=HTTPHeaderDict(list(headers)),
            status=int(code),
            reason=reason,
            preload_content=False,
            request_method=request.method,
        )
        return self._builder.build_response(request, raw)

    def close(self) -> None:
        """Close nothing: there is no connection."""


def in_process(wire: Wire) -> requests.Session:
    """Make a session that reaches `wire` at its URL; keystoneauth's `Session` takes it as its ``session``."""
    session = requests.Session()
    session.trust_env = False
    session.mount(wire.url, Adapter(wire))
    return session


def _environ(request: requests.PreparedRequest, patience: float | None) -> WSGIEnvironment:
    url = urlsplit(request.url or "")
    data = _bytes(request.body)
    out: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        out[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    if patience is not None:
        out[PATIENCE] = float(patience)
    return out


def _bytes(body: Any) -> bytes:
    if body is None or isinstance(body, str):
        return (body or "").encode()
    if isinstance(body, bytes):
        return body
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)
