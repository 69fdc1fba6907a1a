"""Locks: the note is read, the lock itself is asked for and never taken."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tfclean.terraform import locks

FIXTURES = Path(__file__).parents[2] / "fixtures"

HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_recorded_remote_lock_tells_who_since_when_and_is_not_known_to_be_held() -> None:
    reading = locks.read((FIXTURES / "http-killed" / "lock.json").read_bytes(), "lock.json")
    (lock,) = reading.locks
    created = datetime(2026, 11, 23, 0, 10, 22, 46677, UTC)
    assert (lock.id, lock.who, lock.operation, lock.held) == (
        "4986e94d-4b26-eacd-ed7e-c3a0dd1a724d",
        "root@vm",
        "OperationTypeApply",
        False,
    )
    assert (lock.created, reading.first, reading.last) == (created, created, created)


def test_a_lock_is_held_exactly_as_long_as_its_process_lives(tmp_path: Path) -> None:
    state = tmp_path / "terraform.tfstate"
    state.touch()
    note = locks.lock_of(state)
    note.write_text(json.dumps({"ID": "1", "Who": "me@here", "Created": "2026-11-23T00:00:00Z"}))
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert locks.read(note.read_bytes(), str(note)).locks[0].held
        assert locks.held(state)
        holder.communicate(b"")
    assert not locks.read(note.read_bytes(), str(note)).locks[0].held


def test_a_state_that_is_not_there_is_held_by_nobody(tmp_path: Path) -> None:
    assert not locks.held(tmp_path / "none")


def test_a_lock_file_belongs_to_the_state_of_its_name() -> None:
    state = Path("d/terraform.tfstate")
    assert locks.lock_of(state) == Path("d/.terraform.tfstate.lock.info")
    assert locks.state_of(locks.lock_of(state)) == state
    assert locks.state_of(Path("lock.json")) is None


def test_a_note_that_was_cut_off_is_a_gap() -> None:
    for data in (b"", b'{"ID": "1', b"[]", b"{}"):
        reading = locks.read(data, "x")
        assert (len(reading.gaps), reading.locks) == (1, ())
