"""Recorded objects -> live ones: every object as early as what it needs allows, in the order in which they were once made."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

from openstack import exceptions
from openstack.connection import Connection

from .bodies import MAKE, RANK, Call, rule_key
from .recording import Ground, Recorded, Recording, Row

THREADS = 4
AHEAD = timedelta(seconds=1)  # how much earlier than its turn, and than its time, an object may be made
POLL = 0.4
LIMIT = 300.0
# kind: attribute of the connection, list, key of the rows, field, what is awaited.
SETTLED = {
    "server": ("compute", "/servers/detail", "servers", "status", frozenset(("ACTIVE",))),
    "volume": ("block_storage", "/volumes/detail", "volumes", "status", frozenset(("available", "in-use"))),
    "loadbalancer": ("load_balancer", "/lbaas/loadbalancers", "loadbalancers", "provisioning_status", frozenset(("ACTIVE",))),
}


def at(o: Recorded) -> datetime:
    """When it was made, as recorded."""
    return datetime.fromisoformat(o.created)


class Stage:
    """One replay's live side: what was made, and which recorded id or address became which."""

    def __init__(self, conn: Connection, recording: Recording) -> None:
        self.conn = conn
        self.recording = recording
        self.ids: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self._lock = threading.Lock()
        self._flavors: dict[str, str] = {}

    def call(self, call: Call) -> Any:
        """Make one call, ids replaced; the body of the answer."""
        adapter = getattr(self.conn, call.service)
        more = {"microversion": call.microversion} if call.microversion else {}
        body = self._known(json.dumps(call.body)) if call.body else None
        answer = adapter.request(self._known(call.path), call.method, **more, **({"json": json.loads(body)} if body else {}))
        exceptions.raise_from_response(answer)
        return answer.json() if answer.content else {}

    def rows(self, service: str, path: str, key: str) -> list[Row]:
        """One list answer."""
        found: list[Row] = self.call(Call(service, path, {}, method="GET"))[key]
        return found

    def prepare(self) -> None:
        """Find the lab's ground, and make the router that jobs share."""
        for service in ("network", "compute", "block_storage", "load_balancer", "image"):
            getattr(self.conn, service)  # a fresh connection would build its proxies once per thread
        ground = self.recording.ground
        self.ids[ground.project] = str(self.conn.current_project_id)
        self.ids.update(dict.fromkeys(ground.users, str(self.conn.current_user_id)))
        external = self.rows("network", f"/networks?router:external=true&name={ground.external['name']}", "networks")[0]
        subnet = next(s for s in self.rows("network", "/subnets", "subnets") if s["network_id"] == external["id"])
        image = next(i for i in self.rows("image", "/images?limit=1000", "images") if i["name"] == ground.image["name"])
        self._flavors = {f["name"]: f["id"] for f in self.rows("compute", "/flavors", "flavors")}
        self.ids.update({old: self._flavors[name] for old, name in ground.flavors.items()})
        group = self.rows("network", f"/security-groups?name=default&project_id={self.conn.current_project_id}", "security_groups")[0]
        for old, new in (
            (ground.default_group, group),
            (ground.external, external),
            (ground.external_subnet, subnet),
            (ground.image, image),
        ):
            self.ids[old["id"]] = new["id"]
        self.ids[ground.external["project_id"]] = external["project_id"]
        if ground.image["owner"] != ground.external["project_id"]:
            self.ids[ground.image["owner"]] = image["owner"]
        self._make_router(ground)

    def _make_router(self, ground: Ground) -> None:
        self.make(Recorded("router", ground.router["id"], "stranger", "", ground.router))

    def make(self, o: Recorded) -> None:
        """Make one object and remember what it became."""
        if o.id in self.ids:  # a default rule came with its group
            return
        call = MAKE[o.kind](o, self.recording)
        if o.kind == "server":
            call.body["server"]["flavorRef"] = self._flavors[call.body["server"]["flavorRef"]]
        try:
            answer = self.call(call)
        except exceptions.ConflictException:
            if o.kind != "port" or not o.row["fixed_ips"]:
                raise
            for fixed in call.body["port"]["fixed_ips"]:  # somebody has the address: any other will do
                fixed.pop("ip_address", None)
            answer = self.call(call)
        body = next(iter(answer.values())) if o.kind != "router_interface" else answer
        self._learn(o, body)
        if o.kind == "secgroup":
            self._default_rules(o, body)

    def _learn(self, o: Recorded, body: Row) -> None:
        with self._lock:
            if o.kind == "router_interface":
                self.ids[o.id] = body["port_id"]
            elif o.kind == "keypair":
                self.ids[o.id] = body["name"]
            elif o.kind not in ("attachment", "association"):
                self.ids[o.id] = body["id"]
            if o.kind == "port":
                self.learn_port(o.row, body)
            elif o.kind == "floatingip":
                self.addresses[o.row["floating_ip_address"]] = body["floating_ip_address"]
            elif o.kind == "router" and o.row["external_gateway_info"]:
                pairs = zip(*(r["external_gateway_info"]["external_fixed_ips"] for r in (o.row, body)), strict=True)
                self.addresses.update({old["ip_address"]: new["ip_address"] for old, new in pairs})
            elif o.kind == "loadbalancer":
                self.ids[o.row["vip_port_id"]] = body["vip_port_id"]
                self.addresses[o.row["vip_address"]] = body["vip_address"]

    def learn_port(self, old: Row, new: Row) -> None:
        """What a port brings along: addresses, MAC, groups that others gave it."""
        self.ids[old["id"]] = new["id"]
        self.addresses[old["mac_address"]] = new["mac_address"]
        self.addresses.update({a["ip_address"]: b["ip_address"] for a, b in zip(old["fixed_ips"], new["fixed_ips"], strict=True)})
        if len(old["security_groups"]) == len(new["security_groups"]) == 1:
            self.ids.setdefault(old["security_groups"][0], new["security_groups"][0])

    def _default_rules(self, group: Recorded, body: Row) -> None:
        """Neutron gives a new group rules of its own: keep those that the recording has, drop the others."""
        wanted = {rule_key(o.row): o.id for o in self.recording.of("secgroup_rule") if o.row["security_group_id"] == group.id}
        # Asked for anew: where Neutron tried its transaction twice, the first answer names rules that are not there.
        for rule in self.rows("network", f"/security-group-rules?security_group_id={body['id']}", "security_group_rules"):
            # A transaction that was tried twice can also leave its rules twice.
            old = wanted.pop(rule_key(rule), None)
            if old:
                with self._lock:
                    self.ids[old] = rule["id"]
            else:
                self.call(Call("network", f"/security-group-rules/{rule['id']}", {}, method="DELETE"))

    def run(self, objects: Iterable[Recorded]) -> None:
        """Make all of them."""
        todo = sorted((o for o in objects if not o.implicit), key=lambda o: (o.created, RANK[o.kind], o.id))
        index = {o.id: o for o in todo}
        needs = {o.id: self._needs(o, index) for o in todo}
        done: set[str] = set()
        settled: set[str] = set()
        running: dict[Future[None], Recorded] = {}
        began = time.monotonic()
        first = at(todo[0])
        with ThreadPoolExecutor(THREADS) as pool:
            while todo or running:
                ready = [o for o in todo if needs[o.id] <= (settled if o.kind == "attachment" else done)]
                now = first + timedelta(seconds=time.monotonic() - began) + AHEAD
                due = [o for o in ready if at(o) <= now or o.side == "stranger"]
                turn = [o for o in due if at(o) <= at(todo[0]) + AHEAD]
                if not running:  # the recorded order is one of whole seconds: what has the turn may need what comes a little later
                    turn = turn or due[:1]
                for o in turn[: THREADS - len(running)]:
                    todo.remove(o)
                    running[pool.submit(self.make, o)] = o
                if running:
                    finished, _ = wait(running, POLL, FIRST_COMPLETED)
                    for future in finished:
                        future.result()
                        done.add(running.pop(future).id)
                elif todo:
                    if not ready and all(o.kind != "attachment" for o in todo):
                        raise RuntimeError(f"each of these needs another: {[(o.kind, o.row.get('name')) for o in todo]}")
                    time.sleep(POLL)
                    settled = settled if ready else self._settled(index, done)

    def _needs(self, o: Recorded, index: dict[str, Recorded]) -> frozenset[str]:
        if o.kind == "attachment":
            return frozenset((o.row["server_id"], o.row["volume_id"]))
        text = json.dumps(o.row)
        needs = {i for i, other in index.items() if RANK[other.kind] < RANK[o.kind] and i in text}
        if o.kind == "server":
            needs |= {i for i, p in index.items() if p.kind == "port" and p.row["device_id"] == o.id}
            needs |= {i for i, g in index.items() if g.kind == "servergroup" and o.id in g.row["members"]}
        if o.kind == "association":
            needs |= {i for i, p in index.items() if p.kind == "router_interface" and p.side == o.side}
        return frozenset(needs)

    def _settled(self, index: dict[str, Recorded], done: set[str]) -> set[str]:
        good: set[str] = set()
        for kind in ("server", "volume"):
            statuses = self._statuses(kind)
            good |= {i for i in done if index[i].kind == kind and statuses.get(self.ids[i]) in SETTLED[kind][4]}
        return good

    def _statuses(self, kind: str) -> dict[str, str]:
        service, path, key, status, _ = SETTLED[kind]
        found = {row["id"]: row[status] for row in self.rows(service, path, key)}
        broken = [i for i, s in found.items() if s.lower() == "error"]
        if broken:
            raise RuntimeError(f"{kind} in ERROR: {broken}")
        return found

    def rest(self, objects: Iterable[Recorded], kinds: Iterable[str]) -> None:
        """Wait until all of these kinds have come to rest; volumes attached where they were."""
        attached = {o.row["volume_id"] for o in objects if o.kind == "attachment"}
        awaited = {k: {self.ids[o.id]: o.id in attached for o in objects if o.kind == k} for k in kinds}
        end = time.monotonic() + LIMIT
        while awaited := {k: those for k, those in awaited.items() if those}:
            for kind, those in awaited.items():
                for i, status in self._statuses(kind).items():
                    if status in SETTLED[kind][4] and (status == "in-use" or not those.get(i)):
                        those.pop(i, None)
            if any(awaited.values()):
                if time.monotonic() > end:
                    raise RuntimeError(f"never came to rest: {awaited}")
                time.sleep(POLL)

    def _known(self, text: str) -> str:
        with self._lock:
            pairs = list(self.ids.items())
        for old, new in pairs:
            text = text.replace(old, new)
        return text
