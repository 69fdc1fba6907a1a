"""Pending creates as people and programs are told of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.report.making import ADDRESSES, FOREIGN, NETWORK, NODE, PORT, SERVER, TIME, judgement, plan, shown, uuid
from tfclean.model import Judgement, PendingCreate, Rejected

ONE, OTHER = (r.key for r in ADDRESSES)
ADDRESS = "openstack_networking_floatingip_v2.f"
OPEN = PendingCreate(
    ADDRESS,
    "network.floating_ip",
    since=TIME,
    candidates=(ONE, OTHER),
    rejected=(Rejected(FOREIGN.key, "it is older than the run"),),
    others=3,
)
DONE = PendingCreate("openstack_networking_port_v2.p", "network.port", "node-*", started=False, made=PORT.key)
LOST = PendingCreate("openstack_networking_network_v2.n", "network.network", "n")


def told(*creates: PendingCreate) -> Judgement:
    return replace(judgement(), pending=creates)


def words(text: str) -> str:
    return " ".join(text.split())


def explained(judged: Judgement, resource: Any) -> str:
    return words(shown("console", lambda r: r.explanation(judged.findings[resource.key], judged, plan())))


def test_a_diff_tells_since_when_each_create_is_pending_and_what_became_of_it() -> None:
    text = words(shown("console", lambda r: r.diff(replace(told(OPEN, DONE, LOST), candidates=()))))
    assert "Pending creates (3): no trace tells what came of them" in text
    assert f"{ADDRESS} started 2026-11-22 12:00:00Z; it may have made one of 2 floating IPs: floating IP 10.0.0.6" in text
    assert f"planned, and no log says whether it started; it made port node-a ({uuid(2)})" in text
    assert "started, the log does not say when; nothing that is live can have come of it" in text
    assert "older than the run" not in text


def test_a_create_whose_objects_are_listed_is_only_counted() -> None:
    listed = PendingCreate(NODE, "compute.server", made=SERVER.key)
    text = words(shown("console", lambda r: r.diff(told(OPEN, listed, LOST))))
    assert "Pending creates (3)" in text
    assert "2 creates made, or may have made, what is listed above (-v tells)" in text
    assert text.count(NODE) == 1
    assert f"{LOST.address} started" in text
    assert words(shown("console", lambda r: r.diff(told(OPEN, listed, LOST)), verbose=True)).count(NODE) == 2


def test_what_was_rejected_is_told_on_request() -> None:
    text = words(shown("console", lambda r: r.diff(told(OPEN)), verbose=True))
    assert f"not server somebody-elses ({uuid(8)}): it is older than the run nor 3 others that came less near" in text


def test_long_lists_of_pending_creates_are_counted() -> None:
    many = [replace(LOST, address=f"{LOST.address}[{n}]") for n in range(45)]
    text = shown("console", lambda r: r.diff(told(*many)))
    assert "Pending creates (45)" in text
    assert "... and 40 more creates (-v lists them)" in text
    assert f"{LOST.address}[44]" in shown("console", lambda r: r.diff(told(*many)), verbose=True)


def test_a_candidate_is_told_with_what_fits_as_well_and_what_does_not() -> None:
    text = explained(told(OPEN), ADDRESSES[0])
    assert f"{ADDRESS} started 2026-11-22 12:00:00Z; it may have made this one, or another, as good" in text
    assert f"as good: floating IP 10.0.0.7 ({uuid(7)})" in text
    assert "not server somebody-elses" in text
    assert "Which one" not in text


def test_what_was_rejected_is_told_why() -> None:
    assert "it did not make this one: it is older than the run" in explained(told(OPEN), FOREIGN)


def test_what_a_create_made_is_told_with_the_alternatives() -> None:
    made = replace(DONE, rejected=(Rejected(FOREIGN.key, "its name is another"),), since=TIME + timedelta(seconds=3))
    text = explained(told(made), PORT)
    assert "started 2026-11-22 12:00:03Z; it made this one, by all that is known not server somebody-elses" in text


def test_what_no_create_was_held_against_says_nothing_of_them() -> None:
    assert "Which create" not in explained(told(OPEN, DONE), NETWORK)


def test_programs_are_told_all_of_it() -> None:
    document = json.loads(shown("json", lambda r: r.diff(told(OPEN, DONE))))
    first, second = document["pending"]
    assert (first["since"], first["candidates"], first["made"], first["others"]) == ("2026-11-22T12:00:00Z", [ONE.id, OTHER.id], None, 3)
    assert first["rejected"] == [{"id": uuid(8), "because": "it is older than the run"}]
    assert (second["made"], second["started"], second["name"]) == (uuid(2), False, "node-*")
    j = told(OPEN, DONE)
    one = json.loads(shown("json", lambda r: r.explanation(j.findings[PORT.key], j, plan())))
    assert [p["address"] for p in one["pending"]] == [DONE.address]
