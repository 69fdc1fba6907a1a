"""The lab still answers what it was recorded to answer; with `tests/conformance` the simulator is held to the same recording."""

import pytest

from tests.conformance.comparing import differences, table
from tests.conformance.lab import lab as place
from tests.conformance.recording import listen, recorded
from tests.conformance.stories import STORIES

ALL = [(name, title) for name, stories in STORIES.items() for title in stories]


@pytest.mark.parametrize(("name", "title"), ALL)
def test_the_recorded_answers_are_still_true(lab: None, name: str, title: str) -> None:
    told = listen(name, place, title)[title]
    found = differences(f"{name}.{title}", recorded(name)[title], told)
    assert not found, table(found, "now")
