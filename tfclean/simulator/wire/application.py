"""One WSGI application for all services: a request of HTTP in, the world's answer with the manners of the service out."""

from __future__ import annotations

import json
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response as HttpResponse

from tfclean.simulator.api import Dropped, Request, Response
from tfclean.simulator.clock import VirtualClock
from tfclean.simulator.wire import extensions, older, services
from tfclean.simulator.wire.directory import UNKNOWN, Account, Directory, Token
from tfclean.simulator.wire.keystone import Asked, Keystone
from tfclean.simulator.wire.services import BY_PREFIX, Service, Version, WrongVersion

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from tfclean.simulator.world import World

PATIENCE = "simulator.patience"
"""Name in a WSGI environment: seconds after which an in-process client gives up."""
REMEMBERED = 100_000
TWO_IDS = ("compute", "block-storage")
"""Services that send their request id under an older name, too."""


class Hung(ConnectionError):
    """No answer comes.

    Attributes:
        late: it would come too late for the client; else the connection breaks.
    """

    def __init__(self, sentence: str, *, late: bool = False) -> None:
        super().__init__(sentence)
        self.late = late


class _Refused(Exception):
    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers or {}


class Answering(Protocol):
    """Whatever answers requests: a world, or one with faults in front of it."""

    def request(self, request: Request) -> Response:
        """Answer a request.

        Raises:
            Dropped: no answer comes.
        """
        ...


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that was served.

    Attributes:
        service: as the world calls it, or ``identity``.
        method: HTTP method.
        path: below the service's versioned root.
        status: of the answer; 0 if none was sent.
    """

    service: str
    method: str
    path: str
    status: int


class Wire:
    """A WSGI application: Keystone and all services of a world below one URL.

    Args:
        world: what there is; if recordings are loaded into it, then before.
        answering: answers in the world's place (its faults); the world itself by default.
        directory: who may log in; by default the world's own user, with `password`.
        password: of that user.
        url: where clients in this process find it.
        tick: seconds that pass with each request.
        wait: has seconds pass; by default the world's clock moves, or, if that is the real one, the thread sleeps.

    Attributes:
        directory: who may log in, and which tokens hold.
        exchanges: what was served, the last `REMEMBERED` of it; copy it before looking through it, for it grows meanwhile.
        world: the world.
        url: where clients in this process find it.
    """

    def __init__(
        self,
        world: World,
        *,
        answering: Answering | None = None,
        directory: Directory | None = None,
        password: str = "secret",  # noqa: S107 - of nothing
        url: str = "http://openstack.invalid",
        tick: float = 0.0,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self.world = world
        self.url = url
        self.exchanges: deque[Exchange] = deque(maxlen=REMEMBERED)
        self._answering: Answering = answering or world
        self._tick = tick
        self._wait = wait or (world.advance if isinstance(world.clock, VirtualClock) else time.sleep)
        self.directory = directory or Directory(world.projects)
        if directory is None:
            roles = frozenset({"member", "reader", "load-balancer_member"})
            self.directory.add(Account(world.user, world.users[world.user], password, {world.project: roles}))
        self._keystone = Keystone(self.directory, world.region)

    def settings(self, user: str = "", project: str = "") -> dict[str, Any]:
        """Give what openstacksdk is configured with, as in clouds.yaml.

        Args:
            user: id of the user; the world's own by default.
            project: id of the project; the world's own by default.
        """
        account = self.directory.accounts[user or self.world.user]
        return {
            "auth": {
                "auth_url": f"{self.url}/identity/v3",
                "username": account.name,
                "password": account.password,
                "project_name": self.directory.projects[project or self.world.project],
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
            "region_name": self.world.region,
        }

    def environment(self, url: str = "", user: str = "", project: str = "") -> dict[str, str]:
        """Give the ``OS_*`` variables that lead here.

        Args:
            url: where it is served; `url` of this object by default.
            user: id of the user; the world's own by default.
            project: id of the project; the world's own by default.
        """
        settings = self.settings(user, project)
        auth = {**settings["auth"], "auth_url": f"{url or self.url}/identity/v3"}
        return {**{f"OS_{name.upper()}": value for name, value in auth.items()}, "OS_REGION_NAME": settings["region_name"]}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request.

        Raises:
            Hung: no answer comes.
        """
        asked = HttpRequest(environ)
        prefix, _, rest = asked.path.strip("/").partition("/")
        service = BY_PREFIX.get(prefix)
        name, path = service.name if service else prefix, f"/{rest}"
        if service is not None:
            path = next((path[len(root) :] for root in service.roots if path.startswith(f"{root}/")), path)
        try:
            answer = _told(asked, service, self._served(asked, service, prefix, f"/{rest}"))
        except Hung:
            self.exchanges.append(Exchange(name, asked.method, path, 0))
            raise
        self.exchanges.append(Exchange(name, asked.method, path, answer.status_code))
        return answer(environ, start_response)

    def _served(self, asked: HttpRequest, service: Service | None, prefix: str, path: str) -> HttpResponse:
        base = asked.host_url.rstrip("/")
        if prefix == "identity":
            return self._identity(asked, path, base)
        if service is None:
            return _http(404, {"error": {"code": 404, "title": "Not Found", "message": f"no service at {asked.path}"}})
        url = f"{base}/{service.prefix}"
        plain = path.rstrip("/") or "/"
        if plain in service.open:
            return _http(*service.open[plain](url))
        return self._inside(asked, service, path, url)

    def _inside(self, asked: HttpRequest, service: Service, path: str, url: str) -> HttpResponse:
        """Answer what only those are told who have a token."""
        token = self.directory.valid(asked.headers.get("X-Auth-Token"))
        plain = path.rstrip("/")
        if token is None:
            body = service.error(401, "Unauthorized", UNKNOWN) if service.name == "image" else _unknown()
            return _http(401, body, {"WWW-Authenticate": f'Keystone uri="{asked.host_url}identity"'}, ids=service.name)
        if plain in service.known:
            return _http(*service.known[plain](url), ids=service.name)
        try:
            return self._below(asked, service, token, path, url)
        except _Refused as no:
            title = services.TITLES.get(no.status, "Bad Request")
            return _http(no.status, service.error(no.status, title, no.sentence), no.headers, ids=service.name)

    def _identity(self, asked: HttpRequest, path: str, base: str) -> HttpResponse:
        try:
            body = _body(asked)
        except ValueError:
            body = None
        token = self.directory.valid(asked.headers.get("X-Auth-Token"))
        query = asked.args.to_dict()
        sent = {name.lower(): value for name, value in asked.headers.items()}
        status, answer, headers = self._keystone.answer(Asked(asked.method, path, base, sent, query, body, token))
        return _http(status, answer, {"Vary": "X-Auth-Token", **headers}, ids="identity")

    def _below(self, asked: HttpRequest, service: Service, token: Token, path: str, url: str) -> HttpResponse:
        """Answer what is asked below a versioned root.

        Raises:
            _Refused: there is nothing, or it is not asked as the service wants it.
        """
        root, below = _place(service, token, path, self.directory)
        sent = {name.lower(): value for name, value in asked.headers.items()}
        version, headers = _agreed(service, sent)
        if version is not None and not older.knows(service.name, below, version):
            raise _Refused(404, "The resource could not be found.", headers)
        document = extensions.document(below) if service.name == "network" and asked.method == "GET" else None
        if document is not None:
            return _http(*document, ids=service.name)
        try:
            body = _body(asked)
        except ValueError as error:
            raise _Refused(400, "Body contains invalid data" if service.name == "network" else "Malformed request body", headers) from error
        request = Request(
            service=service.name,
            method=asked.method,
            path=below,
            query=tuple(asked.args.items(multi=True)),
            body=body,
            headers={**sent, **{name.lower(): value for name, value in headers.items()}},
            project=token.project,
            user=token.account.id,
            roles=token.roles,
            root=url + root,
        )
        answer = self._asked(request, asked.environ.get(PATIENCE))
        return _http(answer.status, self._formed(service, version, answer), {**headers, **answer.headers}, ids=service.name)

    def _asked(self, request: Request, patience: float | None) -> Response:
        """Ask the world, and let the time pass that it takes."""
        try:
            answer = self._answering.request(request)
        except Dropped as lost:
            self._pass(lost.seconds, patience)
            raise Hung("the connection was closed without an answer") from lost
        self._pass(answer.seconds, patience)
        return answer

    def _pass(self, seconds: float, patience: float | None) -> None:
        lasts = seconds + self._tick
        if lasts > 0:
            self._wait(lasts if patience is None else min(lasts, patience))
        if patience is not None and lasts > patience:
            raise Hung(f"no answer within {patience:g} s", late=True)

    def _formed(self, service: Service, version: Version | None, answer: Response) -> Any:
        if version is None or answer.status >= 300:
            return answer.body
        return older.as_of(service.name, version, answer.body, self._flavor_id)

    def _flavor_id(self, name: str) -> str:
        flavors = self.world.tables.get("flavor", {}).values()
        return next((str(f["id"]) for f in flavors if f.get("name") == name), name)


def _told(asked: HttpRequest, service: Service | None, answer: HttpResponse) -> HttpResponse:
    """Give an error the form that the client accepts: the image service has two."""
    if service is None or service.name != "image" or answer.status_code < 400 or "json" in asked.headers.get("Accept", ""):
        return answer
    body = json.loads(answer.get_data() or b"null")
    if isinstance(body, dict) and {"message", "code", "title"} <= set(body):
        answer.set_data(services.page(body))
        answer.content_type = "text/html; charset=UTF-8"
    return answer


def _place(service: Service, token: Token, path: str, directory: Directory) -> tuple[str, str]:
    """Split a path into the root that the client uses (with the project where Cinder's clients have it) and the rest."""
    root = next((r for r in service.roots if path.startswith(f"{r}/")), None)
    if root is None:
        raise _Refused(404, "The resource could not be found.")
    below = path[len(root) :]
    project, _, rest = below.lstrip("/").partition("/")
    if service.name != "block-storage" or project not in directory.projects:
        return root, below
    if project != token.project and "admin" not in token.roles:
        raise _Refused(400, "Malformed request url")
    return f"{root}/{project}", f"/{rest}"


def _agreed(service: Service, sent: Mapping[str, str]) -> tuple[Version | None, dict[str, str]]:
    """Agree on a microversion; give the headers that say so."""
    micro = service.micro
    if micro is None:
        return None, {}
    try:
        version = services.agreed(micro, sent)
    except WrongVersion as no:
        raise _Refused(no.status, no.sentence, services.version_headers(micro, no.version) if no.version else None) from no
    return version, services.version_headers(micro, services.text(version))


def _body(asked: HttpRequest) -> Any:
    """Decode what was sent.

    Raises:
        ValueError: it is said to be JSON, and is none.
    """
    data = asked.get_data()
    if not data:
        return None
    return data if asked.mimetype == "application/octet-stream" else json.loads(data)


def _unknown() -> dict[str, Any]:
    """Body of the middleware in front of all services."""
    return {"error": {"code": 401, "title": "Unauthorized", "message": UNKNOWN}}


def _http(status: int, body: Any, headers: Mapping[str, str] | None = None, *, ids: str = "") -> HttpResponse:
    """Make an answer of HTTP.

    Args:
        status: its status.
        body: a JSON value; text or bytes, sent as they stand; or nothing.
        headers: as the service sends them.
        ids: service whose request id it is to carry; empty for none.
    """
    out = {name.lower(): value for name, value in (headers or {}).items()}
    if ids:
        out.setdefault("x-openstack-request-id", f"req-{uuid.uuid4()}")
    if ids in TWO_IDS:
        out["x-compute-request-id"] = out["x-openstack-request-id"]
    if isinstance(body, bytes):
        data, kind = body, "application/octet-stream"
    elif isinstance(body, str):
        data, kind = body.encode(), "text/html; charset=UTF-8" if body.lstrip().startswith("<") else "application/json"
    else:
        data, kind = b"" if body is None else json.dumps(body).encode(), "application/json"
    answer = HttpResponse(b"" if status in (204, 304) else data, status, out, content_type=out.pop("content-type", kind))
    if status in (204, 304):
        answer.headers.pop("content-type", None)
    return answer
