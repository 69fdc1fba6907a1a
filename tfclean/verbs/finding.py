"""A judgement and what a person calls an object in; the one finding that is meant out. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tfclean.errors import InputError
from tfclean.kinds.registry import noun
from tfclean.model import Finding, GapKind, Judgement, Key, PendingCreate, Verdict

SHORTEST = 4
"""Fewer characters than this are no abbreviation of an id but a guess."""
SUGGESTED = 3
"""Names that are suggested for one that nothing has."""
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
            several = "; ".join(f"{noun(f.kind)} {f.id or f.name}" for f in found[:SHOWN])
            more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            raise InputError(f'"{subject}" means {len(found)} objects: {several}{more}; give one of them as it stands here')
    pending = next((create for create in judgement.pending if create.address == subject), None)
    if pending is not None:
        raise InputError(_open(pending, judgement))
    unlisted = any(gap.kind is GapKind.NOT_LISTED for gap in judgement.gaps)
    why = "some kinds could not be listed" if unlisted else "it is neither live in this project nor in the evidence"
    raise InputError(f'nothing here is called "{subject}": {why}{_near(judgement, subject)}')


def _open(create: PendingCreate, judgement: Judgement) -> str:
    """Say which objects a create may have made of which no trace tells what came of it."""
    said = f'no trace tells what came of "{create.address}"'
    keys = [create.made] if create.made else list(create.candidates)
    if not keys:
        return f"{said}, and nothing that is live can have come of it"
    told = [f"{noun(key.kind)} {key.id}{_called(judgement, key)}" for key in keys[:SHOWN]]
    told += [f"{len(keys) - SHOWN} more"] if len(keys) > SHOWN else []
    return f"{said}; it may have made {' or '.join(told)}: have one of these explained"


def _called(judgement: Judgement, key: Key) -> str:
    finding = judgement.findings.get(key)
    return f" ({finding.name})" if finding is not None and finding.name not in ("", key.id) else ""


def _near(judgement: Judgement, subject: str) -> str:
    """Suggest names and addresses that are much like what was asked for, or hold it."""
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    # What is the job's is meant sooner than what is not.
    line = sorted(judgement.findings.values(), key=lambda f: f.verdict is Verdict.FOREIGN)
    known = list(dict.fromkeys(text for f in line for text in (f.name, *f.addresses) if text))
    holding = [text for text in known if len(subject) >= SHORTEST and subject in text]
    near = list(dict.fromkeys([*holding, *get_close_matches(subject, known, SUGGESTED)]))[:SUGGESTED]
    return f"; did you mean {' or '.join(json.dumps(text, ensure_ascii=False) for text in near)}?" if near else ""


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
