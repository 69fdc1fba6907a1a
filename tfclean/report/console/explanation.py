"""An explanation in, the text of `tfclean explain` out: told as a person would tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tfclean.kinds.registry import noun
from tfclean.model import Action, Confidence, EdgeType, Evidence, Finding, Step, Verdict
from tfclean.report.base import Context, Look
from tfclean.report.console.branches import tree
from tfclean.report.console.page import Page
from tfclean.report.console.parts import gaps, header, which
from tfclean.report.console.pending import concerning
from tfclean.report.explanation import Explanation
from tfclean.report.text import change, joined, moment, nearby, quantity, titled

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
    EdgeType.EASES: ("had better be gone before it", "had better go after it"),
    EdgeType.WARNS: ("suffers when it goes", "it suffers when this goes"),
    EdgeType.USES: ("uses it", "is used by it"),
}
"""What a tie means for the source, and for the target."""

FATES = {
    Verdict.MISSING: "There is nothing to delete; `{engine} state rm` takes it out of the state",
    Verdict.POSSIBLE: "No, unless --include-possible",
}
"""Whether it would be deleted, where the verdict alone says so."""

FLAGS = {
    "tainted": "tainted: half made, and marked to be replaced",
    "deposed": "deposed: already replaced, and still to be destroyed",
    "elsewhere": "elsewhere: live, but in another project",
    "stranger": "a stranger: not Terraform's, but inside what is the job's",
    "ambiguous": "ambiguous: one of more objects than creates, so that some of them are somebody else's",
    "external": "external",
}

ENDS = {
    Action.DELETE: "it is deleted, which cannot be taken back",
    Action.CASCADE: "it is deleted with all its parts in one call, which cannot be taken back",
    Action.DETACH: "it is untied, and tied again if what that is for stays after all",
    Action.CLEAR: "it is freed for others, and that is taken back if what it is for stays after all",
    Action.WAIT: "nothing is called, for OpenStack takes it away by itself, and that is waited for",
}
"""What a step does to the object, and whether it can be taken back."""

MOST = 4
"""More steps, and more sources of one reason, than this are counted, unless verbose."""
WEAK = frozenset({EdgeType.USES, EdgeType.EASES, EdgeType.WARNS})
"""Ties that keep nothing from going."""


def write(page: Page, explanations: Sequence[Explanation], context: Context, look: Look) -> None:
    """Write `explanations`: verdict, reasons, what else it could have been, ties, and what a destroy would do to it."""
    header(page, context)
    for number, explanation in enumerate(explanations):
        page.gap()
        if number:
            page.line("-" * 20, "dim")
            page.gap()
        subject(page, explanation, look)
    gaps(page, explanations[0].gaps, verbose=look.verbose)


def subject(page: Page, explanation: Explanation, look: Look) -> None:
    """Write what is known about the one object, without what is the same for all."""
    finding = explanation.finding
    title = titled(finding.key, finding.name)
    page.prose(f"{title[0].upper()}{title[1:]} {verdict(finding)}.", "bold")
    if finding.resource is not None:
        made = moment(finding.resource.created_at)
        page.prose(", ".join(p for p in (finding.resource.status, f"made {made}" if made else "") if p) or "it has no date")
    for flag in sorted(finding.flags - {"tie", "ignored"}):
        page.prose(f"It is {FLAGS.get(flag, flag)}.")
    for address in finding.addresses:
        page.line(address, "", 2)
    _reasons(page, finding, verbose=look.verbose)
    _alternatives(page, explanation)
    _drift(page, explanation)
    _candidates(page, explanation)
    concerning(page, explanation.pending, finding.key, lambda key: explanation.names.get(key, ""))
    if explanation.hints:
        page.head("What would have made it certain")
        for hint in explanation.hints:
            page.hanging("  - ", hint.text)
            page.line(hint.line, "", 4)
    _ties(page, explanation, look)
    page.head("Would it be deleted?")
    for line in _end(explanation, verbose=look.verbose):
        page.prose(line, indent=2)


def verdict(finding: Finding) -> str:
    """Say what an object is, in words that follow its name."""
    but = " but for what is ignored" if finding.verdict is Verdict.MANAGED and "ignored" in finding.flags else ""
    return SENTENCES[finding.verdict] + but


def fate(explanation: Explanation) -> str:
    """Say whether it would be deleted, and why (not)."""
    finding = explanation.finding
    if explanation.step is not None:
        return f"Yes ({explanation.step.action.value}): {explanation.step.reason}"
    if explanation.goes_with is not None:
        return f"Yes, together with {titled(explanation.goes_with.target, explanation.goes_with.name)}"
    because = explanation.kept.because if explanation.kept else finding.keep
    if because:
        return f"No: {because}"
    return FATES.get(finding.verdict, f"No: it {SENTENCES[finding.verdict].partition(':')[0]}").format(engine=explanation.engine)


def _end(explanation: Explanation, *, verbose: bool) -> Iterator[str]:
    """Tell what a destroy does to it, when it comes to it, what waits for what, and who is in the way."""
    turn, step, whole = explanation.turn, explanation.step, explanation.goes_with
    if turn is None:
        yield fate(explanation)
    else:
        what = (
            f"together with {titled(whole.target, whole.name)}, which cannot be taken back" if whole else ENDS[step.action] if step else ""
        )
        yield f"Yes, in step {turn.number} of {turn.steps}: {what}."
        for reason in step.attributes.get("prepare", ()) if step else ():
            yield f"Before that it is changed: {reason}."
        yield f"It waits for {_steps(turn.waits_for, verbose=verbose) or 'nothing'}."
        if turn.frees:
            yield f"For it {'waits' if len(turn.frees) == 1 else 'wait'} {_steps(turn.frees, verbose=verbose)}."
    kept = explanation.kept
    if kept is not None and kept.blockers:
        held = [titled(key, explanation.names.get(key, "")) for key in kept.blockers if key.id not in kept.because]
        if held:
            yield f"In the way: {joined(held)}."
    if kept is not None and kept.leftover:
        yield "It counts as a leftover: the job is not gone while it is there."


def _steps(steps: Sequence[tuple[int, Step]], *, verbose: bool) -> str:
    shown = steps if verbose or len(steps) <= MOST else steps[: MOST - 1]
    told = [f"{noun(step.target.kind)} {step.name or step.target.id} (step {number})" for number, step in shown]
    rest = len(steps) - len(shown)
    return joined([*told, *([quantity(rest, "other step")] if rest else [])])


def _reasons(page: Page, finding: Finding, *, verbose: bool) -> None:
    if finding.confidence is not Confidence.NONE:
        page.head(f"{finding.confidence.label.capitalize()} to be the job's, because")
    elif finding.evidence:
        page.head("Because")
    sources: dict[str, list[Evidence]] = {}
    for evidence in finding.evidence:
        sources.setdefault(evidence.text, []).append(evidence)
    for text, members in sources.items():
        places = list(dict.fromkeys(nearby(e.source) for e in members if e.source))
        page.hanging("  - ", f"{text}{f' [{places[0]}]' if len(places) == 1 else ''}")
        if len(places) > 1:
            shown = places if verbose or len(places) <= MOST else places[: MOST - 1]
            for place in shown:
                page.line(f"[{place}]", "dim", 4)
            if len(shown) < len(places):
                page.prose(f"and {quantity(len(places) - len(shown), 'other source')} (-v lists them)", "dim", 4)


def _alternatives(page: Page, explanation: Explanation) -> None:
    if explanation.alternatives:
        page.head("What else it could have been")
        for alternative in explanation.alternatives:
            page.hanging("  - ", f"not {alternative.verdict}: {alternative.because}")


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
            page.hanging("  - ", f"{titled(finding.key, finding.name)}: {finding.verdict.value}")


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


def _ties(page: Page, explanation: Explanation, look: Look) -> None:
    above, below = explanation.above, explanation.below
    holders, held = [b for b in above if b.edge.type not in WEAK], [b for b in below if b.edge.type not in WEAK]
    if holders:
        page.head(f"What holds it ({len(holders)})", "must be gone before it")
        tree(page, holders, incoming=True, verbose=look.verbose)
    if held:
        page.head(f"What it holds ({len(held)})", "cannot go before it")
        tree(page, held, incoming=False, verbose=look.verbose)
    if len(holders) + len(held) < len(above) + len(below):
        page.head(f"Other ties ({len(above) + len(below) - len(holders) - len(held)})", "hold nothing")
        tree(page, [b for b in above if b.edge.type in WEAK], incoming=True, verbose=look.verbose)
        tree(page, [b for b in below if b.edge.type in WEAK], incoming=False, verbose=look.verbose)
