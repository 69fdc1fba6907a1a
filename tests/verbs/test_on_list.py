"""Every verb that lists a project tells who wants to know how far that is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.cli.making import Slow
from tests.recorded import FIXTURES, inventory

JOB = FIXTURES / "killed-middle"


@pytest.mark.parametrize(
    "verb",
    [
        tfclean.inventory,
        lambda **options: tfclean.diff(JOB, **options),
        lambda **options: tfclean.plan(JOB, **options),
        lambda **options: tfclean.adopt((), JOB, every=True, **options),
        lambda **options: tfclean.doctor(JOB, **options),
        tfclean.plan_sweep,
    ],
    ids=["inventory", "diff", "plan", "adopt", "doctor", "plan_sweep"],
)
def test_who_wants_to_know_is_told_before_there_is_anything_to_tell(
    verb: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[tuple[int, int]] = []
    verb(cloud=Slow(inventory("killed-middle")), on_list=lambda done, total: told.append((done, total)))
    assert told == [(0, 0), (1, 2)]
