"""Where Terraform takes AWS credentials from in, the credentials out: the backend's settings, the environment, the shared files.

Sources: the s3 backend's documentation, and "configuration and credential file settings" of the AWS CLI. What only Amazon's own
services hand out (roles, single sign-on, instance metadata) is left to Terraform itself.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tfclean.terraform.backends.sigv4 import Credentials
from tfclean.terraform.backends.stored import NotHere

_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_DEFAULT = "default"


def credentials(config: Mapping[str, Any], environ: Mapping[str, str]) -> Credentials:
    """Find the credentials of an s3 backend.

    Args:
        config: the backend's settings.
        environ: the environment.

    Returns:
        The first that are found: in the settings, in the profile that the settings name, in the environment, in the environment's profile.

    Raises:
        NotHere: there are none, or only such as AWS hands out.
    """
    told = tuple(_text(config, name) for name in ("access_key", "secret_key", "token"))
    if told[0] and told[1]:
        return Credentials(*told)
    given = tuple(environ.get(name.upper(), "") for name in _NAMES)
    if given[0] and given[1] and not _text(config, "profile"):
        return Credentials(*given)
    access, secret, token = (of_profile(config, environ, name) for name in _NAMES)
    if access and secret:
        return Credentials(access, secret, token)
    raise NotHere("no AWS credentials are set")


def of_profile(config: Mapping[str, Any], environ: Mapping[str, str], name: str) -> str:
    """Give one setting of the selected profile; empty if the shared files do not have it."""
    profile = _text(config, "profile") or environ.get("AWS_PROFILE") or _DEFAULT
    for section, path in _files(config, environ, profile):
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(path.expanduser().read_text())
        except (OSError, ValueError, RuntimeError, configparser.Error):
            continue
        if value := parser.get(section, name, fallback=""):
            return value
    return ""


def _files(config: Mapping[str, Any], environ: Mapping[str, str], profile: str) -> Iterator[tuple[str, Path]]:
    home = Path(environ.get("HOME") or "~") / ".aws"
    for path in _listed(config, "shared_credentials_files", "shared_credentials_file") or [environ.get("AWS_SHARED_CREDENTIALS_FILE", "")]:
        yield profile, Path(path) if path else home / "credentials"
    section = profile if profile == _DEFAULT else f"profile {profile}"
    for path in _listed(config, "shared_config_files") or [environ.get("AWS_CONFIG_FILE", "")]:
        yield section, Path(path) if path else home / "config"


def _listed(config: Mapping[str, Any], *names: str) -> list[str]:
    for name in names:
        value = config.get(name)
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and (paths := [path for path in found if isinstance(path, str) and path]):
            return paths
    return []


def _text(config: Mapping[str, Any], name: str) -> str:
    value = config.get(name)
    return value if isinstance(value, str) else ""
