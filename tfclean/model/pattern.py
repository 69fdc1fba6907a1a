"""Text that is known only in part: what a configuration says of a name when one of its parts came into being during the run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with unknown parts, such as ``ci-*-master`` where the configuration has ``"ci-${random_id.x.hex}-master"``.

    Patterns are held in one form: neighbours are joined, empty literals are left out, so that equal patterns are equal.

    Attributes:
        parts: literal texts and, as None, parts of which nothing is known, not even that they are not empty.
    """

    parts: tuple[str | None, ...]

    def __post_init__(self) -> None:
        joined: list[str | None] = []
        for part in self.parts:
            if part == "" or (part is None and joined and joined[-1] is None):
                continue
            if part is not None and joined and joined[-1] is not None:
                joined[-1] += part
            else:
                joined.append(part)
        object.__setattr__(self, "parts", tuple(joined))

    @property
    def literals(self) -> tuple[str, ...]:
        """The known parts, in their order; none of them is empty."""
        return tuple(part for part in self.parts if part is not None)

    @property
    def exact(self) -> bool:
        """Whether nothing of it is unknown, so that it matches one text only."""
        return None not in self.parts

    def matches(self, text: str) -> bool:
        """Tell whether `text` can be what the pattern stands for.

        Each literal is sought where it comes first, which finds a match if there is one and never goes back: no text makes it slow.
        """
        if self.exact:
            return text == "".join(self.literals)
        first = self.parts[0] or ""
        last = self.parts[-1] or ""
        if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
            return False
        place, end = len(first), len(text) - len(last)
        for literal in self.literals[bool(first) : len(self.literals) - bool(last)]:
            found = text.find(literal, place, end)
            if found < 0:
                return False
            place = found + len(literal)
        return True

    def __str__(self) -> str:
        return "".join("*" if part is None else part for part in self.parts)
