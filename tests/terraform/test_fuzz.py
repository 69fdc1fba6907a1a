"""Whatever a file holds, every reader has an answer or one sentence for it, ends, and takes no memory that grows with a log."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exhaustive import some
from tests.terraform import flood
from tests.terraform.fuzz.corpus import corpus
from tests.terraform.fuzz.targets import Case, attempt, case
from tfclean.terraform import log_json, log_text, pointer, state
from tfclean.terraform.recognise import Form, recognise
from tfclean.terraform.shown import moment

TEN = 10


@pytest.mark.parametrize("ten", some(300, 50))
def test_a_broken_file_is_an_answer_or_a_sentence(ten: int, tmp_path: Path) -> None:
    for seed in range(TEN * ten, TEN * (ten + 1)):
        attempt(case(seed), tmp_path)


def test_whole_files_keep_the_same_promises(tmp_path: Path) -> None:
    for name, data in corpus()[:: 1 if len(some(2, 2)) > 1 else 12]:
        attempt(Case(name, data), tmp_path)


def test_the_files_that_are_broken_are_of_every_form() -> None:
    forms = {recognise(data).form for _, data in corpus()}
    missing = set(Form) - forms
    assert missing <= {
        Form.EMPTY,
        Form.STATE_TOO_NEW,
        Form.CUT_OFF_STATE,
        Form.PLAN_LEGACY,
        Form.PLAN_BOOKMARK,
        Form.TEXT_OTHER,
        Form.BINARY,
    }


def _words(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value}.union(*map(_words, value.values()))
    return set().union(*map(_words, value)) if isinstance(value, list) else set()


WORDS = sorted(
    set().union(
        *(
            _words(json.loads(data))
            for name, data in corpus()
            if name.startswith(("killed-early/plan", "made/", "ours/inv")) and data[:1] == b"{"
        )
    )
)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["id", "root", "create", "managed", "9999-12-31"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
DOCUMENTS = st.one_of(
    st.builds(
        lambda odd: {"version": 4, "serial": 1, "resources": [{"mode": "managed", "type": "openstack_x", "name": "a", "instances": odd}]},
        ODD,
    ),
    st.builds(lambda odd: {"version": 3, "serial": 1, "modules": [{"path": ["root"], "resources": {"openstack_x.a": odd}}]}, ODD),
    st.builds(lambda odd: {"version": 3, "backend": {"type": "http", "config": odd}}, ODD),
    st.builds(lambda odd: {"format_version": "1.0", "values": odd}, ODD),
    st.builds(lambda odd: {"format_version": "1.0", "values": {"root_module": {"resources": odd, "child_modules": odd}}}, ODD),
    st.builds(lambda odd: {"format_version": "1.2", "resource_changes": odd, "planned_values": odd, "prior_state": odd}, ODD),
    st.builds(
        lambda odd, word: {"format_version": "1.2", "resource_changes": [], "variables": odd, word: odd}, ODD, st.sampled_from(WORDS)
    ),
    st.builds(lambda odd: {"ID": "x", "Created": odd, "Who": odd, "Operation": odd}, ODD),
    st.builds(lambda odd: {"document": "inventory", "format_version": "1.0", "resources": [odd], "listed": odd, "gaps": odd}, ODD),
    st.builds(lambda odd: {"document": "plan", "format_version": "1.0", "steps": odd}, ODD),
    ODD,
)


@given(DOCUMENTS)
def test_a_document_of_any_shape_is_an_answer_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, document: Any) -> None:
    folder = tmp_path_factory.mktemp("odd")
    attempt(Case("odd.json", json.dumps(document).encode()), folder)


def peak(megabytes: float, line: Callable[[int], str]) -> int:
    """Give the most bytes that reading a log of that size takes at a time."""
    tracemalloc.start()
    try:
        log_text.read(io.BufferedReader(flood.Flood(int(megabytes * 1_000_000), line)), "job.log")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("line", [flood.noise, flood.running, flood.failing])
def test_a_long_log_takes_no_more_memory_than_a_short_one(line: Callable[[int], str]) -> None:
    short = peak(0.2, line)
    assert peak(1, line) < 1.2 * short + 100_000


def test_a_block_of_a_plan_that_never_ends_is_given_up() -> None:
    assert peak(40, flood.planning) < 25_000_000


def test_a_time_at_which_no_run_can_have_been_is_no_time() -> None:
    assert moment("9999-12-31T23:59:59Z") is None
    assert moment(3) is None


def test_lines_that_begin_with_a_document_are_no_document() -> None:
    assert recognise(b'{"a": 1}\nhello\n').form is Form.TEXT_OTHER
    assert recognise(b'{"a": 1, "b"').form is Form.JSON_OTHER


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_half_a_character_is_none_and_a_whole_one_is_left_as_it_is(encoding: str) -> None:
    text = r'{"version": 3, "backend": {"type": "http", "config": {"username": "a\ud800", "\uDC00b": "\ud83d\ude00", "c": ["\\ud800"]}}}'
    told = pointer.read(text.encode(encoding), "x")
    assert told is not None
    assert told.config == {"username": "a\ufffd", "\ufffdb": "\U0001f600", "c": [r"\ud800"]}


def test_half_a_character_in_a_state_that_ends_early_and_in_a_machine_log_is_none() -> None:
    resource = {"mode": "managed", "type": "openstack_networking_port_v2", "name": "a", "instances": [{"attributes": {"id": "\ud800"}}]}
    text = json.dumps({"version": 4, "serial": 1, "lineage": "l", "resources": [resource]})
    for data in (text, text[:-1]):
        assert [c.id for c in state.read(data.encode(), "x").claims] == ["\ufffd"]
    hook = {"resource": {"addr": "openstack_networking_port_v2.a"}, "action": "create", "id_key": "id", "id_value": "\udfff"}
    line = json.dumps({"@message": "m", "type": "apply_complete", "hook": hook})
    assert [c.id for c in log_json.read(io.BytesIO(line.encode()), "x")[0].claims] == ["\ufffd"]
