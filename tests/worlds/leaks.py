"""What a killed run leaves in files, so that each class of leak occurs: a project in, a folder and the class of each object out.

Classes are those of the facts: L1 finished and not yet persisted, L2 the state was lost, L3 in flight, L4 in a provisioner, L5 given
up after it was made, L6 let go by ``state rm``, L7 deposed, L8 only in ``errored.tfstate``, L9 in the state of another lineage, L10 made
by OpenStack.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.worlds import evidence
from tests.worlds.builder import Create
from tests.worlds.twins import JOB, Project

CLASSES = ("recorded", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9", "L10")


@dataclass
class Left:
    """What was written.

    Attributes:
        folder: with all files.
        has: ``state``, ``log``, ``plan``: what is there.
        classes: id → class of leak, for what the job's creates made.
    """

    folder: Path
    has: frozenset[str]
    classes: dict[str, str] = field(default_factory=dict)


def leave(folder: Path, project: Project) -> Left:
    """Write a random part of the traces of a project's killed run.

    Args:
        folder: is made.
        project: has been played.
    """
    folder.mkdir(parents=True)
    dice, creates = project.dice, project.job.creates
    subsets = [("state",), ("log",), ("plan",), ("state", "log"), ("state", "plan"), ("log", "plan"), ("state", "log", "plan")]
    left = Left(folder, frozenset(dice.choice((*subsets, *subsets[-2:], subsets[-1]))))
    unlanded = project.job.unlanded and creates[-1:] and not creates[-1].id and not creates[-1].failed
    open_ = min(max(dice.choice((0, 1, 1, 2, 3)), 1 if unlanded else 0), len(creates))
    done = [c for c in creates[: len(creates) - open_] if not c.failed]
    flying = [c for c in creates[len(creates) - open_ :] if not c.failed]
    for create in flying:
        left.classes[create.id] = dice.choice(("L3", "L4") if create.type.endswith("instance_v2") else ("L3", "L3", "L5"))
    _states(left, project, done)
    if "log" in left.has:
        (folder / "apply.log").write_text(_log(creates, open_, left.classes))
    if "plan" in left.has:
        plan = evidence.plan(JOB, project.planned(), dice)
        plan["variables"] = {name: {"value": value} for name, value in project.variables.items()}
        plan["configuration"]["root_module"]["variables"] = {name: {} for name in project.variables}
        (folder / "plan.json").write_text(json.dumps(plan))
    left.classes.pop("", None)
    return left


def _states(left: Left, project: Project, done: Sequence[Create]) -> None:
    """Write the states, and note which of what was done they do not hold, or hold in another way."""
    dice = project.dice
    ways = ("L1", "L1", "L2", "L6", "L7", "L8", "L9") if "state" in left.has else ("L2",)
    way = dice.choice(ways)
    cut = dice.randint(0, len(done)) if way in ("L1", "L8") else 0 if way == "L2" else len(done)
    recorded, rest = list(done[:cut]), list(done[cut:])
    left.classes.update((c.id, "recorded") for c in recorded)
    left.classes.update((c.id, way) for c in rest)
    apart = [c for c in recorded if not c.ties and dice.random() < 0.3] if way in ("L6", "L7", "L9") else []
    left.classes.update((c.id, way) for c in apart)
    if "state" not in left.has:
        return
    present = [c for c in recorded if c not in apart or way == "L7"]
    state = _state(present, 20, deposed={c.address for c in apart} if way == "L7" else set())
    text = json.dumps(state) if way != "L2" else dice.choice(("", json.dumps(state)[: len(json.dumps(state)) // 2]))
    (left.folder / "terraform.tfstate").write_text(text)
    if way == "L6":
        (left.folder / "terraform.tfstate.1767225600.backup").write_text(json.dumps(_state(recorded, 19)))
    elif way == "L8":
        (left.folder / "errored.tfstate").write_text(json.dumps(_state(done, 21)))
    elif way == "L9":
        (left.folder / "other.tfstate").write_text(json.dumps(_state(apart, 3, name="another-lineage")))


def _state(creates: Sequence[Create], serial: int, *, name: str = JOB, deposed: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    state = evidence.state(name, creates) | {"serial": serial}
    for resource in state["resources"]:
        for instance in resource["instances"]:
            if f"{resource['type']}.it[{instance['index_key']}]" in deposed:
                instance["deposed"] = "0badcafe"
    return state


def _log(creates: Sequence[Create], open_: int, classes: dict[str, str]) -> str:
    """Give the log: as `evidence.log`, with what provisioners and errors add."""
    lines = evidence.log(creates, open_).splitlines()
    common = {"@level": "info", "@module": "terraform.ui"}
    for create in creates[len(creates) - open_ :] if open_ else ():
        stamp = {"@timestamp": datetime.fromtimestamp(create.end or create.start, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        if classes.get(create.id) == "L4":
            hook = {"resource": {"addr": create.address}, "provisioner": "remote-exec"}
            lines.append(json.dumps({**common, **stamp, "@message": "Provisioning...", "type": "provision_start", "hook": hook}))
        if classes.get(create.id) == "L5":
            text = f"Error waiting for {create.id} to become ready: timeout while waiting for state to become 'ACTIVE'"
            told = {"severity": "error", "summary": text, "detail": "", "address": create.address}
            hook = {"resource": {"addr": create.address}, "action": "create", "elapsed_seconds": 600}
            lines.append(json.dumps({**common, **stamp, "@message": "errored", "type": "apply_errored", "hook": hook}))
            lines.append(json.dumps({**common, **stamp, "@message": text, "type": "diagnostic", "diagnostic": told}))
    return "".join(f"{line}\n" for line in lines)
