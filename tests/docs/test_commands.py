"""Every command line in a block of code is run, and what is shown beside it is what it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tfclean
from tests.docs import served
from tests.docs.reading import WRITTEN, Block, Shown, blocks, shell
from tests.docs.served import Scene

NOT_RUN = {
    "scripts/demo": "tests/cli/test_demo.py runs what it starts",
    "scripts/demo --serve": "tests/cli/test_demo.py runs what it starts",
    "scripts/test": "it would run this test",
    ". .venv/bin/activate": "changes the reader's own shell",
    "pip install '.[encryption]'": "installs",
    "terraform plan": "Terraform's own",
    "terraform apply": "Terraform's own",
    "terraform plan -out=plan.tfplan": "Terraform's own",
    "terraform plan -out=plan.tfplan ...": "Terraform's own",
    "terraform apply -json plan.tfplan | tee apply.log": "Terraform's own",
}
"""Lines that are no command of tfclean, each with the reason why it is not run."""

STORIES = {
    "README.md": {
        "tfclean diff": 1,
        "tfclean destroy --auto-approve": 1,
        "tfclean destroy --include-possible --auto-approve": 0,
        "tfclean sweep --dry-run": 0,
        "tfclean sweep --hours 4 --auto-approve": 0,
    },
    "docs/tutorial.md": {
        "tfclean diff": 1,
        "tfclean explain c3bcd5a1": 0,
        "tfclean plan --out cleanup.json": 0,
        "tfclean apply cleanup.json": 4,  # it asks, and nobody is there
        "tfclean apply cleanup.json --auto-approve": 1,
        "tfclean explain 10.100.1.175": 0,
        "tfclean destroy --include-possible --auto-approve": 0,
        "tfclean diff ../twin": 0,
    },
}
"""Pages whose commands follow one another in one world, with the exit code of each."""

ALONE = {
    "tfclean diff": 1,
    "tfclean diff terraform.tfstate plan.tfplan apply.log": 1,
    "tfclean diff --var cluster_name=800017": 1,
    "tfclean diff --baseline before.json": 1,
    "tfclean diff --tree": 1,
    "tfclean diff -o json=diff.json -o junit=diff.xml -o html=diff.html": 1,
    "tfclean destroy --auto-approve": 1,
    "tfclean destroy --protect ../twin --auto-approve": 1,
    "tfclean plan --keep-tag eternal --keep-tag owner=ops": 0,
    "tfclean plan --keep 'bastion.*' --keep 6ab67ed3-ecc4-49bd-b29b-8ba571e5281c": 0,
    "tfclean inventory -o json=before.json": 0,
    "tfclean adopt --all --out adopted.tf": 0,
    "tfclean adopt 'module.compute.openstack_compute_instance_v2.worker[\"worker-1\"]' c3bcd5a1": 0,
    "tfclean doctor": 0,
    "tfclean graph -o svg=estate.svg": 0,
    "tfclean graph --format mermaid --only problems": 0,
    "tfclean graph --around 800017-api --depth 1": 0,
    "tfclean explain 'network.port 800017-worker-1'": 0,
    "tfclean run -- terraform apply -auto-approve": 0,
    "tfclean run -- tofu -chdir=infra apply plan.tfplan": 0,
    "tfclean run --directory infra -- make cluster": 0,
    "tfclean run --cleanup --auto-approve -- terraform apply -auto-approve": 0,
    "tfclean run --take-baseline -- terraform apply -auto-approve": 0,
    "tfclean sweep --dry-run": 0,
    "tfclean sweep --hours 4 --auto-approve": 0,
    "tfclean sweep --auto-approve --timeout 30m": 0,
    "tfclean journal .tfclean/JOURNAL": 0,
    "tfclean resume .tfclean/JOURNAL --auto-approve": 1,
}
"""All other lines, each run in a world of its own."""

LATER = {"docs/tutorial.md": {"tfclean journal .tfclean/JOURNAL", "tfclean resume .tfclean/JOURNAL --auto-approve"}}
"""Lines of a story that are about what did not happen in it."""


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with served.scene(tmp_path, monkeypatch) as found:
        yield found


def lines(page: str) -> list[Shown]:
    return [shown for block in blocks(page) for shown in shell(block)]


def test_every_line_is_run_or_has_a_reason_not_to_be() -> None:
    told = {page: {shown.command for shown in lines(page)} for page in WRITTEN}
    assert set().union(*told.values()) - NOT_RUN.keys() == {*ALONE, *(line for story in STORIES.values() for line in story)}
    assert not NOT_RUN.keys() - set().union(*told.values())
    assert not [line for line in NOT_RUN if line.startswith("tfclean ")]
    for page, story in STORIES.items():
        assert told[page] - NOT_RUN.keys() - LATER.get(page, set()) == story.keys()
    alone = set().union(*(found for page, found in told.items() if page not in STORIES), *LATER.values()) - NOT_RUN.keys()
    assert alone == ALONE.keys()


def test_what_a_block_of_another_language_runs_is_run_too() -> None:
    found = [line for page in WRITTEN for block in blocks(page) if block.language == "yaml" for line in block.lines]
    told = {command for line in found for command in re.findall(r"tfclean [^|;&]*", line)}
    assert told
    assert told <= ALONE.keys()


@pytest.mark.parametrize("line", ALONE)
def test_a_line_ends_as_it_should(line: str, scene: Scene) -> None:
    scene.provide(line)
    scene.do(line, ALONE[line])
    assert not scene.gone() & scene.story.twins


@pytest.mark.parametrize("page", STORIES)
def test_a_story_goes_as_it_is_told(page: str, scene: Scene) -> None:
    for shown in lines(page):
        if shown.command in STORIES[page]:
            assert_shown(shown, scene.do(shown.command, STORIES[page][shown.command]).out)
    assert scene.gone()
    assert not scene.gone() & scene.story.twins


def test_only_stories_show_output() -> None:
    assert {page for page in WRITTEN if any(shown.output for shown in lines(page))} <= STORIES.keys()


def assert_shown(shown: Shown, out: str) -> None:
    """Look for the lines that a page shows, in their order; `...` stands for any others, and times are as they are."""
    real = [steady(line) for line in out.splitlines()]
    at, gap = 0, False
    for line in map(steady, shown.output):
        if line == "...":
            gap = True
            continue
        found = real.index(line, at) if line in real[at:] else None
        assert found is not None, f"{shown.command} does not print: {line}\n{out}"
        assert gap or found == at, f"{shown.command} prints something before: {line}\n{out}"
        at, gap = found + 1, False
    assert gap or not shown.output or at == len(real), f"{shown.command} prints more than is shown\n{out}"


def steady(line: str) -> str:
    return re.sub(r"\b\d+s\b", "Ns", line)


def test_the_block_that_adopt_is_shown_to_write_is_written(scene: Scene) -> None:
    (block,) = (block for block in blocks("docs/how-to/adopt.md") if block.language == "hcl")
    scene.do("tfclean adopt --all --out adopted.tf", 0)
    assert "\n".join(block.lines) in Path("adopted.tf").read_text()


def test_what_is_told_of_a_baseline_and_of_a_lost_state_holds(scene: Scene) -> None:
    assert "2 possible" in scene.do("tfclean diff", 1).out
    scene.provide("tfclean diff --baseline before.json")
    assert "possible" not in scene.do("tfclean diff --baseline before.json", 1).out
    Path("lost.tfstate").touch()
    scene.do("tfclean diff lost.tfstate", 2)


CODE = list({block.lines: block for page in WRITTEN for block in blocks(page) if block.language == "python"}.values())


@pytest.mark.parametrize("block", CODE, ids=lambda block: f"{block.page}-{block.line}")
def test_code_that_is_shown_runs(block: Block, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.clouds("ci", monkeypatch)
    scene.provide("cluster")
    text = "\n".join(block.lines)
    ended = 0
    try:
        exec(compile(text, block.page, "exec"), {"tfclean": tfclean})
    except SystemExit as end:
        ended = int(str(end.code))
    # A destroy leaves the two addresses without a name; a sweep finds nothing that is old enough.
    assert ended == (1 if "tfclean.destroy(" in text else 0)
    assert bool(scene.gone()) == ("tfclean.destroy" in text)
    assert not scene.gone() & scene.story.twins
