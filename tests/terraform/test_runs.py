"""What `tfclean run` kept: read as evidence, as good as it is, and not at all where the state knows better."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tfclean.errors import NothingToGoOn
from tfclean.model import OWNING, Footprint, GapKind, SourceKind, Tense
from tfclean.terraform.log_lines import moment
from tfclean.terraform.read import read
from tfclean.terraform.runs import Record, document

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime(2026, 11, 23, 0, 10, 22, tzinfo=UTC)
GROUP = "openstack_networking_secgroup_v2"
CREATED = f"{GROUP}.a: Creating...\n{GROUP}.a: Creation complete after 1s [id={{}}]\n"
ONE, TWO = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def stamp(time: datetime) -> str:
    return time.isoformat(timespec="microseconds").replace("+00:00", "Z")


def keep(job: Path, number: int = 1, *, files: Mapping[str, bytes | str] | None = None, **record: Any) -> Path:
    """Lay out a run as `tfclean run` does."""
    folder = job / ".tfclean" / "runs" / f"20261123T00102{number}Z-1"
    folder.mkdir(parents=True)
    given = {"command": ("terraform", "apply"), "started": NOW, "engine": "terraform", "does": "apply"}
    (folder / "run.json").write_text(json.dumps(document(Record(**{**given, **record}))))
    for name, content in (files or {}).items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def state(*ids: str, serial: int = 3, lineage: str = "L") -> str:
    instances = [{"index_key": at, "attributes": {"id": id_, "name": "g"}} for at, id_ in enumerate(ids)]
    provider = 'provider["registry.terraform.io/terraform-provider-openstack/openstack"]'
    resources = [{"mode": "managed", "type": GROUP, "name": "a", "provider": provider, "instances": instances}] if ids else []
    return json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": serial, "lineage": lineage, "resources": resources})


def owned(footprint: Footprint) -> set[str | None]:
    return {claim.id for claim in footprint.claims if claim.tense in OWNING}


def test_a_record_that_lies_in_a_run_is_no_other_run(tmp_path: Path) -> None:
    folder = keep(tmp_path, files={"state.last.tfstate": state(ONE)})
    record = (folder / "run.json").read_bytes()
    for name in ("stdout", "stderr", "plan", "state.before.tfstate"):
        (folder / name).write_bytes(record)
    assert owned(read([tmp_path], environ={})) == {ONE}


@pytest.mark.parametrize("scenario", ["killed-early", "killed-middle", "killed-late", "tofu-killed", "interrupted"])
def test_a_recorded_run_tells_by_its_kept_output_what_it_told_by_its_log(scenario: str, tmp_path: Path) -> None:
    plain, kept = tmp_path / "plain", tmp_path / "kept"
    for job in (plain, kept):
        job.mkdir()
        for name in ("terraform.tfstate", "plan.tfplan"):
            shutil.copy(FIXTURES / scenario / name, job)
    log = (FIXTURES / scenario / "apply.log").read_bytes()
    (plain / "apply.log").write_bytes(log)
    half = log[: len(log) // 2].rfind(b"\n") + 10
    times = f"{stamp(NOW)} stdout {half}\n{stamp(NOW + timedelta(seconds=5))} stdout {len(log)}\n"
    keep(kept, files={"stdout": log, "stderr": b"", "times": times})

    def told(footprint: Footprint) -> set[tuple[str, str | None, str]]:
        return {(claim.address, claim.id, claim.tense.value) for claim in footprint.claims}

    assert told(read([kept], environ={})) == told(read([plain], environ={}))


def test_lines_of_both_streams_have_the_time_at_which_they_were_whole(tmp_path: Path) -> None:
    out = CREATED.format(ONE)
    at = [NOW + timedelta(seconds=n) for n in range(4)]
    begun = len(f"{GROUP}.a: Cre")
    times = f"{stamp(at[1])} stdout {begun}\n{stamp(at[2])} stdout {len(out) - 5}\n{stamp(at[3])} stdout {len(out)}\n"
    keep(tmp_path, files={"stdout": out, "times": times})
    (claim,) = (claim for claim in read([tmp_path], environ={}).claims if claim.tense is Tense.CREATED)
    assert (claim.started, claim.ended) == (at[2], at[3])
    assert claim.source.path.endswith("stdout")


def test_the_record_tells_both_ends_of_a_run_and_a_killed_one_was_alive_until_its_last_sign(tmp_path: Path) -> None:
    ended, killed = tmp_path / "ended", tmp_path / "killed"
    for job in (ended, killed):
        job.mkdir()
        (job / "terraform.tfstate").write_text(state(ONE))
    keep(ended, ended=NOW + timedelta(hours=1), exit_code=1)
    keep(killed, files={"times": f"{stamp(NOW + timedelta(minutes=7))} stdout 0\n2026-11-23T09:00:00Z std"})
    for job, length in ((ended, timedelta(hours=1)), (killed, timedelta(minutes=7))):
        horizon = read([job], environ={}).horizon
        assert horizon is not None
        assert horizon.start == NOW
        assert horizon.end == NOW + length + timedelta(minutes=10)


def test_a_destroy_says_nothing_of_when_objects_were_made(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(ONE))
    (tmp_path / "apply.log").write_text(f"{stamp(NOW)} {GROUP}.b: Creating...\n")
    keep(tmp_path, does="destroy", started=NOW + timedelta(days=3), exit_code=1)
    horizon = read([tmp_path], environ={}).horizon
    assert horizon is not None
    assert horizon.end < NOW + timedelta(days=1)


def test_an_empty_state_has_a_whole_copy_beside_it(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("")
    with pytest.raises(NothingToGoOn):
        read([tmp_path], environ={})
    keep(tmp_path, files={"state.last.tfstate": state(ONE), "state.before.tfstate": state(TWO, serial=1)})
    footprint = read([tmp_path], environ={})
    assert owned(footprint) == {ONE, TWO}
    assert not footprint.complete
    assert GapKind.STATE_LOST in {gap.kind for gap in footprint.gaps}
    assert not any(claim.present for claim in footprint.claims)


def test_what_a_good_run_made_and_its_owner_let_go_of_later_is_no_leftover(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(TWO, serial=9))
    good = {"exit_code": 0, "ended": NOW, "files": {"stdout": CREATED.format(ONE), "state.last.tfstate": state(ONE, TWO)}}
    keep(tmp_path, **good)
    footprint = read([tmp_path], environ={})
    assert owned(footprint) == {TWO}
    assert footprint.horizon is None
    assert not footprint.logged


def test_what_a_good_run_made_is_known_by_its_traces_once_the_state_is_lost(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text("")
    keep(tmp_path, exit_code=0, files={"stdout": CREATED.format(ONE), "state.last.tfstate": state(TWO)})
    assert owned(read([tmp_path], environ={})) == {ONE, TWO}


def test_what_a_good_run_destroyed_stays_destroyed(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(serial=9))
    keep(tmp_path, 1, exit_code=1, files={"stdout": CREATED.format(ONE)})
    assert owned(read([tmp_path], environ={})) == {ONE}
    gone = f"{GROUP}.a: Destroying... [id={ONE}]\n{GROUP}.a: Destruction complete after 1s\n"
    keep(tmp_path, 2, exit_code=0, does="destroy", files={"stdout": gone})
    assert owned(read([tmp_path], environ={})) == set()


def test_a_plan_made_nothing(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(ONE))
    block = f'  + resource "{GROUP}" "b" {{\n      + name = "x"\n    }}\n'
    text = f"Terraform will perform the following actions:\n\n  # {GROUP}.b will be created\n{block}"
    keep(tmp_path, does="plan", files={"stdout": text}, exit_code=1)
    footprint = read([tmp_path], environ={})
    assert {claim.tense for claim in footprint.claims} == {Tense.RECORDED}
    assert footprint.horizon is None


def test_variables_of_the_command_line_are_those_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(ONE))
    (tmp_path / "job.tfvars").write_text('region = "north"\n')
    outside = tmp_path.parent / f"{tmp_path.name}-outside.tfvars"
    outside.write_text('zone = "outside"\n')
    command = (
        "terraform",
        "apply",
        "-var",
        "job=800017",
        "-var=token=(withheld)",
        "-var-file",
        "job.tfvars",
        f"-var-file={outside}",
        "-var-file=none",
    )
    keep(tmp_path, command=command, exit_code=1)
    variables = read([tmp_path], environ={}).variables
    assert {name: variable.value for name, variable in variables.items()} == {"job": "800017", "region": "north"}
    assert all(variable.given for variable in variables.values())


def test_a_plan_that_lay_elsewhere_was_kept_and_is_read(tmp_path: Path) -> None:
    keep(tmp_path, files={"plan": (FIXTURES / "killed-early" / "plan.tfplan").read_bytes()})
    footprint = read([tmp_path], environ={})
    assert {claim.source.kind for claim in footprint.claims} >= {SourceKind.PLAN_FILE}


def test_no_link_is_followed_out_of_a_run(tmp_path: Path) -> None:
    job, outside = tmp_path / "job", tmp_path / "outside"
    job.mkdir()
    outside.mkdir()
    (job / "terraform.tfstate").write_text(state(TWO))
    folder = keep(job)
    for name, content in (("stdout", CREATED.format(ONE)), ("state.last.tfstate", state(ONE))):
        (outside / name).write_text(content)
        (folder / name).symlink_to(outside / name)
    elsewhere = keep(outside, 2, files={"stdout": CREATED.format(ONE)})
    (job / ".tfclean/runs/20261123T001029Z-1").symlink_to(elsewhere)
    assert owned(read([job], environ={})) == {TWO}


@pytest.mark.parametrize(
    "content", ["", "{", '{"tfclean_run": "9.0"}', '{"tfclean_run": "1.0"}', "[]", '{"tfclean_run": "1.0", "started": "soon"}']
)
def test_a_record_that_cannot_be_read_ends_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text(state(ONE))
    (keep(tmp_path) / "run.json").write_text(content)
    assert owned(read([tmp_path], environ={})) == {ONE}


def test_times_that_lie_are_no_worse_than_none(tmp_path: Path) -> None:
    out = CREATED.format(ONE)
    times = f"{stamp(NOW)} stdout 999999999\n{stamp(NOW)} stdin 3\nsoon stdout 4\n{stamp(NOW)} stderr ٣\n{stamp(NOW)} stdout 1\n\x00\n"
    keep(tmp_path, files={"stdout": out, "times": times})
    assert owned(read([tmp_path], environ={})) == {ONE}


def test_a_run_can_be_named_by_its_record(tmp_path: Path) -> None:
    folder = keep(tmp_path, files={"stdout": CREATED.format(ONE)})
    assert owned(read([folder / "run.json"], environ={})) == {ONE}
    assert owned(read([folder], environ={})) == {ONE}
    assert moment(stamp(NOW)) == NOW
