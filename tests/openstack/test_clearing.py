"""What is changed so that something else can go, and is changed back: a kept trunk's subports, protected images, locked servers."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.openstack.cli import command, environment, tfclean
from tests.openstack.job import Job
from tests.openstack.lab.testing import LabProject


def managed(job: Job, type_: str, name: str, found: Any, **attributes: Any) -> None:
    job.add("managed", f"openstack_{type_}", name, {None: {"id": found.id, "name": found.name, **attributes}})


def trunked(project: LabProject, folder: Path) -> dict[str, str]:
    """A disabled trunk of the job's, on a network of somebody else's, with two subports on one of the job's."""
    network, job = project.conn.network, Job(project.cloud)
    other = network.create_network(name="other")
    parent = network.create_port(network_id=other.id, name="parent")
    net = network.create_network(name="job")
    subnet = network.create_subnet(network_id=net.id, name="job", cidr="10.9.0.0/24", ip_version=4)
    ports = [network.create_port(network_id=net.id, name=f"sub{i}") for i in range(2)]
    subs = [{"port_id": port.id, "segmentation_type": "vlan", "segmentation_id": 101 + i} for i, port in enumerate(ports)]
    trunk = network.create_trunk(name="job", port_id=parent.id, is_admin_state_up=False, sub_ports=subs)
    managed(job, "networking_network_v2", "net", net)
    managed(job, "networking_subnet_v2", "net", subnet, network_id=net.id)
    for port in ports:
        managed(job, "networking_port_v2", port.name, port, network_id=net.id)
    managed(job, "networking_trunk_v2", "trunk", trunk, port_id=parent.id, admin_state_up=False, sub_port=subs)
    job.write(folder)
    return {"trunk": trunk.id, "parent": parent.id, "net": net.id, "sub0": ports[0].id, "sub1": ports[1].id}


def trunk_of(project: LabProject, ids: dict[str, str]) -> tuple[list[str], bool]:
    row = project.conn.network.get_trunk(ids["trunk"])
    return sorted(sub["port_id"] for sub in row.sub_ports), row.is_admin_state_up


def live_ports(project: LabProject, ids: dict[str, str]) -> list[str]:
    found = {port.id for port in project.conn.network.ports(project_id=project.conn.current_project_id)}
    return sorted({ids["sub0"], ids["sub1"]} & found)


def test_a_trunk_that_is_kept_lets_go_of_its_subports_and_is_disabled_again(project: LabProject, tmp_path: Path) -> None:
    ids = trunked(project, tmp_path / "work")
    ran = tfclean(project, tmp_path / "work", "destroy", "--auto-approve", "--keep", ids["trunk"])
    assert ran.code == 0, ran.out + ran.err
    assert trunk_of(project, ids) == ([], False)
    assert live_ports(project, ids) == []
    assert project.conn.network.get_port(ids["parent"]).name == "parent"
    assert ran.document["refusals"] == 0


def test_a_trunk_that_goes_takes_its_subports_along(project: LabProject, tmp_path: Path) -> None:
    ids = trunked(project, tmp_path / "work")
    ran = tfclean(project, tmp_path / "work", "destroy", "--auto-approve")
    assert ran.code == 0, ran.out + ran.err
    assert (live_ports(project, ids), list(project.conn.network.trunks(name="job"))) == ([], [])
    assert not any(kind == "network.trunk_subport" for kind, _ in ran.outcomes())
    assert ran.document["refusals"] == 0


@pytest.mark.parametrize("moment", ["remove_subports", '"answered"', "/ports/"])
def test_a_killed_run_is_taken_back_until_the_trunk_is_as_it_was(moment: str, project: LabProject, tmp_path: Path) -> None:
    ids = trunked(project, tmp_path / "work")
    journal = tmp_path / "run.journal"
    arguments = command("destroy", "--auto-approve", "--keep", ids["trunk"], "--journal", journal)
    process = subprocess.Popen(arguments, cwd=tmp_path / "work", env=environment(project), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if journal.exists() and moment in journal.read_text().partition("\n")[2]:
            break
        time.sleep(0.002)
    process.kill()
    process.communicate()
    went = [json.loads(line) for line in journal.read_text().splitlines()[1:] if line.endswith("}")]
    assert any(row["type"] == "intent" for row in went)
    back = tfclean(project, tmp_path / "work", "resume", "--undo", journal, "--auto-approve")
    assert trunk_of(project, ids) == (live_ports(project, ids), False), back.out + back.err
    assert back.code == int(live_ports(project, ids) != sorted([ids["sub0"], ids["sub1"]])), back.out + back.err
    again = tfclean(project, tmp_path / "work", "destroy", "--auto-approve", "--keep", ids["trunk"])
    assert again.code == 0, again.out + again.err
    assert trunk_of(project, ids) == ([], False)


def test_protections_are_taken_off_only_by_name(project: LabProject, tmp_path: Path) -> None:
    conn, job = project.conn, Job(project.cloud)
    image = conn.image.create_image(name="base", container_format="bare", disk_format="raw", protected=True, data=b"x", use_import=False)
    net = conn.network.create_network(name="job")
    conn.network.create_subnet(network_id=net.id, cidr="10.9.0.0/24", ip_version=4)
    cirros, tiny = conn.image.find_image("cirros"), conn.compute.find_flavor("m1.tiny")
    server = conn.compute.create_server(name="node", image_id=cirros.id, flavor_id=tiny.id, networks=[{"uuid": net.id}])
    server = conn.compute.wait_for_server(server)
    conn.compute.lock_server(server)
    managed(job, "images_image_v2", "base", image)
    managed(job, "compute_instance_v2", "node", server)
    job.write(tmp_path / "work")
    kept = tfclean(project, tmp_path / "work", "destroy", "--auto-approve")
    assert kept.code == 1, kept.out + kept.err
    assert {conn.image.get_image(image.id).is_protected, conn.compute.get_server(server.id).is_locked} == {True}
    told = {row["id"]: row["because"] for row in kept.document["outcomes"]}
    assert "it is protected" in told[image.id]
    assert "it is locked" in told[server.id]
    asked = tfclean(project, tmp_path / "work", "destroy", "--auto-approve", "--also", image.id, "--also", server.id)
    assert asked.code == 0, asked.out + asked.err
    assert (conn.image.find_image("base"), conn.compute.find_server("node")) == (None, None)
    assert asked.document["refusals"] == 0


def grouped(project: LabProject, folder: Path) -> dict[str, str]:
    """Somebody's port, in a group of its owner's, that the job put into two of its own."""
    network, job = project.conn.network, Job(project.cloud)
    other = network.create_network(name="other")
    groups = {name: network.create_security_group(name=name) for name in ("theirs", "one", "two")}
    port = network.create_port(network_id=other.id, name="web", security_group_ids=[g.id for g in groups.values()])
    for name in ("one", "two"):
        managed(job, "networking_secgroup_v2", name, groups[name])
    ours = sorted((groups["one"].id, groups["two"].id))
    tie = {"id": port.id, "port_id": port.id, "security_group_ids": ours, "all_security_group_ids": sorted(port.security_group_ids)}
    job.add("managed", "openstack_networking_port_secgroup_associate_v2", "web", {None: {**tie, "enforce": False}})
    job.write(folder)
    return {"port": port.id, **{name: group.id for name, group in groups.items()}}


def test_a_port_is_taken_out_of_the_groups_that_the_job_put_it_into_and_of_no_other(project: LabProject, tmp_path: Path) -> None:
    ids = grouped(project, tmp_path / "work")
    seen = tfclean(project, tmp_path / "work", "diff")
    assert seen.code == 0, seen.out + seen.err
    ran = tfclean(project, tmp_path / "work", "destroy", "--auto-approve")
    assert ran.code == 0, ran.out + ran.err
    assert project.conn.network.get_port(ids["port"]).security_group_ids == [ids["theirs"]]
    assert ran.document["refusals"] == 0


@pytest.mark.parametrize("records", [3, 5, 7])
def test_a_killed_run_puts_the_port_back_into_the_groups_that_are_left(records: int, project: LabProject, tmp_path: Path) -> None:
    ids = grouped(project, tmp_path / "work")
    journal = tmp_path / "run.journal"
    arguments = command("destroy", "--auto-approve", "--journal", journal)
    process = subprocess.Popen(arguments, cwd=tmp_path / "work", env=environment(project), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if journal.exists() and journal.read_bytes().count(b"\n") >= records:
            break
        time.sleep(0.002)
    process.kill()
    process.communicate()
    back = tfclean(project, tmp_path / "work", "resume", "--undo", journal, "--auto-approve")
    left = {group.id for group in project.conn.network.security_groups()} & set(ids.values())
    assert set(project.conn.network.get_port(ids["port"]).security_group_ids) == left, back.out + back.err
    again = tfclean(project, tmp_path / "work", "destroy", "--auto-approve")
    assert again.code == 0, again.out + again.err
    assert project.conn.network.get_port(ids["port"]).security_group_ids == [ids["theirs"]]
