"""Judgements, plans and results by hand, with all that a report has to tell."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from tests.making import inventory, live
from tfclean.model import (
    Action,
    ByHand,
    CandidateGroup,
    Confidence,
    Drift,
    Edge,
    EdgeType,
    Evidence,
    Finding,
    Footprint,
    Gap,
    GapKind,
    Judgement,
    Kept,
    Key,
    Outcome,
    OutcomeKind,
    Plan,
    QuotaChange,
    Result,
    Source,
    SourceKind,
    Step,
    Verdict,
)
from tfclean.report.base import Context, Look, Report
from tfclean.report.registry import report_class

TIME = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONTEXT = Context(TIME, cloud="ci", project="p" * 32, region="RegionOne", version="0.1.0", command="diff")
NODE = 'module.compute.openstack_compute_instance_v2.node["a"]'


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


SERVER = live("compute.server", uuid(1), "node-a")
PORT = live("network.port", uuid(2), "node-a")
NETWORK = live("network.network", uuid(3), "job-net")
GROUP = live("network.security_group", uuid(4), "job-group")
STRANGER = live("network.port", uuid(5), "by-hand")
ADDRESSES = [live("network.floating_ip", uuid(n), f"10.0.0.{n}") for n in (6, 7)]
FOREIGN = live("compute.server", uuid(8), "somebody-elses")


def finding(resource: Any, verdict: Verdict, confidence: Confidence = Confidence.CERTAIN, **more: Any) -> Finding:
    return Finding(resource.kind, resource.id, resource.name, verdict, confidence, resource=resource, **more)


def judgement() -> Judgement:
    missing = Finding("compute.server", uuid(9), "node-b", Verdict.MISSING, addresses=(NODE.replace('"a"', '"b"'),))
    tie = Finding("compute.volume_attachment", f"{uuid(9)}/{uuid(10)}", "", Verdict.MISSING, cause=missing.key, flags=frozenset({"tie"}))
    never = Finding("network.network", None, "", Verdict.MISSING, addresses=("openstack_networking_network_v2.x",))
    drifted = (Drift("description", "as made", "changed"), Drift("admin_pass", None, None, sensitive=True))
    findings = [
        finding(SERVER, Verdict.ZOMBIE, addresses=(NODE,), evidence=(Evidence("the log shows that it was created", "apply.log: line 12"),)),
        finding(PORT, Verdict.MANAGED, addresses=("openstack_networking_port_v2.a",)),
        finding(NETWORK, Verdict.MANAGED, flags=frozenset({"tainted"})),
        finding(GROUP, Verdict.DRIFTED, drift=drifted, addresses=("openstack_networking_secgroup_v2.g",)),
        finding(STRANGER, Verdict.ZOMBIE, flags=frozenset({"stranger"}), evidence=(Evidence("it is on network job-net of the job"),)),
        *(finding(r, Verdict.POSSIBLE, Confidence.POSSIBLE) for r in ADDRESSES),
        finding(FOREIGN, Verdict.FOREIGN, Confidence.NONE),
        missing,
        tie,
        never,
    ]
    edges = (Edge(PORT.key, NETWORK.key, EdgeType.HOLDS, "is on"), Edge(SERVER.key, PORT.key, EdgeType.USES, "uses"))
    group = CandidateGroup(("openstack_networking_floatingip_v2.f",), tuple(r.key for r in ADDRESSES), "right pool and time")
    gaps = (Gap(GapKind.UNKNOWN_TYPE, "openstack_dns_zone_v2", "1 in the evidence; look by hand"), Gap(GapKind.NO_SERVICE, "dns", "none"))
    footprint = Footprint(sources=(Source(SourceKind.STATE, "terraform.tfstate", "serial 7"),), complete=True)
    resources = (SERVER, PORT, NETWORK, GROUP, STRANGER, *ADDRESSES, FOREIGN)
    return Judgement({f.key: f for f in findings}, edges, (group,), gaps, footprint, inventory(*resources))


def plan() -> Plan:
    steps = (
        Step(Action.DELETE, SERVER.key, "node-a", "the log shows it", Confidence.CERTAIN, addresses=(NODE,)),
        Step(Action.DELETE, PORT.key, "node-a", "it is on the network", Confidence.PROBABLE, needs=(SERVER.key,)),
        Step(Action.DETACH, Key("network.router_interface", uuid(11)), "", "it ties the router", Confidence.CERTAIN),
        Step(Action.DELETE, GROUP.key, "job-group", "state", Confidence.CERTAIN, parts=(Key("network.security_group_rule", uuid(12)),)),
    )
    kept = (Kept(ADDRESSES[0].key, "10.0.0.6", "only circumstance", leftover=True), Kept(NETWORK.key, "job-net", "asked to keep it"))
    return Plan(steps, kept, cloud="ci", project="p" * 32, user="u" * 32, region="RegionOne", made_at=TIME)


def result(**changes: Any) -> Result:
    given: dict[str, Any] = {
        "outcomes": (
            Outcome(SERVER.key, "node-a", OutcomeKind.DELETED),
            Outcome(PORT.key, "node-a", OutcomeKind.ALREADY_GONE),
            Outcome(GROUP.key, "job-group", OutcomeKind.BLOCKED, "in use", (STRANGER.key,)),
            Outcome(NETWORK.key, "job-net", OutcomeKind.SKIPPED, "needs the group gone", (GROUP.key,)),
        ),
        "leftovers": (
            Kept(GROUP.key, "job-group", "in use", leftover=True),
            Kept(ADDRESSES[0].key, "10.0.0.6", "circumstance", leftover=True),
        ),
        "exit_code": 1,
        "journal": ".tfclean/j.jsonl",
        "calls": 3,
        "refusals": 1,
        "seconds": 65.2,
    }
    return Result(**{**given, **changes})


def aftermath() -> Result:
    remove = tuple(f"terraform state rm 'openstack_networking_port_v2.p[\"{n}\"]'" for n in range(20))
    return result(
        by_hand=(
            ByHand("20 instances are gone and still in the present state (terraform.tfstate)", remove, "terraform apply -refresh-only"),
            ByHand(f"port by-hand ({uuid(5)}) of this project holds it; if nobody needs it", (f"openstack port delete {uuid(5)}",)),
            ByHand("ask the operator"),
        ),
        quotas=(QuotaChange("compute", "servers", 12, 4, 20), QuotaChange("network", "ports", None, 95, 100)),
        gaps=(Gap(GapKind.NOT_LISTED, "load-balancer quotas", "HTTP 403"),),
    )


def shown(name: str, write: Any, *, context: Context = CONTEXT, **look: Any) -> str:
    """Let `write` write to a report of the format `name`, and give the text."""
    stream = io.StringIO()
    report: Report = report_class(name)(stream, context, Look(**look))
    write(report)
    return stream.getvalue()
