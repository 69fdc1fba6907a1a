"""A journal that cannot be written: no call without its intent on disk, and nothing is started after that."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from tests.cleanup.jobs import twin, whole_job
from tests.cleanup.test_runner import Slow, destroy
from tests.cleanup.test_undo import back, untied
from tests.cleanup.world import World
from tfclean.cleanup import journal as module
from tfclean.cleanup.documents import plan_document
from tfclean.cleanup.journal import Journal, read_events
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import resume
from tfclean.errors import JournalError


class Full(Journal):
    """A journal on a disk that is full after so many times of making sure that what was written is there."""

    room = 0

    def _sync(self) -> None:
        type(self).room -= 1
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super()._sync()


def committed(path: Path) -> int:
    return sum(e.type == "intent" for e in read_events(path))


def test_a_disk_that_is_full_from_the_beginning_means_that_nothing_is_called(tmp_path: Path) -> None:
    world = World()
    whole_job(world)
    Full.room = 0
    with Full.create(tmp_path) as journal, pytest.raises(JournalError, match=r"No space left on device; nothing was started") as raised:
        destroy(world, journal=journal)
    assert raised.value.exit_code == 2
    assert world.requests == []


@pytest.mark.parametrize("room", [1, 2, 3, 5, 8, 13])
def test_a_disk_that_gets_full_starts_nothing_more_and_the_run_is_resumed_when_there_is_room(tmp_path: Path, room: int) -> None:
    world = World()
    whole_job(world)
    twin(world)
    Full.room = room
    with Full.create(tmp_path) as journal:
        with pytest.raises(JournalError, match=r"nothing more was started; make room.*tfclean resume"):
            destroy(world, journal=journal)
        done = len(world.requests)
        assert done == room - 1, "each call had its intent on disk before"
        world.machine.time += 60
        assert len(world.requests) == done
    assert committed(journal.path) >= done
    result = resume(journal.path, world, proof=world.judge, machine=world.machine)
    assert (result.exit_code, world.left(), world.refused()) == (0, set(), [])


def test_with_real_threads_too_no_call_is_made_without_its_intent(tmp_path: Path) -> None:
    world = Slow()
    whole_job(world)
    Full.room = 4
    with Full.create(tmp_path / "j") as journal, pytest.raises(JournalError):
        destroy(world, journal=journal, proof_pause=0.01)
    assert len(world.requests) <= committed(journal.path)


def test_a_line_that_was_half_written_when_the_disk_got_full_is_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    whole_job(world)
    write, left = module._write, [0]

    def until_full(descriptor: int, data: bytes) -> None:
        part = data[: max(left[0], 0)]
        write(descriptor, part)
        left[0] -= len(data)
        if len(part) < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")

    with Journal.create(tmp_path) as journal:
        monkeypatch.setattr(module, "_write", until_full)
        left[0] = len(json.dumps(plan_document(make_plan(world.judge(world.inventory()))), separators=(",", ":"))) + 2500
        with pytest.raises(JournalError):
            destroy(world, journal=journal)
    monkeypatch.undo()
    assert not journal.path.read_bytes().endswith(b"\n")
    assert len(world.requests) <= committed(journal.path)
    assert resume(journal.path, world, proof=world.judge, machine=world.machine).exit_code == 0


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), ValueError("odd")])
def test_going_back_makes_no_call_without_its_intent_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    world = World()
    _, path = untied(world, tmp_path)
    room = [1]

    def full(_: Journal) -> None:
        room[0] -= 1
        if room[0] < 0:
            raise error

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "_sync", full)
        with pytest.raises(JournalError, match="cannot be written"):
            back(world, path)
    assert len(world.requests) == 1
    assert back(world, path).exit_code == 0
