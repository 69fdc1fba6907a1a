"""Places of a document that cannot be read in, a bounded number of gaps out."""

from __future__ import annotations

from tfclean.model import Gap, GapKind

_SHOWN = 20


class Problems:
    """Collects what is wrong with one document.

    Args:
        path: the file, named in every gap.
        advice: what the user can do about it.
    """

    def __init__(self, path: str, advice: str = "what it says there is left out; give the file as Terraform wrote it") -> None:
        self._path = path
        self._advice = advice
        self._reasons: list[str] = []
        self._more = 0

    def add(self, place: str, what: str) -> None:
        """Note that `place` of the document is wrong, and how."""
        if len(self._reasons) < _SHOWN:
            self._reasons.append(f"{self._path}: {place} {what}: {self._advice}.")
        else:
            self._more += 1

    def gaps(self) -> tuple[Gap, ...]:
        """Give one gap for each place; beyond twenty, one for all others."""
        gaps = [Gap(GapKind.UNREADABLE, self._path, reason) for reason in self._reasons]
        if self._more:
            gaps.append(Gap(GapKind.UNREADABLE, self._path, f"{self._path}: {self._more} more places cannot be read: {self._advice}."))
        return tuple(gaps)
