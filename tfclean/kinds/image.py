"""Images (Glance)."""

from __future__ import annotations

from tfclean.kinds.base import Call, Kind, Listing, Prepare, fields
from tfclean.kinds.guards import offered_image, protected_image


def _protect(value: bool) -> Call:
    """Set or take off an image's protection; Glance takes no other content type, and no other change of an image."""
    patch = {"op": "replace", "path": "/protected", "value": value}
    return Call("PATCH", "/images/{id}", [patch], media="application/openstack-images-v2.1-json-patch")


IMAGE = Kind(
    name="image.image",
    service="image",
    noun="image",
    listing=Listing("/images", "images", (("owner", "{project}"),), again=(("owner", "{project}"), ("os_hidden", "true"))),
    fields=fields(
        "id name created_at status visibility protected owner tags container_format disk_format min_disk min_ram os_hidden checksum size",
        "base_image_ref instance_uuid image_type",
    ),
    owner="owner",
    status="status",
    transitional=fields("queued saving importing uploading"),
    delete=Call("DELETE", "/images/{id}"),
    prepare=(Prepare(("protected", True), _protect(False), _protect(True), "a protected image cannot be deleted"),),
    guard=offered_image,
    lock=protected_image,
    keep_words=("tags",),
    common=True,
    lasting=True,
)

KINDS = (IMAGE,)
