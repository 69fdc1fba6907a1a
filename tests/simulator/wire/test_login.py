"""Keystone: who gets a token, what it says, and when it stops to hold."""

from __future__ import annotations

from typing import Any

import pytest
from keystoneauth1 import exceptions as ka
from keystoneauth1.identity import v3

from tests.simulator.wire.making import Told, body, connection, get, password, session, token
from tfclean.simulator import Response, World
from tfclean.simulator.wire import Account, Wire, in_process

TOKENS = "/identity/v3/auth/tokens"

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # openstacksdk announces what it will drop


@pytest.fixture
def wire() -> Wire:
    return Wire(World(), answering=Told(Response(200, {"servers": []})))


def log_in(wire: Wire, sent: Any) -> Any:
    return in_process(wire).post(wire.url + TOKENS, json=sent)


def test_a_password_gives_a_token_for_the_project_with_its_catalog(wire: Wire) -> None:
    access = session(wire).auth.get_access(session(wire))
    assert (access.project_id, access.user_id) == (wire.world.project, wire.world.user)
    assert "member" in access.role_names
    assert {e["type"] for e in access.service_catalog.catalog} == {
        *("identity", "compute", "network", "volumev3", "image", "load-balancer")
    }
    assert access.service_catalog.url_for("compute", region_name="RegionOne") == f"{wire.url}/compute/v2.1"


def test_names_mean_the_same_as_ids(wire: Wire) -> None:
    auth = {"auth_url": f"{wire.url}/identity/v3", "user_id": wire.world.user, "password": "secret", "project_id": wire.world.project}
    assert session(wire, v3.Password(**auth)).get_project_id() == wire.world.project
    assert session(wire).get_project_id() == wire.world.project


def test_an_identity_url_without_a_version_is_discovered_by_its_300(wire: Wire) -> None:
    answer = in_process(wire).get(f"{wire.url}/identity")
    assert answer.status_code == 300
    settings = {**wire.settings()["auth"], "auth_url": f"{wire.url}/identity"}
    from keystoneauth1.identity import generic  # noqa: PLC0415

    assert session(wire, generic.Password(**settings)).get_project_id() == wire.world.project


@pytest.mark.parametrize("wrong", [{"password": "other"}, {"username": "nobody"}, {"project_name": "elsewhere"}, {"user_domain_name": "x"}])
def test_wrong_credentials_are_401_whatever_is_wrong_with_them(wire: Wire, wrong: dict[str, str]) -> None:
    with pytest.raises(ka.Unauthorized):
        session(wire, v3.Password(**{**wire.settings()["auth"], **wrong})).get_token()


@pytest.mark.parametrize(
    "sent",
    [None, [], {}, {"auth": 1}, {"auth": {"identity": {}}}, {"auth": {"identity": {"methods": ["password"]}}}],
    ids=str,
)
def test_what_is_no_login_is_400(wire: Wire, sent: Any) -> None:
    assert log_in(wire, sent).status_code == 400
    assert log_in(wire, sent).json()["error"]["code"] == 400


def test_no_other_scope_than_a_project_has_roles(wire: Wire) -> None:
    sent = body(wire, password=password(wire))
    for scope in ({"domain": {"id": "default"}}, {"system": {"all": True}}):
        assert log_in(wire, {"auth": {**sent["auth"], "scope": scope}}).status_code == 401


def test_a_token_without_a_scope_has_no_catalog_and_becomes_one_with(wire: Wire) -> None:
    sent = body(wire, password=password(wire))
    plain = log_in(wire, {"auth": {"identity": sent["auth"]["identity"]}})
    assert "catalog" not in plain.json()["token"]
    scoped = log_in(wire, body(wire, token={"id": plain.headers["X-Subject-Token"]}))
    assert scoped.json()["token"]["project"]["id"] == wire.world.project
    assert scoped.json()["token"]["expires_at"] == plain.json()["token"]["expires_at"]


def test_an_application_credential_logs_in_for_its_own_project(wire: Wire) -> None:
    made = get(
        wire,
        f"/identity/v3/users/{wire.world.user}/application_credentials",
        method="POST",
        json={"application_credential": {"name": "ci"}},
    ).json()["application_credential"]
    auth = v3.ApplicationCredential(
        f"{wire.url}/identity/v3", application_credential_id=made["id"], application_credential_secret=made["secret"]
    )
    assert session(wire, auth).get_project_id() == wire.world.project
    wrong = v3.ApplicationCredential(f"{wire.url}/identity/v3", application_credential_id=made["id"], application_credential_secret="guess")
    with pytest.raises(ka.Unauthorized):
        session(wire, wrong).get_token()


def test_a_revoked_token_is_401_with_a_challenge_and_the_client_logs_in_again(wire: Wire) -> None:
    client = session(wire)
    client.get_token()
    wire.directory.revoke_all()
    refused = in_process(wire).get(f"{wire.url}/compute/v2.1/servers", headers={"X-Auth-Token": str(client.get_token())})
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Keystone uri=")
    assert client.get("/servers", endpoint_filter={"service_type": "compute"}).status_code == 200


def test_an_expired_token_is_renewed_by_the_sdk(wire: Wire) -> None:
    cloud = connection(wire)
    cloud.compute.get("/servers")
    before = set(wire.directory.tokens)
    now = wire.directory.now
    wire.directory.now = lambda: now() + wire.directory.lifetime + 1
    assert cloud.compute.get("/servers").status_code == 200
    assert set(wire.directory.tokens) > before


def test_a_token_can_be_shown_and_taken_back_by_its_owner(wire: Wire) -> None:
    subject = token(wire)
    assert get(wire, TOKENS, {"X-Subject-Token": subject}).json()["token"]["user"]["id"] == wire.world.user
    assert get(wire, TOKENS, {"X-Subject-Token": subject}, method="HEAD").status_code == 200
    assert get(wire, TOKENS, {"X-Subject-Token": subject}, method="DELETE").status_code == 204
    assert get(wire, TOKENS, {"X-Subject-Token": subject}).status_code == 404


def test_a_user_sees_the_own_account_and_projects_and_no_others(wire: Wire) -> None:
    other = wire.directory.add(Account("f" * 32, "other", "pw", {}))
    assert get(wire, f"/identity/v3/users/{wire.world.user}").json()["user"]["name"] == "demo"
    assert [p["id"] for p in get(wire, "/identity/v3/auth/projects").json()["projects"]] == [wire.world.project]
    assert get(wire, f"/identity/v3/users/{other.id}").status_code == 403
    assert get(wire, "/identity/v3/projects").status_code == 403
    assert get(wire, f"/identity/v3/projects/{wire.world.service_project}").status_code == 403
