"""A marker in every place where a secret can stand, looked for in everything that tfclean says or writes, in one whole life of a job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.planting import Leaky, Planter, job, secrets_of_types, state
from tests.terraform.storing import LOCK, Server
from tests.terraform.storing import serving as storing
from tfclean.cli import main
from tfclean.kinds import terraform_types
from tfclean.report.registry import FORMATS
from tfclean.simulator import Caller, Pace, RealClock, World
from tfclean.simulator.wire import Wire, serving

FILES = [name for name in FORMATS if name != "console"]
"""Formats of documents; events are asked for where there are some."""

PACE = Pace(server_build=0.0, server_delete=0.2)


class Life:
    """A job in a cloud, and all that was said of it."""

    def __init__(self, place: Path, server: Server, monkeypatch: pytest.MonkeyPatch, wire: Wire, plant: Planter) -> None:
        self.plant, self.place, self.server, self.wire = plant, place, server, wire
        for name, value in {
            **wire.environment(),
            "OS_CLIENT_CONFIG_FILE": "/nonexistent",
            "TF_VAR_api_token": plant("TF_VAR"),
            "TF_HTTP_PASSWORD": plant("TF_HTTP_PASSWORD"),
            "TF_ENCRYPTION": f'key_provider "pbkdf2" "x" {{\n passphrase = "{plant("TF_ENCRYPTION")}"\n}}\n',
            "AWS_SECRET_ACCESS_KEY": plant("AWS"),
        }.items():
            monkeypatch.setenv(name, value)
        self.ids = self._make()
        self.work = job(place / "work", self.ids, f"{server.url}/state", plant)
        stored = json.dumps(state(self.ids, plant)).encode()
        # whatever is asked with whatever token
        server.answers = Everything(stored)
        monkeypatch.chdir(self.work)

    def _make(self) -> dict[str, dict[str, Any]]:
        caller = Caller(self.wire.world)
        network = caller.make("network", "/networks", "network", name="net-800001")
        group = caller.make("network", "/security-groups", "security_group", name="group-800001")
        keypair = caller.make("compute", "/os-keypairs", "keypair", name="key-800001")
        return {
            "openstack_networking_network_v2": {"id": network["id"], "name": "drifted"},
            "openstack_networking_secgroup_v2": {"id": group["id"], "name": "group-800001"},
            "openstack_compute_keypair_v2": {"id": "key-800001", "name": "key-800001", "public_key": keypair["public_key"]},
        }


class Everything(dict[str, Any]):
    """Answers by the beginning of a path."""

    def __init__(self, stored: bytes) -> None:
        super().__init__()
        self.stored, self.held = stored, False

    def get(self, path: str, default: Any = None) -> Any:  # type: ignore[override]
        if path.startswith("/state/lock"):
            return (423, json.dumps(LOCK).encode()) if self.held else (404, b"")
        return (200, self.stored) if path.startswith("/state") else default


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    plant = Planter()
    world = World(RealClock(), pace=PACE)
    leaky = Leaky(world, plant)
    wire = Wire(world, answering=leaky, password=plant("OS_PASSWORD"))
    with serving(wire), storing() as server:
        yield Life(tmp_path, server, monkeypatch, wire, plant)
        assert leaky.shown


def written(place: Path, traces: Path) -> str:
    """Give all that was written anywhere but in the job's own traces."""
    own = {traces / name for name in ("plan.json", "shown.json", "apply.log", "main.tf", "terraform.tfvars", "terraform.tfstate.backup")}
    own.add(traces / ".terraform" / "terraform.tfstate")
    return "".join(path.read_text() for path in place.rglob("*") if path.is_file() and path not in own)


def test_no_secret_shows_in_anything_that_is_said_or_written(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []

    def say(code: int | None, *arguments: str) -> str:
        got = main([*arguments, "--no-color"])
        captured = capsys.readouterr()
        said.append(captured.out + captured.err)
        assert code is None or got == code, (arguments, got, captured.err)
        return captured.out

    files = life.place / "out"
    files.mkdir()

    def every(name: str, *formats: str) -> list[str]:
        """Ask for a document on the console and, as files, in all formats, or in these."""
        return ["-v", "-o", "console", *(a for f in formats or FILES for a in ("-o", f"{f}={files / name}.{f}"))]

    secret = f"--var=password={life.plant('--var')}"
    group = life.ids["openstack_networking_secgroup_v2"]["id"]
    assert "Evidence" in say(1, "diff", secret, *every("diff"))
    say(0, "plan", secret, "--out", str(files / "a.plan"), *every("plan"))
    for subject in (group, "key-800001", "openstack_compute_instance_v2.other", "openstack_compute_keypair_v2.live"):
        assert say(0, "explain", subject, *every(f"explanation-{subject}", *(f for f in FILES if f != "junit")))
        say(0, "explain", subject, "--json")
    say(0, "inventory", *every("inventory", *(f for f in FILES if f != "junit")))
    say(None, "diff", "--inventory", str(files / "inventory.json"), "--baseline", str(files / "inventory.json"), "-v")
    for drawing in ("dot", "mermaid", "svg"):
        assert group[:8] in say(0, "graph", secret, "-v", "--only", "all", "--format", drawing)
    say(None, "doctor", secret, "-v", "-o", "console", "-o", f"json={files / 'doctor.json'}")
    say(None, "adopt", "--all", secret, "--out", str(files / "adopted.tf"))
    life.server.answers.held = True  # type: ignore[attr-defined]
    say(4, "destroy", "--auto-approve")
    life.server.answers.held = False  # type: ignore[attr-defined]
    looks = ["--two-looks", str(files / "seen.json"), "--older-than", "1s", "--force"]
    say(0, "sweep", "--dry-run", *looks, "--out", str(files / "sweep.plan"), *every("sweep", "json", "junit", "markdown", "html"))
    say(0, "sweep", "-v", "--protect", str(life.work))
    say(0, "destroy", "--auto-approve", "--journal", str(files / "journal"), *every("result"))
    say(0, "journal", str(files / "journal"), *every("events", *(f for f in FILES if f != "junit")))
    say(None, "resume", str(files / "journal"), "--auto-approve", "-v")
    say(None, "apply", str(files / "a.plan"), "--auto-approve", "-v")
    traces = "".join(path.read_text() for path in life.work.rglob("*") if path.is_file())
    assert len(life.plant.found(traces)) > 100
    text = "".join(said) + written(life.place, life.work)
    assert life.plant.found(text) == []
    assert not [token for token in life.wire.directory.tokens if token in text]
    assert group in text
    gone = {change.id for change in life.wire.world.audit if change.action == "deleted"}
    assert {group, life.ids["openstack_networking_network_v2"]["id"]} <= gone


def test_no_secret_shows_in_any_error(life: Life, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    work, plant = life.work, life.plant
    url = life.server.url.replace("://", f"://me:{plant('url')}@") + f"/none?private_token={plant('url-query')}"
    broken = life.place / "broken"
    broken.mkdir()
    stored = life.server.answers.stored  # type: ignore[attr-defined]
    (broken / "cut.tfstate").write_bytes(stored[: len(stored) // 2])
    (broken / "odd.json").write_bytes(b'{"resources": ' + stored + b"}")
    (broken / "plan.json").write_bytes((work / "plan.json").read_bytes()[:-20])
    (broken / "bad.tfvars").write_text(f'password = "{plant("bad-tfvars")}" oops = = "{plant("bad-tfvars-2")}"\n')
    elsewhere = broken / "job" / ".terraform"
    elsewhere.mkdir(parents=True)
    config = {"conn_str": f"postgres://u:{plant('conn-str')}@h/db", "bucket": "b", "secret_key": plant("s3")}
    said: list[str] = []

    def fail(*arguments: str) -> None:
        assert main([*arguments, "-v", "--no-color"]) != 0, arguments
        captured = capsys.readouterr()
        said.append(captured.out + captured.err)
        assert captured.err or captured.out

    fail("diff", url)
    fail("diff", str(work), "--protect", url)
    for name in ("cut.tfstate", "odd.json", "plan.json"):
        fail("diff", str(broken / name))
    fail("diff", str(work), "--var-file", str(broken / "bad.tfvars"))
    fail("diff", str(work), "--var", plant("no-equals"))
    fail("diff", str(work), "--inventory", str(work / "plan.json"))
    fail("diff", str(work), "--baseline", str(work / "shown.json"))
    fail("apply", str(work / "plan.json"), "--auto-approve")
    fail("journal", str(work / "plan.json"))
    fail("resume", str(work / "shown.json"), "--auto-approve")
    monkeypatch.setenv("PATH", "/nonexistent")
    for kind in ("pg", "s3", "consul", "http", "gcs"):
        (elsewhere / "terraform.tfstate").write_text(json.dumps({"version": 3, "backend": {"type": kind, "config": config, "hash": 1}}))
        fail("diff", str(elsewhere.parent))
    monkeypatch.setenv("OS_PASSWORD", plant("wrong-password"))
    fail("diff", str(work))
    monkeypatch.setenv("OS_AUTH_URL", "http://127.0.0.1:1/v3")
    fail("inventory")
    assert plant.found("".join(said)) == []


def test_the_types_that_have_secrets_are_all_planted() -> None:
    known = {name for name, told in terraform_types.types().items() if told.secret}
    assert len(known) > 15
    assert known <= secrets_of_types(Planter()).keys()


def test_a_marker_that_shows_is_found() -> None:
    plant = Planter()
    one, two = plant("a"), plant("b/c")
    assert plant.found(f"x{one}x") == [one]
    assert plant.found("none") == []
    assert plant.found("zqx1-b%2Fc-") == [two]
