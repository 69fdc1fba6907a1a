"""Which claim names which live object by its id.

In: a footprint and an inventory. Out: claims by live key, the claims whose object is not live, and the gaps of types that are
not looked after.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import Role, TerraformType, keys_of, live_id, locate, of
from tfclean.model import OWNING, Claim, Footprint, Gap, GapKind, Inventory, Key, Tense


@dataclass(slots=True)
class Table:
    """Claims, sorted by what they name.

    Attributes:
        live: live key → claims that name it by id.
        absent: key that a claim names → claims, where no such object is live.
        nameless: claims without an id: creates that were planned or in flight.
        ties: live key → types of ties that sit on it, whether or not they still do.
        loose_ties: types of ties that were planned or in flight; on what they sit is not known.
        gaps: one for each resource type that is not looked after.
    """

    live: dict[Key, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    absent: dict[Key, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    nameless: list[Claim] = field(default_factory=list)
    ties: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))
    loose_ties: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)


def sort(footprint: Footprint, inventory: Inventory) -> Table:
    """Sort a footprint's claims by the live objects that they name."""
    table = Table()
    strange: dict[str, set[str]] = defaultdict(set)
    for claim in footprint.claims:
        kind = kind_of(claim.type)
        known = of(claim.type)
        if known is not None and known.role is Role.TIE and known.target:
            if claim.id:
                table.ties[Key(known.target, live_id(claim.id, claim.type, claim.attributes) or "")].add(claim.type)
            else:
                table.loose_ties.add(claim.type)
        if kind is None:
            if (claim.tense in OWNING or claim.tense is Tense.IN_FLIGHT) and (known is None or _matters(known)):
                strange[claim.type].add(claim.address)
            continue
        if claim.id is None:
            table.nameless.append(claim)
            continue
        _place(table, claim, known, inventory)
    for name, addresses in sorted(strange.items()):
        known = of(name)
        what = f"{known.kind or known.service} is not looked after" if known else "nobody knows this type"
        table.gaps.append(Gap(GapKind.UNKNOWN_TYPE, name, f"{len(addresses)} in the evidence; {what}: check for leftovers by hand"))
    return table


def _place(table: Table, claim: Claim, known: TerraformType | None, inventory: Inventory) -> None:
    """Put a claim with an id under what it names: one object, or each of the ties that one instance made."""
    assert claim.id is not None
    if known is not None and known.each:
        for key in keys_of(claim.type, claim.id, claim.attributes):
            (table.live if key in inventory.resources else table.absent)[key].append(claim)
        return
    resource = locate(inventory, claim.type, claim.id, claim.attributes)
    id_ = live_id(claim.id, claim.type, claim.attributes)
    if resource is not None:
        table.live[resource.key].append(claim)
    elif id_ and known is not None and known.kind:
        table.absent[Key(known.kind, id_)].append(claim)
    else:
        table.nameless.append(claim)


def kind_of(terraform_type: str) -> str | None:
    """Give the kind of what a Terraform type stands for, or None where tfclean does not look after it."""
    known = of(terraform_type)
    return known.kind if known is not None and known.looked_after and known.kind in KINDS else None


def _matters(known: TerraformType) -> bool:
    return not known.looked_after and known.role is Role.OWNER
