"""Clean an OpenStack project of what a Terraform or OpenTofu run left behind.

The verbs of the command line as functions with typed results; nothing here prints::

    import tfclean

    for finding in tfclean.diff("job/", cloud="ci").findings.values():
        print(finding.verdict, finding.key)
    result = tfclean.destroy("job/", cloud="ci", approve=lambda plan: len(plan.steps) < 100)
    assert result.proven

Names are imported when they are first used, so that ``import tfclean`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfclean.errors import (
        CloudError,
        CredentialsError,
        InputError,
        Interrupted,
        JournalError,
        NothingToGoOn,
        Refused,
        TfcleanError,
        Unreachable,
        UsageError,
    )
    from tfclean.model import (
        Adoption,
        Check,
        Checkup,
        Confidence,
        Event,
        Finding,
        Footprint,
        Group,
        Inventory,
        Judgement,
        Key,
        Outcome,
        OutcomeKind,
        Plan,
        Resource,
        Result,
        Step,
        Sweep,
        SweepPlan,
        Verdict,
    )
    from tfclean.verbs import (
        Explanation,
        Watched,
        adopt,
        apply,
        connect,
        destroy,
        diff,
        doctor,
        explain,
        inventory,
        load_inventory,
        load_plan,
        plan,
        plan_sweep,
        read,
        resume,
        run,
        sweep,
        watching,
    )

__version__ = "0.1.0"

__all__ = [
    "Adoption",
    "Check",
    "Checkup",
    "CloudError",
    "Confidence",
    "CredentialsError",
    "Event",
    "Explanation",
    "Finding",
    "Footprint",
    "Group",
    "InputError",
    "Interrupted",
    "Inventory",
    "JournalError",
    "Judgement",
    "Key",
    "NothingToGoOn",
    "Outcome",
    "OutcomeKind",
    "Plan",
    "Refused",
    "Resource",
    "Result",
    "Step",
    "Sweep",
    "SweepPlan",
    "TfcleanError",
    "Unreachable",
    "UsageError",
    "Verdict",
    "Watched",
    "__version__",
    "adopt",
    "apply",
    "connect",
    "destroy",
    "diff",
    "doctor",
    "explain",
    "inventory",
    "load_inventory",
    "load_plan",
    "plan",
    "plan_sweep",
    "read",
    "resume",
    "run",
    "sweep",
    "watching",
]


if not TYPE_CHECKING:  # a type checker that saw it would let every misspelt name pass

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first used."""
        if name in __all__:
            for module in ("tfclean.verbs", "tfclean.model", "tfclean.errors"):
                found = import_module(module)
                if hasattr(found, name):
                    globals()[name] = getattr(found, name)
                    return globals()[name]
        raise AttributeError(f"module 'tfclean' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
