"""The http backend: asked with GET alone, with Terraform's credentials, and its lock is told and never taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.storing import LOCK, Server, basic, pointer, serving, state
from tfclean.errors import InputError, NothingToGoOn
from tfclean.model import Footprint, GapKind
from tfclean.terraform.backends.fetch import Answer, Request, get
from tfclean.terraform.backends.stored import Unresolved
from tfclean.terraform.read import read


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def in_directory(path: Path, kind: str = "http", **config: Any) -> Path:
    (path / ".terraform").mkdir()
    (path / ".terraform" / "terraform.tfstate").write_text(pointer(kind, **config))
    return path


def ids(footprint: Footprint) -> list[str | None]:
    return [claim.id for claim in footprint.claims]


def test_a_state_behind_a_pointer_is_the_present_one(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    (tmp_path / "terraform.tfstate").write_bytes(state("moved-away", lineage="old"))
    found = read([in_directory(tmp_path, address=f"{server.url}/state")], environ={})
    assert {claim.id: claim.present for claim in found.claims} == {"port-1": True, "moved-away": False}
    assert (found.complete, found.gaps, found.lineages) == (True, (), {"L": 3})
    assert server.methods == {"GET"}


def test_credentials_of_the_pointer_are_stronger_than_those_of_the_environment(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    environ = {"TF_HTTP_USERNAME": "env", "TF_HTTP_PASSWORD": "of-env", "TF_HTTP_ADDRESS": f"{server.url}/other"}
    read([in_directory(tmp_path, address=f"{server.url}/state", username="ci", password=None)], environ=environ)
    assert server.asked[0][2]["Authorization"] == basic("ci", "of-env")


def test_what_the_pointer_leaves_out_comes_from_the_environment(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    server.answers["/lock"] = (404, b"")
    environ = {
        "TF_HTTP_ADDRESS": f"{server.url}/state",
        "TF_HTTP_LOCK_ADDRESS": f"{server.url}/lock",
        "TF_HTTP_USERNAME": "u",
        "TF_HTTP_PASSWORD": "p",
    }
    assert ids(read([in_directory(tmp_path, address=None, password=None)], environ=environ)) == ["port-1"]
    assert [(path, lines["Authorization"]) for _, path, lines in server.asked] == [("/state", basic("u", "p")), ("/lock", basic("u", "p"))]


def test_header_lines_of_the_backend_are_sent(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    read([in_directory(tmp_path, address=f"{server.url}/state", headers={"Private-Token": "t"})], environ={})
    assert server.asked[0][2]["Private-Token"] == "t"


@pytest.mark.parametrize("status", [200, 409, 423])
def test_a_held_lock_is_told_with_who_and_since(tmp_path: Path, server: Server, status: int) -> None:
    server.answers.update({"/state": (200, state()), "/lock?token=planted": (status, json.dumps(LOCK).encode())})
    found = read([in_directory(tmp_path, address=f"{server.url}/state", lock_address=f"{server.url}/lock?token=planted")], environ={})
    (lock,) = found.locks
    assert (lock.path, lock.id, lock.who, lock.created) == (
        f"{server.url}/lock",
        "lock-1",
        "ci@runner",
        datetime(2026, 11, 23, 0, 10, 22, tzinfo=UTC),
    )
    assert server.methods == {"GET"}


@pytest.mark.parametrize("answer", [(204, b""), (200, b"")])
def test_a_lock_that_nobody_holds_is_none(tmp_path: Path, server: Server, answer: tuple[int, bytes]) -> None:
    server.answers.update({"/state": (200, state()), "/lock": answer})
    found = read([in_directory(tmp_path, address=f"{server.url}/state", lock_address=f"{server.url}/lock")], environ={})
    assert (found.locks, found.gaps) == ((), ())


@pytest.mark.parametrize("status", [404, 405])
def test_gitlab_does_not_tell_its_lock_and_that_is_said(server: Server, status: int) -> None:
    place = "/api/v4/projects/7/terraform/state/ci"
    server.answers.update({place: (200, state()), f"{place}/lock": (status, b'{"error":"Not Allowed"}')})
    url = f"http://gitlab-ci-token:planted@127.0.0.1:{server.port}{place}"
    found = read([url], environ={})
    assert ids(found) == ["port-1"]
    assert [path for _, path, _ in server.asked] == [place, f"{place}/lock"]
    assert {lines["Authorization"] for _, _, lines in server.asked} == {basic("gitlab-ci-token", "planted")}
    (gap,) = found.gaps
    assert "whether a run holds the lock" in gap.reason
    assert f"HTTP {status}" in gap.reason
    assert "planted" not in repr(found)


@pytest.mark.parametrize("status", [409, 423])
def test_a_server_that_does_not_show_a_locked_state_is_told_with_its_holder(server: Server, status: int) -> None:
    server.answers["/state"] = (status, json.dumps(LOCK).encode())
    with pytest.raises(InputError, match=r"locked and not shown \(by ci@runner since 2026-11-23 00:10:22Z, lock id lock-1\)"):
        read([f"{server.url}/state"], environ={})


@pytest.mark.parametrize("answer", [(404, b""), (204, b""), (200, b""), (200, b" \n")])
def test_a_backend_that_holds_nothing_is_a_lost_state_and_never_nothing_exists(
    tmp_path: Path, server: Server, answer: tuple[int, bytes]
) -> None:
    server.answers["/state"] = answer
    with pytest.raises(NothingToGoOn, match="holds no state"):
        read([f"{server.url}/state"], environ={})
    (tmp_path / "a.log").write_text("openstack_networking_port_v2.a: Creation complete after 1s [id=y]\n")
    found = read([in_directory(tmp_path, address=f"{server.url}/state")], environ={})
    assert (ids(found), found.complete, [gap.kind for gap in found.gaps]) == (["y"], False, [GapKind.STATE_LOST])


def test_an_errored_state_stands_for_what_the_backend_never_got(tmp_path: Path, server: Server) -> None:
    (tmp_path / "errored.tfstate").write_bytes(state("errored", serial=4))
    directory = in_directory(tmp_path, address=f"{server.url}/state")
    found = read([directory], environ={})
    assert (ids(found), found.complete, found.gaps) == (["errored"], True, ())
    server.answers["/state"] = (200, state("older"))
    assert {claim.id: claim.present for claim in read([directory], environ={}).claims} == {"errored": True, "older": False}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, b""), "does not know us"),
        ((403, b""), "does not let us read"),
        ((418, b"planted"), "HTTP 418"),
        ((200, b"<html>planted</html>"), "neither a state nor a plan"),
        ((302, b"", {"Location": "ftp://elsewhere/state"}), "HTTP 302"),
    ],
)
def test_a_backend_that_cannot_be_read_is_an_error_if_named_and_a_gap_if_found(
    tmp_path: Path, server: Server, answer: tuple[Any, ...], words: str
) -> None:
    server.answers["/state"] = answer
    url = f"http://me:planted@127.0.0.1:{server.port}/state?private_token=planted"
    server.answers["/state?private_token=planted"] = answer
    with pytest.raises(InputError, match=words) as error:
        read([url], environ={})
    assert str(error.value).startswith(f"{server.url}/state: ")
    (tmp_path / "a.log").write_text("openstack_networking_port_v2.a: Creation complete after 1s [id=y]\n")
    found = read([in_directory(tmp_path, address=url, password="planted")], environ={})
    (gap,) = found.gaps
    assert (gap.kind, words in gap.reason, "terraform state pull" in gap.reason) == (GapKind.REMOTE, True, True)
    assert "planted" not in str(error.value) + repr(found)


def test_where_nobody_listens_is_told_without_waiting() -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(InputError, match="connection refused"):
        read([f"{url}/state"], environ={})


@pytest.mark.parametrize("address", ["no url", "ftp://h/s", "http://[planted", "http://h:planted/"])
def test_an_address_that_is_no_url_is_told(tmp_path: Path, address: str) -> None:
    with pytest.raises(NothingToGoOn, match="TF_HTTP_ADDRESS") as error:
        read([in_directory(tmp_path, address=address)], environ={})
    assert "planted" not in str(error.value)


def test_what_fails_for_the_moment_is_asked_again(server: Server) -> None:
    server.answers["/state"] = [(503, b""), (500, b""), (200, state())]
    waits: list[float] = []
    assert get(Request(f"{server.url}/state"), sleep=waits.append) == Answer(200, state())
    assert waits == [1.0, 2.0]
    server.answers["/state"] = [(503, b"")]
    assert get(Request(f"{server.url}/state"), sleep=waits.append).status == 503


def test_credentials_go_to_no_other_host(server: Server) -> None:
    with serving() as other:
        other.answers["/state"] = (200, state())
        server.answers["/state"] = (307, b"", {"Location": f"{other.url}/state"})
        server.answers["/here"] = (307, b"", {"Location": f"{server.url}/there"})
        server.answers["/there"] = (200, state())
        for path in ("/state", "/here"):
            request = Request(f"{server.url}{path}", {"Authorization": basic("u", "p"), "Private-Token": "t"})
            assert get(request).body == state()
        ((_, _, lines),) = other.asked
        assert {"Authorization", "Private-Token", "Private-token"}.isdisjoint(lines)
        assert server.asked[-1][2]["Authorization"] == basic("u", "p")


def test_where_state_and_lock_have_one_address_the_lock_is_not_asked_for(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    found = read([in_directory(tmp_path, address=f"{server.url}/state", lock_address=f"{server.url}/state")], environ={})
    assert (len(server.asked), found.locks) == (1, ())
    assert ["only to who takes it" in gap.reason for gap in found.gaps] == [True]


@pytest.mark.parametrize("body", [b"[]", b"{}", b"planted", b'{"ID": 3}', b"[" * 100_000])
def test_a_lock_that_cannot_be_read_is_said(tmp_path: Path, server: Server, body: bytes) -> None:
    server.answers.update({"/state": (200, state()), "/lock": (423, body)})
    found = read([in_directory(tmp_path, address=f"{server.url}/state", lock_address=f"{server.url}/lock")], environ={})
    assert (found.locks, len(found.gaps), found.complete) == ((), 1, True)


def test_a_lock_whose_server_does_not_answer_is_said(tmp_path: Path, server: Server) -> None:
    server.answers["/state"] = (200, state())
    with serving() as gone:
        lock = f"{gone.url}/lock"
    found = read([in_directory(tmp_path, address=f"{server.url}/state", lock_address=lock, password="planted", username="u")], environ={})
    assert ["connection refused" in gap.reason for gap in found.gaps] == [True]
    assert [claim.id for claim in found.claims] == ["port-1"]


def test_an_answer_is_taken_up_to_a_limit(server: Server) -> None:
    server.answers["/state"] = (200, b"x" * 5_000_000)
    with pytest.raises(Unresolved, match="more than 2 MiB"):
        get(Request(f"{server.url}/state"), largest=2 * 2**20)
    with pytest.raises(Unresolved, match="took more than 0 s"):
        get(Request(f"{server.url}/state"), longest=0)


def test_the_environments_credentials_are_for_its_own_host_and_its_lock_for_its_own_state(server: Server) -> None:
    server.answers.update({"/own": (200, state()), "/other": (200, state()), "/lock": (423, json.dumps(LOCK).encode())})
    environ = {"TF_HTTP_USERNAME": "env", "TF_HTTP_PASSWORD": "planted", "TF_HTTP_LOCK_ADDRESS": f"{server.url}/lock"}
    environ["TF_HTTP_ADDRESS"] = f"{server.url}/own"
    assert [lock.id for lock in read([f"{server.url}/own"], environ=environ).locks] == ["lock-1"]
    assert read([f"{server.url}/other"], environ=environ).locks == ()
    assert {lines["Authorization"] for _, _, lines in server.asked} == {basic("env", "planted")}
    named = f"http://me:mine@127.0.0.1:{server.port}/own"
    read([named], environ=environ)
    assert server.asked[-1][2]["Authorization"] == basic("me", "mine")
    with serving() as foreign:
        foreign.answers["/state"] = (200, state())
        read([f"{foreign.url}/state"], environ=environ)
        assert "Authorization" not in foreign.asked[0][2]


def test_several_backends_are_united(server: Server) -> None:
    server.answers.update({"/a": (200, state("a", lineage="A")), "/b": (200, state("b", lineage="B"))})
    assert set(ids(read([f"{server.url}/a", f"{server.url}/b"], environ={}))) == {"a", "b"}
