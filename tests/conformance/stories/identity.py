"""Keystone: who gets in, and who does not."""

from __future__ import annotations

from typing import Any

from tests.conformance.places import ADMIN, ME
from tests.conformance.telling import Teller

NOBODY = "0" * 32
WITHOUT = {"X-Auth-Token": ""}
FAKE = {"X-Auth-Token": "gAAAAABmade-up"}
LISTS = {
    "network": "/networks",
    "compute": "/servers/detail",
    "block-storage": "/volumes/detail",
    "image": "/images",
    "load-balancer": "/lbaas/loadbalancers",
}


def _body(t: Teller, password: str, **scope: Any) -> dict[str, Any]:
    auth = t.place.people[ME].auth
    user = {"name": auth["username"], "domain": {"id": "default"}, "password": password}
    return {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, **({"scope": scope} if scope else {})}}


def logging_in(t: Teller) -> None:
    auth, login = t.place.people[ME].auth, "/auth/tokens"
    answer = t.ask("identity", "POST", login, _body(t, auth["password"], project={"id": t["project"]}), headers=WITHOUT)
    token = answer.headers["X-Subject-Token"]
    t.ask("identity", "POST", login, _body(t, auth["password"]), headers=WITHOUT)
    t.ask("identity", "POST", login, _body(t, "wrong", project={"id": t["project"]}), headers=WITHOUT)
    t.ask("identity", "POST", login, _body(t, auth["password"], project={"id": NOBODY}), headers=WITHOUT)
    t.ask("identity", "POST", login, _body(t, auth["password"], project={"id": t["other project"]}), headers=WITHOUT)
    t.ask("identity", "POST", login, {}, headers=WITHOUT)
    t.ask("identity", "GET", login, headers={"X-Subject-Token": token})
    t.ask("identity", "GET", login, headers={"X-Subject-Token": "nobody's"})
    t.ask("identity", "GET", "/auth/projects")
    t.ask("identity", "GET", "/auth/catalog")
    for service, path in LISTS.items():
        t.ask(service, "GET", path, headers={"X-Auth-Token": token})
    t.ask("identity", "DELETE", login, headers={"X-Subject-Token": token})
    t.ask("identity", "GET", "/auth/projects", headers={"X-Auth-Token": token})
    for service, path in LISTS.items():
        t.ask(service, "GET", path, headers=FAKE)
        t.ask(service, "GET", path, headers=WITHOUT)
    t.ask("identity", "GET", "/auth/projects", headers=FAKE)


def people_and_projects(t: Teller) -> None:
    t.ask("identity", "GET", f"/projects/{t['project']}")
    t.ask("identity", "GET", f"/projects/{t['other project']}")
    t.ask("identity", "GET", f"/projects/{NOBODY}")
    t.ask("identity", "GET", "/projects")
    t.ask("identity", "GET", f"/projects/{NOBODY}", who=ADMIN)
    t.ask("identity", "DELETE", f"/projects/{t['project']}")
    t.ask("identity", "GET", f"/users/{t['user']}")
    t.ask("identity", "GET", f"/users/{NOBODY}")
    t.ask("identity", "GET", f"/users/{t['user']}/projects")
    t.ask("identity", "GET", "/users")
    t.ask("identity", "GET", "/nothing/like/this")


def application_credentials(t: Teller) -> None:
    path = f"/users/{t['user']}/application_credentials"
    t.ask("identity", "GET", path)
    made = t.make("identity", path, "application_credential", name="job", secret="s")
    t.ask("identity", "POST", path, {"application_credential": {"name": "job"}})
    t.ask("identity", "POST", path, {"application_credential": {}})
    t.ask("identity", "GET", f"{path}?name=job")
    t.ask("identity", "GET", f"{path}/{made['id']}")
    given = {"methods": ["application_credential"], "application_credential": {"id": made["id"], "secret": "s"}}
    token = t.ask("identity", "POST", "/auth/tokens", {"auth": {"identity": given}}, headers=WITHOUT).headers["X-Subject-Token"]
    t.ask("network", "GET", "/networks?name=nothing", headers={"X-Auth-Token": token})
    t.ask("identity", "DELETE", f"{path}/{made['id']}", headers={"X-Auth-Token": token})
    wrong = {**given, "application_credential": {"id": made["id"], "secret": "wrong"}}
    t.ask("identity", "POST", "/auth/tokens", {"auth": {"identity": wrong}}, headers=WITHOUT)
    t.ask("identity", "DELETE", f"{path}/{made['id']}")
    t.ask("identity", "DELETE", f"{path}/{made['id']}")
    t.ask("identity", "POST", "/auth/tokens", {"auth": {"identity": given}}, headers=WITHOUT)


STORIES = (logging_in, people_and_projects, application_credentials)
