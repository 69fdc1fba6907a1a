"""A run that is killed at any point whatever, and resumed, comes to the same end as one that is left alone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.exhaustive import some
from tests.worlds.recorded import Life, Stage, stage, twins
from tfclean.errors import JournalError
from tfclean.model import Kept, Key, OutcomeKind, Result

WHOLE, LARGEST = "killed-late", "wide-applied"
"""The largest job that the simulator's services hold all of; and the largest of all, of which something holds a part from outside."""
PAUSES = (0.0, 2.0, 120.0)
"""Virtual seconds between a crash and its resume."""
STEP = 40
"""So many crashes are one, unless all are tried."""

both = pytest.mark.parametrize("scenario", [WHOLE, LARGEST])


@dataclass(frozen=True)
class End:
    """How a run ended that nobody killed: what all others are held against."""

    stage: Stage
    lines: tuple[bytes, ...]
    changes: int
    code: int
    proven: bool
    leftovers: tuple[Kept, ...]
    outcomes: dict[Key, OutcomeKind]
    left: frozenset[tuple[str, str]]


@cache
def undisturbed(scenario: str) -> End:
    with TemporaryDirectory() as folder:
        life = Life(stage(scenario), Path(folder))
        result = life.begin()
        assert result is not None
        left, harm = life.end()
        assert harm == []
        assert twins() <= {key.rpartition("/")[2] for rows in life.world.tables.values() for key in rows}
        return End(life.stage, tuple(life.lines()), life.changes, result.exit_code, result.proven, result.leftovers, outcomes(result), left)


def outcomes(result: Result) -> dict[Key, OutcomeKind]:
    return {o.target: o.outcome for o in result.outcomes}


def check(life: Life, end: End, when: str) -> None:
    """Check that a run that was killed comes to the same end once it is resumed."""
    result = life.resume()
    assert result is not None, when
    left, harm = life.end()
    assert harm == [], when
    assert left == end.left, when
    assert (result.exit_code, result.proven) == (end.code, end.proven), (when, result.message)
    assert {k.target for k in result.leftovers} == {k.target for k in end.leftovers}, when
    assert outcomes(result) == end.outcomes, f"{when}: what an earlier run deleted is told as deleted"
    assert life.unannounced() == Counter(), when


def test_left_alone_the_whole_job_goes_and_of_the_largest_all_but_what_others_hold() -> None:
    whole, largest = undisturbed(WHOLE), undisturbed(LARGEST)
    assert (whole.code, whole.proven, whole.left) == (0, True, frozenset())
    assert (largest.code, largest.proven) == (1, False)
    assert largest.changes > whole.changes > 20


@both
@pytest.mark.parametrize("torn", [False, True])
def test_after_a_crash_behind_any_record_a_resume_ends_it(scenario: str, torn: bool, tmp_path: Path) -> None:
    end = undisturbed(scenario)
    for number in (n + 1 for n in some(len(end.lines) - torn, STEP)):
        life = Life(end.stage, tmp_path)
        assert life.begin(killed_after=number) is None
        assert len(life.lines()) == number
        if torn:
            with life.path.open("ab") as file:
                file.write(end.lines[number][: len(end.lines[number]) // 2])
        life.world.advance(PAUSES[number % len(PAUSES)])
        check(life, end, f"killed after record {number}")


@both
@pytest.mark.parametrize("done", [False, True])
def test_after_a_crash_at_any_call_a_resume_ends_it(scenario: str, done: bool, tmp_path: Path) -> None:
    """Before the call reaches the service, and when it is done and its answer not yet there."""
    end = undisturbed(scenario)
    for number in (n + 1 for n in some(end.changes, STEP)):
        life = Life(end.stage, tmp_path)
        life.dies = lambda at, after, number=number: (at, after) == (number, done)
        assert life.begin() is None
        life.dies = lambda at, after: False
        life.world.advance(PAUSES[number % len(PAUSES)])
        check(life, end, f"killed at call {number}")


@both
def test_a_chain_of_ten_crashes_ends_where_none_would_have(scenario: str, tmp_path: Path) -> None:
    end = undisturbed(scenario)
    for seed in some(60, 30):
        dice = random.Random(seed)
        life = Life(end.stage, tmp_path)
        assert life.begin(killed_after=dice.randint(2, 12)) is None
        for number in range(9):
            life.world.advance(dice.choice(PAUSES))
            assert life.resume(killed_after=dice.randint(1, 12)) is None, f"chain {seed}: not killed by crash {number + 2}"
        check(life, end, f"chain {seed}")


def test_a_run_that_was_killed_while_it_wrote_its_plan_has_changed_nothing_and_a_fresh_one_ends_it(tmp_path: Path) -> None:
    end = undisturbed(WHOLE)
    life = Life(end.stage, tmp_path)
    life.path.write_bytes(end.lines[0][:-9])
    with pytest.raises(JournalError, match="ended before its plan was on disk"):
        life.resume()
    assert life.changes == 0
    life.path.unlink()
    result = life.begin()
    assert result is not None
    assert result.exit_code == 0
