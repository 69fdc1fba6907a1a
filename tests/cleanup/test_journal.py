"""The journal on disk."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cleanup.jobs import whole_job
from tests.cleanup.world import World
from tfclean.cleanup.journal import FORMAT, Journal, read, read_events
from tfclean.cleanup.plan import make_plan
from tfclean.errors import JournalError, Refused
from tfclean.model import Event, Key, Plan

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVENT = Event("intent", NOW, Key("network.port", "1"), {"call": 1, "purpose": "go"})


@pytest.fixture
def plan() -> Plan:
    world = World()
    whole_job(world)
    return make_plan(world.judge(world.inventory()))


def written(folder: Path, plan: Plan) -> Path:
    with Journal.create(folder) as journal:
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
        journal.commit(EVENT)
        journal.write(Event("finished", NOW))
        return journal.path


def test_what_was_written_is_read(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    assert Journal.open(path) == (plan, (EVENT, Event("finished", NOW)))
    assert read(path).header["project"] == "p"
    assert len(read_events(path)) == 2


def test_directory_and_file_are_for_their_owner_alone(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_intent_is_on_disk_when_commit_returns(tmp_path: Path, plan: Plan) -> None:
    with Journal.create(tmp_path / "j") as journal:
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
        journal.commit(EVENT)
        assert read_events(journal.path) == (EVENT,)


def test_many_threads_commit_at_once(tmp_path: Path, plan: Plan) -> None:
    with Journal.create(tmp_path / "j") as journal:
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
        threads = [threading.Thread(target=lambda: [journal.commit(EVENT) for _ in range(10)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert read_events(journal.path) == (EVENT,) * 80


def test_a_torn_last_line_is_left_out_and_cut_off_when_resumed(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"type":"int')
    assert len(read_events(path)) == 2
    with Journal.resume(path) as journal:
        journal.commit(EVENT)
    assert len(read_events(path)) == 3


def test_every_cut_of_a_journal_is_readable_or_no_journal(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    whole = path.read_bytes()
    head = whole.index(b"\n") + 1
    for cut in (0, 1, head - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(JournalError):
            read(path)
    for cut in range(head, len(whole) + 1, 7):
        path.write_bytes(whole[:cut])
        assert read(path).plan == plan


@pytest.mark.parametrize("content", [b"hello\n", b"{}\n", b"[]\n", b"\x00\xff\n", b'{"type":"header","format":"tfclean-journal/9"}\n'])
def test_a_foreign_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    for reading in (read, Journal.resume):
        with pytest.raises(JournalError):
            reading(path)


def test_a_damaged_line_in_the_middle_is_told_with_its_number(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    lines = path.read_bytes().split(b"\n")
    for damage in (b"garbage", b'{"type":"intent"}'):
        path.write_bytes(b"\n".join([lines[0], damage, *lines[1:]]))
        with pytest.raises(JournalError, match="line 2"):
            read(path)


def test_a_changed_plan_in_a_journal_is_refused(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    path.write_bytes(path.read_bytes().replace(b'"action":"detach"', b'"action":"delete"'))
    with pytest.raises(JournalError, match="digest"):
        read(path)


def test_a_journal_in_use_can_be_read_and_not_resumed(tmp_path: Path, plan: Plan) -> None:
    with Journal.create(tmp_path / "j") as journal:
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
        assert read_events(journal.path) == ()
        with pytest.raises(Refused, match="in use"):
            Journal.resume(journal.path)


def test_symbolic_links_are_not_followed(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    (tmp_path / "file").symlink_to(path)
    (tmp_path / "folder").symlink_to(path.parent)
    with pytest.raises(JournalError, match="symbolic"):
        Journal.resume(tmp_path / "file")
    with pytest.raises(JournalError, match="symbolic"):
        Journal.create(tmp_path / "folder")


def test_a_directory_that_others_can_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "j"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(JournalError, match="others"):
        Journal.create(folder)


def test_no_journal_is_overwritten(tmp_path: Path, plan: Plan) -> None:
    first, second = (Journal.create(tmp_path / "j", now=NOW) for _ in range(2))
    assert first.path != second.path
    for journal in (first, second):
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
        journal.close()
    with pytest.raises(JournalError, match="exists"):
        Journal.create(tmp_path / "j", name=first.path.name)


def test_a_run_that_was_refused_leaves_no_journal_behind(tmp_path: Path) -> None:
    with Journal.create(tmp_path, name="mine") as journal:
        assert journal.path.exists()
    assert not journal.path.exists()
    Journal.create(tmp_path, name="mine").close()


def test_a_journal_of_another_version_says_whose_it_is(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    path.write_bytes(path.read_bytes().replace(FORMAT.encode(), b"tfclean-journal/9", 1))
    with pytest.raises(JournalError, match=r"another tfclean .*tfclean-journal/9"):
        read(path)


def test_of_a_version_without_end_a_message_quotes_the_beginning(tmp_path: Path, plan: Plan) -> None:
    path = written(tmp_path / "j", plan)
    path.write_bytes(path.read_bytes().replace(FORMAT.encode(), b"tfclean-journal/" + b"9" * 9000, 1))
    with pytest.raises(JournalError, match=r"format tfclean-journal/9{24}\.\.\., this one") as caught:
        read(path)
    assert len(str(caught.value)) < 300 + len(str(path))


def test_a_disk_that_is_full_is_told(tmp_path: Path, plan: Plan) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    journal = Journal(tmp_path / "x", os.open("/dev/full", os.O_WRONLY), None)
    with pytest.raises(JournalError, match="No space left"):
        journal.begin(plan, cloud="c", project="p", user="u", region="r", now=NOW)
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.write(EVENT)


def test_what_is_no_file_is_no_journal(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", Path("/dev/null")):
        with pytest.raises(JournalError):
            read(path)
