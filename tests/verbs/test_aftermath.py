"""What a run leaves for people: exact lines, and only those that help."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import Obedient
from tests.making import PROJECT, claim, footprint, inventory, live
from tests.report.making import uuid
from tfclean.estate.judge import judge
from tfclean.model import (
    Inventory,
    Kept,
    Key,
    Lock,
    Look,
    Outcome,
    OutcomeKind,
    QuotaChange,
    Resource,
    Result,
    Tense,
    Usage,
    Usages,
)
from tfclean.verbs.aftermath import Remembering, changes, conclude, usages

GROUP = live("network.security_group", uuid(1), "job-group")
PORT = live("network.port", uuid(2), "by-hand")
STRANGE = live("network.port", uuid(3), "theirs", owner="q" * 32)
DHCP = live("network.port", uuid(4), "", device_owner="network:dhcp")
ADDRESS = 'openstack_networking_secgroup_v2.g["it\'s $(touch x)"]'


@dataclass
class Told(Obedient):
    """A cloud that counts, and says how often it was asked."""

    counted: list[Usages] = field(default_factory=list)

    def usages(self) -> Usages:
        return self.counted.pop(0)


def blocked(*blockers: Key, **more: Any) -> Result:
    return Result((Outcome(GROUP.key, "job-group", OutcomeKind.BLOCKED, "in use", blockers),), exit_code=1, **more)


def cloud(*resources: Resource) -> Obedient:
    return Obedient(inventory(*resources))


def judged(found: Inventory, *claims: Any, **more: Any) -> Remembering:
    remembering = Remembering(lambda seen: judge(replace(footprint(claims), **more), seen))
    remembering(found)
    return remembering


def test_who_holds_it_is_told_with_the_line_that_deletes_it() -> None:
    (told,) = conclude(blocked(PORT.key), cloud(PORT), before=Usages()).by_hand
    assert told.what == f"port by-hand ({uuid(2)}) of this project holds security group job-group ({uuid(1)}); if nobody needs it"
    assert told.commands == (f"openstack port delete {uuid(2)}",)


def test_what_is_another_projects_gets_no_line() -> None:
    (told,) = conclude(blocked(STRANGE.key), cloud(STRANGE), before=Usages()).by_hand
    assert f"of project {'q' * 32} holds" in told.what
    assert told.commands == ()


def test_what_openstack_made_by_itself_gets_no_line() -> None:
    (told,) = conclude(blocked(DHCP.key), cloud(DHCP), before=Usages()).by_hand
    assert "is not to be deleted by hand" in told.what
    assert told.commands == ()


def test_what_cannot_be_seen_is_for_the_operator() -> None:
    (told,) = conclude(blocked(PORT.key), cloud(), before=Usages()).by_hand
    assert "ask the cloud's operator" in told.what
    assert told.commands == ()


def test_one_who_holds_several_is_told_once() -> None:
    other = Outcome(Key("network.network", uuid(9)), "net", OutcomeKind.BLOCKED, "in use", (PORT.key,))
    (told,) = conclude(replace(blocked(PORT.key), outcomes=(*blocked(PORT.key).outcomes, other)), cloud(PORT), before=Usages()).by_hand
    assert "and 1 more; if" in told.what


def test_steps_that_hold_each_other_are_no_matter_of_others() -> None:
    mine = Outcome(PORT.key, "by-hand", OutcomeKind.FAILED, "error")
    assert conclude(replace(blocked(PORT.key), outcomes=(*blocked(PORT.key).outcomes, mine)), cloud(PORT), before=Usages()).by_hand == ()


def test_what_is_kept_and_holds_it_is_told_with_the_reason() -> None:
    kept = Outcome(PORT.key, "by-hand", OutcomeKind.KEPT, "asked to keep it")
    (told,) = conclude(replace(blocked(PORT.key), outcomes=(*blocked(PORT.key).outcomes, kept)), cloud(PORT), before=Usages()).by_hand
    assert told.what.endswith("and is kept: asked to keep it")
    assert told.commands == ()


def test_what_is_gone_and_still_in_the_state_is_told_quoted_for_a_shell() -> None:
    proof = judged(inventory(), claim(ADDRESS, id_=uuid(1)))
    (told,) = conclude(Result(proven=True), cloud(), before=Usages(), proof=proof).by_hand
    assert told.what == "1 instance is gone and still in the present state (terraform.tfstate)"
    assert [shlex.split(line) for line in told.commands] == [["terraform", "state", "rm", ADDRESS]]
    assert told.instead == "terraform apply -refresh-only"


def test_an_instance_that_is_still_there_is_not_forgotten() -> None:
    proof = judged(inventory(GROUP), claim(ADDRESS, id_=uuid(1)))
    assert conclude(Result(), cloud(GROUP), before=Usages(), proof=proof).by_hand == ()


def test_an_instance_whose_deposed_object_alone_is_gone_is_not_forgotten() -> None:
    current, deposed = claim(ADDRESS, id_=uuid(1)), replace(claim(ADDRESS, Tense.DEPOSED, uuid(5)), deposed="deadbeef")
    proof = judged(inventory(GROUP), current, deposed)
    assert conclude(Result(), cloud(GROUP), before=Usages(), proof=proof).by_hand == ()


def test_what_no_state_names_needs_no_state_rm() -> None:
    proof = judged(inventory(), claim(ADDRESS, Tense.CREATED, uuid(1)))
    assert conclude(Result(), cloud(), before=Usages(), proof=proof).by_hand == ()


def test_a_lock_of_a_backend_is_told_with_its_id_and_one_of_a_local_state_is_not() -> None:
    since = datetime(2026, 11, 22, 12, tzinfo=UTC)
    locks = (Lock("https://state/job", "0f1e-lock; rm", "ci@runner", created=since), Lock(".terraform.tfstate.lock.info", "local"))
    (told,) = conclude(Result(), cloud(), before=Usages(), proof=judged(inventory(), locks=locks)).by_hand
    assert told.what == "https://state/job is locked by ci@runner since 2026-11-22 12:00:00Z; if that run is dead"
    assert told.commands == ("terraform force-unlock '0f1e-lock; rm'",)


def test_a_run_of_opentofu_is_told_in_its_words() -> None:
    lock = Lock("https://state/job", "0f1e")
    proof = judged(inventory(), claim(ADDRESS, id_=uuid(1)), locks=(lock,), engine="tofu")
    locked, gone = conclude(Result(), cloud(), before=Usages(), proof=proof).by_hand
    assert locked.commands == ("tofu force-unlock 0f1e",)
    assert (gone.commands[0].split()[0], gone.instead) == ("tofu", "tofu apply -refresh-only")


def test_what_may_be_the_jobs_is_told_with_the_option_that_takes_it() -> None:
    address = live("network.floating_ip", uuid(6), "10.0.0.6", status="DOWN")
    proof = judged(inventory(address), replace(claim("openstack_networking_floatingip_v2.f", Tense.IN_FLIGHT)))
    left = Result(leftovers=(Kept(address.key, "10.0.0.6", "circumstance", leftover=True),), exit_code=1)
    (told,) = conclude(left, cloud(address), before=Usages(), proof=proof).by_hand
    assert told.what.startswith("1 floating IP may be the job's")
    assert "--include-possible" in told.what


@pytest.mark.parametrize("code", [5, 130])
def test_a_run_that_goes_on_leaves_nothing_to_people(code: int) -> None:
    cut = replace(blocked(PORT.key), exit_code=code)
    asked = Told(inventory(PORT))  # would fail if it were asked
    assert conclude(cut, asked, before=Usages()) == cut


def test_a_blocker_is_told_although_the_cloud_no_longer_lists_its_kind() -> None:
    class Silent(Obedient):
        def look(self, kind: str) -> Look:
            raise tfclean.CloudError("no")

    (told,) = conclude(blocked(PORT.key), Silent(inventory(PORT)), before=Usages()).by_hand
    assert told.commands == ()


def usage(name: str, used: int, limit: int = -1) -> Usage:
    return Usage("compute", name, used, limit)


def test_quotas_that_changed_or_are_nearly_used_up_are_told_and_no_others() -> None:
    before = Usages((usage("servers", 5, 10), usage("ports", 3), usage("routers", 9, 10), usage("trunks", 1, 10)))
    after = Usages((usage("servers", 2, 10), usage("ports", 3), usage("routers", 9, 10), usage("trunks", 1, 10), usage("pools", 0, 0)))
    assert changes(before, after) == (QuotaChange("compute", "servers", 5, 2, 10), QuotaChange("compute", "routers", 9, 9, 10))


def test_a_quota_that_nobody_told_before_is_told_only_when_it_is_nearly_used_up() -> None:
    assert changes(Usages(), Usages((usage("servers", 2, 10), usage("ports", 10, 10)))) == (QuotaChange("compute", "ports", None, 10, 10),)


def test_a_cloud_that_cannot_count_is_no_error() -> None:
    assert usages(cloud()) == Usages()
    assert cloud().project == PROJECT


def test_a_destroy_tells_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    instance = {"schema_version": 0, "attributes": {"id": uuid(1), "name": "job-group"}}
    provider = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'
    resource = {"mode": "managed", "type": "openstack_networking_secgroup_v2", "name": "g", "provider": provider, "instances": [instance]}
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "l", "outputs": {}, "resources": [resource]}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state))
    counting = Told(inventory(GROUP), counted=[Usages((usage("groups", 1),)), Usages((usage("groups", 0),))])
    result = tfclean.destroy(tmp_path, cloud=counting, approve=lambda plan: True)
    assert result.proven
    assert result.by_hand[0].commands == ("terraform state rm openstack_networking_secgroup_v2.g",)
    assert result.quotas == (QuotaChange("compute", "groups", 1, 0),)
