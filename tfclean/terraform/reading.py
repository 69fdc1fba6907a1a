"""What the reader of any one file gives back: claims, gaps, and what else the file proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tfclean.model import Claim, Gap, Lock, Source, Variable
from tfclean.terraform.config.modules import Modules


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file, or one member of a plan file, says.

    Attributes:
        source: the file, and the member of it.
        claims: what it says about objects, in the order of the file.
        gaps: what of it could not be read, and why.
        lineage: lineage of a state; None for what has none.
        serial: serial of a state; None for what has none.
        variables: root variables by name, as far as the file tells them; sensitive ones are left out.
        locks: locks that it tells of.
        first: earliest moment that the trace itself proves, timezone aware (log times, plan timestamp, Created of a lock).
        last: latest such moment.
        whole: False when it is cut off, empty or encrypted: claims may be missing.
        is_state: it holds a state, present or older, and not a plan or a log.
        settled: it is of a run that ended well: all that it made stands in the state that it wrote.
        configuration: that of the run, where the file holds it.
    """

    source: Source
    claims: tuple[Claim, ...] = ()
    gaps: tuple[Gap, ...] = ()
    lineage: str | None = None
    serial: int | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    whole: bool = True
    is_state: bool = False
    settled: bool = False
    configuration: Modules | None = field(default=None, compare=False)

    def because(self, words: str, why: str) -> Reading:
        """Give the same with `why` in place of the first `words` of each gap."""
        return replace(self, gaps=tuple(replace(gap, reason=gap.reason.replace(words, why, 1)) for gap in self.gaps))
