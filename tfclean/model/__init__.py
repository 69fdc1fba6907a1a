"""The nouns: frozen dataclasses and enums that every room speaks in. Imports nothing of ours but itself."""

from tfclean.model.aftermath import ByHand, QuotaChange, Usage, Usages
from tfclean.model.answers import Answer, Look
from tfclean.model.checkup import Ahead, Check, Checkup, Mark, Offered, Standing, Token
from tfclean.model.evidence import OWNING, Claim, Footprint, Gap, GapKind, Horizon, Lock, Source, SourceKind, Tense, Variable
from tfclean.model.judgement import (
    CandidateGroup,
    Confidence,
    Drift,
    Edge,
    EdgeType,
    Evidence,
    Finding,
    Judgement,
    PendingCreate,
    Rejected,
    Verdict,
)
from tfclean.model.live import Inventory, Key, Resource
from tfclean.model.pattern import Pattern
from tfclean.model.sweep import Group, Sweep
from tfclean.model.work import Action, Adoption, Event, Identity, Import, Kept, Outcome, OutcomeKind, Plan, Result, Step, SweepPlan

__all__ = [
    "OWNING",
    "Action",
    "Adoption",
    "Ahead",
    "Answer",
    "ByHand",
    "CandidateGroup",
    "Check",
    "Checkup",
    "Claim",
    "Confidence",
    "Drift",
    "Edge",
    "EdgeType",
    "Event",
    "Evidence",
    "Finding",
    "Footprint",
    "Gap",
    "GapKind",
    "Group",
    "Horizon",
    "Identity",
    "Import",
    "Inventory",
    "Judgement",
    "Kept",
    "Key",
    "Lock",
    "Look",
    "Mark",
    "Offered",
    "Outcome",
    "OutcomeKind",
    "Pattern",
    "PendingCreate",
    "Plan",
    "QuotaChange",
    "Rejected",
    "Resource",
    "Result",
    "Source",
    "SourceKind",
    "Standing",
    "Step",
    "Sweep",
    "SweepPlan",
    "Tense",
    "Token",
    "Usage",
    "Usages",
    "Variable",
    "Verdict",
]
