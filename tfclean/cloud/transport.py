"""HTTP to the services of one cloud: service, path and parameters in, decoded JSON or an honest failure out.

Lists are tried again when a service is busy, does not answer, or is not understood; calls that change the cloud are sent once, for
what a lost answer means is for the engine to find out. openstacksdk's own retries are off, its re-authentication is on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from tfclean.cloud.wording import answer_text
from tfclean.errors import CredentialsError

TIMEOUT = (10.0, 60.0)
"""Seconds for the connection and for each answer."""
TRIES = 4
"""How often a list is asked for."""
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
LONGEST_PAUSE = 30.0


class Adapter(Protocol):
    """Sends requests to one service; `tfclean.cloud.login.SdkAdapter` is the real one."""

    def request(self, path: str, method: str, **kwargs: Any) -> Any:
        """Send a request, once, and give the `requests` answer whatever its status.

        Raises:
            Lost: no answer came.
            CredentialsError: the token could not be renewed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the catalog, ready for use from any thread.

    Attributes:
        adapter: sends requests below the service's endpoint.
        microversion: sent with each of them; None if the service has none.
        release: version of the API, for display.
        endpoint: URL that every request begins with.
    """

    adapter: Adapter
    microversion: str | None = None
    release: str = ""
    endpoint: str = ""


class ListFailed(Exception):
    """A list did not come.

    Args:
        reason: why, for people.
        status: last HTTP status; None if there was no answer.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Lost(Exception):
    """A call was sent and no answer came."""


@dataclass(slots=True)
class Transport:
    """The services of one cloud, and how many requests they have had.

    Attributes:
        services: by type, as the kinds spell it.
        pause: seconds before the second try of a list; doubled each time.
        now: gives the time in POSIX seconds.
        sleep: lets that many seconds pass.
        calls: requests sent so far.
        answering: services that have answered a list: what they answer 404 to, they do not have.
        ahead: by how many seconds the cloud's clock is ahead of ours, by the least of the dates of its answers; None if they have none.
    """

    services: Mapping[str, Service]
    pause: float = 0.5
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    calls: int = 0
    answering: set[str] = field(default_factory=set)
    ahead: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, service: str, path: str, params: list[tuple[str, str]]) -> Mapping[str, Any]:
        """Ask for one page of a list.

        Returns:
            The decoded JSON object.

        Raises:
            ListFailed: it did not come, or was no JSON object.
            CredentialsError: the cloud does not know us any more.
        """
        failure = ListFailed("never asked")
        for attempt in range(TRIES):
            wait = self.pause * 2**attempt
            try:
                answer = self.send(service, "GET", path, params=params)
                self._compare_clocks(answer.headers)
                if answer.status_code == 401:
                    raise CredentialsError(f"the {service} service no longer accepts our token: {answer_text(answer)}")
                if answer.ok:
                    found = _decoded(answer)
                    self.answering.add(service)
                    return found
            except Lost as lost:
                failure = ListFailed(str(lost))
            except ListFailed as unreadable:
                # Something on the way may have cut it off.
                failure = unreadable
            else:
                failure = ListFailed(f"HTTP {answer.status_code}: {answer_text(answer)}", answer.status_code)
                if answer.status_code not in BUSY:
                    break
                asked = retry_after(answer.headers)
                wait = wait if asked is None else asked
            if attempt + 1 < TRIES:
                self.sleep(min(wait, LONGEST_PAUSE))
        raise failure

    def _compare_clocks(self, headers: Mapping[str, str]) -> None:
        made = _date(headers.get("Date") or "")
        if made is not None:
            # The answer took its time, and dates are cut to seconds: the cloud's clock is rather ahead of this.
            ahead = made - self.now()
            with self._lock:
                self.ahead = ahead if self.ahead is None else min(self.ahead, ahead)

    def send(
        self,
        service: str,
        method: str,
        path: str,
        *,
        params: list[tuple[str, str]] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Send one request, once; an expired token is renewed on the way.

        Returns:
            The `requests` answer, whatever its status.

        Raises:
            Lost: no answer came.
            CredentialsError: the token could not be renewed.
        """
        target = self.services[service]
        with self._lock:
            self.calls += 1
        extra: dict[str, Any] = {} if json is None else {"json": json}
        return target.adapter.request(
            path,
            method,
            params=params or None,
            headers={"Accept": "application/json", **(headers or {})},
            microversion=target.microversion,
            **extra,
        )


def _decoded(answer: Any) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise ListFailed(f"HTTP {answer.status_code}, but the answer is not JSON (a proxy's page?): {answer_text(answer)}") from error
    if not isinstance(body, dict):
        raise ListFailed(f"the answer is JSON, but no list: {answer_text(answer)}")
    return body


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `Retry-After`: seconds, or a date."""
    text = headers.get("Retry-After")
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    moment = _date(text)
    return None if moment is None else max(0.0, moment - datetime.now(UTC).timestamp())


def _date(text: str) -> float | None:
    """Read a date of HTTP as POSIX seconds."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
