"""Descriptions, tags and metadata prove an object to be the job's where its name does not, or where it has none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.estate.test_attribution import flying, given
from tests.estate.test_judge import ADDRESS, finding, verdict
from tests.making import footprint, inventory, live
from tfclean.estate.judge import judge
from tfclean.estate.marks import texts
from tfclean.model import Confidence, Judgement, Pattern, Resource, Verdict

MARK = "node of 800001"


def address(id_: str, description: str = MARK, **more: Any) -> Resource:
    return live("network.floating_ip", id_, "10.0.0.1", description=description, **more)


def judged(*resources: Resource, creates: int = 1, description: Any = MARK, **variables: str) -> Judgement:
    claims = [flying(f"{ADDRESS}[{n}]", description=description) for n in range(creates)]
    more: dict[str, Any] = {"variables": given(**variables)} if variables else {}
    return judge(footprint(claims, **more), inventory(*resources))


def test_a_floating_ip_is_known_by_its_description() -> None:
    j = judged(address("f1"))
    assert finding(j, "f1").confidence is Confidence.PROBABLE
    assert finding(j, "f1").evidence[0].text.startswith('its description has "800001" of this run')
    assert verdict(j, "f1") is Verdict.ZOMBIE


def test_one_with_another_runs_description_is_nobodys_here() -> None:
    j = judged(address("f1"), address("f2", "node of 800002"))
    assert (finding(j, "f1").confidence, verdict(j, "f2")) == (Confidence.PROBABLE, Verdict.FOREIGN)


def test_a_description_without_a_word_of_the_run_proves_nothing() -> None:
    assert verdict(judged(address("f1", "node"), description="node"), "f1") is Verdict.POSSIBLE


def test_a_word_of_the_run_inside_of_another_word_proves_nothing() -> None:
    assert verdict(judged(address("f1", "x800001x"), description="x800001x"), "f1") is Verdict.POSSIBLE


def test_more_objects_of_one_description_than_creates_prove_nothing() -> None:
    j = judged(address("f1"), address("f2"))
    assert {verdict(j, "f1"), verdict(j, "f2")} == {Verdict.POSSIBLE}


def test_as_many_objects_as_creates_are_all_the_jobs() -> None:
    j = judged(address("f1"), address("f2"), creates=2)
    assert {finding(j, i).confidence for i in ("f1", "f2")} == {Confidence.PROBABLE}


def test_a_word_that_stands_on_an_older_object_proves_nothing() -> None:
    old = address("f0", "address of 800001", after=-99_999)
    assert verdict(judged(old, address("f1")), "f1") is Verdict.POSSIBLE


def test_a_description_that_is_known_in_part_is_proof_by_what_is_known() -> None:
    assert finding(judged(address("f1"), description=Pattern((None, " of 800001"))), "f1").confidence is Confidence.PROBABLE
    assert verdict(judged(address("f1"), description=Pattern(("node of 8", None))), "f1") is Verdict.POSSIBLE


def test_a_cloud_that_shows_no_description_proves_nothing() -> None:
    bare = live("network.floating_ip", "f1", "10.0.0.1")
    assert verdict(judged(bare), "f1") is Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("kind", "type_", "attributes"),
    [
        ("block_storage.volume", "openstack_blockstorage_volume_v3.v", {"metadata": {"job": "800001"}}),
        ("load_balancer.load_balancer", "openstack_lb_loadbalancer_v2.b", {"tags": ["800001"]}),
    ],
)
def test_tags_and_metadata_count_beside_a_name_that_every_run_gives(kind: str, type_: str, attributes: dict[str, Any]) -> None:
    def seen(mark: dict[str, Any]) -> Judgement:
        return judge(footprint([flying(type_, name="data", **mark)]), inventory(live(kind, "o1", "data", **attributes)))

    assert finding(seen(attributes), "o1").confidence is Confidence.PROBABLE
    assert verdict(seen({}), "o1") is Verdict.POSSIBLE


def test_all_texts_of_a_value_are_read() -> None:
    assert list(texts({"a": ["b", {"c": "d"}], "e": 3, "f": None})) == ["b", "d"]
