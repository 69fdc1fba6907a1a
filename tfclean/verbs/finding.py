"""A judgement and what a person calls an object in; the one finding that is meant out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tfclean.errors import InputError
from tfclean.kinds.registry import noun
from tfclean.model import Finding, GapKind, Judgement

SHORTEST = 4
"""Fewer characters than this are no abbreviation of an id but a guess."""
SHOWN = 8
"""More objects than this are counted, where several are meant."""


def find(judgement: Judgement, subject: str) -> Finding:
    """Find the one object that `subject` means.

    Args:
        judgement: where to look.
        subject: an id, a Terraform address, a name, or the start of an id; its kind or what that is called may stand before it:
            ``network.port 3f2504e0``, ``port worker-1``.

    Raises:
        InputError: nothing is meant by it, or several objects are.
    """
    for means in _ways(subject):
        found = [f for f in judgement.findings.values() if means(f)]
        # A tie shares its address, and often its id, with what it ties: the object is meant.
        found = [f for f in found if "tie" not in f.flags] or found
        if len(found) == 1:
            return found[0]
        if found:
            several = "; ".join(str(f.key) for f in found[:SHOWN]) + (f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
            raise InputError(f'"{subject}" means {len(found)} objects: {several}; give one of them as "KIND ID"')
    unlisted = any(gap.kind is GapKind.NOT_LISTED for gap in judgement.gaps)
    why = "some kinds could not be listed" if unlisted else "it is neither live in this project nor in the evidence"
    raise InputError(f'nothing here is called "{subject}": {why}')


def _ways(subject: str) -> Iterator[Callable[[Finding], bool]]:
    """Give the ways in which an object can be meant, the surest first."""
    yield lambda f: subject == str(f.key)
    yield lambda f: subject == f.id
    yield lambda f: subject in f.addresses
    yield lambda f: subject == f.name
    yield lambda f: len(subject) >= SHORTEST and (f.id or "").startswith(subject)
    yield lambda f: any(rest in (f.id, f.name) for rest in _qualified(f, subject))
    yield lambda f: any(len(rest) >= SHORTEST and (f.id or "").startswith(rest) for rest in _qualified(f, subject))


def _qualified(finding: Finding, subject: str) -> Iterator[str]:
    """Give what stands behind the finding's kind, or behind what that is called, in `subject`."""
    for word in (finding.kind, noun(finding.kind)):
        if subject.startswith(f"{word} "):
            yield subject[len(word) + 1 :].strip()
