"""Logging in: whatever is missing is said in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tfclean.cloud import connect
from tfclean.cloud.login import configured
from tfclean.errors import CredentialsError
from tfclean.simulator import World
from tfclean.simulator.wire import Wire, serving


@pytest.mark.parametrize("given", [{}, {"username": "demo"}, {"username": "demo", "user_domain_id": "default", "project_name": "demo"}])
def test_credentials_that_lack_a_part_are_told(given: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", f"{tmp_path}/none.yaml")
    with serving(Wire(World())) as url:
        monkeypatch.setenv("OS_AUTH_URL", f"{url}/identity/v3")
        for name, value in given.items():
            monkeypatch.setenv(f"OS_{name.upper()}", value)
        with pytest.raises(CredentialsError, match=r"OS_\*"):
            connect()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"auth_url": "http://127.0.0.1:9/given"}, {"auth_url": "http://127.0.0.1:9/given", "username": "file"}),
        ({"username": "given"}, {"username": "given", "user_id": None}),
        ({"user_id": "given"}, {"user_id": "given", "username": None, "password": "file"}),
        ({"password": "given"}, {"password": "given"}),
        ({"user_domain_id": "given"}, {"user_domain_id": "given", "user_domain_name": None}),
        ({"username": "a", "auth": {"username": "b"}}, {"username": "b"}),
    ],
)
def test_what_is_given_by_name_comes_before_the_file(
    given: dict[str, Any], told: dict[str, str | None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file that won would have another cloud cleaned than the one that was asked for."""
    file = tmp_path / "clouds.yaml"
    auth = "{auth_url: 'http://127.0.0.1:9/file', username: file, password: file, user_domain_name: file, project_name: file}"
    file.write_text(f"clouds:\n  mine:\n    auth: {auth}\n")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(file))
    found = configured("mine", None, given).config.get_auth_args()
    assert {name: found.get(name) or None for name in told} == told
