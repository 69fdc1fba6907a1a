"""What the Terraform provider's resource types are to us: JSON beside this file in, kinds, live ids and attribute drift out.

Facts were read in terraform-provider-openstack v0.1.0 to v3.4.0 (schemas and Read functions) and checked against recorded states
and lists. Paths of live fields are the services' own names, as their lists show them; all knowledge is in the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from tfclean.kinds.base import values
from tfclean.kinds.drift import DriftRule, differs, live_value, state_value
from tfclean.kinds.registry import find
from tfclean.model import Drift, Inventory, Key, Resource

ALWAYS_SECRET = frozenset({"value_specs", "admin_pass", "password"})
"""Attributes that can carry a secret whatever the type: the provider passes `value_specs` through unread."""


class Role(StrEnum):
    """What a type is to the live object that it names."""

    OWNER = "owner"  # it makes the object, and destroying it deletes the object
    TIE = "tie"  # it ties one object to another, and owns neither
    SETTING = "setting"  # it sets values of something that is always there, such as a quota
    LOCAL = "local"  # it has no object at all


@dataclass(frozen=True, slots=True)
class Makes:
    """What OpenStack makes beside the object of a type, as the instance's own blocks ask.

    Attributes:
        kind: kind of what is made.
        path: attribute with the blocks, one for each object.
        when: attribute of a block → values with which something is made.
        goes: attribute of a block that says that it goes with the instance's own object.
        born: attribute of the instance that says when that was made.
        by: attribute of a block that names what is made from which thing, and that is then a name for `source` in `drift`.
        source: attribute of a block with the id of that.
        drift: what of a block shows on what was made.
    """

    kind: str
    path: str
    when: Mapping[str, frozenset[str]]
    goes: str
    born: str
    by: str
    source: str
    drift: tuple[DriftRule, ...]

    def blocks(self, attributes: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Give the blocks of an instance for each of which one object is made, with their places."""
        blocks = attributes.get(self.path)
        for place, block in enumerate(blocks if isinstance(blocks, list | tuple) else ()):
            if isinstance(block, Mapping) and all(str(block.get(name)) in among for name, among in self.when.items()):
                yield place, {**block, str(block[self.by]): block.get(self.source)}


@dataclass(frozen=True, slots=True)
class TerraformType:
    """One resource type of the provider.

    Attributes:
        type: ``openstack_networking_port_v2``.
        kind: kind of the live object; None for ties that have no kind of their own and for local types.
        service: type of the service in the catalog.
        looked_after: the kind (or, for ties, the kind of the target) is one that tfclean lists.
        role: what it is to its object.
        id_format: how the live id stands in Terraform's id: ``whole``, ``first`` or ``second`` (split at the first slash),
            ``before_route`` (before ``-route-``), ``route`` (from the attributes), ``address`` (see `locate`).
        each: for types whose one instance makes many ties: where those stand in its attributes, and the live id of one; ``id`` is the
            target's, ``item`` a value there, other names are attributes of an object there.
        target: for ties: kind of what they sit on; `live_id` is an id of this kind where `kind` is None.
        parent: attribute that holds the id of the object that it is a part of.
        name_attribute: attribute that people call it by.
        drift: attributes to compare with the live object.
        references: (attribute path, kind, by): by is ``id``, ``name``, ``id-or-name``, ``address``, ``mac``, ``ref``, ``soft`` (a hint,
            no tie), ``device_owner``, ``object_type``, ``source_type`` or ``type`` (another attribute says which of several kinds),
            ``legacy`` and ``legacy-address`` (only in old states).
        config_only: attributes that are configuration and never read back.
        ignored: attributes that change by themselves.
        secret: names of attributes whose values must never be shown or kept.
        removed_in: provider version that dropped the type; empty while it is current.
        makes: what OpenStack makes beside its object; None if nothing.
    """

    type: str
    kind: str | None
    service: str
    looked_after: bool
    role: Role
    id_format: str
    each: tuple[str, str] | None
    target: str | None
    parent: str | None
    name_attribute: str | None
    drift: tuple[DriftRule, ...]
    references: tuple[tuple[str, str, str], ...]
    config_only: frozenset[str]
    ignored: frozenset[str]
    secret: frozenset[str]
    removed_in: str
    makes: Makes | None = None


@cache
def types() -> Mapping[str, TerraformType]:
    """Give all types that the provider has or had, by name."""
    text = resources.files("tfclean.kinds").joinpath("terraform_types.json").read_text(encoding="utf-8")
    return {row["type"]: _parse(row) for row in json.loads(text)}


def of(type: str) -> TerraformType | None:  # noqa: A002 - Terraform's word
    """Give what is known about a type, or None for a type that is not the OpenStack provider's."""
    return types().get(type)


def secret_attributes(type: str) -> frozenset[str]:  # noqa: A002
    """Give names of top-level attributes of `type` that are secret, whether or not the provider flags them."""
    known = of(type)
    return ALWAYS_SECRET | known.secret if known else ALWAYS_SECRET


def live_id(claim_id: str, type: str, attributes: Mapping[str, Any]) -> str | None:  # noqa: A002
    """Turn Terraform's id into the id of the live object.

    Args:
        claim_id: id in the state; old providers padded some with spaces.
        type: resource type.
        attributes: known attributes of the instance.

    Returns:
        Id inside the type's `kind` (or `target`, where it has no kind); None if the type is not the provider's, has no object,
        or the id alone does not say (see `locate`).
    """
    known = of(type)
    text = claim_id.strip()
    if known is None or known.role is Role.LOCAL or not text:
        return None
    if known.id_format == "route":
        parts = [attributes.get(name) for name in ("router_id", "destination_cidr", "next_hop")]
        return f"{parts[0]}-route-{parts[1]}-{parts[2]}" if all(parts) else text
    first, _, second = text.partition("/")
    cut = {"first": first, "second": second, "before_route": text.partition("-route-")[0], "address": ""}
    return cut.get(known.id_format, text) or None


def keys_of(type: str, claim_id: str, attributes: Mapping[str, Any]) -> tuple[Key, ...]:  # noqa: A002
    """Give the ties that an instance of a type whose instances make many names; empty if its attributes do not say, or for other types."""
    known = of(type)
    target = live_id(claim_id, type, attributes)
    if known is None or known.each is None or known.kind is None or target is None:
        return ()
    path, template = known.each
    out: dict[Key, None] = {}
    for item in values(attributes, path):
        fields = {"id": target, **(item if isinstance(item, Mapping) else {"item": item})}
        try:
            out[Key(known.kind, template.format_map(fields))] = None
        except KeyError:
            continue
    return tuple(out)


def locate(inventory: Inventory, type: str, claim_id: str, attributes: Mapping[str, Any]) -> Resource | None:  # noqa: A002
    """Find the live object that an instance of `type` names, also where its id is an address.

    Args:
        inventory: what is live.
        type: resource type.
        claim_id: id in the state.
        attributes: known attributes of the instance.

    Returns:
        The live object (for ties without a kind: what they sit on), or None.
    """
    known = of(type)
    kind = (known.kind or known.target) if known else None
    if known is None or kind is None:
        return None
    if known.id_format == "address":
        address = claim_id.partition("/")[0].strip()
        return next((r for r in inventory.of(kind) if r.attributes.get("floating_ip_address") == address), None)
    found = live_id(claim_id, type, attributes)
    return find(inventory, kind, found) if found else None


def target_key(type: str, claim_id: str, attributes: Mapping[str, Any]) -> Key | None:  # noqa: A002
    """Give the key that an instance of `type` claims, or None if its id does not say; see `live_id`."""
    known = of(type)
    kind = (known.kind or known.target) if known else None
    found = live_id(claim_id, type, attributes)
    return Key(kind, found) if kind and found else None


def compare(
    type: TerraformType,  # noqa: A002
    attributes: Mapping[str, Any],
    resource: Resource,
    *,
    ties: Collection[str] = (),
    dependencies: Collection[str] = (),
) -> tuple[Drift, ...]:
    """Compare what a state says with what is live, attribute by attribute, and leave out what is noise.

    Left out: secrets, configuration that is never read back, attributes that the state or the list does not show, and values that
    were empty when Terraform wrote the state, unless a person would have had to fill them in (name, description, tags, ...).

    Args:
        type: resource type of the instance.
        attributes: its attributes in the state.
        resource: the live object.
        ties: types of ties that claim the same object, or that a run may have made for it; what such a tie carries is its drift and
            not the object's.
        dependencies: configuration addresses that the instance depends on, as the state lists them.

    Returns:
        Changed attributes, in the order of the declaration.
    """
    out: list[Drift] = []
    for rule in type.drift:
        if rule.attribute in type.secret or rule.carried_by in ties or not _given(rule, dependencies):
            continue
        seen, before = state_value(rule, attributes)
        shown, after = live_value(rule, resource.attributes)
        if not seen or not shown or not differs(rule, before, after):
            continue
        wanted = attributes.get(rule.configured) if rule.configured else None
        if not wanted or differs(rule, wanted, after):
            out.append(Drift(rule.attribute, before, after))
    return tuple(out)


def referenced(type: TerraformType, attributes: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:  # noqa: A002
    """Give what an instance names: (kind, value, by) for each reference of its type that has a value."""
    return tuple((kind, str(value), by) for path, kind, by in type.references for value in values(attributes, path))


def _given(rule: DriftRule, dependencies: Collection[str]) -> bool:
    """Tell whether the instance's own configuration gives the attribute, as far as its dependencies show."""
    return not rule.given_by or any(part in rule.given_by for address in dependencies for part in address.split("."))


def _parse(row: Mapping[str, Any]) -> TerraformType:
    return TerraformType(
        type=row["type"],
        kind=row["kind"],
        service=row["service"],
        looked_after=row.get("looked_after", False),
        role=Role(row.get("role", "owner")),
        id_format=row.get("id", "whole"),
        each=(row["each"]["path"], row["each"]["id"]) if "each" in row else None,
        target=row.get("target"),
        parent=row.get("parent"),
        name_attribute=row.get("name"),
        drift=tuple(_rule(entry) for entry in row.get("drift", ())),
        references=tuple((path, kind, by) for path, kind, by in row.get("references", ())),
        config_only=frozenset(row.get("config_only", ())),
        ignored=frozenset(row.get("ignored", ())),
        secret=frozenset(row.get("secret", ())),
        removed_in=row.get("removed_in", ""),
        makes=_makes(row["makes"]) if "makes" in row else None,
    )


def _makes(row: Mapping[str, Any]) -> Makes:
    when = {name: frozenset(among) for name, among in row["when"].items()}
    return Makes(**{**row, "when": when, "drift": tuple(_rule(entry) for entry in row["drift"])})


def _rule(entry: str | Mapping[str, Any]) -> DriftRule:
    if isinstance(entry, str):
        return DriftRule(entry, entry)
    return DriftRule(
        attribute=entry["attribute"],
        path=entry.get("path", entry["attribute"]),
        unordered=entry.get("unordered", False),
        when_empty=entry.get("when_empty", False),
        fold=entry.get("fold", False),
        parts=tuple(entry.get("parts", {}).items()),
        without=frozenset(entry.get("without", ())),
        among=frozenset(entry.get("among", ())),
        carried_by=entry.get("carried_by", ""),
        given_by=tuple(entry.get("given_by", ())),
        configured=entry.get("configured", ""),
    )
