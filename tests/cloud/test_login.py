"""Logging in: whatever is missing is said in one sentence."""

from __future__ import annotations

import pytest

from tfclean.cloud import connect
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
