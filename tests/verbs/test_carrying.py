"""A plan that was approved is carried out, now or after a kill, and nothing that must stay by now."""

from __future__ import annotations

from pathlib import Path

import pytest

import tfclean
from tests.cli.making import Obedient, write_state
from tests.making import PROJECT, START, inventory, live
from tfclean.cleanup.journal import Journal
from tfclean.errors import InputError
from tfclean.model import Inventory, OutcomeKind

MINE, THEIRS = (f"{n}1111111-1111-4111-8111-111111111111" for n in range(2))


def groups() -> Inventory:
    return inventory(*(live("network.security_group", id_, "group") for id_ in (MINE, THEIRS)))


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The journal of a run that was killed before its first call; its plan is to delete two groups."""
    (tmp_path / "job").mkdir()
    write_state(tmp_path / "job", MINE, THEIRS)
    plan = tfclean.plan(tmp_path / "job", inventory=groups())
    assert len(plan.steps) == 2
    with Journal.create(tmp_path, name="killed") as made:
        made.begin(plan, cloud="made", project=PROJECT, user="", region="", now=START)
    return tmp_path / "killed"


@pytest.mark.parametrize("evidence", [(), ("job",)])
def test_what_another_jobs_state_manages_by_now_outlives_a_resumed_plan(journal: Path, evidence: tuple[str, ...]) -> None:
    (journal.parent / "other").mkdir()
    write_state(journal.parent / "other", THEIRS)
    cloud = Obedient(groups())
    paths = [journal.parent / name for name in evidence]
    result = tfclean.resume(journal, paths, cloud=cloud, protect=[journal.parent / "other"], approve=lambda _: True)
    assert [key.id for key in cloud.live.resources] == [THEIRS]
    (kept,) = [o for o in result.outcomes if o.outcome is OutcomeKind.KEPT]
    assert kept.target.id == THEIRS
    assert "manages it as openstack_networking_secgroup_v2.g0" in kept.because


def test_without_protection_the_whole_plan_goes(journal: Path) -> None:
    cloud = Obedient(groups())
    assert tfclean.resume(journal, cloud=cloud, approve=lambda _: True).exit_code == 0
    assert not cloud.live.resources


def test_a_state_of_others_that_cannot_be_read_stops_a_resume_before_any_call(journal: Path) -> None:
    cloud = Obedient(groups())
    with pytest.raises(InputError, match="--protect"):
        tfclean.resume(journal, cloud=cloud, protect=[journal.parent / "nowhere"], approve=lambda _: True)
    assert cloud.calls == []
