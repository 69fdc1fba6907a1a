"""Backend pointers tell where the state is, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tfclean.model import GapKind
from tfclean.terraform import pointer

FIXTURES = Path(__file__).parents[2] / "fixtures"


def told(kind: str, **config: object) -> pointer.Pointer:
    found = pointer.read(json.dumps({"version": 3, "backend": {"type": kind, "config": config, "hash": 1}}).encode(), "p")
    assert found is not None
    return found


@pytest.mark.parametrize("folder", ["errored", "http-killed"])
def test_a_recorded_pointer_gives_the_address_without_its_password(folder: str) -> None:
    path = FIXTURES / folder / ".terraform" / "terraform.tfstate"
    found = pointer.read(path.read_bytes(), "p")
    assert found is not None
    (gap,) = found.unresolved().gaps
    assert (gap.kind, found.where) == (GapKind.REMOTE, "http://127.0.0.1:18080/state")
    assert "an http backend at http://127.0.0.1:18080/state: give it with `terraform state pull > FILE`" in gap.reason
    assert "planted" not in repr(found)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("http", {"address": "https://me:planted@host/state?token=planted#planted", "password": "planted"}),
        ("http", {"address": "planted"}),
        ("http", {"address": "http://[planted"}),
        ("pg", {"conn_str": "postgres://me:planted@host/db", "schema_name": "s"}),
        ("s3", {"bucket": "b", "key": "k", "secret_key": "planted"}),
        ("consul", {"path": "p", "access_token": "planted"}),
        ("remote", {"hostname": "h", "organization": "o", "token": "planted"}),
        ("something", {"address": "planted"}),
    ],
)
def test_no_backend_shows_a_secret(kind: str, config: dict[str, object]) -> None:
    found = told(kind, **config)
    assert "planted" not in repr(found) + found.unresolved("no").gaps[0].reason


def test_a_local_backend_is_a_path_and_no_gap() -> None:
    found = told("local", path="elsewhere.tfstate", workspace_dir="ws")
    assert (found.local, found.where, found.workspaces) == (True, "elsewhere.tfstate", "ws")


def test_anything_else_is_no_pointer() -> None:
    for data in (b"", b"[]", b'{"version": 3}', b'{"backend": 3}', b"\xff", b'{"backend": {"type": 1}}'):
        assert pointer.read(data, "p") is None
