"""Whose words a run's owner uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recorded import FIXTURES
from tfclean.model import Source, SourceKind
from tfclean.terraform.engine import engine
from tfclean.terraform.read import read

TRACES = ("terraform.tfstate", "apply.log", "plan.json", "destroy.log")


def sources(folder: Path) -> list[Source]:
    return [Source(SourceKind.STATE, str(folder / name)) for name in TRACES]


@pytest.mark.parametrize("scenario", ["tofu-killed", "tofu-plain", "tofu-encrypted", "twin-tofu-killed"])
def test_recorded_runs_of_opentofu_are_its_own(scenario: str) -> None:
    assert engine(sources(FIXTURES / scenario)) == "tofu"
    assert read([FIXTURES / scenario], environ={}).engine == "tofu"


@pytest.mark.parametrize("scenario", ["applied", "killed-middle", "errored", "provider-1"])
def test_recorded_runs_of_terraform_are_its_own(scenario: str) -> None:
    assert engine(sources(FIXTURES / scenario)) == "terraform"
    assert read([FIXTURES / scenario], environ={}).engine == "terraform"


def test_a_state_that_is_encrypted_is_of_opentofu() -> None:
    assert engine([Source(SourceKind.STATE, str(FIXTURES / "tofu-encrypted" / "terraform.tfstate"))]) == "tofu"


def test_the_lock_of_the_providers_tells_where_the_state_is_lost(tmp_path: Path) -> None:
    (tmp_path / ".terraform.lock.hcl").write_text('provider "registry.opentofu.org/terraform-provider-openstack/openstack" {}')
    assert engine(sources(tmp_path)) == "tofu"


def test_what_is_no_file_here_says_nothing(tmp_path: Path) -> None:
    assert engine([Source(SourceKind.STATE, "https://state/registry.opentofu.org/"), Source(SourceKind.LOG_TEXT, "-")]) == "terraform"
    assert engine([Source(SourceKind.STATE, str(tmp_path)), Source(SourceKind.STATE, "a\0b")]) == "terraform"
