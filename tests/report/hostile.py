"""Documents in which every text that comes from outside is as bad as it can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.making import inventory, live
from tests.report.making import CONTEXT, TIME, uuid
from tfclean.model import (
    Action,
    ByHand,
    CandidateGroup,
    Check,
    Checkup,
    Confidence,
    Drift,
    Edge,
    EdgeType,
    Event,
    Evidence,
    Finding,
    Footprint,
    Gap,
    GapKind,
    Group,
    Judgement,
    Kept,
    Key,
    Lock,
    Mark,
    Outcome,
    OutcomeKind,
    PendingCreate,
    Plan,
    QuotaChange,
    Result,
    Source,
    SourceKind,
    Step,
    Sweep,
    Verdict,
)
from tfclean.report.base import Context

BAD = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)//",
    "</title></style></textarea><img src=x onerror=alert(1)>",
    "<!--",
    "-->",
    "]]>",
    '" onmouseover="alert(1)',
    "'",
    "&lt;b&gt;",
    "&#64;everyone",
    "@everyone",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example",
    "www.evil.example",
    "<https://evil.example>",
    "[x]: https://evil.example",
    "`",
    "``",
    "` @everyone `",
    "\\",
    "|",
    "#1",
    "!1",
    "~bug",
    "deadbeef",
    ":tada:",
    "$`x`$",
    "/close",
    "1. x",
    "- [ ] x",
    "***",
    "---",
    "> x",
    "</details>",
    "\n\n# head\n\n",
    "\r\n",
    "\t",
    "\x00",
    "\x1b[31m",
    "\x7f",
    "\ud800",
    "\ufffe",
    "\uffff",
    "\u202e",
    "\u2028",
    "\u200b",
    "\x01\x02\x03",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "é",
    "名前",
    "🙂",
    " ",
)
texts = st.one_of(
    st.sampled_from(BAD), st.lists(st.sampled_from((*BAD, "node", "800004-a", " ")), max_size=6).map("".join), st.text(max_size=40)
)
"""What somebody may call a server."""


@st.composite
def contexts(draw: Any) -> Context:
    """Make the head of a document."""
    return replace(CONTEXT, cloud=draw(texts), project=draw(texts), region=draw(texts))


@st.composite
def judgements(draw: Any) -> Judgement:
    """Make a judgement with every verdict."""
    names = [draw(texts) for _ in range(4)]
    some = st.sampled_from(names)
    findings = []
    for number, verdict in enumerate(Verdict):
        resource = replace(live("compute.server", draw(st.one_of(st.just(uuid(number)), texts)), draw(some)), status=draw(some))
        findings.append(
            Finding(
                resource.kind,
                resource.id or None,
                resource.name,
                verdict,
                Confidence.PROBABLE,
                addresses=(f'module.{draw(some)}.openstack_compute_instance_v2.node["{draw(texts)}"]',),
                evidence=(Evidence(f"it is named {resource.name}", draw(some)), Evidence(draw(texts))),
                drift=(Drift(draw(some), {draw(some): draw(texts)}, [draw(texts)]), Drift(draw(some), None, None, sensitive=True)),
                keep=draw(some),
                resource=resource,
            )
        )
    first, second = findings[0].key, findings[1].key
    create = PendingCreate(draw(some), draw(texts), draw(some), source=draw(some), candidates=(first, second))
    return Judgement(
        {f.key: f for f in findings},
        (Edge(first, second, EdgeType.HOLDS, draw(some)), Edge(second, first, EdgeType.USES, draw(some))),
        (CandidateGroup((draw(some),), (first, second), draw(texts)),),
        (Gap(GapKind.NOT_LISTED, draw(some), draw(texts)), Gap(GapKind.UNKNOWN_TYPE, draw(texts), draw(some))),
        Footprint(sources=(Source(SourceKind.STATE, draw(texts)),), locks=(Lock(draw(some), draw(texts), draw(some)),)),
        inventory(),
        (create,),
    )


@st.composite
def plans(draw: Any) -> Plan:
    """Make a plan."""
    steps = tuple(
        Step(
            action,
            Key("network.port", f"{draw(texts)}{number}"),
            draw(texts),
            draw(texts),
            Confidence.PROBABLE,
            addresses=(draw(texts),),
            attributes={"prepare": [draw(texts)]},
        )
        for number, action in enumerate(Action)
    )
    kept = tuple(Kept(Key("network.port", draw(texts)), draw(texts), draw(texts), leftover=left) for left in (True, False))
    return Plan(steps, kept, (Gap(GapKind.NOT_LISTED, draw(texts), draw(texts)),), digest=draw(texts), project=draw(texts))


@st.composite
def results(draw: Any) -> Result:
    """Make a result with every outcome."""
    outcomes = tuple(
        Outcome(Key("network.port", f"{draw(texts)}{number}"), draw(texts), kind, draw(texts), (Key(draw(texts), draw(texts)),))
        for number, kind in enumerate(OutcomeKind)
    )
    left = Kept(Key("network.port", draw(texts)), draw(texts), draw(texts), leftover=True)
    return Result(
        outcomes,
        (left,),
        (outcomes[0], outcomes[-1]),
        exit_code=5,
        journal=draw(texts),
        message=draw(texts),
        by_hand=(ByHand(draw(texts), (draw(texts), draw(texts)), draw(texts)),),
        quotas=(QuotaChange("compute", draw(texts), 3, 2, 4),),
        gaps=(Gap(GapKind.NOT_LISTED, draw(texts), draw(texts)),),
    )


@st.composite
def events(draw: Any) -> tuple[Event, ...]:
    """Make a journal's events."""
    key = Key("network.port", draw(texts))
    return tuple(
        Event(type_, TIME, key, {"because": draw(texts), "blockers": [[draw(texts), draw(texts)]]}) for type_ in ("intent", "refused")
    )


@st.composite
def sweeps(draw: Any) -> Sweep:
    """Make a sweep of three groups."""
    keys = [Key("network.port", f"{draw(texts)}{number}") for number in range(3)]
    groups = tuple(
        Group((key,), key, bool(number), draw(texts), (keys[0],), TIME, TIME, common=number == 0) for number, key in enumerate(keys)
    )
    return Sweep(groups, TIME, TIME, timedelta(hours=4), names={key: draw(texts) for key in keys})


@st.composite
def checkups(draw: Any) -> Checkup:
    """Make a checkup with every mark."""
    return Checkup(tuple(Check(draw(texts), mark, draw(texts), draw(texts)) for mark in Mark))
