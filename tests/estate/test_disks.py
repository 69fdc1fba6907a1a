"""Disks that Nova makes for servers and leaves when those go: whose they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.estate.test_attribution import flying, pending, server
from tests.estate.test_judge import SERVER, finding, verdict
from tests.making import claim, footprint, inventory, live
from tfclean.cleanup.options import Options
from tfclean.cleanup.plan import make_plan
from tfclean.estate.judge import judge
from tfclean.kinds.disks import server_of
from tfclean.model import Confidence, Key, Resource, Tense, Verdict

S1, S2 = "5a0c0f6e-0000-4000-8000-000000000001", "5a0c0f6e-0000-4000-8000-000000000002"
IMAGE = "1a1a1a1a-0000-4000-8000-000000000001"
BORN = "2026-11-22 12:00:10 +0000 UTC"
"""When a made server was made, as a state has it."""


def disk(id_: str = "v1", name: str = "", *, of: str = "", device: str = "/dev/vda", after: float = 12, **more: Any) -> Resource:
    rows = [{"server_id": of, "device": device, "attachment_id": f"a-{id_}"}] if of else []
    image = {"volume_image_metadata": {"image_id": IMAGE}, "bootable": "true", "size": 10, "snapshot_id": None}
    given = {"description": "", "attachments": rows, **image, **more}
    return live("block_storage.volume", id_, name, after=after, **given)


def block(**more: Any) -> list[dict[str, Any]]:
    given = {"source_type": "image", "uuid": IMAGE, "destination_type": "volume", "volume_size": 10, "boot_index": 0}
    return [{**given, "delete_on_termination": False, **more}]


def booted(id_: str = S1, **more: Any) -> Resource:
    return server(id_, "w", **{"image": "", **more})


RECORDED = claim(SERVER, id_=S1, name="w", block_device=block(), created=BORN)


def test_the_disk_from_which_a_server_boots_and_that_is_no_older_is_as_surely_the_jobs_and_goes_after_it() -> None:
    tie = live("compute.volume_attachment", f"{S1}/v1", server_id=S1, volume_id="v1")
    j = judge(footprint([claim(SERVER, id_=S1, name="w")]), inventory(booted(), disk(of=S1), tie))
    assert (verdict(j, "v1"), finding(j, "v1").confidence) == (Verdict.ZOMBIE, Confidence.CERTAIN)
    assert "it was made by Nova for server w of the job" in [e.text for e in finding(j, "v1").evidence]
    steps = [s.target.id for s in make_plan(j).steps]
    assert steps.index(S1) < steps.index("v1")


def test_the_disk_of_a_server_that_is_kept_is_kept() -> None:
    kept = replace(RECORDED, keep="skip_destroy")
    tie = live("compute.volume_attachment", f"{S1}/v1", server_id=S1, volume_id="v1")
    plan = make_plan(judge(footprint([kept]), inventory(booted(), disk(of=S1), tie)))
    assert not plan.steps


@pytest.mark.parametrize(
    ("given", "volume"),
    [
        (booted(), disk(of=S1, after=5)),
        (booted(), disk(of=S1, device="/dev/vdb")),
        (booted(), disk(name="mine", of=S1)),
        (booted(), disk(of=S1, description=None)),
        (booted(image={"id": IMAGE}), disk(of=S1)),
        (booted(), disk()),
    ],
    ids=[
        "it is older",
        "it is another disk",
        "it has a name",
        "Nova gives an empty description",
        "it boots from an image",
        "it is in none",
    ],
)
def test_a_volume_that_nova_need_not_have_made_is_nobodys(given: Resource, volume: Resource) -> None:
    j = judge(footprint([claim(SERVER, id_=S1, name="w")]), inventory(given, volume))
    assert verdict(j, "v1") is Verdict.FOREIGN


def test_a_volume_that_the_configuration_names_was_there_already_whatever_the_clocks_say() -> None:
    named = claim(SERVER, id_=S1, name="w", block_device=block(source_type="volume", uuid="v1"))
    j = judge(footprint([named]), inventory(booted(), disk(of=S1)))
    assert verdict(j, "v1") is Verdict.USED


def test_a_blank_disk_bears_the_id_of_its_server_also_when_that_is_gone() -> None:
    blank = disk(name=f"{S1}-blank-vol", bootable="false")
    assert server_of(blank) == Key("compute.server", S1)
    gone = judge(footprint([claim(SERVER, id_=S1, name="w")]), inventory(blank))
    assert (verdict(gone, "v1"), finding(gone, "v1").confidence) == (Verdict.ZOMBIE, Confidence.PROBABLE)
    assert f"it bears the id of what was {SERVER}" in finding(gone, "v1").evidence[0].text
    there = judge(footprint([claim(SERVER, id_=S1, name="w")]), inventory(blank, server(S1, "w", image={"id": IMAGE})))
    assert finding(there, "v1").confidence is Confidence.CERTAIN
    assert verdict(judge(footprint([claim(SERVER, id_=S2, name="w")]), inventory(blank)), "v1") is Verdict.FOREIGN


@pytest.mark.parametrize("name", [f"{S1}-blank-vol2", f"x{S1}-blank-vol", f"{S1.upper()}-blank-vol", f"{S1}-blank-vol\n"])
def test_a_name_that_is_like_novas_is_not_novas(name: str) -> None:
    assert server_of(disk(name=name)) is None


def test_the_disk_of_a_server_that_is_gone_is_circumstance_by_its_image_size_and_time() -> None:
    j = judge(footprint([RECORDED]), inventory(disk()))
    assert (verdict(j, "v1"), finding(j, "v1").confidence) == (Verdict.POSSIBLE, Confidence.POSSIBLE)
    assert f"{SERVER}.block_device[0] may have made it" in finding(j, "v1").evidence[0].text
    assert not j.pending
    assert [s.target.id for s in make_plan(j, options=Options(include_possible=True)).steps] == ["v1"]
    assert not make_plan(j).steps


@pytest.mark.parametrize(
    "other",
    [
        disk(size=11),
        disk(volume_image_metadata={"image_id": "another"}),
        disk(after=5),
        disk(after=9999),
        disk(name="mine"),
        disk(description=None),
        disk(name=f"{S2}-blank-vol"),
    ],
    ids=["size", "image", "before", "long after", "name", "description", "another server's"],
)
def test_what_such_a_disk_cannot_be_is_not_suggested(other: Resource) -> None:
    assert verdict(judge(footprint([RECORDED]), inventory(other)), "v1") is Verdict.FOREIGN


def test_a_disk_that_goes_with_its_server_is_not_looked_for_once_that_is_gone_nor_one_that_is_on_its_host_alone() -> None:
    for given in (block(delete_on_termination=True), block(destination_type="local"), block(source_type="volume")):
        told = claim(SERVER, id_=S1, name="w", block_device=given, created=BORN)
        assert verdict(judge(footprint([told]), inventory(disk())), "v1") is Verdict.FOREIGN


def test_a_server_whose_time_is_not_known_suggests_no_disk() -> None:
    told = claim(SERVER, id_=S1, name="w", block_device=block(), created="yesterday")
    assert verdict(judge(footprint([told]), inventory(disk())), "v1") is Verdict.FOREIGN


def test_more_disks_than_servers_are_told_as_some_of_these() -> None:
    j = judge(footprint([RECORDED]), inventory(disk("v1"), disk("v2")))
    assert [c.reason for c in j.candidates] == ["1 of these 2 volumes"]
    assert not make_plan(j, options=Options(include_possible=True)).steps


def test_a_server_in_flight_may_have_left_its_disk_whatever_that_was_to_go_with() -> None:
    told = flying(SERVER, since=9, name="w", block_device=block(delete_on_termination=True))
    broken = disk(status="error", bootable="false", volume_image_metadata=None)
    assert "volume_image_metadata" in broken.attributes
    unfinished = replace(broken, attributes={k: v for k, v in broken.attributes.items() if k != "volume_image_metadata"})
    j = judge(footprint([told]), inventory(unfinished))
    assert verdict(j, "v1") is Verdict.POSSIBLE
    assert pending(j, f"{SERVER}.block_device[0]").candidates == (Key("block_storage.volume", "v1"),)


def test_a_disk_in_the_server_of_another_create_is_not_this_ones() -> None:
    twin = claim(f"{SERVER}[1]", id_=S2, name="w2")
    tie = live("compute.volume_attachment", f"{S2}/v1", server_id=S2, volume_id="v1")
    told = flying(f"{SERVER}[0]", since=9, name="w", block_device=block())
    j = judge(footprint([told, twin]), inventory(server(S2, "w2", image={"id": IMAGE}), disk(of=S2, device="/dev/vdb"), tie))
    assert verdict(j, "v1") is Verdict.FOREIGN
    assert f"it is in server w2, which is {SERVER}[1]" in pending(j, f"{SERVER}[0].block_device[0]").rejected[0].reason


def test_a_disk_in_a_foreign_server_is_not_suggested() -> None:
    tie = live("compute.volume_attachment", f"{S2}/v1", server_id=S2, volume_id="v1")
    told = flying(SERVER, since=9, name="w", block_device=block())
    world = inventory(server(S2, "other", image={"id": IMAGE}), disk(of=S2, device="/dev/vdb"), tie)
    assert verdict(judge(footprint([told]), world), "v1") is Verdict.FOREIGN


def test_a_disk_that_goes_with_its_server_stays_a_part_of_that() -> None:
    attached = {"os-extended-volumes:volumes_attached": [{"id": "v1", "delete_on_termination": True}]}
    told = claim(SERVER, id_=S1, name="w", block_device=block(delete_on_termination=True), created=BORN)
    j = judge(footprint([told]), inventory(booted(**attached), disk(of=S1)))
    assert verdict(j, "v1") is Verdict.IMPLICIT


def test_an_error_that_names_the_disk_of_a_create_proves_it() -> None:
    told = replace(flying(SERVER, since=9, name="w", block_device=block()), candidates=("v1",), tense=Tense.IN_FLIGHT)
    j = judge(footprint([told]), inventory(disk(status="error")))
    assert finding(j, "v1").confidence is Confidence.PROBABLE


def test_against_a_baseline_the_disk_of_a_server_that_is_gone_is_the_jobs_where_nobody_else_was_at_work() -> None:
    j = judge(footprint([RECORDED]), inventory(disk()), baseline=inventory())
    assert finding(j, "v1").confidence is Confidence.PROBABLE
