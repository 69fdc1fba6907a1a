"""`tfclean graph` and `tfclean explain` as processes: what is drawn where, what is refused in one sentence, what counts as a path."""

from __future__ import annotations

import re
import shutil
from argparse import Namespace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.making import inventory_file, run
from tests.recorded import FIXTURES, inventory
from tests.report.graph.languages import read_dot
from tfclean.cli.arguments import apart

SCENARIO = "killed-middle"
CLOCK = re.compile(r"\d\d:\d\d:\d\dZ")


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A directory with what a killed run left, and an inventory of what is live beside it."""
    for name in ("terraform.tfstate", "plan.json", "apply.log"):
        shutil.copy(FIXTURES / SCENARIO / name, tmp_path)
    inventory_file(inventory(SCENARIO), tmp_path / "live.json")
    return tmp_path


def test_dot_is_drawn_unasked_and_every_format_by_name(job: Path) -> None:
    plain = run("graph", "--inventory", "live.json", cwd=job)
    assert (plain.code, plain.err) == (0, "")
    assert len(read_dot(plain.out).nodes) > 20
    assert run("graph", "--inventory", "live.json", "--format", "dot", cwd=job).out == plain.out
    assert run("graph", "--inventory", "live.json", "--format", "mermaid", cwd=job).out.startswith("flowchart TB\n")
    assert ET.fromstring(run("graph", "--inventory", "live.json", "-o", "svg", cwd=job).out).tag.endswith("svg")


def test_files_are_written_and_stdout_stays_empty(job: Path) -> None:
    ran = run("graph", "--inventory", "live.json", "-o", "svg=a.svg", "-o", "dot=a.dot", cwd=job)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert ET.parse(job / "a.svg").getroot().tag.endswith("svg")
    assert read_dot((job / "a.dot").read_text()).nodes
    both = run("graph", "--inventory", "live.json", "--format", "mermaid", "-o", "svg=b.svg", cwd=job)
    assert both.out.startswith("flowchart")
    assert (job / "b.svg").exists()


def test_other_commands_draw_too(job: Path) -> None:
    ran = run("plan", "--inventory", "live.json", "-o", "dot=plan.dot", cwd=job)
    assert ran.code == 0
    assert "Would delete" in ran.out
    assert read_dot((job / "plan.dot").read_text()).edges


def test_what_is_near_an_object_is_all_that_is_drawn(job: Path) -> None:
    ran = run("graph", "--inventory", "live.json", "--around", "server 800004-worker-1", "--depth", "1", cwd=job)
    nodes = {name: node for name, node in read_dot(ran.out).nodes.items() if name.startswith("n")}
    assert len(nodes) == 3
    assert {"800004-worker-1", "kubernetes-800004"} <= {line for node in nodes.values() for line in node["label"].split("\\n")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("-o json", "graph draws dot, mermaid or svg"),
        ("--format png", "invalid choice"),
        ("--depth 2", "give --around too"),
        ("--only all --around 39b31f97", "leave --only out"),
        ("--around nothing-of-that-name", "nothing here is called"),
        ("--around 800004-worker-1", "means 2 objects"),
        ("--around 39b31f97 --depth x", "no number"),
        ("-o dot=/nonexistent/x", "there is no directory"),
        ("-o dot -o svg", "two outputs for stdout"),
    ],
)
def test_what_makes_no_sense_is_one_sentence_and_2(job: Path, arguments: str, sentence: str) -> None:
    ran = run("graph", "--inventory", "live.json", *arguments.split(), cwd=job)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_several_objects_are_explained_at_once_and_files_are_paths(job: Path) -> None:
    ran = run("explain", "server 800004-worker-1", "port d14664f8", "terraform.tfstate", "apply.log", "--inventory", "live.json", cwd=job)
    assert ran.code == 0, ran.err
    assert ran.out.count("Would it be deleted?") == 2
    missing = run("explain", "39b31f97", "no-such.tfstate", "--inventory", "live.json", cwd=job)
    assert missing.code == 2
    assert 'nothing here is called "no-such.tfstate"' in missing.err
    assert "taken for objects, as there are no such files: no-such.tfstate" in missing.err


def test_what_follows_the_first_object_is_a_path_if_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "node").touch()
    (tmp_path / "gone").symlink_to("nowhere")
    given = ["node", "other", "-", "http://x/state", "gone"]
    assert apart(Namespace(paths=given), ["node"]) == (["node", "other"], ["node", "-", "http://x/state", "gone"])


@pytest.mark.parametrize(("command", "code"), [("explain", 0), ("adopt", 1)])
def test_evidence_of_the_settings_holds_however_many_objects_are_named(command: str, code: int, tmp_path: Path, job: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "tfclean.toml").write_text(f'paths = ["{job}"]\n')
    one, other = "server 800004-worker-1", "port d14664f8"
    live = ("--inventory", job / "live.json")
    told, same = run(command, one, other, *live, cwd=elsewhere), run(command, one, other, job, *live, "--no-config", cwd=elsewhere)
    assert (told.code, same.code) == (code, code), told.err + same.err
    assert CLOCK.sub("", told.out) == CLOCK.sub("", same.out)
    # What is given replaces it; what it names is evidence, though it is not there.
    (elsewhere / "empty").mkdir()
    assert run(command, one, other, "empty", *live, cwd=elsewhere).code == 2
    (elsewhere / "tfclean.toml").write_text('paths = ["gone.tfstate"]\n')
    missing = run(command, one, *live, cwd=elsewhere)
    assert missing.code == 2
    assert "gone.tfstate" in missing.err
    assert "called" not in missing.err
