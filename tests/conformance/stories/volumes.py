"""Cinder and Nova together: volumes that servers have."""

from __future__ import annotations

from typing import Any

from tests.conformance.stories.network import NOBODY
from tests.conformance.stories.servers import NOVA, delete, server
from tests.conformance.telling import Teller

CINDER = "block-storage"


def volume(t: Teller, **fields: Any) -> str:
    """Make a volume and wait until it is there."""
    made = str(t.make(CINDER, "/volumes", "volume", **{"name": "v", "size": 1, **fields})["id"])
    t.wait(CINDER, f"/volumes/{made}", "status", "available", "error")
    return made


def attach(t: Teller, to: str, what: str, **fields: Any) -> str:
    """Attach a volume to a server and wait until it is; give the attachment's id."""
    path = f"/servers/{to}/os-volume_attachments"
    t.ask(NOVA, "POST", path, {"volumeAttachment": {"volumeId": what, **fields}})
    t.wait(CINDER, f"/volumes/{what}", "status", "in-use")
    return t.name(t.ask(NOVA, "GET", f"{path}/{what}", quiet=True).row()["attachment_id"], "attachment")


def attached(t: Teller) -> None:
    made, disk = server(t), volume(t)
    tie = attach(t, made, disk)
    path = f"/servers/{made}/os-volume_attachments"
    t.ask(NOVA, "GET", path)
    t.ask(NOVA, "GET", f"{path}/{disk}")
    t.ask(NOVA, "GET", f"{path}/{disk}", micro="2.1")
    t.ask(NOVA, "GET", f"/servers/{made}")
    t.ask(CINDER, "GET", f"/attachments/{tie}")
    t.ask(CINDER, "GET", "/attachments/detail")
    t.ask(CINDER, "DELETE", f"/volumes/{disk}")
    t.ask(CINDER, "DELETE", f"/volumes/{disk}?cascade=true")
    t.ask(CINDER, "DELETE", f"/attachments/{tie}")
    t.ask(CINDER, "POST", f"/volumes/{disk}/action", {"os-detach": {"attachment_id": tie}})
    t.ask(NOVA, "POST", path, {"volumeAttachment": {"volumeId": disk}})
    t.ask(NOVA, "POST", path, {"volumeAttachment": {"volumeId": NOBODY}})
    t.ask(NOVA, "POST", path, {"volumeAttachment": {}})
    t.ask(NOVA, "DELETE", f"{path}/{NOBODY}")
    other = volume(t, name="other")
    t.ask(NOVA, "DELETE", f"{path}/{other}")
    t.ask(NOVA, "POST", f"/servers/{made}/action", {"lock": None})
    t.ask(NOVA, "DELETE", f"{path}/{disk}")
    t.ask(NOVA, "POST", path, {"volumeAttachment": {"volumeId": other}})
    t.ask(NOVA, "POST", f"/servers/{made}/action", {"unlock": None})
    t.ask(NOVA, "DELETE", f"{path}/{disk}")
    t.wait(CINDER, f"/volumes/{disk}", "status", "available")
    t.ask(NOVA, "DELETE", f"{path}/{disk}")
    t.ask(CINDER, "GET", f"/attachments/{tie}")
    delete(t, made)


def what_goes_with_a_server(t: Teller) -> None:
    made, stays, goes = server(t), volume(t, name="stays"), volume(t, name="goes")
    attach(t, made, stays)
    attach(t, made, goes, delete_on_termination=True)
    t.ask(NOVA, "GET", f"/servers/{made}")
    delete(t, made)
    t.wait(CINDER, f"/volumes/{stays}", "status", "available")
    t.wait_gone(CINDER, f"/volumes/{goes}")


def a_root_disk(t: Teller) -> None:
    root = volume(t, name="root")
    t.ask(CINDER, "POST", f"/volumes/{root}/action", {"os-set_bootable": {"bootable": True}})
    disk = {"uuid": root, "source_type": "volume", "destination_type": "volume", "boot_index": 0}
    made = server(t, imageRef="", block_device_mapping_v2=[disk])
    t.wait(CINDER, f"/volumes/{root}", "status", "in-use")
    t.ask(NOVA, "GET", f"/servers/{made}")
    t.ask(NOVA, "GET", f"/servers/{made}/os-volume_attachments")
    t.ask(NOVA, "DELETE", f"/servers/{made}/os-volume_attachments/{root}")
    delete(t, made)
    t.wait(CINDER, f"/volumes/{root}", "status", "available")


STORIES = (attached, what_goes_with_a_server, a_root_disk)
