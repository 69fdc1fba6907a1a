"""An inventory goes into a file and comes back the same."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recorded import JOBS, inventory
from tfclean.cloud.document import dump, load
from tfclean.errors import InputError


@pytest.mark.parametrize("scenario", JOBS)
def test_what_is_written_is_read_back(scenario: str) -> None:
    taken = inventory(scenario)
    assert load(json.loads(json.dumps(dump(taken))), "file") == taken


def test_the_same_inventory_makes_the_same_document() -> None:
    assert json.dumps(dump(inventory("applied"))) == json.dumps(dump(inventory("applied")))


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"document": "plan", "format_version": "1.0"},
        {"document": "inventory", "format_version": "2.0"},
        {"document": "inventory", "format_version": "1.0"},
    ],
)
def test_what_is_no_inventory_is_refused_by_name(document: object) -> None:
    with pytest.raises(InputError, match=r"my-file\.json"):
        load(document, "my-file.json")


@given(st.data())
def test_a_damaged_inventory_is_an_input_error_and_nothing_else(data: st.DataObject) -> None:
    document = dump(inventory("killed-early"))
    broken = data.draw(st.sampled_from([None, 3, "x", [], {}, [None], [{}], {"kind": 1}]))
    if data.draw(st.booleans()):
        document[data.draw(st.sampled_from(sorted(document)))] = broken
    else:
        row = data.draw(st.sampled_from(document["resources"]))
        row[data.draw(st.sampled_from(sorted(row)))] = broken
    with contextlib.suppress(InputError):
        load(document, "file")


def test_fields_that_no_kind_declares_do_not_come_in_by_a_file() -> None:
    document = dump(inventory("killed-early"))
    document["resources"][0]["attributes"]["user_data"] = "planted"
    assert "planted" not in str(load(document, "file"))
