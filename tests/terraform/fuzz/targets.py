"""Bytes in, every reader tried on them; anything but an answer or an error of ours is a finding."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from tests.terraform.fuzz.corpus import RUN, groups
from tests.terraform.fuzz.mutate import broken
from tfclean.errors import TfcleanError
from tfclean.model import Footprint, SourceKind
from tfclean.terraform import locks, log_json, log_text, plan_file, plan_json, pointer, runs, state, state_json, variables
from tfclean.terraform.backends.fetch import Answer
from tfclean.terraform.read import read
from tfclean.terraform.reading import Reading
from tfclean.terraform.recognise import recognise
from tfclean.terraform.unite import unite
from tfclean.verbs.files import load_inventory, load_journal, load_plan

HANGS = 120
"""Seconds for one file of some hundred kilobytes: so long that no slow machine reaches them."""

ALONE: Mapping[str, Callable[[bytes], object]] = {
    "recognise": recognise,
    "state": lambda data: state.read(data, "x.tfstate"),
    "state_json": lambda data: state_json.read(data, "x.json"),
    "plan_json": lambda data: plan_json.read(data, "x.json"),
    "plan_file": lambda data: plan_file.read(data, "x.tfplan"),
    "pointer": lambda data: pointer.read(data, "x"),
    "locks": lambda data: locks.read(data, "x"),
    "log_json": lambda data: log_json.read(io.BytesIO(data), "x.log"),
    "log_text": lambda data: log_text.read(io.BytesIO(data), "x.log"),
}
"""Readers of one form, tried on every file, for a wrong guess of its form must do no harm either."""


def _read(path: Path, answer: bytes = b"") -> Footprint:
    """Read without the network, and without programs."""
    return read([path], environ={"PATH": ""}, fetch=lambda _: Answer(200 if answer else 404, answer))


def _pointed_at(path: Path) -> Footprint:
    """Read a directory whose backend pointer the file is, and whose backend holds it."""
    place = path.parent / "pointed" / ".terraform" / "terraform.tfstate"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(path.read_bytes())
    try:
        return _read(place.parents[1], path.read_bytes())
    finally:
        shutil.rmtree(place.parents[1])


def _kept(path: Path) -> Footprint:
    """Read a run whose output, and whose times, the file is."""
    place = path.parent / "kept"
    place.mkdir()
    (place / runs.RECORD).write_text(json.dumps(runs.document(RUN)))
    for name in (runs.STREAMS[0], runs.TIMES):
        (place / name).write_bytes(path.read_bytes())
    try:
        return _read(place / runs.RECORD)
    finally:
        shutil.rmtree(place)


FILES: Mapping[str, Callable[[Path], object]] = {
    "named": _read,
    "directory": lambda path: _read(path.parent),
    "backend": _pointed_at,
    "kept": _kept,
    "variables": variables.from_file,
    "inventory": load_inventory,
    "plan": load_plan,
    "journal": load_journal,
}

_PLAIN = re.compile(r"[a-z0-9-]+")


class Hang(BaseException):
    """A reader takes longer than any file can need; not caught by what catches exceptions."""


@dataclass(frozen=True, slots=True)
class Case:
    """One broken file.

    Attributes:
        name: the file that was broken.
        data: its content.
    """

    name: str
    data: bytes


def case(seed: int, only: str = "") -> Case:
    """Give the broken file of that number.

    Args:
        seed: the number.
        only: how the names of the files end that are to be broken.
    """
    chance = random.Random(seed)
    name, data = chance.choice(chance.choice([group for group in groups() if group[0][0].endswith(only)]))
    return Case(name, broken(data, chance))


def attempt(tried: Case, folder: Path) -> None:
    """Try every reader on a file.

    Args:
        tried: the file.
        folder: an empty directory, which is empty again afterwards.

    Raises:
        AssertionError: an answer breaks its promise.
        Exception: whatever a reader lets through.
        Hang: a reader does not end.
    """
    for call in ALONE.values():
        with _ending():
            answer = call(tried.data)
        for reading in answer if isinstance(answer, tuple) else [answer]:
            if isinstance(reading, Reading):
                _sound(reading)
                _found_in(tried.data, reading)
                _sound(unite([reading]))
    path = folder / tried.name.rpartition("/")[2].removesuffix(".pointer")
    path.write_bytes(tried.data)
    try:
        for use in FILES.values():
            with _ending():
                try:
                    answer = use(path)
                except TfcleanError as error:
                    _one_sentence(str(error))
                else:
                    if isinstance(answer, Footprint):
                        _sound(answer)
    finally:
        path.unlink()


def _sound(told: Reading | Footprint) -> None:
    for gap in told.gaps:
        _one_sentence(gap.reason)
    for claim in told.claims:
        assert claim.address, claim
        assert claim.type, claim
        assert claim.id != "", claim
        # whatever is told can be written
        json.dumps([claim.address, claim.id, claim.attributes], ensure_ascii=False, default=str).encode()
        assert all(at is None or at.tzinfo is not None for at in (claim.started, claim.ended)), claim
    if isinstance(told, Footprint) and told.horizon:
        assert told.horizon.start <= told.horizon.end, told.horizon


def _found_in(data: bytes, told: Reading) -> None:
    """No id is made up: those that JSON and the encoding of the file leave as they are stand in it."""
    if not data.startswith((b"PK", b"\xff\xfe", b"\xfe\xff")):
        for claim in told.claims:
            if claim.id and _PLAIN.fullmatch(claim.id) and claim.id.encode() not in data:
                # a log may be cut into pieces anywhere
                assert told.source.kind is SourceKind.LOG_TEXT, (claim.id, claim)


def _one_sentence(text: str) -> None:
    assert text.strip(), "nothing is said"
    assert len(text) < 4_000, text[:500]


@contextmanager
def _ending() -> Iterator[None]:
    def hangs(_: int, frame: FrameType | None) -> None:
        raise Hang(f"no end after {HANGS} s, in {frame.f_code.co_qualname if frame else '?'}")

    before: Any = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def spent(work: Callable[[], None]) -> float:
    """Give how many seconds of the processor some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start
