"""Which attribute of a Terraform type can carry a word of the run that the live object then shows, so that it can be told from others'.

It follows from the declarations: the name, where the type gives one, else what people write on objects and the drift rules compare.
"""

from __future__ import annotations

from tfclean.kinds.registry import KINDS
from tfclean.kinds.terraform_types import of

WRITTEN = ("description", "tags", "metadata")
"""Attributes that people write on objects, the plainest first."""


def carrier(type: str) -> str:  # noqa: A002 - Terraform's word
    """Give the attribute; empty for a type of which nothing live shows a word of the run.

    Args:
        type: resource type, such as ``openstack_networking_floatingip_v2``.
    """
    known = of(type)
    kind = KINDS.get(known.kind or "") if known else None
    if known is None or kind is None:
        return ""
    shown = {rule.attribute for rule in known.drift} - known.secret
    # A keypair's name is its id, and nothing that could drift.
    if "name" in shown or kind.id == "name":
        return "name"
    return next((attribute for attribute in WRITTEN if attribute in shown), "")
