"""Clouds to ask: the simulator, by its wire without sockets, and the lab. Both are reached by keystoneauth, with the product's headers."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import requests
from keystoneauth1 import session as ks
from keystoneauth1.identity import v3
from openstack.connection import Connection

from tfclean.cloud.login import MICROVERSIONS
from tfclean.simulator import World
from tfclean.simulator.wire import Account, Wire, in_process

ME, OTHER, ADMIN = "me", "other", "admin"
MEMBER = frozenset({"member", "reader", "load-balancer_member"})


@dataclass
class Person:
    """Somebody with a token.

    Attributes:
        auth: what openstacksdk logs in with.
        region: name of the cloud's region.
        http: carries the requests.
    """

    auth: Mapping[str, str]
    region: str
    http: requests.Session | None = None

    @cached_property
    def session(self) -> ks.Session:
        """Logged in."""
        return ks.Session(auth=v3.Password(**self.auth), session=self.http)

    @cached_property
    def access(self) -> Any:
        """The token's document."""
        return self.session.auth.get_access(self.session)

    @cached_property
    def endpoints(self) -> dict[str, str]:
        """Service → its versioned endpoint, as openstacksdk discovers it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            sdk = Connection(session=self.session, region_name=self.region)
            names = ("compute", "network", "block_storage", "image", "load_balancer")
            found = {name.replace("_", "-"): str(getattr(sdk, name).get_endpoint()).rstrip("/") for name in names}
        return {**found, "identity": self.auth["auth_url"].rstrip("/")}

    def send(self, service: str, method: str, path: str, *, micro: str = "", headers: Mapping[str, str], **more: Any) -> requests.Response:
        """Send one request, once.

        Args:
            service: its type.
            method: of HTTP.
            path: below the service's endpoint.
            micro: microversion; that of the product by default.
            headers: further ones; an ``X-Auth-Token`` stands in the place of the person's own.
            more: ``params``, ``json``, ``data``.
        """
        number = micro or ".".join(map(str, MICROVERSIONS.get(service, ())))
        word = {"block-storage": "volume"}.get(service, service)
        version = {"OpenStack-API-Version": f"{word} {number}"} if number else {}
        return self.session.request(
            self.endpoints[service] + path,
            method,
            headers={"Accept": "application/json", **version, **headers},
            authenticated="X-Auth-Token" not in headers,
            raise_exc=False,
            redirect=False,
            **more,
        )


@dataclass
class Place:
    """One cloud, with everybody who is needed for one story.

    Attributes:
        people: by name: `ME`, `OTHER` in another project, `ADMIN`.
        rest: lets some time pass.
        polls: how often one looks, with a rest in between, before what does not happen counts as not happening.
    """

    people: dict[str, Person]
    rest: Callable[[], None]
    polls: int
    _known: dict[str, str] = field(default_factory=dict)

    def known(self) -> dict[str, str]:
        """Give what is there before a story begins: name → id."""
        if not self._known:
            me, other = self.people[ME], self.people[OTHER]
            self._known = {"project": me.access.project_id, "user": me.access.user_id, "other project": other.access.project_id}
            for name, service, path, key in (
                ("public", "network", "/networks?name=public", "networks"),
                ("cirros", "image", "/images?name=cirros", "images"),
            ):
                rows = self.people[ADMIN].send(service, "GET", path, headers={}).json()[key]
                if rows:
                    self._known[name] = rows[0]["id"]
            flavors = me.send("compute", "GET", "/flavors", headers={}).json()["flavors"]
            self._known["m1.tiny"] = next(f["id"] for f in flavors if f["name"] == "m1.tiny")
        return self._known


@contextmanager
def simulator() -> Iterator[Place]:
    """Give a new world: like the lab it has neither DHCP agents nor a backup service."""
    world = World(backups=False)
    wire = Wire(world)
    http = in_process(wire)
    people = {ME: Person(wire.settings()["auth"], world.region, http)}
    for name, roles in ((OTHER, MEMBER), (ADMIN, MEMBER | {"admin"})):
        project, user = (uuid.uuid5(uuid.NAMESPACE_DNS, f"{name} {what}").hex for what in ("project", "user"))
        world.projects[project], world.users[user] = name, name
        wire.directory.add(Account(user, name, "secret", {project: roles}))
        people[name] = Person(wire.settings(user, project)["auth"], world.region, http)
    yield Place(people, lambda: world.advance(1.0), 120)
