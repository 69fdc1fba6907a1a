"""A judgement in; for each object the module or the network that it stands in out. Pure.

Modules say what an object is for, networks only where it is: so modules are taken where the evidence knows at least two of them.
What has no address of its own (a zombie from a list, a rule of Neutron's) stands where that stands which it hangs on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tfclean.kinds.places import PLACES
from tfclean.kinds.registry import noun
from tfclean.model import Edge, EdgeType, Judgement, Key
from tfclean.report.graph.scope import ours
from tfclean.report.text import safe

MODULE = re.compile(r'(?:module\.[^.\["]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)+')
ROOT = "root module"
ASIDE = "not the job's"
ANCHORS = frozenset({EdgeType.HOLDS, EdgeType.PART_OF, EdgeType.IMPLIED_BY, EdgeType.BREAKS})
INSIDE = frozenset({EdgeType.PART_OF, EdgeType.IMPLIED_BY})


def module(address: str) -> str:
    """Give the module that an address lies in: ``module.compute``; the root's name if it lies in none."""
    found = MODULE.match(address)
    return safe(found[0].rstrip(".")) if found else ROOT


def grouped(judgement: Judgement, keys: Sequence[Key]) -> dict[Key, str]:
    """Give each of `keys` its group; empty where nothing tells.

    Args:
        judgement: everything.
        keys: what is drawn.
    """
    findings = judgement.findings
    own = {key: module(f.addresses[0]) for key, f in findings.items() if f.addresses and ours(f)}
    modules = len({own[key] for key in keys if key in own}) > 1
    if not modules:
        own = {key: _place(findings[key].name, key) for key in findings if key.kind in PLACES and ours(findings[key])}
    targets = _targets(judgement.edges)
    inside = _targets(edge for edge in judgement.edges if edge.type in INSIDE)
    out: dict[Key, str] = {}
    for key in keys:
        finding = findings[key]
        if ours(finding) or any(ours(findings[k]) for k in inside.get(key, ()) if k in findings):
            start = (key, *((finding.cause,) if finding.cause is not None else ()))
            out[key] = _nearest(start, own, targets)
        else:
            out[key] = ASIDE
    return out


def _place(name: str, key: Key) -> str:
    return safe(f"{noun(key.kind)} {name or key.id}")


def _targets(edges: Iterable[Edge]) -> Mapping[Key, list[Key]]:
    out: dict[Key, list[Key]] = defaultdict(list)
    for edge in edges:
        if edge.type in ANCHORS:
            out[edge.source].append(edge.target)
    return out


def _nearest(start: Sequence[Key], own: Mapping[Key, str], targets: Mapping[Key, list[Key]]) -> str:
    """Give the group of the nearest object that has one, along the ties by which objects hang on others."""
    seen = dict.fromkeys(start)
    here = list(seen)
    while here:
        found = next((own[key] for key in here if key in own), "")
        if found:
            return found
        here = list(dict.fromkeys(far for key in here for far in targets.get(key, ()) if far not in seen))
        seen.update(dict.fromkeys(here))
    return ""
