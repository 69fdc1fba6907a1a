"""Who may log in, and which tokens hold: Keystone's memory. What a client sends to log in goes in, a token comes out."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DOMAIN = {"id": "default", "name": "Default"}
LIFETIME = 3600.0
UNKNOWN = "The request you have made requires authentication."


class NotAuthenticated(Exception):
    """Nobody is known by these credentials; Keystone never says what was wrong with them."""


class NoCredential(Exception):
    """There is no application credential of this id."""


class Malformed(Exception):
    """What was sent is no attempt to log in."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user.

    Attributes:
        id: the user's id.
        name: the user's name, in the default domain.
        password: the user's password.
        roles: id of a project → names of the user's roles in it.
    """

    id: str
    name: str
    password: str
    roles: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Credential:
    """An application credential.

    Attributes:
        id: its id.
        name: its name, one of its user's.
        secret: what to log in with.
        user: id of its user.
        project: id of its project.
        description: for people.
    """

    id: str
    name: str
    secret: str
    user: str
    project: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was given out.

    Attributes:
        id: what clients send.
        account: whose it is.
        project: for which project; empty for none.
        methods: how it was got.
        issued: seconds since the epoch.
        expires: seconds since the epoch.
        audit: its id in logs.
        credential: the application credential it was got with.
    """

    id: str
    account: Account
    project: str
    methods: tuple[str, ...]
    issued: float
    expires: float
    audit: str
    credential: Credential | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that it carries."""
        return self.account.roles.get(self.project, frozenset())


@dataclass(slots=True)
class Directory:
    """Users, application credentials and tokens.

    Attributes:
        projects: id → name.
        lifetime: seconds that a token holds.
        now: the clock that clients have, too: they renew a token by its date.
        accounts: users by id.
        credentials: application credentials by id.
        tokens: tokens by id, those that expired included.
    """

    projects: Mapping[str, str]
    lifetime: float = LIFETIME
    now: Callable[[], float] = time.time
    accounts: dict[str, Account] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def add(self, account: Account) -> Account:
        """Let a user log in."""
        self.accounts[account.id] = account
        return account

    def add_credential(self, user: str, project: str, name: str, *, secret: str = "", description: str = "") -> Credential:
        """Make an application credential.

        Args:
            user: id of its user.
            project: id of its project.
            name: its name.
            secret: what to log in with; by default one is made up.
            description: for people.
        """
        made = Credential(uuid.uuid4().hex, name, secret or secrets.token_urlsafe(48), user, project, description)
        self.credentials[made.id] = made
        return made

    def valid(self, token: str | None) -> Token | None:
        """Give a token that holds now."""
        found = self.tokens.get(token or "")
        return found if found is not None and found.expires > self.now() else None

    def revoke(self, token: str) -> None:
        """Make a token worthless."""
        self.tokens.pop(token, None)

    def revoke_all(self) -> None:
        """Make every token worthless, as after a change of keys: clients have to log in again."""
        self.tokens.clear()

    def log_in(self, body: Any) -> Token:
        """Give a token for what a client sent to ``/v3/auth/tokens``.

        Raises:
            Malformed: it is no attempt to log in.
            NoCredential: it names one that is not there.
            NotAuthenticated: nobody is known by it.
        """
        try:
            identity, scope = body["auth"]["identity"], body["auth"].get("scope")
            methods = tuple(identity["methods"])
            given = {method: identity[method] for method in methods}
        except (KeyError, TypeError, AttributeError) as error:
            raise Malformed from error
        account, credential, until = None, None, self.now() + self.lifetime
        for method, data in given.items():
            if method == "password":
                found = self._by_password(data)
            elif method == "token":
                old = self.valid(data.get("id") if isinstance(data, Mapping) else None)
                if old is None:
                    raise NotAuthenticated
                found, credential, until = old.account, old.credential, old.expires
            elif method == "application_credential":
                credential = self._credential(data)
                found = self.accounts[credential.user]
            else:
                raise NotAuthenticated
            if account is not None and found != account:
                raise NotAuthenticated
            account = found
        if account is None:
            raise NotAuthenticated
        project = credential.project if credential else self._scope(scope, account)
        made = Token(
            id=f"gAAAAA{secrets.token_urlsafe(96)}",
            account=account,
            project=project,
            methods=methods,
            issued=self.now(),
            expires=until,
            audit=secrets.token_urlsafe(16),
            credential=credential,
        )
        self.tokens[made.id] = made
        return made

    def _by_password(self, data: Any) -> Account:
        user = _mapping(data, "user")
        account = self._account(user)
        if not isinstance(user.get("password"), str):
            raise Malformed
        if account is None or not secrets.compare_digest(account.password.encode(), user["password"].encode()):
            raise NotAuthenticated
        return account

    def _account(self, user: Mapping[str, Any]) -> Account | None:
        if "id" in user:
            return self.accounts.get(str(user["id"]))
        if not _default(user.get("domain")):
            return None
        return next((a for a in self.accounts.values() if a.name == user.get("name")), None)

    def _credential(self, data: Any) -> Credential:
        if not isinstance(data, Mapping):
            raise Malformed
        if "id" in data:
            found = self.credentials.get(str(data["id"]))
            if found is None:
                raise NoCredential(str(data["id"]))
        else:
            account = self._account(_mapping(data, "user"))
            mine = (c for c in self.credentials.values() if account is not None and c.user == account.id)
            found = next((c for c in mine if c.name == data.get("name")), None)
        if found is None or not secrets.compare_digest(found.secret.encode(), str(data.get("secret")).encode()):
            raise NotAuthenticated
        return found

    def _scope(self, scope: Any, account: Account) -> str:
        if scope is None or scope == "unscoped" or (isinstance(scope, Mapping) and "unscoped" in scope):
            return ""
        if not isinstance(scope, Mapping) or not isinstance(scope.get("project"), Mapping):
            raise NotAuthenticated  # a domain, the system, a trust: nobody has a role there
        wanted = scope["project"]
        if "id" not in wanted and not _default(wanted.get("domain")):
            raise NotAuthenticated
        for project, name in self.projects.items():
            if account.roles.get(project) and (wanted["id"] == project if "id" in wanted else wanted.get("name") == name):
                return project
        raise NotAuthenticated


def _mapping(data: Any, name: str) -> Mapping[str, Any]:
    found = data.get(name) if isinstance(data, Mapping) else None
    if not isinstance(found, Mapping):
        raise Malformed
    return found


def _default(domain: Any) -> bool:
    """Tell whether the default domain is meant: the only one that there is."""
    return isinstance(domain, Mapping) and (domain.get("id") == DOMAIN["id"] or domain.get("name") == DOMAIN["name"])
