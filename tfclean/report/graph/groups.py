"""A judgement in; for each object the module or the network that it stands in out. Pure.

Modules say what an object is for, networks only where it is: so modules are taken where the evidence knows at least two of them.
What has no address of its own (a zombie from a list, a rule of Neutron's) stands where that stands which it hangs on.
"""

from __future__ import annotations

from collections.abc import Sequence

from tfclean.kinds.places import PLACES
from tfclean.kinds.registry import noun
from tfclean.model import EdgeType, Judgement, Key
from tfclean.report.graph.scope import ours
from tfclean.report.grouping import ROOT, module
from tfclean.report.text import safe
from tfclean.report.ties import nearest, targets

ASIDE = "not the job's"
INSIDE = frozenset({EdgeType.PART_OF, EdgeType.IMPLIED_BY})


def grouped(judgement: Judgement, keys: Sequence[Key]) -> dict[Key, str]:
    """Give each of `keys` its group; empty where nothing tells.

    Args:
        judgement: everything.
        keys: what is drawn.
    """
    findings = judgement.findings
    own = {key: safe(module(f.addresses[0]) or ROOT) for key, f in findings.items() if f.addresses and ours(f)}
    modules = len({own[key] for key in keys if key in own}) > 1
    if not modules:
        own = {key: _place(findings[key].name, key) for key in findings if key.kind in PLACES and ours(findings[key])}
    ends, inside = targets(judgement.edges), targets(judgement.edges, INSIDE)
    out: dict[Key, str] = {}
    for key in keys:
        finding = findings[key]
        if ours(finding) or any(ours(findings[k]) for k in inside.get(key, ()) if k in findings):
            start = (key, *((finding.cause,) if finding.cause is not None else ()))
            found = nearest(start, own.__contains__, ends)
            out[key] = own[found] if found is not None else ""
        else:
            out[key] = ASIDE
    return out


def _place(name: str, key: Key) -> str:
    return safe(f"{noun(key.kind)} {name or key.id}")
