"""Keystone v3: a request below ``/identity`` in, its answer out. What it knows stands in the `Directory`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from tfclean.simulator.wire.directory import (
    DOMAIN,
    UNKNOWN,
    Account,
    Credential,
    Directory,
    Malformed,
    NoCredential,
    NotAuthenticated,
    Token,
)
from tfclean.simulator.wire.services import SERVICES, TITLES

Answer = tuple[int, Any, Mapping[str, str]]
"""An HTTP status, a JSON value or None, and headers."""

UPDATED = "2020-04-07T00:00:00Z"
MEDIA = {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}

ROUTES = Map(
    [
        Rule("/", endpoint="versions", methods=["GET"]),
        Rule("/v3", endpoint="version", methods=["GET"]),
        Rule("/v3/auth/tokens", endpoint="log_in", methods=["POST"]),
        Rule("/v3/auth/tokens", endpoint="show_token", methods=["GET"]),
        Rule("/v3/auth/tokens", endpoint="revoke", methods=["DELETE"]),
        Rule("/v3/auth/catalog", endpoint="catalog", methods=["GET"]),
        Rule("/v3/auth/projects", endpoint="own_projects", methods=["GET"]),
        Rule("/v3/auth/domains", endpoint="no_domains", methods=["GET"]),
        Rule("/v3/projects", endpoint="projects", methods=["GET"]),
        Rule("/v3/projects/<id_>", endpoint="project", methods=["GET"]),
        Rule("/v3/projects/<id_>", endpoint="delete_project", methods=["DELETE"]),
        Rule("/v3/users", endpoint="users", methods=["GET"]),
        Rule("/v3/users/<id_>", endpoint="user", methods=["GET"]),
        Rule("/v3/users/<id_>/projects", endpoint="user_projects", methods=["GET"]),
        Rule("/v3/users/<id_>/application_credentials", endpoint="credentials", methods=["GET"]),
        Rule("/v3/users/<id_>/application_credentials", endpoint="add_credential", methods=["POST"]),
        Rule("/v3/users/<id_>/application_credentials/<credential>", endpoint="credential", methods=["GET"]),
        Rule("/v3/users/<id_>/application_credentials/<credential>", endpoint="delete_credential", methods=["DELETE"]),
        Rule("/v3/domains/<id_>", endpoint="domain", methods=["GET"]),
        Rule("/v3/regions", endpoint="regions", methods=["GET"]),
    ],
    strict_slashes=False,
)
WITHOUT_TOKEN = frozenset({"versions", "version", "log_in"})


class _Refused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to Keystone.

    Attributes:
        method: HTTP method.
        path: behind ``/identity``.
        base: the URL that all services share.
        headers: by name in lower case.
        query: first value by name.
        body: decoded JSON.
        token: the caller's, if it holds.
    """

    method: str
    path: str
    base: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    token: Token | None

    @property
    def url(self) -> str:
        """URL of Keystone's API."""
        return f"{self.base}/identity/v3"

    @property
    def caller(self) -> Token:
        """The caller's token, where there must be one."""
        assert self.token is not None
        return self.token


class Keystone:
    """The identity service.

    Args:
        directory: who is known.
        region: name of the only region.
    """

    def __init__(self, directory: Directory, region: str) -> None:
        self._directory = directory
        self._region = region

    def answer(self, asked: Asked) -> Answer:
        """Answer a request."""
        method = "GET" if asked.method == "HEAD" else asked.method
        try:
            endpoint, values = ROUTES.bind("").match(asked.path or "/", method)
        except HTTPException as error:
            return _error(error.code or 404, error.description or "")
        try:
            _check_token(asked, endpoint)
            handle = cast("Callable[..., Answer]", getattr(self, f"_{endpoint}"))
            return handle(asked, **values)
        except NotAuthenticated:
            return self.unauthorized(asked.base)
        except NoCredential as none:
            return _error(404, f"Could not find Application Credential: {none}.")
        except Malformed:
            return _error(400, "Expecting to find auth, with identity and its methods, in the request body. The server could not comply.")
        except _Refused as no:
            return _error(no.status, no.sentence)

    def unauthorized(self, base: str) -> Answer:
        """Answer somebody who is not known."""
        status, body, _ = _error(401, UNKNOWN)
        return status, body, {"WWW-Authenticate": f'Keystone uri="{base}/identity/v3"'}

    # -- versions and tokens --------------------------------------------------------------------------------------------

    def _versions(self, asked: Asked) -> Answer:
        return 300, {"versions": {"values": [_version(asked.url)]}}, {"Location": f"{asked.url}/"}

    def _version(self, asked: Asked) -> Answer:
        return 200, {"version": _version(asked.url)}, {}

    def _log_in(self, asked: Asked) -> Answer:
        token = self._directory.log_in(asked.body)
        return 201, self._document(asked, token), {"X-Subject-Token": token.id}

    def _show_token(self, asked: Asked) -> Answer:
        token = self._subject(asked)
        return 200, self._document(asked, token), {"X-Subject-Token": token.id}

    def _revoke(self, asked: Asked) -> Answer:
        self._directory.revoke(self._subject(asked).id)
        return 204, None, {}

    def _subject(self, asked: Asked) -> Token:
        found = self._directory.valid(asked.headers.get("x-subject-token"))
        if found is None:
            raise _Refused(404, "Could not find token: it does not exist or has expired.")
        if found.account != asked.caller.account and "admin" not in asked.caller.roles:
            raise _Refused(403, "You are not authorized to perform the requested action: identity:validate_token.")
        return found

    def _document(self, asked: Asked, token: Token) -> dict[str, Any]:
        user = {"domain": DOMAIN, "id": token.account.id, "name": token.account.name, "password_expires_at": None}
        out: dict[str, Any] = {
            "methods": list(token.methods),
            "user": user,
            "audit_ids": [token.audit],
            "expires_at": _time(token.expires),
            "issued_at": _time(token.issued),
        }
        if token.credential is not None:
            out["application_credential"] = {"id": token.credential.id, "name": token.credential.name, "restricted": True}
        if token.project:
            out["project"] = {"domain": DOMAIN, "id": token.project, "name": self._directory.projects[token.project]}
            out["is_domain"] = False
            out["roles"] = [{"id": f"role-{name}", "name": name} for name in sorted(token.roles)]
            if "nocatalog" not in asked.query:
                out["catalog"] = self._entries(asked.base, token.project)
        return {"token": out}

    def _entries(self, base: str, project: str) -> list[dict[str, Any]]:
        places = [("identity", "keystone", f"{base}/identity/v3/")]
        places += [(s.catalog_type, s.catalog_name, f"{base}/{s.prefix}{s.endpoint.format(project=project)}") for s in SERVICES]
        return [
            {
                "id": f"service-{name}",
                "type": kind,
                "name": name,
                "endpoints": [
                    {
                        "id": f"endpoint-{name}-{interface}",
                        "interface": interface,
                        "region_id": self._region,
                        "region": self._region,
                        "url": url,
                    }
                    for interface in ("public", "internal", "admin")
                ],
            }
            for kind, name, url in places
        ]

    def _catalog(self, asked: Asked) -> Answer:
        if not asked.caller.project:
            raise _Refused(403, "You are not authorized to perform the requested action: the token is for no project.")
        return 200, {"catalog": self._entries(asked.base, asked.caller.project), "links": _links(f"{asked.url}/auth/catalog")}, {}

    # -- projects, users, domains ---------------------------------------------------------------------------------------

    def _own_projects(self, asked: Asked) -> Answer:
        return self._project_list(asked, asked.caller.account, "auth/projects")

    def _project_list(self, asked: Asked, account: Account, path: str) -> Answer:
        mine = (p for p in self._directory.projects if account.roles.get(p))
        rows = [
            self._project_row(asked, p) for p in mine if asked.query.get("name", self._directory.projects[p]) == self._directory.projects[p]
        ]
        return 200, {"projects": rows, "links": _links(f"{asked.url}/{path}")}, {}

    def _project_row(self, asked: Asked, id_: str) -> dict[str, Any]:
        return {
            "id": id_,
            "name": self._directory.projects[id_],
            "domain_id": DOMAIN["id"],
            "description": "",
            "enabled": True,
            "parent_id": DOMAIN["id"],
            "is_domain": False,
            "tags": [],
            "options": {},
            "links": {"self": f"{asked.url}/projects/{id_}"},
        }

    def _no_domains(self, asked: Asked) -> Answer:
        return 200, {"domains": [], "links": _links(f"{asked.url}/auth/domains")}, {}

    def _projects(self, asked: Asked) -> Answer:
        _only_admin(asked, "list_projects")
        rows = [self._project_row(asked, p) for p, name in self._directory.projects.items() if asked.query.get("name", name) == name]
        return 200, {"projects": rows, "links": _links(f"{asked.url}/projects")}, {}

    def _project(self, asked: Asked, id_: str) -> Answer:
        if not asked.caller.account.roles.get(id_):
            _only_admin(asked, "get_project")
        if id_ not in self._directory.projects:
            raise _Refused(404, f"Could not find project: {id_}.")
        return 200, {"project": self._project_row(asked, id_)}, {}

    def _delete_project(self, asked: Asked, id_: str) -> Answer:
        _only_admin(asked, "delete_project")
        raise _Refused(403, f"The project {id_} is the ground that the world stands on.")

    def _users(self, asked: Asked) -> Answer:
        _only_admin(asked, "list_users")
        rows = [_user(asked, a) for a in self._directory.accounts.values() if asked.query.get("name", a.name) == a.name]
        return 200, {"users": rows, "links": _links(f"{asked.url}/users")}, {}

    def _user(self, asked: Asked, id_: str) -> Answer:
        return 200, {"user": _user(asked, self._own(asked, id_, "get_user"))}, {}

    def _user_projects(self, asked: Asked, id_: str) -> Answer:
        return self._project_list(asked, self._own(asked, id_, "list_user_projects"), f"users/{id_}/projects")

    def _own(self, asked: Asked, id_: str, action: str) -> Account:
        """Give the account that is meant: one's own, or any for an administrator."""
        if id_ != asked.caller.account.id:
            _only_admin(asked, action)
        if id_ not in self._directory.accounts:
            raise _Refused(404, f"Could not find user: {id_}.")
        return self._directory.accounts[id_]

    def _domain(self, asked: Asked, id_: str) -> Answer:
        if id_ != DOMAIN["id"]:
            raise _Refused(404, f"Could not find domain: {id_}.")
        return 200, {"domain": {**DOMAIN, "enabled": True, "description": "", "links": {"self": f"{asked.url}/domains/{id_}"}}}, {}

    def _regions(self, asked: Asked) -> Answer:
        row = {"id": self._region, "description": "", "parent_region_id": None}
        return 200, {"regions": [row], "links": _links(f"{asked.url}/regions")}, {}

    # -- application credentials ----------------------------------------------------------------------------------------

    def _credentials(self, asked: Asked, id_: str) -> Answer:
        account = self._own(asked, id_, "list_application_credentials")
        rows = [_credential(c) for c in self._directory.credentials.values() if c.user == account.id]
        rows = [r for r in rows if asked.query.get("name", r["name"]) == r["name"]]
        return 200, {"application_credentials": rows, "links": _links(f"{asked.url}/users/{id_}/application_credentials")}, {}

    def _add_credential(self, asked: Asked, id_: str) -> Answer:
        account = self._own(asked, id_, "create_application_credential")
        wanted = asked.body.get("application_credential") if isinstance(asked.body, Mapping) else None
        if not isinstance(wanted, Mapping) or not wanted.get("name"):
            raise _Refused(400, "'name' is a required property")
        if any(c.user == account.id and c.name == wanted["name"] for c in self._directory.credentials.values()):
            raise _Refused(
                409, f"Conflict occurred attempting to store application_credential - Duplicate entry found with name {wanted['name']}."
            )
        made = self._directory.add_credential(
            account.id,
            asked.caller.project,
            str(wanted["name"]),
            secret=str(wanted.get("secret") or ""),
            description=str(wanted.get("description") or ""),
        )
        return 201, {"application_credential": {**_credential(made), "secret": made.secret}}, {}

    def _credential(self, asked: Asked, id_: str, credential: str) -> Answer:
        return 200, {"application_credential": _credential(self._own_credential(asked, id_, credential))}, {}

    def _delete_credential(self, asked: Asked, id_: str, credential: str) -> Answer:
        if asked.caller.credential is not None:
            text = "Using method 'application_credential' is not allowed for managing additional application credentials.."
            raise _Refused(403, f"You are not authorized to perform the requested action: {text}")
        del self._directory.credentials[self._own_credential(asked, id_, credential).id]
        return 204, None, {}

    def _own_credential(self, asked: Asked, id_: str, credential: str) -> Credential:
        account = self._own(asked, id_, "get_application_credential")
        found = self._directory.credentials.get(credential)
        if found is None or found.user != account.id:
            raise _Refused(404, f"Could not find Application Credential: {credential}.")
        return found


def _check_token(asked: Asked, endpoint: str) -> None:
    if asked.token is None and endpoint not in WITHOUT_TOKEN:
        raise NotAuthenticated


def _only_admin(asked: Asked, action: str) -> None:
    if "admin" not in asked.caller.roles:
        raise _Refused(403, f"You are not authorized to perform the requested action: identity:{action}.")


def _error(status: int, sentence: str) -> Answer:
    return status, {"error": {"code": status, "message": sentence, "title": TITLES.get(status, "Conflict")}}, {}


def _version(url: str) -> dict[str, Any]:
    return {"id": "v3.14", "status": "stable", "updated": UPDATED, "links": [{"rel": "self", "href": f"{url}/"}], "media-types": [MEDIA]}


def _user(asked: Asked, account: Account) -> dict[str, Any]:
    links = {"self": f"{asked.url}/users/{account.id}"}
    head = {"id": account.id, "name": account.name, "domain_id": DOMAIN["id"], "enabled": True}
    return {**head, "password_expires_at": None, "options": {}, "links": links}


def _credential(made: Credential) -> dict[str, Any]:
    out = {"id": made.id, "name": made.name, "description": made.description, "project_id": made.project, "user_id": made.user}
    return {**out, "unrestricted": False, "expires_at": None, "system": None, "roles": []}


def _links(url: str) -> dict[str, str | None]:
    return {"next": None, "self": url, "previous": None}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
