"""An explanation in, the text of `tfclean explain` out: told as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Confidence, Edge, EdgeType, Finding, Key, Verdict
from tfclean.report.base import Context, Look
from tfclean.report.console.page import Page
from tfclean.report.console.parts import gaps, header, which
from tfclean.report.console.pending import concerning
from tfclean.report.explanation import Explanation
from tfclean.report.text import change, moment, nearby, titled

SENTENCES = {
    Verdict.PROTECTED: "is protected: tfclean never deletes it",
    Verdict.MANAGED: "is managed: it stands in the present state, and is as that says",
    Verdict.DRIFTED: "has drifted: it stands in the present state, and has changed since",
    Verdict.MISSING: "is missing: it stands in the present state, and is not live",
    Verdict.USED: "is used: the job looked it up, and never made it",
    Verdict.IMPLICIT: "is implicit: OpenStack made it for something of the job's",
    Verdict.ZOMBIE: "is a zombie: the job's, but in no present state, so that no Terraform run will ever delete it",
    Verdict.POSSIBLE: "is possibly the job's: circumstance only, and nothing proves it",
    Verdict.FOREIGN: "is foreign: nothing ties it to the job",
    Verdict.UNKNOWN: "is unknown: its kind could not be listed",
}
TIES = {
    EdgeType.HOLDS: ("must be gone before it", "cannot go before it"),
    EdgeType.PART_OF: ("goes with it", "takes it along"),
    EdgeType.IMPLIED_BY: ("was made by OpenStack for it, and goes with it", "it was made for this, and goes with it"),
    EdgeType.BREAKS: ("must be gone before it, or let go of it", "cannot go before it is gone, or has let go"),
    EdgeType.WARNS: ("suffers when it goes", "it suffers when this goes"),
    EdgeType.USES: ("uses it", "is used by it"),
}
"""What a tie means for the source, and for the target."""

FATES = {
    Verdict.MISSING: "There is nothing to delete; `terraform state rm` takes it out of the state",
    Verdict.POSSIBLE: "No, unless --include-possible",
}
"""Whether it would be deleted, where the verdict alone says so."""

MOST = 12
"""More ties of one sort than this are counted and not listed, unless verbose."""


def write(page: Page, explanation: Explanation, context: Context, look: Look) -> None:
    """Write `explanation`: verdict, confidence, reasons, ties, and why it would or would not be deleted."""
    finding = explanation.finding
    header(page, context)
    page.gap()
    title = titled(finding.key, finding.name)
    page.prose(f"{title[0].upper()}{title[1:]} {SENTENCES[finding.verdict]}.", "bold")
    if finding.resource is not None:
        made = moment(finding.resource.created_at)
        page.prose(", ".join(p for p in (finding.resource.status, f"made {made}" if made else "") if p) or "it has no date")
    for flag in sorted(finding.flags - {"tie"}):
        page.prose(f"It is {FLAGS.get(flag, flag)}.")
    for address in finding.addresses:
        page.line(address, "", 2)
    _reasons(page, finding)
    _drift(page, explanation)
    _candidates(page, explanation)
    concerning(page, explanation.pending, finding.key, lambda key: explanation.names.get(key, ""))
    _ties(page, "What holds it", explanation.held_by, explanation, look, incoming=True)
    _ties(page, "What it holds", explanation.holds, explanation, look, incoming=False)
    page.head("Would it be deleted?")
    page.prose(fate(explanation), indent=2)
    gaps(page, explanation.gaps, verbose=look.verbose)


FLAGS = {
    "tainted": "tainted: half made, and marked to be replaced",
    "deposed": "deposed: already replaced, and still to be destroyed",
    "elsewhere": "elsewhere: live, but in another project",
    "stranger": "a stranger: not Terraform's, but inside what is the job's",
    "external": "external",
}


def fate(explanation: Explanation) -> str:
    """Say whether it would be deleted, and why (not)."""
    finding = explanation.finding
    if explanation.step is not None:
        return f"Yes ({explanation.step.action.value}): {explanation.step.reason}"
    if explanation.goes_with is not None:
        return f"Yes, together with {titled(explanation.goes_with.target, explanation.goes_with.name)}"
    because = explanation.kept.because if explanation.kept else finding.keep
    return f"No: {because}" if because else FATES.get(finding.verdict, f"No: it {SENTENCES[finding.verdict].partition(':')[0]}")


def _reasons(page: Page, finding: Finding) -> None:
    if finding.confidence is not Confidence.NONE:
        page.head(f"{finding.confidence.label.capitalize()} to be the job's", "because")
    elif finding.evidence:
        page.head("Because")
    for evidence in finding.evidence:
        page.prose(f"- {evidence.text}{f' [{nearby(evidence.source)}]' if evidence.source else ''}", indent=2)


def _drift(page: Page, explanation: Explanation) -> None:
    if explanation.finding.drift:
        page.head("Changed")
        for drift in explanation.finding.drift:
            withheld = (f"{drift.attribute}: sensitive, values withheld",)
            for line in withheld if drift.sensitive else change(drift.attribute, drift.before, drift.after):
                page.prose(line, indent=2)
    if explanation.finding.cause is not None:
        cause = explanation.finding.cause
        page.prose(f"It follows from {titled(cause, explanation.names.get(cause, ''))}.")
    if explanation.consequences:
        page.head(f"What follows from it ({len(explanation.consequences)})")
        for finding in explanation.consequences:
            page.prose(f"{titled(finding.key, finding.name)}: {finding.verdict.value}", indent=2)


def _candidates(page: Page, explanation: Explanation) -> None:
    # A create that is told by itself needs no group to tell of it.
    told = {create.address for create in explanation.pending}
    for group in (g for g in explanation.candidates if not told.issuperset(g.creates)):
        others = [k for k in group.resources if k != explanation.finding.key]
        page.head("Which one", which(group))
        for address in group.creates:
            page.line(f"create: {address}", "", 2)
        for key in others:
            page.line(f"as good: {titled(key, explanation.names.get(key, ''))}", "", 2)


def _ties(page: Page, title: str, edges: Sequence[Edge], explanation: Explanation, look: Look, *, incoming: bool) -> None:
    if not edges:
        return
    page.head(f"{title} ({len(edges)})")
    lines = list(_told(edges, explanation.names, incoming=incoming))
    for line in lines if look.verbose else lines[:MOST]:
        page.prose(f"- {line}", indent=2)
    if len(lines) > MOST and not look.verbose:
        page.prose(f"... and {len(lines) - MOST} more (-v lists them)", "dim", 2)


def _told(edges: Sequence[Edge], names: dict[Key, str], *, incoming: bool) -> Iterator[str]:
    strength = list(EdgeType)
    for edge in sorted(edges, key=lambda e: (strength.index(e.type), e.source, e.target)):
        other = edge.source if incoming else edge.target
        meaning = TIES[edge.type][0 if incoming else 1]
        reason = f" ({noun(edge.source.kind)} {edge.reason} {noun(edge.target.kind)})" if edge.reason else ""
        yield f"{titled(other, names.get(other, ''))} {meaning}{reason}"
