"""tfclean as a script sees it: exit codes, streams, files, and nothing but sentences."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.making import answering, credentials, inventory_file, run
from tests.making import inventory as made_inventory
from tests.recorded import FIXTURES, inventory
from tfclean import __version__

SENTENCE = re.compile(r"\Atfclean: [^\n]+\n\Z")


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A working directory with the traces of a recorded run."""
    folder = tmp_path / "job"
    folder.mkdir()
    for name in ("terraform.tfstate", "apply.log", "plan.tfplan"):
        shutil.copy(FIXTURES / "drifted" / name, folder)
    return folder


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return inventory_file(inventory("drifted"), tmp_path / "live.json")


def test_version_and_help_are_results() -> None:
    assert run("--version").out == f"tfclean {__version__}\n"
    assert run("--help").out.startswith("usage: tfclean COMMAND")
    assert run("diff", "-help").out.startswith("usage: tfclean diff")
    assert max(map(len, run("--help").out.splitlines())) <= 80


@pytest.mark.parametrize(
    "arguments",
    [
        ["dif"],
        ["diff", "--nonsense"],
        ["diff", "-o", "xml"],
        ["diff", "-o", "json", "-o", "console"],
        ["diff", "-o", "json=/nonexistent/x"],
        ["diff", "nowhere"],
        ["diff", "--inventory", "nowhere"],
        ["destroy", "--timeout", "soon"],
        ["destroy", "--keep", "("],
        ["apply", "nowhere"],
        ["journal", "nowhere"],
        ["journal", "x", "--os-cloud", "y"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_sentence_and_2(arguments: list[str], tmp_path: Path) -> None:
    ran = run(*arguments, cwd=tmp_path)
    assert ran.code == 2
    assert ran.out == ""
    assert SENTENCE.match(ran.err), ran.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.tfstate", b""),
        ("other.json", b'{"a": 1}'),
        ("future.tfstate", b'{"version": 99, "serial": 1, "lineage": "x", "resources": []}'),
        ("binary", bytes(range(256)) * 16),
        ("cut.tfplan", (FIXTURES / "drifted" / "plan.tfplan").read_bytes()[:2000]),
        ("cut.tfstate", (FIXTURES / "drifted" / "terraform.tfstate").read_bytes()[:900]),
        ("not.txt", b"hello\n"),
    ],
)
@pytest.mark.parametrize("verb", ["diff", "destroy"])
def test_input_that_says_nothing_is_one_sentence_and_2(name: str, content: bytes, verb: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    ran = run(verb, file, cwd=tmp_path, env=credentials(1))
    assert ran.code == 2
    assert ran.out == ""
    assert SENTENCE.match(ran.err), ran.err


def test_an_empty_directory_is_2(tmp_path: Path) -> None:
    ran = run("destroy", "-auto-approve", cwd=tmp_path, env=credentials(1))
    assert ran.code == 2
    assert SENTENCE.match(ran.err), ran.err


@pytest.mark.parametrize("status", [401, 500, 404])
def test_a_cloud_that_does_not_let_us_in_is_3(status: int, job: Path) -> None:
    with answering(status) as port:
        ran = run("destroy", "-auto-approve", cwd=job, env=credentials(port))
    assert ran.code == 3
    assert SENTENCE.match(ran.err), ran.err
    assert "hunter2" not in ran.err + ran.out


def test_a_cloud_that_is_not_there_is_3(job: Path) -> None:
    ran = run("diff", cwd=job, env=credentials(1))
    assert ran.code == 3
    assert SENTENCE.match(ran.err), ran.err
    ran = run("diff", cwd=job)
    assert ran.code == 3
    assert "--os-cloud" in ran.err


def test_options_of_openstacksdk_reach_it(job: Path) -> None:
    options = [f"--{k.lower().replace('_', '-')}={v}" for k, v in credentials(1).items()]
    ran = run("diff", *options, cwd=job)
    assert ran.code == 3
    assert "127.0.0.1:1" in ran.err


def test_a_diff_of_an_inventory_is_whole_and_plain(job: Path, live: Path) -> None:
    ran = run("diff", "--inventory", live, cwd=job)
    assert ran.code == 1, ran.err
    assert ran.err == ""
    assert "\x1b" not in ran.out
    assert "Strangers (2)" in ran.out
    assert "left-by-hand" in ran.out
    forced = run("diff", "--inventory", live, cwd=job, env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b[" in forced.out, "colour that was asked for, in the same words"
    plain = re.sub(r"\x1b\[[0-9;]*m", "", forced.out)
    assert plain == re.sub(r"\d\d:\d\d:\d\dZ", re.search(r"\d\d:\d\d:\d\dZ", plain)[0], ran.out)  # type: ignore[index]


def test_json_goes_where_it_is_told(job: Path, live: Path, tmp_path: Path) -> None:
    ran = run("diff", "-json", "--inventory", live, cwd=job)
    assert json.loads(ran.out)["document"] == "diff"
    file = tmp_path / "d.json"
    ran = run("diff", "-o", f"json={file}", "--inventory", live, cwd=job)
    assert "Strangers" in ran.out
    document = json.loads(file.read_text())
    assert document["exit_code"] == ran.code == 1
    assert stat.S_IMODE(file.stat().st_mode) & 0o111 == 0


def test_standard_input_is_a_path(job: Path, live: Path) -> None:
    ran = run("diff", "-", "--inventory", live, cwd=job.parent, stdin=(job / "terraform.tfstate").read_text())
    assert ran.code == 1, ran.err
    assert "Evidence: - (state)" in ran.out


def test_an_inventory_with_gaps_is_3(job: Path, tmp_path: Path) -> None:
    document = json.loads(inventory_file(inventory("drifted"), tmp_path / "i.json").read_text())
    document["gaps"] = [{"kind": "not listed", "subject": "network", "reason": "it answered 500"}]
    (tmp_path / "i.json").write_text(json.dumps(document))
    ran = run("diff", "--inventory", tmp_path / "i.json", cwd=job)
    assert ran.code == 3
    assert "it answered 500" in ran.out


def test_a_plan_of_an_inventory_can_be_read_and_not_applied(job: Path, live: Path, tmp_path: Path) -> None:
    file = tmp_path / "p"
    ran = run("plan", "--inventory", live, "-out", file, cwd=job)
    assert ran.code == 0, ran.err
    assert "for reading only" in ran.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ran = run("apply", file, "-auto-approve", cwd=job, env=credentials(1))
    assert ran.code == 4
    assert SENTENCE.match(ran.err), ran.err


def test_a_plan_that_was_tampered_with_is_2(job: Path, live: Path, tmp_path: Path) -> None:
    file = tmp_path / "p"
    run("plan", "--inventory", live, "-out", file, cwd=job)
    document = json.loads(file.read_text())
    document["steps"][0]["id"] = "another"
    file.write_text(json.dumps(document))
    assert run("apply", file, cwd=job, env=credentials(1)).code == 2


def test_a_limit_refuses_and_writes_no_plan(job: Path, live: Path, tmp_path: Path) -> None:
    ran = run("plan", "--max-deletions", 3, "--inventory", live, "--out", tmp_path / "p", cwd=job)
    assert ran.code == 4
    assert SENTENCE.match(ran.err), ran.err
    assert not (tmp_path / "p").exists()


def test_explain_tells_and_knows_what_it_does_not_know(job: Path, live: Path) -> None:
    ran = run("explain", "64ed1757", "--inventory", live, cwd=job)
    assert ran.code == 0, ran.err
    assert "has drifted" in ran.out
    ran = run("explain", "nobody", "--inventory", live, cwd=job)
    assert ran.code == 2
    assert SENTENCE.match(ran.err), ran.err


def test_in_sync_is_0(tmp_path: Path) -> None:
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "l", "outputs": {}, "resources": []}
    (tmp_path / "terraform.tfstate").write_text(json.dumps(state))
    live = inventory_file(made_inventory(), tmp_path / "i.json")
    ran = run("diff", "--inventory", live, cwd=tmp_path)
    assert ran.code == 0, ran.out + ran.err
    assert "In sync" in ran.out


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="locks are looked at as Linux has them")
def test_a_state_that_a_living_process_holds_is_refused(job: Path, live: Path) -> None:
    note = {"ID": "1-2-3", "Operation": "OperationTypeApply", "Who": "ann@host", "Created": "2026-11-22T12:00:00Z", "Path": "x"}
    (job / ".terraform.tfstate.lock.info").write_text(json.dumps(note))
    assert run("plan", "--inventory", live, cwd=job).code == 0
    with (job / "terraform.tfstate").open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ran = run("plan", "--inventory", live, cwd=job)
    assert ran.code == 4
    assert "ann@host" in ran.err


def test_a_reader_that_goes_away_is_no_error(job: Path, live: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "tfclean", "diff", "--inventory", str(live)],
        cwd=job,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_name_that_the_encoding_lacks_is_no_error(job: Path, live: Path) -> None:
    ran = run("diff", "--inventory", live, cwd=job, env={"PYTHONIOENCODING": "ascii"})
    assert ran.code == 1, ran.err
    assert "volume attachment" in ran.out
