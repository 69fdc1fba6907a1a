"""Volumes, snapshots, backups and attachments without a server (Cinder)."""

from __future__ import annotations

from tfclean.kinds.base import Call, Container, Kind, Listing, Reference, Repair, fields
from tfclean.kinds.disks import nova_made, server_of
from tfclean.model import EdgeType

TENANT = "os-vol-tenant-attr:tenant_id"

DETACH = Call("DELETE", "/attachments/{id}")


def _leftover(*statuses: str, nameless: bool) -> Repair:
    return Repair(
        "removal of a leftover attachment",
        statuses=fields(*statuses),
        call=DETACH,
        on="block_storage.attachment",
        names="volume_id",
        dead=("instance", "compute.server"),
        nameless=nameless,
    )


VOLUME = Kind(
    name="block_storage.volume",
    service="block-storage",
    noun="volume",
    listing=Listing("/volumes/detail", "volumes"),
    fields=fields(
        "id name description created_at status size availability_zone volume_type metadata snapshot_id source_volid bootable multiattach",
        "attachments group_id encrypted volume_image_metadata",
        TENANT,
    ),
    references=(
        Reference("snapshot_id", ("block_storage.snapshot",), EdgeType.USES, "was made from"),
        Reference("source_volid", ("block_storage.volume",), EdgeType.USES, "was made from"),
    ),
    owner=TENANT,
    status="status",
    transitional=fields(
        "creating attaching detaching deleting extending uploading backing-up restoring-backup downloading retyping reserved reverting"
    ),
    failed=fields("error_deleting"),
    delete=Call("DELETE", "/volumes/{id}"),
    asynchronous=True,
    byproduct=nova_made,
    made_for=server_of,
    containers=(Container(("compute.server",), "was made by Nova for", along=(EdgeType.USES,)),),
    # An attachment without a server that is in use may be a host's own.
    repairs=(_leftover("attaching reserved detaching", nameless=True), _leftover("in-use", nameless=False)),
    keep_words=("metadata", "description"),
)

SNAPSHOT = Kind(
    name="block_storage.snapshot",
    service="block-storage",
    noun="snapshot",
    listing=Listing("/snapshots/detail", "snapshots"),
    fields=fields("id name description created_at status size volume_id metadata os-extended-snapshot-attributes:project_id"),
    references=(Reference("volume_id", ("block_storage.volume",), EdgeType.HOLDS, "was taken of"),),
    owner="os-extended-snapshot-attributes:project_id",
    status="status",
    transitional=fields("creating deleting backing-up restoring unmanaging"),
    failed=fields("error_deleting"),
    delete=Call("DELETE", "/snapshots/{id}"),
    asynchronous=True,
    keep_words=("metadata", "description"),
)

BACKUP = Kind(
    name="block_storage.backup",
    service="block-storage",
    noun="backup",
    listing=Listing("/backups/detail", "backups"),
    fields=fields(
        "id name description created_at status size volume_id snapshot_id is_incremental has_dependent_backups metadata",
        "os-backup-project-attr:project_id",
    ),
    references=(
        Reference("volume_id", ("block_storage.volume",), EdgeType.USES, "was taken of"),
        Reference("snapshot_id", ("block_storage.snapshot",), EdgeType.USES, "was taken from"),
    ),
    owner="os-backup-project-attr:project_id",
    status="status",
    transitional=fields("creating deleting restoring"),
    failed=fields("error_deleting"),
    delete=Call("DELETE", "/backups/{id}"),
    asynchronous=True,
    keep_words=("metadata", "description"),
    common=True,
    lasting=True,
)

ATTACHMENT = Kind(
    name="block_storage.attachment",
    service="block-storage",
    noun="attachment",
    listing=Listing("/attachments/detail", "attachments"),
    fields=fields("id volume_id instance status attached_at attach_mode"),
    references=(
        Reference("volume_id", ("block_storage.volume",), EdgeType.HOLDS, "attaches"),
        Reference("instance", ("compute.server",), EdgeType.PART_OF, "attaches a volume to"),
    ),
    title="id",
    owner="",
    created="attached_at",
    status="status",
    delete=DETACH,
    containers=(Container(("block_storage.volume",), "attaches"),),
    action="detach",
    tie=True,
    keep_words=(),
)

KINDS = (VOLUME, SNAPSHOT, BACKUP, ATTACHMENT)
