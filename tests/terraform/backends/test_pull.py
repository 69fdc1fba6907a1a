"""`state pull`: run as it is where the user's own program is there; whatever it does, one sentence and no secret."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.terraform.storing import pointer, state
from tfclean.errors import NothingToGoOn
from tfclean.terraform import pointer as pointers
from tfclean.terraform.backends import pull
from tfclean.terraform.backends.stored import Unresolved
from tfclean.terraform.read import read


def program(where: Path, body: str, name: str = "terraform") -> dict[str, str]:
    where.mkdir(exist_ok=True)
    (where / name).write_text(f"#!/bin/sh\n{body}\n")
    (where / name).chmod(0o755)
    return {"PATH": f"{where}{os.pathsep}/usr/bin{os.pathsep}/bin"}


def directory(path: Path, kind: str = "pg", **config: object) -> Path:
    (path / "job" / ".terraform").mkdir(parents=True)
    (path / "job" / ".terraform" / "terraform.tfstate").write_text(pointer(kind, **config))
    return path / "job"


def told(kind: str = "pg", **config: object) -> pointers.Pointer:
    found = pointers.read(pointer(kind, **config).encode(), "p")
    assert found is not None
    return found


def test_the_state_of_any_other_backend_is_what_state_pull_prints(tmp_path: Path) -> None:
    job = directory(tmp_path, conn_str="postgres://me:planted@db/states")
    note = tmp_path / "note"
    (tmp_path / "state").write_bytes(state())
    environ = program(tmp_path / "bin", f'echo "$@ $PWD $SECRET" > {note}; cat {tmp_path / "state"}')
    before = sorted(path for path in job.rglob("*"))
    found = read([job], environ={**environ, "SECRET": "of-the-environment"})
    assert ([claim.id for claim in found.claims], found.complete) == (["port-1"], True)
    assert note.read_text() == f"state pull {job} of-the-environment\n"
    assert sorted(path for path in job.rglob("*")) == before
    assert "planted" not in repr(found)


def test_tofu_is_asked_where_tofu_ran(tmp_path: Path) -> None:
    job = directory(tmp_path)
    environ = program(tmp_path / "bin", "exit 9")
    program(tmp_path / "bin", f"cat {tmp_path / 'state'}", "tofu")
    (tmp_path / "state").write_bytes(state())
    (job / ".terraform.lock.hcl").write_text('provider "registry.opentofu.org/terraform-provider-openstack/openstack" {}\n')
    assert [claim.id for claim in read([job], environ=environ).claims] == ["port-1"]


def test_a_program_that_lies_in_the_directory_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = directory(tmp_path)
    program(job, f"touch {tmp_path / 'ran'}")
    monkeypatch.chdir(job)
    with pytest.raises(Unresolved, match="neither terraform nor tofu is on the PATH"):
        pull.stored(told(), job, {"PATH": "."})
    assert not (tmp_path / "ran").exists()


def test_without_a_program_the_sentence_says_what_to_do_once(tmp_path: Path) -> None:
    with pytest.raises(NothingToGoOn) as error:
        read([directory(tmp_path, kind="gcs", bucket="b")], environ={"PATH": str(tmp_path)})
    assert "a gcs backend at b: neither terraform nor tofu" in str(error.value)
    assert str(error.value).count("terraform state pull > FILE") == 1


def test_what_a_program_complains_of_is_one_sentence_without_secrets(tmp_path: Path) -> None:
    words = (
        "╷\n│ \\033[31mError: \\033[0mError loading the backend\n│\n│ dial postgres://me:planted-1@db/states: token=planted-2 no,\n"
        "│ planted-3 refused.\n╵\n"
    )
    environ = program(tmp_path / "bin", f"printf '{words}' >&2; exit 1")
    with pytest.raises(Unresolved) as error:
        pull.stored(told(conn_str="planted-3", nested=[{"more": "planted-4"}]), tmp_path, environ)
    assert str(error.value) == (
        "`terraform state pull` failed: Error loading the backend dial postgres://***@db/states: token=*** no, *** refused"
    )


def test_a_program_that_says_nothing_or_too_much_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unresolved, match="failed: it does not say why"):
        pull.stored(told(), tmp_path, program(tmp_path / "bin", "exit 1"))
    with pytest.raises(Unresolved, match=r"x{250,300}\.\.\.$"):
        pull.stored(told(), tmp_path, program(tmp_path / "bin", f"echo {'x' * 1000} >&2; exit 1"))
    with pytest.raises(Unresolved, match="printed more than 1 MiB"):
        pull.stored(told(), tmp_path, program(tmp_path / "bin", "yes"), largest=2**20)


def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    environ = program(tmp_path / "bin", f"sleep 600 & echo $! > {note}; wait")
    with pytest.raises(Unresolved, match="did not end within 1 s"):
        pull.stored(told(), tmp_path, environ, timeout=1)
    child = Path("/proc") / note.read_text().strip()
    for _ in range(100):
        if not child.exists() or "Z" in (child / "stat").read_text().split()[2]:
            break
        time.sleep(0.05)
    else:
        pytest.fail("what it started goes on")


def test_what_is_left_running_does_not_hold_us_up(tmp_path: Path) -> None:
    environ = program(tmp_path / "bin", "sleep 600 & exit 0")
    with pytest.raises(Unresolved, match="did not end within 1 s"):
        pull.stored(told(), tmp_path, environ, timeout=1)


def test_nothing_printed_is_a_lost_state(tmp_path: Path) -> None:
    with pytest.raises(NothingToGoOn, match="holds no state"):
        read([directory(tmp_path)], environ=program(tmp_path / "bin", "true"))
