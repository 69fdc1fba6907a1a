"""Plans as JSON documents. In: a plan, or a decoded document. Out: the other of the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from tfclean import __version__
from tfclean.cleanup.plan import digest
from tfclean.errors import InputError
from tfclean.kinds.registry import KINDS
from tfclean.model import Action, Confidence, Gap, GapKind, Identity, Kept, Key, Plan, Step

FORMAT_VERSION = "1.0"
_LONGEST = 40
"""Characters of a quoted value in a message."""
T = TypeVar("T")


def plan_document(plan: Plan) -> dict[str, Any]:
    """Give a plan as a JSON-ready document, of which `load_plan` gives the same plan back."""
    return {
        "format_version": FORMAT_VERSION,
        "document": "plan",
        "tool_version": __version__,
        "cloud": plan.cloud,
        "project": plan.project,
        "user": plan.user,
        "region": plan.region,
        "time": _time(plan.made_at),
        "options": dict(plan.options),
        "summary": {action.value: n for action in Action if (n := sum(s.action is action for s in plan.steps))} | {"kept": len(plan.kept)},
        "steps": [_step_document(step) for step in plan.steps],
        "kept": [_kept_document(kept) for kept in plan.kept],
        "gaps": [{"kind": g.kind.value, "subject": g.subject, "reason": g.reason} for g in plan.gaps],
        "digest": plan.digest,
    }


def _step_document(step: Step) -> dict[str, Any]:
    return {
        "action": step.action.value,
        "kind": step.target.kind,
        "id": step.target.id,
        "name": step.name,
        "reason": step.reason,
        "confidence": step.confidence.label,
        "identity": {
            "owner": step.identity.owner,
            "created_at": _time(step.identity.created_at),
            "name": step.identity.name,
            "device": step.identity.device,
            "references": step.identity.references,
        },
        "needs": [_key_document(k) for k in step.needs],
        "parts": [_key_document(k) for k in step.parts],
        "after": [_key_document(k) for k in step.after],
        "addresses": list(step.addresses),
        "attributes": dict(step.attributes),
    }


def _kept_document(kept: Kept) -> dict[str, Any]:
    blockers = [_key_document(k) for k in kept.blockers]
    return {**_key_document(kept.target), "name": kept.name, "because": kept.because, "leftover": kept.leftover, "blockers": blockers}


def _key_document(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "id": key.id}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def shortened(value: object) -> str:
    """Give what a file says of itself as a message can hold it."""
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def load_plan(document: Any, source: str = "the plan") -> Plan:
    """Give the plan that a decoded document holds.

    Args:
        document: as `plan_document` gives it.
        source: where it comes from, for messages.

    Returns:
        The plan, with its digest checked.

    Raises:
        InputError: it is no plan, of an unknown version, or does not match its digest.
    """
    if not isinstance(document, Mapping) or document.get("document") != "plan":
        raise InputError(f"{source} is not a plan of tfclean.")
    version = document.get("format_version")
    if not isinstance(version, str) or version.split(".")[0] != FORMAT_VERSION.split(".", maxsplit=1)[0]:
        raise InputError(f"{source} has format version {shortened(version)}; this tfclean reads {FORMAT_VERSION}.")
    try:
        plan = _plan(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{source} is not a whole plan: {type(error).__name__} at {shortened(error)}.") from None
    if digest(plan) != plan.digest:
        raise InputError(f"{source} was changed after it was written: its digest does not match; make a new plan.")
    return plan


def _kept(row: Mapping[str, Any]) -> Kept:
    return Kept(_key(row), row["name"], row["because"], bool(row["leftover"]), tuple(_key(k) for k in row["blockers"]))


def _plan(document: Mapping[str, Any]) -> Plan:
    return Plan(
        steps=tuple(_step(row) for row in document["steps"]),
        kept=tuple(_kept(row) for row in document["kept"]),
        gaps=tuple(Gap(GapKind(row["kind"]), row["subject"], row["reason"]) for row in document["gaps"]),
        cloud=_text(document["cloud"]),
        project=_text(document["project"]),
        user=_text(document["user"]),
        region=_text(document["region"]),
        made_at=_maybe(document["time"], datetime.fromisoformat),
        options=dict(document["options"]),
        digest=_text(document["digest"]),
    )


def _step(row: Mapping[str, Any]) -> Step:
    seen = row["identity"]
    return Step(
        action=Action(row["action"]),
        target=_key(row),
        name=_text(row["name"]),
        reason=_text(row["reason"]),
        confidence=Confidence[row["confidence"].upper()],
        identity=Identity(
            owner=_text(seen["owner"]),
            created_at=_maybe(seen["created_at"], datetime.fromisoformat),
            name=_text(seen["name"]),
            device=_text(seen["device"]),
            references=_text(seen["references"]),
        ),
        needs=tuple(_key(k) for k in row["needs"]),
        parts=tuple(_key(k) for k in row["parts"]),
        after=tuple(_key(k) for k in row["after"]),
        addresses=tuple(_text(a) for a in row["addresses"]),
        attributes=dict(row["attributes"]),
    )


def _key(row: Mapping[str, Any]) -> Key:
    key = Key(_text(row["kind"]), _text(row["id"]))
    if key.kind not in KINDS:
        raise ValueError(f"kind {key.kind}")
    return key


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return value


def _maybe(value: Any, read: Callable[[str], T]) -> T | None:
    return None if value is None else read(value)
