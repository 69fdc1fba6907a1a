"""What traces say of a run and what its configuration says in, one account of both out: traces win wherever they know an address.

1. A create that a log shows and no plan describes gets the attributes that the configuration has at its address. What an attribute
   refers to is told by the configuration alone, and goes to every claim of a create.
2. What the configuration asks to be kept (``prevent_destroy``, ``removed``) is kept, whoever recorded it.
3. Creates that only the configuration tells of count where no trace tells of any: a plan or a log would have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tfclean.model import Claim, SourceKind, Tense
from tfclean.terraform.addresses import config_address

_CREATES = frozenset({Tense.PLANNED, Tense.IN_FLIGHT, Tense.CREATED})


def join(traced: Sequence[Claim], declared: Sequence[Claim], *, logged: bool) -> list[Claim]:
    """Join what a configuration declares to what traces say.

    Args:
        traced: claims of states, plans and logs, each create told once.
        declared: claims of the configuration.
        logged: a log of an apply was read.

    Returns:
        The claims of traces, completed, then those of the configuration that add something.
    """
    if not declared:
        return list(traced)
    planned = {claim.address: claim for claim in declared if claim.tense is Tense.PLANNED}
    wishes = {claim.address: claim.keep for claim in declared if claim.keep and claim.tense is not Tense.FORGOTTEN}
    let_go = {claim.address: claim.keep for claim in declared if claim.tense is Tense.FORGOTTEN}
    known = {claim.address for claim in traced}
    tells = logged or any(claim.tense in _CREATES for claim in traced)
    out = [_kept(_shaped(claim, planned.get(claim.address)), wishes, let_go) for claim in traced]
    out += (claim for claim in declared if claim.tense is not Tense.PLANNED or not (tells or claim.address in known))
    return out


def is_declared(claim: Claim) -> bool:
    """Tell whether a claim is a configuration's."""
    return claim.source.kind is SourceKind.CONFIGURATION


def told_apart(claims: Iterable[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Give the claims of traces, and those of configurations."""
    traced: list[Claim] = []
    declared: list[Claim] = []
    for claim in claims:
        (declared if is_declared(claim) else traced).append(claim)
    return traced, declared


def _shaped(claim: Claim, shape: Claim | None) -> Claim:
    if shape is None or claim.tense not in _CREATES:
        return claim
    if claim.attributes or claim.unknown:
        return replace(claim, refers=claim.refers or shape.refers)
    return replace(
        claim,
        attributes=shape.attributes,
        sensitive=shape.sensitive,
        unknown=shape.unknown,
        refers=shape.refers,
        dependencies=claim.dependencies or shape.dependencies,
    )


def _kept(claim: Claim, wishes: Mapping[str, str | None], let_go: Mapping[str, str | None]) -> Claim:
    if claim.keep or claim.tense is Tense.REFERENCED:
        return claim
    wish = wishes.get(claim.address) or (let_go.get(config_address(claim.address)) if let_go else None)
    return replace(claim, keep=wish) if wish else claim
