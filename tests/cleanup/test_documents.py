"""Plans and results as documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cleanup.jobs import whole_job
from tests.cleanup.world import World
from tfclean.cleanup.documents import load_plan, plan_document
from tfclean.cleanup.plan import make_plan
from tfclean.errors import InputError
from tfclean.model import Plan


def some_plan() -> Plan:
    world = World()
    ids = whole_job(world)
    world.port("stranger", ids["net"], ids["sub"], ours=False)
    return make_plan(world.judge(world.inventory()))


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(plan_document(some_plan())))
    return found


def test_a_plan_comes_back_as_it_was() -> None:
    assert load_plan(document()) == some_plan()


def test_a_changed_plan_is_refused() -> None:
    changed = document()
    changed["steps"][0]["id"] = "another"
    with pytest.raises(InputError, match="changed after it was written"):
        load_plan(changed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format_version": "2.0"}, "format version 2.0"),
        ({"format_version": None}, "format version None"),
        ({"format_version": "9" * 9000}, rf"format version {'9' * 40}\.\.\.; this"),
        ({"document": "result"}, "not a plan"),
        ({"steps": None}, "not a whole plan"),
        ({"steps": [{}]}, "not a whole plan"),
        ({"steps": [{"action": "explode"}]}, "not a whole plan"),
        ({"time": "yesterday"}, "not a whole plan"),
        ({"digest": 7}, "not a whole plan"),
    ],
)
def test_a_damaged_plan_is_one_sentence(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        load_plan({**document(), **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("what", [None, [], "plan", 3])
def test_what_is_no_mapping_is_no_plan(what: object) -> None:
    with pytest.raises(InputError):
        load_plan(what)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    changed = document()
    changed["steps"][0]["kind"] = "dns.zone"
    with pytest.raises(InputError, match=r"dns\.zone"):
        load_plan(changed)
