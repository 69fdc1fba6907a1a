"""A plan that was approved is carried out, now or after a kill, and nothing that must stay by now."""

from __future__ import annotations

from pathlib import Path

import pytest

import tfclean
from tests.cli.making import Obedient, write_state
from tests.making import PROJECT, START, inventory, live
from tfclean.cleanup.journal import Journal
from tfclean.errors import InputError
from tfclean.model import Inventory, OutcomeKind, Plan, Result

MINE, THEIRS = (f"{n}1111111-1111-4111-8111-111111111111" for n in range(2))


def groups() -> Inventory:
    return inventory(*(live("network.security_group", id_, "group") for id_ in (MINE, THEIRS)))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """To delete two groups, of which another job has one in its state by now."""
    for name, ids in (("job", (MINE, THEIRS)), ("other", (THEIRS,))):
        (tmp_path / name).mkdir()
        write_state(tmp_path / name, *ids)
    found = tfclean.plan(tmp_path / "job", cloud=Obedient(groups()))
    assert len(found.steps) == 2
    return found


@pytest.fixture
def journal(plan: Plan, tmp_path: Path) -> Path:
    """The journal of a run of that plan that was killed before its first call."""
    with Journal.create(tmp_path, name="killed") as made:
        made.begin(plan, cloud="made", project=PROJECT, user="", region="", now=START)
    return tmp_path / "killed"


def check(cloud: Obedient, result: Result) -> None:
    """Look at the end: the group of the other job is there, and the result says why."""
    assert [key.id for key in cloud.live.resources] == [THEIRS]
    (kept,) = [o for o in result.outcomes if o.outcome is OutcomeKind.KEPT]
    assert kept.target.id == THEIRS
    assert "manages it as openstack_networking_secgroup_v2.g0" in kept.because


@pytest.mark.parametrize("evidence", [(), ("job",)])
def test_what_another_jobs_state_manages_by_now_outlives_a_resumed_plan(journal: Path, evidence: tuple[str, ...]) -> None:
    cloud = Obedient(groups())
    paths = [journal.parent / name for name in evidence]
    # A generator is read once, and asked for twice.
    protect = (journal.parent / name for name in ("other",))
    check(cloud, tfclean.resume(journal, paths, cloud=cloud, protect=protect, approve=lambda _: True))


def test_what_another_jobs_state_manages_by_now_outlives_a_saved_plan(plan: Plan, tmp_path: Path) -> None:
    cloud = Obedient(groups())
    protect = (tmp_path / name for name in ("other",))
    check(cloud, tfclean.apply(plan, cloud=cloud, protect=protect, journal=tmp_path / "journal", approve=lambda _: True))


def test_without_protection_the_whole_plan_goes(journal: Path) -> None:
    cloud = Obedient(groups())
    assert tfclean.resume(journal, cloud=cloud, approve=lambda _: True).exit_code == 0
    assert not cloud.live.resources


def test_a_state_of_others_that_cannot_be_read_stops_everything_before_the_cloud_is_asked(plan: Plan, journal: Path) -> None:
    nowhere = [journal.parent / "nowhere"]
    with pytest.raises(InputError, match="--protect"):
        tfclean.resume(journal, cloud="of no name", protect=nowhere, approve=lambda _: True)
    with pytest.raises(InputError, match="--protect"):
        tfclean.apply(plan, cloud="of no name", protect=nowhere, approve=lambda _: True)
