"""Documents over a large project: every class of problem, with consequences, ties, long reasons, gaps and pending creates."""

from __future__ import annotations

from tests.making import START, inventory, live
from tests.report.making import uuid
from tfclean.model import (
    Action,
    CandidateGroup,
    Claim,
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
    PendingCreate,
    Plan,
    Resource,
    Result,
    Source,
    SourceKind,
    Step,
    Tense,
    Verdict,
)

JOBS, MODULES = 20, 12
KINDS = (
    ("network.port", "openstack_networking_port_v2.port"),
    ("compute.server", "openstack_compute_instance_v2.node"),
    ("block_storage.volume", "openstack_blockstorage_volume_v3.data"),
    ("network.security_group_rule", "openstack_networking_secgroup_rule_v2.rule"),
    ("network.floating_ip", "openstack_networking_floatingip_v2.ip"),
)
VERDICTS = (
    (Verdict.ZOMBIE, frozenset[str]()),
    (Verdict.DRIFTED, frozenset[str]()),
    (Verdict.MISSING, frozenset[str]()),
    (Verdict.POSSIBLE, frozenset[str]()),
    (Verdict.MANAGED, frozenset[str]()),
    (Verdict.MANAGED, frozenset({"tainted"})),
    (Verdict.MANAGED, frozenset({"deposed"})),
    (Verdict.ZOMBIE, frozenset({"stranger"})),
    (Verdict.MISSING, frozenset({"elsewhere"})),
    (Verdict.UNKNOWN, frozenset[str]()),
    (Verdict.FOREIGN, frozenset[str]()),
)


def large(count: int) -> Judgement:
    """Make a judgement of `count` objects."""
    networks = [live("network.network", uuid(10_000_000 + n), f"job-{n}-net") for n in range(JOBS)]
    resources = [_resource(n) for n in range(count - JOBS)]
    findings = [_finding(n, r) for n, r in enumerate(resources)] + [
        Finding(n.kind, n.id, n.name, Verdict.MANAGED, Confidence.CERTAIN, resource=n) for n in networks
    ]
    edges = tuple(Edge(r.key, networks[n % JOBS].key, EdgeType.HOLDS, "is on") for n, r in enumerate(resources))
    possible = [f.key for f in findings if f.verdict is Verdict.POSSIBLE]
    groups = tuple(
        CandidateGroup(tuple(_address(7 * n + k) for k in range(40)), tuple(possible[n : n + 80]), "right kind and time")
        for n in range(0, min(len(possible), 1600), 80)
    )
    pending = tuple(PendingCreate(_address(n), KINDS[n % 5][0], since=START, candidates=tuple(possible[:50])) for n in range(count // 20))
    sources = tuple(Source(SourceKind.STATE, f"/ci/jobs/{n}/terraform.tfstate", "serial 7") for n in range(JOBS))
    claims = tuple(
        Claim(a, a.split(".")[-2], Tense.RECORDED, sources[n % JOBS], present=True) for n, f in enumerate(findings) for a in f.addresses
    )
    gaps = tuple(
        Gap(GapKind.UNKNOWN_TYPE, f"openstack_type_{n}", "12 in the evidence; look by hand, for it is not looked after") for n in range(60)
    )
    footprint = Footprint(claims, sources=sources, complete=True)
    found = {f.key: f for f in findings}
    return Judgement(found, edges, groups, gaps, footprint, inventory(*resources, *networks), pending)


def large_plan(count: int) -> Plan:
    """Make a plan of `count` objects, half of which stay."""
    resources = [_resource(n) for n in range(count)]
    steps = tuple(
        Step(
            Action.DELETE,
            r.key,
            r.name,
            _reason(n),
            Confidence.PROBABLE,
            needs=(resources[n - 1].key,) if n else (),
            addresses=(_address(n),),
        )
        for n, r in enumerate(resources[: count // 2])
    )
    kept = tuple(Kept(r.key, r.name, _reason(n), leftover=bool(n % 2)) for n, r in enumerate(resources[count // 2 :]))
    return Plan(steps, kept, large(JOBS).gaps, cloud="ci", project="p" * 32, made_at=START)


def large_result(count: int) -> Result:
    """Make a result of `count` objects, with every kind of outcome."""
    resources = [_resource(n) for n in range(count)]
    outcomes = tuple(Outcome(r.key, r.name, list(OutcomeKind)[n % 6], _reason(n), (resources[0].key,)) for n, r in enumerate(resources))
    left = tuple(Kept(r.key, r.name, _reason(n), leftover=True) for n, r in enumerate(resources) if n % 3)
    return Result(outcomes, left, outcomes[:500], exit_code=1, calls=count, refusals=count, seconds=4000, journal=".tfclean/j.jsonl")


def _address(number: int) -> str:
    return f'module.job["{number % JOBS}"].module.part_{number % MODULES}.{KINDS[number % 5][1]}["node-{number}"]'


def _reason(number: int) -> str:
    return f'it is named "job-{number}", with "800001" of this run, as {_address(number)} would have named it, and was made in its time'


def _resource(number: int) -> Resource:
    return live(KINDS[number % 5][0], uuid(number), f"job-{number % JOBS}-object-with-a-name-{number}")


def _finding(number: int, resource: Resource) -> Finding:
    verdict, flags = VERDICTS[number % len(VERDICTS)]
    nested = number % 13 == 0 and number > len(VERDICTS)
    before = VERDICTS[(number - 11) % len(VERDICTS)]
    return Finding(
        resource.kind,
        resource.id,
        resource.name,
        verdict,
        Confidence.PROBABLE,
        addresses=(_address(number),) if verdict is not Verdict.FOREIGN and "stranger" not in flags else (),
        evidence=(Evidence(_reason(number), f"apply.log: line {number}"),),
        drift=(Drift("tags", ["a"], [f"tag-{n}" for n in range(300)]),) if verdict is Verdict.DRIFTED else (),
        flags=flags,
        cause=Key(KINDS[(number - 11) % 5][0], uuid(number - 11)) if nested and before else None,
        resource=resource if verdict is not Verdict.MISSING else None,
    )
