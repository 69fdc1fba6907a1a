"""What a log tells of runs, line by line, in; when those that made objects ran out. One job may plan, apply, try again and destroy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class _Run:
    clock: float
    first: datetime | None = None
    last: datetime | None = None
    since: datetime | None = None
    acted: bool = False
    made: bool = False


class Runs:
    """Tells the runs of one log apart.

    A run that has changed something ends where Terraform says so, and where the next one begins: it initialises, locks, refreshes or plans.
    """

    def __init__(self) -> None:
        self._runs = [_Run(0.0)]
        self._mark: datetime | None = None
        self._unmarked: _Run | None = None

    @property
    def number(self) -> int:
        """The number of the present run, from 0."""
        return len(self._runs) - 1

    def heard(self, time: datetime | None) -> None:
        """Take note of a line of Terraform's own.

        Args:
            time: when it was printed; None if only the marks around it tell.
        """
        run = self._runs[-1]
        if time is not None:
            run.first = min(time, run.first or time)
            run.last = max(time, run.last or time)
        else:
            run.since = run.since or self._mark
            self._unmarked = run

    def marked(self, time: datetime) -> None:
        """Take note of a time that stands between lines: what was before it was not later, what follows not earlier."""
        run, self._unmarked, self._mark = self._unmarked, None, time
        if run is not None and run.since is not None:
            run.last = max(time, run.last or time)

    def acts(self, *, makes: bool) -> None:
        """Take note that the present run changes something, or makes it."""
        run = self._runs[-1]
        run.acted = True
        run.made = run.made or makes

    def over(self, clock: float) -> None:
        """Take note of the end of a run, or of the beginning of the next one; nothing ends that has changed nothing.

        Args:
            clock: seconds that the log is known to have lasted so far.
        """
        if self._runs[-1].acted:
            self._runs.append(_Run(clock))

    def span(self, clock: float) -> tuple[datetime | None, datetime | None]:
        """Give the first and the last moment of the runs that made something, or of all if none did.

        Args:
            clock: seconds that the log is known to have lasted.
        """
        ends = [run.clock for run in self._runs[1:]] + [clock]
        firsts: list[datetime] = []
        lasts: list[datetime] = []
        some = any(run.made for run in self._runs)
        for run, end in zip(self._runs, ends, strict=True):
            if run.made or not some:
                firsts += [time for time in (run.first, run.since) if time]
                lasts += [time for time in (run.first, run.last) if time]
                if run.since:
                    lasts.append(run.since + timedelta(seconds=end - run.clock))
        return min(firsts, default=None), max(lasts, default=None)
