"""The directory of a run: ours alone, its record whole at any moment, and not more of them than are needed."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tfclean.errors import InputError
from tfclean.runs.folder import KEPT, Folder
from tfclean.terraform.runs import Record, parse

NOW = datetime(2026, 11, 23, 0, 10, 22, tzinfo=UTC)


def test_everything_is_for_the_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = Folder(tmp_path, NOW)
        os.close(folder.create("stdout"))
        folder.write(Record(("terraform", "apply"), NOW))
    finally:
        os.umask(before)
    for path in (tmp_path / ".tfclean", tmp_path / ".tfclean/runs", folder.path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in folder.path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert folder.path.name == "20261123T001022Z-1"
    assert Folder(tmp_path, NOW).path.name == "20261123T001022Z-2"


@pytest.mark.parametrize("part", [".tfclean", ".tfclean/runs"])
def test_a_directory_that_is_a_link_or_that_others_can_write_is_not_used(part: str, tmp_path: Path) -> None:
    job, other = tmp_path / "job", tmp_path / "other"
    for path in (job, other):
        path.mkdir()
    (job / part).parent.mkdir(exist_ok=True)
    (job / part).symlink_to(other)
    with pytest.raises(InputError, match="nothing was run"):
        Folder(job, NOW)
    (job / part).unlink()
    (job / part).mkdir()
    (job / part).chmod(0o777)
    with pytest.raises(InputError, match="written by others"):
        Folder(job, NOW)
    assert not list(other.iterdir())


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".tfclean").write_text("")
    with pytest.raises(InputError, match="nothing was run"):
        Folder(tmp_path, NOW)
    with pytest.raises(InputError, match="nothing was run"):
        Folder(tmp_path / "none", NOW)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path, NOW)
    for record in (
        Record(("x",), NOW),
        Record(
            ("tofu", "apply"), NOW, "tofu", "1.12.6", "apply", NOW + timedelta(hours=1), 137, ("SIGTERM",), ("HOME", "OS_CLOUD"), "0.1.0"
        ),
    ):
        folder.write(record)
        assert parse((folder.path / "run.json").read_bytes()) == record


def test_old_runs_that_ended_well_go_and_those_that_did_not_stay(tmp_path: Path) -> None:
    codes = [0, 1, None, *[0] * KEPT]
    folders = []
    for at, code in enumerate(codes):
        folder = Folder(tmp_path, NOW + timedelta(seconds=at))
        folder.write(Record(("terraform", "apply"), NOW, ended=NOW, exit_code=code))
        folders.append(folder)
    (tmp_path / ".tfclean/runs/notes").mkdir()
    folders[-1].tidy()
    assert [folder.path.exists() for folder in folders] == [False, *[True] * (len(codes) - 1)]
    assert (tmp_path / ".tfclean/runs/notes").exists()
