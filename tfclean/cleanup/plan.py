"""The plan. In: a judgement and options. Out: steps with their precedence, what is kept and why, and a digest. Pure."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tfclean.cleanup.choice import choose
from tfclean.cleanup.draft import Draft, Role
from tfclean.cleanup.guards import check_limits, forbidden
from tfclean.cleanup.identity import call_fields, identity
from tfclean.cleanup.options import Options
from tfclean.cleanup.ties import Ties
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Edge, Finding, Judgement, Kept, Key, Plan, Step

SLOW = 10
"""How many synchronous deletions an asynchronous one is worth when paths are measured."""

UNPLUGGED = 5.0
"""Seconds that Nova has, after a server is gone, to delete a port that it made for it."""
LEFT_BEHIND = 30.0
"""Seconds that OpenStack has, after its maker is gone, to delete anything else that it made."""


def make_plan(judgement: Judgement, *, options: Options | None = None) -> Plan:
    """Plan the deletion of what is the job's.

    Args:
        judgement: what is live, whose it is and why.
        options: what the caller allows; the careful defaults if None.

    Returns:
        The plan. It may be empty. What cannot go, or must not, stands in `kept` with the reason, before any call is made.

    Raises:
        Refused: the plan would delete more than the limits allow.
    """
    options = options or Options()
    if judgement.sweep is not None:
        options = options.sweeping(judgement.sweep.before, judgement.sweep.dated)
    choice = choose(judgement, options)
    draft = Draft(judgement.findings, choice, Ties(judgement.edges), options, judgement.inventory)
    draft.settle()
    parts = draft.parts()
    steps = [_step(draft, judgement.findings[key], parts.get(key, [])) for key in draft.steps()]
    steps = order(_without_idle_waits(steps, draft))
    kept = {**choice.kept, **{k: Kept(k, judgement.findings[k].name, s.because, s.leftover, s.blockers) for k, s in draft.stays.items()}}
    for key in (*(s.target for s in steps), *(p for s in steps for p in s.parts)):
        kept.pop(key, None)
    inventory = judgement.inventory
    plan = Plan(
        steps=tuple(steps),
        kept=tuple(kept[k] for k in sorted(kept)),
        gaps=judgement.gaps,
        cloud=inventory.cloud,
        project=inventory.project,
        user=inventory.user,
        region=inventory.region,
        made_at=inventory.taken_at,
        options={
            **options.document(),
            "blocked": sorted(str(k) for k, s in draft.stays.items() if s.leftover),
            "neighbours": neighbours(steps, judgement.edges),
        },
    )
    check_limits(plan, inventory, options)
    return replace(plan, digest=digest(plan))


def _step(draft: Draft, finding: Finding, parts: Iterable[Key]) -> Step:
    key, kind, resource = finding.key, KINDS[finding.kind], finding.resource
    assert resource is not None
    role = draft.role(key)
    action = Action.CASCADE if role is Role.CASCADE else Action(kind.action)
    attributes: dict[str, Any] = call_fields(kind, resource)
    serial = _serial(draft, key)
    if serial:
        attributes["serial"] = serial
    if role is Role.WAIT:
        action = Action.WAIT
        attributes = {**attributes, "fallback": seconds} if (seconds := _fallback(draft, finding)) else {}
    prepare = [p.reason for p in kind.prepare if resource.attributes.get(p.when[0]) == p.when[1]]
    if prepare and action is not Action.WAIT:
        attributes["prepare"] = prepare
    return Step(
        action=action,
        target=key,
        name=finding.name,
        reason=finding.evidence[0].text if finding.evidence else finding.verdict.value,
        confidence=finding.confidence,
        identity=identity(resource),
        needs=tuple(sorted(draft.needs[key])),
        parts=tuple(sorted(parts)),
        after=_after(draft, key),
        addresses=finding.addresses,
        attributes=attributes,
    )


def _fallback(draft: Draft, finding: Finding) -> float:
    """Give the seconds after which an implied object that OpenStack left behind is deleted; 0: never, for it is not ours to delete."""
    key, kind, resource = finding.key, KINDS[finding.kind], finding.resource
    inventory = draft.inventory
    if key not in draft.choice.wanted or kind.delete is None or resource is None:
        return 0.0
    if forbidden(resource, project=inventory.project, user=inventory.user, options=draft.options, addresses=finding.addresses):
        return 0.0
    if draft.ties.makers[key]:
        return LEFT_BEHIND
    follows = any(e.source.kind in kind.follows for e in draft.ties.holders[key])
    return UNPLUGGED if follows else 0.0


def _after(draft: Draft, key: Key) -> tuple[Key, ...]:
    """Give the steps that had better end before that of `key`, save those that wait for it."""
    return tuple(sorted(e.source for e in draft.ties.eased_by[key] if e.source in draft.needs and not _waits_for(draft, e.source, key)))


def _waits_for(draft: Draft, key: Key, other: Key) -> bool:
    seen: set[Key] = set()
    todo = [key]
    while todo:
        here = todo.pop()
        if here == other:
            return True
        if here not in seen:
            seen.add(here)
            todo += draft.needs.get(here, ())
    return False


def _serial(draft: Draft, key: Key) -> str:
    """Name the balancer that `key` is, or is a part of: it takes one change at a time."""
    seen: set[Key] = set()
    todo = [key]
    while todo:
        here = todo.pop()
        if KINDS[here.kind].cascade is not None:
            return str(here)
        if here not in seen:
            seen.add(here)
            todo += [e.target for e in draft.ties.parents[here]]
    return ""


def _without_idle_waits(steps: list[Step], draft: Draft) -> list[Step]:
    """Leave out waiting for what is not the job's and in nobody's way."""
    needed = {need for step in steps for need in step.needs}
    return [s for s in steps if s.action is not Action.WAIT or s.target in needed or s.target in draft.choice.wanted]


def weight(step: Step) -> int:
    """Give how long a step takes, in synchronous deletions."""
    return SLOW if KINDS[step.target.kind].asynchronous or step.action is Action.WAIT else 1


def heights(steps: Iterable[Step], needs: Mapping[Key, Iterable[Key]] | None = None) -> dict[Key, int]:
    """Give for each step the length of the longest path of steps that wait for it, itself included.

    Args:
        steps: without cycles.
        needs: what each needs; by default, as the steps say.
    """
    by_key = {s.target: s for s in steps}
    wanted = {k: [n for n in (needs[k] if needs else s.needs) if n in by_key] for k, s in by_key.items()}
    waiting: dict[Key, list[Key]] = {k: [] for k in by_key}
    for key, before in wanted.items():
        for need in before:
            waiting[need].append(key)
    open_dependents = {k: len(w) for k, w in waiting.items()}
    out = {k: weight(s) for k, s in by_key.items()}
    ready = [k for k, n in open_dependents.items() if not n]
    while ready:
        key = ready.pop()
        for need in wanted[key]:
            out[need] = max(out[need], out[key] + weight(by_key[need]))
            open_dependents[need] -= 1
            if not open_dependents[need]:
                ready.append(need)
    return out


def order(steps: Iterable[Step]) -> list[Step]:
    """Order steps so that each stands behind what it needs, the longest remaining path first."""
    by_key = {s.target: s for s in steps}
    height = heights(by_key.values())
    missing = {k: sum(n in by_key for n in s.needs) for k, s in by_key.items()}
    dependents: dict[Key, list[Key]] = {}
    for step in by_key.values():
        for need in step.needs:
            dependents.setdefault(need, []).append(step.target)
    ready = [(-height[k], k) for k, n in missing.items() if not n]
    heapq.heapify(ready)
    out = []
    while ready:
        _, key = heapq.heappop(ready)
        out.append(by_key[key])
        for dependent in dependents.get(key, ()):
            missing[dependent] -= 1
            if not missing[dependent]:
                heapq.heappush(ready, (-height[dependent], dependent))
    return out


def neighbours(steps: Iterable[Step], edges: Iterable[Edge]) -> str:
    """Give a hash over all ties of what goes."""
    going = {k for s in steps for k in (s.target, *s.parts)}
    near = sorted(f"{e.source} {e.type.value} {e.target}" for e in edges if e.source in going or e.target in going)
    return hashlib.sha256("\n".join(near).encode()).hexdigest()


def digest(plan: Plan) -> str:
    """Give the hash over everything in a plan that says what will happen.

    Args:
        plan: its own `digest` is left out, and so are the options that are for display.

    Returns:
        64 hex digits.
    """
    content = {
        "place": [plan.project, plan.user, plan.region, plan.made_at.isoformat() if plan.made_at else None],
        "neighbours": plan.options.get("neighbours"),
        **({"sweep": plan.options["sweep"]} if "sweep" in plan.options else {}),
        "kept": [[*k.target, k.because, k.leftover, sorted(map(list, k.blockers))] for k in plan.kept],
        "steps": [
            [
                step.action.value,
                *step.target,
                step.name,
                int(step.confidence),
                [step.identity.owner, step.identity.created_at.isoformat() if step.identity.created_at else None],
                [step.identity.name, step.identity.device, step.identity.references],
                sorted(map(list, step.needs)),
                sorted(map(list, step.parts)),
                sorted(map(list, step.after)),
                list(step.addresses),
                dict(step.attributes),
            ]
            for step in plan.steps
        ],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
