"""When a value in a state and a live value differ: two JSON values and a rule in, a yes or no out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tfclean.kinds.base import values

BLANK = frozenset({"", "Attempt to boot from volume - no image supplied", "Image not found"})
"""Texts by which the provider says that there is nothing."""


@dataclass(frozen=True, slots=True)
class DriftRule:
    """One attribute, and where the live object shows it.

    Attributes:
        attribute: Terraform's attribute; may be a path.
        path: the service's field, see `tfclean.kinds.base.values`; alternatives for older clouds are separated by ``|``.
        unordered: compared as a set.
        when_empty: a person fills it in, so that a live value counts although the state's is empty.
        fold: upper and lower case are the same.
        parts: for lists of objects: (Terraform's name, service's name) of what is compared; empty parts in the state match anything.
        without: keys of a map that the service adds by itself.
        among: live values that are compared; others are in passing.
        carried_by: type of the tie that carries the attribute, where both exist.
        given_by: types of which the instance depends on one when its own configuration gives the attribute. If it depends on none,
            the value is a tie's, wherever that is by now.
        configured: attribute with the configured value, which is never read back: what is as configured has not drifted.
    """

    attribute: str
    path: str
    unordered: bool = False
    when_empty: bool = False
    fold: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    without: frozenset[str] = frozenset()
    among: frozenset[str] = frozenset()
    carried_by: str = ""
    given_by: tuple[str, ...] = ()
    configured: str = ""


def state_value(rule: DriftRule, attributes: Mapping[str, Any]) -> tuple[bool, Any]:
    """Give whether a state knows the rule's attribute, and its value."""
    return _value(rule.attribute, attributes)


def live_value(rule: DriftRule, attributes: Mapping[str, Any]) -> tuple[bool, Any]:
    """Give whether the service shows the rule's field (a cloud without an extension does not), and its value."""
    for path in rule.path.split("|"):
        shown, value = _value(path, attributes)
        if shown:
            return True, value
    return False, None


def differs(rule: DriftRule, before: Any, after: Any) -> bool:
    """Tell whether the live value `after` is another than the state's `before`, once noise is left out.

    None, the empty string, empty lists and empty maps are one and the same, and so is a zero where the other side has nothing (the
    provider writes the zero of the type for null). Numbers and booleans equal their texts.

    Args:
        rule: what is compared.
        before: value in the state.
        after: live value.
    """
    if rule.without:
        before, after = _pruned(before, rule.without), _pruned(after, rule.without)
    if rule.among and str(after).lower() not in rule.among:
        return False
    if _hollow(before, deep=bool(rule.parts)):
        return rule.when_empty and not _hollow(after, deep=bool(rule.parts))
    if _hollow(after, deep=bool(rule.parts)):
        return not _zero(before)
    if rule.parts:
        return not _same_parts(rule.parts, _list(before), _list(after))
    if isinstance(before, list) or isinstance(after, list):
        return not _same_lists(rule, before, after)
    return bool(_plain(before, rule.fold) != _plain(after, rule.fold))


def exact(rule: DriftRule, value: Any) -> str | None:
    """Give a text by which one of two values can be looked up: of two that have one, `differs` says that they differ if the texts do.

    Returns:
        The text; None if the rule compares in another way, or the value is none or no single one.
    """
    loose = rule.parts or rule.without or rule.among or rule.carried_by or rule.given_by or rule.configured
    if loose or not isinstance(value, (str, int, float)) or _hollow(value, deep=False):
        return None
    return str(_plain(value, rule.fold))


def _value(path: str, attributes: Mapping[str, Any]) -> tuple[bool, Any]:
    head = path.partition(".")[0].removesuffix("[]")
    if head not in attributes:
        return False, None
    if "[]" in path:
        return True, list(values(attributes, path))
    return True, next(values(attributes, path), None)


def _hollow(value: Any, *, deep: bool) -> bool:
    if value is None or value in ([], {}) or (isinstance(value, str) and value in BLANK):
        return True
    if deep and isinstance(value, list):
        return all(_hollow(item, deep=True) for item in value)
    if deep and isinstance(value, Mapping):
        return all(_hollow(item, deep=True) or _zero(item) for item in value.values())
    return False


def _zero(value: Any) -> bool:
    if isinstance(value, list):
        return all(_zero(item) for item in value)
    return bool(value in (0, "0", "false"))


def _plain(value: Any, fold: bool) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, fold) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, fold) for item in value]
    # Old providers padded ids with spaces, and what was made from them is padded too.
    text = "" if value is None else str(value).strip()
    return text.lower() if fold else text


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _same_lists(rule: DriftRule, before: Any, after: Any) -> bool:
    left, right = _plain(_list(before), rule.fold), _plain(_list(after), rule.fold)
    if not isinstance(before, list):
        return left[0] in right
    if rule.unordered:
        return all(item in right for item in left) and all(item in left for item in right)
    return bool(left == right)


def _same_parts(parts: tuple[tuple[str, str], ...], before: list[Any], after: list[Any]) -> bool:
    if len(before) != len(after):
        return False
    rest = list(after)
    for item in before:
        match = next((row for row in rest if _same_item(parts, item, row)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def _same_item(parts: tuple[tuple[str, str], ...], item: Any, row: Any) -> bool:
    if not isinstance(item, Mapping) or not isinstance(row, Mapping):
        return False
    return all(
        _hollow(item.get(ours), deep=False) or _plain(item.get(ours), fold=True) == _plain(row.get(theirs), fold=True)
        for ours, theirs in parts
    )


def _pruned(value: Any, without: frozenset[str]) -> Any:
    return {k: v for k, v in value.items() if k not in without} if isinstance(value, Mapping) else value
