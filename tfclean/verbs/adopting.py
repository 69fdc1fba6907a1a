"""Evidence, a cloud and names in; ``import`` blocks for what is live and in no present state out."""
# ruff: noqa: PLC0415 - ``import tfclean`` costs next to nothing because of it

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

from tfclean import __version__
from tfclean.errors import UsageError
from tfclean.model import Adoption, Confidence, EdgeType, Finding, Import, Inventory, Judgement, Kept, Key, Verdict
from tfclean.verbs.asking import basis, live
from tfclean.verbs.finding import find
from tfclean.verbs.options import DiffOptions, Paths, StrPath

if TYPE_CHECKING:
    from tfclean.cleanup.ports import Cloud

IN_STATE = frozenset({Verdict.MANAGED, Verdict.DRIFTED, Verdict.MISSING, Verdict.UNKNOWN})
"""Verdicts of what holds its address in the present state."""
OTHERS = "OpenStack made it for another object, and takes it away with that"
NO_NAME = re.compile(r"[^\w-]+")


def adopt(
    subjects: Sequence[str] = (),
    paths: Paths = ".",
    *,
    cloud: str | Mapping[str, Any] | Cloud | None = None,
    inventory: Inventory | StrPath | None = None,
    every: bool = False,
    **options: Unpack[DiffOptions],
) -> Adoption:
    """Have Terraform take over what is live and in no present state, instead of deleting it. Changes nothing by itself.

    Args:
        subjects: objects: each an id, the start of one, a Terraform address, or a name.
        paths: as for `read`.
        cloud: where to look.
        inventory: an inventory, or the file that holds one, to be used instead of a cloud.
        every: all zombies, strangers left out: Terraform never made those.
        **options: see `EvidenceOptions` and `LookOptions`.

    Returns:
        The imports, with their text, and what of `subjects` cannot be imported, with the reason.

    Raises:
        UsageError: neither `subjects` nor `every` is given.
        InputError: nothing is meant by a subject, or several objects are; or a file cannot be read.
        NothingToGoOn: the evidence holds nothing, or only says that a state was lost.
        CloudError: the cloud cannot be asked.
    """
    if not subjects and not every:
        raise UsageError("adopt: name what is to be adopted, or say --all")
    judgement = basis(paths, options).judge(live(cloud, inventory, options))
    chosen = {f.key: f for f in (find(judgement, subject) for subject in subjects)}
    if every:
        chosen |= {f.key: f for f in judgement.findings.values() if _is_zombie(f) and f.key not in _made_by_openstack(judgement)}
    return choose(judgement, list(chosen.values()))


def _is_zombie(finding: Finding) -> bool:
    return finding.verdict is Verdict.ZOMBIE and finding.confidence >= Confidence.PROBABLE and "stranger" not in finding.flags


def _made_by_openstack(judgement: Judgement) -> frozenset[Key]:
    return frozenset(edge.source for edge in judgement.edges if edge.type is EdgeType.IMPLIED_BY)


def choose(judgement: Judgement, findings: Sequence[Finding]) -> Adoption:
    """Work out addresses and ids.

    Args:
        judgement: all that was found: what stands in the present state keeps its address.
        findings: what is to be imported.
    """
    from tfclean.terraform.importing import render

    implied = _made_by_openstack(judgement)
    taken = {address for f in judgement.findings.values() if f.verdict in IN_STATE for address in f.addresses}
    imports: list[Import] = []
    left: list[Kept] = []
    # What a log or a plan names comes first: a name of our own making must not take its address.
    for finding in sorted(findings, key=lambda f: (not f.addresses, f.key)):
        made = OTHERS if finding.key in implied else _imports(finding, taken)
        if isinstance(made, str):
            left.append(Kept(finding.key, finding.name, made))
        else:
            taken.update(each.address for each in made)
            imports += made
    adoption = Adoption(tuple(sorted(imports, key=lambda each: each.address)), tuple(left), "", judgement.gaps, judgement.inventory.project)
    return replace(adoption, text=render(adoption, version=__version__))


def _imports(finding: Finding, taken: set[str]) -> list[Import] | str:
    """Give the imports of one object, or say why there is none; a port that a router took as its leg can be two resources."""
    from tfclean.kinds.imports import IMPOSSIBLE, import_id, makes, type_of

    resource = finding.resource
    reason = _reservation(finding)
    if reason or resource is None:
        return reason or "it is not live"
    claimed = {address.type: address for address in map(_parsed, reversed(finding.addresses)) if address is not None}
    named = {type_: address for type_, address in claimed.items() if makes(type_, resource)}
    wanted = list(named) or [type_of(resource)]
    if wanted == [""]:
        return "the provider has no resource for it"
    if wanted[0] in IMPOSSIBLE:
        return f"{IMPOSSIBLE[wanted[0]]} ({wanted[0]})"
    out = []
    for type_ in wanted:
        id_ = import_id(type_, resource)
        if not id_:
            return f"what {type_} is imported by is not known whole"
        address = str(named.get(type_) or "")
        if address and address not in taken:
            out.append(Import(finding.key, finding.name, address, id_))
            continue
        note = "no trace names its address: add a resource, or have it written by -generate-config-out"
        if address:
            note = f"{address} is taken by another object"
        elif claimed:
            note = f"a trace has it as {next(iter(claimed.values()))}, and by that type it cannot be imported"
        out.append(Import(finding.key, finding.name, _free(type_, finding, taken), id_, (note,)))
    return out


def _free(type_: str, finding: Finding, taken: set[str]) -> str:
    """Make an address of our own, in the root module."""
    word = NO_NAME.sub("_", finding.name or finding.id or "").strip("_") or "object"
    names = (f"{type_}.adopted_{word}{f'_{n}' if n else ''}" for n in range(len(taken) + 1))
    return next(name for name in names if name not in taken)


def _reservation(finding: Finding) -> str:
    """Say why an object is not Terraform's to import, or give the empty string."""
    if finding.verdict in IN_STATE:
        where = f" as {finding.addresses[0]}" if finding.addresses else ""
        return f"the present state has it{where}"
    if finding.verdict is Verdict.IMPLICIT:
        return OTHERS
    if finding.verdict is Verdict.PROTECTED:
        return f"it is protected: {finding.keep}"
    return ""


def _parsed(text: str) -> Any:
    """Take an address apart; None if it is none, or a data source's."""
    from tfclean.terraform.addresses import parse

    try:
        address = parse(text)
    except ValueError:
        return None
    return address if address.mode == "managed" else None
