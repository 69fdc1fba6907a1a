"""A twin for a scenario that was recorded without one: the recording of a small whole apply under another name, at the same time.

Same module, same fixed names (the server group), same shared router; another prefix, another network range, ids of its own.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from .recording import Ground, Recorded, Recording, Row, parse, read
from .rewriting import Rewriter

MODEL = "tofu-plain"
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MAC = re.compile(r"fa:16:3e(?::[0-9a-f]{2}){3}")


def synthesise(recording: Recording) -> tuple[tuple[Recorded, ...], str]:
    """The twin's objects, and its state, both still in recorded terms."""
    model = read(MODEL)
    cloud = (model.folder / "cloud.json").read_text()
    kept = _ids(model.ground)
    ids = {old: str(uuid.uuid5(uuid.NAMESPACE_OID, old)) for old in set(UUID.findall(cloud)) - kept}
    others = {mac: f"fa:16:3e:99{mac[-6:]}" for mac in set(MAC.findall(cloud))}
    others |= {o.row["floating_ip_address"]: "10.100.254.1" for o in model.of("floatingip")}
    rewriter = Rewriter(ids, others, datetime.fromisoformat(recording.begin) - datetime.fromisoformat(model.begin))
    name = "9" + recording.job[1:]

    def turned(text: str) -> str:
        return rewriter.text(text).replace(model.job, name).replace("10.7.0.", "10.8.0.")

    rows: Row = json.loads(turned(cloud))
    state = turned((model.folder / "terraform.tfstate").read_text())
    sides = {json.loads(turned(json.dumps(o.id))): "twin" for o in model.objects}
    shared = model.ground.router["id"]
    twin = parse("twin", Path(), name, rows, dict.fromkeys(sides, "twin"), [state], shared)
    return tuple(replace(o, side="twin") for o in twin.objects), state


def _ids(ground: Ground) -> set[str]:
    return {x["id"] for x in (ground.router, ground.external, ground.external_subnet, ground.image)}
