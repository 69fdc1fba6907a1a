"""Images (Glance)."""

from __future__ import annotations

from tfclean.kinds.base import Call, Kind, Listing, fields
from tfclean.kinds.guards import protected_image

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
    guard=protected_image,
    keep_words=("tags",),
)

KINDS = (IMAGE,)
