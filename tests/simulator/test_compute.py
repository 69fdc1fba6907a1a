"""Nova's, Cinder's and Glance's rules, with the bodies that real ones sent."""

from __future__ import annotations

import pytest

from tests.simulator.making import ADMIN, OTHER, Somebody, fault, somebody
from tfclean.simulator import Fate
from tfclean.simulator.block_storage import SENTENCE

VOLUMES = "block-storage"


def test_a_server_is_built_in_its_time() -> None:
    me = somebody()
    net, _ = me.network()
    image, flavor = next(iter(me.world.tables["image"])), next(iter(me.world.tables["flavor"]))
    made = me.make("compute", "/servers", "server", name="s", imageRef=image, flavorRef=flavor, networks=[{"uuid": net}])
    assert me.one("compute", f"/servers/{made['id']}")["status"] == "BUILD"
    assert me.list("network", "/ports") == []
    me.world.settle()
    row = me.one("compute", f"/servers/{made['id']}")
    assert (row["status"], row["OS-EXT-STS:task_state"]) == ("ACTIVE", None)
    assert [a["addr"] for a in row["addresses"]["net"]] == ["10.1.0.2"]
    assert row["created"].endswith("Z")


def test_a_deleted_server_is_there_a_while_and_leaves_what_it_did_not_make() -> None:
    me = somebody()
    net, subnet = me.network()
    me.router(subnet)
    mine = me.port(net)
    server = me.server({"port": mine}, {"uuid": net})
    (made,) = [p["id"] for p in me.list("network", "/ports", device_id=server) if p["id"] != mine]
    address, tied = me.address(port_id=mine), me.address(port_id=made)
    before = me.one("network", f"/ports/{mine}")["revision_number"]
    for _ in range(2):
        assert me.delete("compute", f"/servers/{server}").status == 204
    assert me.one("compute", f"/servers/{server}")["OS-EXT-STS:task_state"] == "deleting"
    me.world.settle()
    assert fault(me.delete("compute", f"/servers/{server}")) == (404, "itemNotFound", f"Instance {server} could not be found.")
    row = me.one("network", f"/ports/{mine}")
    assert (row["device_id"], row["device_owner"], row["revision_number"] > before) == ("", "", True)
    assert me.ask("network", "GET", f"/ports/{made}").status == 404
    assert me.one("network", f"/floatingips/{address}")["port_id"] == mine
    assert me.one("network", f"/floatingips/{tied}")["port_id"] is None


def test_a_locked_server_keeps_itself_its_volumes_and_its_ports() -> None:
    me = somebody()
    net, _ = me.network()
    server, volume = me.server({"port": (port := me.port(net))}), me.volume()
    me.attach(server, volume)
    me.send("compute", "POST", f"/servers/{server}/action", {"lock": None})
    for path in ("", f"/os-volume_attachments/{volume}", f"/os-interface/{port}"):
        assert fault(me.delete("compute", f"/servers/{server}{path}")) == (409, "conflictingRequest", f"Instance {server} is locked")


def test_a_running_server_is_not_started() -> None:
    me = somebody()
    server = me.server()
    refused = fault(me.ask("compute", "POST", f"/servers/{server}/action", {"os-start": None}))
    assert refused == (409, "conflictingRequest", f"Cannot 'start' instance {server} while it is in vm_state active")


def test_a_port_is_in_one_server_only() -> None:
    me = somebody()
    net, _ = me.network()
    port = me.port(net)
    me.server({"port": port})
    image, flavor = next(iter(me.world.tables["image"])), next(iter(me.world.tables["flavor"]))
    body = {"server": {"name": "t", "imageRef": image, "flavorRef": flavor, "networks": [{"port": port}]}}
    assert fault(me.ask("compute", "POST", "/servers", body)) == (409, "conflictingRequest", f"Port {port} is still in use.")


def test_keypairs_belong_to_a_user() -> None:
    me = somebody()
    me.make("compute", "/os-keypairs", "keypair", name="k", public_key="ssh-ed25519 AAAA")
    other = Somebody(me.world, user=OTHER)
    assert other.list("compute", "/os-keypairs") == []
    assert fault(other.delete("compute", "/os-keypairs/k")) == (404, "itemNotFound", f"Keypair k not found for user {OTHER}")
    assert me.delete("compute", "/os-keypairs/k").status == 204


def test_a_group_with_a_server_in_it_goes() -> None:
    me = somebody()
    group = me.make("compute", "/os-server-groups", "server_group", name="g", policy="anti-affinity")["id"]
    image, flavor = next(iter(me.world.tables["image"])), next(iter(me.world.tables["flavor"]))
    body = {"server": {"name": "t", "imageRef": image, "flavorRef": flavor, "networks": "none"}, "os:scheduler_hints": {"group": group}}
    server = me.send("compute", "POST", "/servers", body)["server"]["id"]
    assert me.one("compute", f"/os-server-groups/{group}")["members"] == [server]
    assert me.delete("compute", f"/os-server-groups/{group}").status == 204
    assert fault(me.delete("compute", f"/os-server-groups/{group}"))[2] == f"Instance group {group} could not be found."


def test_a_volume_goes_neither_attached_nor_with_snapshots_nor_twice() -> None:
    me = somebody()
    server, volume = me.server(), me.volume()
    me.attach(server, volume)
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "in-use"
    refused = (400, "badRequest", SENTENCE)
    assert fault(me.delete(VOLUMES, f"/volumes/{volume}")) == refused
    me.delete("compute", f"/servers/{server}/os-volume_attachments/{volume}")
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "detaching"
    me.world.settle()
    snapshot = me.make(VOLUMES, "/snapshots", "snapshot", volume_id=volume, name="s")["id"]
    me.world.settle()
    assert fault(me.delete(VOLUMES, f"/volumes/{volume}")) == refused
    assert me.delete(VOLUMES, f"/volumes/{volume}", cascade="true").status == 202
    assert fault(me.delete(VOLUMES, f"/volumes/{volume}")) == refused
    me.world.settle()
    for path in (f"/volumes/{volume}", f"/snapshots/{snapshot}"):
        assert me.ask(VOLUMES, "GET", path).status == 404


def test_an_attachment_of_a_server_is_novas_to_end() -> None:
    me = somebody()
    server, volume = me.server(), me.volume()
    attachment = me.attach(server, volume)["attachment_id"]
    text = f"ConflictNovaUsingAttachment: Detach volume from instance {server} using the Compute API"
    assert fault(me.delete(VOLUMES, f"/attachments/{attachment}")) == (409, "conflictingRequest", text)
    action = me.ask(VOLUMES, "POST", f"/volumes/{volume}/action", {"os-detach": {"attachment_id": attachment}})
    assert fault(action) == (409, "conflictingRequest", text)
    other = me.server()
    text = f"Instance {other} is not attached to volume {volume}"
    assert fault(me.delete("compute", f"/servers/{other}/os-volume_attachments/{volume}")) == (404, "itemNotFound", text)


def test_a_reservation_without_a_server_ends_with_its_attachment() -> None:
    me = somebody()
    volume = me.volume()
    made = me.make(VOLUMES, "/attachments", "attachment", volume_uuid=volume, instance_uuid=OTHER)["id"]
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "reserved"
    assert fault(me.delete(VOLUMES, f"/volumes/{volume}"))[0] == 400
    assert me.delete(VOLUMES, f"/attachments/{made}").status == 200
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "available"


@pytest.mark.parametrize("ending", [True, False])
def test_a_boot_volume_goes_with_its_server_if_that_was_wanted(ending: bool) -> None:
    me = somebody()
    disk = {"boot_index": 0, "uuid": next(iter(me.world.tables["image"])), "source_type": "image", "destination_type": "volume"}
    server = me.server(imageRef="", block_device_mapping_v2=[{**disk, "volume_size": 2, "delete_on_termination": ending}])
    ((volume),) = me.list(VOLUMES, "/volumes/detail")
    assert (volume["status"], volume["attachments"][0]["server_id"]) == ("in-use", server)
    me.delete("compute", f"/servers/{server}")
    me.world.settle()
    assert [v["status"] for v in me.list(VOLUMES, "/volumes/detail")] == ([] if ending else ["available"])


def test_a_backup_without_its_service_is_404_and_stays() -> None:
    me = somebody(backups=False)
    backup = me.make(VOLUMES, "/backups", "backup", volume_id=me.volume(), name="b")["id"]
    refused = fault(me.delete(VOLUMES, f"/backups/{backup}"))
    assert refused == (404, "itemNotFound", "Service cinder-backup could not be found.")
    assert me.one(VOLUMES, f"/backups/{backup}")["id"] == backup


def test_an_increment_holds_its_backup() -> None:
    me = somebody()
    volume = me.volume()
    first = me.make(VOLUMES, "/backups", "backup", volume_id=volume, name="b")["id"]
    me.world.settle()
    me.make(VOLUMES, "/backups", "backup", volume_id=volume, name="c", incremental=True)
    me.world.settle()
    text = "Invalid backup: Incremental backups exist for this backup."
    assert fault(me.delete(VOLUMES, f"/backups/{first}")) == (400, "badRequest", text)


def test_images_are_protected_public_or_lent() -> None:
    me = somebody()
    image = me.send("image", "POST", "/images", {"name": "i", "protected": True})["id"]
    answer = me.delete("image", f"/images/{image}")
    text = f"Image {image} is protected and cannot be deleted.<br /><br />\n\n\n"
    assert (answer.status, answer.body) == (403, {"message": text, "code": "403 Forbidden", "title": "Forbidden"})
    public = next(i["id"] for i in me.list("image", "/images", visibility="public"))
    text = "You are not authorized to complete delete_image action.<br /><br />\n\n\n"
    assert me.delete("image", f"/images/{public}").body == {"message": text, "code": "403 Forbidden", "title": "Forbidden"}
    other = Somebody(me.world, OTHER)
    assert other.delete("image", f"/images/{image}").status == 404
    me.send("image", "POST", f"/images/{image}/members", {"member": OTHER})
    assert other.delete("image", f"/images/{image}").body["message"] == text
    assert me.ask("image", "PUT", f"/images/{image}/members/{OTHER}", {"status": "accepted"}).status == 403
    me.send("image", "PATCH", f"/images/{image}", [{"op": "replace", "path": "/protected", "value": False}])
    assert me.delete("image", f"/images/{image}").status == 204
    text = f"Failed to find image {image} to delete<br /><br />\n\n\n"
    assert me.delete("image", f"/images/{image}").body == {"message": text, "code": "404 Not Found", "title": "Not Found"}


def test_hidden_images_are_listed_only_when_asked_for() -> None:
    me = somebody()
    image = me.send("image", "POST", "/images", {"name": "i", "os_hidden": True})["id"]
    assert image not in {i["id"] for i in me.list("image", "/images")}
    assert image in {i["id"] for i in me.list("image", "/images", os_hidden="true")}


def test_lists_of_images_come_in_pages_of_25() -> None:
    me = somebody()
    for _ in range(30):
        me.send("image", "POST", "/images", {"name": "i"})
    first = me.send("image", "GET", "/images")
    assert len(first["images"]) == 25
    marker = first["next"].rpartition("marker=")[2]
    assert len(me.list("image", "/images", marker=marker)) == 6


def test_lists_of_servers_and_volumes_are_the_projects_and_have_links() -> None:
    me = somebody()
    for _ in range(3):
        me.volume()
        me.server()
    for service, key in (("compute", "servers"), (VOLUMES, "volumes")):
        first = me.send(service, "GET", f"/{key}/detail", limit="2")
        assert (len(first[key]), first[f"{key}_links"][0]["rel"]) == (2, "next")
        rest = me.send(service, "GET", f"/{key}/detail", limit="2", marker=first[key][-1]["id"])
        assert len(rest[key]) == 1
        other = Somebody(me.world, OTHER)
        assert other.list(service, f"/{key}/detail") == []
        admin = Somebody(me.world, OTHER, roles=ADMIN)
        assert (len(admin.list(service, f"/{key}")), len(admin.list(service, f"/{key}/detail", all_tenants="1"))) == (0, 3)


def test_deletions_may_fail_or_hang() -> None:
    me = somebody()
    server, volume = me.server(), me.volume()
    me.world.fate = lambda what, kind, _: Fate(fails=kind == "volume", stuck=kind == "server") if what == "delete" else Fate()
    me.delete("compute", f"/servers/{server}")
    me.delete(VOLUMES, f"/volumes/{volume}")
    me.world.settle()
    assert me.one("compute", f"/servers/{server}")["OS-EXT-STS:task_state"] == "deleting"
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "error_deleting"


def test_details_of_servers_change_one_by_one() -> None:
    me = somebody()
    server = me.server()
    path = f"/servers/{server}"
    me.send("compute", "PUT", path, {"server": {"name": "new"}})
    me.send("compute", "POST", f"{path}/metadata", {"metadata": {"a": "1", "b": "2"}})
    assert me.delete("compute", f"{path}/metadata/a").status == 204
    assert me.delete("compute", f"{path}/metadata/a").status == 404
    me.send("compute", "PUT", f"{path}/tags", {"tags": ["t"]})
    me.send("compute", "POST", f"{path}/action", {"os-stop": None})
    row = me.one("compute", path)
    assert (row["name"], row["metadata"], row["tags"], row["status"]) == ("new", {"b": "2"}, ["t"], "SHUTOFF")
    forbidden = fault(me.ask("compute", "POST", f"{path}/action", {"os-resetState": {"state": "error"}}))
    assert forbidden[:2] == (403, "forbidden")
    assert [s["name"] for s in me.list("compute", "/servers/detail", name="^ne", status="shutoff")] == ["new"]


def test_an_interface_comes_and_goes_with_what_nova_made() -> None:
    me = somebody()
    net, _ = me.network()
    server, mine = me.server(), me.port(net)
    for wanted in ({"port_id": mine}, {"net_id": net}):
        me.send("compute", "POST", f"/servers/{server}/os-interface", {"interfaceAttachment": wanted})
    ports = [p["port_id"] for p in me.list("compute", f"/servers/{server}/os-interface")]
    for port in ports:
        assert me.delete("compute", f"/servers/{server}/os-interface/{port}").status == 202
    me.world.settle()
    assert [(p["id"], p["device_id"]) for p in me.list("network", "/ports")] == [(mine, "")]


def test_states_of_volumes_are_for_their_owner_to_move_and_for_administrators_to_reset() -> None:
    me = somebody()
    volume = me.volume(metadata={"a": "1"})
    action = f"/volumes/{volume}/action"
    me.send(VOLUMES, "POST", action, {"os-reserve": None})
    assert me.one(VOLUMES, f"/volumes/{volume}")["status"] == "attaching"
    assert fault(me.ask(VOLUMES, "POST", action, {"os-reserve": None}))[:2] == (400, "badRequest")
    assert fault(me.ask(VOLUMES, "POST", action, {"os-reset_status": {"status": "error"}}))[:2] == (403, "forbidden")
    Somebody(me.world, roles=ADMIN).send(VOLUMES, "POST", action, {"os-reset_status": {"status": "error"}})
    me.send(VOLUMES, "POST", f"/volumes/{volume}/metadata", {"metadata": {"b": "2"}})
    me.send(VOLUMES, "PUT", f"/volumes/{volume}", {"volume": {"name": "new"}})
    row = me.one(VOLUMES, f"/volumes/{volume}")
    assert (row["status"], row["name"], row["metadata"]) == ("error", "new", {"a": "1", "b": "2"})
    assert me.delete(VOLUMES, f"/volumes/{volume}").status == 202


def test_an_image_is_queued_until_it_is_uploaded_once() -> None:
    me = somebody()
    image = me.send("image", "POST", "/images", {"name": "i", "disk_format": "raw", "container_format": "bare"})["id"]
    assert me.ask("image", "PUT", f"/images/{image}/file", b"data").status == 204
    me.world.settle()
    row = me.send("image", "GET", f"/images/{image}")
    assert (row["status"], row["size"]) == ("active", 4)
    assert me.ask("image", "PUT", f"/images/{image}/file", b"data").status == 409
    assert me.ask("image", "PUT", f"/images/{image}/tags/t").status == 204
    assert [i["id"] for i in me.list("image", "/images", tag="t")] == [image]
    assert me.delete("image", f"/images/{image}/tags/t").status == 204
    assert me.delete("image", f"/images/{image}/tags/t").status == 404


def test_a_lent_image_is_listed_once_it_is_accepted() -> None:
    me = somebody()
    other = Somebody(me.world, OTHER)
    image = me.send("image", "POST", "/images", {"name": "i"})["id"]
    me.send("image", "POST", f"/images/{image}/members", {"member": OTHER})
    assert image not in {i["id"] for i in other.list("image", "/images")}
    other.send("image", "PUT", f"/images/{image}/members/{OTHER}", {"status": "accepted"})
    assert image in {i["id"] for i in other.list("image", "/images")}
    text = "You are not authorized to complete delete_member action.<br /><br />\n\n\n"
    assert other.delete("image", f"/images/{image}/members/{OTHER}").body["message"] == text
    assert me.delete("image", f"/images/{image}/members/{OTHER}").status == 204
    assert other.ask("image", "GET", f"/images/{image}").status == 404
