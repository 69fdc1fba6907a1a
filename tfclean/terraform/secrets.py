"""Which attributes never enter a `Claim`: attributes of one object in, the harmless rest and the names of what was withheld out.

Three things make an attribute a secret: the document marks it (``sensitive_attributes``, ``after_sensitive``, ...), its type is known to
keep one there (flagged by the provider or not: `facts` of `kinds.terraform_types`), or its name says so, at any depth.
Types of other providers give no attributes at all: they have no object in OpenStack, and where they keep secrets nobody here knows.

On the same walk, ids that are padded with blanks are stripped: module outputs made with heredocs leave such ids in real states.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from importlib import import_module
from typing import Any

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

# used until `kinds.terraform_types` answers; flagged ones are those of provider 3.4.0, the rest it does not flag
_TABLE: Mapping[str, frozenset[str]] = {
    "openstack_blockstorage_volume_attach_v2": frozenset({"data"}),
    "openstack_blockstorage_volume_attach_v3": frozenset({"data"}),
    "openstack_dns_transfer_accept_v2": frozenset({"key"}),
    "openstack_dns_transfer_request_v2": frozenset({"key"}),
    "openstack_keymanager_secret_v1": frozenset({"payload"}),
    "openstack_objectstorage_account_v1": frozenset({"headers"}),
    "openstack_objectstorage_container_v1": frozenset({"container_sync_key"}),
    "openstack_objectstorage_object_v1": frozenset({"content"}),
    "openstack_objectstorage_tempurl_v1": frozenset({"key", "url"}),
    "openstack_orchestration_stack_v1": frozenset({"parameters", "outputs", "environment_opts", "template_opts"}),
}

_BLANK = " \t\r\n"
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:/[^\s]+)?|[0-9a-f]{32}")


def is_secret_name(name: str) -> bool:
    """Tell whether an attribute, map key or variable of this name is taken for a secret."""
    plain = name.lower().replace("-", "_")
    return plain in _ALWAYS or (_NAME.search(plain) is not None and plain not in _HARMLESS)


def secret_attributes(type_: str) -> frozenset[str]:
    """Give the top-level attributes of a type that are always withheld: those of `kinds.terraform_types`, and our own table."""
    names = set(_TABLE.get(type_, ()))
    for entry in _known_to_kinds(type_):
        top, *deeper = re.split(r"[.\[]", entry)
        # a nested one, such as `user[].password`, goes by its own name; only if that does not tell, its whole attribute goes
        if not deeper or not is_secret_name(deeper[-1].lstrip("].")):
            names.add(top)
    return frozenset(names)


def _known_to_kinds(type_: str) -> Iterable[str]:
    try:
        module = import_module("tfclean.kinds.terraform_types")
    except ImportError:
        return ()
    found: Iterable[str] = module.secret_attributes(type_)
    return found


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
        changed: dict[str, Any] = {}
        partly: set[str] | None = None
        for name, value in attributes.items():
            kind = type(value)
            if kind is str:
                if value and (value[0] in _BLANK or value[-1] in _BLANK):
                    changed[name] = unpad(value)
            elif value and (kind is list or kind is dict):
                clean = self.scrub(value)
                if clean is not value:
                    changed[name] = clean
                    if _lost(value, clean):
                        partly = {name} if partly is None else partly | {name}
        if not changed and not marked and withheld.isdisjoint(attributes):
            return attributes, frozenset()
        gone = withheld.union(marked)
        kept = {name: changed.get(name, value) for name, value in attributes.items() if name not in gone}
        return kept, gone.intersection(attributes).union(partly or ())

    def scrub(self, value: Any) -> Any:
        """Withhold whatever below `value` has a secret's name, and strip padded ids; gives `value` itself if there is nothing to do."""
        if isinstance(value, str):
            return unpad(value) if value and (value[0] in _BLANK or value[-1] in _BLANK) else value
        if isinstance(value, list):
            items = [self.scrub(item) if item.__class__ in (str, list, dict) else item for item in value]
            return value if all(map(_same, items, value)) else items
        if isinstance(value, dict):
            members = {name: self.scrub(item) for name, item in value.items() if not self._secret(name)}
            return value if len(members) == len(value) and all(map(_same, members.values(), value.values())) else members
        return value

    def _secret(self, name: str) -> bool:
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = is_secret_name(name)
        return known

    def _learn(self, type_: str, attributes: Mapping[str, Any]) -> None:
        seen = self._seen.setdefault(type_, set())
        seen.update(attributes)
        self._withheld[type_] = secret_attributes(type_).union(name for name in seen if is_secret_name(name))


def _same(one: Any, other: Any) -> bool:
    return one is other


def _lost(before: Any, after: Any) -> bool:
    """Tell whether something was withheld, and not merely stripped."""
    if isinstance(before, dict):
        return len(before) != len(after) or any(_lost(before[name], after[name]) for name in before)
    if isinstance(before, list):
        return any(map(_lost, before, after))
    return False
