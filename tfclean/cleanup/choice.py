"""Which findings the options allow to go. In: a judgement and options. Out: what is wanted, and what is kept with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tfclean.cleanup.guards import forbidden, unseen_holders
from tfclean.cleanup.options import Options
from tfclean.kinds.registry import KINDS
from tfclean.model import Confidence, Finding, Judgement, Kept, Key, Resource, Verdict

OURS = frozenset({Verdict.MANAGED, Verdict.DRIFTED, Verdict.ZOMBIE, Verdict.IMPLICIT, Verdict.POSSIBLE})


@dataclass(frozen=True, slots=True)
class Choice:
    """What may go, and what stays although it has to do with the job.

    Attributes:
        wanted: findings that may go, by key.
        kept: what stays by policy or guard, by key.
    """

    wanted: Mapping[Key, Finding]
    kept: Mapping[Key, Kept]


def choose(judgement: Judgement, options: Options) -> Choice:
    """Sort findings into what may go and what is kept."""
    wanted: dict[Key, Finding] = {}
    kept: dict[Key, Kept] = {}
    for key, finding in judgement.findings.items():
        if finding.resource is None:
            continue
        reason, leftover = _reservation(finding, judgement, options)
        if reason:
            kept[key] = Kept(key, finding.name, reason, leftover)
        elif is_job(finding):
            wanted[key] = finding
    return Choice(wanted, kept)


def is_job(finding: Finding) -> bool:
    """Tell whether a live object is, or may be, the job's."""
    return finding.resource is not None and finding.verdict in OURS and finding.confidence > Confidence.NONE


def _reservation(finding: Finding, judgement: Judgement, options: Options) -> tuple[str, bool]:
    """Say why a finding stays, and whether that leaves the job unfinished."""
    resource = finding.resource
    assert resource is not None
    if finding.verdict is Verdict.PROTECTED:
        concerns_us = finding.confidence > Confidence.NONE or finding.addresses
        return (finding.keep or "it is protected") if concerns_us else "", False
    if not is_job(finding):
        return "", False
    wish = options.kept(resource, finding.addresses) or ("" if options.names(finding) else finding.keep)
    if wish:
        return wish, False
    doubt = _doubt(finding, options) or _lock(finding, resource, options)
    if doubt:
        return doubt, True
    # What OpenStack takes away by itself may belong to a service's own project; ties have no owner but their ends.
    if finding.verdict is Verdict.IMPLICIT or KINDS[finding.kind].tie:
        return "", False
    inventory = judgement.inventory
    guard = forbidden(resource, project=inventory.project, user=inventory.user, options=options, addresses=finding.addresses)
    return guard or unseen_holders(finding.kind, inventory), True


def _lock(finding: Finding, resource: Resource, options: Options) -> str:
    """Say which protection is not taken off without being asked for by name, or give the empty string."""
    lock = KINDS[finding.kind].lock(resource)
    return f"{lock}: it goes only if it is asked for by name (--also)" if lock and not options.names(finding) else ""


def _doubt(finding: Finding, options: Options) -> str:
    """Say why what only circumstance ties to the job stays, or give the empty string."""
    if finding.confidence is not Confidence.POSSIBLE or options.names(finding):
        return ""
    evidence = f": {finding.evidence[0].text}" if finding.evidence else ""
    if not options.include_possible:
        return f"only circumstance ties it to the job{evidence}"
    if "ambiguous" in finding.flags:
        # Never more objects than creates: deleting all of them would surely hit somebody else's.
        return f"there are more such objects than creates, so that some are not the job's: name those that are (--also){evidence}"
    return ""
