"""Servers, server groups, keypairs (Nova), and the tie of a volume to a server."""

from __future__ import annotations

from tfclean.kinds.base import Call, Container, Kind, Listing, Prepare, Reference, Repair, fields
from tfclean.kinds.derived import volume_attachments
from tfclean.kinds.guards import locked_server, stalled_server
from tfclean.model import EdgeType

SERVER = Kind(
    name="compute.server",
    service="compute",
    noun="server",
    listing=Listing("/servers/detail", "servers"),
    fields=fields(
        "id name status created updated tenant_id user_id flavor image key_name metadata tags description addresses security_groups",
        "locked OS-EXT-AZ:availability_zone OS-EXT-STS:task_state os-extended-volumes:volumes_attached",
    ),
    references=(
        Reference("key_name", ("compute.keypair",), EdgeType.USES, "was made with", by="id"),
        Reference("image.id", ("image.image",), EdgeType.USES, "was made from"),
    ),
    owner="tenant_id",
    created="created",
    status="status",
    transitional=fields("BUILD REBUILD RESIZE REBOOT HARD_REBOOT MIGRATING REVERT_RESIZE"),
    stalled=stalled_server,
    delete=Call("DELETE", "/servers/{id}"),
    prepare=(
        Prepare(
            ("locked", True),
            Call("POST", "/servers/{id}/action", {"unlock": None}),
            Call("POST", "/servers/{id}/action", {"lock": None}),
            "a locked server cannot be deleted",
        ),
    ),
    lock=locked_server,
    asynchronous=True,
    grace=300.0,
    repairs=(
        Repair("a second DELETE", going=True, again=True),
        Repair("forceDelete", going=True, call=Call("POST", "/servers/{id}/action", {"forceDelete": None})),
        Repair("only an administrator can reset its state", going=True),
    ),
    containers=(
        Container(("network.port", "network.network"), "lives wholly on"),
        Container(("network.port",), "has no other ports than", weaker=True),
    ),
    keep_words=("tags", "metadata", "description"),
)

SERVER_GROUP = Kind(
    name="compute.server_group",
    service="compute",
    noun="server group",
    listing=Listing("/os-server-groups", "server_groups", offset=True),
    fields=fields("id name policy policies rules members project_id user_id"),
    references=(
        # Nova deletes a group that has members; a group is kept until its servers are gone all the same.
        Reference("members[]", ("compute.server",), EdgeType.HOLDS, "is in", reverse=True),
    ),
    created="",
    delete=Call("DELETE", "/os-server-groups/{id}"),
    keep_words=(),
    common=True,
)

KEYPAIR = Kind(
    name="compute.keypair",
    service="compute",
    noun="keypair",
    listing=Listing("/os-keypairs", "keypairs", wrapper="keypair", detail="/os-keypairs/{id}"),
    fields=fields("name fingerprint public_key type created_at"),
    id="name",
    owner="",
    owned_by="user",
    delete=Call("DELETE", "/os-keypairs/{id}"),
    keep_words=(),
    common=True,
    lasting=True,
)

VOLUME_ATTACHMENT = Kind(
    name="compute.volume_attachment",
    service="compute",
    noun="volume attachment",
    listing=Listing(rows=("block_storage.volume", volume_attachments)),
    fields=fields("id server_id volume_id attachment_id device attached_at os-vol-tenant-attr:tenant_id"),
    references=(
        Reference("server_id", ("compute.server",), EdgeType.PART_OF, "attaches a volume to"),
        Reference("volume_id", ("block_storage.volume",), EdgeType.HOLDS, "attaches"),
    ),
    title="device",
    owner="os-vol-tenant-attr:tenant_id",
    created="attached_at",
    delete=Call("DELETE", "/servers/{server_id}/os-volume_attachments/{volume_id}"),
    action="detach",
    undo=Call("POST", "/servers/{server_id}/os-volume_attachments", {"volumeAttachment": {"volumeId": "{volume_id}"}}),
    asynchronous=True,
    tie=True,
    keep_words=(),
)

KINDS = (SERVER, SERVER_GROUP, KEYPAIR, VOLUME_ATTACHMENT)
