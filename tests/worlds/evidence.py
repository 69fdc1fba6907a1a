"""What a run leaves behind in files: a state as old as it likes, a plan, a log that ends in the middle."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.worlds.builder import TYPES, Create

PROVIDER = "registry.terraform.io/terraform-provider-openstack/openstack"


@dataclass(frozen=True)
class Traces:
    """What was written.

    Attributes:
        folder: with all files.
        words: for people.
        told: creates whose id stands in it.
    """

    folder: Path
    words: str
    told: tuple[Create, ...]


def leave(folder: Path, name: str, creates: Sequence[Create], dice: random.Random) -> Traces:
    """Write the traces of a run.

    Args:
        folder: is made.
        name: the run's literal.
        creates: what it did.
        dice: decide what is left.
    """
    folder.mkdir(parents=True)
    done = [c for c in creates if not c.failed]
    way = dice.choice(("whole", "whole", "stale", "stale", "empty", "log", "plan and log", "plan"))
    recorded: Sequence[Create] = {"whole": done, "stale": done[: dice.randint(0, len(done))]}.get(way, [])
    if way in ("whole", "stale"):
        (folder / "terraform.tfstate").write_text(json.dumps(state(name, recorded)))
    elif way == "empty":
        (folder / "terraform.tfstate").write_text(dice.choice(("", json.dumps(state(name, [])))))
    logged: list[Create] = []
    if way in ("stale", "empty", "log", "plan and log") or (way == "whole" and dice.random() < 0.3):
        open_ = dice.choice((0, 0, 1, 2)) if way != "whole" else 0
        logged = [c for c in creates[: len(creates) - open_] if not c.failed]
        (folder / "apply.log").write_text(log(creates, open_))
    if way in ("empty", "plan and log", "plan") or dice.random() < 0.4:
        (folder / "plan.json").write_text(json.dumps(plan(name, creates, dice)))
    told = {id(c): c for c in (*recorded, *logged)}
    return Traces(folder, f"{way} ({len(recorded)} in state, {len(logged)} in log, of {len(done)})", tuple(told.values()))


def state(name: str, creates: Sequence[Create]) -> dict[str, Any]:
    """Give a state of version 4 that holds `creates`."""
    by_type: dict[str, list[dict[str, Any]]] = {}
    for create in creates:
        index = int(create.address.rpartition("[")[2][:-1])
        attributes = {"id": create.id, **create.attributes}
        by_type.setdefault(create.type, []).append({"index_key": index, "schema_version": 0, "attributes": attributes})
    rows = [
        {"mode": "managed", "type": type_, "name": "it", "provider": f'provider["{PROVIDER}"]', "instances": instances}
        for type_, instances in by_type.items()
    ]
    lineage = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
    return {"version": 4, "terraform_version": "1.11.4", "serial": len(creates) + 1, "lineage": lineage, "outputs": {}, "resources": rows}


def plan(name: str, creates: Sequence[Create], dice: random.Random) -> dict[str, Any]:
    """Give what ``terraform show -json`` says of the plan: ids of what was still to be made are unknown in it."""
    own = {c.id for c in creates}
    changes = [_change(c.type, c.address, {k: v for k, v in c.attributes.items() if v not in own}) for c in creates]
    for n in range(dice.choice((0, 1, 2))):
        type_ = TYPES["port"]
        changes.append(_change(type_, f"{type_}.later[{n}]", {"name": f"{name}-later-{n}"}))
    began = creates[0].start - 1 if creates else 0.0
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"job": {"value": name}},
        "planned_values": {},
        "resource_changes": changes,
        "configuration": {"root_module": {"variables": {"job": {}}}},
        "timestamp": datetime.fromtimestamp(began, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "applyable": True,
        "complete": True,
        "errored": False,
    }


def _change(type_: str, address: str, after: dict[str, Any]) -> dict[str, Any]:
    name, _, index = address.split(".")[1].partition("[")
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": {"id": True}}
    change |= {"before_sensitive": False, "after_sensitive": {}}
    row = {"address": address, "mode": "managed", "type": type_, "name": name, "index": int(index[:-1])}
    return {**row, "provider_name": PROVIDER, "change": change}


def log(creates: Sequence[Create], open_: int) -> str:
    """Give what ``terraform apply -json`` printed until it was killed, with `open_` creates under way."""
    began = creates[0].start - 1 if creates else 0.0
    head = {"@message": "Terraform 1.11.4", "terraform": "1.11.4", "type": "version", "ui": "1.2"}
    lines = [(began, head)]
    for place, create in enumerate(creates):
        type_, _, rest = create.address.partition(".")
        name, _, index = rest.partition("[")
        resource = {"addr": create.address, "module": "", "resource": create.address, "implied_provider": "openstack"}
        resource |= {"resource_type": type_, "resource_name": name, "resource_key": index[:-1]}
        hook = {"resource": {**resource, "resource_key": int(index[:-1])}, "action": "create"}
        lines.append((create.start, {"@message": f"{create.address}: Creating...", "hook": hook, "type": "apply_start"}))
        if place >= len(creates) - open_:
            continue
        if create.failed:
            failure = {"@message": f"{create.address}: Creation errored after 0s", "hook": {**hook, "elapsed_seconds": 0}}
            lines.append((create.end, {**failure, "type": "apply_errored"}))
            continue
        hook = {**hook, "id_key": "id", "id_value": create.id, "elapsed_seconds": int(create.end - create.start)}
        text = f"{create.address}: Creation complete after 0s [id={create.id}]"
        lines.append((create.end, {"@message": text, "hook": hook, "type": "apply_complete"}))
    lines.sort(key=lambda line: line[0])
    common = {"@level": "info", "@module": "terraform.ui"}
    stamps = [datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for time, _ in lines]
    return "".join(json.dumps({**common, **line, "@timestamp": stamp}) + "\n" for (_, line), stamp in zip(lines, stamps, strict=True))
