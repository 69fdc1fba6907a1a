"""`--protect`: the states of others, in whatever form and place; one that cannot be read stops everything."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import tfclean
from tests.recorded import FIXTURES, document, inventory
from tests.terraform.storing import pointer, serving
from tfclean.cli import main
from tfclean.cloud.document import dump
from tfclean.model import Verdict

JOB = FIXTURES / "applied"
PASSPHRASE = "correct-horse-battery-staple"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    shutil.copy(JOB / "terraform.tfstate", work)
    (tmp_path / "live.json").write_text(json.dumps(dump(inventory("applied"))))
    return work


def part(*types: str) -> bytes:
    """Give a state of another job that manages some of the same objects."""
    own = document("applied", "terraform.tfstate")
    mine = [r for r in own["resources"] if r["type"] in types and r["mode"] == "managed"]
    assert mine
    return json.dumps({**own, "lineage": "-".join(types), "resources": mine}).encode()


def protected(work: Path, *protect: str) -> set[str]:
    """Give the kinds of all objects of which another state's claim is why they are protected."""
    judgement = tfclean.diff([work], inventory=work.parent / "live.json", protect=protect)
    return {f.kind for f in judgement.findings.values() if f.verdict is Verdict.PROTECTED and "manages it as" in f.keep}


def test_states_of_others_protect_from_a_file_a_directory_a_backend_and_behind_encryption(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, directory, behind = work.parent / "file.tfstate", work.parent / "directory", work.parent / "behind"
    file.write_bytes(part("openstack_compute_keypair_v2"))
    for path in (directory, behind / ".terraform"):
        path.mkdir(parents=True)
    (directory / "terraform.tfstate").write_bytes(part("openstack_compute_servergroup_v2"))
    with serving() as server:
        server.answers["/a"] = (200, part("openstack_networking_network_v2"))
        server.answers["/b"] = (200, part("openstack_blockstorage_volume_v3"))
        (behind / ".terraform" / "terraform.tfstate").write_text(pointer("http", address=f"{server.url}/b"))
        kinds = protected(work, str(file), str(directory), f"http://me:planted@127.0.0.1:{server.port}/a", str(behind))
    assert kinds == {"compute.keypair", "compute.server_group", "network.network", "block_storage.volume"}
    monkeypatch.setenv(
        "TF_ENCRYPTION",
        f'key_provider "pbkdf2" "lab" {{\npassphrase = "{PASSPHRASE}"\n}}\nmethod "aes_gcm" "m" {{\nkeys = key_provider.pbkdf2.lab\n}}\n',
    )
    live = work.parent / "encrypted.json"
    live.write_text(json.dumps(dump(inventory("tofu-encrypted"))))
    encrypted = FIXTURES / "tofu-encrypted" / "terraform.tfstate"
    judgement = tfclean.diff([work], inventory=live, protect=[str(encrypted)])
    assert {f.kind for f in judgement.findings.values() if str(encrypted) in f.keep} >= {
        "compute.server",
        "network.network",
        "network.port",
    }


def broken(path: Path, how: str) -> None:
    if how == "lost":
        (path / "terraform.tfstate").write_bytes(b"")
    elif how == "cut off":
        (path / "terraform.tfstate").write_bytes(part("openstack_compute_keypair_v2")[:-400])
    elif how == "encrypted":
        shutil.copy(FIXTURES / "tofu-encrypted" / "terraform.tfstate", path)
    else:
        (path / ".terraform").mkdir()
        with serving() as gone:
            address = f"{gone.url}/state"
        (path / ".terraform" / "terraform.tfstate").write_text(pointer("http", address=address, password="planted"))


@pytest.mark.parametrize("with_log", [False, True])
@pytest.mark.parametrize("how", ["lost", "cut off", "encrypted", "elsewhere"])
def test_a_state_of_another_job_that_cannot_be_read_whole_stops_everything(
    work: Path, capsys: pytest.CaptureFixture[str], how: str, with_log: bool
) -> None:
    other = work.parent / "other"
    other.mkdir()
    broken(other, how)
    if with_log:
        (other / "a.log").write_text("openstack_compute_keypair_v2.a: Creation complete after 1s [id=y]\n")
    arguments: list[Any] = ["plan", work, "--inventory", work.parent / "live.json", "--protect", other]
    assert main(list(map(str, arguments))) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"--protect {other}" in captured.err
    assert "planted" not in captured.err


def test_a_log_alone_protects_what_it_names(work: Path) -> None:
    keypair = next(r for r in document("applied", "terraform.tfstate")["resources"] if r["type"] == "openstack_compute_servergroup_v2")
    id_ = keypair["instances"][0]["attributes"]["id"]
    log = work.parent / "other.log"
    log.write_text(f"openstack_compute_servergroup_v2.a: Creation complete after 1s [id={id_}]\n")
    assert protected(work, str(log)) == {"compute.server_group"}


def test_a_backend_whose_lock_is_held_refuses_a_plan_until_that_is_waived(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    held = json.dumps({"ID": "lock-1", "Who": "ci@runner", "Operation": "OperationTypeApply", "Created": "2026-11-23T00:10:22Z"}).encode()
    with serving() as server:
        server.answers.update({"/terraform/state/x": (200, (work / "terraform.tfstate").read_bytes())})
        server.answers["/terraform/state/x/lock"] = (423, held)
        arguments = ["plan", f"{server.url}/terraform/state/x", "--inventory", str(work.parent / "live.json")]
        assert main(arguments) == 4
        told = capsys.readouterr().err
        for word in ("ci@runner", "OperationTypeApply", "2026-11-23 00:10:22Z", "lock-1", "--ignore-lock"):
            assert word in told
        assert main([*arguments, "--ignore-lock"]) == 0
        capsys.readouterr()
        main(["diff", *arguments[1:]])
        told = " ".join(capsys.readouterr().out.split())
        held_by = f"{server.url}/terraform/state/x/lock is locked by ci@runner since 2026-11-23 00:10:22Z; if that run is dead:"
        assert f"{held_by} terraform force-unlock lock-1" in told
        assert server.methods == {"GET"}
