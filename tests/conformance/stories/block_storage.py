"""Cinder alone: volumes, snapshots, backups, attachments without a server, transfers."""

from __future__ import annotations

from tests.conformance.places import ADMIN, OTHER
from tests.conformance.stories.network import NOBODY
from tests.conformance.stories.volumes import CINDER, volume
from tests.conformance.telling import Teller


def volumes(t: Teller) -> None:
    made = volume(t, description="text", metadata={"k": "v"})
    one = f"/volumes/{made}"
    t.ask(CINDER, "GET", "/volumes")
    t.ask(CINDER, "GET", "/volumes/detail?name=v")
    t.ask(CINDER, "GET", "/volumes/detail?status=error")
    t.ask(CINDER, "GET", one, micro="3.0")
    t.ask(CINDER, "PUT", one, {"volume": {"name": "new", "description": "other"}})
    t.ask(CINDER, "PUT", one, {"volume": {"size": 2}})
    t.ask(CINDER, "POST", f"{one}/metadata", {"metadata": {"l": "w"}})
    t.ask(CINDER, "PUT", f"{one}/metadata", {"metadata": {"m": "x"}})
    t.ask(CINDER, "DELETE", f"{one}/metadata/m")
    t.ask(CINDER, "DELETE", f"{one}/metadata/m")
    t.ask(CINDER, "POST", f"{one}/action", {"os-reset_status": {"status": "error"}})
    t.ask(CINDER, "POST", f"{one}/action", {"os-force_delete": {}})
    t.ask(CINDER, "POST", f"{one}/action", {"no-such-action": {}})
    t.ask(CINDER, "POST", f"{one}/action", {"os-extend": {"new_size": 1}})
    t.ask(CINDER, "POST", f"{one}/action", {"os-detach": {}})
    t.ask(CINDER, "GET", one, who=OTHER)
    t.ask(CINDER, "DELETE", one, who=OTHER)
    t.ask(CINDER, "DELETE", one)
    t.ask(CINDER, "DELETE", one)
    t.wait_gone(CINDER, one)
    t.ask(CINDER, "DELETE", one)


def creating(t: Teller) -> None:
    good = {"name": "v", "size": 1}
    for wrong in (
        {"size": 0},
        {"size": "many"},
        {"imageRef": NOBODY},
        {"snapshot_id": NOBODY},
        {"source_volid": NOBODY},
        {"volume_type": "nothing"},
        {"availability_zone": "nowhere"},
        {"no_such_field": 1},
    ):
        t.ask(CINDER, "POST", "/volumes", {"volume": {**good, **wrong}})
    t.ask(CINDER, "POST", "/volumes", {"volume": {"name": "v"}})
    t.ask(CINDER, "POST", "/volumes", {})


def snapshots(t: Teller) -> None:
    made = volume(t)
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {"volume_id": NOBODY}})
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {}})
    snapshot = t.make(CINDER, "/snapshots", "snapshot", volume_id=made, name="snap", description="text")["id"]
    one = f"/snapshots/{snapshot}"
    t.wait(CINDER, one, "status", "available")
    t.ask(CINDER, "GET", "/snapshots/detail")
    t.ask(CINDER, "GET", f"/snapshots/detail?volume_id={made}")
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    copy = volume(t, name="copy", snapshot_id=snapshot)
    t.ask(CINDER, "PUT", one, {"snapshot": {"name": "new"}})
    t.ask(CINDER, "GET", one, who=OTHER)
    t.ask(CINDER, "DELETE", one)
    t.ask(CINDER, "DELETE", one)
    t.wait_gone(CINDER, one)
    t.ask(CINDER, "GET", f"/volumes/{copy}")
    second = t.make(CINDER, "/snapshots", "snapshot", volume_id=made, name="second")["id"]
    t.wait(CINDER, f"/snapshots/{second}", "status", "available")
    t.ask(CINDER, "DELETE", f"/volumes/{made}?cascade=true")
    t.wait_gone(CINDER, f"/volumes/{made}")
    t.ask(CINDER, "GET", f"/snapshots/{second}")


def broken_states(t: Teller) -> None:
    made = volume(t)
    snapshot = t.make(CINDER, "/snapshots", "snapshot", volume_id=made, name="snap")["id"]
    t.wait(CINDER, f"/snapshots/{snapshot}", "status", "available")
    reset = "os-reset_status"
    for status in ("creating", "error_deleting", "deleting", "error"):
        t.ask(CINDER, "POST", f"/snapshots/{snapshot}/action", {reset: {"status": status}}, who=ADMIN)
        if status in ("creating", "deleting"):
            t.ask(CINDER, "DELETE", f"/snapshots/{snapshot}")
    t.ask(CINDER, "DELETE", f"/snapshots/{snapshot}")
    t.wait_gone(CINDER, f"/snapshots/{snapshot}")
    for status in ("creating", "detaching", "attaching", "in-use", "error_deleting", "error"):
        t.ask(CINDER, "POST", f"/volumes/{made}/action", {reset: {"status": status}}, who=ADMIN)
        t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.wait_gone(CINDER, f"/volumes/{made}")


def snapshots_of_busy_volumes(t: Teller) -> None:
    made = volume(t)
    t.ask(CINDER, "POST", f"/volumes/{made}/action", {"os-reset_status": {"status": "in-use"}}, who=ADMIN)
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {"volume_id": made}})
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {"volume_id": made, "force": True}})
    t.ask(CINDER, "POST", f"/volumes/{made}/action", {"os-reset_status": {"status": "error"}}, who=ADMIN)
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {"volume_id": made}})
    t.ask(CINDER, "POST", "/backups", {"backup": {"volume_id": made}})
    t.ask(CINDER, "POST", f"/volumes/{made}/action", {"os-reset_status": {"status": "available"}}, who=ADMIN)


def backups_without_their_service(t: Teller) -> None:
    made = volume(t)
    t.ask(CINDER, "POST", "/backups", {"backup": {"volume_id": NOBODY}})
    t.ask(CINDER, "POST", "/backups", {"backup": {}})
    t.ask(CINDER, "POST", "/backups", {"backup": {"volume_id": made, "incremental": True}})
    backup = t.ask(CINDER, "POST", "/backups", {"backup": {"volume_id": made, "name": "b"}}).row()["id"]
    t.wait(CINDER, f"/volumes/{made}", "status", "available")
    t.wait(CINDER, f"/backups/{backup}", "status", "error")
    t.ask(CINDER, "GET", "/backups/detail")
    t.ask(CINDER, "DELETE", f"/backups/{backup}")
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.ask(CINDER, "GET", f"/backups/{backup}", who=OTHER)


def attachments_without_a_server(t: Teller) -> None:
    made = volume(t)
    t.ask(CINDER, "POST", "/attachments", {"attachment": {"volume_uuid": NOBODY, "instance_uuid": NOBODY}})
    t.ask(CINDER, "POST", "/attachments", {"attachment": {}})
    tie = t.ask(CINDER, "POST", "/attachments", {"attachment": {"volume_uuid": made}}).row()["id"]
    t.ask(CINDER, "GET", f"/attachments/{tie}")
    t.ask(CINDER, "GET", "/attachments")
    t.ask(CINDER, "GET", f"/volumes/{made}")
    t.ask(CINDER, "POST", "/attachments", {"attachment": {"volume_uuid": made}})
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.ask(CINDER, "DELETE", f"/attachments/{tie}", who=OTHER)
    t.ask(CINDER, "DELETE", f"/attachments/{tie}")
    t.ask(CINDER, "DELETE", f"/attachments/{tie}")
    t.ask(CINDER, "GET", f"/volumes/{made}")
    dead = t.ask(CINDER, "POST", "/attachments", {"attachment": {"volume_uuid": made, "instance_uuid": NOBODY}}).row()["id"]
    t.ask(CINDER, "GET", f"/attachments/{dead}")
    t.ask(CINDER, "GET", f"/volumes/{made}")
    t.ask(CINDER, "DELETE", f"/attachments/{dead}")
    t.ask(CINDER, "GET", f"/volumes/{made}")
    t.ask(CINDER, "GET", "/attachments", micro="3.26")


def older_attachments(t: Teller) -> None:
    made = volume(t)
    action = f"/volumes/{made}/action"
    t.ask(CINDER, "POST", action, {"os-reserve": {}})
    t.ask(CINDER, "GET", f"/volumes/{made}")
    t.ask(CINDER, "POST", action, {"os-reserve": {}})
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.ask(CINDER, "POST", action, {"os-unreserve": {}})
    t.ask(CINDER, "POST", action, {"os-begin_detaching": {}})
    t.ask(CINDER, "POST", action, {"os-attach": {"host_name": "host", "mountpoint": "/dev/vdb"}})
    t.wait(CINDER, f"/volumes/{made}", "status", "in-use")
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.ask(CINDER, "GET", "/attachments/detail")
    t.ask(CINDER, "POST", action, {"os-detach": {}})
    t.wait(CINDER, f"/volumes/{made}", "status", "available")


def transfers(t: Teller) -> None:
    made, path = volume(t), "/os-volume-transfer"
    t.ask(CINDER, "POST", path, {"transfer": {"volume_id": NOBODY}})
    transfer = t.ask(CINDER, "POST", path, {"transfer": {"volume_id": made, "name": "t"}}).row()["id"]
    t.ask(CINDER, "GET", f"/volumes/{made}")
    t.ask(CINDER, "GET", path)
    t.ask(CINDER, "DELETE", f"/volumes/{made}")
    t.ask(CINDER, "POST", path, {"transfer": {"volume_id": made, "name": "again"}})
    t.ask(CINDER, "DELETE", f"{path}/{transfer}")
    t.ask(CINDER, "DELETE", f"{path}/{transfer}")
    t.ask(CINDER, "GET", f"/volumes/{made}")


def what_is_not_there(t: Teller) -> None:
    for collection in ("volumes", "snapshots", "backups", "attachments", "types"):
        t.ask(CINDER, "GET", f"/{collection}/{NOBODY}")
        t.ask(CINDER, "DELETE", f"/{collection}/{NOBODY}")
    t.ask(CINDER, "GET", "/volumes/not-an-id")
    t.ask(CINDER, "POST", f"/volumes/{NOBODY}/action", {"os-detach": {}})
    t.ask(CINDER, "GET", "/nothings")
    t.ask(CINDER, "GET", "/volumes", micro="3.999")
    t.ask(CINDER, "GET", "/volumes", micro="banana")


def around(t: Teller) -> None:
    for path in ("/os-availability-zone", "/limits", f"/os-quota-sets/{t['project']}", f"/os-quota-sets/{t['project']}?usage=True"):
        t.ask(CINDER, "GET", path)
    t.ask(CINDER, "GET", f"/os-quota-sets/{t['other project']}")
    t.ask(CINDER, "GET", "/types")
    t.ask(CINDER, "GET", "/extensions")
    t.ask(CINDER, "GET", "/volumes/detail?all_tenants=1")
    t.ask(CINDER, "GET", "/groups/detail")
    t.ask(CINDER, "GET", "/os-services")


def a_quota(t: Teller) -> None:
    path = f"/os-quota-sets/{t['project']}"
    t.ask(CINDER, "PUT", path, {"quota_set": {"volumes": 1}})
    t.ask(CINDER, "PUT", path, {"quota_set": {"volumes": 1, "snapshots": 0}}, who=ADMIN)
    made = volume(t)
    t.ask(CINDER, "POST", "/volumes", {"volume": {"size": 1}})
    t.ask(CINDER, "POST", "/snapshots", {"snapshot": {"volume_id": made}})
    t.ask(CINDER, "DELETE", path, who=ADMIN)


STORIES = (
    *(volumes, creating, snapshots, broken_states, snapshots_of_busy_volumes, backups_without_their_service),
    *(attachments_without_a_server, older_attachments, transfers, what_is_not_there, around, a_quota),
)
