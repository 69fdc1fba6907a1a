"""Events in the caller's own loop: all of them, in order; whoever leaves the loop interrupts the run once."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import Obedient, write_state
from tests.making import inventory, live
from tfclean.errors import Interrupted, Refused
from tfclean.model import Event, Inventory
from tfclean.verbs import load_journal
from tfclean.verbs.loop import Stopping

GROUPS = [f"{n}1111111-1111-4111-8111-111111111111" for n in range(3)]
MANY = [f"{n:08}-1111-4111-8111-111111111111" for n in range(40)]


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the state of a job that made three security groups."""
    monkeypatch.chdir(tmp_path)
    write_state(tmp_path, *GROUPS)
    return tmp_path


def live_groups(groups: list[str] = GROUPS) -> Inventory:
    return inventory(*(live("network.security_group", id_, "group") for id_ in groups))


class Gated(Obedient):
    """A cloud that answers deletions only when the gate is open."""

    def __init__(self, inventory_: Inventory) -> None:
        super().__init__(inventory_)
        self.gate = threading.Event()

    def perform(self, *args: Any) -> Any:
        self.gate.wait(30)
        return super().perform(*args)


def yes(plan: Any) -> bool:
    return bool(plan.steps)


def test_every_event_comes_once_and_for_each_object_in_the_order_of_the_journal(job: Path) -> None:
    told: list[Event] = []
    with tfclean.watching(tfclean.destroy, job, cloud=Obedient(live_groups()), approve=yes, on_event=told.append) as run:
        events = list(run)
    assert events == told
    assert events[-1].type == "finished"
    assert [e.type for e in events].count("gone") == 3
    result = run.result
    assert (result.exit_code, result.proven) == (0, True)
    written = load_journal(result.journal).events
    assert Counter(e for e in map(repr, events) if e in set(map(repr, written))) == Counter(map(repr, written))
    for target in {e.target for e in written}:
        assert [e for e in events if e in written and e.target == target] == [e for e in written if e.target == target]
    assert {e.type for e in events if e not in written} <= {"planned", "started"}


def test_the_result_is_known_after_the_last_event_and_not_before(job: Path) -> None:
    with tfclean.watching(tfclean.destroy, job, cloud=Obedient(live_groups()), approve=yes) as run:
        next(run)
        with pytest.raises(RuntimeError, match="still going on"):
            _ = run.result
        assert run.wait().proven
        assert list(run) == []
        assert run.result.proven
    assert run.result is run.wait()


@pytest.mark.parametrize("way", ["break", "raise", "never looked"])
def test_to_leave_the_loop_early_is_one_interrupt(job: Path, way: str) -> None:
    cloud = Gated(live_groups())
    failure = KeyError("mine")

    def look(run: tfclean.Watched) -> None:
        for event in run:
            if event.type == "intent":
                cloud.gate.set()
                if way == "raise":
                    raise failure
                break

    run = tfclean.watching(tfclean.destroy, job, cloud=cloud, approve=yes)
    with pytest.raises(KeyError) if way == "raise" else nullcontext() as error, run:
        if way == "never looked":
            cloud.gate.set()
        else:
            look(run)
    assert (error.value if error else failure) is failure
    if way == "never looked":
        # It may be that nothing was begun at all.
        try:
            result = run.result
        except Interrupted:
            return
    result = run.result
    if result.exit_code == 130:
        contents = load_journal(result.journal)
        intents = [e.target for e in contents.events if e.type == "intent"]
        answered = [e.target for e in contents.events if e.type == "answered"]
        assert sorted(intents) == sorted(answered)
        again = tfclean.resume(result.journal, cloud=cloud, approve=yes)
        assert again.exit_code == 0
    assert cloud.live.resources == {}


def test_after_an_interrupt_only_what_was_in_flight_ends(job: Path) -> None:
    write_state(job, *MANY)
    cloud = Gated(live_groups(MANY))
    with tfclean.watching(tfclean.destroy, job, cloud=cloud, approve=yes) as run:
        for event in run:
            if event.type == "planned":
                run.interrupt()
                cloud.gate.set()
    assert run.result.exit_code == 130
    # eight calls are made at once, and the first answer may have been taken before the interrupt is looked for
    assert len(cloud.live.resources) >= len(MANY) - 9


def test_what_the_verb_refuses_is_raised_where_the_first_event_would_come(job: Path) -> None:
    with tfclean.watching(tfclean.destroy, job, cloud=Obedient(live_groups())) as run, pytest.raises(Refused):
        next(run)
    assert list(run) == []
    with pytest.raises(Refused):
        _ = run.result


def test_what_the_verb_refuses_is_not_lost_when_nobody_looks(job: Path) -> None:
    begun = threading.Event()

    def approve(plan: Any) -> bool:
        begun.set()
        return False

    with pytest.raises(Refused), tfclean.watching(tfclean.destroy, job, cloud=Obedient(live_groups()), approve=approve):
        begun.wait(30)


def test_the_callers_own_error_comes_first_and_tells_of_the_runs(job: Path) -> None:
    begun = threading.Event()

    def approve(plan: Any) -> bool:
        begun.set()
        return False

    def fail() -> None:
        with tfclean.watching(tfclean.destroy, job, cloud=Obedient(live_groups()), approve=approve):
            begun.wait(30)
            raise KeyError("mine")

    with pytest.raises(KeyError) as error:
        fail()
    assert "the run ended by itself with Refused" in error.value.__notes__[0]


def test_a_saved_plan_and_a_journal_are_watched_the_same(job: Path) -> None:
    cloud = Obedient(live_groups())
    with tfclean.watching(tfclean.apply, tfclean.plan(job, cloud=cloud), cloud=cloud, approve=yes) as run:
        assert [e.type for e in run].count("gone") == 3
    with tfclean.watching(tfclean.resume, run.result.journal, cloud=cloud, approve=yes) as again:
        assert again.wait().exit_code == 0


def test_the_callers_interrupt_still_works(job: Path) -> None:
    given = threading.Event()
    cloud = Gated(live_groups())
    with tfclean.watching(tfclean.destroy, job, cloud=cloud, approve=yes, interrupt=given) as run:
        for event in run:
            if event.type == "planned":
                given.set()
                cloud.gate.set()
    assert run.result.exit_code == 130


def test_the_stronger_of_two_interrupts_counts() -> None:
    class Level:
        level = 2

        def is_set(self) -> bool:
            return True

    given = threading.Event()
    stopping = Stopping(given)
    assert (stopping.level, stopping.is_set()) == (0, False)
    given.set()
    assert (stopping.level, stopping.is_set()) == (1, True)
    assert Stopping(Level()).level == 2
    alone = Stopping(None)
    alone.own = 1
    assert alone.is_set()


def test_a_second_interrupt_while_the_end_is_awaited_stops_at_once(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Gated(live_groups())
    run = tfclean.watching(tfclean.destroy, job, cloud=cloud, approve=yes)
    impatient: list[float | None] = []

    class Impatient(threading.Thread):
        def join(self, timeout: float | None = None) -> None:
            impatient.append(timeout)
            if len(impatient) == 1:
                raise KeyboardInterrupt
            super().join(timeout)

    run._thread.__class__ = Impatient
    with pytest.raises(KeyboardInterrupt), run:
        next(event for event in run if event.type == "intent")
    assert run._stopping.level == 2
    cloud.gate.set()
    threading.Thread.join(run._thread, 30)
    assert run.result.exit_code == 130
