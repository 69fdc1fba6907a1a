"""Which live objects a create that is unaccounted for can have made.

In: creates that started (or may have) and have no id, and live objects that nobody claims. Out: confidence for those
that a create explains, groups of candidates that circumstance cannot tell apart, and each such create with its candidates.

A create is matched by its name, description, tags or metadata with a job-specific literal, by a diagnostic of its own that names
the object, or, for parts of what is the job's, by its known attributes. Everything else is circumstance and never rises above
`possible`, except against an inventory from before the run in a project in which nobody else was at work. Where creates and objects
can change places, they are assigned together: an object without which an equally large assignment exists stays `possible`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tfclean.estate.assignment import best, components, essential
from tfclean.estate.containment import grow
from tfclean.estate.creates import Create, unaccounted
from tfclean.estate.fitting import Fitting, Ground, Objection
from tfclean.estate.graph import Estate
from tfclean.estate.literals import specific
from tfclean.estate.lookup import Lookup
from tfclean.estate.marks import marked
from tfclean.estate.pending import told
from tfclean.estate.standing import Standing
from tfclean.estate.timing import calibrate
from tfclean.kinds.registry import KINDS, births
from tfclean.model import (
    OWNING,
    CandidateGroup,
    Confidence,
    EdgeType,
    Footprint,
    Inventory,
    Key,
    Pattern,
    PendingCreate,
    Resource,
    Tense,
)

ALONE = "it was not there before the run, and nobody else was at work"

Pair = tuple[int, Key]


class Matcher:
    """Matches creates with live objects.

    Args:
        footprint: the evidence.
        estate: live objects and their ties.
        standing: what is known of them; it is raised.
        protect: footprints of other jobs.
        baseline: what was live before the run; None if no inventory was taken then.
    """

    def __init__(
        self, footprint: Footprint, estate: Estate, standing: Standing, protect: Sequence[Footprint] = (), baseline: Inventory | None = None
    ) -> None:
        self.estate = estate
        self.standing = standing
        self.baseline = baseline
        self.times = calibrate(footprint, standing)
        self.creates = unaccounted(footprint, standing, self.times)
        self.literals = specific(footprint, standing, self.times, self.creates, protect)
        self.fitting = Fitting(estate, standing, self.times)
        self.pairs: dict[int, list[Resource]] = {}
        self.rejected: dict[int, list[tuple[Key, Objection]]] = defaultdict(list)
        self._pair()

    def match(self) -> list[CandidateGroup]:
        """Raise what creates explain, and give what circumstance cannot tell apart."""
        while self._diagnosed() | self._named():
            grow(self.estate, self.standing)
        self._assign()
        groups = self._circumstance()
        self._namesakes()
        return groups

    def pending(self) -> list[PendingCreate]:
        """Tell of each create that is unaccounted for: since when, what it seems to have made, what else it can have made, and what not."""
        made = {id(claim): key for key, claim in self.standing.explained.items()}
        able = self._uncontradicted()
        out = []
        for index, create in enumerate(self.creates):
            if create.claim.id is not None:
                continue  # what it made itself is accounted for
            fitting = {r.key: self._against(r, able) for r in self.pairs[index]}
            out.append(told(create, made.get(id(create.claim)), fitting, self.rejected[index]))
        return out

    def _against(self, resource: Resource, able: set[Key]) -> str:
        other = self.standing.explained.get(resource.key)
        return f"{other.address} explains it" if other is not None else self.fitting.contradiction(resource, able)

    # -- pairs ------------------------------------------------------------------------------------------------------------

    def _pair(self) -> None:
        """Hold each create against what nobody claims; what is named otherwise is not looked at."""
        by_kind: dict[str, list[Resource]] = defaultdict(list)
        by_name: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self.estate.inventory.resources.values():
            if self._free(resource):
                for kind in births(resource.kind):
                    by_kind[kind].append(resource)
                    for name in dict.fromkeys((resource.name, resource.id)):
                        by_name[kind, name].append(resource)
        alike = {kind: Lookup(those) for kind, those in by_kind.items()}
        for index, create in enumerate(self.creates):
            near: Sequence[Resource] = by_kind[create.kind]
            if not create.name:
                near = alike[create.kind].near(create) if near else ()
            elif isinstance(create.name, str):
                near = by_name[create.kind, create.name]
            self.pairs[index] = [r for r in near if self._fits(index, create, r)]

    def _free(self, resource: Resource) -> bool:
        kind = KINDS[resource.kind]
        key = resource.key
        others = (Tense.REFERENCED, Tense.FORGOTTEN)
        claimed = any(c.tense in OWNING or c.tense in others for c in self.standing.claims.get(key, ()))
        return (
            not claimed
            and key not in self.standing.outside
            and not kind.implied(resource)
            and not kind.guard(resource)
            and self.standing.belongs_here(resource)
            and (self.baseline is None or key not in self.baseline.resources)
        )

    def _fits(self, index: int, create: Create, resource: Resource) -> bool:
        if create.name and not create.calls(resource):
            return False
        if create.beside and (not KINDS[resource.kind].byproduct(resource) or any(self.estate.out(resource.key, EdgeType.IMPLIED_BY))):
            return False
        objection = self.fitting.objection(create, resource)
        if objection is None:
            return True
        if create.name or objection.ground is not Ground.ATTRIBUTE:
            self.rejected[index].append((resource.key, objection))
        return False

    def _uncontradicted(self) -> set[Key]:
        """Give the candidates that hang on nothing foreign; what is a candidate itself is not foreign, as long as it is one."""
        left = {r.key for those in self.pairs.values() for r in those}
        while out := {key for key in left if self.fitting.contradiction(self.estate.resource(key), left)}:
            left -= out
        return left

    # -- what proves ------------------------------------------------------------------------------------------------------

    def _diagnosed(self) -> bool:
        changed = False
        able = self._uncontradicted()
        for index, create in enumerate(self.creates):
            for resource in self.pairs[index]:
                if resource.id in create.claim.candidates and resource.key in able:
                    text = f"the error of the create of {create.claim.address} names it, and it is as that create would have made it"
                    changed |= self.standing.lift(resource.key, Confidence.PROBABLE, text, str(create.claim.source))
        return changed

    def _named(self) -> bool:
        pairs: dict[Pair, tuple[str, str]] = {}
        able = self._uncontradicted()
        for index, create in enumerate(self.creates):
            literal = self.literals.within(create.name) if create.name else ""
            for resource in self.pairs[index] if self.literals.values else ():
                if resource.key not in able:
                    continue
                # The literal stands in what is known of the name, and as a whole word in the name as it is.
                if literal and self.literals.within(resource.name or resource.id):
                    pairs[index, resource.key] = "", literal
                elif (found := marked(create, resource, self.literals.within)) != ("", ""):
                    pairs[index, resource.key] = found
        changed = False
        sure = essential(pairs)
        for (index, key), (attribute, literal) in pairs.items():
            if key in sure and self.standing.of(key) < Confidence.PROBABLE:
                text = self._naming(index, key, literal, attribute)
                changed |= self.standing.lift(key, Confidence.PROBABLE, text, str(self.creates[index].claim.source))
        return changed

    def _naming(self, index: int, key: Key, literal: str, attribute: str) -> str:
        create, resource = self.creates[index], self.estate.resource(key)
        if attribute:
            return (
                f'its {attribute} has "{literal}" of this run, as {create.claim.address} would have given it, and it was made in its time'
            )
        told = f' ("{create.name}")' if isinstance(create.name, Pattern) else ""
        maker = f"{create.claim.address} would have named it{told}"
        return f'it is named "{resource.name or resource.id}", with "{literal}" of this run, as {maker}, and was made in its time'

    def _assign(self) -> None:
        """Say of what is the job's which create made it, where that can be told: at most one object per create."""
        pairs = {
            (index, r.key): self.fitting.weight(create, r)
            for index, create in enumerate(self.creates)
            for r in self.pairs[index]
            if self.standing.ours(r.key)
        }
        for lefts, rights in components(pairs):
            for key, index in best({p: w for p, w in pairs.items() if p[0] in lefts and p[1] in rights}).items():
                self.standing.explained[key] = self.creates[index].claim

    # -- what only suggests -----------------------------------------------------------------------------------------------

    def _circumstance(self) -> list[CandidateGroup]:
        """Raise to `possible` what the creates that are still unaccounted for may have made, and to `probable` what a baseline proves."""
        explained = {id(c) for c in self.standing.explained.values()}
        left = [i for i, create in enumerate(self.creates) if id(create.claim) not in explained]
        able = self._uncontradicted()
        pairs = [(i, r.key) for i in left for r in self.pairs[i] if r.key in able and not self.standing.ours(r.key)]
        sure = essential(pairs)
        groups = [self._group(indices, keys, sure) for indices, keys in components(pairs)]
        for group in groups:
            self._suggest(group, Confidence.POSSIBLE, "")
        grow(self.estate, self.standing)
        if self.baseline is not None and not self._others_at_work():
            for group in groups:
                self._suggest(group, Confidence.PROBABLE, f"; {ALONE}, and nothing else can have been meant", sure)
            self._trust_names(self.baseline)
            grow(self.estate, self.standing)
            self._assign()
        return groups

    def _trust_names(self, baseline: Inventory) -> None:
        """Raise what a claim names by an id that is only a name, and that has come since."""
        for key, claims in self.standing.claims.items():
            resource = self.estate.resource(key)
            owning = [c for c in claims if c.tense in OWNING and not self.times.objection(resource, c)]
            if owning and self.standing.of(key) is Confidence.POSSIBLE and key not in baseline.resources:
                text = f"it bears the name that {owning[0].address} gave; {ALONE}"
                self.standing.lift(key, Confidence.PROBABLE, text, str(owning[0].source))

    def _group(self, indices: Sequence[int], keys: Sequence[Key], sure: set[Key]) -> CandidateGroup:
        """Make a group of what can change places, with what is left out of it because it hangs on what is not the job's."""
        out = dict.fromkeys(r.key for i in indices for r in self.pairs[i] if r.key not in keys and not self.standing.ours(r.key))
        self.standing.ambiguous.update(key for key in keys if key not in sure)
        every = tuple(sorted((*keys, *out)))
        noun = KINDS[every[0].kind]
        told = (
            f"{len(indices)} of these"
            if len(every) > len(indices)
            else f"{len(indices)} {'create' if len(indices) == 1 else 'creates'} for"
        )
        reason = f"{told} {noun.many(len(every))}"
        if out:
            reason += f"; {len(out)} of them {'hangs' if len(out) == 1 else 'hang'} on what is not the job's"
        return CandidateGroup(tuple(self.creates[i].claim.address for i in indices), every, reason, tuple(sorted(out)))

    def _suggest(self, group: CandidateGroup, confidence: Confidence, more: str, only: set[Key] | None = None) -> None:
        first = next(create for create in self.creates if create.claim.address == group.creates[0])
        doubt = self.literals.doubt(first.name) if first.name and not more else ""
        text = f"{group.creates[0]} may have made it ({group.reason}): right kind and time, and nothing that contradicts it"
        for key in group.resources:
            if key not in group.contradicted and (only is None or key in only):
                beside = [
                    f"{KINDS[k.kind].noun} {self.estate.resource(k).name or k.id}"
                    for k in self.fitting.ours_beside(self.estate.resource(key))
                ]
                told = f"{text}; it names {', '.join(beside[:3])} of the job" if beside else text
                self.standing.lift(key, confidence, told + (f"; {doubt}" if doubt else "") + more, str(first.claim.source))

    def _others_at_work(self) -> bool:
        """Tell whether anything has come into the project, in the time of the run, that it does not explain."""
        for resource in self.estate.inventory.resources.values():
            dated = resource.created_at
            outside = dated is not None and (self.times.older(dated) or self.times.younger(dated))
            if outside or not self._free(resource) or KINDS[resource.kind].tie or self.standing.of(resource.key):
                continue
            if resource.name or not self._tied(resource):
                return True
        return False

    def _tied(self, resource: Resource) -> bool:
        """Tell whether a tie binds `resource` to what is the job's: nameless, it is a server's disk, which Nova made."""
        ties = [e.source for e in self.estate.into(resource.key, EdgeType.PART_OF, EdgeType.HOLDS) if KINDS[e.source.kind].tie]
        return any(self.standing.ours(e.target) for tie in ties for e in self.estate.out(tie, EdgeType.PART_OF, EdgeType.HOLDS))

    def _namesakes(self) -> None:
        """Raise to `possible` what is named like the job, was made in its time, and no create explains."""
        if self.times.horizon is None:
            return
        for resource in self.estate.inventory.resources.values():
            made = resource.created_at
            if self.standing.of(resource.key) or KINDS[resource.kind].tie or made is None or not self._free(resource):
                continue
            literal = self.literals.within(resource.name)
            timely = not (self.times.older(made) or self.times.younger(made))
            if literal and timely and not self.fitting.contradiction(resource):
                text = f'its name "{resource.name}" holds "{literal}" of this run, but no create explains it'
                self.standing.lift(resource.key, Confidence.POSSIBLE, text)
