"""No sockets: requests of the library `requests` in, calls of the WSGI application, its answers back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from tfclean.simulator.wire.application import Hung, Wire
from tfclean.simulator.wire.calling import call


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
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        try:
            whole = call(self._wire, request.method or "GET", request.url or "", headers, _bytes(request.body), patience=patience)
        except Hung as error:
            kind = requests.ReadTimeout if error.late else requests.ConnectionError
            raise kind(str(error), request=request) from error
        raw = HTTPResponse(
            io.BytesIO(whole.body),
            headers=HTTPHeaderDict(whole.headers),
            status=whole.status,
            reason=whole.reason,
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


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None or isinstance(body, str):
        return (body or "").encode()
    if isinstance(body, bytes):
        return body
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)
