"""The simulator answers what the lab was recorded to answer."""

from __future__ import annotations

from tests.conformance.comparing import differences, table, unexplained
from tests.conformance.known import KNOWN
from tests.conformance.places import simulator
from tests.conformance.recording import listen, recorded
from tests.conformance.stories import STORIES


def test_the_simulator_answers_as_the_lab_did_but_for_what_is_known() -> None:
    found = []
    for name in STORIES:
        real, simulated = recorded(name), listen(name, simulator)
        assert real.keys() == simulated.keys(), f"record {name} anew"
        for title, records in simulated.items():
            found += differences(f"{name}.{title}", real[title], records)
    left, unused = unexplained(found, KNOWN)
    assert not left, table(left)
    assert not unused, f"known differences that are none any more: {unused}"


def test_no_recorded_story_breaks_off() -> None:
    calls = [(name, title, record["call"]) for name in STORIES for title, records in recorded(name).items() for record in records]
    assert not [each for each in calls if each[2] == "breaks off"]


def test_a_recording_holds_nothing_of_the_place_where_it_was_made() -> None:
    for name in STORIES:
        assert "http" not in str(recorded(name)).replace("HTTP", "").replace("http_method", "").replace("http_version", "")
        assert "127.0.0.1" not in str(recorded(name))
