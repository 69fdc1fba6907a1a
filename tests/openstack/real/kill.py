"""The moment at which a run is ended, and how; drawn from a seed, told in events of its log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Timer
from typing import Any

EVENTS = (": Creating...", ": Creation complete after", '"type":"apply_start"', '"type":"apply_complete"')
"""Marks of a line that tells that a create began or ended, in text and in JSON."""
PATIENCE = 180.0
"""Seconds that a run is given to stop in order."""


@dataclass(frozen=True)
class Kill:
    """How one run is made and ended.

    Attributes:
        seed: everything follows from it.
        job: the job's id, the one word of its names that is its own.
        twin: the twin's; where `alike`, the job's with a digit more.
        shared: both hang on one router that was there before; else each makes one, and both use the same range of addresses.
        form: ``text`` (the log begins with the plan), ``saved`` (a saved plan is applied: the log does not show it) or ``json``.
        parallelism: creates at a time.
        share: after which share of all starts and ends of creates the signal is sent.
        delay: seconds from there to the signal: it then hits the midst of a call.
        signal: what is sent to the whole process group.
        balancer: both have a load balancer, which takes as long as all else together.
    """

    seed: int
    job: str
    twin: str
    shared: bool
    form: str
    parallelism: int
    share: float
    delay: float
    signal: signal.Signals
    balancer: bool

    @classmethod
    def drawn(cls, seed: int) -> Kill:
        """Draw everything from `seed`."""
        dice = Random(seed)
        job = str(dice.randrange(100_000, 900_000))
        alike = dice.random() < 0.5
        return cls(
            seed=seed,
            job=job,
            twin=f"{job}{dice.randrange(10)}" if alike else str(int(job) + 1 + dice.randrange(1000)),
            shared=dice.random() < 0.5,
            form=dice.choice(("text", "text", "saved", "json")),
            parallelism=dice.choice((10, 10, 3)),
            share=dice.random(),
            delay=dice.choice((0.0, 0.1, 0.4, 1.5)),
            signal=dice.choice((*[signal.SIGKILL] * 6, signal.SIGTERM, signal.SIGINT)),
            balancer=dice.random() < 0.5,
        )

    def arguments(self) -> list[str]:
        """Give the command line of the apply."""
        form = {"text": ["-no-color", "-auto-approve"], "saved": ["-no-color"], "json": ["-json", "-auto-approve"]}[self.form]
        return ["apply", f"-parallelism={self.parallelism}", *form, *(["plan.tfplan"] if self.form == "saved" else [])]


def end(run: subprocess.Popen[str], log: Path, after: int, kill: Kill) -> str:
    """Write down what `run` says, and end it after so many events.

    Returns:
        When the signal was sent.

    Raises:
        RuntimeError: it came to its end before: it made less than was planned.
    """
    assert run.stdout
    seen, moment = 0, ""
    # What does not stop in order, or leaves a plugin behind that holds the pipe, is killed.
    late = Timer(PATIENCE, signal_group, (run, signal.SIGKILL))
    with log.open("w") as file:
        for line in run.stdout:
            file.write(line)
            seen += any(mark in line for mark in EVENTS)
            if seen == after and not moment:
                time.sleep(kill.delay)
                signal_group(run, kill.signal)
                moment = f"event {seen}" + (f" + {kill.delay:.1f} s" if kill.delay else "")
                late.start()
    run.wait()
    late.cancel()
    if not moment:
        raise RuntimeError(f"seed {kill.seed}: ended after {seen} events, before its moment: {log.read_text()[-2000:]}")
    return moment


def signal_group(run: subprocess.Popen[Any], number: signal.Signals) -> None:
    """Send a signal to the engine and its plugins."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, number)
