"""A scenario's folder -> the objects that were live, each with the side it is on.

Nothing here talks to a cloud. What was there before the job (the shared router) and what belongs to other projects is ground,
not an object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .catalogue import FIXTURES, STRANGERS

Row = dict[str, Any]
Side = Literal["job", "twin", "stranger"]
STATES = ("terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate", "twin.tfstate")


@dataclass(frozen=True)
class Recorded:
    """One object as a service listed it; `implicit` ones appear with another one and are never made by a call of ours."""

    kind: str
    id: str
    side: Side
    created: str
    row: Row = field(hash=False, compare=False)
    implicit: bool = False


@dataclass(frozen=True)
class Ground:
    """What the objects stand on, as recorded; the lab has its own."""

    project: str
    router: Row
    default_group: Row
    external: Row
    external_subnet: Row
    image: Row
    users: frozenset[str]
    flavors: Mapping[str, str]  # id -> name, as far as a state tells


@dataclass(frozen=True)
class Recording:
    """One scenario, read."""

    name: str
    folder: Path
    job: str
    ground: Ground
    objects: tuple[Recorded, ...]
    foreign_ports: tuple[Row, ...]

    def of(self, kind: str) -> list[Recorded]:
        """The objects of one kind."""
        return [o for o in self.objects if o.kind == kind]

    @property
    def begin(self) -> str:
        """When the first object of the job was made."""
        return min(o.created for o in self.objects if o.side == "job" and "created_at" in o.row)


def listed(cloud: Mapping[str, Any], service: str, path: str) -> list[Row]:
    """The rows of one recorded list answer."""
    body = cloud.get(service, {}).get(path, {})
    return next((v for k, v in body.items() if isinstance(v, list) and not k.endswith("_links")), [])


def read(name: str) -> Recording:
    """Read `fixtures/NAME`."""
    folder = FIXTURES / name
    strangers = STRANGERS.get(name, {})
    sides: dict[str, Side] = {}
    for file, side in (("made.json", "job"), ("twin.json", "twin")):
        if (folder / file).exists():
            held: dict[str, dict[str, str]] = json.loads((folder / file).read_text())
            sides.update({i: "job" if side == "job" else "twin" for those in held.values() for i in those})
    sides.update(dict.fromkeys(strangers, "stranger"))
    states = [(folder / file).read_text() for file in STATES if (folder / file).exists()]
    cloud = json.loads((folder / "cloud.json").read_text())
    job = str(json.loads((folder / "scenario.json").read_text())["cluster"])
    before = json.loads((folder / "before.json").read_text())
    return parse(name, folder, job, cloud, sides, states, shared=next(iter(before["router"])))


def parse(name: str, folder: Path, job: str, cloud: Row, sides: Mapping[str, Side], states: list[str], shared: str) -> Recording:
    """Sort recorded list answers into objects; `sides` knows the side of each that its makers listed, parts follow what holds them."""
    routers = {r["id"]: r for r in listed(cloud, "network", "/routers")}
    networks = listed(cloud, "network", "/networks")
    external = next(n for n in networks if n["router:external"])
    users = {r["user_id"] for path in ("/servers/detail", "/os-server-groups") for r in listed(cloud, "compute", path)}
    project = routers[shared]["project_id"]
    ground = Ground(
        project=project,
        router=routers[shared],
        default_group=next(g for g in listed(cloud, "network", "/security-groups") if g["name"] == "default"),
        external=external,
        external_subnet=next(s for s in listed(cloud, "network", "/subnets") if s["network_id"] == external["id"]),
        image=listed(cloud, "image", "/images")[0],
        users=frozenset(users | {v["user_id"] for v in listed(cloud, "block-storage", "/volumes/detail")}),
        flavors={str(a["flavor_id"]): str(a["flavor_name"]) for a in _attributes(states, "openstack_compute_instance_v2")},
    )
    objects = [*_whole(cloud, sides), *_parts(cloud, sides, _members(states))]
    foreign = tuple(p for p in listed(cloud, "network", "/ports") if p["project_id"] != project)
    return Recording(name, folder, job, ground, tuple(o for o in objects if o.id != shared), foreign)


def _time(row: Row) -> str:
    return str(row.get("created_at") or row.get("created") or row.get("attached_at"))[:19]


WHOLE = {
    ("network", "/routers"): "router",
    ("network", "/networks"): "network",
    ("network", "/subnets"): "subnet",
    ("network", "/security-groups"): "secgroup",
    ("network", "/floatingips"): "floatingip",
    ("block-storage", "/volumes/detail"): "volume",
    ("compute", "/servers/detail"): "server",
    ("load-balancer", "/lbaas/loadbalancers"): "loadbalancer",
}


def _whole(cloud: Row, sides: Mapping[str, Side]) -> Iterator[Recorded]:
    for (service, path), kind in WHOLE.items():
        for row in listed(cloud, service, path):
            if row["id"] in sides:
                yield Recorded(kind, row["id"], sides[row["id"]], _time(row), row)
    for row in listed(cloud, "network", "/ports"):
        if row["id"] in sides:
            kind = "router_interface" if row["device_owner"] == "network:router_interface" else "port"
            yield Recorded(kind, row["id"], sides[row["id"]], _time(row), row, implicit=row["device_owner"] == "Octavia")
    # Neither keypairs nor server groups tell when they were made: Terraform made them as soon as the subnet was there.
    start = {sides[s["id"]]: _time(s) for s in listed(cloud, "network", "/subnets") if s["id"] in sides}
    for row in listed(cloud, "compute", "/os-server-groups"):
        if row["id"] in sides:
            yield Recorded("servergroup", row["id"], sides[row["id"]], start[sides[row["id"]]], row)
    for pair in listed(cloud, "compute", "/os-keypairs"):
        row = pair["keypair"]
        if row["name"] in sides:
            yield Recorded("keypair", row["name"], sides[row["name"]], start[sides[row["name"]]], row)


def _parts(cloud: Row, sides: Mapping[str, Side], members: Mapping[str, Row]) -> Iterator[Recorded]:
    for row in listed(cloud, "network", "/security-group-rules"):
        side = sides.get(row["id"]) or sides.get(row["security_group_id"])
        if side:
            yield Recorded("secgroup_rule", row["id"], side, _time(row), row)
    for row in listed(cloud, "network", "/floatingips"):
        if row["id"] in sides and row["port_id"]:
            yield Recorded("association", f"{row['id']}:{row['port_id']}", sides[row["id"]], str(row["updated_at"])[:19], row)
    for volume in listed(cloud, "block-storage", "/volumes/detail"):
        for row in volume["attachments"]:
            if volume["id"] in sides:
                yield Recorded("attachment", row["attachment_id"], sides[volume["id"]], _time(row), row)
    yield from _balanced(cloud, sides, members)


def _balanced(cloud: Row, sides: Mapping[str, Side], members: Mapping[str, Row]) -> Iterator[Recorded]:
    for kind, path in (("listener", "/lbaas/listeners"), ("pool", "/lbaas/pools")):
        for row in listed(cloud, "load-balancer", path):
            side = sides.get(row["loadbalancers"][0]["id"])
            if side is None:
                continue
            yield Recorded(kind, row["id"], side, _time(row), row, implicit=True)
            for member in row.get("members", []):
                yield Recorded("member", member["id"], side, _time(row), {**members[member["id"]], "pool_id": row["id"]}, implicit=True)
            for monitor in listed(cloud, "load-balancer", "/lbaas/healthmonitors"):
                if kind == "pool" and monitor["pools"][0]["id"] == row["id"]:
                    yield Recorded("healthmonitor", monitor["id"], side, _time(monitor), monitor, implicit=True)


def _members(states: list[str]) -> dict[str, Row]:
    """Members were not recorded by list; what a state knows of them is enough to make them again."""
    return {a["id"]: a for a in _attributes(states, "openstack_lb_member_v2")}


def _attributes(states: list[str], resource_type: str) -> Iterator[Row]:
    for text in states:
        state = json.loads(text) if text.strip() else {}
        for resource in state.get("resources", []):
            if resource["type"] == resource_type:
                yield from (i["attributes"] for i in resource["instances"])
