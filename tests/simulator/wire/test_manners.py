"""What every service does around the world's answer: versions, microversions, request ids, forms of errors, connections that break."""

from __future__ import annotations

import pytest
import requests

from tests.simulator.wire.making import Told, connection, get, session
from tfclean.simulator import Dropped, Response, World
from tfclean.simulator.wire import Wire, in_process

ROOTS = {"compute": "/compute/v2.1", "network": "/network/v2.0", "volume": "/volume/v3", "image": "/image/v2", "lb": "/load-balancer/v2.0"}

pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # openstacksdk announces what it will drop


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def wire(told: Told) -> Wire:
    return Wire(World(), answering=told)


@pytest.mark.parametrize(
    ("service", "version", "newest"),
    [("compute", (2, 1), "2.104"), ("block-storage", (3, 0), "3.71"), ("network", (2, 0), None), ("image", (2, 17), None)],
)
def test_keystoneauth_discovers_each_service_and_its_microversions(wire: Wire, service: str, version: tuple[int, int], newest: str) -> None:
    found = session(wire).get_endpoint_data(service_type=service)
    data = found.get_versioned_data(session(wire), allow={}, min_version=version[:1], max_version=(version[0], "latest"))
    assert data.api_version == version
    assert data.max_microversion == (tuple(map(int, newest.split("."))) if newest else None)


def test_the_sdk_finds_a_proxy_for_each_service(wire: Wire) -> None:
    cloud = connection(wire)
    for name in ("compute", "network", "block_storage", "image", "load_balancer"):
        assert getattr(cloud, name).get_endpoint().startswith(wire.url), name


@pytest.mark.parametrize("root", ROOTS.values())
def test_nothing_below_a_version_is_told_without_a_token(wire: Wire, root: str, told: Told) -> None:
    for headers in ({}, {"X-Auth-Token": "made-up"}):
        answer = in_process(wire).get(f"{wire.url}{root}/anything", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")
    assert not told.asked


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("/compute/v9", {"itemNotFound": {"code": 404, "message": "The resource could not be found."}}),
        ("/network/v9", {"NeutronError": {"type": "HTTPNotFound", "message": "The resource could not be found.", "detail": ""}}),
        ("/load-balancer/v9", {"faultcode": "Client", "faultstring": "The resource could not be found.", "debuginfo": None}),
    ],
)
def test_errors_have_the_form_of_the_service(wire: Wire, root: str, expected: object) -> None:
    answer = get(wire, f"{root}/servers")
    assert (answer.status_code, answer.json()) == (404, expected)


def test_the_image_service_refuses_with_a_page_unless_json_is_accepted(wire: Wire, told: Told) -> None:
    told.answer = Response(409, {"message": "in use", "code": "409 Conflict", "title": "Conflict"})
    for path, status in (("/image/v9/images", 404), ("/image/v2/images/1", 409)):
        assert get(wire, path, {"Accept": "*/*"}).headers["Content-Type"].startswith("text/html")
        answer = get(wire, path, {"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"][:3]) == (status, str(status))


@pytest.mark.parametrize(
    ("asked", "status", "answered"),
    [
        ({}, 200, "2.1"),
        ({"OpenStack-API-Version": "compute 2.96"}, 200, "2.96"),
        ({"OpenStack-API-Version": "volume 3.0, compute 2.96"}, 200, "2.96"),
        ({"X-OpenStack-Nova-API-Version": "2.60"}, 200, "2.60"),
        ({"OpenStack-API-Version": "compute latest"}, 200, "2.104"),
        ({"OpenStack-API-Version": "compute 2.999"}, 406, "2.999"),
        ({"OpenStack-API-Version": "compute 1.1"}, 406, "1.1"),
    ],
)
def test_a_microversion_is_agreed_on_or_refused_with_406(wire: Wire, told: Told, asked: dict[str, str], status: int, answered: str) -> None:
    answer = get(wire, "/compute/v2.1/servers", asked)
    assert answer.status_code == status
    assert answer.headers["OpenStack-API-Version"] == f"compute {answered}"
    assert len(told.asked) == (status == 200)
    if status == 406:
        assert answer.json()["computeFault"]["message"].endswith("Minimum is 2.1 and maximum is 2.104.")


def test_what_is_no_microversion_is_400(wire: Wire) -> None:
    assert get(wire, "/volume/v3/volumes", {"OpenStack-API-Version": "volume banana"}).status_code == 400


def test_an_older_microversion_lacks_what_came_later(wire: Wire, told: Told) -> None:
    told.answer = Response(200, {"servers": [{"id": "1", "locked": False, "tags": [], "flavor": {"original_name": "m1", "vcpus": 1}}]})
    newest = get(wire, "/compute/v2.1/servers/detail", {"OpenStack-API-Version": "compute latest"}).json()["servers"][0]
    oldest = get(wire, "/compute/v2.1/servers/detail").json()["servers"][0]
    assert set(newest) == {"id", "locked", "tags", "flavor"}
    assert set(oldest) == {"id", "flavor"}
    assert set(oldest["flavor"]) == {"id", "links"}


def test_a_path_is_not_there_before_its_microversion(wire: Wire) -> None:
    assert get(wire, "/volume/v3/attachments", {"OpenStack-API-Version": "volume 3.26"}).status_code == 404
    assert get(wire, "/volume/v3/attachments", {"OpenStack-API-Version": "volume 3.27"}).status_code == 200


def test_the_world_is_told_who_asks_what_and_where_the_client_is(wire: Wire, told: Told) -> None:
    get(wire, f"/volume/v3/{wire.world.project}/volumes/detail?limit=2&name=a%20b")
    asked = told.asked[0]
    assert (asked.service, asked.path, asked.project, asked.user) == (
        *("block-storage", "/volumes/detail"),
        *(wire.world.project, wire.world.user),
    )
    assert list(asked.query) == [("limit", "2"), ("name", "a b")]
    assert asked.root == f"{wire.url}/volume/v3/{wire.world.project}"


def test_another_projects_urls_are_malformed(wire: Wire, told: Told) -> None:
    assert get(wire, f"/volume/v3/{wire.world.service_project}/volumes").status_code == 400
    assert not told.asked


@pytest.mark.parametrize("root", ROOTS.values())
def test_json_that_is_none_is_400(wire: Wire, root: str, told: Told) -> None:
    answer = get(wire, f"{root}/things", {"Content-Type": "application/json"}, method="POST", data=b"{nonsense")
    assert answer.status_code == 400
    assert not told.asked


def test_data_of_an_image_is_bytes(wire: Wire, told: Told) -> None:
    get(wire, "/image/v2/images/1/file", {"Content-Type": "application/octet-stream"}, method="PUT", data=b"\x00\x01")
    assert told.asked[0].body == b"\x00\x01"


@pytest.mark.parametrize("root", ROOTS.values())
def test_every_answer_carries_the_request_id_of_the_world(wire: Wire, told: Told, root: str) -> None:
    told.answer = Response(202, None, {"x-openstack-request-id": "req-1"})
    answer = get(wire, f"{root}/things/1", method="DELETE")
    assert (answer.status_code, answer.headers["x-openstack-request-id"]) == (202, "req-1")
    assert not answer.content


@pytest.mark.parametrize(
    ("text", "kind"), [('{"computeFault": {}}', "application/json"), ("<html>busy</html>", "text/html; charset=UTF-8")]
)
def test_text_is_sent_as_it_stands(wire: Wire, told: Told, text: str, kind: str) -> None:
    told.answer = Response(503, text)
    answer = get(wire, "/compute/v2.1/servers")
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (503, text, kind)


def test_the_extensions_of_the_network_are_listed_and_asked_for_one_by_one(wire: Wire) -> None:
    cloud = connection(wire)
    assert {"router", "trunk", "security-group", "revision-if-match"} <= {e.alias for e in cloud.network.extensions()}
    assert cloud.network.find_extension("qos").alias == "qos"
    assert get(wire, "/network/v2.0/extensions/bgp").status_code == 404


def test_a_broken_connection_is_an_error_of_requests(wire: Wire, told: Told) -> None:
    told.error = Dropped(done=True)
    with pytest.raises(requests.ConnectionError):
        get(wire, "/network/v2.0/ports")
    assert wire.exchanges[-1].status == 0


def test_a_client_gives_up_after_its_own_time(wire: Wire, told: Told) -> None:
    told.answer = Response(200, {}, seconds=90)
    start = wire.world.clock.now()
    with pytest.raises(requests.ReadTimeout):
        get(wire, "/network/v2.0/ports", timeout=60)
    assert wire.world.clock.now() == start + 60


def test_virtual_time_passes_as_long_as_the_answer_takes(told: Told) -> None:
    wire = Wire(World(), answering=told, tick=0.5)
    told.answer = Response(200, {}, seconds=2)
    start = wire.world.clock.now()
    get(wire, "/network/v2.0/ports")
    assert wire.world.clock.now() == start + 2.5


def test_an_image_is_changed_by_a_json_patch_only() -> None:
    wire = Wire(World())
    image = get(wire, "/image/v2/images", method="POST", json={"name": "base", "protected": True}).json()["id"]
    patch = [{"op": "replace", "path": "/protected", "value": False}]
    url = f"/image/v2/images/{image}"
    assert get(wire, url, method="PATCH", json=patch).status_code == 415
    sent = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    assert get(wire, url, sent, method="PATCH", json=patch).json()["protected"] is False
