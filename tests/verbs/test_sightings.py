"""The file of first looks: ours, whole, for one project, and never guessed at."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estate.sweeping import job, project
from tests.exhaustive import examples
from tests.making import START, live
from tfclean.errors import InputError, Refused
from tfclean.model import Inventory, Key
from tfclean.verbs.sightings import Sightings, look

GROUP = Key("compute.server_group", "g")
LATER = START + timedelta(hours=5)


def lone(**changes: Any) -> Inventory:
    return project(live("compute.server_group", "g", "g"), *job("a"), **changes)


def test_what_has_no_date_is_dated_by_the_first_look_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "new" / "seen.json"
    assert look(path, lone(), START).first == {GROUP: START}
    assert look(path, lone(), LATER).first == {GROUP: START}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_changed_or_was_used_since_is_seen_for_the_first_time_again(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    used = project(live("compute.server_group", "g", "g", members=["a-server"]), *job("a"))
    assert look(path, used, LATER).first == {GROUP: LATER}
    assert look(path, lone(), LATER + timedelta(hours=1)).first == {GROUP: LATER + timedelta(hours=1)}


def test_what_is_gone_is_forgotten_and_what_could_not_be_listed_is_not(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    unlisted = project(listed=frozenset({"network.network"}))
    assert look(path, unlisted, LATER).first == {}
    assert look(path, lone(), LATER).first == {GROUP: START}
    look(path, project(), LATER)
    assert look(path, lone(), LATER).first == {GROUP: LATER}


def test_what_an_earlier_look_did_not_see_is_known_to_be_newer_than_that_look(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    assert look(path, project(), START) == Sightings()
    assert look(path, lone(), LATER) == Sightings({GROUP: LATER}, {GROUP: START})
    # That something changes makes it no newer.
    used = project(live("compute.server_group", "g", "g", members=["a-server"]), *job("a"))
    last = LATER + timedelta(hours=1)
    assert look(path, used, last) == Sightings({GROUP: last}, {GROUP: START})


def test_what_the_first_look_saw_or_no_look_could_list_is_not_known_to_be_new(tmp_path: Path) -> None:
    assert look(tmp_path / "a", lone(), START).absent == {}
    look(tmp_path / "b", project(listed=frozenset({"network.network"})), START)
    assert look(tmp_path / "b", lone(), LATER).absent == {}


def test_a_look_from_the_future_is_one_of_now(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), LATER)
    assert look(path, lone(), START).first == {GROUP: START}
    more = project(live("compute.server_group", "h", "h"))
    assert look(path, more, START - timedelta(hours=1)).absent == {Key("compute.server_group", "h"): START - timedelta(hours=1)}


@pytest.mark.parametrize("changes", [{"project": "q"}, {"cloud": "q"}, {"region": "q"}, {"user": "q"}])
def test_a_file_is_for_one_place(changes: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    before = path.read_bytes()
    with pytest.raises(InputError, match="and this is q"):
        look(path, lone(**changes), LATER)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "{}", "null", '{"document": "plan"}', '{"document": "sightings", "format_version": "2.0"}', "\x00", "[" * 100_000],
)
def test_what_is_not_ours_is_refused_and_left_as_it_is(text: str, tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        look(path, lone(), START)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert path.read_text() == text


def test_every_torn_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    whole = path.read_bytes()
    for length in range(1, len(whole) - 2):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            look(path, lone(), LATER)


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_damaged_file_never_makes_anything_older(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.json"
    path.unlink(missing_ok=True)
    look(path, lone(), START)
    document = json.loads(path.read_text())
    row = document["seen"][0]
    field = data.draw(st.sampled_from(["kind", "id", "mark", "time"]))
    if data.draw(st.booleans()):
        document["looks"] = data.draw(st.sampled_from([None, [], "x", {"compute.server_group": None}, {"compute.server_group": "x"}]))
    row[field] = data.draw(st.one_of(st.none(), st.integers(), st.text(max_size=30), st.just("2020-01-01T00:00:00")))
    path.write_text(json.dumps(document))
    try:
        found = look(path, lone(), LATER)
    except InputError:
        return
    assert found.first == {GROUP: LATER}


def test_a_link_a_pipe_and_a_directory_are_no_files_of_ours(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    for name in ("link", "pipe", "directory"):
        with pytest.raises(InputError):
            look(tmp_path / name, lone(), START)


def test_while_another_sweep_uses_it_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another sweep"):
            look(path, lone(), LATER)
    assert look(path, lone(), LATER).first == {GROUP: START}


def test_two_sweeps_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    others = [project(*(live("compute.server_group", f"g{n}-{i}", "g") for i in range(200))) for n in range(2)]
    failed: list[Exception] = []

    def often(found: Inventory) -> None:
        for _ in range(10):
            try:
                look(path, found, LATER)
            except Refused:
                continue
            except Exception as error:  # noqa: BLE001 - any other is the failure
                failed.append(error)

    threads = [threading.Thread(target=often, args=(found,)) for found in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(look(path, replace(others[0]), LATER).first) == set(others[0].resources)
    assert [p.name for p in tmp_path.iterdir()] == ["seen.json"]


def test_a_file_that_cannot_be_replaced_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "seen.json"
    look(path, lone(), START)
    before = path.read_bytes()

    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        look(path, project(), LATER)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["seen.json"]
