"""Logging in: which microversions, which services, and one clear sentence when it does not work."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tests.cloud.small_cloud import CATALOG, PASSWORD, PROJECT, USER, small_cloud
from tfclean.cloud import connect
from tfclean.errors import CloudError, CredentialsError, Unreachable
from tfclean.model import GapKind


def test_microversions_are_the_newest_that_both_sides_know() -> None:
    with small_cloud(volume_version="3.59") as small:
        cloud = small.connect()
        assert cloud.services["compute"].microversion == "2.96"
        assert cloud.services["block-storage"].microversion == "3.59"
        cloud.inventory()
        sent = {r.headers.get("OpenStack-API-Version") for r in small.asked("/volumes/detail") + small.asked("/servers/detail")}
        assert sent == {"volume 3.59", "compute 2.96"}


def test_the_cloud_says_who_we_are() -> None:
    with small_cloud() as small:
        cloud = small.connect()
        assert (cloud.project, cloud.user, cloud.region) == (PROJECT, USER, "RegionOne")
        assert cloud.name == f"{small.url}/v3"


def test_a_cloud_of_clouds_yaml_is_called_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_cloud() as small:
        file = tmp_path / "clouds.yaml"
        file.write_text(
            f"clouds: {{here: {{region_name: RegionOne, auth: {{auth_url: '{small.url}/v3', username: u, password: p,"
            " project_name: p, user_domain_name: Default, project_domain_name: Default}}}"
        )
        monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
        assert connect(cloud="here").name == "here"
        assert connect(options=argparse.Namespace(os_cloud="here")).name == "here"
        with pytest.raises(CredentialsError, match="nowhere"):
            connect(cloud="nowhere")


def test_no_configuration_at_all_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_CLIENT_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CredentialsError, match="OS_"):
        connect(load_yaml_config=False)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_credentials_name_the_place_and_never_the_password(status: int) -> None:
    with small_cloud(login=status) as small, pytest.raises(CredentialsError) as caught:
        small.connect()
    assert small.url in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_nobody_there() -> None:
    with small_cloud() as small:
        pass
    with pytest.raises(Unreachable) as caught:
        small.connect()
    assert small.url in str(caught.value)


def test_credentials_without_a_project_are_refused() -> None:
    with small_cloud(project=None) as small, pytest.raises(CredentialsError, match="project"):
        small.connect()


def test_a_service_in_another_region_is_not_absent_but_not_listed() -> None:
    with small_cloud(region="Elsewhere") as small, pytest.raises(CloudError, match=r"Elsewhere.*RegionOne|RegionOne.*Elsewhere"):
        small.connect()


def test_a_service_without_a_version_document_is_not_listed_and_the_others_are() -> None:
    with small_cloud(catalog={**CATALOG, "image": "/broken"}, always={"/broken": (200, {}, "<html>")}) as small:
        cloud = small.connect()
        assert cloud.absent["image"].kind is GapKind.NOT_LISTED
        assert "network" in cloud.services


def test_a_service_switched_off_in_the_configuration_is_not_listed() -> None:
    with small_cloud() as small:
        assert small.connect(has_image=False).absent["image"].kind is GapKind.NOT_LISTED
