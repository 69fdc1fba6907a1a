"""How the provider imports what it makes: a live object in; its types and the id that an ``import`` block needs out.

Read in the ``Importer`` of each resource and in ``docs/resources`` of terraform-provider-openstack (main at 27f26125, v3.4.0 and after).
"""

from __future__ import annotations

from collections.abc import Mapping

from tfclean.kinds.base import values
from tfclean.kinds.registry import KINDS, SIBLINGS
from tfclean.kinds.terraform_types import Role, TerraformType, of, types
from tfclean.model import Resource

PARTS: Mapping[str, tuple[str, ...]] = {
    "openstack_lb_member_v2": ("pool_id", "id"),
    "openstack_lb_l7rule_v2": ("l7policy_id", "id"),
    # The pool may be left out there, and then the next plan would replace the monitor.
    "openstack_lb_monitor_v2": ("id", "pools[].id"),
    "openstack_networking_port_secgroup_associate_v2": ("port_id",),
}
"""Types whose import id is not that of the live object: what it is put together of, with slashes."""

IMPOSSIBLE: Mapping[str, str] = {
    "openstack_networking_trunk_v2": "the provider cannot import trunks",
    "openstack_networking_portforwarding_v2": "the provider cannot import port forwardings",
    "openstack_blockstorage_volume_attach_v3": "the provider cannot import attachments of Cinder's own",
}
"""Types without an `Importer`."""

BY_FIELD: Mapping[str, tuple[str, str]] = {"network.qos_rule": ("type", "openstack_networking_qos_{}_rule_v2")}
"""Kinds that several types make: which field tells them apart, and how the type is called after it."""


def type_of(resource: Resource) -> str:
    """Give the type by which an object that no trace names can be imported; empty if the provider has none."""
    field, template = BY_FIELD.get(resource.kind, ("", ""))
    if template:
        own = template.format(resource.attributes.get(field))
        return own if of(own) else ""
    return next((name for name, known in types().items() if known.kind == resource.kind and _current(known)), "")


def makes(type: str, resource: Resource) -> bool:  # noqa: A002 - Terraform's word
    """Tell whether current providers make such an object by a resource of `type`; a port that a router took as its leg is a port too."""
    known = of(type)
    derived = KINDS[resource.kind].listing.rows is not None
    kinds = SIBLINGS.get(resource.kind, (resource.kind,)) if derived else (resource.kind,)
    return known is not None and _current(known) and known.kind in kinds


def _current(known: TerraformType) -> bool:
    return not known.removed_in and known.role in (Role.OWNER, Role.TIE)


def import_id(type: str, resource: Resource) -> str:  # noqa: A002 - Terraform's word
    """Give the id by which `resource` is imported as a resource of `type`; empty if the object does not tell it whole."""
    row = {**resource.attributes, "id": resource.id}
    found = [next((str(value) for value in values(row, path)), "") for path in PARTS.get(type, ("id",))]
    return "/".join(found) if all(found) else ""
