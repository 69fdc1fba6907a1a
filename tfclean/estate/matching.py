"""Which live objects a create that is unaccounted for can have made.

In: claims of creates that started (or may have) and have no id, and live objects that nobody claims. Out: confidence for those
that a create explains, and groups of candidates that circumstance cannot tell apart.

A create is matched by its name with a job-specific literal, by a diagnostic of its own that names the object, or, for parts of
what is the job's, by its known attributes. Everything else is circumstance and never rises above `possible`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import networkx as nx

from tfclean.estate.claims import kind_of
from tfclean.estate.containment import grow
from tfclean.estate.graph import Estate
from tfclean.estate.literals import Literals
from tfclean.estate.standing import Standing
from tfclean.kinds.registry import KINDS, SIBLINGS
from tfclean.kinds.terraform_types import Role, TerraformType, compare, of
from tfclean.model import OWNING, CandidateGroup, Claim, Confidence, EdgeType, Footprint, Inventory, Key, Resource, Tense

CLOCKS = timedelta(seconds=5)
"""How far an object's time may lie before the start that a log notes: times are cut to seconds and clocks differ."""


@dataclass(frozen=True, slots=True)
class Create:
    """A create that is unaccounted for.

    Attributes:
        claim: the evidence.
        type: its Terraform type.
        kind: kind of what it would have made.
        name: the name it would have given; empty if it has none or does not say.
    """

    claim: Claim
    type: TerraformType
    kind: str
    name: str


def unaccounted(footprint: Footprint, estate: Estate, standing: Standing) -> list[Create]:
    """Give the creates that started, or may have, and whose object no claim names.

    A planned create counts only where no log of the apply was read: a log would show its start.
    """
    made: dict[str, list[Resource]] = defaultdict(list)
    for key, claims in standing.claims.items():
        for claim in claims:
            if claim.tense in OWNING and not claim.deposed:
                made[claim.address].append(estate.resource(key))
    out = []
    for claim in footprint.claims:
        started = claim.tense is Tense.IN_FLIGHT or (claim.tense is Tense.PLANNED and not footprint.logged)
        kind = kind_of(claim.type)
        type_ = of(claim.type)
        if not started or claim.id is not None or kind is None or type_ is None or (type_.role is not Role.OWNER and kind not in SIBLINGS):
            continue
        if any(_not_before(r, claim) for r in made[claim.address]):
            continue
        name = claim.attributes.get(type_.name_attribute) if type_.name_attribute else ""
        out.append(Create(claim, type_, kind, name if isinstance(name, str) else ""))
    return out


def _not_before(resource: Resource, claim: Claim) -> bool:
    return claim.started is None or resource.created_at is None or resource.created_at >= claim.started - CLOCKS


class Matcher:
    """Matches creates with live objects.

    Args:
        footprint: the evidence.
        estate: live objects and their ties.
        standing: what is known of them; it is raised.
        literals: words that prove a name to be the job's.
        baseline: what was live before the run; None if no inventory was taken then.
    """

    def __init__(self, footprint: Footprint, estate: Estate, standing: Standing, literals: Literals, baseline: Inventory | None) -> None:
        self.footprint = footprint
        self.estate = estate
        self.standing = standing
        self.literals = literals
        self.baseline = baseline
        self.creates = unaccounted(footprint, estate, standing)
        by_kind: dict[str, list[Resource]] = defaultdict(list)
        for resource in estate.inventory.resources.values():
            if self._free(resource):
                for kind in SIBLINGS.get(resource.kind, (resource.kind,)):
                    by_kind[kind].append(resource)
        self.pairs: dict[int, list[Resource]] = {
            index: [r for r in by_kind[create.kind] if self._fits(create, r)] for index, create in enumerate(self.creates)
        }

    def _free(self, resource: Resource) -> bool:
        kind = KINDS[resource.kind]
        key = resource.key
        claimed = any(c.tense in OWNING or c.tense is Tense.REFERENCED for c in self.standing.claims.get(key, ()))
        return (
            not claimed
            and key not in self.standing.outside
            and not kind.implied(resource)
            and not kind.guard(resource)
            and self.standing.belongs_here(resource)
            and (self.baseline is None or key not in self.baseline.resources)
        )

    def _in_time(self, resource: Resource, create: Create) -> bool:
        if resource.created_at is None:
            return True
        horizon = self.footprint.horizon
        if horizon is not None and not horizon.holds(resource.created_at):
            return False
        return create.claim.started is None or resource.created_at >= create.claim.started - CLOCKS

    def _fits(self, create: Create, resource: Resource) -> bool:
        return self._in_time(resource, create) and not compare(create.type, create.claim.attributes, resource)

    def name(self) -> None:
        """Raise what a create names, or what its own diagnostic names, until nothing changes."""
        while self._diagnosed() | self._named():
            grow(self.estate, self.standing)

    def _diagnosed(self) -> bool:
        changed = False
        for index, create in enumerate(self.creates):
            for resource in self.pairs[index]:
                if resource.id in create.claim.candidates and not self.contradicted(resource):
                    text = f"the error of the create of {create.claim.address} names it, and it is as that create would have made it"
                    changed |= self.standing.lift(resource.key, Confidence.PROBABLE, text, str(create.claim.source))
                    self.standing.explained.setdefault(resource.key, create.claim)
        return changed

    def _named(self) -> bool:
        changed = False
        for (_, name), indices in self._by_name().items():
            literal = self.literals.within(name)
            if not literal:
                continue
            found = {r.key: r for i in indices for r in self.pairs[i] if name in (r.name, r.id)}
            found = {k: r for k, r in found.items() if not self.contradicted(r)}
            if not found or len(found) > len(indices):
                continue
            for key in found:
                claim = self.creates[indices[0]].claim
                text = (
                    f'it is named "{name}", with "{literal}" of this run, as {claim.address} would have named it, and was made in its time'
                )
                changed |= self.standing.lift(key, Confidence.PROBABLE, text, str(claim.source))
                self.standing.explained.setdefault(key, claim)
        return changed

    def _by_name(self) -> dict[tuple[str, str], list[int]]:
        out: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, create in enumerate(self.creates):
            if create.name:
                out[create.type.type, create.name].append(index)
        return out

    def contradicted(self, resource: Resource) -> bool:
        """Tell whether `resource` hangs on something that is neither the job's nor used by it nor everybody's."""
        ties = [e.source for e in self.estate.into(resource.key, EdgeType.PART_OF, EdgeType.HOLDS) if KINDS[e.source.kind].tie]
        for key in (resource.key, *ties):
            for edge in self.estate.out(key, EdgeType.PART_OF, EdgeType.HOLDS, EdgeType.BREAKS):
                if edge.target != resource.key and self._foreign(edge.target):
                    return True
        return False

    def _foreign(self, key: Key) -> bool:
        if key in self.standing.outside:
            return True
        if self.standing.of(key) or key in self.standing.used:
            return False
        return not KINDS[key.kind].guard(self.estate.resource(key))

    def explain_contained(self) -> None:
        """Say of what is the job's by containment which create made it, where that can be told: at most one object per create."""
        graph: nx.Graph[Any] = nx.Graph()
        left = []
        for index, create in enumerate(self.creates):
            for resource in self.pairs[index]:
                if self.standing.ours(resource.key) and resource.key not in self.standing.explained:
                    graph.add_edge(("create", index), ("object", resource.key), weight=1 if create.name != resource.name else 2)
                    left.append(("create", index))
        for one, other in sorted(nx.max_weight_matching(graph)) if graph else ():
            (_, index), (_, key) = sorted((one, other))
            self.standing.explained[key] = self.creates[index].claim

    def circumstance(self) -> list[CandidateGroup]:
        """Give the creates that are still unaccounted for with everything that they may have made, and raise that to `possible`."""
        explained = {id(c) for c in self.standing.explained.values()}
        groups: dict[tuple[str, tuple[Key, ...]], list[int]] = defaultdict(list)
        for index, create in enumerate(self.creates):
            free = tuple(sorted(r.key for r in self.pairs[index] if not self.standing.ours(r.key)))
            if id(create.claim) not in explained and free:
                groups[create.type.type, free].append(index)
        return [self._group(indices, keys) for (_, keys), indices in sorted(groups.items())]

    def _group(self, indices: Sequence[int], keys: Iterable[Key]) -> CandidateGroup:
        keys = tuple(keys)
        out = tuple(k for k in keys if self.contradicted(self.estate.resource(k)))
        candidates = [k for k in keys if k not in out]
        sure = self.baseline is not None and len(candidates) <= len(indices)
        if len(candidates) > len(indices):
            self.standing.ambiguous.update(candidates)
        noun = KINDS[keys[0].kind]
        creates = tuple(self.creates[i].claim.address for i in indices)
        reason = f"{len(indices)} of these {noun.many(len(keys))}"
        if out:
            reason += f"; {len(out)} of them {'hangs' if len(out) == 1 else 'hang'} on what is not the job's"
        for key in candidates:
            text = f"{creates[0]} may have made it ({reason}): right kind and time, and nothing that contradicts it"
            if sure:
                text += "; it was not there before the run, and nothing else can have been meant"
            self.standing.lift(key, Confidence.PROBABLE if sure else Confidence.POSSIBLE, text, str(self.creates[indices[0]].claim.source))
        return CandidateGroup(creates, keys, reason, out)

    def namesakes(self) -> None:
        """Raise to `possible` what is named like the job, was made in its time, and no create explains."""
        horizon = self.footprint.horizon
        for resource in self.estate.inventory.resources.values():
            key = resource.key
            if self.standing.of(key) or KINDS[resource.kind].tie or not self._free(resource) or resource.created_at is None:
                continue
            literal = self.literals.within(resource.name)
            if literal and horizon is not None and horizon.holds(resource.created_at) and not self.contradicted(resource):
                text = f'its name "{resource.name}" holds "{literal}" of this run, but no create explains it'
                self.standing.lift(key, Confidence.POSSIBLE, text)
