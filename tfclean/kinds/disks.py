"""Volumes that Nova makes for a server, and that stay when it goes unless it was asked to delete them.

In: a volume, a server. Out: whether Nova made the one for the other. Facts: nova/virt/block_device.py (``DriverVolumeBlockDevice`` and
its kinds), and what Cinder showed of such volumes on a real cloud: Nova gives an empty name and an empty description, where a request
without them leaves null; a blank disk is named after its server; the first disk of a server is the one it boots from.
"""

from __future__ import annotations

import re

from tfclean.model import Key, Resource

SERVER = "compute.server"
BLANK = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-blank-vol")
"""Nova's name for a disk without content, with the id of the server."""
FIRST = re.compile(r"/dev/(?:[vsh]|xv)da")


def nova_made(volume: Resource) -> str:
    """Say why a volume looks like one that Nova makes for a server; empty if it does not."""
    if volume.attributes.get("description") != "":
        return ""
    if server_of(volume):
        return "it is named as Nova names a server's blank disk"
    return "it has no name, as a disk that Nova makes for a server" if volume.attributes.get("name") == "" else ""


def server_of(volume: Resource) -> Key | None:
    """Give the server for which Nova made a blank disk, which bears its id; None for other volumes."""
    found = BLANK.fullmatch(volume.name)
    return Key(SERVER, found[1]) if found and volume.attributes.get("description") == "" else None


def made_with(volume: Resource, server: Resource) -> bool:
    """Tell whether Nova made a volume when it built the server that the volume is in.

    A volume that a server was given to boot from is older than the server: the request names it. One that is the disk it boots from and is
    not older was made for it.
    """
    if server_of(volume) == server.key:
        return True
    rows = volume.attributes.get("attachments") or ()
    first = any(row.get("server_id") == server.id and FIRST.fullmatch(str(row.get("device"))) for row in rows)
    dated = volume.created_at is not None and server.created_at is not None and volume.created_at >= server.created_at
    return bool(nova_made(volume)) and len(rows) == 1 and first and dated and not server.attributes.get("image")
