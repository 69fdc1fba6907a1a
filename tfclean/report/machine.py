"""Documents in, JSON out: one object per document, in the shape of the schema of its name in ``schemas/``.

Everything is ASCII, so that no name from the cloud can do anything to a terminal that the document is shown on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from tfclean.model import (
    Action,
    CandidateGroup,
    Checkup,
    Drift,
    Edge,
    Event,
    Evidence,
    Finding,
    Gap,
    Group,
    Inventory,
    Judgement,
    Kept,
    Key,
    Outcome,
    PendingCreate,
    Plan,
    QuotaChange,
    Result,
    Sweep,
)
from tfclean.report.base import Report
from tfclean.report.explanation import Explanation, gather
from tfclean.report.hints import Hint, hints
from tfclean.report.problems import diff_exit_code, section

FORMAT_VERSION = "1.1"
"""Of every document that is made here: the second number rises when something is added, the first when something changes."""


class JsonReport(Report):
    """JSON for programs."""

    def diff(self, judgement: Judgement) -> None:
        """Write what is live against what Terraform's traces say."""
        self._write("diff", _diff(judgement))

    def plan(self, plan: Plan, document: Mapping[str, Any]) -> None:
        """Write the plan as its file holds it, so that ``apply`` reads either."""
        del plan
        self._write("plan", document)

    def sweep(self, sweep: Sweep, plan: Plan, document: Mapping[str, Any]) -> None:
        """Write which groups go, and what keeps the others, with the plan as its file would hold it."""
        going = sweep.going()
        self._write(
            "sweep",
            {
                "moment": stamp(sweep.moment),
                "before": stamp(sweep.before),
                "older_than": sweep.older_than.total_seconds(),
                "summary": {
                    "groups": len(sweep.groups),
                    "going": len(going),
                    "objects": sum(len(g.members) for g in sweep.groups),
                    "objects_going": sum(len(g.members) for g in going),
                },
                "groups": [_group(g, sweep) for g in sweep.groups],
                "plan": document,
                "gaps": _gaps(plan.gaps),
            },
        )

    def result(self, result: Result) -> None:
        """Write how a run ended."""
        self._write(
            "result",
            {
                "outcomes": [_outcome(o) for o in result.outcomes],
                "leftovers": [_kept(k) for k in result.leftovers],
                "undone": [_outcome(o) for o in result.undone],
                "proven": result.proven,
                "exit_code": result.exit_code,
                "message": result.message,
                "journal": result.journal or None,
                "calls": result.calls,
                "refusals": result.refusals,
                "seconds": round(result.seconds, 3),
                "by_hand": [{"what": h.what, "commands": list(h.commands), "instead": h.instead or None} for h in result.by_hand],
                "quotas": [_quota(q) for q in result.quotas],
                "gaps": _gaps(result.gaps),
            },
        )

    def inventory(self, inventory: Inventory, document: Mapping[str, Any]) -> None:
        """Write the inventory as ``--inventory`` and ``--baseline`` read it."""
        del inventory
        self._write("inventory", document)

    def explanation(self, finding: Finding, judgement: Judgement, plan: Plan) -> None:
        """Write why one object is, or is not, the job's."""
        told = gather(finding, judgement, plan)
        self._write("explanation", {**_explanation(told), "gaps": _gaps(told.gaps)})

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan: Plan) -> None:
        """Write the same of several objects, as one document; of one as `explanation` does."""
        if len(findings) == 1:
            self.explanation(findings[0], judgement, plan)
        else:
            told = [_explanation(gather(finding, judgement, plan)) for finding in findings]
            self._write("explanations", {"explanations": told, "gaps": _gaps(judgement.gaps)})

    def journal(self, path: str, plan: Plan, events: Sequence[Event]) -> None:
        """Write what happened, in order."""
        self._write("journal", {"journal": path, "digest": plan.digest, "events": [_event(e) for e in events]})

    def checkup(self, checkup: Checkup) -> None:
        """Write what was examined, and what to do."""
        checks = [
            {"subject": c.subject, "mark": c.mark.value, "text": c.text, "advice": c.advice or None, "exit_code": c.exit_code}
            for c in checkup.checks
        ]
        self._write("checkup", {"exit_code": checkup.exit_code, "checks": checks, "advice": list(checkup.advice)})

    def _write(self, document: str, body: Mapping[str, Any]) -> None:
        json.dump(self._headed(document, body), self.stream, indent=2, default=str)
        self.stream.write("\n")

    def _headed(self, document: str, body: Mapping[str, Any]) -> dict[str, Any]:
        context = self.context
        head = {
            "format_version": FORMAT_VERSION,
            "document": document,
            "tool_version": context.version,
            "cloud": context.cloud,
            "project": context.project,
            "region": context.region,
            "time": stamp(context.time),
        }
        # What a document of a file says of itself is truer than what this run knows.
        return head | {name: item for name, item in body.items() if item is not None or name not in head}


class NdjsonReport(JsonReport):
    """JSON for programs that read along: one object on each line, the events of a run as they happen, and the document at last.

    A line that is no whole document has no head but ``format_version`` and ``document``: its head is that of the last line.
    """

    streams: ClassVar = True

    def event(self, event: Event) -> None:
        """Write an event of a run."""
        self._line("event", _event(event))

    def diff(self, judgement: Judgement) -> None:
        """Write one line for each finding, and then what a diff says of all of them."""
        for finding in judgement.findings.values():
            self._line("finding", _finding(finding))
        self._write("summary", {name: part for name, part in _diff(judgement).items() if name not in ("resources", "edges")})

    def explanations(self, findings: Sequence[Finding], judgement: Judgement, plan: Plan) -> None:
        """Write one line for each object."""
        for finding in findings:
            self.explanation(finding, judgement, plan)

    def journal(self, path: str, plan: Plan, events: Sequence[Event]) -> None:
        """Write one line for each event, and then where they stand."""
        for event in events:
            self.event(event)
        self._write("journal", {"journal": path, "digest": plan.digest})

    def _write(self, document: str, body: Mapping[str, Any]) -> None:
        self._dump(self._headed(document, body))

    def _line(self, document: str, body: Mapping[str, Any]) -> None:
        self._dump({"format_version": FORMAT_VERSION, "document": document, **body})

    def _dump(self, line: Mapping[str, Any]) -> None:
        self.stream.write(f"{json.dumps(line, default=str)}\n")


def stamp(time: datetime | None) -> str | None:
    """Write a time as ISO 8601 in UTC; None for what has none."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z") if time else None


def _key(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "id": key.id}


def _group(group: Group, sweep: Sweep) -> dict[str, Any]:
    return {
        "title": {**_key(group.title), "name": sweep.names.get(group.title, "")},
        "goes": group.goes,
        "because": group.because,
        "common": group.common,
        "oldest": stamp(group.oldest),
        "newest": stamp(group.newest),
        "members": [_key(k) for k in group.members],
        "blockers": [_key(k) for k in group.blockers],
    }


def _diff(judgement: Judgement) -> dict[str, Any]:
    return {
        "summary": judgement.counts(),
        "exit_code": diff_exit_code(judgement),
        "evidence": [{"path": s.path, "kind": s.kind.value, "place": s.place} for s in judgement.footprint.sources],
        "complete": judgement.footprint.complete,
        "resources": [_finding(f) for f in judgement.findings.values()],
        "candidates": [_candidates(g) for g in judgement.candidates],
        "pending": [_pending(p) for p in judgement.pending],
        "hints": [_hint(h) for h in hints(judgement)],
        "edges": [_edge(e) for e in judgement.edges],
        "gaps": _gaps(judgement.gaps),
    }


def _explanation(told: Explanation) -> dict[str, Any]:
    return {
        "resource": _finding(told.finding),
        "alternatives": [{"verdict": a.verdict, "because": a.because} for a in told.alternatives],
        "held_by": [_edge(e) for e in told.held_by],
        "holds": [_edge(e) for e in told.holds],
        "candidates": [_candidates(g) for g in told.candidates],
        "pending": [_pending(p) for p in told.pending],
        "consequences": [_key(f.key) for f in told.consequences],
        "hints": [_hint(h) for h in told.hints],
        "planned": _planned(told),
        "kept": _kept(told.kept) if told.kept else None,
    }


def _planned(told: Explanation) -> dict[str, Any] | None:
    step = told.step or told.goes_with
    if step is None or told.turn is None:
        return None
    return {
        "action": step.action.value,
        "target": _key(step.target),
        "because": step.reason,
        "step": told.turn.number,
        "steps": told.turn.steps,
        "reversible": step.action in (Action.DETACH, Action.CLEAR),
        "waits_for": [_key(each.target) for _, each in told.turn.waits_for],
        "frees": [_key(each.target) for _, each in told.turn.frees],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    own = section(finding)
    return {
        "kind": finding.kind,
        "id": finding.id,
        "name": finding.name,
        "verdict": finding.verdict.value,
        "confidence": finding.confidence.label,
        "problem": own.name if own else None,
        "flags": sorted(finding.flags),
        "addresses": list(finding.addresses),
        "evidence": [_evidence(e) for e in finding.evidence],
        "drift": [_drift(d) for d in finding.drift],
        "keep": finding.keep or None,
        "cause": _key(finding.cause) if finding.cause else None,
        "created_at": stamp(finding.resource.created_at) if finding.resource else None,
    }


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {"text": evidence.text, "source": evidence.source}


def _drift(drift: Drift) -> dict[str, Any]:
    withheld = drift.sensitive
    return {
        "attribute": drift.attribute,
        "before": None if withheld else drift.before,
        "after": None if withheld else drift.after,
        "sensitive": withheld,
    }


def _candidates(group: CandidateGroup) -> dict[str, Any]:
    return {
        "creates": list(group.creates),
        "resources": [k.id for k in group.resources],
        "contradicted": [k.id for k in group.contradicted],
        "reason": group.reason,
    }


def _pending(create: PendingCreate) -> dict[str, Any]:
    return {
        "address": create.address,
        "kind": create.kind,
        "name": create.name or None,
        "since": stamp(create.since),
        "started": create.started,
        "source": create.source,
        "made": create.made.id if create.made else None,
        "candidates": [k.id for k in create.candidates],
        "rejected": [{"id": r.key.id, "because": r.reason} for r in create.rejected],
        "others": create.others,
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {"source": _key(edge.source), "target": _key(edge.target), "type": edge.type.value, "reason": edge.reason}


def _gaps(gaps: Iterable[Gap]) -> list[dict[str, str]]:
    return [{"kind": g.kind.value, "subject": g.subject, "reason": g.reason} for g in gaps]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        **_key(outcome.target),
        "name": outcome.name,
        "outcome": outcome.outcome.value,
        "because": outcome.because,
        "blockers": [_key(k) for k in outcome.blockers],
    }


def _hint(hint: Hint) -> dict[str, Any]:
    objects = [_key(k) for k in hint.objects]
    return {"objects": objects, "text": hint.text, "line": hint.line, "type": hint.type or None, "attribute": hint.attribute or None}


def _quota(quota: QuotaChange) -> dict[str, Any]:
    return {"service": quota.service, "name": quota.name, "before": quota.before, "after": quota.after, "limit": quota.limit}


def _kept(kept: Kept) -> dict[str, Any]:
    blockers = [_key(k) for k in kept.blockers]
    return {**_key(kept.target), "name": kept.name, "because": kept.because, "leftover": kept.leftover, "blockers": blockers}


def _event(event: Event) -> dict[str, Any]:
    return {"type": event.type, "time": stamp(event.time), "target": _key(event.target) if event.target else None, "data": dict(event.data)}
