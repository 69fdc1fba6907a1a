"""The configuration of an http backend in, the state that it holds out, with the lock as far as it can be asked for.

Protocol: facts A5. ``GET address`` gives the state; 204, 404 and an empty body mean that there is none. Who holds the lock is what a server
answers to an attempt to take it, which is never made here. Some answer ``GET lock_address`` with it, and some refuse even to read a state
that is locked (423 or 409, with the holder's lock information); GitLab and Gitea do neither.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from tfclean.terraform import locks
from tfclean.terraform.backends.fetch import Answer, Fetch, Request
from tfclean.terraform.backends.stored import Stored, Unresolved
from tfclean.terraform.pointer import without_credentials
from tfclean.terraform.reading import Reading

_LOCKED = (409, 423)
_NOTHING = (204, 404)
_FORGE = "/terraform/state/"  # in the addresses of GitLab and Gitea


def stored(config: Mapping[str, Any], environ: Mapping[str, str], fetch: Fetch) -> Stored:
    """Ask an http backend.

    Args:
        config: its settings as a backend pointer has them; what is not set there comes from the environment.
        environ: the environment, for ``TF_HTTP_*``.
        fetch: how an address is asked.

    Returns:
        What it holds.

    Raises:
        Unresolved: it cannot be read.
    """
    address = setting(config, environ, "address")
    request = _request(address, config, environ)
    where = without_credentials(address)
    answer = fetch(request)
    if answer.status in _LOCKED and (held := _lock(answer, where)):
        raise Unresolved(f"it is locked and not shown ({_holder(held)}): wait for that run, or end it and unlock the state")
    if answer.status in _NOTHING:
        data = b""
    elif answer.status == 200:
        data = answer.body
    else:
        raise Unresolved(_refusal(answer.status))
    found, unasked = _lock_of(address, request, config, environ, fetch)
    return Stored(where, data, found, unasked)


def stored_at(url: str, environ: Mapping[str, str], fetch: Fetch) -> Stored:
    """Ask an http backend that was named by its address.

    Args:
        url: the address; user and password in it are stronger than those of the environment.
        environ: the environment. Its credentials are for the host of ``TF_HTTP_ADDRESS`` and go to no other, its lock is that of no
            other state.
        fetch: how an address is asked.

    Returns:
        What it holds.

    Raises:
        Unresolved: it cannot be read.
    """
    bare, user, password = _split(url)
    own = environ.get("TF_HTTP_ADDRESS", "")
    kept = dict(environ)
    if without_credentials(own) != without_credentials(url):
        kept.pop("TF_HTTP_LOCK_ADDRESS", None)
    if own and urlsplit(without_credentials(own))[:2] != urlsplit(bare)[:2]:
        kept = {name: value for name, value in kept.items() if not name.startswith("TF_HTTP_")}
    return stored({"address": bare, "username": user, "password": password}, kept, fetch)


def setting(config: Mapping[str, Any], environ: Mapping[str, str], name: str) -> str:
    """Give a setting as Terraform takes it: from the configuration, else from the environment."""
    value = config.get(name)
    return value if isinstance(value, str) and value else environ.get(f"TF_HTTP_{name.upper()}", "")


def _request(address: str, config: Mapping[str, Any], environ: Mapping[str, str]) -> Request:
    bare, user, password = _split(address)
    headers = config.get("headers")
    lines = {str(n): v for n, v in headers.items() if isinstance(v, str)} if isinstance(headers, dict) else {}
    user = setting(config, environ, "username") or user
    password = setting(config, environ, "password") or password
    if user:
        lines["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    return Request(
        bare,
        lines,
        verify=config.get("skip_cert_verification") is not True,
        ca=setting(config, environ, "client_ca_certificate_pem"),
        certificate=setting(config, environ, "client_certificate_pem"),
        key=setting(config, environ, "client_private_key_pem"),
    )


def _split(address: str) -> tuple[str, str, str]:
    """Take user and password off an address, and keep the query: it can be part of where the state is."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise Unresolved("its address is no URL, or not known: set TF_HTTP_ADDRESS as for Terraform")
    place = f"[{host}]" if ":" in host else host
    bare = urlunsplit((parts.scheme, f"{place}:{port}" if port else place, parts.path, parts.query, ""))
    return bare, unquote(parts.username or ""), unquote(parts.password or "")


def _lock_of(
    address: str, request: Request, config: Mapping[str, Any], environ: Mapping[str, str], fetch: Fetch
) -> tuple[tuple[Reading, ...], str]:
    lock = setting(config, environ, "lock_address") or _forge_lock(address)
    if not lock:
        # without one, Terraform takes no lock either
        return (), ""
    if without_credentials(lock) == without_credentials(address):
        return (), "the server tells its lock only to who takes it"
    try:
        bare, _, _ = _split(lock)
        same = urlsplit(bare)[:2] == urlsplit(request.url)[:2]
        answer = fetch(replace(request, url=bare) if same else _request(lock, config, environ))
    except Unresolved as error:
        return (), f"the lock's address: {error}"
    found = _lock(answer, without_credentials(lock)) if answer.status in (200, *_LOCKED) else ()
    if found or answer.status == 204 or (answer.status == 200 and not answer.body.strip()):
        return found, ""
    # 404 can mean that nobody holds it, or that it cannot be asked for like this
    return (), f"the server shows none (HTTP {answer.status}), and may tell it only to who takes it"


def _forge_lock(address: str) -> str:
    """Give the lock's address for the URL of a state in GitLab or Gitea, where it follows from the state's."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/lock", "", "")) if _FORGE in parts.path else ""


def _lock(answer: Answer, where: str) -> tuple[Reading, ...]:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(document, dict) or not document.get("ID"):
        return ()
    reading = locks.read(answer.body, where)
    return (reading,) if reading.locks else ()


def _holder(found: tuple[Reading, ...]) -> str:
    lock = found[0].locks[0]
    since = f" since {lock.created:%Y-%m-%d %H:%M:%SZ}" if lock.created else ""
    return f"by {lock.who or 'somebody'}{since}, lock id {lock.id}"


def _refusal(status: int) -> str:
    if status == 401:
        return "it does not know us (HTTP 401): set TF_HTTP_USERNAME and TF_HTTP_PASSWORD as for Terraform"
    if status == 403:
        return "it does not let us read (HTTP 403): check TF_HTTP_USERNAME and TF_HTTP_PASSWORD"
    return f"it answers HTTP {status}"
