"""What an id proves: claims that name a live object, weighed.

In: claims sorted by live key. Out: the standing of what a state or a completed create names by id, what is merely used, and
why something that is the job's is kept all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from tfclean.estate.claims import Table, kind_of
from tfclean.estate.creates import bears, expected, name_of
from tfclean.estate.standing import Standing
from tfclean.kinds.base import values
from tfclean.kinds.registry import KINDS, find
from tfclean.kinds.terraform_types import of
from tfclean.model import OWNING, Claim, Confidence, Evidence, Footprint, Inventory, Key, Resource, Tense

SAYS = {
    Tense.RECORDED: "the state records it as {}",
    Tense.TAINTED: "the state records it as {}, tainted",
    Tense.DEPOSED: "the state records it as {}, deposed",
    Tense.CREATED: "the log shows that {} was created as it",
    Tense.FORGOTTEN: "an older trace records it as {}",
}


def weigh(table: Table, footprint: Footprint, standing: Standing) -> None:
    """Raise what ids prove, and note what must be asked for by name."""
    for key, claims in table.live.items():
        standing.claims[key] = claims
        resource = standing.inventory.resources[key]
        for claim in claims:
            if claim.tense in SAYS:
                _prove(standing, resource, claim, footprint)
        reason = _reservation(claims, footprint)
        if reason:
            standing.keep[key] = reason
    for resource in standing.inventory.resources.values():
        maker = KINDS[resource.kind].made_for(resource)
        claims = [c for c in table.absent.get(maker, ()) if c.tense in OWNING] if maker else []
        if claims and standing.belongs_here(resource):
            text = f"it bears the id of what was {claims[0].address}: {KINDS[resource.kind].byproduct(resource)}"
            standing.lift(resource.key, Confidence.PROBABLE, text, str(claims[0].source))


def _prove(standing: Standing, resource: Resource, claim: Claim, footprint: Footprint) -> None:
    text = SAYS[claim.tense].format(claim.address)
    confidence = Confidence.CERTAIN
    if not standing.belongs_here(resource):
        return
    if KINDS[resource.kind].owned_by == "user":
        known = claim.attributes.get("public_key")
        live = resource.attributes.get("public_key")
        if not known or not live:
            confidence, text = Confidence.POSSIBLE, f"{text}; its id is only a name, and what it holds is not known"
        elif _key_material(known) != _key_material(live) or _later(resource, footprint):
            confidence, text = Confidence.NONE, ""
        else:
            text += ", with the same public key"
    standing.lift(resource.key, confidence, text, str(claim.source))


def _later(resource: Resource, footprint: Footprint) -> bool:
    """Tell whether an object was made after the run: then somebody has taken the name since."""
    horizon, made = footprint.horizon, resource.created_at
    return horizon is not None and made is not None and made > horizon.end + horizon.tolerance


def _key_material(text: object) -> list[str]:
    return str(text).split()[:2]


def _reservation(claims: list[Claim], footprint: Footprint) -> str:
    for claim in claims:
        if claim.keep:
            return claim.keep
        if claim.tense is Tense.IMPORTED:
            return "it was imported: it is older than the run"
        if claim.tense is Tense.FORGOTTEN:
            return f"{claim.source} records it as {claim.address}, and the job let go of it on purpose (removed, or state rm)"
    recorded = [c for c in claims if c.tense in OWNING and c.tense is not Tense.CREATED]
    if recorded and footprint.complete and not any(c.present for c in claims):
        known = [c for c in recorded if c.lineage is None or c.lineage in footprint.lineages]
        if known:
            return f"an older trace records it ({known[0].source}) and the present state does not: somebody let go of it (state rm)"
    return ""


def note_use(footprint: Footprint, table: Table, standing: Standing) -> None:
    """Note what the job looks up or names without having made it: data sources, and what its objects' attributes name."""
    for key, claims in table.live.items():
        for claim in claims:
            if claim.tense is Tense.REFERENCED:
                standing.used[key].append(Evidence(f"{claim.address} looks it up", str(claim.source)))
    for claim in footprint.claims:
        if claim.tense in OWNING or claim.tense is Tense.IN_FLIGHT:
            for key in named(claim, standing.inventory):
                if not any(c.tense in OWNING for c in standing.claims.get(key, ())):
                    text = f"{claim.address} names it"
                    if all(e.text != text for e in standing.used[key]):
                        standing.used[key].append(Evidence(text, str(claim.source)))
    own = [(kind, name) for kind, _, name in expected(footprint)]
    for claim in table.nameless:
        resource = _sought(claim, standing.inventory) if claim.tense is Tense.REFERENCED else None
        if resource is not None and not any(kind == resource.kind and bears(resource, name) for kind, name in own):
            standing.used[resource.key].append(Evidence(f"{claim.address} looks it up", str(claim.source)))


def _sought(claim: Claim, inventory: Inventory) -> Resource | None:
    """Give what a data source means whose answer no trace tells: by an id that it was given, or by a name that only one object bears."""
    kind = kind_of(claim.type)
    if kind is None:
        return None
    ids = (find(inventory, kind, value) for value in claim.attributes.values() if isinstance(value, str))
    name = name_of(claim)
    return next(filter(None, ids), None) or (_only(inventory, kind, name) if isinstance(name, str) and name else None)


def named(claim: Claim, inventory: Inventory) -> Iterator[Key]:
    """Give the live objects that a claim's attributes name, by id, name or address."""
    known = of(claim.type)
    for path, kind, by in known.references if known and kind_of(claim.type) else ():
        if kind not in KINDS:
            continue
        for value in values(claim.attributes, path):
            # An id of another kind's, where an attribute beside it says which kind is meant, is no live object's of this one.
            resource = find(inventory, kind, str(value).strip()) if by in ("id", "source_type") else _only(inventory, kind, str(value))
            if resource is not None:
                yield resource.key


def _only(inventory: Inventory, kind: str, title: str) -> Resource | None:
    found = [r for r in inventory.of(kind) if r.name == title]
    return found[0] if len(found) == 1 else None
