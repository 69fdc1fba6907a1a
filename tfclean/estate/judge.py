"""The verdicts.

In: a footprint and an inventory. Out: a `Judgement` with one finding for each live object, each tie, and each object that the
present state records and that is not live.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tfclean.estate.claims import Table, sort
from tfclean.estate.containment import grow
from tfclean.estate.graph import Estate
from tfclean.estate.identity import note_use, weigh
from tfclean.estate.matching import Matcher
from tfclean.estate.standing import Standing
from tfclean.kinds.base import values
from tfclean.kinds.ignore import Ignore
from tfclean.kinds.keeping import Keeping
from tfclean.kinds.registry import KINDS, SIBLINGS, with_named
from tfclean.kinds.terraform_types import compare, keys_of, of
from tfclean.model import (
    OWNING,
    Claim,
    Confidence,
    Drift,
    EdgeType,
    Evidence,
    Finding,
    Footprint,
    Inventory,
    Judgement,
    Key,
    Resource,
    Tense,
    Verdict,
)


def judge(
    footprint: Footprint,
    inventory: Inventory,
    *,
    protect: Sequence[Footprint] = (),
    baseline: Inventory | None = None,
    keeping: Keeping | None = None,
) -> Judgement:
    """Judge every object.

    Args:
        footprint: what the job's traces say.
        inventory: what is live.
        protect: footprints of other jobs; what they manage is never this job's.
        baseline: what was live before the run; with it, circumstance can rise to `probable`.
        keeping: what stays by a marker or a rule, and what is no problem because of a rule.

    Returns:
        The findings by key, the ties, the candidates that cannot be told apart, and all gaps.
    """
    inventory = with_named(inventory, _named(footprint, *protect))
    table = sort(footprint, inventory)
    estate = Estate(inventory, table.live)
    outside = protected(protect, inventory)
    standing = Standing(inventory, outside | _going_along(estate, outside, table))
    weigh(table, footprint, standing)
    note_use(footprint, table, standing)
    grow(estate, standing)
    matcher = Matcher(footprint, estate, standing, protect, baseline)
    candidates = tuple(matcher.match())
    keeping = keeping or Keeping()
    guards = _guards(estate, standing, keeping)
    findings = {
        key: _finding(estate, standing, table, resource, guard=guards.get(key, ""), ignore=keeping.ignore)
        for key, resource in inventory.resources.items()
    }
    missing = _missing(table, inventory, findings)
    findings.update((f.key, f) for f in missing)
    _name_causes(findings, table)
    _leave_out(findings, missing, keeping)
    gaps = (*footprint.gaps, *table.gaps, *inventory.gaps)
    pending = tuple(matcher.pending())
    return Judgement(findings, estate.edges, candidates, gaps, footprint, inventory, pending, baselined=baseline is not None)


def _named(*footprints: Footprint) -> Iterator[Key]:
    """Give the ties that claims name one by one."""
    for claim in (claim for footprint in footprints for claim in footprint.claims):
        if claim.id is not None:
            yield from keys_of(claim.type, claim.id, claim.attributes)


def protected(protect: Iterable[Footprint], inventory: Inventory) -> dict[Key, str]:
    """Say of each live object that a footprint of `protect` manages which one that is, and as what."""
    out: dict[Key, str] = {}
    for other in protect:
        for key, claims in sort(other, inventory).live.items():
            owner = next((c for c in claims if c.tense in OWNING), None)
            if owner is not None:
                out[key] = f"{owner.source.path} manages it as {owner.address}"
    return out


def _going_along(estate: Estate, outside: Mapping[Key, str], table: Table) -> dict[Key, str]:
    """Say of what OpenStack made for something in `outside`, and what is plugged into it, unless a claim names it, with what it goes."""
    out: dict[Key, str] = {}
    for key, resource in estate.inventory.resources.items() if outside else ():
        if key in outside or any(claim.tense in OWNING for claim in table.live.get(key, ())):
            continue
        kind = KINDS[resource.kind]
        plugged = (e.source for e in estate.into(key, EdgeType.HOLDS) if e.source.kind in kind.follows)
        makers = (*(e.target for e in estate.out(key, EdgeType.IMPLIED_BY)), *plugged, kind.made_for(resource))
        maker = next((m for m in makers if m in outside), None)
        if maker is not None:
            out[key] = f"it goes with {KINDS[maker.kind].noun} {estate.resource(maker).name or maker.id}: {outside[maker]}"
    return out


def _finding(estate: Estate, standing: Standing, table: Table, resource: Resource, *, guard: str, ignore: Ignore) -> Finding:
    key = resource.key
    kind = KINDS[resource.kind]
    claims = standing.claims.get(key, [])
    owning = [c for c in claims if c.tense in OWNING or c.tense is Tense.FORGOTTEN]
    present = [c for c in owning if c.present and c.tense in OWNING]
    explained = standing.explained.get(key)
    addresses = standing.addresses(key)
    confidence = standing.of(key)
    drift = _drift(present, resource, table.ties.get(key, set()) | table.loose_ties)
    about = (key.kind, key.id, resource.name, addresses)
    ignored = {} if guard else {d.attribute: why for d in drift if (why := ignore.drift_reason(d.attribute, *about))}
    drift = tuple(d for d in drift if d.attribute not in ignored)
    flags = {c.tense.value for c in present if c.tense in (Tense.TAINTED, Tense.DEPOSED)}
    if kind.tie:
        flags.add("tie")
    if not standing.belongs_here(resource):
        flags.add("elsewhere")
    if key in standing.ambiguous:
        flags.add("ambiguous")
    if ignored:
        flags.add("ignored")
    evidence = standing.evidence(key)
    evidence += tuple(Evidence(f"its {name} is not as the state says, and that is {why}") for name, why in ignored.items())
    implied = kind.implied(resource)
    keep = standing.keep.get(key, "")
    if guard:
        verdict, keep = Verdict.PROTECTED, guard
    elif present and standing.belongs_here(resource):
        verdict = Verdict.DRIFTED if drift else Verdict.MANAGED
    elif standing.looked_up(key) and not _made_for_us(estate, resource):
        verdict, confidence, evidence = Verdict.USED, Confidence.NONE, tuple(standing.used[key])
    elif confidence >= Confidence.PROBABLE:
        implicit = not owning and explained is None and (kind.tie or _made_for_us(estate, resource))
        verdict = Verdict.IMPLICIT if implicit else Verdict.ZOMBIE
        if verdict is Verdict.ZOMBIE and not owning and explained is None:
            flags.add("stranger")
            keep = keep or standing.kept_around(key)
    elif standing.used.get(key):
        verdict, confidence, evidence = Verdict.USED, Confidence.NONE, tuple(standing.used[key])
    elif confidence is Confidence.POSSIBLE:
        verdict = Verdict.POSSIBLE
    else:
        verdict = Verdict.FOREIGN
    return Finding(
        kind=resource.kind,
        id=resource.id,
        name=resource.name,
        verdict=verdict,
        confidence=confidence,
        addresses=addresses,
        evidence=evidence or ((Evidence(implied),) if implied else ()),
        drift=drift if verdict is Verdict.DRIFTED else (),
        flags=frozenset(flags),
        keep=keep,
        resource=resource,
    )


def _guards(estate: Estate, standing: Standing, keeping: Keeping) -> dict[Key, str]:
    """Say of each object that must never be deleted why; what was asked to stay keeps what lives in it."""
    out: dict[Key, str] = {}
    for key, resource in estate.inventory.resources.items():
        wish = keeping.reason(KINDS[resource.kind], resource, standing.addresses(key))
        if wish:
            standing.keep.setdefault(key, wish)
        reason = standing.outside.get(key) or _guard(estate, resource, wish)
        if reason:
            out[key] = reason
    return out


def _guard(estate: Estate, resource: Resource, wish: str) -> str:
    """Say why `resource` must never be deleted: by its nature, by somebody's wish, or because it is a part of such an object."""
    kind = KINDS[resource.kind]
    own = kind.guard(resource) or wish
    if own or kind.tie:
        return own
    for edge in estate.out(resource.key, EdgeType.PART_OF):
        whole = estate.resource(edge.target)
        reason = KINDS[whole.kind].guard(whole)
        if reason:
            return f"it {edge.reason} {KINDS[whole.kind].noun} {whole.name}: {reason}"
    return ""


def _leave_out(findings: dict[Key, Finding], missing: Sequence[Finding], keeping: Keeping) -> None:
    """Take what an ignore file names out of what is missing, with all that follows from it."""
    reasons = {f.key: keeping.ignore.reason(f.kind, f.key.id, f.name, f.addresses) for f in missing}
    for finding in missing:
        seen: list[Key] = []
        key: Key | None = finding.key
        while key is not None and key in reasons and key not in seen and not reasons[key]:
            seen.append(key)
            key = findings[key].cause
        reason = reasons.get(key, "") if key is not None else ""
        if reason:
            findings[finding.key] = replace(findings[finding.key], verdict=Verdict.PROTECTED, keep=reason)


def _made_for_us(estate: Estate, resource: Resource) -> bool:
    """Tell whether OpenStack made `resource` by itself: by its nature, for another object, or as a server's own port."""
    kind = KINDS[resource.kind]
    if kind.implied(resource) or any(estate.out(resource.key, EdgeType.IMPLIED_BY)):
        return True
    return any(e.source.kind in kind.follows for e in estate.into(resource.key, EdgeType.HOLDS))


def _drift(present: Sequence[Claim], resource: Resource, ties: Collection[str]) -> tuple[Drift, ...]:
    out: dict[str, Drift] = {}
    for claim in present:
        known = of(claim.type)
        if known is not None:
            for drift in compare(known, claim.attributes, resource, ties=ties, dependencies=claim.dependencies):
                out.setdefault(drift.attribute, drift)
    return tuple(out.values())


def _missing(table: Table, inventory: Inventory, findings: dict[Key, Finding]) -> list[Finding]:
    out = []
    for key, claims in table.absent.items():
        present = [c for c in claims if c.present and c.tense in OWNING]
        if not present or key in findings:
            continue
        claim = present[0]
        kind = KINDS[key.kind]
        listed = all(k in inventory.listed for k in SIBLINGS.get(key.kind, (key.kind,)))
        known = of(claim.type)
        name = claim.attributes.get(known.name_attribute) if known and known.name_attribute else None
        why = "is not live" if listed else f"cannot be checked: {kind.plural or kind.noun + 's'} could not be listed"
        out.append(
            Finding(
                kind=key.kind,
                id=key.id,
                name=name if isinstance(name, str) else "",
                verdict=Verdict.MISSING if listed else Verdict.UNKNOWN,
                addresses=tuple(dict.fromkeys(c.address for c in present)),
                evidence=(Evidence(f"the state records it as {claim.address}, and it {why}", str(claim.source)),),
                flags=frozenset({"tie"} if kind.tie else ()),
            )
        )
    return out


def _name_causes(findings: dict[Key, Finding], table: Table) -> None:
    """Nest what is missing because something else is missing under that."""
    for key, claims in table.absent.items():
        finding = findings.get(key)
        if finding is None or finding.verdict is not Verdict.MISSING:
            continue
        for cause in (k for claim in claims for k in _names(claim, key)):
            other = findings.get(cause)
            if cause != key and other is not None and other.verdict is Verdict.MISSING and "tie" not in other.flags:
                findings[key] = replace(finding, cause=cause)
                break


def _names(claim: Claim, key: Key) -> Iterable[Key]:
    """Give what a claim's object cannot be without: what it is a part of or lives in; for a tie, both its ends."""
    known = of(claim.type)
    own = KINDS[known.kind] if known and known.kind in KINDS else None
    if known is None or own is None:
        return
    holding = (EdgeType.PART_OF, EdgeType.HOLDS, EdgeType.BREAKS)
    needed = {k for r in own.references if r.edge in holding and not r.reverse for k in r.kinds}
    for path, kind, by in known.references:
        if by == "id" and (own.tie or kind in needed):
            for value in values(claim.attributes, path):
                if known.each and str(value) not in key.id:
                    continue  # an end of another tie of the same instance
                for name in SIBLINGS.get(kind, (kind,)):
                    yield Key(name, str(value).strip())
