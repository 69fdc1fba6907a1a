"""Copies of a state: whole ones, the last and that of before."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tfclean.runs import copies
from tfclean.runs.copies import Copies
from tfclean.runs.folder import Folder

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def state(serial: int) -> bytes:
    return json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": serial, "lineage": "L", "resources": []}).encode()


def serials(folder: Folder) -> dict[str, int]:
    return {path.name: json.loads(path.read_bytes())["serial"] for path in folder.path.glob("*.tfstate")}


class Watching:
    """A state that is watched, however often it is looked at."""

    def __init__(self, tmp_path: Path, *, before: bytes | None = None) -> None:
        self.state = tmp_path / "terraform.tfstate"
        if before is not None:
            self.state.write_bytes(before)
        self.folder = Folder(tmp_path, NOW)
        self.copies = Copies(self.folder, [self.state, tmp_path / "errored.tfstate"])
        self.copies.begin()

    def write(self, data: bytes) -> None:
        self.state.write_bytes(data)
        self.copies._next = 0.0
        self.copies.look()


def test_a_state_that_is_emptied_or_torn_leaves_the_last_whole_copy(tmp_path: Path) -> None:
    watching = Watching(tmp_path, before=state(1))
    watching.write(state(2))
    watching.write(state(3)[:-20])
    watching.write(b"")
    watching.copies.end(well=False)
    assert serials(watching.folder) == {"state.before.tfstate": 1, "state.last.tfstate": 2}


def test_a_state_that_was_not_there_before_is_copied_as_soon_as_it_is(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    assert serials(watching.folder) == {}
    watching.write(b"")
    watching.write(state(1))
    assert serials(watching.folder) == {"state.last.tfstate": 1}


def test_a_run_that_changed_nothing_keeps_what_was_before(tmp_path: Path) -> None:
    watching = Watching(tmp_path, before=state(1))
    watching.copies.end(well=True)
    assert serials(watching.folder) == {"state.before.tfstate": 1}


def test_after_a_good_end_one_copy_is_enough(tmp_path: Path) -> None:
    watching = Watching(tmp_path, before=state(1))
    watching.state.write_bytes(state(5))
    watching.copies.end(well=True)
    assert serials(watching.folder) == {"state.last.tfstate": 5}


def test_an_errored_state_is_copied_too(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    (tmp_path / "errored.tfstate").write_bytes(state(7))
    watching.copies.end(well=False)
    assert serials(watching.folder) == {"state-1.last.tfstate": 7}


def test_looks_are_not_taken_more_often_than_a_copy_is_worth(tmp_path: Path) -> None:
    watching = Watching(tmp_path)
    watching.copies.look()
    watching.state.write_bytes(state(1))
    watching.copies.look()
    assert serials(watching.folder) == {}
    assert watching.copies._next > 0
    assert copies.EVERY > 0
