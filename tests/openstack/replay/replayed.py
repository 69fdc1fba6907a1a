"""A recorded scenario, live: the one call that tests need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from openstack.connection import Connection

from .. import truth
from . import twin as twins
from .recording import Recorded, Recording, Row, Side, read
from .rewriting import Rewriter, lay_out
from .staging import Stage


@dataclass(frozen=True)
class Replay:
    """What is live now, by whose it is, and the folder with the evidence.

    `job`, `strangers` and `others` together are exactly `truth.listing`; `twin` is the part of `others` that is the twin's.
    """

    workdir: Path
    extra: dict[str, Path]
    job: truth.Listing
    strangers: truth.Listing
    twin: truth.Listing
    others: truth.Listing
    ids: dict[str, str]
    offset: timedelta
    lag: timedelta
    recording: Recording = field(repr=False)


def replay(conn: Connection, scenario: str, workdir: Path, *, twin: bool = True, settle: bool = True) -> Replay:
    """Make a scenario's objects live in the (empty) project of `conn` and fill `workdir` with its evidence, rewritten to match.

    Args:
        conn: the project's own connection; no administrator is needed.
        scenario: one of `SCENARIOS`.
        workdir: the folder to fill; `workdir-extra` beside it gets what a job would not have left in its folder.
        twin: another job's objects beside it, recorded or synthesised.
        settle: wait for balancers; without, they are PENDING_CREATE when this returns, as they were after a kill.
    """
    recording = read(scenario)
    recorded_twin = any(o.side == "twin" for o in recording.objects)
    objects = recording.objects if twin else tuple(o for o in recording.objects if o.side != "twin")
    state = ""
    if twin and not recorded_twin:
        more, state = twins.synthesise(recording)
        objects += more
    recording = replace(recording, objects=objects)
    stage = Stage(conn, recording)
    stage.prepare()
    stage.run(objects)
    parts = any(o.kind == "listener" for o in objects)
    stage.rest(objects, ("server", "volume", "loadbalancer") if settle or parts else ("server", "volume"))
    live = truth.rows(conn)
    _match_parts(stage, live)
    offset, lag = _times(stage, live)
    rewriter = Rewriter(stage.ids, stage.addresses, offset)
    workdir.mkdir(parents=True, exist_ok=True)
    extra = lay_out(rewriter, recording.folder, workdir)
    if state:
        extra["twin.tfstate"] = workdir.with_name(workdir.name + "-extra") / "twin.tfstate"
        extra["twin.tfstate"].parent.mkdir(exist_ok=True)
        extra["twin.tfstate"].write_text(rewriter.text(state))
    sides = _sides(stage, live)
    return Replay(
        workdir=workdir,
        extra=extra,
        job=_part(live, sides, ("job",)),
        strangers=_part(live, sides, ("stranger",)),
        twin=_part(live, sides, ("twin",)),
        others=_part(live, sides, ("twin", "ground")),
        ids=stage.ids,
        offset=offset,
        lag=lag,
        recording=recording,
    )


def _match_parts(stage: Stage, live: dict[str, list[Row]]) -> None:
    """Find the new ids of what came along with other objects."""
    ids = stage.ids

    def pair(kind: str, olds: Iterable[Recorded], key: str, *same: str) -> None:
        for old in olds:
            for new in live[kind]:
                if ids[_holder(old.row[key])] == _holder(new[key]) and all(old.row[s] == new[s] for s in same):
                    ids[old.id] = new["id"]

    recording = stage.recording
    pair("listener", recording.of("listener"), "loadbalancers", "protocol_port")
    pair("pool", recording.of("pool"), "loadbalancers", "name")
    pair("healthmonitor", recording.of("healthmonitor"), "pools")
    pools = {p["id"]: {m["id"] for m in p["members"]} for p in live["pool"]}
    for old in recording.of("member"):
        inside = pools[ids[old.row["pool_id"]]]
        address = stage.addresses.get(old.row["address"], old.row["address"])
        ids[old.id] = next(m["id"] for m in live["member"] if m["id"] in inside and m["address"] == address)
    for old in recording.of("attachment"):
        both = (ids[old.row["server_id"]], ids[old.row["volume_id"]])
        ids[old.id] = next(a["id"] for a in live["attachment"] if (a["server_id"], a["volume_id"]) == both)
    ports = {p["id"]: p for p in stage.rows("network", "/ports", "ports")}
    for old in recording.of("port"):
        if old.implicit:
            stage.learn_port(old.row, ports[ids[old.id]])
    for foreign in recording.foreign_ports:
        _match_foreign(stage, foreign, list(ports.values()))


def _match_foreign(stage: Stage, old: Row, ports: list[Row]) -> None:
    """A balancer's own port, in a project that we cannot see: known by the address that it shares."""
    vips = {stage.addresses.get(a["ip_address"], a["ip_address"]) for a in old["allowed_address_pairs"]}
    network = stage.ids.get(old["network_id"])
    for new in ports:
        if new["network_id"] == network and vips & {a["ip_address"] for a in new["allowed_address_pairs"]}:
            stage.learn_port(old, new)
            stage.ids[old["project_id"]] = new["project_id"]
            stage.ids[old["device_id"]] = new["device_id"]
            stage.ids[old["name"].removeprefix("octavia-lb-vrrp-")] = new["name"].removeprefix("octavia-lb-vrrp-")


def _holder(value: object) -> str:
    return str(value[0]["id"] if isinstance(value, list) else value)


def _times(stage: Stage, live: dict[str, list[Row]]) -> tuple[timedelta, timedelta]:
    """The one offset, and how much later than its moved time the latest object of the job was made."""
    made = {row["id"]: str(row.get("created_at") or row.get("created"))[:19] for rows in live.values() for row in rows}
    job = [o for o in stage.recording.objects if o.side == "job" and ("created_at" in o.row or "created" in o.row)]
    times = [(datetime.fromisoformat(o.created), datetime.fromisoformat(made[stage.ids[o.id]])) for o in job if o.kind != "association"]
    offset = min(new for _, new in times) - min(old for old, _ in times)
    return offset, max(new - old - offset for old, new in times)


def _sides(stage: Stage, live: dict[str, list[Row]]) -> dict[tuple[str, str], Side | str]:
    """Whose every live object is. One that nobody can explain, or one that is missing, is an error of the replay."""
    sides: dict[tuple[str, str], Side | str] = {
        (o.kind, stage.ids[o.id]): o.side for o in stage.recording.objects if o.kind != "association"
    }
    sides["router", stage.ids[stage.recording.ground.router["id"]]] = "ground"
    found = {(kind, i) for kind, those in truth.named(live).items() for i in those}
    if found != set(sides):
        raise RuntimeError(f"not as recorded: unexplained {sorted(found - set(sides))}, missing {sorted(set(sides) - found)}")
    return sides


def _part(live: dict[str, list[Row]], sides: dict[tuple[str, str], Side | str], wanted: tuple[str, ...]) -> truth.Listing:
    part = {k: {i: n for i, n in those.items() if sides[k, i] in wanted} for k, those in truth.named(live).items()}
    return {kind: those for kind, those in part.items() if those}
