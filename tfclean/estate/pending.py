"""One create that is unaccounted for, and all that it was held against, in; what is told of it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tfclean.estate.creates import Create
from tfclean.estate.fitting import Ground, Objection
from tfclean.model import Key, PendingCreate, Rejected, Tense

NEAREST = 6
"""So many objects that were rejected are told for each create, the nearest ones."""
BETTER = "another object fits better, and one create makes one object"


def told(create: Create, made: Key | None, fitting: Mapping[Key, str], rejected: Sequence[tuple[Key, Objection]]) -> PendingCreate:
    """Tell of a create.

    Args:
        create: which.
        made: the object that it seems to have made.
        fitting: what is as it would have made it, with what speaks against that all the same; empty if nothing does.
        rejected: what is not as it would have made it, and why.
    """
    against = [(Ground.SURROUNDINGS, Rejected(key, text or BETTER)) for key, text in fitting.items() if key != made and (text or made)]
    against += [(objection.ground, Rejected(key, objection.text)) for key, objection in rejected]
    against.sort(key=lambda pair: pair[0])
    claim = create.claim
    return PendingCreate(
        address=claim.address,
        kind=create.kind,
        name=str(create.name),
        since=claim.started,
        started=claim.tense is Tense.IN_FLIGHT,
        source=str(claim.source),
        made=made,
        candidates=() if made else tuple(key for key, text in fitting.items() if not text),
        rejected=tuple(other for _, other in against[:NEAREST]),
        others=max(0, len(against) - NEAREST),
    )
