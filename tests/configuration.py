"""The configuration of a recorded scenario: it lies inside the scenario's own plan file, and is laid out here as it was when it ran."""

from __future__ import annotations

import json
import zipfile
from itertools import pairwise
from pathlib import Path

from tests.recorded import FIXTURES
from tfclean.model import Variable

_SAME_MODULE = {"tofu-encrypted": "tofu-plain"}
"""Scenarios whose plan cannot be opened, and others that ran the same module."""


def configuration(scenario: str, target: Path) -> Path:
    """Lay a scenario's configuration out.

    Args:
        scenario: folder in `fixtures/`.
        target: where the modules are put; made if it is not there.

    Returns:
        `target`, which now is a working directory after ``init`` (``.terraform/modules/modules.json`` is in it) without any state.
    """
    with zipfile.ZipFile(FIXTURES / _SAME_MODULE.get(scenario, scenario) / "plan.tfplan") as plan:
        modules = json.loads(plan.read("tfconfig/modules.json"))
        for module in modules:
            prefix = f"tfconfig/m-{module['Key']}/"
            for name in plan.namelist():
                if name.startswith(prefix):
                    path = target / module["Dir"] / name.removeprefix(prefix)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(plan.read(name))
    manifest = target / ".terraform" / "modules" / "modules.json"
    manifest.parent.mkdir(parents=True, exist_ok=True)
    manifest.write_text(json.dumps({"Modules": modules}))
    return target


def given(scenario: str) -> dict[str, Variable]:
    """Give the variables with which a scenario was run, as if they had been given as ``--var``."""
    told = json.loads((FIXTURES / scenario / "scenario.json").read_text())
    arguments = list(told["arguments"])
    pairs = [a for option, a in pairwise(arguments) if option == "--var"]
    values = {"job": str(told["cluster"]), **dict(pair.split("=", 1) for pair in pairs)}
    plan = FIXTURES / _SAME_MODULE.get(scenario, scenario) / "plan.json"
    known = json.loads(plan.read_text())["variables"]
    if "router_id" in known:
        values.setdefault("router_id", known["router_id"]["value"])
    return {name: Variable(value, given=True, source="--var") for name, value in values.items()}
