"""One planned change of one object in, its claims out; whichever form of a plan told of it.

Action lists are those of ``show -json`` (facts A3). What a change replaces is recorded, what it makes is planned, what it lets go of is
forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tfclean.model import Claim, Source, Tense
from tfclean.terraform.addresses import Address
from tfclean.terraform.secrets import EVERYTHING, PROVIDER, Sieve, unpad


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan wants to do to one object.

    Attributes:
        address: the resource instance.
        actions: as in ``show -json``: ``("create",)``, ``("delete", "create")``, ...
        before: attributes as they are; None if the object does not exist.
        after: attributes as they shall be, as far as they are known; None if it shall not exist.
        unknown: names of top-level attributes of `after` that are not known, wholly or in part.
        before_marked: names of top-level attributes of `before` that are marked as sensitive.
        after_marked: the same of `after`.
        deposed: deposed key, None for the current object.
        importing: the object existed before Terraform knew it.
        import_id: its id, if the plan tells it.
        tainted: it is replaced because it is tainted.
    """

    address: Address
    actions: tuple[str, ...]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    unknown: frozenset[str] = frozenset()
    before_marked: frozenset[str] = frozenset()
    after_marked: frozenset[str] = frozenset()
    deposed: str | None = None
    importing: bool = False
    import_id: str | None = None
    tainted: bool = False


def claims_of(change: Change, source: Source, sieve: Sieve) -> Iterator[Claim]:
    """Give the claims of a change: what is there, and what shall be made; none for what the plan only talks about.

    Args:
        change: the change.
        source: where it stands.
        sieve: of the plan; withholds secrets.
    """
    type_ = change.address.type
    if change.address.mode == "ephemeral":
        return
    if change.address.mode == "data":
        looked_up = change.before if change.after is None else change.after
        marked = change.before_marked if change.after is None else change.after_marked
        yield _claim(change, Tense.REFERENCED, source, sieve.sift(type_, looked_up or {}, marked))
        return
    if change.before is not None or change.importing:
        # an import reads the object first: what was read is the `before`
        claim = _claim(change, _tense(change), source, sieve.sift(type_, change.before or {}, change.before_marked))
        yield claim if claim.id or not change.importing else replace(claim, id=change.import_id)
    if "create" in change.actions and change.after is not None:
        yield _claim(change, Tense.PLANNED, source, sieve.sift(type_, change.after, change.after_marked))


def id_of(attributes: Mapping[str, Any] | None) -> str | None:
    """Give the id among attributes, stripped of padding; None if it is not known."""
    id_ = attributes.get("id") if attributes else None
    return unpad(id_) if isinstance(id_, str) and id_ else None


def _tense(change: Change) -> Tense:
    if change.importing:
        return Tense.IMPORTED
    if "forget" in change.actions:
        return Tense.FORGOTTEN
    if change.deposed:
        return Tense.DEPOSED
    return Tense.TAINTED if change.tainted else Tense.RECORDED


def _claim(change: Change, tense: Tense, source: Source, sifted: tuple[Mapping[str, Any], frozenset[str]]) -> Claim:
    attributes, sensitive = sifted
    future = tense in (Tense.PLANNED, Tense.REFERENCED)
    ours = change.address.type.startswith(PROVIDER)
    return Claim(
        address=str(change.address),
        type=change.address.type,
        tense=tense,
        source=source,
        id=id_of(change.after if future and change.after is not None else change.before),
        attributes=attributes,
        sensitive=sensitive,
        unknown=change.unknown - {EVERYTHING} if future and ours else frozenset(),
        deposed=None if future else change.deposed,
    )
