"""Glance: images, who may see them, and who may not delete them."""

from __future__ import annotations

from typing import Any

from tests.conformance.places import OTHER
from tests.conformance.stories.network import NOBODY
from tests.conformance.stories.servers import NOVA, server
from tests.conformance.telling import Teller

GLANCE = "image"
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
DATA = {"Content-Type": "application/octet-stream"}


def image(t: Teller, *, data: bool = True, **fields: Any) -> str:
    """Make an image; with its data, unless it is to be queued."""
    body = {"name": "image", "container_format": "bare", "disk_format": "raw", **fields}
    made = str(t.ask(GLANCE, "POST", "/images", body).row()["id"])
    if data:
        t.ask(GLANCE, "PUT", f"/images/{made}/file", data=b"\0" * 1024, headers=DATA)
        t.wait(GLANCE, f"/images/{made}", "status", "active")
    return made


def _patched(t: Teller, id_: str, *steps: dict[str, Any]) -> None:
    t.ask(GLANCE, "PATCH", f"/images/{id_}", list(steps), headers=PATCH)


def images(t: Teller) -> None:
    made = image(t, tags=["job"], os_hidden=False)
    one = f"/images/{made}"
    t.ask(GLANCE, "GET", "/images?name=image")
    t.ask(GLANCE, "GET", f"/images?owner={t['project']}")
    t.ask(GLANCE, "GET", f"/images?owner={t['project']}&os_hidden=true")
    t.ask(GLANCE, "GET", "/images?tag=job")
    t.ask(GLANCE, "GET", "/images?visibility=private")
    t.ask(GLANCE, "GET", "/images?status=queued")
    t.ask(GLANCE, "PUT", f"{one}/tags/more")
    t.ask(GLANCE, "DELETE", f"{one}/tags/job")
    t.ask(GLANCE, "DELETE", f"{one}/tags/job")
    _patched(t, made, {"op": "replace", "path": "/name", "value": "new"})
    _patched(t, made, {"op": "replace", "path": "/owner", "value": NOBODY})
    _patched(t, made, {"op": "replace", "path": "/id", "value": NOBODY})
    _patched(t, made, {"op": "replace", "path": "/visibility", "value": "public"})
    _patched(t, made, {"op": "replace", "path": "/no_such_field", "value": "x"})
    _patched(t, made, {"op": "add", "path": "/custom", "value": "x"})
    _patched(t, made, {"op": "remove", "path": "/custom"})
    _patched(t, made, {"op": "replace", "path": "/protected", "value": True})
    t.ask(GLANCE, "DELETE", one)
    _patched(t, made, {"op": "replace", "path": "/protected", "value": False})
    _patched(t, made, {"op": "replace", "path": "/os_hidden", "value": True})
    t.ask(GLANCE, "GET", f"/images?owner={t['project']}")
    t.ask(GLANCE, "GET", f"/images?owner={t['project']}&os_hidden=true")
    t.ask(GLANCE, "PUT", f"{one}/file", data=b"again", headers=DATA)
    t.ask(GLANCE, "DELETE", one)
    t.ask(GLANCE, "DELETE", one)
    t.ask(GLANCE, "GET", one)


def queued(t: Teller) -> None:
    made = image(t, data=False, min_disk=1, min_ram=64)
    t.ask(GLANCE, "GET", f"/images/{made}")
    t.ask(GLANCE, "DELETE", f"/images/{made}")


def creating(t: Teller) -> None:
    t.ask(GLANCE, "POST", "/images", {"name": "x", "visibility": "public"})
    t.ask(GLANCE, "POST", "/images", {"name": "x", "visibility": "nobody's"})
    t.ask(GLANCE, "POST", "/images", {"name": "x", "disk_format": "nothing"})
    t.ask(GLANCE, "POST", "/images", {"name": 1})
    t.ask(GLANCE, "POST", "/images", {"name": "x", "owner": t["other project"]})
    t.ask(GLANCE, "POST", "/images", {"name": "x", "id": t["cirros"]})
    t.ask(GLANCE, "POST", "/images", data=b"{nonsense", headers={"Content-Type": "application/json"})


def somebody_elses(t: Teller) -> None:
    t.ask(GLANCE, "DELETE", f"/images/{t['cirros']}")
    _patched(t, t["cirros"], {"op": "replace", "path": "/name", "value": "mine"})
    t.ask(GLANCE, "GET", f"/images/{t['cirros']}/members")
    private = image(t, visibility="private")
    t.ask(GLANCE, "GET", f"/images/{private}", who=OTHER)
    t.ask(GLANCE, "DELETE", f"/images/{private}", who=OTHER)
    t.ask(GLANCE, "POST", f"/images/{private}/members", {"member": t["other project"]})


def lent(t: Teller) -> None:
    made = image(t, visibility="shared")
    members = f"/images/{made}/members"
    t.ask(GLANCE, "GET", f"/images/{made}", who=OTHER)
    t.ask(GLANCE, "POST", members, {"member": t["other project"]})
    t.ask(GLANCE, "POST", members, {"member": t["other project"]})
    t.ask(GLANCE, "POST", members, {})
    t.ask(GLANCE, "GET", members)
    t.ask(GLANCE, "GET", members, who=OTHER)
    theirs = f"{members}/{t['other project']}"
    t.ask(GLANCE, "PUT", theirs, {"status": "accepted"})
    t.ask(GLANCE, "GET", "/images?visibility=shared", who=OTHER)
    t.ask(GLANCE, "PUT", theirs, {"status": "accepted"}, who=OTHER)
    t.ask(GLANCE, "GET", "/images?visibility=shared", who=OTHER)
    t.ask(GLANCE, "GET", f"/images/{made}", who=OTHER)
    t.ask(GLANCE, "DELETE", f"/images/{made}", who=OTHER)
    t.ask(GLANCE, "DELETE", theirs, who=OTHER)
    t.ask(GLANCE, "DELETE", f"{members}/{NOBODY}")
    t.ask(GLANCE, "DELETE", theirs)
    t.ask(GLANCE, "DELETE", theirs)
    t.ask(GLANCE, "DELETE", f"/images/{made}")


def used_by_a_server(t: Teller) -> None:
    made = image(t)
    user = server(t, imageRef=made)
    t.ask(GLANCE, "DELETE", f"/images/{made}")
    t.ask(NOVA, "GET", f"/servers/{user}")


def what_is_not_there(t: Teller) -> None:
    t.ask(GLANCE, "GET", f"/images/{NOBODY}")
    t.ask(GLANCE, "DELETE", f"/images/{NOBODY}")
    t.ask(GLANCE, "DELETE", "/images/not-an-id")
    t.ask(GLANCE, "GET", f"/images/{NOBODY}/members")
    t.ask(GLANCE, "PUT", f"/images/{NOBODY}/tags/a")
    t.ask(GLANCE, "GET", "/nothings")
    t.ask(GLANCE, "GET", "/images?no_such_field=x")
    t.ask(GLANCE, "GET", "/images?limit=-1")


STORIES = (images, queued, creating, somebody_elses, lent, used_by_a_server, what_is_not_there)
