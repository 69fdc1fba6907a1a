"""One declared call, one request, and an honest answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.small_cloud import small_cloud
from tfclean.cloud.actions import filled, service_of
from tfclean.cloud.transport import retry_after
from tfclean.kinds.base import Call
from tfclean.kinds.registry import KINDS
from tfclean.model import Answer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab c"), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def test_every_declared_call_has_one_service() -> None:
    for kind in KINDS.values():
        for call in (kind.delete, kind.cascade, kind.undo, *(c for p in kind.prepare for c in (p.call, p.undo))):
            if call is not None:
                assert service_of(call) == kind.service


def test_ids_that_are_names_are_quoted_in_the_path() -> None:
    with small_cloud() as small:
        call = KINDS["compute.keypair"].delete
        assert call is not None
        answer = small.connect().perform(call, {"id": "my key/ü"})
        assert answer.status == 204
        assert answer.request_id == "req-1"
        assert small.requests[-1].path.endswith("/os-keypairs/my%20key%2F%C3%BC")


def test_a_conditional_call_carries_the_revision_and_others_do_not() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        for name in ("network.port", "compute.server"):
            call = KINDS[name].delete
            assert call is not None
            cloud.perform(call, {"id": "x"}, revision=7)
        assert [r.headers.get("If-Match") for r in small.requests] == ["revision_number=7", None]


def test_bodies_and_queries_are_filled() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        tie = KINDS["network.floating_ip_association"]
        balancer = KINDS["load_balancer.load_balancer"]
        assert tie.delete is not None
        assert tie.undo is not None
        assert balancer.cascade is not None
        cloud.perform(tie.delete, {"id": "ip"})
        cloud.perform(tie.undo, {"id": "ip", "port_id": "p", "fixed_ip_address": "10.0.0.1"})
        cloud.perform(balancer.cascade, {"id": "lb"})
        assert small.requests[0].body == {"floatingip": {"port_id": None}}
        assert small.requests[1].body == {"floatingip": {"port_id": "p", "fixed_ip_address": "10.0.0.1"}}
        assert small.requests[2].query == [("cascade", "true")]


@pytest.mark.parametrize("status", [404, 409, 412, 429, 500, 503])
def test_a_refusal_is_an_answer_and_is_not_tried_again(status: int) -> None:
    with small_cloud(always={"/network/v2.0/ports/x": (status, {"Retry-After": "3"}, "because")}) as small:
        answer = perform(small.connect())
        assert (answer.status, answer.body, answer.retry_after, answer.error) == (status, "because", 3.0, "")
        assert len(small.requests) == 1


def test_a_lost_answer_says_nothing_and_is_sent_once() -> None:
    with small_cloud(always={"/network/v2.0/ports/x": (0, {}, "")}) as small:
        answer = perform(small.connect())
        assert answer.status is None
        assert answer.error
        assert len(small.requests) == 1


def test_an_expired_token_is_renewed_for_a_call() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        small.valid.clear()
        assert perform(cloud).status == 204
        assert small.tokens == 2


def test_a_token_that_cannot_be_renewed_is_a_401() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        small.valid.clear()
        small.login = 401
        answer = perform(cloud)
        assert answer.status == 401
        assert answer.error


def test_a_missing_field_is_the_callers_mistake() -> None:
    with small_cloud() as small, pytest.raises(KeyError):
        small.connect().perform(Call("DELETE", "/ports/{id}"), {})


def perform(cloud: object) -> Answer:
    call = KINDS["network.port"].delete
    assert call is not None
    answer: Answer = cloud.perform(call, {"id": "x"})  # type: ignore[attr-defined]
    return answer


@given(JSON)
def test_a_template_without_names_stays_as_it_is(value: object) -> None:
    assert filled(value, {}) == value


@given(JSON)
def test_a_template_that_is_a_name_becomes_the_value_whatever_its_type(value: object) -> None:
    assert filled({"x": ["{field}"]}, {"field": value}) == {"x": [value]}


@given(st.text())
def test_retry_after_is_a_number_or_nothing(text: str) -> None:
    seconds = retry_after({"Retry-After": text})
    assert seconds is None or seconds >= 0


def test_retry_after_reads_seconds_and_dates() -> None:
    assert retry_after({"Retry-After": "7"}) == 7.0
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert retry_after({}) is None


def test_a_patch_of_an_image_has_the_content_type_that_glance_wants() -> None:
    with small_cloud() as small:
        prepare = KINDS["image.image"].prepare[0]
        small.connect().perform(prepare.call, {"id": "i"})
        sent = small.requests[-1]
        assert (sent.method, sent.headers["Content-Type"]) == ("PATCH", "application/openstack-images-v2.1-json-patch")
        assert sent.body == [{"op": "replace", "path": "/protected", "value": False}]


def test_a_starred_member_of_a_list_becomes_all_members_of_its_field() -> None:
    assert filled({"groups": ["{*others}", "{one}"]}, {"others": ["a", "b"], "one": "c"}) == {"groups": ["a", "b", "c"]}
    assert filled(["{*others}"], {"others": []}) == []
