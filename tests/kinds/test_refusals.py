"""What services answered to deleting something in use, and what that means. The bodies are as a lab of real services sent them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfclean.kinds.refusals import ROWS, Refusal, parse
from tfclean.kinds.registry import KINDS
from tfclean.model import Key

SEEN: list[dict[str, Any]] = json.loads((Path(__file__).parent / "refusals.json").read_text())
NATURES = ("in_use", "transient", "policy", "gone")
PLACE = re.compile(r"<(own|other|[A-Z])>")


def an_id(name: str) -> str:
    return f"{sum(map(ord, name)):08x}-0000-4000-8000-000000000000"


def with_ids(text: str) -> str:
    return PLACE.sub(lambda match: an_id(match[1]), text)


def nature(refusal: Refusal) -> str:
    found = [name for name in NATURES if getattr(refusal, name)]
    assert len(found) <= 1
    return found[0] if found else ""


@pytest.mark.parametrize("seen", SEEN, ids=[f"{s['service']} {s['request']}: {s['holders'][0]}" for s in SEEN])
def test_a_refusal_that_was_seen_is_understood(seen: dict[str, Any]) -> None:
    method, path = with_ids(seen["request"]).split(" ")
    refusal = parse(seen["service"], method, path, seen["status"], with_ids(seen["body"]).encode())
    assert refusal.reason
    assert nature(refusal) == seen["nature"]
    assert refusal.blockers == tuple(Key(kind, an_id(name)) for kind, name in seen["blockers"])
    assert list(refusal.look_for) == seen["look_for"]


def test_every_kind_to_look_for_is_known() -> None:
    assert {kind for row in ROWS for kind in row.look_for} <= KINDS.keys()


def test_a_ports_403_is_its_servers_doing_and_another_403_is_policy() -> None:
    body = '{"NeutronError": {"type": "PolicyNotAuthorized", "message": "rule:%s is disallowed by policy", "detail": ""}}'
    port = parse("network", "DELETE", "/ports/x", 403, body % "delete_port")
    assert (port.in_use, port.policy, port.look_for) == (True, False, ("compute.server",))
    network = parse("network", "DELETE", "/networks/x", 403, body % "delete_network")
    assert (network.policy, network.reason) == (True, "not permitted: delete_network")


@pytest.mark.parametrize("status", [401, 408, 412, 423, 429, 500, 502, 503, 504])
def test_busy_and_broken_services_pass_by_themselves(status: int) -> None:
    assert parse("compute", "DELETE", "/servers/x", status, b"").transient


def test_an_unknown_conflict_names_the_ids_in_it_but_not_the_object_itself() -> None:
    text = with_ids("Thing <own> is held by <A>, <B> and <A>")
    refusal = parse("compute", "DELETE", with_ids("/things/<own>"), 409, text)
    assert refusal.in_use
    assert refusal.blockers == (Key("", an_id("A")), Key("", an_id("B")))


@given(
    st.sampled_from(["compute", "network", "block-storage", "load-balancer", "image", "x"]), st.integers(400, 599), st.binary() | st.text()
)
def test_no_body_is_too_strange(service: str, status: int, body: bytes | str) -> None:
    refusal = parse(service, "DELETE", "/x/y", status, body)
    assert refusal.reason
    assert refusal.reason.isprintable()
    assert len(refusal.reason) < 400
    nature(refusal)


@given(st.recursive(st.none() | st.text() | st.integers(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)), st.integers(400, 599))
def test_no_json_is_too_strange(body: object, status: int) -> None:
    assert parse("network", "DELETE", "/x", status, json.dumps(body)).reason.isprintable()


def test_what_only_a_person_can_lift_is_final_and_nothing_else_is() -> None:
    found = {}
    for seen in SEEN:
        refusal = parse(seen["service"], *with_ids(seen["request"]).split(" "), seen["status"], with_ids(seen["body"]).encode())
        assert not (refusal.final and nature(refusal))
        if refusal.final:
            found[refusal.reason] = seen["status"]
    assert found == {
        "it is the project's default": 409,
        "no backup service runs, so that it stays": 404,
        "the server is locked; unlock it first": 409,
        "the image is protected": 403,
    }


def test_a_rule_that_is_made_of_two_is_named_by_its_first() -> None:
    text = "(rule:create_network and rule:create_network:router:external) is disallowed by policy"
    body = {"NeutronError": {"type": "PolicyNotAuthorized", "message": text, "detail": ""}}
    assert parse("network", "POST", "/networks", 403, json.dumps(body)).reason == "not permitted: create_network"
