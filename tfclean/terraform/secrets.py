"""Which attributes never enter a `Claim`: attributes of one object in, the harmless rest and the names of what was withheld out.

Three things make an attribute a secret: the document marks it (``sensitive_attributes``, ``after_sensitive``, ...), its type is known to
keep one there (flagged by the provider or not: `facts` of `kinds.terraform_types`), or its name says so, at any depth.
Types of other providers give no attributes at all: they have no object in OpenStack, and where they keep secrets nobody here knows.

On the same walk, ids that are padded with blanks are stripped: module outputs made with heredocs leave such ids in real states.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from tfclean.kinds import terraform_types

PROVIDER = "openstack_"
"""How the name of every type begins that has objects in OpenStack."""

EVERYTHING = "*"
"""Mark for "the whole object is sensitive"."""

_ALWAYS = frozenset({"user_data", "user_data_raw", "admin_pass", "private_key", "personality", "value_specs", "kubeconfig", "token_id"})
_NAME = re.compile(
    r"(?:^|_)(?:pass|passwd|password|passphrase|pwd|psk|secret|token|credentials?|(?:private|secret|access|api|sync|url|encryption)_?key)(?:_?[12])?$"
)
# names that end like a secret and are none
_HARMLESS = frozenset({"generate_secret", "has_secret"})

# beside those that `kinds.terraform_types` knows: what users put there may be secret
_TABLE: Mapping[str, frozenset[str]] = {
    "openstack_objectstorage_account_v1": frozenset({"headers"}),
    "openstack_objectstorage_object_v1": frozenset({"content"}),
    "openstack_orchestration_stack_v1": frozenset({"template_opts"}),
}

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:/[^\s]+)?|[0-9a-f]{32}")


def is_secret_name(name: str) -> bool:
    """Tell whether an attribute, map key or variable of this name is taken for a secret."""
    plain = name.lower().replace("-", "_")
    return plain in _ALWAYS or (_NAME.search(plain) is not None and plain not in _HARMLESS)


def secret_attributes(type_: str) -> frozenset[str]:
    """Give the top-level attributes of a type that are always withheld: those of `kinds.terraform_types`, and our own table."""
    names = set(_TABLE.get(type_, ()))
    for entry in terraform_types.secret_attributes(type_):
        top, *deeper = re.split(r"[.\[]", entry)
        # a nested one, such as `user[].password`, goes by its own name; only if that does not tell, its whole attribute goes
        if not deeper or not is_secret_name(deeper[-1].lstrip("].")):
            names.add(top)
    return frozenset(names)


def unpad(value: str) -> str:
    """Strip blanks around an id; any other text is given back as it is, for there blanks may be meant."""
    stripped = value.strip()
    return stripped if _ID.fullmatch(stripped) else value


class Sieve:
    """Withholds secrets from the attributes of many objects; one for each document, for it remembers the names that it has seen."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}
        self._withheld: dict[str, frozenset[str]] = {}
        self._names: dict[str, bool] = {}

    def sift(self, type_: str, attributes: Mapping[str, Any], marked: Collection[str] = ()) -> tuple[Mapping[str, Any], frozenset[str]]:
        """Withhold what is secret.

        Args:
            type_: resource type.
            attributes: all attributes of one object, as parsed JSON; never changed.
            marked: names of top-level attributes that the document marks as sensitive, wholly or in part; `EVERYTHING` for all.

        Returns:
            The attributes without secrets (the same mapping when there are none), and the names of top-level attributes of which
            something was withheld.
        """
        if not type_.startswith(PROVIDER):
            return {}, frozenset()
        if EVERYTHING in marked:
            return {}, frozenset(attributes)
        seen = self._seen.get(type_)
        if seen is None or not seen.issuperset(attributes):
            self._learn(type_, attributes)
        withheld = self._withheld[type_]
        changed: dict[str, Any] | None = None
        for name, value in attributes.items():
            # what is not touched is not copied: this loop is most of the time that a large state takes
            kind = value.__class__
            if (kind is str and value.strip() is not value) or (value and (kind is list or kind is dict) and self._is_dirty(value)):
                changed = {} if changed is None else changed
                changed[name] = self.scrub(value)
        if changed is None and not marked and withheld.isdisjoint(attributes):
            return attributes, frozenset()
        kept = dict(attributes)
        gone: set[str] = set()
        if changed:
            gone.update(name for name, value in changed.items() if _lost(attributes[name], value))
            kept.update(changed)
        for name in withheld.union(marked) if marked else withheld:
            if name in kept:
                del kept[name]
                gone.add(name)
        return kept, frozenset(gone)

    def scrub(self, value: Any) -> Any:
        """Withhold whatever below `value` has a secret's name, and strip padded ids; what has neither is given back as it is."""
        if isinstance(value, str):
            return unpad(value)
        if isinstance(value, list):
            return [self.scrub(item) for item in value]
        if isinstance(value, dict):
            return {name: self.scrub(item) for name, item in value.items() if not self._secret(name)}
        return value

    def _is_dirty(self, value: Any) -> bool:
        """Tell whether `scrub` would change a list or mapping."""
        if value.__class__ is dict:
            names = self._names
            for name in value:
                if names[name] if name in names else self._secret(name):
                    return True
            value = value.values()
        for item in value:
            kind = item.__class__
            if kind is str:
                if item.strip() is not item:
                    return True
            elif item and (kind is list or kind is dict) and self._is_dirty(item):
                return True
        return False

    def _secret(self, name: str) -> bool:
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = is_secret_name(name)
        return known

    def _learn(self, type_: str, attributes: Mapping[str, Any]) -> None:
        seen = self._seen.setdefault(type_, set())
        seen.update(attributes)
        self._withheld[type_] = secret_attributes(type_).union(name for name in seen if is_secret_name(name))


def _lost(before: Any, after: Any) -> bool:
    """Tell whether something was withheld, and not merely stripped."""
    if isinstance(before, dict):
        return len(before) != len(after) or any(_lost(before[name], after[name]) for name in before)
    if isinstance(before, list):
        return any(map(_lost, before, after))
    return False
