"""Recorded answers: the folder ``recorded``, one file per file of stories, one line per call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from tests.conformance.places import Place
from tests.conformance.stories import STORIES
from tests.conformance.telling import Record, told

FOLDER = Path(__file__).parent / "recorded"
Open = Callable[[], AbstractContextManager[Place]]


def listen(name: str, place: Open, only: str = "") -> dict[str, list[Record]]:
    """Tell the stories of one file to a cloud.

    Args:
        name: of the file.
        place: gives a fresh place for each story.
        only: one story alone.
    """
    out: dict[str, list[Record]] = {}
    for title, story in STORIES[name].items():
        if only in ("", title):
            with place() as here:
                out[title] = told(story, here)
    return out


def recorded(name: str) -> dict[str, list[Record]]:
    """Give what the lab answered when it was recorded."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text()))


def record(name: str, found: Mapping[str, Sequence[Record]]) -> None:
    """Keep what the lab answered."""
    stories = []
    for title, records in found.items():
        lines = ",\n".join(f"  {json.dumps(r, sort_keys=True)}" for r in records)
        stories.append(f" {json.dumps(title)}: [\n{lines}\n ]")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(stories) + "\n}\n")
