"""The message ``tfplan`` of a saved plan: bytes in, changes and variables out.

Field numbers: ``internal/plans/planproto/planfile.proto`` of Terraform; OpenTofu's are the same. Up to 1.0 an address stood in fields of
its own.
The backend's configuration (field 13), where credentials stand, is never decoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tfclean.terraform.addresses import Address, instance_address, parse
from tfclean.terraform.changes import Change
from tfclean.terraform.problems import Problems
from tfclean.terraform.secrets import EVERYTHING
from tfclean.terraform.shown import moment
from tfclean.terraform.wire import UNKNOWN, WireError, dynamic_value, fields, has_unknown, known_part, message, text

VERSION = 3
"""The only format version there has been since 0.12."""

_ACTIONS: Mapping[int, tuple[str, ...]] = {
    0: ("no-op",),
    1: ("create",),
    2: ("read",),
    3: ("update",),
    5: ("delete",),
    6: ("delete", "create"),
    7: ("create", "delete"),
    8: ("forget",),
    9: ("create", "forget"),
}
_BECAUSE_TAINTED = 1
# of a single value: is it what is there, or what shall be?
_ONLY_BEFORE = frozenset({5, 8})


@dataclass(slots=True)
class PlanMessage:
    """What a plan says.

    Attributes:
        version: format version; 0 if there is none.
        changes: of ``resource_changes``.
        vanished: of ``resource_drift``, the objects that are gone.
        variables: variables that were given, by name.
        made: when the plan was made.
    """

    version: int
    changes: list[Change]
    vanished: list[Change]
    variables: dict[str, Any]
    made: datetime | None = None


def read_message(data: bytes, problems: Problems) -> PlanMessage:
    """Read the message as far as it can be read.

    Args:
        data: content of the member ``tfplan``.
        problems: takes what cannot be read.
    """
    plan = PlanMessage(0, [], [], {})
    try:
        for at, (number, value) in enumerate(fields(data)):
            try:
                _field(plan, number, value)
            except (ValueError, RecursionError) as error:
                problems.add(f"tfplan, part {at + 1} (field {number}),", f"cannot be read ({str(error)[:120] or 'too deep'})")
    except WireError as error:
        problems.add("tfplan", f"is cut off or damaged ({error})")
    return plan


def _field(plan: PlanMessage, number: int, value: int | bytes) -> None:
    if number == 1 and isinstance(value, int):
        plan.version = value
    elif number == 2:
        name, given = _variable(message(value))
        plan.variables[name] = given
    elif number == 3:
        plan.changes.append(_resource_change(message(value)))
    elif number == 18:
        change = _resource_change(message(value))
        if change.actions == ("delete",):
            plan.vanished.append(change)
    elif number == 21:
        plan.made = moment(text(value))


def _variable(encoded: bytes) -> tuple[str, Any]:
    name, value = "", None
    for number, part in fields(encoded):
        if number == 1:
            name = text(part)
        elif number == 2:
            value = known_part(dynamic_value(message(part)))
    return name, None if value is UNKNOWN else value


def _resource_change(encoded: bytes) -> Change:
    parts: dict[int, int | bytes] = dict(fields(encoded))
    address = parse(text(parts[13])) if 13 in parts else _old_address(parts)
    body = message(parts.get(9, b""))
    action, values, before_marked, after_marked, importing = 0, [], set(), set(), None
    for number, part in fields(body):
        if number == 1:
            action = int(part) if isinstance(part, int) else -1
        elif number == 2:
            values.append(dynamic_value(message(part)))
        elif number == 3:
            before_marked.add(_top(message(part)))
        elif number == 4:
            after_marked.add(_top(message(part)))
        elif number == 5:
            importing = dict(fields(message(part)))
    if action not in _ACTIONS:
        raise WireError(f"the unknown action {action} for {address}")
    before, after = _ends(action, values)
    return Change(
        address=address,
        actions=_ACTIONS[action],
        before=before,
        after=known_part(after),
        unknown=frozenset(name for name, item in (after or {}).items() if has_unknown(item)),
        before_marked=frozenset(before_marked),
        after_marked=frozenset(after_marked),
        deposed=text(parts[7]) or None if 7 in parts else None,
        importing=importing is not None,
        import_id=text(importing[1]) or None if importing and 1 in importing else None,
        tainted=parts.get(12) == _BECAUSE_TAINTED,
    )


def _ends(action: int, values: list[Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Give the values before and after; which of them is written depends on the action."""
    if action == 0 and len(values) == 1:
        values = values * 2
    elif len(values) == 1:
        values = [values[0], None] if action in _ONLY_BEFORE else [None, values[0]]
    if len(values) != 2 or not all(value is None or isinstance(value, dict) for value in values):
        raise WireError(f"{len(values)} values of a change that are not its two ends")
    return known_part(values[0]), values[1]


def _top(path: bytes) -> str:
    """Give the top-level attribute of a path; `EVERYTHING` if it has none."""
    for number, step in fields(path):
        if number == 1:
            for selector, name in fields(message(step)):
                if selector == 1:
                    return text(name)
            break
    return EVERYTHING


def _old_address(parts: Mapping[int, int | bytes]) -> Address:
    """Put an address together as 0.12 to 1.0 wrote it: module, mode, type, name, text key, number key."""
    key = text(parts[5]) if 5 in parts else parts.get(6)
    if isinstance(key, bytes):
        raise WireError("a text where a number should be")
    mode = "data" if parts.get(2) == 1 else "managed"
    return parse(instance_address(text(parts.get(1, b"")), mode, text(parts.get(3, b"")), text(parts.get(4, b"")), key))
