"""Estates to draw: small ones by hand, and large ones by number."""

from __future__ import annotations

from dataclasses import replace

from tests.making import inventory, live
from tests.report.making import finding
from tfclean.model import Confidence, Edge, EdgeType, Finding, Judgement, Key, Resource, Verdict


def estate(findings: list[Finding], *edges: tuple[Resource, Resource, EdgeType]) -> Judgement:
    """Make a judgement of findings and ties."""
    ties = tuple(Edge(one.key, other.key, type_, "hangs on") for one, other, type_ in edges)
    resources = [f.resource for f in findings if f.resource is not None]
    return Judgement({f.key: f for f in findings}, ties, inventory=inventory(*resources))


def large(count: int, *, verdict: Verdict = Verdict.ZOMBIE) -> Judgement:
    """Make `count` servers, each with a port in one subnet of one network, and a group of three rules for every tenth."""
    network = live("network.network", "net", "job-net")
    subnet = live("network.subnet", "sub", "job-sub")
    findings = [finding(network, Verdict.MANAGED), finding(subnet, Verdict.MANAGED)]
    edges = [(subnet, network, EdgeType.HOLDS)]
    for n in range(count):
        server, port = live("compute.server", f"s{n}", f"node-{n}"), live("network.port", f"p{n}", f"port-{n}")
        findings += [finding(server, verdict), finding(port, Verdict.MANAGED)]
        edges += [(server, port, EdgeType.HOLDS), (port, subnet, EdgeType.HOLDS), (port, network, EdgeType.HOLDS)]
        if n % 10 == 0:
            group = live("network.security_group", f"g{n}", f"group-{n}")
            rules = [live("network.security_group_rule", f"r{n}-{m}") for m in range(3)]
            findings += [finding(r, Verdict.MANAGED) for r in (group, *rules)]
            edges += [(port, group, EdgeType.BREAKS), *((rule, group, EdgeType.PART_OF) for rule in rules)]
    return estate(findings, *edges)


def renamed(judgement: Judgement, name: str) -> Judgement:
    """Call every object of `judgement` `name`, and let it stand at an address that is made of it."""
    called = {
        k: replace(f, name=name, addresses=(f'module.m["{name}"].a.b',) if f.addresses else ()) for k, f in judgement.findings.items()
    }
    return replace(judgement, findings=called)


def key(kind: str, id_: str) -> Key:
    """Name an object."""
    return Key(kind, id_)


def outsider(id_: str) -> Finding:
    """Make an object that is not the job's."""
    return finding(live("compute.server", id_, f"other-{id_}"), Verdict.FOREIGN, Confidence.NONE)
