"""How findings, steps and outcomes are drawn: one entry for each word that a drawing can say of an object."""

from __future__ import annotations

from tfclean.model import Action, Confidence, Finding, OutcomeKind, Verdict
from tfclean.report.graph.drawing import Look
from tfclean.report.problems import SECTIONS, section

_PROBLEMS: dict[str, tuple[str, bool, str]] = {
    "zombie": ("hexagon", False, "bad"),
    "stranger": ("hexagon", False, "warn"),
    "missing": ("box", True, "bad"),
    "elsewhere": ("box", True, "warn"),
    "drifted": ("slanted", False, "warn"),
    "deposed": ("slanted", True, "warn"),
    "tainted": ("slanted", True, "warn"),
    "possible": ("oval", True, "doubt"),
    "unknown": ("oval", True, "doubt"),
}
"""Outline, whether its border is broken, and colour, of each class of problem."""

_LOOKS: dict[str, Look] = {
    **{
        s.name: Look(s.name, s.meaning, s.mark, outline, dashed=dashed, heavy=True, colour=colour)
        for s in SECTIONS
        for outline, dashed, colour in [_PROBLEMS[s.name]]
    },
    Verdict.MANAGED: Look("managed", "as the present state says"),
    Verdict.IMPLICIT: Look("implicit", "made by OpenStack for what is the job's", outline="round"),
    Verdict.USED: Look("used", "looked up by the job, never made by it", outline="double", colour="aside"),
    Verdict.PROTECTED: Look("protected", "never deleted", outline="double", colour="aside"),
    Verdict.FOREIGN: Look("foreign", "nothing ties it to the job", outline="oval", colour="aside"),
}

_STEPS: dict[Action, Look] = {
    Action.DELETE: Look("delete", "is deleted", "-", colour="bad"),
    Action.CASCADE: Look("delete, with its parts", "in one call", "-", heavy=True, colour="bad"),
    Action.DETACH: Look("untie", "is untied", "~", "slanted", colour="warn"),
    Action.CLEAR: Look("free", "a reference or a protection is taken off it", "~", "slanted", dashed=True, colour="warn"),
    Action.WAIT: Look("wait", "OpenStack takes it away by itself", ".", "round", colour="aside"),
}

_OUTCOMES: dict[str, Look] = {
    OutcomeKind.DELETED: Look("deleted", "it is gone", outline="round", dashed=True, colour="good"),
    OutcomeKind.ALREADY_GONE: Look("already gone", "it was gone when its turn came", outline="round", dashed=True, colour="good"),
    OutcomeKind.KEPT: Look("kept", "it stays", outline="double", colour="aside"),
    OutcomeKind.BLOCKED: Look("blocked", "something that no step can free holds it", "x", "hexagon", heavy=True, colour="bad"),
    OutcomeKind.SKIPPED: Look("skipped", "what must go before it did not go", "/", "slanted", heavy=True, colour="warn"),
    OutcomeKind.FAILED: Look("failed", "it could not be deleted", "x", "hexagon", heavy=True, colour="bad"),
}

LIVE = Look("live", "it is there")
LEFTOVER = Look("left", "is, or may be, the job's, and stays", "?", "oval", heavy=True, colour="doubt")
KEPT = _OUTCOMES[OutcomeKind.KEPT]
HOLDER = Look("holds", "it holds what should go", "!", "oval", heavy=True, colour="warn")


def of_finding(finding: Finding) -> Look:
    """Give the look of a finding: of its class of problem, else of its verdict."""
    own = section(finding)
    return _LOOKS[own.name if own else finding.verdict.value]


def said(finding: Finding) -> str:
    """Say what a finding is, as it stands in a drawing: ``! zombie, probable``."""
    look = of_finding(finding)
    sure = f", {finding.confidence.label}" if look.heavy and Confidence.NONE < finding.confidence < Confidence.CERTAIN else ""
    doubled = f", {finding.confidence.label}" == f", {look.word}"
    return f"{look.mark} {look.word}{'' if doubled else sure}".strip()


def of_step(action: Action) -> Look:
    """Give the look of a step."""
    return _STEPS[action]


def of_outcome(outcome: str) -> Look:
    """Give the look of how a step ended."""
    return _OUTCOMES[outcome]
