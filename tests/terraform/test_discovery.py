"""What a working directory is looked through for, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tfclean.errors import InputError
from tfclean.terraform.discovery import Found, discover

STATE = json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "L", "resources": []})
LOG = "openstack_networking_port_v2.a: Creating...\n"


def make(directory: Path, **files: str) -> None:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(found: Found, directory: Path) -> set[str]:
    return {str(path.relative_to(directory)) for path in found.evidence}


def pointer(kind: str, **config: Any) -> str:
    return json.dumps({"version": 3, "backend": {"type": kind, "config": config}})


def test_everything_that_terraform_leaves_is_found(tmp_path: Path) -> None:
    files = {
        "terraform.tfstate": STATE,
        "terraform.tfstate.backup": STATE,
        "terraform.tfstate.1700000000.backup": STATE,
        "errored.tfstate": STATE,
        ".terraform.tfstate.lock.info": "{}",
        "apply.log": LOG,
        "job.txt": LOG,
        "plan.json": "{}",
    }
    make(tmp_path, **files)
    (tmp_path / "tfplan").write_bytes(b"PK\x03\x04....tfplan")
    found = discover(tmp_path, {})
    assert names(found, tmp_path) == {*files, "tfplan"}
    assert {path.name for path in found.older} == {"terraform.tfstate.backup", "terraform.tfstate.1700000000.backup"}


def test_configuration_and_texts_that_quote_logs_are_left_alone(tmp_path: Path) -> None:
    make(
        tmp_path,
        **{
            "main.tf": 'resource "a" "b" {}',
            "x.tfvars": "a = 1",
            "README.md": LOG,
            "notes.txt": "hello",
            "run.sh": LOG,
            ".hidden.log": LOG,
        },
    )
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "other.zip").write_bytes(b"PK\x03\x04 something else")
    found = discover(tmp_path, {})
    assert (found.evidence, found.gaps) == ((), ())


def test_states_of_other_names_are_left_out_and_mentioned(tmp_path: Path) -> None:
    make(tmp_path, **{"terraform.tfstate": STATE, "twin.tfstate": STATE})
    found = discover(tmp_path, {})
    assert names(found, tmp_path) == {"terraform.tfstate"}
    assert [Path(gap.subject).name for gap in found.gaps] == ["twin.tfstate"]


@pytest.mark.parametrize("how", ["environment", "variable"])
def test_the_state_of_the_selected_workspace_is_the_present_one(tmp_path: Path, how: str) -> None:
    make(
        tmp_path,
        **{
            "terraform.tfstate": STATE,
            "terraform.tfstate.d/ci/terraform.tfstate": STATE,
            "terraform.tfstate.d/dev/terraform.tfstate": STATE,
        },
    )
    make(tmp_path, **({".terraform/environment": "ci"} if how == "environment" else {".terraform/environment": "dev"}))
    found = discover(tmp_path, {} if how == "environment" else {"TF_WORKSPACE": "ci"})
    assert [str(path.relative_to(tmp_path)) for path in found.states] == ["terraform.tfstate.d/ci/terraform.tfstate"]
    assert {str(Path(gap.subject).relative_to(tmp_path)) for gap in found.gaps} == {
        "terraform.tfstate",
        "terraform.tfstate.d/dev/terraform.tfstate",
    }


def test_a_workspace_name_leads_nowhere_else(tmp_path: Path) -> None:
    make(tmp_path, **{"job/terraform.tfstate": STATE, "secret/terraform.tfstate": STATE, "job/.terraform/environment": "../../secret"})
    found = discover(tmp_path / "job", {})
    assert [path.name for path in found.states] == ["terraform.tfstate"]
    assert found.states[0].parent == tmp_path / "job"


def test_a_local_backend_says_where_the_state_is(tmp_path: Path) -> None:
    make(
        tmp_path,
        **{
            ".terraform/terraform.tfstate": pointer("local", path="deep/x.tfstate"),
            "deep/x.tfstate": STATE,
            "deep/x.tfstate.backup": STATE,
        },
    )
    found = discover(tmp_path, {})
    assert names(found, tmp_path) == {"deep/x.tfstate", "deep/x.tfstate.backup"}
    assert found.gaps == ()


def test_behind_a_remote_backend_a_local_state_is_what_a_move_left(tmp_path: Path) -> None:
    make(tmp_path, **{".terraform/terraform.tfstate": pointer("http", address="http://h/s"), "terraform.tfstate": STATE})
    found = discover(tmp_path, {})
    assert found.states == ()
    assert {path.name for path in found.older} == {"terraform.tfstate"}
    assert found.backend is not None
    assert (found.backend.where, found.gaps) == ("http://h/s", ())


def test_another_data_directory_is_followed(tmp_path: Path) -> None:
    make(tmp_path, **{"data/environment": "ci", "job/terraform.tfstate.d/ci/terraform.tfstate": STATE})
    found = discover(tmp_path / "job", {"TF_DATA_DIR": str(tmp_path / "data")})
    assert len(found.states) == 1


def test_links_out_of_the_directory_are_not_followed(tmp_path: Path) -> None:
    make(tmp_path, **{"outside/terraform.tfstate": STATE, "outside/a.log": LOG, "job/inside.log": LOG})
    for name in ("terraform.tfstate", "a.log"):
        (tmp_path / "job" / name).symlink_to(tmp_path / "outside" / name)
    (tmp_path / "job" / "terraform.tfstate.d").symlink_to(tmp_path / "outside")
    (tmp_path / "job" / "loop.log").symlink_to(tmp_path / "job" / "loop.log")
    assert names(discover(tmp_path / "job", {}), tmp_path / "job") == {"inside.log"}


def test_nothing_below_the_directory_is_looked_into(tmp_path: Path) -> None:
    make(tmp_path, **{"sub/terraform.tfstate": STATE, "sub/a.log": LOG})
    assert discover(tmp_path, {}).evidence == ()


def test_a_directory_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        discover(tmp_path / "none", {})
