"""The journal's description against what is written."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cleanup.jobs import whole_job
from tests.cleanup.world import World
from tfclean.cleanup.journal import FORMAT, Journal, read
from tfclean.cleanup.messages import Purpose
from tfclean.cleanup.plan import make_plan
from tfclean.cleanup.resume import undo
from tfclean.cleanup.runner import run
from tfclean.model import Event, OutcomeKind

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (.*) \| (.*) \|$", re.MULTILINE)
EVENTS = {m[1]: frozenset(re.findall(r"`(\w+)`", m[3])) for m in ROW.finditer(TEXT[TEXT.index("## The events") :])}
HEADER = {
    name for row in re.findall(r"^\| (`.*?) \|", TEXT[: TEXT.index("## The events")], re.MULTILINE) for name in re.findall(r"\w+", row)
}


def test_it_describes_the_events_that_there_are() -> None:
    assert set(EVENTS) == set(re.findall(r"``(\w+)``", Event.__doc__ or ""))
    assert f"`{FORMAT}`" in TEXT


def test_it_names_every_purpose() -> None:
    assert {p.value for p in Purpose} <= EVENTS["intent"]


def test_whatever_the_code_notes_is_described() -> None:
    noted = set()
    for path in (ROOT / "tfclean" / "cleanup").glob("*.py"):
        for call in re.finditer(r"(?:\.note|event_of)\(\s*\"(\w+)\"([^\n]*(?:\n[^\n]*call=[^\n]*)?)", path.read_text(encoding="utf-8")):
            names = set(re.findall(r"(\w+)=(?!=)", call[2]))
            noted.add(call[1])
            assert names <= EVENTS[call[1]], (path.name, call[0])
    # The kinds of an end are chosen by the outcome.
    assert noted == set(EVENTS) - {"blocked", "skipped", "failed"}


def test_every_line_of_a_run_and_of_its_way_back_is_described(tmp_path: Path) -> None:
    world = World()
    ids = whole_job(world)
    net, sub = world.network("other", ours=False)
    world.port("stranger", net, sub, groups=(ids["workers"],), ours=False)
    plan = make_plan(world.judge(world.inventory()))
    with Journal.create(tmp_path / "j") as journal:
        run(plan, world, machine=world.machine, journal=journal)
    undo(journal.path, world, machine=world.machine)
    contents = read(journal.path)
    assert {*contents.header, "plan"} == HEADER
    assert {"intent", "answered", "gone", "finished"} <= {e.type for e in contents.events}
    for event in contents.events:
        assert set(event.data) <= EVENTS[event.type], event
        assert event.data.get("outcome", "deleted") in set(OutcomeKind)
