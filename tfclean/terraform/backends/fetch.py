"""One GET: a request in, status and body out. Bounded in time and size; what fails for the moment is tried again, as Terraform does."""

from __future__ import annotations

import http.client
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

from tfclean.terraform.backends.stored import Unresolved

LARGEST = 1024 * 1024 * 1024
"""Bytes of an answer; no state is larger than what is read of a file."""

LONGEST = 600.0
"""Seconds that a whole answer may take."""

_TIMEOUT = 60.0  # of one wait for the other side
_CHUNK = 1024 * 1024
_TRIES = 3  # Terraform's default: two repetitions
_MOMENTARY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask.

    Attributes:
        url: the address, without user and password.
        headers: header lines, credentials among them.
        verify: check the server's certificate.
        ca: PEM of the authorities to trust instead of the system's; empty for the system's.
        certificate: PEM of our certificate; empty for none.
        key: PEM of its private key.
        follow: follow redirections.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool = True
    ca: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    follow: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered.

    Attributes:
        status: HTTP status.
        body: the whole body.
    """

    status: int
    body: bytes = field(repr=False)


Fetch = Callable[[Request], Answer]


def get(request: Request, *, sleep: Callable[[float], None] = time.sleep, largest: int = LARGEST, longest: float = LONGEST) -> Answer:
    """Ask with GET.

    Args:
        request: what to ask.
        sleep: waits between two tries.
        largest: bytes of an answer that are taken.
        longest: seconds that an answer may take.

    Returns:
        The answer, whatever its status.

    Raises:
        Unresolved: nobody answers, or not in a way that can be read.
    """
    opener = _opener(request)
    for left in reversed(range(_TRIES)):
        try:
            answer = _once(opener, request, largest, longest)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if not left or _settled(error):
                raise Unresolved(f"it does not answer ({_phrase(error)})") from error
        else:
            if not left or answer.status not in _MOMENTARY:
                return answer
        sleep(float(_TRIES - left))
    raise AssertionError("the last try returns or raises")  # pragma: no cover


def _once(opener: urllib.request.OpenerDirector, request: Request, largest: int, longest: float) -> Answer:
    asked = urllib.request.Request(request.url, headers={"User-Agent": "tfclean", **request.headers})  # noqa: S310 - http and https are the only handlers
    try:
        with opener.open(asked, timeout=_TIMEOUT) as response:
            return Answer(response.status, _body(response, largest, longest))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _body(error, largest, longest))


def _body(response: IO[bytes], largest: int, longest: float) -> bytes:
    end = time.monotonic() + longest
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        if len(body) > largest:
            raise Unresolved(f"it answers with more than {largest // 2**20} MiB")
        if time.monotonic() > end:
            raise Unresolved(f"its answer took more than {longest:.0f} s")
    return bytes(body)


def _settled(error: Exception) -> bool:
    """Tell whether to ask again would change nothing: nobody listens there, or it is not whom we trust."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, ConnectionRefusedError | ssl.SSLError | ValueError)


def _phrase(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {reason.verify_message}"
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, OSError) and reason.strerror:
        return reason.strerror[:1].lower() + reason.strerror[1:]
    # what other errors say may quote the address
    return type(reason).__name__


def _opener(request: Request) -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_context(request)),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        *((_Redirect(),) if request.follow else ()),
    ):
        opener.add_handler(handler)
    return opener


def _context(request: Request) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=request.ca or None)
        if not request.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if request.certificate:
            # the ssl module takes a certificate from a file only
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(f"{request.certificate}\n{request.key}\n")
                file.flush()
                context.load_cert_chain(file.name)
    except (ssl.SSLError, ValueError) as error:
        raise Unresolved("the certificates that it is set up with cannot be read") from error
    return context


class _Redirect(urllib.request.HTTPRedirectHandler):
    """Follows to the same host with credentials, to another one without, and never from https to http."""

    def redirect_request(  # noqa: PLR0917 - as it is called
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.scheme not in ("http", "https") or (before.scheme == "https" and after.scheme == "http"):
            return None
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and (before.scheme, before.netloc) != (after.scheme, after.netloc):
            # any header may be a credential: GitLab's Private-Token is one
            following.headers.clear()
        return following
