"""Creates that are unaccounted for.

In: a footprint, and what is known of the live objects. Out: the creates that started, or may have, and whose object no claim names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tfclean.estate.claims import kind_of
from tfclean.estate.standing import Standing
from tfclean.estate.timing import Times
from tfclean.kinds.registry import SIBLINGS
from tfclean.kinds.terraform_types import Role, TerraformType, of
from tfclean.model import OWNING, Claim, Footprint, Pattern, Resource, SourceKind, Tense

Name = str | Pattern


@dataclass(frozen=True, slots=True)
class Create:
    """A create that is unaccounted for.

    Attributes:
        claim: the evidence.
        type: its Terraform type.
        kind: kind of what it would have made.
        name: the name it would have given, or as much of it as is known; empty if it has none or nothing is known.
        beside: it is not Terraform's: OpenStack makes it beside the create's own object.
        born: when that object was made, where that is known; OpenStack makes this one then.
        likeness: its attributes as one text.
    """

    claim: Claim
    type: TerraformType
    kind: str
    name: Name
    beside: bool = False
    born: datetime | None = None
    likeness: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Note what it would have made: of equal ones, one comparison tells for all."""
        object.__setattr__(self, "likeness", f"{self.beside}{sorted(self.claim.attributes.items(), key=lambda pair: pair[0])!r}")

    def calls(self, resource: Resource) -> bool:
        """Tell whether `resource` is named as this create would have named it."""
        return bears(resource, self.name)


def bears(resource: Resource, name: Name) -> bool:
    """Tell whether `resource` is named so."""
    if isinstance(name, Pattern):
        return name.matches(resource.name)
    return name in (resource.name, resource.id)


def unaccounted(footprint: Footprint, standing: Standing, times: Times) -> list[Create]:
    """Give the creates that started, or may have, and whose object no claim names.

    A planned create counts only where no log of the apply was read: a log would show its start. What a configuration alone declares says
    what could have been made, and not that a run wanted to.
    """
    made: dict[str, list[Resource]] = defaultdict(list)
    for key, claims in standing.claims.items():
        for claim in claims:
            if claim.tense in OWNING and not claim.deposed:
                made[claim.address].append(standing.inventory.resources[key])
    out = []
    for claim in footprint.claims:
        started = claim.tense is Tense.IN_FLIGHT or (
            claim.tense is Tense.PLANNED and not footprint.logged and claim.source.kind is not SourceKind.CONFIGURATION
        )
        kind = kind_of(claim.type)
        type_ = of(claim.type)
        if not started or claim.id is not None or kind is None or type_ is None or (type_.role is not Role.OWNER and kind not in SIBLINGS):
            continue
        if any(not times.before(resource, claim) for resource in made[claim.address]):
            continue
        out.append(Create(claim, type_, kind, name_of(claim)))
    return [*out, *beside(footprint, standing, [create.claim for create in out])]


def beside(footprint: Footprint, standing: Standing, open_: Collection[Claim]) -> Iterator[Create]:
    """Give what OpenStack makes beside the objects of creates, and may have left: disks that Nova makes for servers.

    A create that is unaccounted for may have left them whatever they were to go with; one that is accounted for, those that do not go with
    its object.
    """
    live = {id(claim): standing.inventory.resources[key] for key, claims in standing.claims.items() for claim in claims}
    seen: set[tuple[str, str | None, int]] = set()
    for claim in (c for c in footprint.claims if c.tense in OWNING or any(c is other for other in open_)):
        type_ = of(claim.type)
        makes = type_.makes if type_ else None
        object_ = live.get(id(claim))
        for place, block in makes.blocks(claim.attributes) if makes else ():
            which = (claim.address, claim.id, place)
            born = object_.created_at if object_ else _moment(claim.attributes.get(makes.born)) if makes else None
            if makes is None or type_ is None or which in seen or (claim.id and (block.get(makes.goes) is True or born is None)):
                continue
            seen.add(which)
            made = replace(claim, address=f"{claim.address}.{makes.path}[{place}]", attributes=block, refers=())
            theirs = replace(type_, drift=makes.drift, references=())
            yield Create(made, theirs, makes.kind, "", beside=True, born=born if claim.id else None)


def _moment(text: object) -> datetime | None:
    """Read a time as the provider writes it: Go's own form, always of UTC."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S %z UTC")
    except ValueError:
        return None


def name_of(claim: Claim) -> Name:
    """Give the name that a claim says, or as much of it as is known; empty if it says none."""
    type_ = of(claim.type)
    name = claim.attributes.get(type_.name_attribute) if type_ and type_.name_attribute else None
    return name if isinstance(name, str | Pattern) else ""


def expected(footprint: Footprint) -> Iterator[tuple[str, Claim, Name]]:
    """Give what the run made or would have made and its name: the kind, the claim, the name."""
    for claim in footprint.claims:
        kind = kind_of(claim.type)
        name = name_of(claim) if kind and (claim.tense in OWNING or claim.tense in (Tense.IN_FLIGHT, Tense.PLANNED)) else ""
        if kind and name:
            yield kind, claim, name
