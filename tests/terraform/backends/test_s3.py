"""The s3 backend: Amazon's own examples of signatures, places of states and locks, and credentials from where Terraform takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.terraform.storing import LOCK, Server, pointer, serving, state
from tfclean.errors import NothingToGoOn
from tfclean.model import Footprint, GapKind
from tfclean.terraform.backends import s3
from tfclean.terraform.backends.aws import credentials
from tfclean.terraform.backends.fetch import Answer, Request
from tfclean.terraform.backends.sigv4 import Credentials, signed
from tfclean.terraform.backends.stored import NotHere
from tfclean.terraform.read import read

KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "planted", "HOME": "/nonexistent"}
EXAMPLE = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
EXAMPLE_TIME = datetime(2013, 5, 24, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def found(path: Path, server: Server, environ: Mapping[str, str] = KEYS, **config: Any) -> Footprint:
    (path / ".terraform").mkdir(exist_ok=True)
    settings = {"bucket": "states", "key": "ci/job.tfstate", "region": "RegionOne", "endpoints": {"s3": server.url}, **config}
    (path / ".terraform" / "terraform.tfstate").write_text(pointer("s3", **settings))
    return read([path], environ=environ)


def test_amazons_examples_have_amazons_signatures() -> None:
    url = "https://examplebucket.s3.amazonaws.com"
    lines = signed(f"{url}/test.txt", EXAMPLE, "us-east-1", EXAMPLE_TIME, more={"Range": "bytes=0-9"})
    assert lines["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )
    for query, signature in (
        ("lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ):
        lines = signed(f"{url}/?{query}", EXAMPLE, "us-east-1", EXAMPLE_TIME)
        assert lines["Authorization"].endswith(f"Signature={signature}")


def test_the_token_of_temporary_credentials_is_sent_and_signed() -> None:
    lines = signed("https://h/b/k", Credentials("a", "s", "t"), "r", EXAMPLE_TIME)
    assert lines["x-amz-security-token"] == "t"
    assert "x-amz-security-token" in lines["Authorization"]


@pytest.mark.parametrize(
    ("workspace", "config", "path"),
    [
        ("", {}, "/states/ci/job.tfstate"),
        ("dev", {}, "/states/env%3A/dev/ci/job.tfstate"),
        ("dev", {"workspace_key_prefix": "spaces/of"}, "/states/spaces/of/dev/ci/job.tfstate"),
        ("", {"key": "a b+c.tfstate", "use_path_style": True}, "/states/a%20b%2Bc.tfstate"),
    ],
)
def test_a_state_is_where_its_workspace_puts_it(tmp_path: Path, server: Server, workspace: str, config: dict[str, Any], path: str) -> None:
    server.answers[path] = (200, state())
    footprint = found(tmp_path, server, {**KEYS, "TF_WORKSPACE": workspace}, **config)
    assert [(claim.id, claim.present) for claim in footprint.claims] == [("port-1", True)]
    assert server.methods == {"GET"}
    assert footprint.gaps == ()
    assert server.asked[0][2]["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AK/")
    assert "/RegionOne/s3/aws4_request" in server.asked[0][2]["Authorization"]


def test_a_lock_object_is_told_with_who_and_since(tmp_path: Path, server: Server) -> None:
    server.answers.update({"/states/ci/job.tfstate": (200, state()), "/states/ci/job.tfstate.tflock": (200, json.dumps(LOCK).encode())})
    (lock,) = found(tmp_path, server, use_lockfile=True).locks
    assert (lock.path, lock.who, lock.created) == (
        "s3://states/ci/job.tfstate.tflock",
        "ci@runner",
        datetime(2026, 11, 23, 0, 10, 22, tzinfo=UTC),
    )


def test_a_lock_that_cannot_be_asked_for_is_said(tmp_path: Path, server: Server) -> None:
    server.answers.update({"/states/ci/job.tfstate": (200, state()), "/states/ci/job.tfstate.tflock": (403, b"")})
    assert found(tmp_path, server).gaps == ()
    assert ["HTTP 403" in gap.reason for gap in found(tmp_path, server, use_lockfile=True).gaps] == [True]
    assert ["DynamoDB" in gap.reason for gap in found(tmp_path, server, dynamodb_table="t").gaps] == [True]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((404, b"<Error><Code>NoSuchKey</Code></Error>"), GapKind.STATE_LOST, "holds no state"),
        ((404, b"<Error><Code>NoSuchBucket</Code></Error>"), GapKind.REMOTE, "no such bucket"),
        ((403, b"<Error><AWSAccessKeyId>planted</AWSAccessKeyId></Error>"), GapKind.REMOTE, "does not let us read"),
        ((301, b"", {"Location": "http://127.0.0.1:1/"}), GapKind.REMOTE, "AWS_REGION"),
        ((418, b""), GapKind.REMOTE, "HTTP 418"),
    ],
)
def test_what_a_bucket_refuses_is_a_gap(tmp_path: Path, server: Server, answer: tuple[Any, ...], kind: GapKind, words: str) -> None:
    server.answers["/states/ci/job.tfstate"] = answer
    (tmp_path / "a.log").write_text("openstack_networking_port_v2.a: Creation complete after 1s [id=y]\n")
    footprint = found(tmp_path, server)
    (gap,) = footprint.gaps
    assert (gap.kind, words in gap.reason, footprint.complete) == (kind, True, False)
    assert "planted" not in repr(footprint)


def asked(config: dict[str, Any], environ: Mapping[str, str]) -> Request:
    seen: list[Request] = []

    def fetch(request: Request) -> Answer:
        seen.append(request)
        return Answer(404, b"")

    s3.stored({"bucket": "b", "key": "k", **config}, "default", {**KEYS, **environ}, fetch)
    return seen[0]


@pytest.mark.parametrize(
    ("config", "environ", "url"),
    [
        ({}, {"AWS_REGION": "eu-west-1"}, "https://b.s3.eu-west-1.amazonaws.com/k"),
        ({}, {}, "https://b.s3.us-east-1.amazonaws.com/k"),
        ({"endpoint": "ceph.example", "force_path_style": True}, {}, "https://ceph.example/b/k"),
        ({"endpoints": [{"s3": "https://ceph.example/gate/"}], "use_path_style": True}, {}, "https://ceph.example/gate/b/k"),
        ({}, {"AWS_ENDPOINT_URL_S3": "https://ceph.example:8443"}, "https://b.ceph.example:8443/k"),
        ({"bucket": "a.b"}, {"AWS_ENDPOINT_URL": "https://ceph.example"}, "https://ceph.example/a.b/k"),
        ({"endpoint": "http://localhost:9000"}, {}, "http://localhost:9000/b/k"),
    ],
)
def test_an_endpoint_and_its_style_of_address(config: dict[str, Any], environ: dict[str, str], url: str) -> None:
    assert asked(config, environ).url == url


def test_certificates_are_checked_unless_the_backend_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    assert asked({}, {}).verify
    assert not asked({"insecure": True}, {}).verify
    assert asked({"custom_ca_bundle": str(tmp_path / "ca.pem")}, {}).ca == "PEM"


def test_credentials_come_from_where_terraform_takes_them(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = D\naws_secret_access_key = s\n[ci]\naws_access_key_id = C\naws_secret_access_key = %s%\n"
    )
    (tmp_path / ".aws" / "config").write_text("[profile only]\naws_access_key_id = O\naws_secret_access_key = s\nregion = here\n")
    home = {"HOME": str(tmp_path)}
    env = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    assert credentials({"access_key": "S", "secret_key": "s"}, {**home, **env}).access_key == "S"
    assert credentials({}, {**home, **env}) == Credentials("E", "s", "t")
    assert credentials({"profile": "ci"}, {**home, **env}) == Credentials("C", "%s%")
    assert credentials({}, home).access_key == "D"
    assert credentials({}, {**home, "AWS_PROFILE": "only"}).access_key == "O"
    other = tmp_path / "other"
    other.write_text("[default]\naws_access_key_id = F\naws_secret_access_key = s\n")
    assert credentials({}, {**home, "AWS_SHARED_CREDENTIALS_FILE": str(other)}).access_key == "F"
    assert credentials({"shared_credentials_files": [str(other)]}, home).access_key == "F"
    with pytest.raises(NotHere):
        credentials({"profile": "none"}, {**home, **env})
    other.write_bytes(b"\xff[")
    with pytest.raises(NotHere):
        credentials({}, {"HOME": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": str(other)})


@pytest.mark.parametrize("config", [{"assume_role": {"role_arn": "a"}}, {"sse_customer_key": "planted"}, {}])
def test_what_only_terraform_can_follow_is_left_to_it(tmp_path: Path, server: Server, config: dict[str, Any]) -> None:
    environ = {"HOME": "/nonexistent", "PATH": str(tmp_path / "none")}
    with pytest.raises(NothingToGoOn, match="neither terraform nor tofu is on the PATH") as error:
        found(tmp_path, server, environ if not config else {**KEYS, **environ}, **config)
    assert "planted" not in str(error.value)
    assert server.asked == []
