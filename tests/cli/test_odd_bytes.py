"""Arguments, the environment and names of files that are no text: one sentence, or a result; never a traceback."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.making import run
from tests.making import inventory
from tfclean.cloud.document import dump
from tfclean.report.registry import FORMATS

ODD = os.fsdecode(b"x\xff\xfe")
STATE = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "outputs": {}, "resources": []}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes there")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    found: dict[str, Any] = dump(inventory())
    (tmp_path / "inventory.json").write_text(json.dumps(found))
    (tmp_path / ODD).mkdir()
    (tmp_path / ODD / "terraform.tfstate").write_text(json.dumps(STATE))
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        (ODD,),
        ("diff", f"no/{ODD}"),
        ("diff", f"--{ODD}"),
        ("diff", "--var", f"{ODD}=1"),
        ("diff", "--var-file", f"{ODD}.tfvars"),
        ("diff", "--inventory", f"no/{ODD}", ODD),
        ("diff", "--baseline", f"no/{ODD}", ODD),
        ("diff", "--protect", f"no/{ODD}", "--inventory", "inventory.json", ODD),
        ("diff", "-o", ODD, "--inventory", "inventory.json", ODD),
        ("diff", "-o", f"json=no/{ODD}/x", "--inventory", "inventory.json", ODD),
        ("explain", ODD, "--inventory", "inventory.json", ODD),
        ("apply", f"no/{ODD}"),
        ("journal", f"no/{ODD}"),
    ],
    ids=lambda arguments: " ".join(arguments).replace(ODD, "ODD"),
)
def test_what_is_no_text_is_told_in_one_sentence(arguments: tuple[str, ...], place: Path) -> None:
    done = run(*arguments, cwd=place)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("tfclean: ")
    assert done.err.count("\n") == 1
    assert "\\udcff" in done.err


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_result_about_such_a_file_can_be_written_in_every_form(name: str, place: Path) -> None:
    out = place / f"{ODD}.{name}"
    done = run("diff", ODD, "--inventory", "inventory.json", "--var", f"job={ODD}", "-o", f"{name}={out}", cwd=place, env={"TF_VAR_a": ODD})
    assert (done.code, done.err) in ((0, ""), (1, ""))
    text = out.read_bytes().decode()
    assert text
    if name == "json":
        json.loads(text)
    streamed = run("diff", ODD, "--inventory", "inventory.json", "-o", name, cwd=place)
    assert (streamed.code, streamed.err) == (done.code, "")
