"""``tfclean sweep``: the janitor at the command line, in place of Kubespray's script."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.making import run
from tests.report.test_machine import check
from tests.simulator.making import Somebody
from tfclean.cli import arguments, main
from tfclean.simulator import Pace, RealClock, VirtualClock, World
from tfclean.simulator.wire import Wire, serving

PACE = Pace(server_build=0.1, server_delete=0.1)


class Place:
    """A project with an old job and a young one, behind one router, served as a cloud."""

    def __init__(self) -> None:
        world = World(VirtualClock(time.time() - 9 * 3600), pace=PACE)
        self.me = Somebody(world)
        self.router = self.me.router()
        self.old = self._job("old", "10.1.0.0/24")
        world.advance(8 * 3600)
        self.young = self._job("young", "10.2.0.0/24")
        world.settle()
        world.clock = world.store.clock = RealClock()
        self.world, self.wire = world, Wire(world)

    def _job(self, name: str, cidr: str) -> dict[str, str]:
        net, subnet = self.me.network(f"{name}-net", cidr)
        self.me.send("network", "PUT", f"/routers/{self.router}/add_router_interface", {"subnet_id": subnet})
        port = self.me.port(net, name=f"{name}-port", security_groups=[group := self.me.group(f"{name}-group")])
        server = self.me.server({"port": port}, name=f"{name}-\x1b[31mserver")
        return {"network": net, "subnet": subnet, "security_group": group, "port": port, "server": server}

    def left(self, job: dict[str, str]) -> set[str]:
        return {kind for kind, id_ in job.items() if id_ in self.world.tables[kind]}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    made = Place()
    with serving(made.wire):
        for name, value in {**made.wire.environment(), "OS_CLIENT_CONFIG_FILE": "/nonexistent"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield made


def test_the_line_that_replaces_kubesprays_script(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--hours", "4", "--dry-run", "-o", "console", "-o", f"json={tmp_path / 'sweep.json'}"]) == 0
    said = capsys.readouterr()
    assert "Would delete 1 of 4 groups" in said.out
    assert "\x1b" not in said.out
    assert max(map(len, said.out.splitlines())) <= 80
    assert place.left(place.old) == set(place.old)
    document = json.loads((tmp_path / "sweep.json").read_text())
    check("sweep", document)
    check("plan", document["plan"])
    assert document["summary"]["going"] == 1
    assert main(["sweep", "--hours", "4", "--auto-approve", "--json"]) == 0
    said = capsys.readouterr()
    check("result", json.loads(said.out))
    assert "Would delete 1 of 4 groups" in said.err
    assert place.left(place.old) == set()
    assert place.left(place.young) == set(place.young)
    assert place.router in place.world.tables["router"]


def test_a_plan_of_a_sweep_is_carried_out_by_apply(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--out", "p"]) == 0
    assert "tfclean apply p" in capsys.readouterr().err
    assert place.left(place.old) == set(place.old)
    assert main(["apply", "p", "--auto-approve"]) == 0
    assert place.left(place.old) == set()
    assert place.left(place.young) == set(place.young)


def test_without_a_terminal_a_yes_has_to_be_given_beforehand(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep"]) == 4
    assert "--auto-approve" in capsys.readouterr().err
    assert place.left(place.old) == set(place.old)


def test_second_looks_are_noted_in_the_directory_of_journals(place: Place, tmp_path: Path) -> None:
    place.me.make("compute", "/os-server-groups", "server_group", name="g", policy="soft-affinity")
    assert main(["sweep", "--two-looks", "--dry-run", "-o", f"json={tmp_path / 'a.json'}"]) == 0
    noted = json.loads((tmp_path / ".tfclean" / "sightings.json").read_text())
    assert [row["kind"] for row in noted["seen"]] == ["compute.server_group"]


def test_what_is_asked_to_be_kept_keeps_its_group_and_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--keep", "old-net", "--auto-approve"]) == 0
    assert "asked to keep old-net" in " ".join(capsys.readouterr().out.split())
    assert place.left(place.old) == set(place.old)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--older-than", "4"], "is no age"),
        (["--older-than", "0h"], "too little"),
        (["--hours", "x"], "no number of hours"),
        (["--hours", "0"], "too little"),
        (["--hours", "4", "--older-than", "4h"], "give one of them"),
        (["--max-share", "2"], "no share"),
        (["--max-share", "101%"], "no share"),
        (["--name", "("], "no regular expression"),
        (["--older", "4h"], "--older-than"),
        (["path"], "does not know"),
        (["--out", "/nonexistent/p"], "no directory"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_exit_code_2(given: list[str], words: str) -> None:
    ran = run("sweep", *given)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_less_than_an_hour_is_refused_before_any_cloud_is_asked() -> None:
    ran = run("sweep", "--older-than", "59m", "--auto-approve")
    assert ran.code == 4
    assert "--force" in ran.err


@pytest.mark.parametrize(("text", "seconds"), [("40m", 2400), ("4h", 14400), ("2d", 172800), ("1h30m", 5400), ("90s", 90), ("1.5h", 5400)])
def test_ages_have_a_unit(text: str, seconds: float) -> None:
    assert arguments.age(text) == seconds


@pytest.mark.parametrize(("text", "part"), [("0", 0), ("0.5", 0.5), ("50%", 0.5), ("100%", 1), ("1", 1)])
def test_shares_are_of_one_or_of_a_hundred(text: str, part: float) -> None:
    assert arguments.share(text) == part


def test_a_share_that_is_exceeded_is_refused(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--max-share", "10%", "--auto-approve"]) == 4
    assert "raise --max-share" in capsys.readouterr().err
    assert place.left(place.old) == set(place.old)
